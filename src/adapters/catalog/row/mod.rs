//! One row of an imported catalogue: from what it says to an item and its stock.
//!
//! Every field is checked here, and only here, whatever file it came from. All problems of a row
//! are found at once, so that its owner mends it once. The merchant's words come in as plain text:
//! no tags, no control characters.

mod field;
mod fields;
mod found;
mod markdown;
mod plain_text;
mod reading;
mod values;

#[cfg(test)]
mod printing;
#[cfg(test)]
mod tests;

pub(super) use field::{FIELDS, Field, Form};
pub(super) use found::Found;
#[cfg(test)]
pub(super) use printing::{print, print_csv};
pub use reading::Row;
pub(super) use reading::{Reading, read};
