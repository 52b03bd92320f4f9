//! What the gateway says about itself.

mod log;
mod metrics;
mod otlp;

pub use log::{Log, LogFormat};
pub use metrics::Metrics;
pub use otlp::{Carried, Otlp, OtlpMetrics, Sampled};
