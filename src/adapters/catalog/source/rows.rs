use std::io::{self, BufRead};

use super::csv_rows::CsvRows;
use super::json_lines::JsonLines;
use crate::adapters::catalog::format::RowFormat;
use crate::adapters::catalog::problem::Problem;
use crate::adapters::catalog::report::Finding;
use crate::adapters::catalog::row::Found;

/// A row as it stands in the file: what it says, by name, before any of it is believed.
#[derive(Debug, PartialEq)]
pub(in crate::adapters::catalog) struct RawRow {
    /// The line it begins on, counted from 1.
    pub(in crate::adapters::catalog) line: u64,
    pub(in crate::adapters::catalog) content: Result<Vec<(String, Found)>, Vec<Finding<Problem>>>,
}

impl RawRow {
    /// A row that cannot be taken apart.
    pub(super) fn unreadable(line: u64, problem: Problem) -> Self {
        Self { line, content: Err(vec![Finding { line, field: None, problem }]) }
    }
}

/// The rows of a stream.
pub(in crate::adapters::catalog) enum Rows<R> {
    JsonLines(JsonLines<R>),
    Csv(CsvRows<R>),
}

impl<R: BufRead> Rows<R> {
    pub(in crate::adapters::catalog) fn new(input: R, format: RowFormat) -> Self {
        match format {
            RowFormat::JsonLines => Self::JsonLines(JsonLines::new(input)),
            RowFormat::Csv => Self::Csv(CsvRows::new(input)),
        }
    }

    /// The next row; `None` at the end of the stream.
    pub(in crate::adapters::catalog) fn next(&mut self) -> io::Result<Option<RawRow>> {
        match self {
            Self::JsonLines(rows) => rows.next(),
            Self::Csv(rows) => rows.next(),
        }
    }
}
