use proptest::prelude::*;

use super::*;

fn id(number: u8) -> ReservationId {
    ReservationId(format!("cs_{number}|1|li").into())
}

const LATER: Timestamp = Timestamp::from_unix_ms(900_000);

#[test]
fn the_last_unit_is_promised_once() {
    let mut ledger = Ledger::new(Some(1));
    assert_eq!(ledger.reserve(&id(1), 1, LATER), Reserved::Held);
    assert_eq!(ledger.reserve(&id(2), 1, LATER), Reserved::TooFew(0));
    assert_eq!(ledger.reserve(&id(1), 1, LATER), Reserved::Held, "a repeat changes nothing");
    assert_eq!(ledger.available(), Availability::Units(0));
}

#[test]
fn a_release_refuses_a_late_reserve() {
    let mut ledger = Ledger::new(Some(5));
    ledger.release(&id(1));
    assert_eq!(ledger.reserve(&id(1), 1, LATER), Reserved::Over);
    assert_eq!(ledger.available(), Availability::Units(5));
}

#[test]
fn what_was_sold_is_not_given_back() {
    let mut ledger = Ledger::new(Some(5));
    ledger.reserve(&id(1), 2, LATER);
    assert!(ledger.confirm(&id(1)));
    ledger.release(&id(1));
    assert!(ledger.confirm(&id(1)), "a repeat still says yes");
    assert_eq!((ledger.available(), ledger.sold), (Availability::Units(3), 2));
    assert!(!ledger.confirm(&id(2)), "what was never held cannot be sold");
}

#[test]
fn what_never_runs_out_is_always_there() {
    let mut ledger = Ledger::new(None);
    assert_eq!(ledger.reserve(&id(1), 10_000, LATER), Reserved::Held);
    assert_eq!(ledger.available(), Availability::Unlimited);
}

#[test]
fn a_sale_is_taken_back_once() {
    let mut ledger = Ledger::new(Some(5));
    ledger.reserve(&id(1), 2, LATER);
    assert!(ledger.confirm(&id(1)));
    for _ in 0..2 {
        ledger.restock(&id(1));
        assert_eq!((ledger.available(), ledger.sold), (Availability::Units(5), 0));
    }
    ledger.reserve(&id(2), 2, LATER);
    ledger.restock(&id(2));
    assert_eq!(ledger.available(), Availability::Units(5), "what was only promised is given back");
}

#[test]
fn the_owner_of_a_promise_is_asked_when_its_time_is_over() {
    let mut ledger = Ledger::new(Some(5));
    assert_eq!(ledger.next_question(), None);
    ledger.reserve(&id(1), 2, LATER);
    ledger.reserve(&id(2), 1, LATER.plus(std::time::Duration::from_secs(9)));
    assert_eq!(ledger.next_question(), Some(LATER));
    assert_eq!(ledger.overdue(LATER), [(id(1), 2)]);

    let renewed = LATER.plus(std::time::Duration::from_mins(1));
    assert!(ledger.renew(&id(1), renewed));
    assert!(ledger.renew(&id(1), LATER), "an older wish does not shorten it");
    assert_eq!(ledger.overdue(LATER), []);
    assert_eq!(ledger.next_question(), Some(LATER.plus(std::time::Duration::from_secs(9))));
    ledger.release(&id(1));
    assert!(!ledger.renew(&id(1), renewed), "what was given back stays so");
}

#[test]
fn a_reservation_tells_whose_it_is() {
    let session = SessionId::parse("cs_0001_00000000000000000000000001").unwrap();
    let reservation = ReservationId::of(&session, 7, "li|1");
    assert_eq!(reservation.owner(), Some((session, 7)));
    assert_eq!(id(1).owner(), None);
}

#[derive(Clone, Debug)]
enum Act {
    Reserve(u8, u32),
    Release(u8),
    Confirm(u8),
    Restock(u8),
    Forget(u8),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..6_u8, 1..5_u32).prop_map(|(id, units)| Act::Reserve(id, units)),
        (0..6_u8).prop_map(Act::Release),
        (0..6_u8).prop_map(Act::Confirm),
        (0..6_u8).prop_map(Act::Restock),
        (0..6_u8).prop_map(Act::Forget),
    ]
}

proptest! {
    #[test]
    fn units_are_neither_made_nor_lost(acts in prop::collection::vec(any_act(), 0..60)) {
        let mut ledger = Ledger::new(Some(10));
        for act in acts {
            match act {
                Act::Reserve(number, units) => { ledger.reserve(&id(number), units, LATER); }
                Act::Release(number) => ledger.release(&id(number)),
                Act::Confirm(number) => { ledger.confirm(&id(number)); }
                Act::Restock(number) => ledger.restock(&id(number)),
                Act::Forget(number) => ledger.forget(&id(number)),
            }
            let free = u64::from(ledger.free.unwrap());
            prop_assert_eq!(free + ledger.reserved() + ledger.sold, 10);
        }
    }
}
