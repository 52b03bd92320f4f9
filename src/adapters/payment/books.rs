//! The books of the demo provider: a file with a line for everything that became of a payment.
//!
//! Several gateways may keep the same books, and whoever checks them afterwards reads the same
//! lines. A line that a process could not finish before it died never happened.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use acp_core::limits::DEMO_BOOKS_BYTES_MAX;
use serde::{Deserialize, Serialize};

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// In milliseconds since 1970.
    pub(super) at: i64,
    pub(super) payment: String,
    /// Whom it is for, and the key it was made with.
    pub(super) session: String,
    pub(super) key: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) state: String,
    /// How much was given back in all, and by which key the last time.
    #[serde(default)]
    pub(super) refunded: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refund_key: Option<String>,
}

/// Open books, and how far they were read.
#[derive(Debug)]
pub(super) struct Books {
    file: File,
    read: u64,
}

impl Books {
    /// Opens books and makes them when there are none. Books that have become too large are put
    /// aside.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if path.metadata().is_ok_and(|found| found.len() > DEMO_BOOKS_BYTES_MAX) {
            std::fs::rename(path, path.with_extension("old"))?;
        }
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        Ok(Self { file, read: 0 })
    }

    /// Keeps everybody else out until [`Books::close`], and reads what was written meanwhile.
    pub(super) fn turn_up(&mut self) -> io::Result<Vec<Line>> {
        self.file.lock()?;
        self.file.seek(SeekFrom::Start(self.read))?;
        let mut text = Vec::new();
        self.file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.read = self.read.saturating_add(whole as u64);
        if whole < text.len() {
            self.file.set_len(self.read)?;
        }
        text.truncate(whole);
        let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).map_err(io::Error::other)).collect()
    }

    /// Writes a line.
    pub(super) fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.read = self.read.saturating_add(text.len() as u64);
        Ok(())
    }

    /// Lets others in.
    pub(super) fn close(&self) {
        if let Err(error) = self.file.unlock() {
            tracing::error!(error = &error as &dyn std::error::Error, "the demo books stay closed");
        }
    }
}
