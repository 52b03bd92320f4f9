//! What keeps stock for the gateway, whoever it is: our own ledgers, or an inventory of the
//! merchant's in either shape.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::ids::TenantId;
use acp_core::ids::{Partition, Random128, SessionId};
use acp_core::limits::STOCK_HOLD;
use acp_core::ports::{Adjustments, Clock, Committed, Keeper, PortError, Retry, Revision, Stock};
use acp_core::stock::{
    Adjustment, Availability, Hold, Repetition, ReservationId, Reserved, Taking,
};
use acp_core::time::Timestamp;
use acp_gateway::adapters::inventory::{Adjusting, AtMerchant, Desk, InventoryOptions, Reserving};
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{PartitionKey, Records, StoreAdjustments, StoreStock};
use acp_mocks::SeededEntropy;
use acp_mocks::faults::Faults;
use acp_mocks::inventory::{InventoryMock, Settings};
use acp_mocks::server::{Mock as _, Running};
use async_trait::async_trait;
use tokio::task::JoinSet;

use super::backend;
use crate::contract::record_rig::{RecordRig, item_id, tenant};
use crate::contract::store::rig::Rig;

const BUYERS: u8 = 32;
const TOKEN: &str = "tok_inventory";

/// Somebody who keeps stock.
struct Place {
    name: &'static str,
    stock: Arc<dyn Stock>,
    ledgers: StoreStock,
    clock: Arc<SystemClock>,
    /// Where the merchant keeps it.
    mock: Option<Running<InventoryMock>>,
}

/// How a merchant's inventory is asked.
#[derive(Clone, Copy)]
enum Shape {
    Reservations { is_bulk: bool },
    Adjustments(Repetition),
}

impl Place {
    /// The promises of the one tenant whose time is over.
    async fn overdue(&self) -> Result<Vec<Hold>, PortError> {
        let found = self.stock.overdue().await?.into_iter();
        let found = found.inspect(|found| assert_eq!(found.tenant, tenant()));
        Ok(found.map(|found| found.hold).collect())
    }

    fn of_our_own() -> Self {
        let (ledgers, _, clock) = ours();
        Self { name: "ours", stock: Arc::new(ledgers.clone()), ledgers, clock, mock: None }
    }

    async fn at_merchant(name: &'static str, shape: Shape) -> Self {
        Self::showing(TOKEN, name, shape).await
    }

    async fn showing(shown: &str, name: &'static str, shape: Shape) -> Self {
        let (ledgers, records, clock) = ours();
        let forgets_keys = matches!(shape, Shape::Adjustments(Repetition::Counts));
        let token = Some(TOKEN.to_owned());
        let settings = Settings { token, is_strict: true, forgets_keys, ..Settings::default() };
        let mock = InventoryMock::start(settings).await.unwrap();
        let options = InventoryOptions {
            backend: backend(mock.url(), Some(shown)),
            is_bulk: !matches!(shape, Shape::Reservations { is_bulk: false }),
        };
        let desk = Arc::new(Desk::at(&options, Arc::new(SeededEntropy::new(2))).unwrap());
        let keeper: Arc<dyn Keeper> = match shape {
            Shape::Reservations { .. } => Arc::new(Reserving::at(desk)),
            Shape::Adjustments(repetition) => {
                let journal = Arc::new(StoreAdjustments::new(records));
                Arc::new(Adjusting::at(desk, journal, repetition))
            }
        };
        let stock = AtMerchant::new(Arc::new(ledgers.recording()), keeper);
        Self { name, stock: Arc::new(stock), ledgers, clock, mock: Some(mock) }
    }

    async fn each() -> [Self; 5] {
        [
            Self::of_our_own(),
            Self::at_merchant("reservations", Shape::Reservations { is_bulk: true }).await,
            Self::at_merchant("one by one", Shape::Reservations { is_bulk: false }).await,
            Self::at_merchant("repeatable", Shape::Adjustments(Repetition::IsSafe)).await,
            Self::at_merchant("counting", Shape::Adjustments(Repetition::Counts)).await,
        ]
    }

    async fn count(&self, item: &str, units: Option<u32>) {
        match &self.mock {
            Some(mock) => mock.mock().set_stock(item, units),
            None => self.ledgers.set(&tenant(), &item_id(item), units).await.unwrap(),
        }
    }

    fn spoil(&self, faults: Faults) {
        self.mock.as_ref().unwrap().switches().set_faults(faults).unwrap();
    }

    async fn free(&self) -> Availability {
        self.stock.available(&tenant(), &[&item_id("milk")]).await.unwrap()[0]
    }

    async fn reserve(&self, hold: &Hold) -> Reserved {
        self.stock.reserve(&tenant(), hold, self.later()).await.unwrap()
    }

    fn later(&self) -> Timestamp {
        self.clock.now().plus(STOCK_HOLD)
    }

    fn wait(&self, span: Duration) {
        let span_ms = i64::try_from(span.as_millis()).unwrap();
        self.clock.shift(self.clock.offset_ms() + span_ms);
        if let Some(mock) = &self.mock {
            mock.switches().clock.advance(span);
        }
    }
}

fn ours() -> (StoreStock, Records, Arc<SystemClock>) {
    let clock = Arc::new(SystemClock::default());
    let store = Arc::new(Memory::new(Arc::clone(&clock) as _));
    let entropy = Arc::new(SeededEntropy::new(1));
    let key = PartitionKey::new(&[7; 32]);
    let records = Records::new(store, Arc::clone(&clock) as _, entropy, key);
    (StoreStock::new(records.clone()), records, clock)
}

fn hold(number: u8, units: u32) -> Hold {
    let session = SessionId::new(Partition::new(1).unwrap(), Random128([number; 16]));
    Hold { item: item_id("milk"), reservation: ReservationId::of(&session, 1, "li_1"), units }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_gets_what_there_is_and_no_more() {
    for place in Place::each().await {
        place.count("milk", Some(10)).await;
        let mut buyers = JoinSet::new();
        for number in 0..BUYERS {
            let (stock, until) = (Arc::clone(&place.stock), place.later());
            buyers.spawn(async move { stock.reserve(&tenant(), &hold(number, 1), until).await });
        }
        let told = buyers.join_all().await;
        let held = told.iter().filter(|told| *told.as_ref().unwrap() == Reserved::Held);
        assert_eq!(held.count(), 10, "{}", place.name);
        assert_eq!(place.free().await, Availability::Units(0), "{}", place.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_may_be_repeated() {
    for place in Place::each().await {
        place.count("milk", Some(5)).await;
        let one = hold(1, 2);
        for _ in 0..2 {
            assert_eq!(place.reserve(&one).await, Reserved::Held, "{}", place.name);
            assert_eq!(place.free().await, Availability::Units(3), "{}", place.name);
        }
        assert_eq!(place.reserve(&hold(2, 4)).await, Reserved::TooFew(3), "{}", place.name);
        for _ in 0..2 {
            assert!(place.stock.confirm(&tenant(), &one).await.unwrap(), "{}", place.name);
            place.stock.release(&tenant(), &one).await.unwrap();
            assert_eq!(place.free().await, Availability::Units(3), "{}: it is sold", place.name);
            assert_eq!(place.reserve(&one).await, Reserved::Held, "{}", place.name);
        }
        for _ in 0..2 {
            place.stock.restock(&tenant(), &one).await.unwrap();
            assert_eq!(place.free().await, Availability::Units(5), "{}", place.name);
        }
        assert_eq!(place.reserve(&one).await, Reserved::Over, "{}", place.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_back_cannot_be_had_again() {
    for place in Place::each().await {
        place.count("milk", Some(5)).await;
        let (held, never) = (hold(1, 2), hold(2, 2));
        place.reserve(&held).await;
        for hold in [held, never] {
            for _ in 0..2 {
                place.stock.release(&tenant(), &hold).await.unwrap();
                assert_eq!(place.free().await, Availability::Units(5), "{}", place.name);
            }
            assert_eq!(place.reserve(&hold).await, Reserved::Over, "{}", place.name);
            assert!(!place.stock.confirm(&tenant(), &hold).await.unwrap(), "{}", place.name);
            place.stock.restock(&tenant(), &hold).await.unwrap();
            assert_eq!(place.free().await, Availability::Units(5), "{}", place.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_an_old_promise_is_asked_and_may_keep_it_up() {
    for place in Place::each().await {
        place.count("milk", Some(5)).await;
        let one = hold(1, 2);
        place.reserve(&one).await;
        assert_eq!(place.overdue().await.unwrap(), [], "{}", place.name);
        for _ in 0..4 {
            place.wait(STOCK_HOLD);
            let overdue = place.overdue().await.unwrap();
            assert_eq!(overdue, std::slice::from_ref(&one), "{}", place.name);
            assert_eq!(place.free().await, Availability::Units(3), "{}: not yet", place.name);
            place.stock.renew(&tenant(), &one, place.later()).await.unwrap();
            assert_eq!(place.overdue().await.unwrap(), [], "{}", place.name);
        }
        assert!(place.stock.confirm(&tenant(), &one).await.unwrap(), "{}", place.name);
        place.wait(STOCK_HOLD * 4);
        assert_eq!(place.overdue().await.unwrap(), [], "{}", place.name);
        assert_eq!(place.free().await, Availability::Units(3), "{}", place.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_runs_out_is_always_there() {
    for place in Place::each().await {
        place.count("milk", None).await;
        place.count("honey", Some(3)).await;
        let (milk, honey) = (item_id("milk"), item_id("honey"));
        let all = place.stock.available(&tenant(), &[&honey, &milk, &honey]).await.unwrap();
        let units = Availability::Units(3);
        assert_eq!(all, [units, Availability::Unlimited, units], "{}", place.name);
        assert_eq!(place.reserve(&hold(1, 1_000_000)).await, Reserved::Held, "{}", place.name);
        assert!(place.stock.confirm(&tenant(), &hold(1, 1_000_000)).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_merchant_does_not_know_cannot_be_had() {
    for place in &Place::each().await[1..] {
        assert_eq!(place.free().await, Availability::Units(0), "{}", place.name);
        assert_eq!(place.reserve(&hold(1, 1)).await, Reserved::TooFew(0), "{}", place.name);
        place.stock.release(&tenant(), &hold(1, 1)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promotions_are_counted_here_whoever_keeps_the_goods() {
    let promotion = acp_core::catalog::Promotion::ledger_of("first-ten");
    for place in Place::each().await {
        place.count("milk", Some(5)).await;
        place.ledgers.set(&tenant(), &promotion, Some(1)).await.unwrap();
        let milk = item_id("milk");
        let all = place.stock.available(&tenant(), &[&milk, &promotion]).await.unwrap();
        assert_eq!(all, [Availability::Units(5), Availability::Units(1)], "{}", place.name);
        let of = |number| Hold { item: promotion.clone(), ..hold(number, 1) };
        assert_eq!(place.reserve(&of(1)).await, Reserved::Held, "{}", place.name);
        assert_eq!(place.reserve(&of(2)).await, Reserved::TooFew(0), "{}", place.name);
        place.wait(STOCK_HOLD);
        let overdue = place.overdue().await.unwrap();
        assert_eq!(overdue, [of(1)], "{}", place.name);
        place.stock.release(&tenant(), &of(1)).await.unwrap();
        assert_eq!(place.reserve(&of(2)).await, Reserved::Held, "{}", place.name);
    }
}

/// So that a failure to tell it is never one of our own store.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_merchant_is_asked_how_much_there_is() {
    let rig = RecordRig::over(Rig::memory());
    let mock = InventoryMock::start(Settings::default()).await.unwrap();
    let options = InventoryOptions { backend: backend(mock.url(), None), is_bulk: true };
    let desk = Arc::new(Desk::at(&options, Arc::clone(&rig.entropy)).unwrap());
    let ledgers = Arc::new(StoreStock::new(rig.records.clone()).recording());
    let stock = AtMerchant::new(ledgers, Arc::new(Reserving::at(desk)));
    mock.mock().set_stock("milk", Some(5));
    let milk = item_id("milk");
    assert_eq!(stock.available(&tenant(), &[&milk]).await.unwrap(), [Availability::Units(5)]);
    assert_eq!(rig.store.used(), []);
    let promotion = acp_core::catalog::Promotion::ledger_of("first-ten");
    stock.available(&tenant(), &[&milk, &promotion]).await.unwrap();
    assert_ne!(rig.store.used(), [], "promotions are counted here");
}

/// Every way an inventory can fail a call that it may or may not have carried out.
fn failures() -> [(&'static str, Faults); 6] {
    let once = || Faults { at_most: Some(1), ..Faults::default() };
    [
        ("reset", Faults { reset_ratio: 1.0, ..once() }),
        ("throttled", Faults { throttle_ratio: 1.0, ..once() }),
        ("unavailable", Faults { unavailable_ratio: 1.0, ..once() }),
        ("failed", Faults { error_ratio: 1.0, ..once() }),
        ("failed after effect", Faults { error_after_effect_ratio: 1.0, ..once() }),
        ("cut after effect", Faults { timeout_after_effect_ratio: 1.0, ..once() }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_costs_nothing_where_calls_can_be_repeated() {
    for (failure, faults) in failures() {
        for place in &Place::each().await[1..4] {
            let what = format!("{} {failure}", place.name);
            place.count("milk", Some(5)).await;
            let (one, other) = (hold(1, 2), hold(2, 1));
            place.spoil(faults.clone());
            assert_eq!(place.reserve(&one).await, Reserved::Held, "{what}");
            assert_eq!(place.reserve(&other).await, Reserved::Held, "{what}");
            place.spoil(faults.clone());
            assert!(place.stock.confirm(&tenant(), &one).await.unwrap(), "{what}");
            place.spoil(faults.clone());
            place.stock.release(&tenant(), &other).await.unwrap();
            assert_eq!(place.free().await, Availability::Units(3), "{what}");
            place.spoil(faults.clone());
            place.stock.restock(&tenant(), &one).await.unwrap();
            assert_eq!(place.free().await, Availability::Units(5), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_every_call_counts_a_lost_answer_costs_units_and_sells_none_twice() {
    for (failure, faults) in failures() {
        let place = Place::at_merchant("counting", Shape::Adjustments(Repetition::Counts)).await;
        place.count("milk", Some(5)).await;
        // What is certain not to have happened is simply tried again.
        let is_certain = ["throttled", "unavailable"].contains(&failure);
        let has_effect = failure.contains("effect");
        place.spoil(faults.clone());
        let one = hold(1, 2);
        let told = place.stock.reserve(&tenant(), &one, place.later()).await;
        if is_certain {
            assert!(matches!(told.unwrap_err().retry, Retry::After(_)), "{failure}");
            assert_eq!(place.reserve(&one).await, Reserved::Held, "{failure}");
        } else {
            assert_eq!(told.unwrap(), Reserved::Over, "{failure}: nobody relies on it");
        }
        let gone = if is_certain || has_effect { 2 } else { 0 };
        for _ in 0..2 {
            assert_eq!(place.free().await, Availability::Units(5 - gone), "{failure}");
            if is_certain {
                break;
            }
            // What is in doubt is neither taken again nor given back.
            assert_eq!(place.reserve(&one).await, Reserved::Over, "{failure}");
            place.stock.release(&tenant(), &one).await.unwrap();
        }

        let other = hold(2, 1);
        assert_eq!(place.reserve(&other).await, Reserved::Held, "{failure}");
        place.spoil(faults);
        let released = place.stock.release(&tenant(), &other).await;
        assert_eq!(released.is_err(), is_certain, "{failure}");
        place.stock.release(&tenant(), &other).await.unwrap();
        let lost = u32::from(!is_certain && !has_effect);
        assert_eq!(place.free().await, Availability::Units(5 - gone - lost), "{failure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inventory_that_does_not_want_us_is_not_asked_again() {
    for (name, shape) in [
        ("reservations", Shape::Reservations { is_bulk: true }),
        ("repeatable", Shape::Adjustments(Repetition::IsSafe)),
        ("counting", Shape::Adjustments(Repetition::Counts)),
    ] {
        let place = Place::showing("another", name, shape).await;
        place.count("milk", Some(5)).await;
        let until = place.later();
        let refused = place.stock.reserve(&tenant(), &hold(1, 1), until).await.unwrap_err();
        assert_eq!(refused.retry, Retry::Never, "{name}");
        let cause = refused.cause.unwrap().to_string();
        assert!(cause.contains("inventory.token"), "{name}: {cause}");
        let mock = place.mock.as_ref().unwrap();
        assert_eq!(mock.mock().stock()["milk"].free, Some(5), "{name}");
        let asked: u64 = mock.switches().requests().values().sum();
        assert_eq!(asked, 1, "{name}: once");
    }
}

/// A journal, and every word that was written into it.
struct Written {
    journal: StoreAdjustments,
    words: Mutex<Vec<Taking>>,
}

#[async_trait]
impl Adjustments for Written {
    async fn find(
        &self,
        tenant: &TenantId,
        hold: &Hold,
    ) -> Result<Option<(Adjustment, Revision)>, PortError> {
        self.journal.find(tenant, hold).await
    }

    async fn write(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        before: Option<Revision>,
        after: Adjustment,
    ) -> Result<Committed, PortError> {
        self.words.lock().unwrap().push(after.standing);
        self.journal.write(tenant, hold, before, after).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn units_given_back_after_a_doubt_are_on_no_step_of_the_way_had() {
    let (_, records, clock) = ours();
    let settings = Settings { forgets_keys: true, ..Settings::default() };
    let mock = InventoryMock::start(settings).await.unwrap();
    mock.mock().set_stock("milk", Some(5));
    let options = InventoryOptions { backend: backend(mock.url(), None), is_bulk: true };
    let desk = Arc::new(Desk::at(&options, Arc::new(SeededEntropy::new(2))).unwrap());
    let journal = StoreAdjustments::new(records);
    let journal = Arc::new(Written { journal, words: Mutex::default() });
    let keeper = Adjusting::at(desk, Arc::clone(&journal) as _, Repetition::Counts);
    let (hold, until) = (hold(1, 2), clock.now().plus(STOCK_HOLD));
    let words = || std::mem::take(&mut *journal.words.lock().unwrap());
    let fail = |unavailable_ratio, error_after_effect_ratio| {
        let faults = Faults { unavailable_ratio, error_after_effect_ratio, ..Faults::default() };
        mock.switches().set_faults(faults).unwrap();
    };

    fail(0.0, 1.0);
    assert_eq!(keeper.reserve(&tenant(), &hold, until).await.unwrap(), Reserved::Over);
    assert_eq!(words(), [Taking::Asked, Taking::Doubtful]);
    fail(1.0, 0.0);
    assert!(keeper.give_back(&tenant(), &hold).await.is_err(), "nothing was given back");
    assert_eq!(words(), [Taking::Returning, Taking::Doubtful]);
    assert_eq!(mock.mock().stock()["milk"].free, Some(3));
    fail(0.0, 0.0);
    keeper.give_back(&tenant(), &hold).await.unwrap();
    assert_eq!(words(), [Taking::Returning, Taking::Returned]);
    assert_eq!(mock.mock().stock()["milk"].free, Some(5));
    keeper.give_back(&tenant(), &hold).await.unwrap();
    assert_eq!(keeper.reserve(&tenant(), &hold, until).await.unwrap(), Reserved::Over);
    assert_eq!((words(), mock.mock().stock()["milk"].free), (vec![], Some(5)), "once");
}
