use tokio::runtime::Handle;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::filter::Filter;
use super::listener::Listener;
use super::written::Written;
use crate::telemetry::otlp::{BadExport, Export, Exported, Exporting, exported};
use crate::telemetry::watched::start_tracing;

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum BadTelemetry {
    /// A log level that cannot be understood.
    #[error("log.level is not a filter such as \"info\" or \"info,acp_gateway::app=debug\"")]
    Level(#[source] ParseError),
    #[error(transparent)]
    Export(#[from] BadExport),
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Readable,
    /// For machines.
    Json,
}

/// Starts to write log lines to the standard error stream, and to tell a collector what it is to be
/// told; what is on its way there comes back. Where nobody is told anything, spans are looked at
/// once for each place in the code and cost nothing from then on.
///
/// # Errors
/// The level cannot be understood, or the collector cannot be reached in this way.
pub fn start(
    format: LogFormat,
    level: &str,
    export: Option<(&Export, Handle)>,
) -> Result<Exporting, BadTelemetry> {
    let filter = Filter::read(level).map_err(BadTelemetry::Level)?;
    let exported = match export {
        Some((export, runtime)) => exported(export, runtime)?,
        None => Exported::default(),
    };
    let Exported { spans, lines, exporting } = exported;
    let tells_spans = spans.is_some();
    let listener = Listener { filter, written: Written::new(format), spans, lines };
    // A second start in one process, as tests make it, keeps the first subscriber.
    if Registry::default().with(listener).try_init().is_ok() && tells_spans {
        start_tracing();
    }
    Ok(exporting)
}
