//! Rules of stock.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::TenantId;
use acp_core::limits::{PAGE_ROWS_MAX, RESERVATION_KEPT, STOCK_STALENESS_MAX};
use acp_core::ports::{Adjustments, Committed, Keeper, PortError, Stock};
use acp_core::stock::{
    Adjustment, Availability, Hold, Reservation, ReservationId, Reserved, Taking,
};
use acp_core::time::Timestamp;
use acp_gateway::store::record::{Doubt, StoreAdjustments, StoreStock};
use futures_util::future::join_all;
use tokio::task::JoinSet;

use super::record_rig::{RecordRig, item_id, tenant};

const BUYERS: u32 = 32;
const LATER: Timestamp = Timestamp::from_unix_ms(9_000_000);

fn id(number: u32) -> ReservationId {
    ReservationId(format!("cs|{number}|li").into())
}

fn hold(number: u32, units: u32) -> Hold {
    Hold { item: item_id("milk"), reservation: id(number), units }
}

async fn reserve(stock: &StoreStock, number: u32, units: u32) -> Reserved {
    stock.reserve(&tenant(), &hold(number, units), LATER).await.unwrap()
}

async fn free(stock: &StoreStock) -> Availability {
    stock.available(&tenant(), &[&item_id("milk")]).await.unwrap()[0]
}

async fn counted(rig: &RecordRig, free: u32) -> StoreStock {
    let stock = StoreStock::new(rig.records.clone());
    stock.set(&tenant(), &item_id("milk"), Some(free)).await.unwrap();
    stock
}

/// Lets many buyers reserve one unit each and says how many got it.
async fn rush(shops: &[StoreStock]) -> usize {
    let mut buyers = JoinSet::new();
    for (number, shop) in (0..BUYERS).zip(shops.iter().cycle()) {
        let shop = shop.clone();
        buyers.spawn(async move { reserve(&shop, number, 1).await });
    }
    let told = buyers.join_all().await;
    told.iter().filter(|told| **told == Reserved::Held).count()
}

pub(super) async fn many_reservers_never_oversell(rig: &RecordRig) {
    let stock = counted(rig, 10).await;
    assert_eq!(rush(std::slice::from_ref(&stock)).await, 10);
    assert_eq!(free(&stock).await, Availability::Units(0));
    let ledger = stock.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    assert_eq!((ledger.reserved(), ledger.sold), (10, 0));
}

pub(super) async fn many_processes_never_oversell(rig: &RecordRig) {
    let first = counted(rig, 10).await;
    let shops = [first.clone(), StoreStock::new(rig.records.clone())];
    assert_eq!(rush(&shops).await, 10);
    assert_eq!(free(&first).await, Availability::Units(0));
}

pub(super) async fn what_nobody_counts_never_runs_out(rig: &RecordRig) {
    let stock = StoreStock::new(rig.records.clone());
    assert_eq!(free(&stock).await, Availability::Unlimited);
    assert_eq!(reserve(&stock, 1, 10_000).await, Reserved::Held);
    assert!(stock.confirm(&tenant(), &hold(1, 2)).await.unwrap());
    stock.release(&tenant(), &hold(2, 2)).await.unwrap();
    assert_eq!(stock.get(&tenant(), &item_id("milk")).await.unwrap(), None);
}

pub(super) async fn a_change_of_stock_may_be_repeated(rig: &RecordRig) {
    let stock = counted(rig, 5).await;
    for _ in 0..2 {
        assert_eq!(reserve(&stock, 1, 2).await, Reserved::Held);
        assert_eq!(free(&stock).await, Availability::Units(3));
    }
    assert_eq!(reserve(&stock, 2, 4).await, Reserved::TooFew(3));
    for _ in 0..2 {
        assert!(stock.confirm(&tenant(), &hold(1, 2)).await.unwrap());
        stock.release(&tenant(), &hold(1, 2)).await.unwrap();
        assert_eq!(reserve(&stock, 1, 2).await, Reserved::Held, "it was held and is sold");
    }
    let ledger = stock.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    assert_eq!((ledger.free, ledger.sold), (Some(3), 2));
}

pub(super) async fn what_was_given_back_cannot_be_had_again(rig: &RecordRig) {
    let stock = counted(rig, 5).await;
    reserve(&stock, 1, 2).await;
    for number in [1, 2] {
        stock.release(&tenant(), &hold(number, 2)).await.unwrap();
        assert_eq!(free(&stock).await, Availability::Units(5));
        assert_eq!(reserve(&stock, number, 1).await, Reserved::Over);
        assert!(!stock.confirm(&tenant(), &hold(number, 2)).await.unwrap());
    }
}

pub(super) async fn a_sale_is_taken_back_once(rig: &RecordRig) {
    let stock = counted(rig, 5).await;
    for number in [1, 2] {
        reserve(&stock, number, 2).await;
    }
    stock.confirm(&tenant(), &hold(1, 2)).await.unwrap();
    for number in [1, 1, 2, 3] {
        stock.restock(&tenant(), &hold(number, 2)).await.unwrap();
    }
    let ledger = stock.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    assert_eq!((ledger.free, ledger.reserved(), ledger.sold), (Some(5), 0, 0));
    assert_eq!(reserve(&stock, 1, 1).await, Reserved::Over, "and it stays taken back");
}

/// The promises of the one tenant whose time is over.
async fn overdue(stock: &StoreStock) -> Result<Vec<Hold>, PortError> {
    let found = stock.overdue().await?.into_iter();
    let found = found.inspect(|found| assert_eq!(found.tenant, tenant()));
    Ok(found.map(|found| found.hold).collect())
}

pub(super) async fn the_owner_of_an_old_promise_is_asked(rig: &RecordRig) {
    let stock = counted(rig, 5).await;
    reserve(&stock, 1, 2).await;
    assert_eq!(overdue(&stock).await.unwrap(), []);
    rig.wait(LATER.since(rig.now()));
    let hold = hold(1, 2);
    for _ in 0..2 {
        let overdue = overdue(&stock).await.unwrap();
        assert_eq!(overdue.as_slice(), std::slice::from_ref(&hold), "until somebody answers");
    }
    let until = rig.now().plus(Duration::from_mins(1));
    stock.renew(&tenant(), &hold, until).await.unwrap();
    assert_eq!(overdue(&stock).await.unwrap(), []);
    rig.wait(Duration::from_mins(1));
    assert_eq!(overdue(&stock).await.unwrap(), std::slice::from_ref(&hold));
    stock.release(&tenant(), &hold).await.unwrap();
    assert_eq!(overdue(&stock).await.unwrap(), []);
}

pub(super) async fn what_is_known_by_heart_is_checked_before_it_is_used(rig: &RecordRig) {
    let first = counted(rig, 3).await;
    let second = StoreStock::new(rig.records.clone());
    reserve(&first, 1, 1).await;
    reserve(&second, 2, 1).await;
    // What the first one remembers is old by now.
    assert_eq!(reserve(&first, 3, 1).await, Reserved::Held);
    assert_eq!(reserve(&second, 4, 1).await, Reserved::TooFew(0));
    first.release(&tenant(), &hold(2, 2)).await.unwrap();
    assert_eq!(reserve(&second, 2, 1).await, Reserved::Over, "given back by somebody else");
    assert_eq!(reserve(&second, 5, 1).await, Reserved::Held);
    let ledger = first.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    assert_eq!((ledger.free, ledger.reserved()), (Some(0), 3));
}

pub(super) async fn stock_far_away_is_asked_now_and_then(rig: &RecordRig) {
    let near = counted(rig, 5).await;
    let far = StoreStock::new(rig.records.clone()).far_away();
    assert_eq!(free(&far).await, Availability::Units(5));
    near.set(&tenant(), &item_id("milk"), Some(4)).await.unwrap();
    assert_eq!(free(&far).await, Availability::Units(5), "it was told a moment ago");
    rig.wait(STOCK_STALENESS_MAX);
    assert_eq!(free(&far).await, Availability::Units(4));
    reserve(&far, 1, 4).await;
    assert_eq!(free(&far).await, Availability::Units(0), "its own changes it knows");
    near.release(&tenant(), &hold(1, 2)).await.unwrap();
    assert_eq!(reserve(&far, 2, 4).await, Reserved::Held, "and a promise is always asked for");
}

pub(super) async fn stock_nobody_else_writes_is_told_without_asking(rig: &RecordRig) {
    let alone = StoreStock::new(rig.records.clone()).alone();
    alone.set(&tenant(), &item_id("milk"), Some(50)).await.unwrap();
    reserve(&alone, 0, 1).await;
    rig.store.used();
    rig.wait(Duration::from_hours(24));
    assert_eq!(free(&alone).await, Availability::Units(49));
    assert!(rig.store.used().is_empty());

    // What became of the change of one who went away is looked up.
    let counted = async || alone.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    for number in 1..20 {
        let reserved = reserve(&alone, number, 1);
        drop(tokio::time::timeout(Duration::ZERO, reserved).await);
        let (before, told, after) = (counted().await, free(&alone).await, counted().await);
        assert!([before, after].map(|ledger| ledger.available()).contains(&told));
        assert_eq!(reserve(&alone, number, 1).await, Reserved::Held);
        assert_eq!(free(&alone).await, Availability::Units(49 - number));
    }
}

pub(super) async fn how_a_reservation_ended_is_known_for_a_while(rig: &RecordRig) {
    let stock = counted(rig, 1_000).await;
    for number in 0..300 {
        reserve(&stock, number, 1).await;
        stock.confirm(&tenant(), &hold(number, 2)).await.unwrap();
    }
    reserve(&stock, 300, 1).await;
    let ledger = stock.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    let held = Reservation::Held { units: 1, until: LATER };
    assert_eq!(ledger.reservations.into_iter().collect::<Vec<_>>(), [(id(300), held)]);
    assert_eq!(reserve(&stock, 0, 1).await, Reserved::Held, "sold before, and not sold again");
    assert_eq!(free(&stock).await, Availability::Units(699));

    rig.wait(RESERVATION_KEPT + Duration::from_secs(1));
    assert_eq!(reserve(&stock, 0, 1).await, Reserved::Held);
    assert_eq!(free(&stock).await, Availability::Units(698));
}

pub(super) async fn what_was_promised_before_the_count_is_sold(rig: &RecordRig) {
    let uncounted = StoreStock::new(rig.records.clone());
    assert_eq!(reserve(&uncounted, 1, 2).await, Reserved::Held);
    let stock = counted(rig, 5).await;
    assert!(stock.confirm(&tenant(), &hold(1, 2)).await.unwrap());
    assert_eq!(free(&stock).await, Availability::Units(5));
}

pub(super) async fn a_count_keeps_what_is_promised(rig: &RecordRig) {
    let stock = counted(rig, 5).await;
    reserve(&stock, 1, 2).await;
    stock.set(&tenant(), &item_id("milk"), Some(50)).await.unwrap();
    let ledger = stock.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    assert_eq!((ledger.free, ledger.reserved()), (Some(50), 2));

    stock.set(&tenant(), &item_id("milk"), None).await.unwrap();
    assert_eq!(free(&stock).await, Availability::Unlimited);
    assert!(stock.confirm(&tenant(), &hold(1, 2)).await.unwrap());
}

pub(super) async fn who_stops_waiting_for_stock_harms_nobody(rig: &RecordRig) {
    let stock = Arc::new(counted(rig, 100).await);
    let mut buyers = JoinSet::new();
    for number in 0..BUYERS {
        let stock = Arc::clone(&stock);
        buyers.spawn(async move {
            let reserved = reserve(&stock, number, 1);
            if number % 2 == 0 {
                // Asked once, then dropped: at a turn, in the queue, or done.
                let waits = tokio::time::timeout(Duration::ZERO, reserved).await;
                return waits.ok();
            }
            Some(reserved.await)
        });
    }
    let told = buyers.join_all().await;
    assert!(told.into_iter().flatten().all(|told| told == Reserved::Held));
    assert_eq!(reserve(&stock, BUYERS, 1).await, Reserved::Held);
    let ledger = stock.get(&tenant(), &item_id("milk")).await.unwrap().unwrap();
    assert_eq!(u64::from(ledger.free.unwrap()) + ledger.reserved(), 100);
}

pub(super) async fn what_is_in_doubt_is_found_until_it_is_settled(rig: &RecordRig) {
    let journal = StoreAdjustments::new(rig.records.clone());
    let write = async |number, before, standing| {
        let after = Adjustment { units: 2, standing };
        let hold = hold(number, 2);
        match journal.write(&tenant(), &hold, before, after).await.unwrap() {
            Committed::At(at) => Some(at),
            Committed::Raced => panic!("nobody else writes"),
        }
    };
    let doubts = async || journal.doubts(&tenant()).await.unwrap();
    let (first, second) =
        (write(1, None, Taking::Asked).await, write(2, None, Taking::Asked).await);
    assert_eq!(doubts().await, [], "who asks may hear yet");
    let since = rig.now();
    let first = write(1, first, Taking::Doubtful).await;
    rig.wait(Duration::from_secs(1));
    let second = write(2, second, Taking::Doubtful).await;
    let [one, other] =
        [(1, since), (2, rig.now())].map(|(number, since)| Doubt { hold: hold(number, 2), since });
    assert_eq!(doubts().await, [one.clone(), other.clone()]);
    assert_eq!(journal.doubts(&TenantId::new("elsewhere")).await.unwrap(), []);

    // It outlives what is settled, and nothing else.
    rig.wait(RESERVATION_KEPT + Duration::from_hours(1));
    assert_eq!(doubts().await, [one, other.clone()]);
    write(1, first, Taking::Returned).await;
    assert_eq!(doubts().await, std::slice::from_ref(&other));
    // Whoever found out about it, or was to give it back, may be dead.
    let mut second = second;
    for standing in [Taking::Taken, Taking::Returning, Taking::Taken] {
        second = write(2, second, standing).await;
        rig.wait(RESERVATION_KEPT + Duration::from_hours(1));
        assert_eq!(doubts().await, std::slice::from_ref(&other), "{standing:?}");
    }
    write(2, second, Taking::Returned).await;
    assert_eq!(doubts().await, []);
}

pub(super) async fn what_is_in_doubt_is_listed_to_the_last(rig: &RecordRig) {
    let journal = StoreAdjustments::new(rig.records.clone());
    let count = u32::try_from(PAGE_ROWS_MAX).unwrap() + 1;
    join_all((0..count).map(async |number| {
        let after = Adjustment { units: 2, standing: Taking::Doubtful };
        let written = journal.write(&tenant(), &hold(number, 2), None, after).await.unwrap();
        assert!(matches!(written, Committed::At(_)));
    }))
    .await;
    let listed = journal.doubts(&tenant()).await.unwrap();
    let listed: BTreeSet<_> = listed.into_iter().map(|it| it.hold.reservation.0).collect();
    assert_eq!(listed.len(), PAGE_ROWS_MAX + 1);
}
