use proptest::prelude::*;

use super::*;
use crate::order::{AdjustmentStatus, FulfillmentKind, OrderCommand, Progress, Tracking};

const LINES: [&str; 4] = ["li_mug", "li_tea", "li_ebook", "li_pen"];
const ENDS: [AdjustmentStatus; 3] =
    [AdjustmentStatus::Pending, AdjustmentStatus::Completed, AdjustmentStatus::Failed];

#[derive(Clone, Debug)]
enum Step {
    Asked(OrderCommand),
    Captured,
}

fn any_units() -> impl Strategy<Value = Vec<Units>> {
    let some =
        (1..4_u32, prop::sample::select(&LINES)).prop_map(|(count, line)| units(count, line));
    prop::collection::vec(some, 0..3)
}

fn any_progress() -> impl Strategy<Value = Progress> {
    prop::sample::select(&Progress::ALL)
}

fn any_fulfillment() -> impl Strategy<Value = OrderCommand> {
    let kind = prop::sample::select(&FulfillmentKind::ALL);
    (kind, any_units(), any_progress()).prop_map(|(kind, lines, progress)| OrderCommand::Fulfill {
        kind,
        lines,
        progress,
        tracking: Tracking::default(),
        description: None,
    })
}

fn any_move() -> impl Strategy<Value = OrderCommand> {
    let note = prop::option::of(Just("a note".into()));
    (1..6_u32, prop::option::of(any_progress()), note).prop_map(|(fulfillment, progress, note)| {
        let tracking = Tracking::default();
        OrderCommand::Move { fulfillment, progress, tracking, note, location: None }
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    let amount = prop::option::of((0..6_000_i64).prop_map(|minor| Told::placed().usd(minor)));
    let reason = None;
    let command = prop_oneof![
        3 => any_fulfillment(),
        4 => any_move(),
        1 => any_units()
            .prop_map(|lines| OrderCommand::Cancel { lines, reason: None }),
        2 => any_units()
            .prop_map(|lines| OrderCommand::Return { lines, reason: None }),
        3 => (amount, any_units()).prop_map(move |(amount, lines)| {
            OrderCommand::Refund { amount, lines, reason: reason.clone() }
        }),
        2 => (1..8_u32, prop::sample::select(&ENDS))
            .prop_map(|(adjustment, status)| OrderCommand::Settle { adjustment, status }),
        1 => (1..4_u32).prop_map(|number| OrderCommand::HandOver { merchant_order: called(number) }),
    ];
    prop_oneof![8 => command.prop_map(Step::Asked), 1 => Just(Step::Captured)]
}

fn assert_sound(order: &Order) {
    let ordered = order.ordered.as_ref().unwrap();
    for line in &ordered.lines {
        let count = order.count(line);
        assert_eq!(count.ordered, line.quantity, "OR-06");
        assert!(count.current <= count.ordered, "{count:?}");
        assert!(count.fulfilled <= count.current, "{count:?}");
        assert!(count.delivered <= count.fulfilled, "{count:?}");
        assert!(count.fulfilled + count.open <= count.current, "{count:?}");
    }
    for fulfillment in &order.fulfillments {
        let words = fulfillment.steps.iter().map(|step| step.progress);
        let words: Vec<_> = words.chain([fulfillment.progress]).collect();
        assert!(words.iter().all(|word| word.suits(fulfillment.kind)), "OR-09: {words:?}");
        assert!(words.windows(2).all(|pair| pair[0].may_become(pair[1])), "{words:?}");
    }
    let sum = |status| order.refunds(status).minor();
    let (back, pending) = (sum(AdjustmentStatus::Completed), sum(AdjustmentStatus::Pending));
    assert!(back + pending <= order.captured.minor(), "{back} and {pending} of {order:?}");
    assert_eq!(order.refunded.minor(), back, "OR-07");
}

/// OR-11: what was told of an order is not taken back.
fn assert_grew(before: &Order, after: &Order) {
    assert_eq!(before.ordered, after.ordered, "OR-06: what was ordered, and its totals");
    assert!(before.refunded.minor() <= after.refunded.minor());
    assert!(before.merchant_order.is_none() || before.merchant_order == after.merchant_order);
    for (was, is) in before.fulfillments.iter().zip(&after.fulfillments) {
        assert!(is.steps.starts_with(&was.steps), "{was:?} {is:?}");
        assert_eq!((was.number, was.kind, &was.lines), (is.number, is.kind, &is.lines));
    }
    for (was, is) in before.adjustments.iter().zip(&after.adjustments) {
        let settled = was.status == AdjustmentStatus::Pending || was.status == is.status;
        assert!(settled && (was.number, was.at, was.amount) == (is.number, is.at, is.amount));
    }
    assert!(before.fulfillments.len() <= after.fulfillments.len());
    assert!(before.adjustments.len() <= after.adjustments.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_order_stays_sound_whatever_is_asked_of_it(
        steps in prop::collection::vec(any_step(), 1..40),
    ) {
        let mut told = Told::placed();
        for step in steps {
            let before = told.clone();
            match step {
                Step::Asked(command) => {
                    let refused = told.asked(command).is_err();
                    prop_assert!(!refused || told.events == before.events);
                }
                Step::Captured if told.order.captured.is_zero() => {
                    let amount = told.order.authorized;
                    told.tell(OrderEvent::PaymentCaptured { amount });
                }
                Step::Captured => {}
            }
            assert_sound(&told.order);
            assert_grew(&before.order, &told.order);
            prop_assert!(told.events.starts_with(&before.events));
        }
        let replayed = Order::replay(order_id(), told.events.clone());
        prop_assert_eq!(replayed, Some(told.order), "replay is live");
    }
}
