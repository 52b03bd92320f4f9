mod health;

use std::io::Write as _;
use std::net::SocketAddr;

use acp_core::limits::RUNTIME_END_TIMEOUT;
use clap::Args;

use super::answer::{CommandError, Said, line};
use crate::boot::{World, log_format, run, start_telemetry, until_stopped};
use crate::config::{Config, Loaded};
use crate::telemetry;

pub(super) use health::{HealthArgs, ask};

/// Serve the shop to agents; this is what happens without a command
///
/// Runs until it is told to stop by SIGTERM or Ctrl-C. Then it refuses new connections, finishes
/// the requests under way and ends with exit code 0. A second signal ends it at once.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway serve
  acp-gateway serve --listen 0.0.0.0:8080 --data-dir /var/lib/acp-gateway

Before the first key is made it is a demo, with keys everybody knows, and listens on loopback only."
)]
pub(super) struct ServeArgs {
    /// The address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
}

/// Serves until the process is told to stop.
pub(super) fn serve(loaded: Loaded) -> Result<Said, CommandError> {
    let config = loaded.config;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    let exporting = start_telemetry(&config, runtime.handle())?;
    let outcome = runtime.block_on(async {
        let world = World::open(config).await?;
        let stop = until_stopped(world.stopping.clone()).map_err(CommandError::Runtime)?;
        tokio::select! {
            outcome = run(world, announce) => Ok(outcome?),
            () = stop => Err(CommandError::EndedAtOnce),
        }
    });
    // The runtime carries it, so it goes first.
    exporting.stop();
    // A backup may still be copying.
    runtime.shutdown_timeout(RUNTIME_END_TIMEOUT);
    outcome.map(|()| Said::fine(String::new()))
}

/// Starts to log as configured, from this level on.
pub(super) fn start_log(config: &Config, level: &str) -> Result<(), CommandError> {
    telemetry::start(log_format(config), level, None)?;
    Ok(())
}

fn announce(world: &World, address: SocketAddr) {
    let url = world.config.server.public_url_at(address);
    let mut text = format!("acp-gateway serves {} at {url}\n", world.shop.name);
    if world.config.server.docs {
        line(&mut text, format_args!("  API description: {url}/docs"));
    }
    if world.identity.is_demo() {
        text.push_str(&demo_page(&url));
    }
    let mut out = std::io::stdout().lock();
    // Nobody may be listening to what we print; the gateway serves all the same.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

fn demo_page(url: &str) -> String {
    format!(
        "  Demo: no key was made yet, so everybody on this machine may use\n    \
         agent key     acp_demo_agent\n    merchant key  acp_demo_merchant\n    \
         principal key acp_demo_principal\n  Try it:\n    \
         curl -s {url}/checkout_sessions -H 'Authorization: Bearer acp_demo_agent' \
         -H 'API-Version: 2026-04-17' -H \"Idempotency-Key: $(date +%s%N)\" \
         -H 'Content-Type: application/json' \
         -d '{{\"currency\":\"usd\",\"capabilities\":{{\"interventions\":{{\"supported\":[\"3ds\"]}}}},\"line_items\":[{{\"id\":\"honey-wildflower-350g\",\"quantity\":2}}]}}'\n"
    )
}
