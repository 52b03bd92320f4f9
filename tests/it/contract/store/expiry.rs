//! Rules of the store: documents that end by themselves.

use acp_gateway::store::Demand;

use super::rig::{Draft, Rig, bytes, commit, commit_in, fence, other_partition, partition};

pub(super) async fn an_expired_document_is_as_good_as_deleted(rig: &Rig) {
    let end = rig.in_seconds(60).await;
    let mut draft = commit().puts_fenced("a", "1", fence(1, 1)).puts("b", "1");
    draft.puts[0].expires_at = Some(end);
    let version = rig.apply(draft).await;
    rig.wait_seconds(59);
    assert_eq!(rig.value("a").await, Some(bytes("1")));
    rig.race(commit().demands("a", Demand::Absent)).await;

    rig.wait_seconds(1);
    assert_eq!(rig.document("a").await, None);
    let visible = rig.store.scan(partition(), "", None, 10).await.unwrap();
    assert_eq!(visible.len(), 1);
    rig.race(commit().demands("a", Demand::At(version))).await;
    rig.race(commit().demands("a", Demand::FencedBy(fence(1, 1)))).await;
    rig.apply(commit().demands("a", Demand::Absent).puts("a", "2")).await;
    assert_eq!(rig.value("a").await, Some(bytes("2")));
}

pub(super) async fn a_renewed_document_outlives_its_first_end(rig: &Rig) {
    let (soon, later) = (rig.in_seconds(60).await, rig.in_seconds(600).await);
    let draft = commit().puts_until("moved", "1", soon).puts_until("for ever", "1", soon);
    rig.apply(draft).await;
    rig.apply(commit().puts_until("moved", "2", later).puts("for ever", "2")).await;

    rig.wait_seconds(120);
    rig.sweeps(10, 0).await;
    assert_eq!(rig.value("moved").await, Some(bytes("2")));
    rig.wait_seconds(600);
    assert_eq!(rig.value("moved").await, None);
    rig.sweeps(10, 1).await;
    assert_eq!(rig.value("for ever").await, Some(bytes("2")));
}

pub(super) async fn a_sweep_removes_what_has_expired_and_nothing_else(rig: &Rig) {
    let (soon, later) = (rig.in_seconds(60).await, rig.in_seconds(600).await);
    let draft = commit().puts_until("a", "1", soon).puts_until("b", "1", soon);
    rig.apply(draft.puts_until("later", "1", later).puts("never", "1")).await;
    rig.apply(commit().puts_until("deleted", "1", soon)).await;
    rig.apply(commit().deletes("deleted")).await;
    rig.apply(commit_in(other_partition()).puts_until("a", "1", soon)).await;
    rig.sweeps(10, 0).await;

    rig.wait_seconds(60);
    rig.sweeps(0, 0).await;
    rig.sweeps(2, 2).await;
    rig.sweeps(10, 1).await;
    rig.sweeps(10, 0).await;

    for key in ["a", "b", "deleted"] {
        assert_eq!(rig.value(key).await, None, "{key}");
    }
    for key in ["later", "never"] {
        assert_eq!(rig.value(key).await, Some(bytes("1")), "{key}");
    }
}
