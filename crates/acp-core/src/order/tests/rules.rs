use super::*;
use crate::limits::FULFILLMENT_STEPS_MAX;
use crate::money::Currency;
use crate::order::{
    AdjustmentKind, AdjustmentStatus, CancelReason, FulfillmentKind, LineCount, LineStage,
    OrderCommand, OrderRefusal, OrderStage, OrderStatus, Progress, Tracking,
};

fn sent(lines: Vec<Units>, progress: Progress) -> OrderCommand {
    let kind = FulfillmentKind::Shipping;
    OrderCommand::Fulfill {
        kind,
        lines,
        progress,
        tracking: Tracking::default(),
        description: None,
    }
}

fn downloaded(progress: Progress) -> OrderCommand {
    let (kind, lines) = (FulfillmentKind::Digital, vec![units(1, "li_ebook")]);
    OrderCommand::Fulfill {
        kind,
        lines,
        progress,
        tracking: Tracking::default(),
        description: None,
    }
}

fn moved(fulfillment: u32, progress: Progress) -> OrderCommand {
    let tracking = Tracking::default();
    let progress = Some(progress);
    OrderCommand::Move { fulfillment, progress, tracking, note: None, location: None }
}

fn canceled(lines: Vec<Units>) -> OrderCommand {
    OrderCommand::Cancel { lines, reason: None }
}

fn refund(amount: Option<Money>) -> OrderCommand {
    OrderCommand::Refund { amount, lines: Vec::new(), reason: None }
}

fn mugs(told: &Told) -> LineCount {
    let ordered = told.order.ordered.as_ref().unwrap();
    told.order.count(&ordered.lines[0])
}

#[test]
fn an_order_is_what_its_events_tell() {
    let told = Told::paid();
    let total = told.order.authorized;
    assert_eq!((told.order.status, told.order.captured), (OrderStatus::Captured, total));
    assert_eq!((told.order.placed_at, told.order.changed_at), (at(1), at(2)));
    assert_eq!(Order::replay(order_id(), told.events[1..].iter().cloned()), None);
}

#[test]
fn what_was_ordered_is_what_the_session_said() {
    let ordered = ordered();
    let lines: Vec<_> =
        ordered.lines.iter().map(|line| (line.id.as_str(), line.quantity)).collect();
    assert_eq!(lines, [("li_mug", 3), ("li_tea", 1), ("li_ebook", 1)]);
    let ways: Vec<_> = ordered.deliveries.iter().map(|it| (it.kind, &*it.title)).collect();
    let (shipping, digital) = (FulfillmentKind::Shipping, FulfillmentKind::Digital);
    assert_eq!(ways, [(shipping, "standard"), (digital, "download")]);
    let city = ordered.deliveries[0].destination.as_ref().map(|address| &*address.city);
    assert_eq!((city, ordered.deliveries[1].destination.as_ref()), (Some("San Francisco"), None));
    assert!(ordered.window().is_some() && ordered.deliveries[1].window.is_none());
    assert_eq!(ordered.contact.email.as_deref(), Some("buyer@example.com"));
    assert_eq!(ordered.contact.address, None);
}

#[test]
fn a_courier_ships_and_a_counter_is_where_it_stands() {
    let ordered = |choice| Ordered::of(&chosen("1 mug", "San Francisco", choice), "1").deliveries;
    assert_eq!(ordered("local:courier")[0].kind, FulfillmentKind::Shipping);
    let pickup = &ordered("pickup:counter")[0];
    assert_eq!(pickup.kind, FulfillmentKind::Pickup);
    assert_eq!(pickup.destination.as_ref().map(|address| &*address.city), Some("Seattle"));
}

/// OR-05: the protocol's table.
#[test]
fn where_a_line_stands_follows_from_its_counts() {
    for (current, fulfilled, expected) in [
        (0, 0, LineStage::Removed),
        (2, 0, LineStage::Processing),
        (2, 1, LineStage::Partial),
        (2, 2, LineStage::Fulfilled),
    ] {
        let count = LineCount { ordered: 3, current, fulfilled, delivered: 0, open: 0 };
        assert_eq!(count.stage(), expected, "{current} {fulfilled}");
    }
}

#[test]
fn an_order_goes_from_confirmed_to_completed() {
    let mut told = Told::paid();
    assert_eq!(told.order.stage(), OrderStage::Confirmed);
    told.asked(sent(vec![units(2, "li_mug")], Progress::Pending)).unwrap();
    assert_eq!(told.order.stage(), OrderStage::Confirmed, "what waits has not begun");
    told.asked(moved(1, Progress::Shipped)).unwrap();
    assert_eq!(told.order.stage(), OrderStage::Processing);
    assert_eq!(mugs(&told).stage(), LineStage::Partial);
    told.asked(sent(vec![units(1, "li_mug"), units(1, "li_tea")], Progress::Shipped)).unwrap();
    told.asked(downloaded(Progress::Delivered)).unwrap();
    assert_eq!(told.order.stage(), OrderStage::Shipped);
    told.asked(moved(1, Progress::Delivered)).unwrap();
    assert_eq!(told.order.stage(), OrderStage::Shipped, "one parcel is still on its way");
    told.asked(moved(2, Progress::Delivered)).unwrap();
    assert_eq!(told.order.stage(), OrderStage::Completed);
}

#[test]
fn what_came_to_nothing_can_be_sent_again() {
    let mut told = Told::paid();
    let all = || sent(vec![units(3, "li_mug")], Progress::Shipped);
    told.asked(all()).unwrap();
    let (line, left) = (LineId::new("li_mug"), 0);
    assert_eq!(told.asked(all()), Err(OrderRefusal::TooMany { line, left }));
    told.asked(moved(1, Progress::Failed)).unwrap();
    assert_eq!((mugs(&told).fulfilled, mugs(&told).open), (0, 3));
    told.asked(all()).unwrap();
    assert_eq!(told.order.fulfillments.len(), 2);
}

/// OR-06: what was ordered stays, what is wanted falls.
#[test]
fn canceling_takes_off_what_is_not_sent() {
    let mut told = Told::paid();
    told.asked(sent(vec![units(1, "li_mug")], Progress::Shipped)).unwrap();
    told.asked(canceled(vec![units(2, "li_mug")])).unwrap();
    let count = mugs(&told);
    assert_eq!((count.ordered, count.current, count.fulfilled), (3, 1, 1));
    let refused = told.asked(canceled(vec![units(1, "li_mug")]));
    assert!(matches!(refused, Err(OrderRefusal::TooMany { left: 0, .. })), "{refused:?}");
}

#[test]
fn an_order_with_nothing_left_is_canceled() {
    let mut told = Told::paid();
    let all = vec![units(3, "li_mug"), units(1, "li_tea"), units(1, "li_ebook")];
    told.asked(canceled(all)).unwrap();
    assert_eq!(told.order.stage(), OrderStage::Canceled);

    let mut failed = Told::placed();
    failed.tell(OrderEvent::Canceled { reason: CancelReason::OutOfStock });
    assert_eq!((failed.order.stage(), mugs(&failed).current), (OrderStage::Canceled, 0));
    let refused = failed.asked(sent(vec![units(1, "li_mug")], Progress::Shipped));
    assert_eq!(refused, Err(OrderRefusal::Canceled));
}

#[test]
fn only_what_arrived_comes_back() {
    let mut told = Told::paid();
    told.asked(sent(vec![units(2, "li_mug")], Progress::Shipped)).unwrap();
    let back = || OrderCommand::Return { lines: vec![units(1, "li_mug")], reason: None };
    assert!(matches!(told.asked(back()), Err(OrderRefusal::TooMany { left: 0, .. })));
    told.asked(moved(1, Progress::Delivered)).unwrap();
    told.asked(back()).unwrap();
    let count = mugs(&told);
    assert_eq!((count.ordered, count.current, count.fulfilled, count.open), (3, 2, 1, 1));
    assert_eq!(told.order.adjustments[0].kind, AdjustmentKind::Return);
}

/// OR-07: two refunds, one of which fails.
#[test]
fn only_completed_refunds_count_and_pending_ones_are_spoken_for() {
    let mut told = Told::paid();
    let (total, few) = (told.order.captured, told.usd(500));
    told.asked(refund(Some(few))).unwrap();
    told.asked(refund(None)).unwrap();
    assert!(told.order.refunded.is_zero());
    assert_eq!(told.asked(refund(Some(few))), Err(OrderRefusal::NothingToRefund));

    let settle = |adjustment, status| OrderCommand::Settle { adjustment, status };
    told.asked(settle(1, AdjustmentStatus::Completed)).unwrap();
    told.asked(settle(2, AdjustmentStatus::Failed)).unwrap();
    assert_eq!(told.order.refunded, few);
    assert_eq!(told.asked(settle(1, AdjustmentStatus::Failed)), Err(OrderRefusal::Settled));
    let left = total.minus(few).unwrap();
    assert_eq!(told.asked(refund(Some(total))), Err(OrderRefusal::RefundTooLarge { left }));

    told.tell(OrderEvent::PaymentRefunded { amount: total });
    assert_eq!((told.order.refunded, told.order.captured), (total, total));
    assert_eq!(told.order.adjustments.last().unwrap().amount, Some(left));
}

#[test]
fn what_was_not_taken_is_not_given_back() {
    let mut told = Told::placed();
    let few = told.usd(1);
    assert_eq!(told.asked(refund(Some(few))), Err(OrderRefusal::NothingToRefund));
    assert_eq!(told.asked(refund(None)), Err(OrderRefusal::NothingToRefund));
}

#[test]
fn lines_are_named_once_and_go_their_own_way() {
    let mut told = Told::paid();
    let shipped = |lines| sent(lines, Progress::Shipped);
    let id = LineId::new;
    let refusals = [
        (OrderCommand::Return { lines: Vec::new(), reason: None }, OrderRefusal::NoLines),
        (shipped(vec![units(1, "li_pen")]), OrderRefusal::UnknownLine(id("li_pen"))),
        (
            shipped(vec![units(1, "li_mug"), units(1, "li_mug")]),
            OrderRefusal::LineTwice(id("li_mug")),
        ),
        (shipped(vec![units(1, "li_ebook")]), OrderRefusal::WrongWay(id("li_ebook"))),
        (downloaded(Progress::Shipped), OrderRefusal::Unsuited(Progress::Shipped)),
        (
            sent(vec![units(1, "li_mug")], Progress::Failed),
            OrderRefusal::Unsuited(Progress::Failed),
        ),
        (moved(1, Progress::Shipped), OrderRefusal::UnknownFulfillment),
    ];
    for (command, expected) in refusals {
        assert_eq!(told.asked(command), Err(expected));
    }
    assert_eq!(told.order.fulfillments, []);
}

#[test]
fn an_early_order_does_not_say_what_was_ordered() {
    let mut event = placed();
    if let OrderEvent::Placed { ordered, .. } = &mut event {
        *ordered = None;
    }
    let order = Order::replay(order_id(), [Recorded { at: at(1), event }]).unwrap();
    let mut told = Told { events: Vec::new(), order };
    assert_eq!(told.order.stage(), OrderStage::Confirmed);
    let refused = told.asked(sent(vec![units(1, "li_mug")], Progress::Shipped));
    assert_eq!(refused, Err(OrderRefusal::NotTracked));
}

/// OR-09: the words each kind knows.
#[test]
fn a_fulfillment_has_the_words_of_its_kind() {
    let words = |kind| Progress::ALL.into_iter().filter(|it| it.suits(kind)).count();
    let counts = FulfillmentKind::ALL.map(words);
    assert_eq!(counts, [8, 6, 5]);
}

#[test]
fn a_fulfillment_never_goes_back() {
    use Progress::{
        Canceled, Delivered, Failed, InTransit, OutForDelivery, Pending, Processing, Shipped,
    };
    for (from, to, may) in [
        (Pending, Shipped, true),
        (Processing, Pending, false),
        (Processing, Canceled, true),
        (Shipped, Processing, false),
        (Shipped, Canceled, false),
        (OutForDelivery, InTransit, true),
        (InTransit, Failed, true),
        (Delivered, Failed, false),
        (Failed, Shipped, false),
        (Delivered, Delivered, true),
    ] {
        assert_eq!(from.may_become(to), may, "{from:?} to {to:?}");
    }
}

#[test]
fn news_of_the_tracking_is_no_step_and_no_news_is_nothing() {
    let mut told = Told::paid();
    told.asked(sent(vec![units(1, "li_mug")], Progress::Shipped)).unwrap();
    let number = |number: &str| OrderCommand::Move {
        fulfillment: 1,
        progress: None,
        tracking: Tracking { number: Some(number.into()), ..Tracking::default() },
        note: None,
        location: None,
    };
    told.asked(number("1Z")).unwrap();
    let facts = told.events.len();
    told.asked(number("1Z")).unwrap();
    told.asked(moved(1, Progress::Shipped)).unwrap();
    assert_eq!(told.events.len(), facts);
    let fulfillment = &told.order.fulfillments[0];
    assert_eq!((fulfillment.tracking.number.as_deref(), fulfillment.steps.len()), (Some("1Z"), 1));
}

#[test]
fn what_is_told_of_a_fulfillment_has_a_bound_and_room_for_its_end() {
    let mut told = Told::paid();
    told.asked(sent(vec![units(1, "li_mug")], Progress::Shipped)).unwrap();
    let number = |number: usize| OrderCommand::Move {
        fulfillment: 1,
        progress: None,
        tracking: Tracking { number: Some(number.to_string().into()), ..Tracking::default() },
        note: None,
        location: None,
    };
    for news in 1..FULFILLMENT_STEPS_MAX {
        told.asked(number(news)).unwrap();
    }
    assert_eq!(told.asked(number(0)), Err(OrderRefusal::TooMuch));
    assert_eq!(told.order.fulfillments[0].steps.len(), 1, "none of it was a step");
    told.asked(moved(1, Progress::Delivered)).unwrap();
}

/// An order of some goods at one price and some that cost nothing, and of nothing else.
fn simple(code: &str, price: i64) -> Told {
    let money = |minor| Money::new(minor, Currency::parse(code).unwrap()).unwrap();
    let mut ordered = ordered();
    ordered.lines.retain(|line| line.id != LineId::new("li_tea"));
    for (line, total) in ordered.lines.iter_mut().zip([price, 0]) {
        line.totals.total = money(total);
    }
    let mut event = placed();
    if let OrderEvent::Placed { ordered: theirs, authorized, .. } = &mut event {
        *theirs = Some(Box::new(ordered));
        *authorized = money(price);
    }
    let events = vec![Recorded { at: at(1), event }];
    let order = Order::replay(order_id(), events.clone()).unwrap();
    Told { events, order }
}

#[test]
fn what_is_due_is_what_a_provider_can_take() {
    for (code, due) in [("usd", 6_666), ("jpy", 6_666), ("kwd", 6_670), ("tnd", 6_670)] {
        let mut told = simple(code, 10_000);
        told.asked(canceled(vec![units(1, "li_mug")])).unwrap();
        assert_eq!(told.order.due().minor(), due, "{code}");
        told.asked(canceled(vec![units(2, "li_mug")])).unwrap();
        assert!(told.order.due().is_zero(), "{code}: {}", told.order.due());
    }
}

#[test]
fn an_order_of_which_only_free_lines_are_left_is_called_off() {
    let mut told = simple("usd", 1_000);
    told.asked(canceled(vec![units(2, "li_mug")])).unwrap();
    assert!(!told.order.is_called_off(), "a mug is left to be paid for");
    told.asked(canceled(vec![units(1, "li_mug")])).unwrap();
    assert!(told.order.is_called_off(), "nobody pays for what costs nothing");
    assert_ne!(told.order.stage(), OrderStage::Canceled, "it is still there to be sent");

    let mut told = simple("usd", 1_000);
    told.asked(downloaded(Progress::Delivered)).unwrap();
    told.asked(canceled(vec![units(3, "li_mug")])).unwrap();
    assert!(!told.order.is_called_off(), "some of it was sent");
}

#[test]
fn an_order_is_handed_over_once_and_keeps_the_name_it_was_given() {
    let mut told = Told::placed();
    assert!(told.order.is_to_hand_over(false));
    let hand_over = |number| OrderCommand::HandOver { merchant_order: called(number) };
    told.asked(hand_over(1)).unwrap();
    let facts = told.events.len();
    assert_eq!(told.order.merchant_order, Some(called(1)));
    assert!(!told.order.is_to_hand_over(false) && !told.order.is_to_hand_over(true));

    told.asked(hand_over(2)).unwrap();
    assert_eq!((told.events.len(), &told.order.merchant_order), (facts, &Some(called(1))));
    // Two workers may each write it down.
    told.tell(OrderEvent::HandedOver { merchant_order: called(2) });
    assert_eq!(told.order.merchant_order, Some(called(1)));
}

#[test]
fn an_order_that_failed_before_is_not_handed_over() {
    let mut told = Told::placed();
    told.tell(OrderEvent::Canceled { reason: CancelReason::OutOfStock });
    assert!(!told.order.is_to_hand_over(false));
    assert!(told.order.is_to_hand_over(true), "it may be there already");
    // It may fail while it is on its way: then it was taken all the same.
    told.asked(OrderCommand::HandOver { merchant_order: called(1) }).unwrap();
    assert_eq!(told.order.merchant_order, Some(called(1)));
}
