use acp_core::plan::{PlanStatus, StopReason};
use acp_core::webhook::PlanNews;
use serde::Serialize;

use crate::scalar::DateTime;
use crate::voice::written;

/// The form of what is told of a plan. A member that is new does not make it another one; one that
/// is gone or means something else does.
const FORM: u32 = 1;

/// Something that happened to a plan, for whoever is told unasked.
#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: EventData<'a>,
}

#[derive(Serialize)]
struct EventData<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    form: u32,
    plan_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<&'a str>,
    seq: u32,
    at: DateTime,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
    say: &'a str,
}

/// The bytes of what an agent is told of a plan.
pub fn render_plan_news(news: &PlanNews) -> Vec<u8> {
    written(&Event {
        kind: news.kind.as_str(),
        data: EventData {
            kind: "plan",
            form: FORM,
            plan_id: news.plan.as_str(),
            conversation_id: news.conversation.as_deref(),
            seq: news.seq,
            at: DateTime(news.at),
            status: PlanStatus::name(news.status),
            reason: news.reason.map(StopReason::name),
            order_id: news.order.as_ref().map(acp_core::ids::OrderId::as_str),
            say: &news.say,
        },
    })
}
