//! What an agent is told unasked of an order.
//!
//! Since 2026-04-17 it is the whole order, as it is told to whoever asks for it. The versions before
//! have a form for it that they have nowhere else.

use acp_core::order::{AdjustmentKind, AdjustmentStatus, Order, OrderStage};
use acp_core::webhook::NewsKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::Amount;
use crate::voice::{Voice, written};

/// Money that went back to the buyer.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventRefund {
    /// How: always `original_payment`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// How much.
    #[schema(value_type = i64, minimum = 0)]
    amount: Amount,
}

/// The order, as far as these versions tell it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventDataOrder<'a> {
    /// Always `order`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The session it came from.
    checkout_session_id: &'a str,
    /// Where the buyer can look at it.
    permalink_url: String,
    /// Where it stands.
    status: &'static str,
    /// What went back to the buyer.
    refunds: Vec<EventRefund>,
}

#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: EventDataOrder<'a>,
}

/// Where an order stands, in the words these versions have for it.
const fn status(stage: OrderStage, kind: NewsKind) -> &'static str {
    match (stage, kind) {
        (OrderStage::Confirmed, NewsKind::OrderCreate) => "created",
        (OrderStage::Confirmed | OrderStage::Processing, _) => "confirmed",
        (OrderStage::Shipped, _) => "shipped",
        (OrderStage::Completed, _) => "fulfilled",
        (OrderStage::Canceled, _) => "canceled",
    }
}

/// The bytes of an event of a version before whole orders.
pub fn render_flat_news(order: &Order, kind: NewsKind, voice: &Voice<'_>) -> Vec<u8> {
    let refunds = order.adjustments.iter().filter(|made| {
        made.kind == AdjustmentKind::Refund && made.status == AdjustmentStatus::Completed
    });
    let refunds = refunds
        .filter_map(|made| made.amount)
        .map(|amount| EventRefund { kind: "original_payment", amount: amount.into() });
    written(&Event {
        kind: kind.as_str(),
        data: EventDataOrder {
            kind: "order",
            checkout_session_id: order.session.as_str(),
            permalink_url: voice.shop.order_link(order.id.as_str()),
            status: status(order.stage(), kind),
            refunds: refunds.collect(),
        },
    })
}

/// The bytes of an event with an order that is written already.
pub fn news_of_whole_order(order: &[u8], kind: NewsKind) -> Vec<u8> {
    let head = format!("{{\"type\":\"{}\",\"data\":", kind.as_str());
    [head.as_bytes(), order, b"}"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_laid_into_its_event_as_it_is() {
        let news = news_of_whole_order(br#"{"type":"order","id":"ord_1"}"#, NewsKind::OrderCreate);
        let read: serde_json::Value = serde_json::from_slice(&news).unwrap();
        assert_eq!(read["type"], "order_create");
        assert_eq!(read["data"]["id"], "ord_1");
    }

    #[test]
    fn every_stage_has_a_word_the_early_versions_know() {
        let known = ["created", "manual_review", "confirmed", "canceled", "shipped", "fulfilled"];
        for stage in OrderStage::ALL {
            for kind in NewsKind::OF_ORDERS {
                assert!(known.contains(&status(stage, kind)), "{stage:?}");
            }
        }
    }
}
