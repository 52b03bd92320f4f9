//! What the gateway says about itself while it works.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// A log level that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("log.level is not a filter such as \"info\" or \"info,acp_gateway::app=debug\"")]
pub struct BadLevel(#[source] tracing_subscriber::filter::ParseError);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Readable,
    /// For machines.
    Json,
}

/// A level by which nobody writes down whole messages: the library of the tools does, from its
/// warnings on, and payment tokens are in them.
fn discreet(level: &str) -> String {
    let ours = level.split(',').filter(|directive| !directive.trim().starts_with("rmcp"));
    ours.chain(["rmcp=error"]).collect::<Vec<_>>().join(",")
}

/// Starts to write log lines to the standard error stream.
///
/// # Errors
/// The level cannot be understood.
pub fn start(format: LogFormat, level: &str) -> Result<(), BadLevel> {
    let filter = EnvFilter::builder().parse(discreet(level)).map_err(BadLevel)?;
    // Colours are for a terminal; in a file or a pipe they are noise.
    let has_colours = std::io::stderr().is_terminal();
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(has_colours);
    let started = match format {
        LogFormat::Readable => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    // A second start in one process, as tests make it, keeps the first subscriber.
    drop(started);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_ask_for_whole_messages() {
        assert_eq!(discreet("info"), "info,rmcp=error");
        assert_eq!(discreet("rmcp=trace,warn, rmcp::service=debug"), "warn,rmcp=error");
    }
}
