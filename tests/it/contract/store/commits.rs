//! Rules of the store: what a commit demands, and that it is one step.

use std::sync::Arc;

use acp_gateway::store::{Demand, Outcome, Store, Version};
use tokio::task::JoinSet;

use super::rig::{Draft, Rig, bytes, commit, fence, partition};

/// How many callers ask at once; as many as the store must serve well.
const CALLERS: u64 = 64;

pub(super) async fn a_document_is_created_once(rig: &Rig) {
    let version = rig.apply(commit().demands("a", Demand::Absent).puts("a", "first")).await;
    let raced = rig.race(commit().demands("a", Demand::Absent).puts("a", "second")).await;

    assert_eq!(&*raced, "a");
    let found = rig.document("a").await.unwrap();
    assert_eq!((found.version, found.value), (version, bytes("first")));
}

pub(super) async fn the_second_writer_loses(rig: &Rig) {
    let read = rig.apply(commit().puts("a", "read by both")).await;
    let written = rig.apply(commit().demands("a", Demand::At(read)).puts("a", "first")).await;
    assert!(written > read);

    let raced = rig.race(commit().demands("a", Demand::At(read)).puts("a", "second")).await;

    assert_eq!(&*raced, "a");
    assert_eq!(rig.value("a").await, Some(bytes("first")));
}

pub(super) async fn a_fence_is_compared_for_equality(rig: &Rig) {
    rig.apply(commit().puts_fenced("run", "1", fence(2, 7)).puts("unfenced", "1")).await;

    for other in [fence(1, 7), fence(3, 7), fence(2, 8)] {
        rig.race(commit().demands("run", Demand::FencedBy(other)).puts("run", "2")).await;
    }
    rig.race(commit().demands("unfenced", Demand::FencedBy(fence(2, 7)))).await;
    assert_eq!(rig.value("run").await, Some(bytes("1")));

    let owner = commit().demands("run", Demand::FencedBy(fence(2, 7)));
    rig.apply(owner.puts_fenced("run", "2", fence(1, 8))).await;
    rig.race(commit().demands("run", Demand::FencedBy(fence(2, 7)))).await;
    rig.apply(commit().demands("run", Demand::FencedBy(fence(1, 8)))).await;
}

pub(super) async fn every_demand_fails_on_a_missing_document_but_absence(rig: &Rig) {
    let version = rig.apply(commit().puts_fenced("a", "1", fence(1, 1))).await;
    rig.apply(commit().deletes("a")).await;

    rig.race(commit().demands("a", Demand::At(version))).await;
    rig.race(commit().demands("a", Demand::FencedBy(fence(1, 1)))).await;
    rig.apply(commit().demands("a", Demand::Absent)).await;
}

pub(super) async fn the_first_unmet_demand_is_named(rig: &Rig) {
    rig.apply(commit().puts("b", "1").puts("c", "1")).await;

    let draft = commit().demands("a", Demand::Absent).demands("c", Demand::Absent);
    assert_eq!(&*rig.race(draft.demands("b", Demand::Absent)).await, "c");
}

pub(super) async fn everything_in_a_commit_becomes_true_together(rig: &Rig) {
    rig.apply(commit().puts("old", "1").appends("old log", "1")).await;
    let now = rig.in_seconds(0).await;

    let draft = commit().puts("a", "1").puts("b", "2").deletes("old").drops("old log");
    let version = rig.apply(draft.appends("log", "1").sets("queue", "timer", now)).await;

    for key in ["a", "b"] {
        assert_eq!(rig.document(key).await.unwrap().version, version);
    }
    assert_eq!(rig.document("old").await, None);
    assert_eq!(rig.entries("old log").await, []);
    assert_eq!(rig.entries("log").await, [(1, bytes("1"))]);
    assert_eq!(rig.due("queue").await, ["timer"]);
}

pub(super) async fn a_raced_commit_leaves_nothing_behind(rig: &Rig) {
    let now = rig.in_seconds(0).await;
    let before = commit().puts("kept", "1").puts("guard", "1").appends("kept log", "1");
    let version = rig.apply(before.sets("queue", "kept timer", now)).await;

    let draft = commit().demands("kept", Demand::At(version)).demands("guard", Demand::Absent);
    let draft = draft.puts("kept", "2").puts("a", "1").deletes("guard").appends("log", "1");
    let draft = draft.drops("kept log").appends("kept log", "2").sets("queue", "timer", now);
    assert_eq!(&*rig.race(draft.clears("queue", "kept timer")).await, "guard");

    assert_eq!(rig.document("a").await, None);
    for key in ["kept", "guard"] {
        let found = rig.document(key).await.unwrap();
        assert_eq!((found.version, found.value), (version, bytes("1")), "{key}");
    }
    assert_eq!(rig.entries("log").await, []);
    assert_eq!(rig.entries("kept log").await, [(1, bytes("1"))]);
    assert_eq!(rig.due("queue").await, ["kept timer"]);
}

pub(super) async fn a_commit_may_demand_and_write_nothing(rig: &Rig) {
    let first = rig.apply(commit().puts("a", "1")).await;
    rig.apply(commit().demands("a", Demand::At(first))).await;
    rig.apply(commit()).await;
    assert_eq!(rig.document("a").await.unwrap().version, first);
}

pub(super) async fn a_commit_may_delete_and_write_anew(rig: &Rig) {
    let end = rig.in_seconds(60).await;
    rig.apply(commit().puts_until("a", "old", end).appends("log", "1").appends("log", "2")).await;
    let anew = commit().deletes("a").puts("a", "new").drops("log").appends("log", "3");
    rig.apply(anew).await;

    rig.wait_seconds(61);
    rig.sweeps(10, 0).await;
    assert_eq!(rig.value("a").await, Some(bytes("new")));
    assert_eq!(rig.entries("log").await, [(1, bytes("3"))]);
}

pub(super) async fn a_version_is_never_used_twice(rig: &Rig) {
    let end = rig.in_seconds(60).await;
    let mut versions = vec![rig.apply(commit().puts("a", "1")).await];
    rig.apply(commit().deletes("a")).await;
    versions.push(rig.apply(commit().puts_until("a", "1", end)).await);
    rig.wait_seconds(61);
    versions.push(rig.apply(commit().demands("a", Demand::Absent).puts("a", "1")).await);
    rig.apply(commit().puts_until("b", "1", end)).await;
    rig.sweeps(10, 1).await;
    versions.push(rig.apply(commit().puts("b", "1")).await);

    assert!(versions.is_sorted_by(|earlier, later| earlier < later), "{versions:?}");
    for stale in versions.iter().take(2) {
        rig.race(commit().demands("a", Demand::At(*stale))).await;
    }
}

pub(super) async fn a_repeated_commit_returns_its_first_outcome(rig: &Rig) {
    let now = rig.in_seconds(0).await;
    let applied = commit().demands("a", Demand::Absent).puts("a", "1").appends("log", "1");
    let applied = applied.sets("queue", "timer", now);
    let raced = commit().demands("a", Demand::Absent).puts("b", "1");
    let version = rig.apply(applied.clone()).await;
    rig.race(raced.clone()).await;
    rig.apply(commit().deletes("a").clears("queue", "timer")).await;

    assert_eq!(rig.apply(applied).await, version);
    assert_eq!(&*rig.race(raced).await, "a");

    assert_eq!(rig.document("a").await, None);
    assert_eq!(rig.document("b").await, None);
    assert_eq!(rig.entries("log").await, [(1, bytes("1"))]);
    assert!(rig.due("queue").await.is_empty());
}

pub(super) async fn concurrent_writers_lose_no_update(rig: &Rig) {
    rig.apply(commit().puts("count", "0")).await;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        callers.spawn(increment(Arc::clone(&rig.store)));
    }
    let mut versions: Vec<_> = callers.join_all().await;

    versions.sort_unstable();
    assert!(versions.is_sorted_by(|earlier, later| earlier < later), "{versions:?}");
    assert_eq!(rig.value("count").await, Some(bytes(&CALLERS.to_string())));
    assert_eq!(rig.entries("count").await.len(), usize::try_from(CALLERS).unwrap());
}

/// Adds one to a counter, however often that races.
async fn increment(store: Arc<dyn Store>) -> Version {
    for _ in 0..=CALLERS {
        let read = store.read(partition(), &["count".into()]).await.unwrap();
        let count = read.into_iter().next().flatten().unwrap();
        let next: u64 = str::from_utf8(&count.value).unwrap().parse::<u64>().unwrap() + 1;
        let draft = commit().demands("count", Demand::At(count.version));
        let draft = draft.puts("count", &next.to_string()).appends("count", &next.to_string());
        if let Outcome::Applied(version) = store.commit(draft).await.unwrap() {
            return version;
        }
    }
    panic!("somebody wins every race, so nobody loses more races than there are callers");
}

pub(super) async fn a_running_store_is_healthy(rig: &Rig) {
    rig.store.check().await.unwrap();
    assert!(rig.store.boot_epoch() > 0);
}
