use std::sync::Arc;
use std::thread;
use std::time::Duration;

use opentelemetry::logs::LoggerProvider as _;
use opentelemetry::{InstrumentationScope, Key, KeyValue};
use opentelemetry_otlp::{
    ExporterBuildError, LogExporter, Protocol, SpanExporter, WithExportConfig as _,
    WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{
    BatchConfigBuilder as LineBatches, BatchLogProcessor, SdkLoggerProvider,
};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder as SpanBatches, BatchSpanProcessor, SpanData, SpanProcessor as _,
};
use tokio::runtime::Handle;

use super::carrier::{Carriage, Carrier};
use super::lines::Lines;
use super::queue::{Counted, Queue};
use crate::telemetry::losses::{LINES, SPANS, say_losses};
use crate::telemetry::spans::{Sampling, Spans};

/// Who tells.
const NAME: &str = "acp-gateway";
/// How long the last of it may take when the gateway ends.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// What a collector is told. Where it is, and what it is shown, the library reads from the
/// variables everybody uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// Which traces, if any.
    pub traces: Option<(Sampling, Carriage)>,
    /// Log lines, where it is told any.
    pub logs: Option<Carriage>,
}

/// Where figures are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresExport {
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// How long an attempt may take.
    pub patience: Duration,
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
pub(in crate::telemetry) struct SpansTold {
    processor: Arc<BatchSpanProcessor>,
    queue: Queue,
}

impl SpansTold {
    /// Tells one, which is only made where there is room for it.
    pub(in crate::telemetry) fn tell(&self, made: impl FnOnce() -> SpanData) {
        if self.queue.takes_one() {
            self.processor.on_end(made());
        }
    }

    fn end(&self) {
        ended("spans", &self.processor.shutdown_with_timeout(LAST_PATIENCE), &self.queue);
    }
}

/// What is on its way to a collector.
#[derive(Debug, Default)]
pub struct Exporting {
    spans: Option<SpansTold>,
    lines: Option<(SdkLoggerProvider, Queue)>,
}

impl Exporting {
    /// Tells the last of it, spans and lines at the same time. Whoever calls must not be one of those
    /// who look after connections.
    pub fn stop(self) {
        thread::scope(|scope| {
            if let Some(spans) = &self.spans {
                scope.spawn(|| spans.end());
            }
            if let Some((lines, queue)) = &self.lines {
                ended("lines", &lines.shutdown_with_timeout(LAST_PATIENCE), queue);
            }
        });
        say_losses();
    }
}

fn ended(what: &'static str, told: &OTelSdkResult, queue: &Queue) {
    queue.close();
    if let Err(error) = told {
        let error = error as &dyn std::error::Error;
        tracing::warn!(error, "a collector took too long over the last {what}");
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

/// Begins to listen.
pub(in crate::telemetry) fn exported(
    export: &Export,
    runtime: Handle,
) -> Result<Exported, BadExport> {
    let resource = resource();
    let mut exported = Exported::default();
    if let Some((sampling, carriage)) = export.traces {
        let told = spans_told(carriage, runtime.clone(), &resource)?;
        let version = env!("CARGO_PKG_VERSION");
        let scope = InstrumentationScope::builder(NAME).with_version(version).build();
        exported.spans = Some(Spans::new(told.clone(), sampling, scope));
        exported.exporting.spans = Some(told);
    }
    if let Some(carriage) = export.logs {
        let (provider, queue) = lines_told(carriage, runtime, resource)?;
        exported.lines = Some(Lines::new(provider.logger(NAME), queue.clone()));
        exported.exporting.lines = Some((provider, queue));
    }
    Ok(exported)
}

fn spans_told(
    carriage: Carriage,
    runtime: Handle,
    resource: &Resource,
) -> Result<SpansTold, BadExport> {
    let carrier = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_shared_http_client(Arc::new(Carrier::new(runtime, carriage.patience)?))
        .build()?;
    let queue = Queue::of(carriage.waiting_max, &SPANS);
    let counted = Counted { carrier, queue: queue.clone() };
    let batches = SpanBatches::default().with_max_queue_size(carriage.waiting_max);
    let processor = BatchSpanProcessor::builder(counted).with_batch_config(batches.build());
    let mut processor = processor.build();
    processor.set_resource(resource);
    Ok(SpansTold { processor: Arc::new(processor), queue })
}

fn lines_told(
    carriage: Carriage,
    runtime: Handle,
    resource: Resource,
) -> Result<(SdkLoggerProvider, Queue), BadExport> {
    let carrier = LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_shared_http_client(Arc::new(Carrier::new(runtime, carriage.patience)?))
        .build()?;
    let queue = Queue::of(carriage.waiting_max, &LINES);
    let counted = Counted { carrier, queue: queue.clone() };
    let batches = LineBatches::default().with_max_queue_size(carriage.waiting_max);
    let processor = BatchLogProcessor::builder(counted).with_batch_config(batches.build());
    let provider = SdkLoggerProvider::builder().with_log_processor(processor.build());
    Ok((provider.with_resource(resource).build(), queue))
}
