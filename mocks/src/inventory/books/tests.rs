use std::time::Duration;

use proptest::prelude::*;

use super::adjustments::Adjustment;
use super::*;

const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

fn books(uncounted: u32) -> Books {
    Books::new(Terms { uncounted: Some(uncounted), forgets_keys: false })
}

fn at(now: Timestamp) -> Call<'static> {
    Call { now, key: None, session: Some("cs_1"), is_out_of_stock: false }
}

fn mugs(units: u32) -> Goods {
    Goods { item: "mug".to_owned(), units }
}

fn minutes(minutes: u64) -> Timestamp {
    NOON.plus(Duration::from_mins(minutes))
}

fn adjustment(quantity: i64) -> Adjustment {
    serde_json::from_value(serde_json::json!({ "quantity": quantity, "note": "r" })).unwrap()
}

fn numbers(books: &Books) -> (Option<i64>, i64, i64) {
    let count = books.count("mug").unwrap();
    (count.free, count.held, count.sold)
}

/// The state a reservation of two mugs is brought to, of ten.
fn brought_to(state: &str) -> Books {
    let mut books = books(10);
    if state != "new" && state != "barred" {
        books.reserve(&at(NOON), "r", &mugs(2), minutes(10)).unwrap();
    }
    match state {
        "ran out" => books.catch_up(minutes(11)),
        "confirmed" => drop(books.confirm(&at(NOON), "r", &mugs(2)).unwrap()),
        "released" | "barred" => drop(books.release(&at(NOON), "r", &mugs(2)).unwrap()),
        "returned" => {
            books.confirm(&at(NOON), "r", &mugs(2)).unwrap();
            books.take_back(&at(NOON), "r", &mugs(2)).unwrap();
        }
        _ => {}
    }
    books
}

#[test]
fn each_call_finds_the_state_the_contract_has_for_it() {
    // Every state, and what each of four calls makes of it: a state, or that it is over.
    let held = State::Held { until: minutes(20) };
    let (confirmed, released, returned) = (State::Confirmed, State::Released, State::Returned);
    let table = [
        ("new", Some(held), None, Some(released), Some(returned)),
        ("held", Some(held), Some(confirmed), Some(released), Some(released)),
        ("ran out", Some(held), Some(confirmed), Some(released), Some(released)),
        ("confirmed", Some(confirmed), Some(confirmed), Some(confirmed), Some(returned)),
        ("released", None, None, Some(released), Some(released)),
        ("barred", None, None, Some(released), Some(released)),
        ("returned", None, None, Some(returned), Some(returned)),
    ];
    for (before, reserve, confirm, release, take_back) in table {
        let goods = mugs(2);
        // Twice: a repetition is answered the same, and moves nothing.
        let twice = |call: &dyn Fn(&mut Books) -> Result<Reservation, Refusal>| {
            let mut books = brought_to(before);
            let first = call(&mut books);
            let (numbers_then, lines) = (numbers(&books), books.movements().len());
            assert_eq!(call(&mut books), first, "{before}");
            assert_eq!((numbers(&books), books.movements().len()), (numbers_then, lines));
            first.map(|reservation| reservation.state)
        };
        let over = Refusal::Over;
        let reserved = twice(&|books| books.reserve(&at(NOON), "r", &goods, minutes(20)));
        assert_eq!(reserved, reserve.ok_or(over.clone()), "reserve of {before}");
        let confirmed = twice(&|books| books.confirm(&at(NOON), "r", &goods));
        assert_eq!(confirmed, confirm.ok_or(over.clone()), "confirm of {before}");
        let released = twice(&|books| books.release(&at(NOON), "r", &goods));
        assert_eq!(released, release.ok_or(over.clone()), "release of {before}");
        let returned = twice(&|books| books.take_back(&at(NOON), "r", &goods));
        assert_eq!(returned, take_back.ok_or(over), "return of {before}");
    }
}

#[test]
fn what_is_held_stays_so_until_the_later_time() {
    let mut books = brought_to("held");
    books.reserve(&at(NOON), "r", &mugs(2), minutes(20)).unwrap();
    books.reserve(&at(NOON), "r", &mugs(2), minutes(5)).unwrap();
    books.catch_up(minutes(19));
    assert_eq!(numbers(&books), (Some(8), 2, 0));
    books.catch_up(minutes(20));
    assert_eq!(numbers(&books), (Some(10), 0, 0));
    let last = books.movements().last().unwrap();
    assert_eq!((last.way, last.at_ms), (Way::RunOut, minutes(20).unix_ms()));
}

#[test]
fn a_late_confirmation_needs_units_that_are_still_there() {
    let mut books = brought_to("ran out");
    books.reserve(&at(NOON), "others", &mugs(9), minutes(60)).unwrap();
    assert_eq!(books.confirm(&at(NOON), "r", &mugs(2)), Err(Refusal::Over));
    books.release(&at(NOON), "others", &mugs(9)).unwrap();
    let unlucky = Call { is_out_of_stock: true, ..at(NOON) };
    books.confirm(&unlucky, "r", &mugs(2)).unwrap();
    assert_eq!(numbers(&books), (Some(8), 0, 2));
    // It must not run out any more.
    books.catch_up(minutes(1_000));
    assert_eq!(numbers(&books), (Some(8), 0, 2));
}

#[test]
fn an_id_is_always_of_the_same_goods() {
    let mut books = brought_to("held");
    let refused = books.confirm(&at(NOON), "r", &mugs(3));
    assert_eq!(refused, Err(Refusal::OtherGoods));
    let refused = books.reserve(&at(NOON), "r", &mugs(1), minutes(1));
    assert_eq!(refused, Err(Refusal::OtherGoods));
    assert_eq!(numbers(&books), (Some(8), 2, 0));
}

#[test]
fn fate_tells_of_too_little_and_nothing_moves() {
    let mut books = books(10);
    let unlucky = Call { is_out_of_stock: true, ..at(NOON) };
    let refused = books.reserve(&unlucky, "r", &mugs(3), minutes(1));
    assert_eq!(refused, Err(Refusal::OutOfStock { available: 2 }));
    let refused = books.adjust(&unlucky, "mug", &adjustment(-20));
    assert_eq!(refused, Err(Refusal::OutOfStock { available: 10 }));
    books.adjust(&unlucky, "mug", &adjustment(1)).unwrap();
    assert_eq!(numbers(&books), (Some(11), 0, 0));
}

#[test]
fn a_key_adjusts_once_for_a_month_and_says_the_same() {
    let mut books = books(10);
    let keyed = |now| Call { key: Some("k"), ..at(now) };
    let once = books.adjust(&keyed(NOON), "mug", &adjustment(-4)).unwrap();
    books.adjust(&at(NOON), "mug", &adjustment(-1)).unwrap();
    let late = NOON.plus(Duration::from_hours(24 * 31 - 1));
    assert_eq!(books.adjust(&keyed(late), "mug", &adjustment(-4)), Ok(once));
    let other = books.adjust(&keyed(late), "mug", &adjustment(-3));
    assert_eq!(other, Err(Refusal::OtherAdjustment));
    let other = books.adjust(&keyed(late), "pen", &adjustment(-4));
    assert_eq!(other, Err(Refusal::OtherAdjustment));
    assert_eq!(numbers(&books).0, Some(5));
    let later = NOON.plus(Duration::from_hours(24 * 31));
    books.adjust(&keyed(later), "mug", &adjustment(-4)).unwrap();
    assert_eq!(numbers(&books).0, Some(1));
}

#[test]
fn keys_that_are_not_honoured_take_again() {
    let mut books = Books::new(Terms { uncounted: Some(10), forgets_keys: true });
    let keyed = Call { key: Some("k"), ..at(NOON) };
    for left in [6, 2] {
        let count = books.adjust(&keyed, "mug", &adjustment(-4)).unwrap();
        assert_eq!(count.free, Some(left));
    }
    let refused = books.adjust(&keyed, "mug", &adjustment(-4));
    assert_eq!(refused, Err(Refusal::OutOfStock { available: 2 }));
}

#[test]
fn adjustments_that_make_no_sense_are_refused() {
    let mut books = books(10);
    for quantity in [0, 4_294_967_296, -4_294_967_296, i64::MIN] {
        let refused = books.adjust(&at(NOON), "mug", &adjustment(quantity));
        assert!(matches!(refused, Err(Refusal::Nonsense(_))), "{quantity}");
    }
}

#[test]
fn strict_books_know_only_what_was_counted() {
    let mut books = Books::new(Terms { uncounted: None, forgets_keys: false });
    let unknown = Err(Refusal::UnknownItem);
    assert_eq!(books.reserve(&at(NOON), "r", &mugs(1), minutes(1)), unknown);
    assert_eq!(books.adjust(&at(NOON), "mug", &adjustment(1)), Err(Refusal::UnknownItem));
    books.set(NOON, "mug", Some(1));
    books.reserve(&at(NOON), "r", &mugs(1), minutes(1)).unwrap();
    books.set(NOON, "pen", None);
    let pens = Goods { item: "pen".to_owned(), units: 4_000_000_000 };
    books.reserve(&at(NOON), "p", &pens, minutes(1)).unwrap();
    assert_eq!(books.count("pen").unwrap().free, None);
}

#[derive(Clone, Debug)]
enum Step {
    Reserve(u8, u32, u64),
    Confirm(u8, u32),
    Release(u8, u32),
    Return(u8, u32),
    Adjust(i64, Option<u8>),
    Count(Option<u32>),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    // Few ids and few units, so that calls meet.
    let (id, units) = (0..6_u8, 1..4_u32);
    prop_oneof![
        4 => (id.clone(), units.clone(), 0..8_u64).prop_map(|(id, n, t)| Step::Reserve(id, n, t)),
        2 => (id.clone(), units.clone()).prop_map(|(id, n)| Step::Confirm(id, n)),
        2 => (id.clone(), units.clone()).prop_map(|(id, n)| Step::Release(id, n)),
        2 => (id, units).prop_map(|(id, n)| Step::Return(id, n)),
        2 => (-5..5_i64, proptest::option::of(0..3_u8)).prop_map(|(n, key)| Step::Adjust(n, key)),
        1 => proptest::option::weighted(0.9, 0..9_u32).prop_map(Step::Count),
        2 => (0..5_u64).prop_map(Step::Wait),
    ]
}

fn take(books: &mut Books, now: &mut u64, step: &Step, is_out_of_stock: bool) {
    let call = Call { is_out_of_stock, ..at(minutes(*now)) };
    books.catch_up(call.now);
    let id = |id: &u8| format!("r{id}");
    match step {
        Step::Reserve(name, units, span) => {
            drop(books.reserve(&call, &id(name), &mugs(*units), minutes(*now + span)));
        }
        Step::Confirm(name, units) => drop(books.confirm(&call, &id(name), &mugs(*units))),
        Step::Release(name, units) => drop(books.release(&call, &id(name), &mugs(*units))),
        Step::Return(name, units) => drop(books.take_back(&call, &id(name), &mugs(*units))),
        Step::Adjust(quantity, key) => {
            let key = key.map(|key| format!("k{key}"));
            let call = Call { key: key.as_deref(), ..call };
            drop(books.adjust(&call, "mug", &adjustment(*quantity)));
        }
        Step::Count(free) => books.set(call.now, "mug", *free),
        Step::Wait(span) => *now += span,
    }
}

/// What the ledger says of free, held, sold and adjusted units, from the beginning.
fn told(movements: &[Movement], initial: i64) -> (i64, i64, i64, i64) {
    let mut told = (initial, 0, 0, 0);
    for Movement { way, units, .. } in movements {
        let (free, held, sold, adjusted) = match way {
            Way::Reserve => (-units, *units, 0, 0),
            Way::Confirm => (0, -units, *units, 0),
            Way::Release | Way::RunOut => (*units, -units, 0, 0),
            Way::Return => (*units, 0, -units, 0),
            Way::Adjust => (*units, 0, 0, *units),
            Way::Count => (*units, 0, 0, 0),
        };
        told = (told.0 + free, told.1 + held, told.2 + sold, told.3 + adjusted);
    }
    told
}

proptest! {
    #[test]
    fn no_unit_is_lost_or_sold_twice(
        steps in proptest::collection::vec((step(), proptest::bool::weighted(0.1)), 1..80)
    ) {
        let (mut books, mut now) = (books(6), 0);
        let mut was_endless = false;
        for (step, is_out_of_stock) in steps {
            take(&mut books, &mut now, &step, is_out_of_stock);
            let count = books.count("mug").unwrap();
            was_endless |= count.free.is_none();
            prop_assert!(count.held >= 0 && count.sold >= 0 && count.free.unwrap_or(0) >= 0);
            let sum = count.free.map(|free| free + count.held + count.sold - count.adjusted);
            prop_assert_eq!(sum, count.initial);
            let (free, held, sold, adjusted) = told(books.movements(), 6);
            prop_assert_eq!((held, sold, adjusted), (count.held, count.sold, count.adjusted));
            // What never runs out has no number the ledger could go on from.
            if !was_endless {
                prop_assert_eq!(Some(free), count.free);
            }
            let of = |wanted: fn(&State) -> bool| -> i64 {
                let wanted = books.reservations.values().filter(|known| wanted(&known.state));
                wanted.map(|known| i64::from(known.goods.units)).sum()
            };
            prop_assert_eq!(of(|state| matches!(state, State::Held { .. })), count.held);
            prop_assert_eq!(of(|state| *state == State::Confirmed), count.sold);
            let held = books.reservations.values();
            let held = held.filter(|known| matches!(known.state, State::Held { .. })).count();
            prop_assert_eq!(held, books.ends.len());
        }
    }
}
