//! What the store knows about itself.

use std::path::Path;

use acp_core::limits::PARTITIONS;
use acp_core::time::Timestamp;
use redb::{Database, ReadableTable, Table, TableDefinition, WriteTransaction};

use super::open::OpenError;
use super::tables::Tables;
use crate::store::Version;

/// The layout of the whole file; a gateway reads this one and every older one. In the first no
/// document was packed.
const FORMAT: u64 = 2;

/// Numbers by name.
pub(super) const NUMBERS: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
/// Random keys by name.
pub(super) const KEYS: TableDefinition<'_, &str, [u8; 32]> = TableDefinition::new("keys");

const FORMAT_ROW: &str = "format";
const PARTITIONS_ROW: &str = "partitions";
const BOOT_EPOCH_ROW: &str = "boot_epoch";
const VERSION_ROW: &str = "version";
const TIME_ROW: &str = "time_ms";
const PARTITION_KEY_ROW: &str = "partition";
/// Only a copy has it: when it was made.
const COPIED_ROW: &str = "copied_ms";

/// What a start of the store begins with.
pub(super) struct Boot {
    pub(super) epoch: u64,
    pub(super) last_version: Version,
    pub(super) last_time: Timestamp,
    pub(super) partition_key: [u8; 32],
    /// When the copy was made that this store was, if it was one and nobody has dealt with that.
    pub(super) copied_at: Option<Timestamp>,
}

/// Writes into a copy that it is one.
pub(super) fn mark_copy(copy: &WriteTransaction, at: Timestamp) -> Result<(), redb::Error> {
    let mut numbers = copy.open_table(NUMBERS)?;
    numbers.insert(COPIED_ROW, at.unix_ms().cast_unsigned())?;
    Ok(())
}

/// Forgets that this store was a copy.
pub(super) fn settle_copy(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    let mut numbers = transaction.open_table(NUMBERS)?;
    numbers.remove(COPIED_ROW)?;
    drop(numbers);
    Ok(transaction.commit()?)
}

/// Starts a new boot epoch, in a store that is made now or was made by a gateway this one
/// understands. A store made now keeps `random_key` for ever.
pub(super) fn boot(
    database: &Database,
    dir: &Path,
    random_key: [u8; 32],
) -> Result<Boot, OpenError> {
    let failed = |source: redb::Error| OpenError::database(dir, source);
    let transaction = database.begin_write().map_err(|error| failed(error.into()))?;
    let mut tables = Tables::open(&transaction).map_err(failed)?;
    check_or_found(tables.meta(), dir, random_key)?;
    tables.meta().note_format().map_err(failed)?;
    let boot = tables.meta().begin_epoch().map_err(failed)?;
    drop(tables);
    transaction.commit().map_err(|error| failed(error.into()))?;
    Ok(boot)
}

/// Refuses a store this gateway would spoil.
fn check_or_found(meta: &mut Meta<'_>, dir: &Path, random_key: [u8; 32]) -> Result<(), OpenError> {
    let failed = |source: redb::Error| OpenError::database(dir, source);
    let Some(format) = meta.number(FORMAT_ROW).map_err(failed)? else {
        return meta.found(random_key).map_err(failed);
    };
    if format > FORMAT {
        return Err(OpenError::Newer { dir: dir.to_path_buf(), found: format, known: FORMAT });
    }
    let partitions = meta.number_or_zero(PARTITIONS_ROW).map_err(failed)?;
    if partitions != u64::from(PARTITIONS) {
        return Err(OpenError::Partitions { dir: dir.to_path_buf(), found: partitions });
    }
    Ok(())
}

/// The tables behind all this, open in one write transaction.
pub(super) struct Meta<'tx> {
    numbers: Table<'tx, &'static str, u64>,
    keys: Table<'tx, &'static str, [u8; 32]>,
}

impl<'tx> Meta<'tx> {
    pub(super) fn open(transaction: &'tx WriteTransaction) -> Result<Self, redb::Error> {
        Ok(Self { numbers: transaction.open_table(NUMBERS)?, keys: transaction.open_table(KEYS)? })
    }

    /// Notes how far versions and time have come, with the writes that brought them there.
    pub(super) fn note_progress(
        &mut self,
        version: Version,
        time: Timestamp,
    ) -> Result<(), redb::Error> {
        self.numbers.insert(VERSION_ROW, version.0)?;
        self.numbers.insert(TIME_ROW, time.unix_ms().cast_unsigned())?;
        Ok(())
    }

    /// Writes what is fixed for the life of the store.
    fn found(&mut self, random_key: [u8; 32]) -> Result<(), redb::Error> {
        self.numbers.insert(PARTITIONS_ROW, u64::from(PARTITIONS))?;
        self.keys.insert(PARTITION_KEY_ROW, random_key)?;
        Ok(())
    }

    /// An older gateway does not understand what is written from now on.
    fn note_format(&mut self) -> Result<(), redb::Error> {
        self.numbers.insert(FORMAT_ROW, FORMAT)?;
        Ok(())
    }

    fn begin_epoch(&mut self) -> Result<Boot, redb::Error> {
        let epoch = self.number_or_zero(BOOT_EPOCH_ROW)?.saturating_add(1);
        self.numbers.insert(BOOT_EPOCH_ROW, epoch)?;
        let key = self.keys.get(PARTITION_KEY_ROW)?.map(|key| key.value());
        let partition_key = key.ok_or_else(|| redb::Error::Corrupted("no partition key".into()))?;
        Ok(Boot {
            epoch,
            last_version: Version(self.number_or_zero(VERSION_ROW)?),
            last_time: Timestamp::from_unix_ms(self.number_or_zero(TIME_ROW)?.cast_signed()),
            partition_key,
            copied_at: self.number(COPIED_ROW)?.map(|at| Timestamp::from_unix_ms(at.cast_signed())),
        })
    }

    fn number_or_zero(&self, row: &str) -> Result<u64, redb::Error> {
        self.number(row).map(Option::unwrap_or_default)
    }

    fn number(&self, row: &str) -> Result<Option<u64>, redb::Error> {
        Ok(self.numbers.get(row)?.map(|number| number.value()))
    }
}
