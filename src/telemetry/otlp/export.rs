use std::sync::Arc;
use std::time::Duration;

use opentelemetry::logs::LoggerProvider as _;
use opentelemetry::{InstrumentationScope, Key, KeyValue};
use opentelemetry_http::HttpClient;
use opentelemetry_otlp::{
    ExporterBuildError, LogExporter, Protocol, SpanExporter, WithExportConfig as _,
    WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanData, SpanProcessor as _};
use tokio::runtime::Handle;

use super::carrier::Carrier;
use super::lines::Lines;
use crate::telemetry::spans::{Sampling, Spans};

/// Who tells.
const NAME: &str = "acp-gateway";
/// How long a collector is waited for, at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last of it may take when the gateway ends.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// What a collector is told. Where it is, and what it is shown, the library reads from the
/// variables everybody uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// Which traces, if any.
    pub traces: Option<Sampling>,
    /// Whether log lines.
    pub logs: bool,
}

/// Where figures are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresExport {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

/// Why a collector cannot be told anything.
#[derive(Debug, thiserror::Error)]
pub enum BadExport {
    #[error("the collector cannot be reached over https: this machine trusts nobody")]
    NoRoots(#[from] std::io::Error),
    #[error("the collector cannot be told anything: look at the variables OTEL_EXPORTER_OTLP_…")]
    Variables(#[from] ExporterBuildError),
}

/// What listens to spans and lines.
#[derive(Default)]
pub(in crate::telemetry) struct Exported {
    pub(in crate::telemetry) spans: Option<Spans>,
    pub(in crate::telemetry) lines: Option<Lines>,
    pub(in crate::telemetry) exporting: Exporting,
}

/// Spans on their way to a collector.
#[derive(Clone, Debug)]
pub(in crate::telemetry) struct SpansTold(Arc<BatchSpanProcessor>);

impl SpansTold {
    /// Tells one.
    pub(in crate::telemetry) fn tell(&self, made: impl FnOnce() -> SpanData) {
        self.0.on_end(made());
    }
}

/// What is on its way to a collector.
#[derive(Debug, Default)]
pub struct Exporting {
    spans: Option<SpansTold>,
    lines: Option<SdkLoggerProvider>,
}

impl Exporting {
    /// Tells the last of it. Whoever calls must not be one of those who look after connections.
    pub fn stop(self) {
        let spans = self.spans.map(|spans| spans.0.shutdown_with_timeout(LAST_PATIENCE));
        let lines = self.lines.map(|lines| lines.shutdown_with_timeout(LAST_PATIENCE));
        for error in [spans, lines].into_iter().flatten().filter_map(Result::err) {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a collector was not told all"
            );
        }
    }
}

/// Who tells, as the variables say, or by the name of the program.
pub(super) fn resource() -> Resource {
    let found = Resource::builder().build();
    let name = found.get(&Key::from_static_str("service.name")).map(|name| name.to_string());
    let is_named = name.is_some_and(|name| !name.starts_with("unknown_service"));
    let builder = Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    if is_named { builder.build() } else { builder.with_service_name(NAME).build() }
}

pub(super) fn carrier(runtime: Handle) -> Result<Carrier, BadExport> {
    Ok(Carrier::new(runtime, PATIENCE)?)
}

/// Begins to listen.
pub(in crate::telemetry) fn exported(
    export: &Export,
    runtime: Handle,
) -> Result<Exported, BadExport> {
    let client: Arc<dyn HttpClient> = Arc::new(carrier(runtime)?);
    let resource = resource();
    let mut exporting = Exporting::default();
    let spans = match export.traces {
        None => None,
        Some(sampling) => {
            let exporter = SpanExporter::builder()
                .with_http()
                .with_protocol(Protocol::HttpBinary)
                .with_shared_http_client(Arc::clone(&client))
                .build()?;
            let mut processor = BatchSpanProcessor::builder(exporter).build();
            processor.set_resource(&resource);
            let told = SpansTold(Arc::new(processor));
            exporting.spans = Some(told.clone());
            let version = env!("CARGO_PKG_VERSION");
            let scope = InstrumentationScope::builder(NAME).with_version(version).build();
            Some(Spans::new(told, sampling, scope))
        }
    };
    let lines = if export.logs {
        let exporter = LogExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_shared_http_client(client)
            .build()?;
        let provider = SdkLoggerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let lines = Lines::new(provider.logger(NAME));
        exporting.lines = Some(provider);
        Some(lines)
    } else {
        None
    };
    Ok(Exported { spans, lines, exporting })
}
