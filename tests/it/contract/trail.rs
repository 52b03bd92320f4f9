//! Rules of the trail of what operators did.

use acp_core::limits::TRAIL_KEPT;
use acp_gateway::store::record::{Act, ActBegun, StoreTrail};
use tokio::task::JoinSet;

use super::record_rig::RecordRig;

const REVOKED: ActBegun<'static> =
    ActBegun { actor: "uid 7", what: "keys.revoke", subject: Some("k1") };

fn numbers(acts: &[Act]) -> Vec<u64> {
    acts.iter().map(|act| act.number).collect()
}

pub(super) async fn an_act_is_there_before_it_is_done_and_says_how_it_ended(rig: &RecordRig) {
    let trail = StoreTrail::new(rig.records.clone());
    assert_eq!(trail.before(None).await.unwrap(), []);
    let act = trail.begin(REVOKED).await.unwrap();
    assert_eq!((act.number, act.at, act.status), (1, rig.now(), None));
    assert_eq!(trail.before(None).await.unwrap(), std::slice::from_ref(&act));
    let ended = Act { status: Some(200), ..act };
    trail.end(&ended).await.unwrap();
    assert_eq!(trail.before(None).await.unwrap(), std::slice::from_ref(&ended));

    let nameless = trail.begin(ActBegun { subject: None, ..REVOKED }).await.unwrap();
    let named = Act { subject: Some("k2".into()), status: Some(201), ..nameless };
    trail.end(&named).await.unwrap();
    assert_eq!(trail.before(None).await.unwrap(), [named, ended.clone()]);
    assert_eq!(trail.before(Some(2)).await.unwrap(), [ended]);
    assert_eq!(trail.before(Some(1)).await.unwrap(), []);
}

pub(super) async fn an_act_goes_on_in_further_ones(rig: &RecordRig) {
    let trail = StoreTrail::new(rig.records.clone());
    let first = trail.begin(REVOKED).await.unwrap();
    let other = trail.begin(REVOKED).await.unwrap();
    let second = trail.go_on(&first).await.unwrap();
    let third = trail.go_on(&second).await.unwrap();
    let told = [&first, &other, &second, &third].map(|act| (act.number, act.continues));
    assert_eq!(told, [(1, None), (2, None), (3, Some(1)), (4, Some(1))]);
    assert_eq!(
        (&*third.actor, &*third.what, third.subject.as_deref()),
        ("uid 7", "keys.revoke", None)
    );
    let named = Act { subject: Some("k9".into()), ..third };
    trail.end(&named).await.unwrap();
    assert_eq!(trail.before(None).await.unwrap(), [named, second, other, first]);
}

pub(super) async fn of_many_acts_at_once_none_is_lost(rig: &RecordRig) {
    let mut actors = JoinSet::new();
    for _ in 0..6 {
        let trail = StoreTrail::new(rig.records.clone());
        actors.spawn(async move { trail.begin(REVOKED).await.unwrap().number });
    }
    let mut given = actors.join_all().await;
    given.sort_unstable();
    assert_eq!(given, [1, 2, 3, 4, 5, 6]);
    let trail = StoreTrail::new(rig.records.clone());
    assert_eq!(numbers(&trail.before(None).await.unwrap()), [6, 5, 4, 3, 2, 1]);
}

pub(super) async fn old_acts_make_room_and_are_forgotten_in_time(rig: &RecordRig) {
    let trail = StoreTrail::new(rig.records.clone()).keeping(3);
    for _ in 0..5 {
        trail.begin(REVOKED).await.unwrap();
    }
    assert_eq!(numbers(&trail.before(None).await.unwrap()), [5, 4, 3]);
    rig.wait(TRAIL_KEPT);
    assert_eq!(trail.before(None).await.unwrap(), []);
    let next = trail.begin(REVOKED).await.unwrap();
    assert_eq!(next.number, 6, "no number is given twice");
}
