//! Merchant services that misbehave on request. `README.md` says how to run them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acp_mocks::cart::{self, CartMock};
use acp_mocks::catalog::{self, CatalogMock};
use acp_mocks::faults::Faults;
use acp_mocks::feed::{self, FeedMock};
use acp_mocks::inventory::{self, InventoryMock};
use acp_mocks::llm::{self, LlmMock};
use acp_mocks::receiver::{self, ReceiverMock};
use acp_mocks::server::{Mock as _, Running, StartError, Webhook};
use acp_mocks::stripe::{self, StripeMock};
use acp_mocks::terms::{self, TermsMock};
use acp_mocks::three_ds::{self, ThreeDsMock};
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
    /// A merchant's catalogue.
    Catalog(Catalog),
    /// An agent that is told of its orders, and a merchant they are handed over to.
    WebhookReceiver(Receiver),
    /// A language model with a script, over the API of chat completions.
    Llm(Llm),
    /// A merchant's services for tax, shipping and promotions in one.
    Terms(Terms),
    /// A merchant's service that keeps carts.
    Cart(Cart),
    /// An agent that keeps product feeds.
    FeedHost(FeedHost),
    /// Whoever finds out whether a shopper is who a card says.
    ThreeDs(ThreeDs),
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

/// Who is told what happens.
#[derive(Debug, Args)]
struct Told {
    /// A plain http address that is told what happens.
    #[arg(long, requires = "webhook_secret")]
    webhook_url: Option<String>,
    /// What webhooks are signed with.
    #[arg(long, requires = "webhook_url")]
    webhook_secret: Option<String>,
}

impl Told {
    fn webhook(self) -> Option<Webhook> {
        let webhook = self.webhook_url.zip(self.webhook_secret);
        webhook.map(|(url, secret)| Webhook { url, secret })
    }
}

#[derive(Debug, Args)]
struct Stripe {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12111")]
    listen: SocketAddr,
    /// The one key it accepts; any `sk_test_…` where none is given.
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    told: Told,
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

#[derive(Debug, Args)]
struct Catalog {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12113")]
    listen: SocketAddr,
    /// The one token it accepts; everybody is let in where none is given.
    #[arg(long)]
    token: Option<String>,
    /// A file with an item in each line, as JSON; a handful of goods where none is given.
    #[arg(long)]
    items: Option<PathBuf>,
    #[command(flatten)]
    told: Told,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Receiver {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12114")]
    listen: SocketAddr,
    /// What events are signed with; where none is given, their signatures are not looked at.
    #[arg(long)]
    secret: Option<String>,
    /// The one token that hands orders over; everybody may where none is given.
    #[arg(long)]
    token: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Llm {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12115")]
    listen: SocketAddr,
    /// The one key it accepts; everybody is let in where none is given.
    #[arg(long)]
    key: Option<String>,
    /// What its model is called; several may be given.
    #[arg(long = "model", default_value = "mock-1")]
    models: Vec<String>,
    /// A file with its script: a JSON array, as `PUT /_mock/answers` takes it.
    #[arg(long)]
    answers: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Terms {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12116")]
    listen: SocketAddr,
    /// The one token it accepts; everybody is let in where none is given.
    #[arg(long)]
    token: Option<String>,
    /// A file of JSON with rates, options and promotions; a few of each where none is given.
    #[arg(long)]
    tables: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Cart {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12117")]
    listen: SocketAddr,
    /// The one token it accepts; everybody is let in where none is given.
    #[arg(long)]
    token: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("the mock does not start")]
    Start(#[from] StartError),
    #[error("the catalogue does not start")]
    Catalog(#[from] catalog::SettingsError),
    #[error("the model does not start")]
    Llm(#[from] llm::SettingsError),
    #[error("cannot read {path}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("cannot understand the items in {path}")]
    Rows { path: PathBuf, source: catalog::RowsError },
    #[error("cannot understand the script in {path}")]
    Script { path: PathBuf, source: serde_json::Error },
    #[error("cannot understand the tables in {path}")]
    Tables { path: PathBuf, source: serde_json::Error },
    #[error("the terminal is gone, or signals do not come")]
    Surroundings(#[from] std::io::Error),
}

#[derive(Debug, Args)]
struct FeedHost {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12118")]
    listen: SocketAddr,
    /// The one token it accepts; everybody is let in where none is given.
    #[arg(long)]
    token: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct ThreeDs {
    /// Where it listens; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:12119")]
    listen: SocketAddr,
    /// The one token it accepts; everybody is let in where none is given.
    #[arg(long)]
    token: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse() {
        Cli::Stripe(options) => serve_stripe(options).await,
        Cli::Inventory(options) => serve_inventory(options).await,
        Cli::Catalog(options) => serve_catalog(options).await,
        Cli::WebhookReceiver(options) => serve_receiver(options).await,
        Cli::Llm(options) => serve_llm(options).await,
        Cli::Terms(options) => serve_terms(options).await,
        Cli::Cart(options) => serve_cart(options).await,
        Cli::FeedHost(options) => serve_feed_host(options).await,
        Cli::ThreeDs(options) => serve_three_ds(options).await,
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
    let settings = stripe::Settings {
        key: options.key,
        webhook: options.told.webhook(),
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

async fn serve_catalog(options: Catalog) -> Result<(), CliError> {
    let mut settings = catalog::Settings {
        token: options.token,
        webhook: options.told.webhook(),
        seed: options.common.seed,
        faults: options.common.faults,
        ..catalog::Settings::default()
    };
    if let Some(path) = options.items {
        let text = read(&path)?;
        settings.items =
            catalog::read_rows(&text).map_err(|source| CliError::Rows { path, source })?;
    }
    stay("catalog", CatalogMock::start_at(options.listen, settings).await?).await
}

async fn serve_receiver(options: Receiver) -> Result<(), CliError> {
    let settings = receiver::Settings {
        secret: options.secret,
        token: options.token,
        seed: options.common.seed,
        faults: options.common.faults,
    };
    stay("webhook-receiver", ReceiverMock::start_at(options.listen, settings).await?).await
}

async fn serve_llm(options: Llm) -> Result<(), CliError> {
    let mut settings = llm::Settings {
        key: options.key,
        models: options.models,
        seed: options.common.seed,
        faults: options.common.faults,
        ..llm::Settings::default()
    };
    if let Some(path) = options.answers {
        let text = read(&path)?;
        settings.answers =
            serde_json::from_str(&text).map_err(|source| CliError::Script { path, source })?;
    }
    stay("llm", LlmMock::start_at(options.listen, settings).await?).await
}

async fn serve_terms(options: Terms) -> Result<(), CliError> {
    let mut settings = terms::Settings {
        token: options.token,
        seed: options.common.seed,
        faults: options.common.faults,
        ..terms::Settings::default()
    };
    if let Some(path) = options.tables {
        let text = read(&path)?;
        settings.tables =
            serde_json::from_str(&text).map_err(|source| CliError::Tables { path, source })?;
    }
    stay("terms", TermsMock::start_at(options.listen, settings).await?).await
}

async fn serve_cart(options: Cart) -> Result<(), CliError> {
    let settings = cart::Settings {
        token: options.token,
        seed: options.common.seed,
        faults: options.common.faults,
    };
    stay("cart", CartMock::start_at(options.listen, settings).await?).await
}

async fn serve_three_ds(options: ThreeDs) -> Result<(), CliError> {
    let settings = three_ds::Settings {
        token: options.token,
        seed: options.common.seed,
        faults: options.common.faults,
    };
    stay("three-ds", ThreeDsMock::start_at(options.listen, settings).await?).await
}

async fn serve_feed_host(options: FeedHost) -> Result<(), CliError> {
    let settings = feed::Settings {
        token: options.token,
        seed: options.common.seed,
        faults: options.common.faults,
    };
    stay("feed-host", FeedMock::start_at(options.listen, settings).await?).await
}

fn read(path: &Path) -> Result<String, CliError> {
    let unread = |source| CliError::File { path: path.to_owned(), source };
    std::fs::read_to_string(path).map_err(unread)
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
