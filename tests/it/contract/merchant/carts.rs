//! What becomes of carts that a service of the merchant's keeps when it changes them itself, is
//! away, talks nonsense, or hears of a call that nobody came to note.

use std::slice::from_ref;
use std::sync::Arc;
use std::time::Duration;

use acp_core::cart::Cart;
use acp_core::ids::{CartId, Random128, SessionId};
use acp_core::ports::{
    AnswerKey, CartChange, CartContent, CartWrite, Carts, Committed, Entropy, KeyState, Operation,
    Retry, Revision, SeenCart, Subject,
};
use acp_core::session::{Quantity, Wanted};
use acp_gateway::adapters::cart::{CartDesk, CartsAtMerchant};
use acp_gateway::adapters::system::SystemEntropy;
use acp_gateway::store::record::StoreCarts;
use acp_mocks::SeededEntropy;
use acp_mocks::cart::{CartMock, Line, Settings, Way};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};

use super::backend;
use crate::contract::record_rig::{
    RecordRig, answer, answered, digests, first, item_id, open_key, owner, partition,
};
use crate::contract::store::rig::Rig;

const TOKEN: &str = "tok_carts";

/// A gateway's carts, and the service that keeps them.
struct Place {
    rig: RecordRig,
    ours: Arc<StoreCarts>,
    carts: CartsAtMerchant,
    mock: Arc<Running<CartMock>>,
}

impl Place {
    async fn open() -> Self {
        Self::showing(TOKEN).await
    }

    async fn showing(shown: &str) -> Self {
        let token = Some(TOKEN.to_owned());
        let mock = CartMock::start(Settings { token, ..Settings::default() }).await.unwrap();
        Self::beside(&Arc::new(mock), shown)
    }

    /// A gateway with a store of its own beside others that ask the same service. Its clock stands
    /// at the same time, and so does the service's.
    fn beside(mock: &Arc<Running<CartMock>>, shown: &str) -> Self {
        let rig = RecordRig::over(Rig::memory());
        mock.switches().clock.follow(Arc::clone(&rig.clock) as _);
        let options = backend(mock.url(), Some(shown));
        let desk = CartDesk::at(&options, Arc::new(SeededEntropy::new(3))).unwrap();
        let ours = Arc::new(StoreCarts::new(rig.records.clone()));
        let clock = Arc::clone(&rig.clock) as _;
        let carts =
            CartsAtMerchant::new(Arc::clone(&ours) as _, Arc::clone(&ours) as _, desk, clock);
        Self { rig, ours, carts, mock: Arc::clone(mock) }
    }

    fn spoil(&self, faults: Faults) {
        self.mock.switches().set_faults(faults).unwrap();
    }

    fn ways(&self) -> Vec<Way> {
        self.mock.mock().ledger().iter().map(|movement| movement.way).collect()
    }

    /// The id of the cart a caller opens with this key.
    async fn id(&self, key: &str) -> CartId {
        let place = self.carts.place(&owner(), Some(key));
        // Dice of different gateways are different, too.
        let dice = SystemEntropy.random128();
        self.carts.new_id(place, &owner(), Some(key), dice).await.unwrap()
    }

    fn cart(&self, id: &CartId, wanted: &[(&str, u32)]) -> Cart {
        let session = self.rig.opened();
        Cart {
            id: id.clone(),
            owner: owner(),
            currency: session.basket.currency,
            wanted: wanted.iter().map(|(item, count)| line(item, *count)).collect(),
            buyer: None,
            locale: None,
            estimate: Arc::clone(&session.quote),
            session: None,
            changed_at: self.rig.now(),
            expires_at: self.rig.now().plus(Duration::from_hours(24)),
            kept_as: None,
        }
    }

    async fn write(&self, change: CartChange) -> Committed {
        let cart = match &change.cart {
            CartWrite::Keep { after, .. } => &after.id,
            CartWrite::Forget { cart, .. } => cart,
        };
        self.carts.commit(cart.partition(), change).await.unwrap()
    }

    /// Opens a cart as a call with this key and body does.
    async fn opened(&self, key: &str, body: u8) -> (CartId, Committed) {
        let id = self.id(key).await;
        let state = KeyState::Answered { digests: digests(body), answer: answer(key) };
        let cart = Box::new(self.cart(&id, &[("mug", 1), ("pen", 2)]));
        let cart = CartWrite::Keep { before: None, after: cart };
        let committed =
            self.write(CartChange { cart, answer: Some(first(key_of(key), state)) }).await;
        (id, committed)
    }

    async fn look(&self, id: &CartId) -> SeenCart {
        self.carts.look(id.partition(), Some(id), None).await.unwrap()
    }

    async fn found(&self, id: &CartId) -> (Cart, Revision) {
        self.look(id).await.cart.unwrap()
    }
}

fn key_of(key: &str) -> AnswerKey {
    AnswerKey { operation: Operation::OpenCart, ..open_key(key) }
}

fn cancel_key(id: &CartId) -> AnswerKey {
    let about = Some(Subject::Cart(id.clone()));
    AnswerKey { operation: Operation::CancelCart, about, ..open_key("cancel") }
}

fn line(item: &str, count: u32) -> Wanted {
    Wanted { item: item_id(item), quantity: Quantity::new(count).unwrap() }
}

fn there(item: &str, quantity: u32) -> Line {
    Line { item: item.to_owned(), quantity }
}

fn keeps(at: Revision, after: Cart) -> CartChange {
    CartChange { cart: CartWrite::Keep { before: Some(at), after: Box::new(after) }, answer: None }
}

fn forgets(cart: &CartId, at: Revision) -> CartChange {
    CartChange { cart: CartWrite::Forget { cart: cart.clone(), at }, answer: None }
}

fn session() -> SessionId {
    SessionId::new(partition(), Random128([5; 16]))
}

#[tokio::test]
async fn each_change_is_told_as_what_it_is() {
    let place = Place::open().await;
    let (id, _) = place.opened("k", 1).await;
    let (cart, at) = place.found(&id).await;
    let handed_over = cart.handed_over(&session()).unwrap();
    assert!(matches!(place.write(keeps(at, handed_over)).await, Committed::At(_)));
    let (cart, at) = place.found(&id).await;
    assert_eq!(cart.session, Some(session()));
    let fewer = Cart { wanted: vec![line("pen", 2)], ..cart };
    assert!(matches!(place.write(keeps(at, fewer)).await, Committed::At(_)));
    let (cart, at) = place.found(&id).await;
    let more = Cart { wanted: vec![line("pen", 3)], ..cart };
    assert!(matches!(place.write(keeps(at, more)).await, Committed::At(_)));
    let there_now = place.mock.mock().cart(id.as_str()).unwrap();
    assert_eq!(there_now.items, [there("pen", 3)]);
    assert_eq!(there_now.session.as_deref(), Some(session().as_str()));
    let (_, at) = place.found(&id).await;
    assert!(matches!(place.write(forgets(&id, at)).await, Committed::At(_)));
    assert_eq!(place.ways(), [Way::Open, Way::CheckOut, Way::Remove, Way::Put, Way::Cancel]);
}

#[tokio::test]
async fn what_the_shop_changes_itself_is_what_is_in_the_cart() {
    let place = Place::open().await;
    let (id, _) = place.opened("k", 1).await;
    let (stale, at) = place.found(&id).await;
    place.mock.mock().change(id.as_str(), vec![there("cup", 4)]).unwrap();
    // What was decided before is not written any more.
    let late = Cart { wanted: vec![line("mug", 2)], ..stale };
    assert_eq!(place.write(keeps(at, late)).await, Committed::Raced);

    let seen = place.look(&id).await;
    assert_eq!(seen.content, CartContent::ChangedElsewhere);
    let (cart, at) = seen.cart.unwrap();
    assert_eq!(cart.wanted, [line("cup", 4)]);
    assert!(matches!(place.write(keeps(at, cart.clone())).await, Committed::At(_)));
    let seen = place.look(&id).await;
    assert_eq!((seen.content, seen.cart.unwrap().0.wanted), (CartContent::AsWritten, cart.wanted));
}

/// The process dies after the service has heard of a cart, and before it was noted.
#[tokio::test]
async fn a_cart_nobody_came_to_note_is_found_by_a_repeated_call() {
    let died = Place::open().await;
    let (id, _) = died.opened("k", 1).await;
    let lives = Place::beside(&died.mock, TOKEN);
    assert_eq!(lives.look(&id).await.cart, None);
    let (again, committed) = lives.opened("k", 1).await;
    assert_eq!(again, id);
    assert!(matches!(committed, Committed::At(_)));
    assert_eq!(lives.found(&id).await.0.wanted, [line("mug", 1), line("pen", 2)]);
    assert_eq!(lives.ways(), [Way::Open], "there is one cart");

    // Of a call that was answered with a failure nothing is known: the next one under its key may
    // have another body, and what that says is in the cart.
    let other = Place::beside(&died.mock, TOKEN);
    assert!(matches!(other.opened("k", 2).await.1, Committed::At(_)));
    assert_eq!(other.ways(), [Way::Open, Way::Put]);
}

/// The shop changes a cart after that, and before the call is repeated.
#[tokio::test]
async fn a_cart_nobody_came_to_note_is_found_as_well_when_it_was_changed() {
    let died = Place::open().await;
    let (id, _) = died.opened("k", 1).await;
    died.mock.mock().change(id.as_str(), vec![there("cup", 4)]).unwrap();
    let lives = Place::beside(&died.mock, TOKEN);
    let (again, committed) = lives.opened("k", 1).await;
    assert_eq!(again, id);
    assert!(matches!(committed, Committed::At(_)));
    let seen = lives.look(&id).await;
    assert_eq!(seen.content, CartContent::AsWritten);
    assert_eq!(seen.cart.unwrap().0.wanted, [line("mug", 1), line("pen", 2)]);
    assert_eq!(lives.ways(), [Way::Open, Way::Change, Way::Put], "there is one cart");
}

#[tokio::test]
async fn one_key_makes_one_cart_until_it_is_forgotten() {
    let place = Place::open().await;
    let (id, _) = place.opened("k", 1).await;
    assert_eq!(place.opened("k", 1).await.1, Committed::Raced);
    assert_eq!(place.ways(), [Way::Open]);
    // An answer is kept for two days, and this cart is kept for longer.
    let (cart, at) = place.found(&id).await;
    let expires_at = place.rig.now().plus(Duration::from_hours(24 * 9));
    assert!(matches!(place.write(keeps(at, Cart { expires_at, ..cart })).await, Committed::At(_)));
    place.rig.wait(Duration::from_hours(49));
    let (second, committed) = place.opened("k", 1).await;
    assert!(matches!(committed, Committed::At(_)));
    assert_ne!(second, id);
    assert_eq!(place.ways(), [Way::Open, Way::Put, Way::Open]);
}

#[tokio::test]
async fn a_call_that_fails_on_its_way_is_made_once() {
    type Change = fn(&Cart) -> Cart;
    let spoiled = |spoil: fn(&mut Faults)| {
        let mut faults = Faults { at_most: Some(1), ..Faults::default() };
        spoil(&mut faults);
        faults
    };
    for faults in [
        spoiled(|faults| faults.error_ratio = 1.0),
        spoiled(|faults| faults.error_after_effect_ratio = 1.0),
        spoiled(|faults| faults.timeout_after_effect_ratio = 1.0),
        spoiled(|faults| faults.throttle_ratio = 1.0),
        spoiled(|faults| faults.reset_ratio = 1.0),
    ] {
        let place = Place::open().await;
        place.spoil(faults.clone());
        let (id, committed) = place.opened("k", 1).await;
        assert!(matches!(committed, Committed::At(_)), "{faults:?}");
        let changes: [Change; 3] = [
            |cart| Cart { wanted: vec![line("mug", 5), line("pen", 2)], ..cart.clone() },
            |cart| Cart { wanted: vec![line("mug", 5)], ..cart.clone() },
            |cart| cart.handed_over(&session()).unwrap(),
        ];
        for change in changes {
            let (cart, at) = place.found(&id).await;
            place.spoil(faults.clone());
            let committed = place.write(keeps(at, change(&cart))).await;
            assert!(matches!(committed, Committed::At(_)), "{faults:?}");
        }
        let (_, at) = place.found(&id).await;
        place.spoil(faults.clone());
        let committed = place.write(forgets(&id, at)).await;
        assert!(matches!(committed, Committed::At(_)), "{faults:?}");
        let once = [Way::Open, Way::Put, Way::Remove, Way::CheckOut, Way::Cancel];
        assert_eq!(place.ways(), once, "{faults:?}");
    }
}

#[tokio::test]
async fn a_service_that_is_away_is_waited_for_and_what_was_answered_is_known() {
    let place = Place::open().await;
    let (id, _) = place.opened("k", 1).await;
    let (cart, at) = place.found(&id).await;
    place.spoil(Faults { unavailable_ratio: 1.0, ..Faults::default() });
    let error = place.carts.look(id.partition(), Some(&id), None).await.unwrap_err();
    assert!(matches!(error.retry, Retry::After(_) | Retry::Safe), "{error:?}");
    let more = Cart { wanted: vec![line("pen", 3)], ..cart };
    assert!(place.carts.commit(id.partition(), keeps(at, more)).await.is_err());
    let key = key_of("k");
    let known = place.carts.look(id.partition(), Some(&id), Some(&key)).await.unwrap();
    assert!(matches!(known.key, Some(KeyState::Answered { .. })));
    assert_eq!(place.ways(), [Way::Open]);

    // Whose time is over is let go of without being asked for.
    place.rig.wait(Duration::from_hours(24));
    assert_eq!(place.carts.overdue().await.unwrap(), from_ref(&id));
    let (cart, at) = place.found(&id).await;
    assert!(cart.is_overdue(place.rig.now()));
    assert!(matches!(place.write(forgets(&id, at)).await, Committed::At(_)));
    assert_eq!(place.carts.overdue().await.unwrap(), []);
}

#[tokio::test]
async fn a_cart_the_service_does_not_have_any_more_is_gone() {
    let place = Place::open().await;
    let (id, _) = place.opened("k", 1).await;
    let (cart, at) = place.found(&id).await;
    // Another gateway, or the shop, canceled it; or we did, and did not come to note it.
    let other = Place::beside(&place.mock, TOKEN);
    assert!(matches!(other.opened("k", 1).await.1, Committed::At(_)));
    let (_, there_at) = other.found(&id).await;
    assert!(matches!(other.write(forgets(&id, there_at)).await, Committed::At(_)));

    assert_eq!(place.look(&id).await.cart, None);
    let more = Cart { wanted: vec![line("pen", 3)], ..cart };
    assert_eq!(place.write(keeps(at, more)).await, Committed::Raced);
    // Whoever repeats a cancellation is told what was canceled.
    let key = cancel_key(&id);
    let seen = place.carts.look(id.partition(), Some(&id), Some(&key)).await.unwrap();
    assert!(seen.cart.is_some());
    let answer = Some(first(key.clone(), answered("canceled")));
    let canceled = CartChange { answer, ..forgets(&id, at) };
    assert!(matches!(place.write(canceled).await, Committed::At(_)));
    let seen = place.carts.look(id.partition(), Some(&id), Some(&key)).await.unwrap();
    assert_eq!((seen.cart, seen.key), (None, Some(answered("canceled"))));
}

/// Somebody begins to have carts kept elsewhere while there are some.
#[tokio::test]
async fn a_cart_of_our_own_is_handed_on_when_it_changes() {
    let place = Place::open().await;
    let id = place.id("k").await;
    let cart = place.cart(&id, &[("mug", 1), ("pen", 2)]);
    let opened = CartWrite::Keep { before: None, after: Box::new(cart.clone()) };
    let change = CartChange { cart: opened, answer: None };
    assert!(matches!(place.ours.commit(id.partition(), change).await, Ok(Committed::At(_))));
    let (found, at) = place.found(&id).await;
    assert_eq!(found, cart);
    let handed_over = cart.handed_over(&session()).unwrap();
    assert!(matches!(place.write(keeps(at, handed_over)).await, Committed::At(_)));
    assert_eq!(place.ways(), [], "nothing is in it that it did not have");

    let (found, at) = place.found(&id).await;
    let fewer = Cart { wanted: vec![line("mug", 1)], ..found };
    assert!(matches!(place.write(keeps(at, fewer.clone())).await, Committed::At(_)));
    assert_eq!(place.found(&id).await.0.wanted, fewer.wanted);
    assert_eq!(place.ways(), [Way::Open]);
    assert_eq!(place.mock.mock().cart(id.as_str()).unwrap().items, [there("mug", 1)]);
}

#[tokio::test]
async fn what_makes_no_sense_is_not_believed() {
    let place = Place::open().await;
    let (id, _) = place.opened("k", 1).await;
    for items in [vec![there("mug", 0)], vec![there("", 1)], vec![there("mug", 1); 101]] {
        place.mock.mock().change(id.as_str(), items).unwrap();
        let error = place.carts.look(id.partition(), Some(&id), None).await.unwrap_err();
        assert_eq!(error.retry, Retry::Never);
        let said = error.cause.unwrap().to_string();
        assert!(said.contains("GET /carts/{cart}") && said.contains("contract"), "{said}");
    }

    let stranger = Place::showing("tok_wrong").await;
    let id = stranger.id("k").await;
    let cart = Box::new(stranger.cart(&id, &[("mug", 1)]));
    let change = CartChange { cart: CartWrite::Keep { before: None, after: cart }, answer: None };
    let error = stranger.carts.commit(id.partition(), change).await.unwrap_err();
    let said = error.cause.unwrap().to_string();
    assert!(said.contains("is cart.token still good?"), "{said}");
    assert!(!said.contains("tok_wrong"), "{said}");
}
