//! A stream of bytes, taken apart into rows: where each begins and what it says of which field.
//!
//! Nothing here knows what a price is. No more than one row is held in memory at a time, and a
//! row without end is reported, skipped and not kept.

mod byte_order_mark;
mod csv_rows;
mod json_lines;
mod metered;
mod rows;

pub(super) use byte_order_mark::without_mark;
pub(super) use rows::{RawRow, Rows};
