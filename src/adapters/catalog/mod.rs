//! The merchant's catalogue. Read from a file, rows of JSON or CSV become items of the core and
//! their stock, and everything that is wrong with a row is told to the person who wrote it. Or it
//! stays with the merchant (`remote`), and what it said is remembered for a while (`memory`).
//!
//! A catalogue is a stranger's text. What comes out of here is bounded, holds no HTML and fits the
//! core's types; where the rows are kept, and who may import them, is decided elsewhere.

mod demo;
mod format;
mod import;
mod lint;
mod memory;
mod problem;
mod remote;
mod report;
mod row;
mod source;

#[cfg(test)]
mod tests;

pub use demo::DemoShop;
pub use format::RowFormat;
pub use import::{Import, ReadError, import, lint};
pub use memory::RememberedCatalog;
pub use problem::{Hint, Problem, Warning};
pub use remote::{ChangedItems, ItemPage, RemoteCatalog};
pub use report::{Finding, Findings, Report};
pub use row::Row;
