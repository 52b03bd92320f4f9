//! Figures of what the gateway does, kept in this process and read by whoever scrapes them.
//!
//! They are our own and not a library's, because of two readers: Prometheus wants text, and a
//! collector wants OTLP. Both are written from one walk over one registry, and noting something
//! costs a look into a small map and an addition, with no texts made or copied. Until somebody
//! wants them, nothing is noted at all.

mod all;
mod family;
mod known;
mod process;
mod snapshot;
mod spread;
mod text;

pub use all::{Measures, measures, start_measuring};
pub use known::known;
pub use process::process;
pub use snapshot::{Kind, Metric, Row, Spread, Value};
pub use text::text;
