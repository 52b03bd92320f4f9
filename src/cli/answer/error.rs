use std::error::Error;
use std::io;
use std::path::PathBuf;

use super::said::line;
use crate::boot::BootError;
use crate::config::ConfigError;
use crate::telemetry::BadTelemetry;

/// Why a command did not do what it was asked to, for whoever typed it: what happened, where, and
/// what can be done.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Telemetry(#[from] BadTelemetry),
    #[error(transparent)]
    Boot(#[from] BootError),
    #[error("the runtime of this process cannot be started")]
    Runtime(#[source] io::Error),
    #[error("a second signal came, so everything ended at once; the next start takes up the rest")]
    EndedAtOnce,
    /// The gateway said no, in its own words.
    #[error("{0}")]
    Refused(String),
    #[error("there is no store in {}; is --data-dir right?", dir.display())]
    NoStore { dir: PathBuf },
    #[error(
        "this gateway keeps everything in memory, so there is nothing to work on while it does \
         not run, and nobody answers at its admin socket {}",
        socket.display()
    )]
    NothingRuns { socket: PathBuf },
    #[error(
        "{} is in use, but nobody answers at the admin socket {}; if a gateway is just starting \
         or stopping there, try again, and if it has another admin.socket, name its configuration \
         with --config",
        dir.display(),
        socket.display()
    )]
    Unreachable { dir: PathBuf, socket: PathBuf },
    #[error(
        "the admin socket {} cannot be used; run this as the user the gateway runs as",
        socket.display()
    )]
    Socket { socket: PathBuf, source: io::Error },
    #[error("the gateway at {} broke off; its log may say why", socket.display())]
    BrokeOff { socket: PathBuf, source: hyper::Error },
    #[error(
        "the gateway at {} did not answer in time; what was asked may still happen",
        socket.display()
    )]
    TooSlow { socket: PathBuf },
    #[error("the answer of the gateway is not understood; is it of another version?")]
    Strange(#[source] serde_json::Error),
    #[error("this cannot be said in JSON")]
    Unsayable(#[source] serde_json::Error),
    #[error("the answer broke off")]
    CutShort(#[source] axum::Error),
    #[error("this cannot be asked")]
    Unaddressable(#[source] http::Error),
    #[error("the configuration cannot be shown")]
    Undescribed(#[source] toml::ser::Error),
    #[error("{} cannot be read", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} cannot be written", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("{} has {bytes} bytes; a catalogue is imported in files of at most {most}", path.display())]
    TooLarge { path: PathBuf, bytes: u64, most: usize },
    #[error("the catalogue {} cannot be read to its end", path.display())]
    BadCatalog { path: PathBuf, source: crate::adapters::catalog::ReadError },
    #[error(
        "the name {} does not tell how the rows are written; say it with --format",
        path.display()
    )]
    UnknownFormat { path: PathBuf },
    #[error("{url} is no address of a gateway; expected one such as http://127.0.0.1:8080")]
    NoAddress { url: String },
    #[error(
        "{url} is not on this machine, so the demo key is not sent there; name a key with --key \
         or ACP_GATEWAY_KEY"
    )]
    NoKey { url: String },
    #[error("the key has characters no key has")]
    BadKey,
    #[error("no secure connections can be made")]
    NoTrust(#[source] crate::adapters::outward::NoRoots),
    #[error("no secure connections can be made")]
    NoTls(#[source] rustls::Error),
    #[error("nobody answers at {url}; start a gateway with: acp-gateway serve")]
    NobodyThere { url: String, source: hyper_util::client::legacy::Error },
    #[error("{url} did not answer in time; what was asked may still happen")]
    NotInTime { url: String },
    #[error("{url} broke off; the plan goes on without anybody who looks on")]
    LostSight { url: String, source: hyper::Error },
    #[error("{} is no JSON object with buyer and fulfillment_details", path.display())]
    NoShopper { path: PathBuf, source: serde_json::Error },
    #[error("the answer cannot be printed")]
    Unprinted(#[source] io::Error),
}

impl CommandError {
    /// The error and what it came from, each on a line of its own.
    pub(in crate::cli) fn page(&self) -> String {
        let mut page = format!("error: {self}\n");
        let mut source = self.source();
        while let Some(cause) = source {
            line(&mut page, format_args!("  because: {cause}"));
            source = cause.source();
        }
        page
    }
}
