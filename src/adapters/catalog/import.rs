//! Reads a whole catalogue, row by row, and says what became of each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, BufRead};

use acp_core::ids::ItemId;
use acp_core::limits::CATALOG_ITEMS_MAX;

use super::format::RowFormat;
use super::lint::Lint;
use super::problem::Problem;
use super::report::{Finding, Report};
use super::row::{self, Reading, Row};
use super::source::{RawRow, Rows, without_mark};

/// The good rows of a catalogue, and a report of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// The rows that can be sold, in the order of the file; no two share an id.
    pub rows: Vec<Row>,
    /// What was wrong with the rest.
    pub report: Report,
}

/// The stream broke off; what a row says is never a reason for that.
#[derive(Debug, thiserror::Error)]
#[error("the catalogue could not be read on after line {line}")]
pub struct ReadError {
    /// The line of the last row that was read; 0 when there is none.
    pub line: u64,
    source: io::Error,
}

/// Reads the rows of a catalogue.
///
/// # Errors
/// Fails when the stream does; bad rows are in the report.
pub fn import(input: impl BufRead, format: RowFormat) -> Result<Import, ReadError> {
    let mut rows = Vec::new();
    let report = read_rows(input, format, CATALOG_ITEMS_MAX, |_, row| rows.push(row))?;
    Ok(Import { rows, report })
}

/// Reads a catalogue as an import does, keeps no row, and hints at what its owner may not have
/// meant.
///
/// # Errors
/// Fails when the stream does; bad rows are in the report.
pub fn lint(input: impl BufRead, format: RowFormat) -> Result<Report, ReadError> {
    let mut lint = Lint::default();
    let mut report =
        read_rows(input, format, CATALOG_ITEMS_MAX, |line, row| lint.look_at(line, &row))?;
    report.hints = lint.finish();
    Ok(report)
}

/// Gives each good row to `keep`, with the line it begins on.
fn read_rows(
    input: impl BufRead,
    format: RowFormat,
    rows_max: usize,
    mut keep: impl FnMut(u64, Row),
) -> Result<Report, ReadError> {
    let broke_off = |line| move |source| ReadError { line, source };
    let mut rows = Rows::new(without_mark(input).map_err(broke_off(0))?, format);
    let mut report = Report::default();
    let mut ids = Ids::default();
    let mut last_line = 0;
    let most = u64::try_from(rows_max).unwrap_or(u64::MAX);
    while let Some(raw) = rows.next().map_err(broke_off(last_line))? {
        last_line = raw.line;
        if report.rows == most {
            let problem = Problem::TooManyRows { max: rows_max };
            report.problems.push(Finding { line: raw.line, field: None, problem });
            break;
        }
        report.rows = report.rows.saturating_add(1);
        match read_row(raw, &mut ids) {
            Ok(Reading { row, warnings }) => {
                report.warnings.extend(warnings);
                keep(last_line, row);
            }
            Err(problems) => report.refuse_row(problems),
        }
    }
    Ok(report)
}

fn read_row(raw: RawRow, ids: &mut Ids) -> Result<Reading, Vec<Finding<Problem>>> {
    let reading = row::read(raw.line, raw.content?)?;
    ids.claim(raw.line, &reading.row.item.id).map_err(|problem| vec![problem])?;
    Ok(reading)
}

/// The ids of the good rows so far, each with its line.
#[derive(Default)]
struct Ids(HashMap<ItemId, u64>);

impl Ids {
    /// Gives the id to the first row that asks for it.
    fn claim(&mut self, line: u64, id: &ItemId) -> Result<(), Finding<Problem>> {
        match self.0.entry(id.clone()) {
            Entry::Vacant(free) => {
                free.insert(line);
                Ok(())
            }
            Entry::Occupied(taken) => {
                let problem = Problem::DuplicateId { first: *taken.get() };
                Err(Finding::about(line, "id", problem))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;
    use crate::adapters::catalog::DemoShop;
    use crate::adapters::catalog::row::print;

    fn lines(count: usize) -> String {
        let rows = DemoShop::Jpy.import().unwrap().rows;
        rows.iter().take(count).map(print).collect::<Vec<_>>().join("\n") + "\n"
    }

    #[test]
    fn a_catalogue_that_is_too_long_is_read_up_to_its_bound() {
        for (given, kept, problems) in [(3, 3, 0), (4, 3, 1), (9, 3, 1)] {
            let mut rows = Vec::new();
            let file = lines(given);
            let keep = |_, row| rows.push(row);
            let report = read_rows(file.as_bytes(), RowFormat::JsonLines, 3, keep).unwrap();
            assert_eq!((rows.len(), report.rows, report.problems.total()), (kept, 3, problems));
            for found in report.problems.shown() {
                let problem = Problem::TooManyRows { max: 3 };
                assert_eq!(*found, Finding { line: 4, field: None, problem });
            }
        }
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        }
    }

    #[test]
    fn a_stream_that_breaks_off_is_an_error() {
        let csv = "id,title,kind,price,currency,tax_class\na,A,physical,1,USD,standard\nb,";
        for (file, format, line) in [
            (lines(2).as_str(), RowFormat::JsonLines, 2),
            (csv, RowFormat::Csv, 2),
            ("x", RowFormat::Csv, 0),
        ] {
            let input = BufReader::new(file.as_bytes().chain(Broken));
            assert_eq!(import(input, format).unwrap_err().line, line, "{file}");
        }
    }
}
