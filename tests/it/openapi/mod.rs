//! The description of the API: that it is true, that it is complete, and that what lies in the
//! repository is what the code makes. `UPDATE=1` writes anew what is made; since examples become
//! part of the program, run it twice after examples have changed.

mod collection;
pub(crate) mod described;
mod document;
mod errors;
mod exchanges;
mod indented;
mod kept;
mod operations;
mod reading;
mod refused;
mod schemas;

pub(crate) use indented::indented;
pub(crate) use reading::{Document, Operation, examples};
pub(crate) use refused::refused;
