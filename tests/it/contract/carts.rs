//! Rules of carts: of those the gateway keeps, and of those a service of the merchant's does.

use std::sync::Arc;
use std::time::Duration;

use acp_core::cart::Cart;
use acp_core::ids::{AgentId, CartId, Partition, Random128};
use acp_core::ports::{
    AnswerKey, CartChange, CartContent, CartWrite, Carts, Committed, Operation, Retry, Revision,
    Subject,
};
use acp_core::session::{Owner, Quantity, Wanted};

use super::record_rig::{
    RecordRig, Used, answered, first, item_id, open_key, owner, partition, session_id,
};

fn cart_id() -> CartId {
    CartId::new(partition(), Random128([3; 16]))
}

fn carts(rig: &RecordRig) -> &dyn Carts {
    rig.carts.as_ref()
}

fn opened(rig: &RecordRig) -> Cart {
    let session = rig.opened();
    Cart {
        id: cart_id(),
        owner: owner(),
        currency: session.basket.currency,
        wanted: vec![Wanted { item: item_id("mug"), quantity: Quantity::ONE }],
        buyer: None,
        locale: Some("de-DE".into()),
        estimate: Arc::clone(&session.quote),
        session: None,
        changed_at: rig.now(),
        expires_at: rig.now().plus(Duration::from_hours(24)),
        kept_as: None,
    }
}

fn keeps(before: Option<Revision>, after: &Cart) -> CartChange {
    let cart = CartWrite::Keep { before, after: Box::new(after.clone()) };
    CartChange { cart, answer: None }
}

fn forgets(at: Revision) -> CartChange {
    CartChange { cart: CartWrite::Forget { cart: cart_id(), at }, answer: None }
}

/// Commits what must not race.
async fn commit(rig: &RecordRig, change: CartChange) -> Revision {
    match carts(rig).commit(partition(), change).await.unwrap() {
        Committed::At(revision) => revision,
        Committed::Raced => panic!("it raced"),
    }
}

/// Commits what must race.
async fn race(rig: &RecordRig, change: CartChange) {
    assert_eq!(carts(rig).commit(partition(), change).await.unwrap(), Committed::Raced);
}

/// The cart, but for what its keeper calls this state of it.
async fn found(rig: &RecordRig) -> Option<(Cart, Revision)> {
    let seen = carts(rig).look(partition(), Some(&cart_id()), None).await.unwrap();
    assert_eq!(seen.content, CartContent::AsWritten);
    seen.cart.map(|(cart, at)| (Cart { kept_as: None, ..cart }, at))
}

fn cart_key(operation: Operation, about: Option<Subject>) -> AnswerKey {
    AnswerKey { operation, about, ..open_key("k1") }
}

pub(super) async fn a_cart_reads_back_at_its_revision(rig: &RecordRig) {
    assert_eq!(found(rig).await, None);
    let cart = opened(rig);
    let before = commit(rig, keeps(None, &cart)).await;
    assert_eq!(found(rig).await, Some((cart.clone(), before)));

    let handed_over = cart.handed_over(&session_id()).unwrap();
    let after = commit(rig, keeps(Some(before), &handed_over)).await;
    assert!(before < after);
    assert_eq!(found(rig).await, Some((handed_over, after)));
}

pub(super) async fn the_second_writer_of_a_cart_loses(rig: &RecordRig) {
    let cart = opened(rig);
    let stale = commit(rig, keeps(None, &cart)).await;
    race(rig, keeps(None, &cart)).await;

    let changed = Cart { wanted: Vec::new(), ..cart.clone() };
    let current = commit(rig, keeps(Some(stale), &changed)).await;
    race(rig, keeps(Some(stale), &cart)).await;
    race(rig, forgets(stale)).await;
    assert_eq!(found(rig).await, Some((changed, current)));
}

pub(super) async fn what_is_in_a_cart_is_put_in_taken_out_and_replaced(rig: &RecordRig) {
    let line = |item: &str, count| {
        let quantity = Quantity::new(count).unwrap();
        Wanted { item: item_id(item), quantity }
    };
    let cart = opened(rig);
    let mut at = commit(rig, keeps(None, &cart)).await;
    for wanted in [
        vec![line("mug", 1), line("pen", 2), line("mug", 3)],
        vec![line("mug", 1), line("mug", 3)],
        vec![line("mug", 3)],
        vec![line("mug", 4)],
        vec![line("a cup / ä?", 1), line("mug", 4)],
        vec![line("mug", 4)],
        vec![],
        vec![line("mug", 4)],
    ] {
        let changed = Cart { wanted, ..cart.clone() };
        at = commit(rig, keeps(Some(at), &changed)).await;
        assert_eq!(found(rig).await, Some((changed, at)));
    }
}

pub(super) async fn a_cart_and_the_answer_to_its_call_are_one(rig: &RecordRig) {
    let key = cart_key(Operation::OpenCart, None);
    let with = |body| CartChange {
        answer: Some(first(key.clone(), answered(body))),
        ..keeps(None, &opened(rig))
    };
    commit(rig, with("first")).await;
    let seen = carts(rig).look(partition(), Some(&cart_id()), Some(&key)).await.unwrap();
    assert!(seen.cart.is_some());
    assert_eq!(seen.key, Some(answered("first")));

    let other = CartId::new(partition(), Random128([4; 16]));
    let cart = Box::new(Cart { id: other.clone(), ..opened(rig) });
    race(rig, CartChange { cart: CartWrite::Keep { before: None, after: cart }, ..with("second") })
        .await;
    let seen = carts(rig).look(partition(), Some(&other), Some(&key)).await.unwrap();
    assert_eq!((seen.cart, seen.key), (None, Some(answered("first"))));
}

pub(super) async fn a_cart_is_forgotten_whole(rig: &RecordRig) {
    let at = commit(rig, keeps(None, &opened(rig))).await;
    commit(rig, forgets(at)).await;
    assert_eq!(found(rig).await, None);
    rig.wait(Duration::from_hours(48));
    assert_eq!(carts(rig).overdue().await.unwrap(), []);
    race(rig, forgets(at)).await;
}

pub(super) async fn a_cart_is_overdue_at_its_time(rig: &RecordRig) {
    let cart = opened(rig);
    let at = commit(rig, keeps(None, &cart)).await;
    rig.wait(Duration::from_hours(23));
    assert_eq!(carts(rig).overdue().await.unwrap(), []);
    let renewed = Cart { expires_at: rig.now().plus(Duration::from_hours(24)), ..cart };
    commit(rig, keeps(Some(at), &renewed)).await;
    rig.wait(Duration::from_hours(23));
    assert_eq!(carts(rig).overdue().await.unwrap(), [], "a change gives it more time");
    rig.wait(Duration::from_hours(1));
    assert_eq!(carts(rig).overdue().await.unwrap(), [cart_id()]);
}

pub(super) async fn a_cart_and_a_session_of_one_key_are_two(rig: &RecordRig) {
    let cart_key = cart_key(Operation::OpenCart, None);
    let write = first(cart_key, answered("a cart"));
    commit(rig, CartChange { answer: Some(write), ..keeps(None, &opened(rig)) }).await;
    assert_eq!(rig.key(&open_key("k1")).await, None, "a key is one operation's");

    let place = |key| carts(rig).place(&owner(), key);
    assert_eq!(place(Some("k1")), place(Some("k1")));
    let stranger = Owner { agent: AgentId::new("other"), ..owner() };
    assert_ne!(place(Some("k1")), carts(rig).place(&stranger, Some("k1")));
    assert_ne!(place(None), place(None));
}

pub(super) async fn a_look_at_a_cart_is_one_read_and_a_change_one_commit(rig: &RecordRig) {
    let key = cart_key(Operation::ReplaceCart, Some(Subject::Cart(cart_id())));
    let answer = Some(first(key.clone(), answered("a cart")));
    commit(rig, CartChange { answer, ..keeps(None, &opened(rig)) }).await;
    assert_eq!(rig.store.used(), [Used::Commit]);
    let seen = carts(rig).look(partition(), Some(&cart_id()), Some(&key)).await.unwrap();
    assert!(seen.cart.is_some() && seen.key.is_some());
    assert_eq!(rig.store.used(), [Used::Read(2)]);
}

pub(super) async fn a_change_of_a_cart_stays_in_its_partition(rig: &RecordRig) {
    let elsewhere = Partition::new(2).unwrap();
    let error = carts(rig).commit(elsewhere, keeps(None, &opened(rig))).await.unwrap_err();
    assert_eq!(error.retry, Retry::Never);
    assert_eq!(rig.store.used(), []);
}
