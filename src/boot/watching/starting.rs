use tokio::runtime::Handle;

use crate::config::{self, Carried, Config, Sampled};
use crate::telemetry::{
    self, BadTelemetry, Carriage, Export, Exporting, LogFormat, Sampling, start_measuring,
};

/// How lines of the log are to look.
pub const fn log_format(config: &Config) -> LogFormat {
    match config.log.format {
        config::LogFormat::Readable => LogFormat::Readable,
        config::LogFormat::Json => LogFormat::Json,
    }
}

/// Begins to write and to tell what is configured, and to keep figures where somebody wants them;
/// before the gateway is put together, so that it knows whether it is watched. What is on its way
/// comes back, to be stopped before the runtime is.
///
/// # Errors
/// The level cannot be understood, or the collector cannot be reached in this way.
pub fn start_telemetry(config: &Config, runtime: &Handle) -> Result<Exporting, BadTelemetry> {
    let otlp = &config.otlp;
    if config.metrics.listen.is_some() || otlp.metrics.is_some() {
        start_measuring();
    }
    let sampling =
        |Sampled { per_million, follows_callers }| Sampling { per_million, follows_callers };
    let carriage = |Carried { patience, waiting_max }| Carriage { patience, waiting_max };
    let export = Export {
        traces: otlp.traces.map(|sampled| (sampling(sampled), carriage(otlp.spans_carried))),
        logs: otlp.logs.then(|| carriage(otlp.lines_carried)),
    };
    let export = otlp.has_spans_or_lines().then_some((&export, runtime.clone()));
    telemetry::start(log_format(config), &config.log.level, export)
}
