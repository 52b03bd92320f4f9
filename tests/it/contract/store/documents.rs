//! Rules of the store: documents, and how they are found.

use acp_core::limits::DOCUMENT_BYTES_MAX;
use acp_core::ports::Retry;
use acp_gateway::store::{Document, Key};

use super::rig::{Draft, Rig, bytes, commit, commit_in, fence, other_partition, partition};

pub(super) async fn what_was_written_is_read_back(rig: &Rig) {
    let end = rig.in_seconds(60).await;
    let mut draft = commit().puts_fenced("full", "value", fence(3, 9)).puts("plain", "");
    draft.puts[0].expires_at = Some(end);
    let version = rig.apply(draft).await;

    let full = Document {
        version,
        fence: Some(fence(3, 9)),
        expires_at: Some(end),
        value: bytes("value"),
    };
    let plain = Document { version, fence: None, expires_at: None, value: bytes("") };
    assert_eq!(rig.document("full").await, Some(full));
    assert_eq!(rig.document("plain").await, Some(plain));
}

pub(super) async fn documents_come_in_the_order_they_were_asked_for(rig: &Rig) {
    rig.apply(commit().puts("a", "1").puts("b", "2")).await;

    let keys: [Key; 4] = ["b".into(), "missing".into(), "a".into(), "b".into()];
    let documents = rig.store.read(partition(), &keys).await.unwrap();

    let values: Vec<_> = documents.into_iter().map(|found| found.map(|it| it.value)).collect();
    assert_eq!(values, [Some(bytes("2")), None, Some(bytes("1")), Some(bytes("2"))]);
    assert_eq!(rig.store.read(partition(), &[]).await.unwrap(), []);
}

pub(super) async fn a_put_replaces_all_of_a_document(rig: &Rig) {
    let end = rig.in_seconds(60).await;
    let first = rig.apply(commit().puts_fenced("a", "1", fence(1, 1))).await;
    let second = rig.apply(commit().puts_until("a", "2", end)).await;
    assert!(second > first);

    let replaced = rig.document("a").await.unwrap();
    assert_eq!((replaced.version, replaced.fence), (second, None));
    assert_eq!((replaced.expires_at, replaced.value), (Some(end), bytes("2")));
}

pub(super) async fn a_deleted_document_is_gone(rig: &Rig) {
    rig.apply(commit().puts("a", "1").puts("b", "2")).await;
    rig.apply(commit().deletes("a").deletes("never was there")).await;

    assert_eq!(rig.document("a").await, None);
    assert_eq!(rig.value("b").await, Some(bytes("2")));
    assert_eq!(keys_of(rig, "", None, 10).await, ["b"]);
}

pub(super) async fn partitions_are_separate(rig: &Rig) {
    rig.apply(commit().puts("a", "here").appends("log", "here")).await;
    let there = commit_in(other_partition()).puts("a", "there").puts("b", "there");
    rig.apply(there.appends("log", "there")).await;
    rig.apply(commit_in(other_partition()).deletes("a").drops("log")).await;

    assert_eq!(rig.value("a").await, Some(bytes("here")));
    assert_eq!(rig.value("b").await, None);
    assert_eq!(keys_of(rig, "", None, 10).await, ["a"]);
    assert_eq!(rig.entries("log").await, [(1, bytes("here"))]);
}

pub(super) async fn a_scan_finds_a_prefix_in_key_order(rig: &Rig) {
    let end = rig.in_seconds(60).await;
    let draft = commit().puts("s/b", "").puts("s/ä", "").puts("s/a", "").puts("s/B", "");
    rig.apply(draft.puts("r/z", "").puts("t/a", "").puts_until("s/aa", "", end)).await;
    assert_eq!(keys_of(rig, "s/", None, 10).await, ["s/B", "s/a", "s/aa", "s/b", "s/ä"]);

    rig.wait_seconds(61);
    assert_eq!(keys_of(rig, "s/", None, 10).await, ["s/B", "s/a", "s/b", "s/ä"]);
    assert_eq!(keys_of(rig, "s/a", None, 10).await, ["s/a"]);
    assert_eq!(keys_of(rig, "none/", None, 10).await, [""; 0]);
}

pub(super) async fn a_scan_goes_on_after_a_key(rig: &Rig) {
    let draft = commit().puts("r/1", "").puts("t/1", "");
    rig.apply(draft.puts("s/1", "").puts("s/2", "").puts("s/3", "")).await;

    assert_eq!(keys_of(rig, "s/", None, 2).await, ["s/1", "s/2"]);
    assert_eq!(keys_of(rig, "s/", Some("s/2"), 2).await, ["s/3"]);
    assert_eq!(keys_of(rig, "s/", Some("s/2 was deleted"), 2).await, ["s/3"]);
    assert_eq!(keys_of(rig, "s/", Some("r"), 1).await, ["s/1"]);
    assert_eq!(keys_of(rig, "s/", Some("s/3"), 2).await, [""; 0]);
    assert_eq!(keys_of(rig, "s/", Some("t"), 2).await, [""; 0]);
    assert_eq!(keys_of(rig, "s/", None, 0).await, [""; 0]);
}

pub(super) async fn names_are_found_of_what_is_listed_and_what_is_not(rig: &Rig) {
    let mut draft = commit().puts("k/listed", "1").puts("k/[*?]", "2").puts("kk", "3");
    draft.puts.iter_mut().skip(1).for_each(|put| put.is_listed = false);
    rig.apply(draft).await;
    rig.apply(commit_in(other_partition()).puts("k/elsewhere", "4")).await;
    let names = async |prefix: &str| {
        let mut names = rig.store.names(partition(), prefix).await.unwrap();
        names.sort_unstable();
        names.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names("k/").await, ["k/[*?]", "k/listed"]);
    assert_eq!(names("k/[*?").await, ["k/[*?]"], "no sign of a name means another");
    assert_eq!(names("none/").await, [""; 0]);
    rig.apply(commit().deletes("k/listed")).await;
    assert_eq!(names("k/").await, ["k/[*?]"]);
}

pub(super) async fn what_is_too_large_is_refused_whole(rig: &Rig) {
    let longest = "x".repeat(DOCUMENT_BYTES_MAX);
    rig.apply(commit().puts("longest", &longest).appends("longest", &longest)).await;
    let found = rig.value("longest").await.unwrap();
    assert!(found == longest.as_bytes(), "{} bytes came back", found.len());

    let too_long = "x".repeat(DOCUMENT_BYTES_MAX + 1);
    for draft in [commit().puts("b", &too_long), commit().appends("b", &too_long)] {
        let refused = rig.store.commit(draft.puts("a", "1")).await.unwrap_err();
        assert_eq!(refused.retry, Retry::Never);
    }
    assert_eq!(rig.document("a").await, None);
}

/// The keys of the documents a scan finds.
async fn keys_of(rig: &Rig, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let found = rig.store.scan(partition(), prefix, after, limit).await.unwrap();
    found.into_iter().map(|(key, _)| key.into()).collect()
}
