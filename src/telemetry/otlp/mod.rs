//! Traces, logs and figures on their way to a collector that speaks OTLP over HTTP, in protocol
//! buffers: of its ways the one for which everything is here already, the client and the crypto
//! library. The one over gRPC would bring a second stack.

mod carrier;
mod export;
mod figures;
mod lines;
mod queue;

pub use carrier::Carriage;
pub use export::{BadExport, Export, Exporting, FiguresExport};
pub(super) use export::{Exported, SpansTold, exported};
pub use figures::{FiguresCarrier, Untold};
pub(super) use lines::{Lines, with_causes};
