use std::io::{self, BufRead, Read};

use acp_core::limits::CATALOG_ROW_BYTES_MAX;

use super::RawRow;
use crate::adapters::catalog::problem::Problem;
use crate::adapters::catalog::row::Found;

/// How much of a line is looked at: the largest row with its line end, or enough to see that it
/// is too large.
const READ_BYTES_MAX: usize = CATALOG_ROW_BYTES_MAX + 2;

/// Rows that are one JSON object on each line. Blank lines are not rows.
pub(in crate::adapters::catalog) struct JsonLines<R> {
    input: R,
    line: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> JsonLines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: 0, bytes: Vec::new() }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<RawRow>> {
        while self.read_line()? {
            let row = self.bytes.trim_ascii();
            if !row.is_empty() {
                return Ok(Some(raw_row(self.line, row)));
            }
        }
        Ok(None)
    }

    /// Reads the next line, or the beginning of one that is too long; `false` at the end.
    fn read_line(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        let most = u64::try_from(READ_BYTES_MAX).unwrap_or(u64::MAX);
        let read = Read::take(&mut self.input, most).read_until(b'\n', &mut self.bytes)?;
        if read == READ_BYTES_MAX && !self.bytes.ends_with(b"\n") {
            self.input.skip_until(b'\n')?;
        }
        self.line = self.line.saturating_add(1);
        Ok(read > 0)
    }
}

fn raw_row(line: u64, row: &[u8]) -> RawRow {
    if row.len() > CATALOG_ROW_BYTES_MAX {
        return RawRow::unreadable(line, Problem::RowTooLong);
    }
    match serde_json::from_slice(row) {
        Ok(Found::Pairs(fields)) => RawRow { line, content: Ok(fields) },
        Ok(_) => RawRow::unreadable(line, Problem::NotAnObject),
        Err(error) => RawRow::unreadable(line, Problem::NotJson { column: error.column() }),
    }
}
