//! Rules of the store: timers, and the time they go by.

use std::time::Duration;

use acp_core::ids::Partition;
use acp_gateway::store::DueTimer;

use super::rig::{Draft, Rig, commit, commit_in, other_partition, partition};

pub(super) async fn a_timer_is_due_at_its_time_and_stays_due(rig: &Rig) {
    let due = rig.in_seconds(60).await;
    rig.apply(commit().sets("queue", "a", due)).await;
    assert!(rig.due("queue").await.is_empty());

    rig.wait_seconds(60);
    let timer = DueTimer { partition: partition(), id: "a".into(), due };
    for _ in 0..2 {
        let due_timers = rig.store.due_timers("queue", 10).await.unwrap();
        assert_eq!(due_timers.as_slice(), std::slice::from_ref(&timer));
    }
}

pub(super) async fn the_timer_that_waited_longest_comes_first(rig: &Rig) {
    let (soon, later) = (rig.in_seconds(10).await, rig.in_seconds(20).await);
    rig.apply(commit().sets("queue", "b", soon).sets("queue", "a", later)).await;
    let never = rig.in_seconds(3_600).await;
    rig.apply(commit_in(other_partition()).sets("queue", "0", soon).sets("queue", "1", never))
        .await;

    rig.wait_seconds(30);
    assert_eq!(rig.due("queue").await, ["b", "0", "a"]);
    let first = rig.store.due_timers("queue", 1).await.unwrap();
    assert_eq!(first, [DueTimer { partition: partition(), id: "b".into(), due: soon }]);
    assert_eq!(rig.store.due_timers("queue", 0).await.unwrap(), []);
}

pub(super) async fn a_timer_can_be_seen_coming(rig: &Rig) {
    let (soon, later) = (rig.in_seconds(10).await, rig.in_seconds(20).await);
    rig.apply(commit().sets("queue", "b", later).sets("queue", "a", soon)).await;
    rig.apply(commit().sets("other", "c", soon)).await;

    assert!(rig.due("queue").await.is_empty());
    let coming = rig.store.coming_timers("queue", 10).await.unwrap();
    let ids: Vec<_> = coming.iter().map(|timer| &*timer.id).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(rig.store.coming_timers("queue", 1).await.unwrap().len(), 1);
}

pub(super) async fn timers_are_listed_from_the_last_one_back(rig: &Rig) {
    let mut all = Vec::new();
    for number in 0..40_u16 {
        // Four partitions side by side and some far apart, and many timers at the same time.
        let partition =
            Partition::new(if number % 2 == 0 { number % 4 } else { number * 100 }).unwrap();
        let due = rig.in_seconds(u64::from(number / 10)).await;
        let id = format!("t{number:02}");
        rig.apply(commit_in(partition).sets("queue", &id, due).sets("other", &id, due)).await;
        all.push(DueTimer { due, partition, id: id.into() });
    }
    all.sort();
    all.reverse();
    for limit in [1, 3, 17, 100] {
        let mut found: Vec<DueTimer> = Vec::new();
        loop {
            let page = rig.store.latest_timers("queue", found.last(), limit).await.unwrap();
            let is_last = page.len() < limit;
            found.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(found, all, "{limit} at a time");
    }
    assert_eq!(rig.store.latest_timers("queue", None, 0).await.unwrap(), []);
    assert_eq!(rig.store.latest_timers("none", None, 10).await.unwrap(), []);

    // What they come before need not be there.
    let absent = DueTimer { id: "t15x".into(), ..all[20].clone() };
    let expected: Vec<_> = all.iter().filter(|timer| **timer < absent).cloned().collect();
    assert_eq!(rig.store.latest_timers("queue", Some(&absent), 100).await.unwrap(), expected);
}

pub(super) async fn setting_a_timer_again_moves_it(rig: &Rig) {
    let (soon, later) = (rig.in_seconds(10).await, rig.in_seconds(20).await);
    rig.apply(commit().sets("queue", "forward", soon).sets("queue", "back", later)).await;
    rig.apply(commit().sets("queue", "forward", later).sets("queue", "back", soon)).await;

    rig.wait_seconds(15);
    assert_eq!(rig.due("queue").await, ["back"]);
    rig.wait_seconds(15);
    assert_eq!(rig.due("queue").await, ["back", "forward"]);
}

pub(super) async fn a_cleared_timer_never_comes(rig: &Rig) {
    let due = rig.in_seconds(10).await;
    rig.apply(commit().sets("queue", "early", due).sets("queue", "late", due)).await;
    rig.apply(commit().clears("queue", "early").clears("queue", "never was there")).await;
    rig.wait_seconds(20);
    assert_eq!(rig.due("queue").await, ["late"]);

    rig.apply(commit().clears("queue", "late")).await;
    assert!(rig.due("queue").await.is_empty());
    rig.apply(commit().sets("queue", "late", due)).await;
    assert_eq!(rig.due("queue").await, ["late"]);
}

pub(super) async fn queues_and_partitions_have_timers_of_their_own(rig: &Rig) {
    let now = rig.in_seconds(0).await;
    rig.apply(commit().sets("q", "a", now).sets("queue", "a", now)).await;
    rig.apply(commit_in(other_partition()).sets("q", "a", now)).await;
    rig.apply(commit().clears("q", "a")).await;

    let elsewhere = DueTimer { partition: other_partition(), id: "a".into(), due: now };
    assert_eq!(rig.store.due_timers("q", 10).await.unwrap(), [elsewhere]);
    assert_eq!(rig.due("queue").await, ["a"]);
    assert!(rig.due("").await.is_empty());
}

pub(super) async fn store_time_never_runs_backwards(rig: &Rig) {
    let before = rig.store.now().await.unwrap();
    rig.wait_seconds(3_600);
    let latest = rig.store.now().await.unwrap();
    assert!(latest >= before.plus(Duration::from_hours(1)));

    rig.clock.back(Duration::from_mins(59));
    assert!(rig.store.now().await.unwrap() >= latest);
    rig.apply(commit().sets("queue", "a", latest)).await;
    assert_eq!(rig.due("queue").await, ["a"]);
}
