use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, StatusCode};
use opentelemetry_http::HttpError;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric as Told, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use tokio::runtime::Handle;

use super::carrier::Carrier;
use super::export::{BadExport, FiguresExport, resource};
use crate::telemetry::measures::{Kind, Metric, Row, Value};
use crate::telemetry::spans::now;

const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");

/// Carries figures to a collector: those that `/metrics` shows, under the same names.
#[derive(Debug)]
pub struct FiguresCarrier {
    carrier: Carrier,
    to: FiguresExport,
    resource: Resource,
    begun_at: u64,
}

/// A collector did not take figures.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    #[error("the collector could not be told figures")]
    NotSent(#[source] HttpError),
    #[error("the address of the collector cannot be used")]
    BadAddress(#[from] http::Error),
    #[error("the collector answered {0} to figures")]
    Refused(StatusCode),
}

impl FiguresCarrier {
    /// # Errors
    /// This machine trusts nobody.
    pub fn new(to: FiguresExport, runtime: Handle) -> Result<Self, BadExport> {
        let found = resource();
        let attribute = |(name, value): (&opentelemetry::Key, &opentelemetry::Value)| {
            pair(name.as_str(), &value.as_str())
        };
        let attributes = found.iter().map(attribute).collect();
        Ok(Self {
            carrier: Carrier::new(runtime, to.patience)?,
            to,
            resource: Resource { attributes, ..Resource::default() },
            begun_at: unix_ns(now()),
        })
    }

    /// Tells the collector how figures stand.
    ///
    /// # Errors
    /// It was not told.
    pub async fn tell(&self, metrics: &[Metric]) -> Result<(), Untold> {
        let times = Times { begun_at: self.begun_at, now: unix_ns(now()) };
        let scope = InstrumentationScope {
            name: "acp-gateway".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        let told = metrics.iter().filter(|metric| !metric.rows.is_empty());
        let scope_metrics = ScopeMetrics {
            scope: Some(scope),
            metrics: told.map(|metric| told_metric(metric, times)).collect(),
            ..ScopeMetrics::default()
        };
        let resource_metrics = ResourceMetrics {
            resource: Some(self.resource.clone()),
            scope_metrics: vec![scope_metrics],
            ..ResourceMetrics::default()
        };
        let request = ExportMetricsServiceRequest { resource_metrics: vec![resource_metrics] };
        let mut post = Request::post(&self.to.url).header(CONTENT_TYPE, PROTOBUF);
        for (name, value) in &self.to.headers {
            post = post.header(name, value);
        }
        let post = post.body(Bytes::from(request.encode_to_vec()))?;
        let answer = self.carrier.send(post).await.map_err(Untold::NotSent)?;
        if answer.status().is_success() { Ok(()) } else { Err(Untold::Refused(answer.status())) }
    }
}

/// Of what span of time figures are.
#[derive(Clone, Copy)]
struct Times {
    begun_at: u64,
    now: u64,
}

fn unix_ns(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

fn pair(name: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Any::StringValue(value.to_owned())) };
    KeyValue { key: name.to_owned(), value: Some(value), ..KeyValue::default() }
}

fn told_metric(metric: &Metric, times: Times) -> Told {
    let cumulative = AggregationTemporality::Cumulative.into();
    let numbers = || metric.rows.iter().map(|row| number(row, times)).collect();
    let data = match metric.kind {
        Kind::Counter => Data::Sum(Sum {
            data_points: numbers(),
            aggregation_temporality: cumulative,
            is_monotonic: true,
        }),
        Kind::Gauge => Data::Gauge(Gauge { data_points: numbers() }),
        Kind::Histogram => Data::Histogram(Histogram {
            data_points: metric.rows.iter().filter_map(|row| steps(row, times)).collect(),
            aggregation_temporality: cumulative,
        }),
    };
    let unit = if metric.name.contains("_seconds") { "s" } else { "" };
    Told {
        name: metric.name.to_owned(),
        description: metric.about.to_owned(),
        unit: unit.to_owned(),
        data: Some(data),
        ..Told::default()
    }
}

fn attributes(row: &Row) -> Vec<KeyValue> {
    row.labels.iter().map(|(name, value)| pair(name, value)).collect()
}

fn number(row: &Row, times: Times) -> NumberDataPoint {
    let value = match &row.value {
        Value::Whole(whole) => Number::AsInt(i64::try_from(*whole).unwrap_or(i64::MAX)),
        Value::Real(real) => Number::AsDouble(*real),
        Value::Spread(spread) => Number::AsDouble(spread.sum),
    };
    NumberDataPoint {
        attributes: attributes(row),
        start_time_unix_nano: times.begun_at,
        time_unix_nano: times.now,
        value: Some(value),
        ..NumberDataPoint::default()
    }
}

fn steps(row: &Row, times: Times) -> Option<HistogramDataPoint> {
    let Value::Spread(spread) = &row.value else { return None };
    Some(HistogramDataPoint {
        attributes: attributes(row),
        start_time_unix_nano: times.begun_at,
        time_unix_nano: times.now,
        count: spread.counts.iter().sum(),
        sum: Some(spread.sum),
        bucket_counts: spread.counts.clone(),
        explicit_bounds: spread.bounds.to_vec(),
        ..HistogramDataPoint::default()
    })
}
