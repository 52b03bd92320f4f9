use std::io::{self, BufRead};

use acp_core::limits::CATALOG_ROW_BYTES_MAX;
use csv::ByteRecord;

use super::RawRow;
use super::metered::Metered;
use crate::adapters::catalog::problem::Problem;
use crate::adapters::catalog::report::Finding;
use crate::adapters::catalog::row::{FIELDS, Field, Form, Found};

/// What lies between the entries of a list, and between the pairs of a set.
const ENTRY_END: char = ';';
/// What lies between a name and its value.
const NAME_END: char = '=';

/// The most bytes read for one row: the largest row and its line end.
const READ_BYTES_MAX: usize = CATALOG_ROW_BYTES_MAX + 2;

type Reader<R> = csv::Reader<Metered<R>>;

/// Rows of cells under a first line that names the columns, in any order. Rows without anything in
/// any cell, as spreadsheets leave them behind, are not rows.
pub(in crate::adapters::catalog) struct CsvRows<R> {
    /// `None` once the end was reached, or a first line that makes no sense.
    reader: Option<Reader<R>>,
    columns: Vec<&'static Field>,
    record: ByteRecord,
}

/// What reading one record came to.
enum Step {
    Read { line: u64 },
    TooLong { line: u64 },
    End,
}

impl<R: BufRead> CsvRows<R> {
    pub(super) fn new(input: R) -> Self {
        let reader = Some(reader_of(Metered::new(input)));
        Self { reader, columns: Vec::new(), record: ByteRecord::new() }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<RawRow>> {
        if self.columns.is_empty()
            && let Some(refused) = self.read_columns()?
        {
            self.reader = None;
            return Ok(Some(refused));
        }
        loop {
            match self.step()? {
                Step::End => return Ok(None),
                Step::TooLong { line } => {
                    return Ok(Some(RawRow::unreadable(line, Problem::RowTooLong)));
                }
                Step::Read { .. } if self.record.iter().all(<[u8]>::is_empty) => {}
                Step::Read { line } => return Ok(Some(self.raw_row(line))),
            }
        }
    }

    /// Takes the first line as the names of the columns. A line that cannot be that comes back as
    /// a refused row: without it, no other row has a meaning.
    fn read_columns(&mut self) -> io::Result<Option<RawRow>> {
        let line = match self.step()? {
            Step::End => return Ok(None),
            Step::TooLong { line } => {
                return Ok(Some(RawRow::unreadable(line, Problem::RowTooLong)));
            }
            Step::Read { line } => line,
        };
        match columns(line, &self.record) {
            Ok(columns) => {
                self.columns = columns;
                Ok(None)
            }
            Err(problems) => Ok(Some(RawRow { line, content: Err(problems) })),
        }
    }

    /// Reads the next record.
    fn step(&mut self) -> io::Result<Step> {
        let Some(mut reader) = self.reader.take() else { return Ok(Step::End) };
        reader.get_mut().allow(READ_BYTES_MAX);
        let first_line = reader.get_ref().lines().saturating_add(1);
        match reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(Step::End),
            Ok(true) => {
                // A record ends on the line that was handed out last.
                let line = reader.get_ref().lines().saturating_sub(breaks_in(&self.record));
                self.reader = Some(reader);
                Ok(Step::Read { line })
            }
            Err(_) if reader.get_ref().is_refusing() => {
                // A reader that failed once reads no more; all it was given is used up.
                let mut metered = reader.into_inner();
                metered.skip_line()?;
                self.reader = Some(reader_of(metered));
                Ok(Step::TooLong { line: first_line })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn raw_row(&self, line: u64) -> RawRow {
        let (cells, columns) = (self.record.len(), self.columns.len());
        if cells != columns {
            return RawRow::unreadable(line, Problem::CellCount { cells, columns });
        }
        let mut fields = Vec::new();
        let mut problems = Vec::new();
        for (field, cell) in self.columns.iter().zip(&self.record) {
            match str::from_utf8(cell) {
                Ok(cell) => fields.push((field.name.to_owned(), found(field.form, cell.trim()))),
                Err(_) => problems.push(not_utf8(line, Some(field.name.into()))),
            }
        }
        RawRow { line, content: if problems.is_empty() { Ok(fields) } else { Err(problems) } }
    }
}

fn reader_of<R: BufRead>(input: Metered<R>) -> Reader<R> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input)
}

/// How many lines before its end a record began.
fn breaks_in(record: &ByteRecord) -> u64 {
    let pieces = record.as_slice().split(|byte| *byte == b'\n').count();
    u64::try_from(pieces.saturating_sub(1)).unwrap_or(u64::MAX)
}

/// The columns a first line names, or what is wrong with it.
fn columns(line: u64, record: &ByteRecord) -> Result<Vec<&'static Field>, Vec<Finding<Problem>>> {
    let mut columns: Vec<&'static Field> = Vec::new();
    let mut problems = Vec::new();
    for cell in record {
        let Ok(name) = str::from_utf8(cell) else {
            problems.push(not_utf8(line, None));
            continue;
        };
        match Field::named(name.trim()) {
            None => problems.push(Finding::about(line, name, Problem::UnknownField)),
            Some(field) if columns.contains(&field) => {
                problems.push(Finding::about(line, name, Problem::Twice));
            }
            Some(field) => columns.push(field),
        }
    }
    let missing = FIELDS.iter().filter(|field| field.is_required && !columns.contains(field));
    problems.extend(missing.map(|field| Finding::about(line, field.name, Problem::Missing)));
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

fn not_utf8(line: u64, field: Option<Box<str>>) -> Finding<Problem> {
    Finding { line, field, problem: Problem::NotUtf8 }
}

/// What a cell of this form says. A cell that is not of its form stays text, which is refused
/// where the field is read.
fn found(form: Form, cell: &str) -> Found {
    if cell.is_empty() {
        return Found::Nothing;
    }
    let read = match form {
        Form::Text => None,
        Form::Whole => whole(cell),
        Form::List => Some(Found::List(entries(cell).map(text).collect())),
        Form::Pairs => entries(cell).map(pair).collect::<Option<_>>().map(Found::Pairs),
    };
    read.unwrap_or_else(|| text(cell))
}

fn text(text: &str) -> Found {
    Found::Text(text.to_owned())
}

fn whole(cell: &str) -> Option<Found> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_whole { cell.parse().ok().map(Found::Whole) } else { None }
}

fn entries(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(ENTRY_END).map(str::trim).filter(|entry| !entry.is_empty())
}

fn pair(entry: &str) -> Option<(String, Found)> {
    let (name, value) = entry.split_once(NAME_END)?;
    Some((name.trim().to_owned(), text(value.trim())))
}
