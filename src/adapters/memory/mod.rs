//! What a service said before, so that it need not be asked each time.
//!
//! It is bounded by number and by age. What is young is believed; what is not is asked for again,
//! once for all who want it at the same time. When the service cannot be asked, what it said last
//! is good for a while longer, where it may be. The time is that of the clock port.
//!
//! This room must not learn what is remembered: whoever uses it says what the keys are.

mod counts;
mod flights;
mod remembered;
mod shelf;

pub use counts::RememberedCounts;
pub use remembered::{Key, MemoryOptions, Remembered, Source};
