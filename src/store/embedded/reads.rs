//! Reads: each takes a snapshot of its own and never waits for the writer.
//!
//! The time is taken before the snapshot. The other way round, a document that was renewed in
//! between would seem to have expired.

use std::ops::Bound;

use acp_core::ids::Partition;
use acp_core::time::Timestamp;
use bytes::Bytes;
use redb::{Database, ReadableDatabase};

use super::record::{self, Damaged};
use super::tables::{DOCUMENTS, LOGS, TIMERS, TimerPlace, entries_of};
use crate::store::{Document, DueTimer, Key, LogEntry};

pub(super) fn documents(
    database: &Database,
    now: Timestamp,
    partition: Partition,
    keys: &[Key],
) -> Result<Vec<Option<Document>>, redb::Error> {
    let documents = database.begin_read()?.open_table(DOCUMENTS)?;
    let read = |key: &Key| {
        let stored = documents.get((partition.number(), key.as_bytes()))?;
        Ok(stored.map(|stored| visible(stored.value(), now)).transpose()?.flatten())
    };
    keys.iter().map(read).collect()
}

pub(super) fn log(
    database: &Database,
    partition: Partition,
    log: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<LogEntry>, redb::Error> {
    if after == u64::MAX {
        return Ok(Vec::new());
    }
    let logs = database.begin_read()?.open_table(LOGS)?;
    let mut entries = Vec::new();
    for entry in logs.range(entries_of(partition, log, after))?.take(limit) {
        let (key, entry) = entry?;
        let entry = Bytes::copy_from_slice(entry.value());
        entries.push(LogEntry { number: key.value().2, entry });
    }
    Ok(entries)
}

pub(super) fn scan(
    database: &Database,
    now: Timestamp,
    page: &Page<'_>,
) -> Result<Vec<(Key, Document)>, redb::Error> {
    let documents = database.begin_read()?.open_table(DOCUMENTS)?;
    let partition = page.partition.number();
    let after = page.after.filter(|after| *after >= page.prefix);
    let from = after.map_or(Bound::Included((partition, page.prefix.as_bytes())), |after| {
        Bound::Excluded((partition, after.as_bytes()))
    });
    let mut found = Vec::new();
    for row in documents.range((from, Bound::Unbounded))? {
        let (stored_key, stored) = row?;
        let (stored_partition, key) = stored_key.value();
        let is_past = stored_partition != partition || !key.starts_with(page.prefix.as_bytes());
        if is_past || found.len() >= page.limit {
            break;
        }
        if let Some(document) = visible(stored.value(), now)? {
            found.push((text(key)?, document));
        }
    }
    Ok(found)
}

/// What a scan is to find.
pub(super) struct Page<'a> {
    pub(super) partition: Partition,
    pub(super) prefix: &'a str,
    pub(super) after: Option<&'a str>,
    pub(super) limit: usize,
}

/// The timers of a queue that are due by a time, oldest first.
pub(super) fn timers_due_by(
    database: &Database,
    time: Timestamp,
    queue: &str,
    limit: usize,
) -> Result<Vec<DueTimer>, redb::Error> {
    let timers = database.begin_read()?.open_table(TIMERS)?;
    let queue = queue.as_bytes();
    let nothing = [].as_slice();
    let first = (queue, i64::MIN, 0, nothing);
    let past_it = (queue, time.unix_ms().saturating_add(1), 0, nothing);
    timers.range(first..past_it)?.take(limit).map(|timer| read_timer(timer?.0.value())).collect()
}

/// The timers of a queue that come before another, the last one first.
pub(super) fn timers_before(
    database: &Database,
    queue: &str,
    before: Option<&DueTimer>,
    limit: usize,
) -> Result<Vec<DueTimer>, redb::Error> {
    let timers = database.begin_read()?.open_table(TIMERS)?;
    let queue = queue.as_bytes();
    let first = (queue, i64::MIN, 0, [].as_slice());
    // No partition has the largest number, so that nothing is cut off at the end of time.
    let end = before.map_or((queue, i64::MAX, u16::MAX, [].as_slice()), |timer| {
        (queue, timer.due.unix_ms(), timer.partition.number(), timer.id.as_bytes())
    });
    let found = timers.range(first..end)?.rev().take(limit);
    found.map(|timer| read_timer(timer?.0.value())).collect()
}

fn read_timer((_, due, partition, id): TimerPlace<'_>) -> Result<DueTimer, redb::Error> {
    let partition = Partition::new(partition).ok_or(Damaged)?;
    Ok(DueTimer { partition, id: text(id)?, due: Timestamp::from_unix_ms(due) })
}

/// The document, unless it has expired.
fn visible(stored: &[u8], now: Timestamp) -> Result<Option<Document>, Damaged> {
    let (head, kept) = record::decode(stored)?;
    if head.is_expired(now) {
        return Ok(None);
    }
    Ok(Some(Document {
        version: head.version,
        fence: head.fence,
        expires_at: head.expires_at,
        value: kept.value()?,
    }))
}

fn text(bytes: &[u8]) -> Result<Key, redb::Error> {
    match str::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => Err(redb::Error::Corrupted(error.to_string())),
    }
}
