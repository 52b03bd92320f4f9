//! The tables of the store file, and what one commit does to them.

use std::ops::Bound;

use acp_core::ids::Partition;
use acp_core::time::Timestamp;
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use super::meta::Meta;
use super::prepared::{LaidOut, Prepared};
use super::record;
use crate::store::head::first_unmet;
use crate::store::{Append, Commit, Key, SetTimer, Version};

/// Partition and key.
type DocumentPlace = (u16, &'static [u8]);
/// Expiry, partition and key.
type ExpiryPlace = (i64, u16, &'static [u8]);
/// Partition, log and number.
type LogPlace<'a> = (u16, &'a [u8], u64);
/// Queue, due time, partition and id.
pub(super) type TimerPlace<'a> = (&'a [u8], i64, u16, &'a [u8]);
/// Queue, partition and id.
type TimerName = (&'static [u8], u16, &'static [u8]);

/// The records.
pub(super) const DOCUMENTS: TableDefinition<'_, DocumentPlace, &[u8]> =
    TableDefinition::new("documents");
/// Every document that expires, the next one first.
pub(super) const EXPIRIES: TableDefinition<'_, ExpiryPlace, ()> = TableDefinition::new("expiries");
/// The entries of all logs.
pub(super) const LOGS: TableDefinition<'_, LogPlace<'static>, &[u8]> = TableDefinition::new("logs");
/// Every timer, the next one of each queue first.
pub(super) const TIMERS: TableDefinition<'_, TimerPlace<'static>, ()> =
    TableDefinition::new("timers");
/// When each timer is due, so that it can be found to be moved.
pub(super) const TIMER_DUES: TableDefinition<'_, TimerName, i64> =
    TableDefinition::new("timer_dues");

/// All tables, open in one write transaction.
pub(super) struct Tables<'tx> {
    documents: Table<'tx, DocumentPlace, &'static [u8]>,
    expiries: Table<'tx, ExpiryPlace, ()>,
    logs: Table<'tx, LogPlace<'static>, &'static [u8]>,
    timers: Table<'tx, TimerPlace<'static>, ()>,
    timer_dues: Table<'tx, TimerName, i64>,
    meta: Meta<'tx>,
}

impl<'tx> Tables<'tx> {
    /// Opens the tables and makes those that do not exist.
    pub(super) fn open(transaction: &'tx WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self {
            documents: transaction.open_table(DOCUMENTS)?,
            expiries: transaction.open_table(EXPIRIES)?,
            logs: transaction.open_table(LOGS)?,
            timers: transaction.open_table(TIMERS)?,
            timer_dues: transaction.open_table(TIMER_DUES)?,
            meta: Meta::open(transaction)?,
        })
    }

    pub(super) fn meta(&mut self) -> &mut Meta<'tx> {
        &mut self.meta
    }

    /// The key of the first expectation of `commit` that is not met, if there is one.
    pub(super) fn first_unmet<'commit>(
        &self,
        commit: &'commit Commit,
        now: Timestamp,
    ) -> Result<Option<&'commit Key>, redb::Error> {
        let partition = commit.partition.number();
        first_unmet(&commit.expectations, now, |key| {
            let stored = self.documents.get((partition, key.as_bytes()))?;
            let head = stored.map(|stored| record::decode(stored.value()).map(|(head, _)| head));
            Ok(head.transpose()?)
        })
    }

    /// Writes all of a commit: removes first and writes then, so that one commit can begin a log or
    /// a document anew.
    pub(super) fn write(
        &mut self,
        prepared: &mut Prepared,
        version: Version,
    ) -> Result<(), redb::Error> {
        let Prepared { commit, documents } = prepared;
        let partition = commit.partition;
        for key in &commit.deletes {
            self.delete(partition.number(), key.as_bytes())?;
        }
        for document in documents {
            record::stamp(&mut document.record, version);
            self.put(partition, document)?;
        }
        for log in &commit.dropped_logs {
            let entries = entries_of(partition, log, 0);
            self.logs.retain_in(entries, |_, _| false)?;
        }
        for append in &commit.appends {
            self.append(partition, append)?;
        }
        for timer in &commit.timers {
            self.set_timer(partition, timer)?;
        }
        Ok(())
    }

    /// Deletes documents that have expired, the longest expired first; says how many.
    pub(super) fn sweep(&mut self, now: Timestamp, limit: usize) -> Result<usize, redb::Error> {
        let after_now = (now.unix_ms().saturating_add(1), 0, [].as_slice());
        let mut expired = Vec::new();
        for entry in self.expiries.range(..after_now)?.take(limit) {
            let (entry, ()) = entry.map(|(key, nothing)| (key, nothing.value()))?;
            let (_, partition, key) = entry.value();
            expired.push((partition, key.to_vec()));
        }
        for (partition, key) in &expired {
            self.delete(*partition, key)?;
        }
        Ok(expired.len())
    }

    fn put(&mut self, partition: Partition, document: &LaidOut) -> Result<(), redb::Error> {
        let key = (partition.number(), document.key.as_bytes());
        let replaced = self.documents.insert(key, document.record.as_slice())?;
        let replaced = replaced.map(|replaced| expiry_of(replaced.value())).transpose()?.flatten();
        if replaced == document.expires_at {
            return Ok(());
        }
        if let Some(end) = replaced {
            self.expiries.remove((end.unix_ms(), key.0, key.1))?;
        }
        if let Some(end) = document.expires_at {
            self.expiries.insert((end.unix_ms(), key.0, key.1), ())?;
        }
        Ok(())
    }

    fn delete(&mut self, partition: u16, key: &[u8]) -> Result<(), redb::Error> {
        let deleted = self.documents.remove((partition, key))?;
        let deleted = deleted.map(|deleted| expiry_of(deleted.value())).transpose()?.flatten();
        if let Some(end) = deleted {
            self.expiries.remove((end.unix_ms(), partition, key))?;
        }
        Ok(())
    }

    fn append(&mut self, partition: Partition, append: &Append) -> Result<(), redb::Error> {
        let last = self.logs.range(entries_of(partition, &append.log, 0))?.next_back();
        let last = last.transpose()?.map_or(0, |(key, _)| key.value().2);
        let key = (partition.number(), append.log.as_bytes(), last.saturating_add(1));
        self.logs.insert(key, append.entry.as_ref())?;
        Ok(())
    }

    fn set_timer(&mut self, partition: Partition, timer: &SetTimer) -> Result<(), redb::Error> {
        let (queue, partition, id) =
            (timer.queue.as_bytes(), partition.number(), timer.id.as_bytes());
        let name = (queue, partition, id);
        let (known, due) = (self.timer_dues.get(name)?, timer.due.map(Timestamp::unix_ms));
        let known = known.map(|due| due.value());
        if known == due {
            return Ok(());
        }
        if let Some(due) = known {
            self.timers.remove((queue, due, partition, id))?;
        }
        match due {
            Some(due) => {
                self.timer_dues.insert(name, due)?;
                self.timers.insert((queue, due, partition, id), ())?;
            }
            None => drop(self.timer_dues.remove(name)?),
        }
        Ok(())
    }
}

/// The keys of the entries of a log with numbers above `after`.
pub(super) fn entries_of(
    partition: Partition,
    log: &str,
    after: u64,
) -> (Bound<LogPlace<'_>>, Bound<LogPlace<'_>>) {
    let (partition, log) = (partition.number(), log.as_bytes());
    (Bound::Excluded((partition, log, after)), Bound::Included((partition, log, u64::MAX)))
}

fn expiry_of(stored: &[u8]) -> Result<Option<Timestamp>, record::Damaged> {
    record::decode(stored).map(|(head, _)| head.expires_at)
}
