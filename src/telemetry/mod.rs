//! What the gateway says about itself while it works: log lines, figures of what it does, and
//! traces of how it came about.
//!
//! This room knows std and its libraries and no other room, so that those that may name it can tell
//! it something. It never learns what a session is: a label is a word that somebody chose from a
//! list, never a name a caller gave.

mod log;
mod losses;
mod measures;
mod otlp;
mod spans;
mod watched;

pub use log::{BadTelemetry, LogFormat, start};
pub use losses::say_losses;
pub use measures::{
    Kind, Measures, Metric, Row, Spread, Value, known, measures, process, start_measuring, text,
};
pub use otlp::{BadExport, Carriage, Export, Exporting, FiguresCarrier, FiguresExport, Untold};
pub use spans::{Sampling, is_traceparent, tell, tell_answer, tell_call, tell_caller, traceparent};
pub use watched::{is_traced, is_watched};
