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

#[derive(Clone, Debug)]
enum Act {
    Reserve(u8, u32),
    Release(u8),
    Confirm(u8),
    Forget(u8),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..6_u8, 1..5_u32).prop_map(|(id, units)| Act::Reserve(id, units)),
        (0..6_u8).prop_map(Act::Release),
        (0..6_u8).prop_map(Act::Confirm),
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
                Act::Forget(number) => ledger.forget(&id(number)),
            }
            let free = u64::from(ledger.free.unwrap());
            prop_assert_eq!(free + ledger.reserved() + ledger.sold, 10);
        }
    }
}
