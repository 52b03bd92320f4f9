//! Merchant services that misbehave on request. `README.md` says how to run them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use acp_mocks::faults::Faults;
use acp_mocks::inventory::{self, InventoryMock};
use acp_mocks::server::{Running, StartError, Webhook};
use acp_mocks::stripe::{self, StripeMock};
use clap::{Args, Parser};
use tokio::signal::unix::{SignalKind, signal};

/// Merchant services that misbehave on request, for tests and demonstrations.
#[derive(Debug, Parser)]
#[command(name = "acp-mocks", version)]
enum Cli {
    /// A payment provider that speaks Stripe's v1 API.
    Stripe(Stripe),
    /// A merchant's inventory, by reservations and by adjustments.
    Inventory(Inventory),
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

#[derive(Debug, Args)]
struct Inventory {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12112")]
    listen: SocketAddr,
    /// The one token it accepts; everybody is let in where none is given.
    #[arg(long)]
    token: Option<String>,
    /// How much there is of every item nobody has counted.
    #[arg(long, default_value_t = 100)]
    units: u32,
    /// Items nobody has counted are unknown.
    #[arg(long, conflicts_with = "units")]
    strict: bool,
    /// An adjustment is carried out again when its key comes again.
    #[arg(long)]
    forget_keys: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("the mock does not start")]
    Start(#[from] StartError),
    #[error("the terminal is gone, or signals do not come")]
    Surroundings(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse() {
        Cli::Stripe(options) => serve_stripe(options).await,
        Cli::Inventory(options) => serve_inventory(options).await,
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
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
    let settings = stripe::Settings {
        key: options.key,
        webhook: webhook.map(|(url, secret)| Webhook { url, secret }),
        seed: options.common.seed,
        faults: options.common.faults,
    };
    stay("stripe", StripeMock::start_at(options.listen, settings).await?).await
}

async fn serve_inventory(options: Inventory) -> Result<(), CliError> {
    let settings = inventory::Settings {
        token: options.token,
        units: options.units,
        is_strict: options.strict,
        forgets_keys: options.forget_keys,
        seed: options.common.seed,
        faults: options.common.faults,
        ..inventory::Settings::default()
    };
    stay("inventory", InventoryMock::start_at(options.listen, settings).await?).await
}

/// Says where a mock listens, and stays until it is told to go.
async fn stay<M>(name: &str, running: Running<M>) -> Result<(), CliError> {
    let mut terminated = signal(SignalKind::terminate())?;
    writeln!(std::io::stdout().lock(), "the {name} mock listens at {}", running.url())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}
