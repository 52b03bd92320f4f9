use std::time::Duration;

use proptest::prelude::*;

use super::ledger::Wish;
use super::*;
use crate::ids::{AgentId, ItemId, MandateId, Partition, Random128, SessionId, TenantId};
use crate::limits::{LEDGER_ENTRIES_MAX, LEDGER_ENTRY_KEPT, MANDATE_LIFE_MAX};
use crate::money::{Currency, Money};
use crate::refusal::Refusal;
use crate::time::Timestamp;

const PLAN: PlanDigest = PlanDigest([1; 32]);
const NOON: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

fn home() -> Partition {
    Partition::new(3).unwrap()
}

fn session(number: u8) -> SessionId {
    SessionId::new(home(), Random128([number; 16]))
}

/// A hundred dollars a day, in at most five orders of at most fifty.
fn mandate() -> Mandate {
    Mandate {
        id: MandateId::new(home(), Random128([9; 16])),
        version: 1,
        tenant: TenantId::new("honeyshop"),
        principal: "ada".into(),
        agents: vec![AgentId::new("chatgpt")],
        currency: Currency::parse("usd").unwrap(),
        per_order: money(5_000),
        per_unit: None,
        budget: Budget {
            limit: money(10_000),
            orders: Some(5),
            window: Window::Day,
            time_zone: "Europe/Rome".into(),
        },
        approval_above: None,
        restriction: Restriction::default(),
        valid_from: NOON.minus(Duration::from_hours(1)),
        valid_until: NOON.plus(Duration::from_hours(24 * 365)),
        standing: Standing::Active,
        is_for_one_plan: false,
    }
}

fn bought(item: &str, unit_price: i64) -> Bought {
    Bought {
        item: ItemId::new(item),
        categories: vec!["food".into()],
        unit_price: money(unit_price),
        is_stored_value: false,
    }
}

fn purchase(total: i64) -> Purchase {
    Purchase {
        agent: AgentId::new("chatgpt"),
        merchant: TenantId::new("honeyshop"),
        lines: vec![bought("honey", 900)],
        country: Some("IT".into()),
        total: money(total),
    }
}

fn today() -> Span {
    Span { from: NOON.minus(Duration::from_hours(12)), until: NOON.plus(Duration::from_hours(12)) }
}

/// Something to be reserved; its session is that of the key.
struct Wanted {
    key: String,
    session: SessionId,
    purchase: Purchase,
    approval: Option<Approval>,
    now: Timestamp,
}

impl Wanted {
    fn new(key: u8, total: i64) -> Self {
        Self {
            key: format!("key {key}"),
            session: session(key),
            purchase: purchase(total),
            approval: None,
            now: NOON,
        }
    }

    fn take(&self, ledger: &mut Ledger, mandate: &Mandate) -> Result<SpendPermit, Denied> {
        let wish = Wish {
            key: &self.key,
            plan: PLAN,
            session: &self.session,
            purchase: &self.purchase,
            approval: self.approval.as_ref(),
            now: self.now,
            expires_at: self.now.plus(Duration::from_mins(10)),
        };
        ledger.reserve(mandate, wish, today())
    }
}

fn approval(total: i64) -> Approval {
    Approval {
        id: "yes".into(),
        plan: PLAN,
        total: money(total),
        approver: "ada".into(),
        at: NOON,
        expires_at: NOON.plus(Duration::from_mins(10)),
    }
}

#[test]
fn what_is_reserved_can_be_spent_for_that_session_and_amount_alone() {
    let take = || Wanted::new(1, 1_000).take(&mut Ledger::default(), &mandate()).unwrap();
    assert_eq!(take().spend(&session(1), money(1_000), NOON), Ok(()));
    assert_eq!(take().spend(&session(2), money(1_000), NOON), Err(NotCovered::AnotherSession));
    for other in [999, 1_001] {
        let refused = NotCovered::AnotherAmount(money(1_000));
        assert_eq!(take().spend(&session(1), money(other), NOON), Err(refused));
    }
    let late = NOON.plus(Duration::from_mins(10));
    assert_eq!(take().spend(&session(1), money(1_000), late), Err(NotCovered::Expired));
}

#[test]
fn a_key_takes_once_however_often_it_asks() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    let wanted = Wanted::new(1, 4_000);
    for _ in 0..5 {
        assert_eq!(wanted.take(&mut ledger, &mandate).unwrap().amount(), money(4_000));
    }
    assert_eq!(ledger.used(Window::Day, today()).unwrap(), Folded { spent: 4_000, orders: 1 });
    assert_eq!(Wanted::new(1, 3_999).take(&mut ledger, &mandate), Err(Denied::KeyUsed));
}

#[test]
fn a_key_that_was_let_go_of_takes_nothing_any_more() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    let wanted = Wanted::new(1, 4_000);
    drop(wanted.take(&mut ledger, &mandate).unwrap());
    ledger.release(&wanted.key).unwrap();
    assert_eq!(wanted.take(&mut ledger, &mandate), Err(Denied::Released));
    let revoked = Mandate { standing: Standing::Revoked, ..mandate.clone() };
    let held = Wanted::new(2, 10);
    drop(held.take(&mut ledger, &mandate).unwrap());
    assert_eq!(held.take(&mut ledger, &revoked), Err(Denied::Revoked));
    ledger.release(&held.key).unwrap();
    assert_eq!(ledger.commit(&wanted.key), Err(Unknown::Released));
    assert_eq!(ledger.used(Window::Day, today()).unwrap(), Folded::default());
}

#[test]
fn a_key_that_was_closed_takes_nothing_any_more() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    let [late, held, spent] =
        [(1, 4_000), (2, 10), (3, 20)].map(|(key, cost)| Wanted::new(key, cost));
    for wanted in [&held, &spent] {
        drop(wanted.take(&mut ledger, &mandate).unwrap());
    }
    ledger.commit(&spent.key).unwrap();
    let close = |ledger: &mut Ledger, wanted: &Wanted| {
        ledger.close(&wanted.key, (PLAN, &wanted.session), money(0), NOON)
    };
    for wanted in [&late, &held, &late] {
        close(&mut ledger, wanted).unwrap();
    }
    assert_eq!(close(&mut ledger, &spent), Err(Unknown::Committed));
    assert_eq!(late.take(&mut ledger, &mandate), Err(Denied::KeyUsed));
    assert_eq!(held.take(&mut ledger, &mandate), Err(Denied::Released));
    assert_eq!(ledger.entries().len(), 3);
    assert_eq!(ledger.used(Window::Day, today()).unwrap(), Folded { spent: 20, orders: 1 });
}

#[test]
fn what_was_spent_is_refunded_and_not_released() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    let wanted = Wanted::new(1, 4_000);
    drop(wanted.take(&mut ledger, &mandate).unwrap());
    assert_eq!(ledger.refund(&wanted.key, money(1)), Err(Unknown::Held));
    ledger.commit(&wanted.key).unwrap();
    assert_eq!(ledger.release(&wanted.key), Err(Unknown::Committed));
    ledger.refund(&wanted.key, money(1_500)).unwrap();
    ledger.refund(&wanted.key, money(500)).unwrap();
    assert_eq!(ledger.used(Window::Day, today()).unwrap(), Folded { spent: 2_500, orders: 1 });
    assert_eq!(ledger.refund(&wanted.key, money(4_001)), Err(Unknown::TooMuch));
    ledger.refund(&wanted.key, money(4_000)).unwrap();
    assert_eq!(ledger.used(Window::Day, today()).unwrap(), Folded::default());
}

#[test]
fn limits_of_orders_budgets_and_counts_hold() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    let over = Wanted::new(0, 5_001).take(&mut ledger, &mandate);
    assert_eq!(over, Err(Denied::Order(money(5_000))));
    for (key, total) in [(1, 5_000), (2, 4_999)] {
        drop(Wanted::new(key, total).take(&mut ledger, &mandate).unwrap());
    }
    let over = Wanted::new(3, 2).take(&mut ledger, &mandate);
    assert_eq!(over, Err(Denied::Budget(money(1))));

    let mut ledger = Ledger::default();
    for key in 0..5 {
        drop(Wanted::new(key, 1).take(&mut ledger, &mandate).unwrap());
    }
    assert_eq!(Wanted::new(6, 1).take(&mut ledger, &mandate), Err(Denied::Orders));
}

#[test]
fn a_window_that_is_over_counts_no_more_but_a_clock_that_is_set_back_makes_no_room() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    let mut early = Wanted::new(1, 5_000);
    early.now = NOON.minus(Duration::from_mins(30));
    drop(early.take(&mut ledger, &mandate).unwrap());
    let later = Span { from: NOON, until: NOON.plus(Duration::from_hours(24)) };
    assert_eq!(ledger.used(Window::Day, later).unwrap(), Folded::default());
    let before = Span { from: NOON.minus(Duration::from_hours(99)), until: early.now };
    assert_eq!(ledger.used(Window::Day, before).unwrap(), Folded { spent: 5_000, orders: 1 });
}

#[test]
fn a_mandate_is_for_what_it_says() {
    type Change = fn(&mut Mandate, &mut Purchase);
    let honey = || ItemId::new("honey");
    let cases: [(Change, Denied); 15] = [
        (|mandate, _| mandate.standing = Standing::Revoked, Denied::Revoked),
        (|mandate, _| mandate.valid_from = NOON.plus(Duration::from_millis(1)), Denied::TooEarly),
        (|mandate, _| mandate.valid_until = NOON, Denied::Expired),
        (|mandate, _| mandate.agents.clear(), Denied::AnotherAgent),
        (|_, purchase| purchase.agent = AgentId::new("other"), Denied::AnotherAgent),
        (|_, it| it.total = Money::zero(Currency::parse("eur").unwrap()), Denied::Currency),
        (|_, it| it.merchant = TenantId::new("other"), Denied::AnotherMerchant),
        (|it, _| it.restriction.items = vec![ItemId::new("tea")], Denied::Item(honey())),
        (|it, _| it.restriction.categories = vec!["books".into()], Denied::Item(honey())),
        (|it, _| it.restriction.denied_items = vec![ItemId::new("honey")], Denied::Item(honey())),
        (|it, _| it.restriction.denied_categories = vec!["food".into()], Denied::Item(honey())),
        (|_, it| it.lines[0].is_stored_value = true, Denied::StoredValue(honey())),
        (|it, _| it.restriction.countries = vec!["FR".into()], Denied::Country("IT".into())),
        (
            |it, _| it.per_unit = Some(money(899)),
            Denied::UnitPrice { item: honey(), at_most: money(899) },
        ),
        (|it, _| it.approval_above = Some(money(999)), Denied::NeedsApproval),
    ];
    for (change, denied) in cases {
        let (mut mandate, mut wanted) = (mandate(), Wanted::new(1, 1_000));
        change(&mut mandate, &mut wanted.purchase);
        let mut ledger = Ledger::default();
        assert_eq!(wanted.take(&mut ledger, &mandate), Err(denied));
        assert_eq!(ledger, Ledger::default());
    }
}

#[test]
fn a_list_lets_in_what_is_on_it_or_in_a_category_of_it() {
    let mut mandate = mandate();
    mandate.restriction.items = vec![ItemId::new("tea")];
    mandate.restriction.categories = vec!["food".into()];
    let mut purchase = purchase(1_000);
    assert_eq!(mandate.judge(&purchase, NOON), Ok(()));
    purchase.lines.push(Bought { categories: Vec::new(), ..bought("tea", 100) });
    assert_eq!(mandate.judge(&purchase, NOON), Ok(()));
    purchase.lines.push(Bought { categories: Vec::new(), ..bought("pen", 100) });
    assert_eq!(mandate.judge(&purchase, NOON), Err(Denied::Item(ItemId::new("pen"))));
}

#[test]
fn an_approval_is_good_for_one_plan_and_one_time() {
    let mut mandate = mandate();
    mandate.approval_above = Some(money(2_000));
    let with = |key, total, approval: Option<Approval>| {
        let mut wanted = Wanted::new(key, total);
        wanted.approval = approval;
        wanted
    };
    let mut ledger = Ledger::default();
    drop(with(1, 2_000, None).take(&mut ledger, &mandate).unwrap());
    let other_plan = Approval { plan: PlanDigest([2; 32]), ..approval(2_001) };
    let too_late = Approval { expires_at: NOON, ..approval(2_001) };
    let too_long = Approval {
        expires_at: NOON.plus(LEDGER_ENTRY_KEPT).plus(Duration::from_millis(1)),
        ..approval(2_001)
    };
    for wrong in [other_plan, too_late, too_long, approval(2_000), approval(2_002)] {
        let refused = with(2, 2_001, Some(wrong)).take(&mut ledger, &mandate);
        assert_eq!(refused, Err(Denied::AnotherApproval));
    }
    drop(with(2, 2_001, Some(approval(2_001))).take(&mut ledger, &mandate).unwrap());
    let again = with(3, 2_001, Some(approval(2_001))).take(&mut ledger, &mandate);
    assert_eq!(again, Err(Denied::ApprovalUsed));
    ledger.release("key 2").unwrap();
    let released = with(3, 2_001, Some(approval(2_001))).take(&mut ledger, &mandate);
    assert_eq!(released, Err(Denied::ApprovalUsed));
}

#[test]
fn what_is_held_too_long_is_asked_about_and_never_let_go_of_by_itself() {
    let (mut ledger, mandate) = (Ledger::default(), mandate());
    drop(Wanted::new(1, 5_000).take(&mut ledger, &mandate).unwrap());
    let later = NOON.plus(Duration::from_mins(10));
    assert_eq!(ledger.overdue(NOON).count(), 0);
    assert_eq!(ledger.overdue(later).count(), 1);
    let mut wanted = Wanted::new(2, 5_001);
    wanted.now = later;
    wanted.purchase.total = money(5_000);
    drop(wanted.take(&mut ledger, &mandate).unwrap());
    assert_eq!(Wanted::new(3, 1).take(&mut ledger, &mandate), Err(Denied::Budget(money(0))));
    ledger.commit("key 1").unwrap();
    assert_eq!(ledger.overdue(later).count(), 0);
}

#[test]
fn old_entries_become_a_sum_and_a_full_ledger_waits() {
    let mut mandate = mandate();
    mandate.budget = Budget {
        limit: money(99_999_999),
        orders: None,
        window: Window::Total,
        time_zone: "UTC".into(),
    };
    let mut ledger = Ledger::default();
    let fill = |ledger: &mut Ledger, now: Timestamp, count: usize, from: usize| {
        for number in from..from + count {
            let mut wanted = Wanted::new(0, 7);
            wanted.key = format!("key {number}");
            wanted.now = now;
            drop(wanted.take(ledger, &mandate).unwrap());
            ledger.commit(&wanted.key).unwrap();
        }
    };
    fill(&mut ledger, NOON, LEDGER_ENTRIES_MAX, 0);
    let mut next = Wanted::new(0, 7);
    next.key = "one more".into();
    assert_eq!(next.take(&mut ledger, &mandate), Err(Denied::Full));
    let later = NOON.plus(LEDGER_ENTRY_KEPT).plus(Duration::from_millis(1));
    // Who is refused now may ask again when there is room.
    let mut closed = ledger.clone();
    closed.close(&next.key, (PLAN, &next.session), money(0), later).unwrap();
    next.now = later;
    assert_eq!(next.take(&mut closed, &mandate), Err(Denied::KeyUsed));
    fill(&mut ledger, later, 1, LEDGER_ENTRIES_MAX);
    assert_eq!(ledger.entries().len(), 1);
    let used = ledger.used(Window::Total, Span::EVER).unwrap();
    let count = i64::try_from(LEDGER_ENTRIES_MAX).unwrap() + 1;
    assert_eq!((used.spent, i64::from(used.orders)), (count * 7, count));
}

#[test]
fn a_mandate_keeps_what_its_ledger_is_added_up_by() {
    let now = mandate();
    let next = |change: fn(&mut Mandate)| {
        let mut next = Mandate { version: 2, ..mandate() };
        change(&mut next);
        now.may_become(&next)
    };
    assert_eq!(next(|it| it.per_order = money(1)), Ok(()));
    assert_eq!(next(|it| it.version = 3), Err(Fixed::Version));
    assert_eq!(next(|it| it.principal = "eve".into()), Err(Fixed::Principal));
    assert_eq!(next(|it| it.currency = Currency::parse("jpy").unwrap()), Err(Fixed::Currency));
    assert_eq!(next(|it| it.budget.window = Window::Total), Err(Fixed::Window));
    assert_eq!(next(|it| it.budget.time_zone = "UTC".into()), Err(Fixed::Window));
    let revoked = Mandate { standing: Standing::Revoked, ..mandate() };
    let again = Mandate { version: 2, ..mandate() };
    assert_eq!(revoked.may_become(&again), Err(Fixed::Revoked));
}

/// Something that happens to a ledger.
#[derive(Clone, Debug)]
enum Act {
    Reserve { key: u8, total: i64 },
    Commit { key: u8 },
    Release { key: u8 },
    Refund { key: u8, in_all: i64 },
    Wait { minutes: u64 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let key = 0..12_u8;
    let act = prop_oneof![
        4 => (key.clone(), 0..6_000_i64).prop_map(|(key, total)| Act::Reserve { key, total }),
        2 => key.clone().prop_map(|key| Act::Commit { key }),
        1 => key.clone().prop_map(|key| Act::Release { key }),
        1 => (key, 0..6_000_i64).prop_map(|(key, in_all)| Act::Refund { key, in_all }),
        1 => (0..600_u64).prop_map(|minutes| Act::Wait { minutes }),
    ];
    proptest::collection::vec(act, 0..120)
}

proptest! {
    /// Counted by somebody who believes nothing but permits and refunds.
    #[test]
    fn no_order_of_events_lets_more_out_than_the_limits(acts in acts()) {
        let (mut ledger, mandate) = (Ledger::default(), mandate());
        let (mut now, mut out) = (NOON, std::collections::BTreeMap::<u8, i64>::new());
        for act in acts {
            match act {
                Act::Reserve { key, total } => {
                    let mut wanted = Wanted::new(key, total);
                    wanted.now = now;
                    if wanted.take(&mut ledger, &mandate).is_ok() {
                        prop_assert!(total <= 5_000);
                        out.entry(key).or_insert(total);
                    }
                }
                Act::Commit { key } => drop(ledger.commit(&format!("key {key}"))),
                Act::Release { key } => {
                    if ledger.release(&format!("key {key}")).is_ok() {
                        out.insert(key, 0);
                    }
                }
                Act::Refund { key, in_all } => {
                    if ledger.refund(&format!("key {key}"), money(in_all)).is_ok() {
                        let entry = ledger.entries().iter().find(|it| *it.key == *format!("key {key}"));
                        let left = entry.map_or(0, |it| it.amount.minor() - in_all);
                        let known = out.entry(key).or_default();
                        *known = left.min(*known);
                    }
                }
                Act::Wait { minutes } => now = now.plus(Duration::from_mins(minutes.min(1))),
            }
            prop_assert!(out.values().sum::<i64>() <= 10_000);
            let used = ledger.used(Window::Day, today()).unwrap();
            prop_assert_eq!(used.spent, out.values().sum::<i64>());
            prop_assert!(used.orders <= 5);
        }
    }
}

fn change() -> ChangeMandate {
    ChangeMandate::default()
}

#[test]
fn a_change_is_made_on_top_of_what_was_seen_and_of_nothing_that_was_taken_back() {
    let mandate = mandate();
    let wish = ChangeMandate { per_order: Some(1), ..change() };
    let next = mandate.changed(1, wish.clone(), NOON).unwrap();
    assert_eq!((next.version, next.per_order), (2, money(1)));
    assert_eq!(Mandate { version: 1, per_order: money(5_000), ..next.clone() }, mandate);
    assert_eq!(next.changed(1, wish.clone(), NOON), Err(Refusal::MandateChanged(2)));
    let gone = mandate.revoked();
    assert_eq!((gone.version, gone.standing), (2, Standing::Revoked));
    assert_eq!(gone.revoked(), gone);
    assert_eq!(gone.changed(2, wish, NOON), Err(Refusal::MandateRevoked));
}

#[test]
fn what_a_ledger_is_counted_by_never_changes() {
    let yen = Currency::parse("jpy").unwrap();
    for (wish, path) in [
        (ChangeMandate { currency: Some(yen), ..change() }, "$.currency"),
        (ChangeMandate { window: Some(Window::Total), ..change() }, "$.budget"),
        (ChangeMandate { time_zone: Some("UTC".into()), ..change() }, "$.budget"),
        (ChangeMandate { limit: Some(i64::MAX), ..change() }, "$.budget.limit"),
        (ChangeMandate { per_order: Some(-1), ..change() }, "$.max_per_order"),
        (ChangeMandate { valid_until: Some(NOON), ..change() }, "$.valid_until"),
    ] {
        let refused = mandate().changed(1, wish, NOON);
        let Err(Refusal::Faulty(fault)) = refused else { panic!("{refused:?}") };
        assert_eq!(fault.path, path);
    }
}

#[test]
fn a_mandate_ends_after_it_begins_and_not_too_far_away() {
    let wish = |from: Option<Timestamp>, until| GiveMandate {
        agents: vec![AgentId::new("chatgpt")],
        per_order: money(1),
        per_unit: None,
        budget: mandate().budget,
        approval_above: None,
        restriction: Restriction::default(),
        valid_from: from,
        valid_until: until,
    };
    let given = |from, until| {
        let given = Given {
            id: MandateId::new(home(), Random128([9; 16])),
            tenant: TenantId::new("honeyshop"),
            principal: "ada".into(),
        };
        Mandate::given(given, wish(from, until), NOON).map(|it| (it.valid_from, it.version))
    };
    let hour = Duration::from_hours(1);
    assert_eq!(given(None, NOON.plus(hour)), Ok((NOON, 1)));
    let longest = NOON.plus(MANDATE_LIFE_MAX);
    assert_eq!(given(Some(NOON.minus(hour)), longest), Ok((NOON.minus(hour), 1)));
    for (from, until) in [
        (None, NOON),
        (Some(NOON.plus(hour)), NOON.plus(hour)),
        (Some(NOON.minus(hour)), NOON),
        (None, longest.plus(Duration::from_millis(1))),
    ] {
        assert_eq!(given(from, until).unwrap_err().path, "$.valid_until");
    }
}

#[test]
fn what_is_left_is_what_can_still_be_taken() {
    let (mut ledger, mut mandate) = (Ledger::default(), mandate());
    for (key, total) in [(1, 3_000), (2, 2_000), (3, 1_000)] {
        drop(Wanted::new(key, total).take(&mut ledger, &mandate).unwrap());
    }
    ledger.commit("key 1").unwrap();
    ledger.refund("key 1", money(500)).unwrap();
    ledger.release("key 3").unwrap();
    let left = ledger.left(&mandate, today()).unwrap();
    assert_eq!((left.held, left.spent, left.left), (2_000, 2_500, 5_500));
    assert_eq!((left.orders, left.orders_left), (2, Some(3)));
    mandate.per_order = money(10_000);
    assert!(Wanted::new(4, 5_501).take(&mut ledger, &mandate).is_err());
    drop(Wanted::new(4, 5_500).take(&mut ledger, &mandate).unwrap());
    mandate.budget.limit = money(1);
    assert_eq!(ledger.left(&mandate, today()).unwrap().left, 0, "never below nothing");
}
