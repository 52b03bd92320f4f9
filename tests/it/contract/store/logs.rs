//! Rules of the store: logs.

use super::rig::{Draft, Rig, bytes, commit, partition};

pub(super) async fn a_log_is_numbered_without_gaps(rig: &Rig) {
    rig.apply(commit().appends("log", "a").appends("log", "b").appends("other", "x")).await;
    rig.apply(commit().appends("log", "c")).await;

    let entries = [(1, bytes("a")), (2, bytes("b")), (3, bytes("c"))];
    assert_eq!(rig.entries("log").await, entries);
    assert_eq!(rig.entries("other").await, [(1, bytes("x"))]);
    assert_eq!(rig.entries("never was there").await, []);
}

pub(super) async fn a_log_is_read_in_pages(rig: &Rig) {
    rig.apply(commit().appends("log", "1").appends("log", "2").appends("log", "3")).await;

    assert_eq!(numbers(rig, 0, 2).await, [1, 2]);
    assert_eq!(numbers(rig, 2, 2).await, [3]);
    assert_eq!(numbers(rig, 3, 2).await, [0; 0]);
    assert_eq!(numbers(rig, u64::MAX, 2).await, [0; 0]);
    assert_eq!(numbers(rig, 0, 0).await, [0; 0]);
}

pub(super) async fn a_dropped_log_begins_again_at_one(rig: &Rig) {
    rig.apply(commit().appends("log", "1").appends("log", "2").appends("kept", "1")).await;
    rig.apply(commit().drops("log").drops("never was there")).await;
    assert_eq!(rig.entries("log").await, []);
    assert_eq!(rig.entries("kept").await, [(1, bytes("1"))]);

    rig.apply(commit().appends("log", "3")).await;
    assert_eq!(rig.entries("log").await, [(1, bytes("3"))]);
}

pub(super) async fn logs_with_similar_names_are_separate(rig: &Rig) {
    let names = ["o", "o/", "o/1", "o/1\0", "o/1\0\0\0\0\0\0\0\0", "o/11", "O"];
    for name in names {
        rig.apply(commit().appends(name, name).puts(name, "a document")).await;
    }
    rig.apply(commit().drops("o/1")).await;

    assert_eq!(rig.entries("o/1").await, []);
    for name in names.into_iter().filter(|name| *name != "o/1") {
        assert_eq!(rig.entries(name).await, [(1, bytes(name))], "{name:?}");
    }
}

async fn numbers(rig: &Rig, after: u64, limit: usize) -> Vec<u64> {
    let entries = rig.store.log(partition(), "log", after, limit).await.unwrap();
    entries.into_iter().map(|entry| entry.number).collect()
}
