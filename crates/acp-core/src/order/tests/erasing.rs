//! An order whose buyer is forgotten is the same order.

use super::super::{FulfillmentKind, OrderCommand, Progress, Tracking};
use super::{Order, Recorded, Told, order_id, units};
use crate::order::{ERASED, OrderEvent};

const NUMBER: &str = "1Z-parcel";

fn told() -> Told {
    let mut told = Told::paid();
    told.asked(OrderCommand::Fulfill {
        kind: FulfillmentKind::Shipping,
        lines: vec![units(2, "li_mug")],
        progress: Progress::Shipped,
        tracking: Tracking {
            carrier: Some("Post".into()),
            number: Some(NUMBER.into()),
            url: Some("https://post.example/1Z-parcel".into()),
        },
        description: Some("for Ada's neighbour".into()),
    })
    .unwrap();
    told.asked(OrderCommand::Move {
        fulfillment: 1,
        progress: Some(Progress::InTransit),
        tracking: Tracking { number: Some(NUMBER.into()), ..Tracking::default() },
        note: Some("Ada was not at home".into()),
        location: Some("Ada's street".into()),
    })
    .unwrap();
    told
}

#[test]
fn an_order_without_its_buyer_is_the_same_order() {
    let before = told();
    let events = before.events.iter().cloned();
    let erased: Vec<_> = events
        .map(|Recorded { at, event }| Recorded { at, event: event.without_person() })
        .collect();
    let after = Order::replay(order_id(), erased.clone()).unwrap();
    let (was, is) = (before.order.ordered.as_ref().unwrap(), after.ordered.as_ref().unwrap());
    assert_eq!((&was.lines, &was.totals, &was.number), (&is.lines, &is.totals, &is.number));
    let money = |order: &Order| (order.status, order.authorized, order.captured, order.refunded);
    assert_eq!(money(&before.order), money(&after));
    assert_eq!(before.order.fulfillments[0].lines, after.fulfillments[0].lines);
    assert_eq!(before.order.fulfillments[0].progress, after.fulfillments[0].progress);

    let (was, is) = (was.deliveries[0].destination.as_ref(), is.deliveries[0].destination.as_ref());
    let (was, is) = (was.unwrap(), is.unwrap());
    assert_eq!((&was.country, &was.state), (&is.country, &is.state), "taxes hang on these");
    assert_eq!([&*is.name, &*is.line_one, &*is.city, &*is.postal_code], [ERASED; 4]);
    let written = format!("{erased:?}");
    for trace in [NUMBER, "Ada", &was.line_one, &was.postal_code] {
        assert!(format!("{:?}", before.events).contains(trace), "{trace} was never there");
        assert!(!written.contains(trace), "{trace}: {written}");
    }
}

#[test]
fn erasing_twice_changes_nothing_more() {
    for Recorded { event, .. } in told().events {
        let once: OrderEvent = event.without_person();
        assert_eq!(once.clone().without_person(), once);
    }
}
