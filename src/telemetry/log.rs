use std::io::IsTerminal as _;

use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt as _, ParseError, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::otlp::{BadExport, Export, Exported, Exporting, exported};
use super::watched::start_tracing;

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

/// What may be written down, whatever the level asks for: the library of the tools writes whole
/// messages, from its warnings on, and payment tokens are in them. A level may name a span with
/// everything in it, so this goes by the target alone, and is found out once for each place in the
/// code.
fn is_discreet(metadata: &Metadata<'_>) -> bool {
    let path = metadata.target().strip_prefix("rmcp");
    let is_of_the_tools = path.is_some_and(|path| path.is_empty() || path.starts_with("::"));
    !is_of_the_tools || (metadata.is_event() && *metadata.level() == Level::ERROR)
}

/// What is told of spans: ours, the finer ones too, and of what happens in them only the worst.
fn is_told(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target().starts_with("acp_gateway");
    let most = if metadata.is_span() { LevelFilter::DEBUG } else { LevelFilter::ERROR };
    is_ours && *metadata.level() <= most
}

/// What writes lines to the standard error stream.
fn written<S: Subscriber + for<'a> LookupSpan<'a>>(
    format: LogFormat,
) -> Box<dyn Layer<S> + Send + Sync> {
    // Colours are for a terminal; in a file or a pipe they are noise.
    let has_colours = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(has_colours);
    match format {
        LogFormat::Readable => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
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
    let filter = || EnvFilter::builder().parse(level).map_err(BadTelemetry::Level);
    let Some((export, runtime)) = export else {
        let discreet = Registry::default().with(filter_fn(is_discreet));
        let lines = discreet.with(filter()?).with(written(format));
        // A second start in one process, as tests make it, keeps the first subscriber.
        drop(lines.try_init());
        return Ok(Exporting::default());
    };
    let Exported { spans, lines, exporting } = exported(export, runtime)?;
    if spans.is_some() {
        start_tracing();
    }
    let spans = spans.map(|spans| spans.with_filter(filter_fn(is_told)));
    let lines = match lines {
        Some(lines) => Some(lines.with_filter(filter()?.and(filter_fn(is_discreet)))),
        None => None,
    };
    let written = written(format).with_filter(filter()?.and(filter_fn(is_discreet)));
    drop(Registry::default().with(spans).with(lines).with(written).try_init());
    Ok(exporting)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of some lines of the library of the tools, and of others, in a request.
    fn written_at(level: &str) -> String {
        let lines = Lines::default();
        let to = lines.clone();
        let layer = fmt::layer().with_ansi(false).with_writer(move || to.clone());
        let filter = EnvFilter::builder().parse(level).unwrap().and(filter_fn(is_discreet));
        let subscriber = Registry::default().with(layer.with_filter(filter));
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::error_span!("request");
            let _entered = span.enter();
            tracing::info!(target: "rmcp", "said info");
            tracing::warn!(target: "rmcp::service", "said warning");
            tracing::error!(target: "rmcp::service", "said error");
            tracing::trace!(target: "rmcpish", "said by another");
        });
        let written = lines.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn nobody_can_ask_for_whole_messages() {
        for level in ["trace", "rmcp=trace,warn,rmcpish=trace", "off,[request]=trace"] {
            let written = written_at(level);
            assert!(!written.contains("said info"), "{level}: {written}");
            assert!(!written.contains("said warning"), "{level}: {written}");
            assert!(written.contains("said error"), "{level}: {written}");
            assert!(written.contains("said by another"), "{level}: {written}");
        }
    }
}
