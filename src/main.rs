//! The command line.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use acp_gateway::boot::{World, run, until_stopped};
use acp_gateway::config::{Environment, LogFormat as ConfiguredFormat, Overrides, load};
use acp_gateway::telemetry::{self, LogFormat};
use clap::Parser;

/// Lets AI agents buy from a shop, safely: an Agentic Commerce Protocol gateway.
#[derive(Debug, Parser)]
#[command(name = "acp-gateway", version)]
struct Cli {
    /// The configuration file (default: ./acp-gateway.toml, when there is one).
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// The address to listen on.
    #[arg(long)]
    listen: Option<String>,
    /// Where the store lies.
    #[arg(long, global = true)]
    data_dir: Option<String>,
    /// What to log, such as info or debug.
    #[arg(long, global = true)]
    log_level: Option<String>,
}

fn announce(world: &World, address: SocketAddr) {
    let url = world.config.server.public_url_at(address);
    let mut out = std::io::stdout().lock();
    let text = format!(
        "acp-gateway serves {name} at {url}\n  API description: {url}/docs\n",
        name = world.shop.name
    );
    let demo = format!(
        "  Demo: no key was made yet, so everybody on this machine may use\n    \
         agent key    acp_demo_agent\n    merchant key acp_demo_merchant\n  Try it:\n    \
         curl -s {url}/checkout_sessions -H 'Authorization: Bearer acp_demo_agent' \
         -H 'API-Version: 2026-04-17' -H \"Idempotency-Key: $(date +%s%N)\" \
         -H 'Content-Type: application/json' \
         -d '{{\"currency\":\"usd\",\"capabilities\":{{}},\"line_items\":[{{\"id\":\"honey-wildflower-350g\",\"quantity\":2}}]}}'\n"
    );
    let demo = if world.identity.is_demo() { demo } else { String::new() };
    // Nobody may be listening to what we print; the gateway serves all the same.
    drop(write!(out, "{text}{demo}").and_then(|()| out.flush()));
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let overrides = Overrides {
        config: cli.config,
        listen: cli.listen,
        data_dir: cli.data_dir,
        log_level: cli.log_level,
    };
    let loaded = load(&overrides, &Environment::of_process())?;
    let format = match loaded.config.log.format {
        ConfiguredFormat::Readable => LogFormat::Readable,
        ConfiguredFormat::Json => LogFormat::Json,
    };
    telemetry::start(format, &loaded.config.log.level)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let world = World::open(loaded.config).await?;
        let stop = until_stopped(world.stopping.clone())?;
        tokio::select! {
            outcome = run(world, announce) => outcome,
            () = stop => Ok(()),
        }
    })
}
