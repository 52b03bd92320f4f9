//! What only a store on a disk has: a directory, restarts and backups.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::PARTITIONS;
use acp_core::time::Timestamp;
use acp_gateway::store::embedded::{BackupError, Embedded, OpenError};
use acp_gateway::store::{Demand, Document, IncidentKind, Key, LogEntry, Store, Version};
use redb::{Database, ReadableTable as _, TableDefinition, WriteTransaction};
use tempfile::TempDir;

use super::rig::{Draft, HandClock, apply, bytes, commit, fence, open_embedded, partition};
use crate::support::all_in;

const NOON_MS: i64 = 43_200_000;
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

#[tokio::test]
async fn everything_is_found_again_after_a_restart() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    fill(&store).await;
    let (before, key) = (all_of(&store).await, *store.partition_key());
    drop(store);

    let store = open_embedded(&home, &clock).unwrap();
    assert_eq!(all_of(&store).await, before);
    assert_eq!(*store.partition_key(), key);
    let version = apply(&store, commit().puts("a", "2")).await;
    assert!(before.0.iter().all(|(_, document)| document.version < version));
}

#[test]
fn the_partition_key_of_a_store_never_changes() {
    let (home, clock) = scene();
    let open = |random_key| {
        let on_fatal = Box::new(|reason: &str| panic!("{reason}"));
        Embedded::open(&home.path().join("store"), Arc::clone(&clock) as _, random_key, on_fatal)
    };
    assert_eq!(*open([1; 32]).unwrap().partition_key(), [1; 32]);
    assert_eq!(*open([2; 32]).unwrap().partition_key(), [1; 32]);
}

#[test]
fn every_start_has_a_boot_epoch_of_its_own() {
    let (home, clock) = scene();
    let epochs = [(); 3].map(|()| open_embedded(&home, &clock).unwrap().boot_epoch());
    assert_eq!(epochs, [1, 2, 3]);
}

#[tokio::test]
async fn store_time_does_not_run_backwards_over_a_restart() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    apply(&store, commit()).await;
    clock.forward(Duration::from_hours(1));
    let told = store.now().await.unwrap();
    drop(store);

    clock.back(Duration::from_mins(30));
    let store = open_embedded(&home, &clock).unwrap();
    assert_eq!(store.now().await.unwrap(), told);
}

#[tokio::test]
async fn a_killed_store_goes_on_where_it_was() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    fill(&store).await;
    clock.forward(Duration::from_hours(1));
    let last = apply(&store, commit().deletes("never was there")).await;
    let before = all_of(&store).await;
    // What the disk holds now is what a gateway that is killed now leaves behind.
    let killed = TempDir::new().unwrap();
    fs::create_dir(killed.path().join("store")).unwrap();
    let file = "store/acp.redb";
    fs::copy(home.path().join(file), killed.path().join(file)).unwrap();

    clock.back(Duration::from_mins(30));
    let again = open_embedded(&killed, &clock).unwrap();
    assert_eq!(all_of(&again).await, before);
    assert_eq!(again.boot_epoch(), store.boot_epoch() + 1);
    assert_eq!(again.now().await.unwrap(), store.now().await.unwrap());
    assert!(apply(&again, commit().puts("a", "2")).await > last);
}

#[tokio::test]
async fn closing_the_store_finishes_what_was_asked() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    for number in 0..100 {
        let asked = store.commit(commit().puts(&format!("{number}"), "asked"));
        // One look is enough to ask; the caller then goes away.
        drop(tokio::time::timeout(Duration::ZERO, asked).await);
    }
    drop(store);

    let store = open_embedded(&home, &clock).unwrap();
    assert_eq!(store.scan(partition(), "", None, 1_000).await.unwrap().len(), 100);
}

#[test]
fn a_second_gateway_is_refused_until_the_first_has_gone() {
    let (home, clock) = scene();
    let first = open_embedded(&home, &clock).unwrap();

    let refused = open_embedded(&home, &clock).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }));
    let line = refused.to_string();
    assert!(line.contains(home.path().join("store").to_str().unwrap()), "{line}");
    assert!(line.contains("in use by another running gateway; stop that one"), "{line}");

    drop(first);
    open_embedded(&home, &clock).unwrap();
}

#[test]
fn only_the_owner_may_look_into_the_store() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    let dir = home.path().join("store");
    store.backup_to(&home.path().join("backup")).unwrap();

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("acp.redb")), 0o600);
    assert_eq!(mode(&home.path().join("backup")), 0o600);
}

#[test]
fn a_store_of_a_newer_gateway_is_refused() {
    let (home, clock) = scene();
    drop(open_embedded(&home, &clock).unwrap());
    set_meta(&home, "format", 3);

    let refused = open_embedded(&home, &clock).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 3, known: 2, .. }), "{refused}");
}

#[tokio::test]
async fn a_store_of_an_older_gateway_is_read_and_no_longer_its_own() {
    const DOCUMENTS: TableDefinition<'_, (u16, &[u8]), &[u8]> = TableDefinition::new("documents");
    let (home, clock) = scene();
    drop(open_embedded(&home, &clock).unwrap());
    set_meta(&home, "format", 1);
    set_meta(&home, "version", 7);
    // Before there was a second format, no document was packed, however long it was.
    let value = "a word, ".repeat(100);
    let mut record = vec![1, 0];
    record.extend(7_u64.to_be_bytes());
    record.extend(value.as_bytes());
    let place = (partition().number(), b"of before".as_slice());
    change_file(&home, |transaction| {
        let mut documents = transaction.open_table(DOCUMENTS).unwrap();
        documents.insert(place, record.as_slice()).unwrap();
    });

    let store = open_embedded(&home, &clock).unwrap();
    let keys = ["of before".into(), "of now".into()];
    let read = store.read(partition(), &keys[..1]).await.unwrap().remove(0).unwrap();
    assert_eq!((read.version, &read.value[..]), (Version(7), value.as_bytes()));
    let draft = commit().demands("of before", Demand::At(Version(7)));
    apply(&store, draft.puts("of before", "short now").puts("of now", &value)).await;
    drop(store);

    change_file(&home, |transaction| {
        let numbers = transaction.open_table(META).unwrap();
        assert_eq!(numbers.get("format").unwrap().unwrap().value(), 2);
        let documents = transaction.open_table(DOCUMENTS).unwrap();
        let place = (partition().number(), b"of now".as_slice());
        let bytes = documents.get(place).unwrap().unwrap().value().len();
        assert!(bytes * 10 < value.len(), "{bytes}");
    });
    let all = all_in(&home.path().join("store/acp.redb"));
    assert!(
        all.windows(value.len()).any(|part| part == value.as_bytes()),
        "whoever looks finds it"
    );
    let store = open_embedded(&home, &clock).unwrap();
    let read = store.read(partition(), &keys).await.unwrap();
    let values: Vec<_> = read.into_iter().map(|it| it.unwrap().value).collect();
    assert_eq!(values, [bytes("short now"), bytes(&value)]);
}

#[test]
fn a_store_with_another_number_of_partitions_is_refused() {
    let (home, clock) = scene();
    drop(open_embedded(&home, &clock).unwrap());
    set_meta(&home, "partitions", u64::from(PARTITIONS) * 2);

    let refused = open_embedded(&home, &clock).unwrap_err();
    assert!(matches!(refused, OpenError::Partitions { found: 8_192, .. }), "{refused}");
}

#[test]
fn a_file_that_is_no_store_is_refused() {
    let (home, clock) = scene();
    fs::create_dir(home.path().join("store")).unwrap();
    fs::write(home.path().join("store/acp.redb"), "no store").unwrap();

    let refused = open_embedded(&home, &clock).unwrap_err();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused}");
    assert_eq!(fs::read(home.path().join("store/acp.redb")).unwrap(), b"no store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_opens_and_is_a_moment_of_the_store() {
    let (home, clock) = scene();
    let store = Arc::new(open_embedded(&home, &clock).unwrap());
    fill(&*store).await;
    let restored = TempDir::new().unwrap();
    fs::create_dir(restored.path().join("store")).unwrap();
    let target = restored.path().join("store/acp.redb");

    let backup = tokio::task::spawn_blocking({
        let store = Arc::clone(&store);
        move || store.backup_to(&target)
    });
    let mut written = 0_u64;
    while !backup.is_finished() {
        written += 1;
        let text = written.to_string();
        let draft = commit().puts("left", &text).puts("right", &text).appends("both", &text);
        apply(&*store, draft).await;
    }
    backup.await.unwrap().unwrap();

    let copy = open_embedded(&restored, &clock).unwrap();
    assert_eq!(copy.partition_key(), store.partition_key());
    let sides = copy.read(partition(), &["left".into(), "right".into()]).await.unwrap();
    let values: Vec<_> = sides.into_iter().map(|side| side.map(|it| it.value)).collect();
    let entries = copy.log(partition(), "both", 0, usize::MAX).await.unwrap();
    let last = entries.last().map(|entry| entry.entry.clone());
    assert_eq!(values, [last.clone(), last]);
    assert!(copy.read(partition(), &["a".into()]).await.unwrap()[0].is_some());
}

#[tokio::test]
async fn a_backup_of_a_calm_store_equals_it() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    fill(&store).await;
    let restored = TempDir::new().unwrap();
    fs::create_dir(restored.path().join("store")).unwrap();
    store.backup_to(&restored.path().join("store/acp.redb")).unwrap();

    let copy = open_embedded(&restored, &clock).unwrap();
    assert_eq!(all_of(&copy).await, all_of(&store).await);
    assert_eq!(copy.boot_epoch(), store.boot_epoch() + 1);
    clock.forward(Duration::from_hours(48));
    assert_eq!(copy.sweep(10).await.unwrap(), store.sweep(10).await.unwrap());
    let moved = commit().clears("queue", "timer");
    apply(&copy, moved).await;
    assert_eq!(copy.due_timers("queue", 10).await.unwrap(), []);
}

#[test]
fn a_backup_never_overwrites() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    let target = home.path().join("backup");
    fs::write(&target, "precious").unwrap();

    let refused = store.backup_to(&target).unwrap_err();
    assert!(matches!(refused, BackupError::Exists { .. }), "{refused}");
    assert_eq!(fs::read(&target).unwrap(), b"precious");

    fs::remove_file(&target).unwrap();
    fs::write(home.path().join("backup.partial"), "being written").unwrap();
    let refused = store.backup_to(&target).unwrap_err();
    assert!(matches!(refused, BackupError::Unfinished { .. }), "{refused}");
    assert_eq!(fs::read(home.path().join("backup.partial")).unwrap(), b"being written");
}

#[tokio::test]
async fn a_copy_that_is_opened_says_until_when_it_is_whole() {
    let (home, clock) = scene();
    let store = open_embedded(&home, &clock).unwrap();
    fill(&store).await;
    assert_eq!(store.incident(), None);
    let copy = home.path().join("copy");
    store.backup_to(&copy).unwrap();
    assert_eq!(store.incident(), None, "the store itself is whole");
    drop(store);

    fs::rename(&copy, home.path().join("store/acp.redb")).unwrap();
    clock.forward(Duration::from_hours(1));
    for _ in 0..2 {
        let restored = open_embedded(&home, &clock).unwrap();
        let incident = restored.incident().unwrap();
        assert_eq!(incident.kind, IncidentKind::Restored);
        assert_eq!(incident.whole_until, Timestamp::from_unix_ms(NOON_MS));
    }
    let restored = open_embedded(&home, &clock).unwrap();
    restored.settle().await.unwrap();
    assert_eq!(restored.incident(), None);
    drop(restored);
    assert_eq!(open_embedded(&home, &clock).unwrap().incident(), None);
}

fn scene() -> (TempDir, Arc<HandClock>) {
    (TempDir::new().unwrap(), HandClock::at(NOON_MS))
}

/// Writes something of every kind.
async fn fill(store: &dyn Store) {
    let noon = Timestamp::from_unix_ms(NOON_MS);
    let tomorrow = noon.plus(Duration::from_hours(24));
    let draft = commit().demands("a", Demand::Absent).puts("a", "1").puts("deleted", "1");
    let draft = draft.puts_fenced("fenced", "2", fence(3, 4)).puts_until("ends", "3", tomorrow);
    let draft = draft.appends("log", "x").appends("log", "y").sets("queue", "timer", noon);
    apply(store, draft).await;
    apply(store, commit().deletes("deleted").appends("log", "z")).await;
}

/// Documents, log and due timers of a store that [`fill`] has filled.
async fn all_of(store: &dyn Store) -> (Vec<(Key, Document)>, Vec<LogEntry>, usize) {
    let documents = store.scan(partition(), "", None, 100).await.unwrap();
    let entries = store.log(partition(), "log", 0, 100).await.unwrap();
    let due = store.due_timers("queue", 100).await.unwrap();
    assert_eq!((documents.len(), entries.len(), due.len()), (3, 3, 1));
    assert_eq!(entries[2].entry, bytes("z"));
    (documents, entries, due.len())
}

/// Changes what a closed store knows about itself.
fn set_meta(home: &TempDir, row: &str, number: u64) {
    change_file(home, |transaction| {
        let mut numbers = transaction.open_table(META).unwrap();
        numbers.insert(row, number).unwrap();
    });
}

/// Works on the file of a closed store.
fn change_file(home: &TempDir, work: impl FnOnce(&WriteTransaction)) {
    let database = Database::open(home.path().join("store/acp.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    work(&transaction);
    transaction.commit().unwrap();
}
