//! Rules of checkouts: sessions, answers and views.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{AgentId, OrderId, Partition, Random128, SessionId, TenantId};
use acp_core::limits::RECALLED_FOR;
use acp_core::ports::{
    AnswerKey, Change, Checkouts, Committed, KeyState, OpenedBefore, Retry, Revision, RunWrite,
    SessionPlace, Whose,
};
use acp_core::session::{Basket, Buyer, Owner, PlacedOrder, Session, SessionEvent, Stage};
use acp_gateway::store::record::{Belongings, Person, StoreCheckouts};
use acp_gateway::store::{Commit, Outcome, SetTimer, Store};
use sha2::{Digest as _, Sha256};

use super::record_rig::{
    RecordRig, Used, answer, answered, captured, channel, complete_key, digests, first, open_key,
    order_id, owner, partition, placed, placed_by, runs, session_id, session_write, tenant, writes,
};

pub(super) async fn a_session_reads_back_at_its_revision(rig: &RecordRig) {
    assert_eq!(rig.session().await, None);
    let opened = rig.opened();
    let first = rig.commit(writes(None, opened.clone())).await;
    assert_eq!(rig.session().await, Some((opened.clone(), first)));

    let changed = Session { attempts: 1, ..opened };
    let second = rig.commit(writes(Some(first), changed.clone())).await;
    assert!(first < second);
    assert_eq!(rig.session().await, Some((changed, second)));
}

pub(super) async fn the_second_writer_of_a_session_loses(rig: &RecordRig) {
    let opened = rig.opened();
    let before = rig.commit(writes(None, opened.clone())).await;
    rig.race(writes(None, opened.clone())).await;

    let changed = Session { attempts: 1, ..opened.clone() };
    let after = rig.commit(writes(Some(before), changed.clone())).await;
    rig.race(writes(Some(before), opened)).await;
    assert_eq!(rig.session().await, Some((changed, after)));
}

/// A change of a session, and the answer to the call that asked for it.
fn edit(before: Option<Revision>, after: &Session, key: &AnswerKey) -> Change {
    let answer = Some(first(key.clone(), answered("edited")));
    Change { answer, ..writes(before, after.clone()) }
}

async fn written(checkouts: &StoreCheckouts, change: Change) -> Revision {
    match checkouts.commit(partition(), change).await.unwrap() {
        Committed::At(revision) => revision,
        Committed::Raced => panic!("it raced"),
    }
}

pub(super) async fn what_was_written_here_is_recalled_until_it_is_known_to_be_old(rig: &RecordRig) {
    let [here, there] = [1, 2].map(|_| StoreCheckouts::new(rig.records.clone()).far_away());
    let (id, k1, k2) = (session_id(), complete_key("k1"), complete_key("k2"));
    let opened = rig.opened();
    assert_eq!(here.recall(&id, None), None);
    let at = written(&here, edit(None, &opened, &k1)).await;
    rig.store.used();
    assert_eq!(here.recall(&id, None), Some((opened.clone(), at)));
    assert_eq!(here.recall(&id, Some(&k2)), Some((opened.clone(), at)));
    assert_eq!(here.recall(&id, Some(&k1)), None, "that call has its answer");
    assert_eq!(there.recall(&id, None), None, "others have not written it");
    assert!(rig.store.used().is_empty());
    assert_eq!(rig.checkouts.recall(&id, None), None, "asking costs little here");

    // Somebody else was faster: what was decided here is not kept, and not believed again.
    let changed = Session { attempts: 1, ..opened.clone() };
    let later = written(&there, edit(Some(at), &changed, &k2)).await;
    assert_eq!(here.recall(&id, None), Some((opened.clone(), at)));
    let late = here.commit(partition(), writes(Some(at), opened.clone())).await.unwrap();
    assert_eq!(late, Committed::Raced);
    assert_eq!(here.recall(&id, None), None);

    // Nor is anything after a while, or when nothing can be changed any more.
    assert_eq!(there.recall(&id, None), Some((changed.clone(), later)));
    rig.wait(RECALLED_FOR + Duration::from_secs(1));
    assert_eq!(there.recall(&id, None), None);
    let again = written(&there, writes(Some(later), changed.clone())).await;
    assert_eq!(there.recall(&id, None), Some((changed.clone(), again)));
    let ended = Session { stage: Stage::Expired, ..changed };
    let end = written(&there, writes(Some(again), ended.clone())).await;
    assert_eq!(there.recall(&id, None), None);
    assert_eq!(rig.session().await, Some((ended, end)));
}

pub(super) async fn whoever_is_often_too_late_looks_for_a_while(rig: &RecordRig) {
    let [here, there] = [1, 2].map(|_| StoreCheckouts::new(rig.records.clone()).far_away());
    let (id, opened) = (session_id(), rig.opened());
    let first = written(&here, writes(None, opened.clone())).await;
    let second = written(&there, writes(Some(first), opened.clone())).await;
    let late = here.commit(partition(), writes(Some(first), opened.clone())).await.unwrap();
    assert_eq!(late, Committed::Raced);

    let third = written(&here, writes(Some(second), opened.clone())).await;
    let looks = (0..100).take_while(|_| here.recall(&id, None).is_none()).count();
    assert!((2..50).contains(&looks), "it looked {looks} times before it believed itself again");
    assert_eq!(here.recall(&id, None), Some((opened.clone(), third)));
    let fourth = written(&here, writes(Some(third), opened.clone())).await;
    assert_eq!(here.recall(&id, None), Some((opened, fourth)), "nobody was faster this time");
}

pub(super) async fn the_first_answer_wins(rig: &RecordRig) {
    let write = |body| Change {
        session: Some(session_write(None, rig.opened())),
        answer: Some(first(open_key("k1"), answered(body))),
        ..Change::default()
    };
    rig.commit(write("first")).await;
    rig.race(write("second")).await;
    assert_eq!(rig.key(&open_key("k1")).await, Some(answered("first")));
    assert_eq!(rig.key(&open_key("k2")).await, None);
    assert_eq!(rig.key(&complete_key("k1")).await, None, "a key is one operation's");
}

pub(super) async fn a_replay_is_byte_for_byte(rig: &RecordRig) {
    let odd = "{ \"b\":1.0,\n\t\"a\": \"\\u00e9\u{0}\"}  ";
    let write = first(open_key("k1"), answered(odd));
    rig.commit(Change { answer: Some(write), ..Change::default() }).await;
    let Some(KeyState::Answered { digests: kept, answer: said }) = rig.key(&open_key("k1")).await
    else {
        panic!("there is an answer");
    };
    assert_eq!((kept, said), (digests(1), answer(odd)));
}

pub(super) async fn an_answer_is_forgotten_in_time_but_not_while_the_call_runs(rig: &RecordRig) {
    let running = KeyState::Running { digests: digests(1) };
    for (key, state) in [("done", answered("yes")), ("running", running.clone())] {
        let answer = Some(first(open_key(key), state));
        rig.commit(Change { answer, ..Change::default() }).await;
    }
    rig.wait(Duration::from_hours(47));
    assert!(rig.key(&open_key("done")).await.is_some());

    rig.wait(Duration::from_hours(1));
    assert_eq!(rig.key(&open_key("done")).await, None);
    assert_eq!(rig.key(&open_key("running")).await, Some(running));
    let again = Some(first(open_key("done"), answered("anew")));
    rig.commit(Change { answer: again, ..Change::default() }).await;
}

pub(super) async fn a_failed_call_leaves_its_key_as_new(rig: &RecordRig) {
    let key = complete_key("k1");
    let running = first(key.clone(), KeyState::Running { digests: digests(1) });
    let begin = runs(RunWrite::Begin(rig.run()));
    rig.commit(Change { answer: Some(running.clone()), ..begin }).await;

    let end = runs(RunWrite::End(rig.run()));
    rig.commit(Change { answer: Some(super::record_rig::next(key.clone(), None)), ..end }).await;
    assert_eq!(rig.key(&key).await, None);
    rig.commit(Change { answer: Some(running), ..Change::default() }).await;
}

pub(super) async fn a_lost_race_writes_nothing(rig: &RecordRig) {
    let opened = rig.opened();
    let stale = rig.commit(writes(None, opened.clone())).await;
    let current = rig.commit(writes(Some(stale), opened.clone())).await;
    let view = rig.checkouts.view(&session_id()).await.unwrap().unwrap();

    rig.race(Change {
        session: Some(session_write(Some(stale), Session { stage: Stage::Canceled, ..opened })),
        answer: Some(first(complete_key("k1"), answered("lost"))),
        run: Some(RunWrite::Begin(rig.run())),
        orders: vec![placed(rig.now())],
        ..Change::default()
    })
    .await;
    assert_eq!(rig.session().await.unwrap().1, current);
    assert_eq!(rig.key(&complete_key("k1")).await, None);
    assert_eq!(rig.checkouts.run(&session_id()).await.unwrap(), None);
    assert_eq!(rig.checkouts.order(&order_id()).await.unwrap(), []);
    let unchanged = rig.checkouts.view(&session_id()).await.unwrap().unwrap();
    assert_eq!(unchanged.body, view.body);
    rig.wait(Duration::from_mins(1));
    assert_eq!(rig.checkouts.stalled().await.unwrap(), []);
}

pub(super) async fn a_view_is_what_was_committed(rig: &RecordRig) {
    assert!(rig.checkouts.view(&session_id()).await.unwrap().is_none());
    let mut write = session_write(None, rig.opened());
    write.view.body = b"\x00 anything \xff".as_slice().into();
    let committed = write.view.clone();
    rig.commit(Change { session: Some(write), ..Change::default() }).await;

    rig.store.used();
    let view = rig.checkouts.view(&session_id()).await.unwrap().unwrap();
    assert_eq!(rig.store.used(), [Used::Read(1)]);
    assert_eq!(view.body, committed.body);
    assert_eq!((view.owner, view.channel), (owner(), channel()));
    assert_eq!(view.expires_at, committed.expires_at);
}

pub(super) async fn a_key_has_one_place_and_no_key_has_any(rig: &RecordRig) {
    let place = |key| rig.checkouts.place(&owner(), key);
    assert_eq!(place(Some("k1")), place(Some("k1")));
    let stranger = Owner { agent: AgentId::new("other"), ..owner() };
    assert_ne!(place(Some("k1")), rig.checkouts.place(&stranger, Some("k1")));
    assert_ne!(place(None), place(None));
}

pub(super) async fn a_session_is_overdue_at_its_time(rig: &RecordRig) {
    let opened = rig.opened();
    let revision = rig.commit(writes(None, opened.clone())).await;
    assert_eq!(rig.checkouts.overdue().await.unwrap(), []);
    rig.wait(Duration::from_hours(24));
    assert_eq!(rig.checkouts.overdue().await.unwrap(), [session_id()]);

    let mut later = session_write(Some(revision), opened);
    later.wake_at = rig.now().plus(Duration::from_hours(1));
    rig.commit(Change { session: Some(later), ..Change::default() }).await;
    assert_eq!(rig.checkouts.overdue().await.unwrap(), []);
}

pub(super) async fn a_look_is_one_read_and_a_change_one_commit(rig: &RecordRig) {
    rig.commit(Change {
        session: Some(session_write(None, rig.opened())),
        answer: Some(first(complete_key("k1"), KeyState::Running { digests: digests(1) })),
        run: Some(RunWrite::Begin(rig.run())),
        orders: vec![placed(rig.now()), captured(rig.now())],
        ..Change::default()
    })
    .await;
    assert_eq!(rig.store.used(), [Used::Commit]);

    let key = complete_key("k1");
    let seen = rig.checkouts.look(partition(), Some(&session_id()), Some(&key)).await.unwrap();
    assert!(seen.session.is_some() && seen.key.is_some());
    assert_eq!(rig.store.used(), [Used::Read(2)]);
}

pub(super) async fn a_change_stays_in_its_partition(rig: &RecordRig) {
    let elsewhere = Partition::new(2).unwrap();
    for change in [
        writes(None, rig.opened()),
        runs(RunWrite::Begin(rig.run())),
        Change { orders: vec![placed(rig.now())], ..Change::default() },
    ] {
        let error = rig.checkouts.commit(elsewhere, change).await.unwrap_err();
        assert_eq!(error.retry, Retry::Never);
    }
    assert!(rig.store.used().is_empty());
}

pub(super) async fn forgetting_leaves_nothing_but_the_order(rig: &RecordRig) {
    let order =
        PlacedOrder { id: order_id(), number: "1".into(), placed_at: rig.now(), asked_by: None };
    let completed = Session { stage: Stage::Completed(order.clone()), ..rig.opened() };
    let mut write = session_write(None, completed.clone());
    write.event = Some(SessionEvent::Completed(order));
    let told = [placed_by(&completed, order_id(), rig.now()), captured(rig.now())];
    let change = Change { session: Some(write), orders: told.to_vec(), ..Change::default() };
    let stale = rig.commit(change).await;
    let revision = rig.commit(writes(Some(stale), completed)).await;

    let raced = rig.checkouts.forget(&rig.opened(), stale).await.unwrap();
    assert_eq!(raced, Committed::Raced);
    assert!(rig.session().await.is_some());

    let forgotten = rig.checkouts.forget(&rig.opened(), revision).await.unwrap();
    assert!(matches!(forgotten, Committed::At(_)), "{forgotten:?}");
    assert_eq!(rig.store.scan(partition(), "", None, 10).await.unwrap(), []);
    let history = format!("h/{}", session_id());
    assert_eq!(rig.store.log(partition(), &history, 0, 10).await.unwrap(), []);
    rig.wait(Duration::from_hours(48));
    assert_eq!(rig.checkouts.overdue().await.unwrap(), []);
    let again = rig.checkouts.forget(&rig.opened(), revision).await.unwrap();
    assert_eq!(again, Committed::Raced);

    assert_eq!(rig.checkouts.order(&order_id()).await.unwrap(), told.map(|write| write.event));
    let listed = rig.checkouts.orders(&Whose::Agent(owner()), None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    let other = OrderId::new(partition(), Random128([9; 16]));
    assert_eq!(rig.checkouts.order(&other).await.unwrap(), []);
}

pub(super) async fn sessions_are_found_by_when_they_were_opened(rig: &RecordRig) {
    let mut opened = Vec::new();
    for number in 0..30_u8 {
        let partition = Partition::new(u16::from(number) * 17 % 4_096).unwrap();
        let id = SessionId::new(partition, Random128([number; 16]));
        let session = Session { id: id.clone(), ..rig.opened() };
        let write = writes(None, session.clone());
        let Committed::At(at) = rig.checkouts.commit(partition, write).await.unwrap() else {
            panic!("session {number} is new");
        };
        opened.push((SessionPlace { opened_at: rig.now(), session: id }, session, at));
        // Some are opened in the same moment.
        if number % 3 == 0 {
            rig.wait(Duration::from_secs(1));
        }
    }
    opened.sort_by_key(|(it, ..)| (it.opened_at, it.session.partition(), it.session.to_string()));
    opened.reverse();
    let places: Vec<_> = opened.iter().map(|(place, ..)| place.clone()).collect();
    for limit in [1, 7, 100] {
        let mut found: Vec<SessionPlace> = Vec::new();
        loop {
            let before = found.last().cloned().map(OpenedBefore::Session);
            let page = rig.checkouts.opened(&tenant(), before.as_ref(), limit).await.unwrap();
            let is_last = page.len() < limit;
            found.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(found, places, "{limit} at a time");
    }
    let moment = places[15].opened_at;
    let earlier: Vec<_> = places.iter().filter(|it| it.opened_at < moment).cloned().collect();
    let before = OpenedBefore::Moment(moment);
    assert_eq!(rig.checkouts.opened(&tenant(), Some(&before), 100).await.unwrap(), earlier);

    // A change moves none, and what is forgotten is not found.
    rig.wait(Duration::from_hours(1));
    let (place, session, at) = opened[20].clone();
    let partition = place.session.partition();
    let changed = Session { changed_at: rig.now(), attempts: 1, ..session.clone() };
    let changed = rig.checkouts.commit(partition, writes(Some(at), changed)).await.unwrap();
    let Committed::At(at) = changed else { panic!("nobody else changes it") };
    assert_eq!(rig.checkouts.opened(&tenant(), None, 100).await.unwrap(), places);
    let forgotten = rig.checkouts.forget(&session, at).await.unwrap();
    assert!(matches!(forgotten, Committed::At(_)));
    let mut left = places.clone();
    left.remove(20);
    assert_eq!(rig.checkouts.opened(&tenant(), None, 100).await.unwrap(), left);
}

pub(super) async fn the_sessions_of_a_tenant_are_found_beside_nobody_elses(rig: &RecordRig) {
    let other = Owner { tenant: TenantId::new("other"), ..owner() };
    let mut opened = Vec::new();
    for (number, owner) in (0_u8..).zip([owner(), other.clone(), owner(), other.clone()]) {
        let id = SessionId::new(partition(), Random128([number; 16]));
        let session = Session { id: id.clone(), owner, ..rig.opened() };
        let at = rig.commit(writes(None, session.clone())).await;
        opened.push((SessionPlace { opened_at: rig.now(), session: id }, session, at));
        rig.wait(Duration::from_secs(1));
    }
    let place = |number: usize| opened[number].0.clone();
    let found = async |tenant: &TenantId, before: Option<&OpenedBefore>, limit| {
        rig.checkouts.opened(tenant, before, limit).await.unwrap()
    };
    assert_eq!(found(&tenant(), None, 10).await, [place(2), place(0)]);
    assert_eq!(found(&other.tenant, None, 10).await, [place(3), place(1)]);
    assert_eq!(found(&other.tenant, None, 1).await, [place(3)]);
    // Where to go on may be said by a place that is another's.
    let before = OpenedBefore::Session(place(2));
    assert_eq!(found(&other.tenant, Some(&before), 10).await, [place(1)]);
    assert_eq!(found(&TenantId::new("third"), None, 10).await, []);
    let (_, session, at) = &opened[3];
    assert!(matches!(rig.checkouts.forget(session, *at).await.unwrap(), Committed::At(_)));
    assert_eq!(found(&other.tenant, None, 10).await, [place(1)]);
    assert_eq!(found(&tenant(), None, 10).await, [place(2), place(0)]);
}

/// Before each tenant had a list, there was one for all of them. Who stands there is found by who
/// asks for a buyer's data, and leaves it when it is forgotten.
pub(super) async fn a_session_of_the_list_of_all_tenants_is_found_by_its_buyer(rig: &RecordRig) {
    let buyer = Buyer {
        email: "ada@example.org".into(),
        first_name: None,
        last_name: None,
        full_name: None,
        phone_number: None,
        customer_id: None,
        account_type: None,
        authentication_status: None,
        company: None,
        loyalty: None,
        tax_exemption: None,
    };
    let basket = Basket { buyer: Some(buyer.into()), ..(*rig.opened().basket).clone() };
    let session = Session { basket: Arc::new(basket), ..rig.opened() };
    let at = rig.commit(writes(None, session.clone())).await;
    let length = u64::try_from(tenant().as_str().len()).unwrap().to_be_bytes();
    let hash = Sha256::new().chain_update(length).chain_update(tenant().as_str()).finalize();
    let (short, _) = hash.split_first_chunk().unwrap();
    let hash = format!("{:032x}", u128::from_be_bytes(*short));
    let set =
        |queue: String, due| SetTimer { queue: queue.into(), id: session.id.as_str().into(), due };
    let mut commit = Commit::new(rig.entropy.random128(), partition());
    commit.timers =
        vec![set(format!("opened/{hash}"), None), set("opened".into(), Some(rig.now()))];
    assert!(matches!(rig.store.commit(commit).await.unwrap(), Outcome::Applied(_)));
    assert_eq!(rig.checkouts.opened(&tenant(), None, 10).await.unwrap(), []);

    let belongings = Belongings::new(rig.records.clone());
    let email = Person::Email("ada@example.org".into());
    let found = belongings.of(&email, &[tenant()]).await.unwrap();
    let sessions: Vec<_> = found.into_iter().map(|it| it.session).collect();
    assert_eq!(sessions, [Some(session.id.clone())]);
    assert!(matches!(rig.checkouts.forget(&session, at).await.unwrap(), Committed::At(_)));
    assert_eq!(rig.store.latest_timers("opened", None, 10).await.unwrap(), []);
}
