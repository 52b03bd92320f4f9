use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A collector that takes everything in protocol buffers, and keeps it.
pub(crate) struct Collector {
    pub(crate) url: String,
    told: Arc<Mutex<Told>>,
    task: JoinHandle<()>,
}

/// What it was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) spans: Vec<Span>,
    pub(crate) lines: Vec<LogRecord>,
    pub(super) metrics: Vec<Metric>,
    /// Who told it.
    pub(super) services: Vec<String>,
    /// What was shown with it.
    pub(super) headers: Vec<HeaderMap>,
    /// All of it as it came.
    pub(crate) bytes: Vec<u8>,
}

type Shared = State<Arc<Mutex<Told>>>;

fn read<M: Message + Default>(told: &Shared, headers: HeaderMap, body: &Bytes) -> M {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let mut told = told.lock().unwrap();
    told.headers.push(headers);
    told.bytes.extend_from_slice(body);
    M::decode(body.clone()).unwrap()
}

async fn take_spans(told: Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    for of in read::<ExportTraceServiceRequest>(&told, headers, &body).resource_spans {
        let mut told = told.lock().unwrap();
        let attributes = &of.resource.unwrap().attributes;
        told.services.push(text_of(attributes, "service.name").unwrap());
        told.spans.extend(of.scope_spans.into_iter().flat_map(|it| it.spans));
    }
    StatusCode::OK
}

async fn take_lines(told: Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    for of in read::<ExportLogsServiceRequest>(&told, headers, &body).resource_logs {
        let lines = of.scope_logs.into_iter().flat_map(|it| it.log_records);
        told.lock().unwrap().lines.extend(lines);
    }
    StatusCode::OK
}

async fn take_metrics(told: Shared, headers: HeaderMap, body: Bytes) -> StatusCode {
    for of in read::<ExportMetricsServiceRequest>(&told, headers, &body).resource_metrics {
        // They say how all of it stands, so the last ones count.
        told.lock().unwrap().metrics =
            of.scope_metrics.into_iter().flat_map(|it| it.metrics).collect();
    }
    StatusCode::OK
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::<Mutex<Told>>::default();
        let router = Router::new()
            .route("/v1/traces", post(take_spans))
            .route("/v1/logs", post(take_lines))
            .route("/v1/metrics", post(take_metrics))
            .with_state(told.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, told, task }
    }

    /// What it was told by now: everything, where whoever tells has ended.
    pub(crate) fn told(&self) -> Told {
        self.told.lock().unwrap().clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Told {
    /// The spans of a name.
    pub(super) fn named(&self, name: &str) -> Vec<&Span> {
        self.spans.iter().filter(|span| span.name == name).collect()
    }

    /// The only span of a name.
    pub(super) fn one(&self, name: &str) -> &Span {
        let named = self.named(name);
        assert_eq!(named.len(), 1, "{name} among {:?}", self.names());
        named[0]
    }

    pub(super) fn names(&self) -> BTreeMap<&str, usize> {
        let mut names = BTreeMap::new();
        for span in &self.spans {
            *names.entry(&*span.name).or_default() += 1;
        }
        names
    }

    /// The span with this id.
    pub(super) fn span(&self, id: &[u8]) -> Option<&Span> {
        self.spans.iter().find(|span| span.span_id == id)
    }

    /// The names of the spans around a span, the nearest one first.
    pub(super) fn around<'a>(&'a self, span: &'a Span) -> Vec<&'a str> {
        let parent = |span: &&'a Span| self.span(&span.parent_span_id);
        std::iter::successors(parent(&span), parent).map(|span| &*span.name).collect()
    }
}

/// What is said of a span or a line.
pub(super) fn text_of(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        Value::BoolValue(is_so) => Some(is_so.to_string()),
        other => panic!("{other:?}"),
    }
}

/// What a line says.
pub(super) fn said(line: &LogRecord) -> &str {
    match &line.body {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => text,
        other => panic!("{other:?}"),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
