//! Merchant services that misbehave on request. `README.md` says how to run them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use acp_mocks::faults::Faults;
use acp_mocks::stripe::{Settings, SettingsError, StripeMock, Webhook};
use clap::{Args, Parser};
use tokio::signal::unix::{SignalKind, signal};

/// Merchant services that misbehave on request, for tests and demonstrations.
#[derive(Debug, Parser)]
#[command(name = "acp-mocks", version)]
enum Cli {
    /// A payment provider that speaks Stripe's v1 API.
    Stripe(Stripe),
}

/// What every mock takes.
#[derive(Debug, Args)]
struct Common {
    /// What its dice start from: the same seed, the same faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    faults: Faults,
}

#[derive(Debug, Args)]
struct Stripe {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12111")]
    listen: SocketAddr,
    /// The one key it accepts; any `sk_test_…` where none is given.
    #[arg(long)]
    key: Option<String>,
    /// A plain http address that is told what happens.
    #[arg(long, requires = "webhook_secret")]
    webhook_url: Option<String>,
    /// What webhooks are signed with.
    #[arg(long, requires = "webhook_url")]
    webhook_secret: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("the mock does not start")]
    Settings(#[from] SettingsError),
    #[error("the terminal is gone, or signals do not come")]
    Surroundings(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli::Stripe(options) = Cli::parse();
    let Err(error) = serve_stripe(options).await else { return ExitCode::SUCCESS };
    let mut said = format!("acp-mocks: {error}");
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    // Whoever cannot be told sees the exit code.
    drop(writeln!(std::io::stderr().lock(), "{said}"));
    ExitCode::FAILURE
}

async fn serve_stripe(options: Stripe) -> Result<(), CliError> {
    let webhook = options.webhook_url.zip(options.webhook_secret);
    let settings = Settings {
        key: options.key,
        webhook: webhook.map(|(url, secret)| Webhook { url, secret }),
        seed: options.common.seed,
        faults: options.common.faults,
    };
    let running = StripeMock::start_at(options.listen, settings).await?;
    let mut terminated = signal(SignalKind::terminate())?;
    writeln!(std::io::stdout().lock(), "the stripe mock listens at {}", running.url())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}
