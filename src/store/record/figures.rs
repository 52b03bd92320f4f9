//! What whoever watches is told of commits that became true: how often what happened.

use std::time::Duration;

use acp_core::order::OrderEvent;
use acp_core::plan::{Moment, MomentKind, Plan};
use acp_core::ports::{Change, Committed, PlanWrite, SessionWrite};
use acp_core::session::SessionEvent;

use crate::telemetry::measures;

/// What a change would say, read before it is taken apart. A commit holds few of each, and nothing
/// is read where nobody watches.
pub(super) struct Figures {
    session: Option<&'static str>,
    payment: Option<&'static str>,
    orders: Vec<&'static str>,
}

impl Figures {
    pub(super) fn of(change: &Change) -> Self {
        if measures().is_none() {
            return Self { session: None, payment: None, orders: Vec::new() };
        }
        Self {
            session: change.session.as_ref().and_then(session_event),
            payment: change.payment.as_ref().map(|write| write.note.event.state.name()),
            orders: change.orders.iter().map(|write| order_event(&write.event.event)).collect(),
        }
    }

    /// They are true now, or never were.
    pub(super) fn note(self, committed: Committed) {
        let (Some(measures), Committed::At(_)) = (measures(), committed) else { return };
        if let Some(event) = self.session {
            measures.session_events.grow([event]);
        }
        if let Some(state) = self.payment {
            measures.payment_states.grow([state]);
        }
        for event in self.orders {
            measures.order_events.grow([event]);
        }
    }
}

/// The same of a plan: its moments that were not written before, and its end.
pub(super) fn note_plan(PlanWrite { known, after, .. }: &PlanWrite, committed: Committed) {
    let (Some(measures), Committed::At(_)) = (measures(), committed) else { return };
    let fresh = || after.timeline.iter().filter(|moment| moment.seq > *known);
    // All that is open is asked together, and each of it is a moment.
    if fresh().any(|moment| moment.kind == MomentKind::QuestionAsked) {
        for question in &after.terms.questions {
            measures.questions.grow(["plan", question.slot.name()]);
        }
    }
    for moment in fresh() {
        measures.plan_moments.grow([moment.kind.name()]);
        if let Some((word, waited)) = approval(after, moment) {
            measures.approval_waits.note([word], waited);
        }
        if moment.kind.is_last() {
            let reason = after.reason.map_or("none", |reason| reason.name());
            measures.plans_ended.grow([after.status.name(), reason]);
        }
    }
}

/// How long a plan waited for a word, where this moment is one. What it is and when it was asked for is
/// in the timeline; of one that is too long for that nothing is said.
fn approval(plan: &Plan, moment: &Moment) -> Option<(&'static str, Duration)> {
    let word = match moment.kind {
        MomentKind::Approved => "approved",
        MomentKind::Rejected => "rejected",
        _ => return None,
    };
    let is_request = |it: &&Moment| it.kind == MomentKind::ApprovalRequested && it.seq < moment.seq;
    let asked = plan.timeline.iter().rev().find(is_request)?;
    Some((word, moment.at.since(asked.at)))
}

fn session_event(write: &SessionWrite) -> Option<&'static str> {
    if write.before.is_none() {
        return Some("opened");
    }
    Some(match write.event.as_ref()? {
        SessionEvent::Changed { .. } => "changed",
        SessionEvent::CompletionBegan { .. } => "completion_began",
        SessionEvent::ApprovalAsked { .. } => "approval_asked",
        SessionEvent::Approved { .. } => "approved",
        SessionEvent::NotApproved => "not_approved",
        SessionEvent::ChallengeRaised(_) => "challenge_raised",
        SessionEvent::PaymentDeclined { .. } => "payment_declined",
        SessionEvent::StockGone { .. } => "stock_gone",
        SessionEvent::CompletionAbandoned => "completion_abandoned",
        SessionEvent::Completed(_) => "completed",
        SessionEvent::Canceled { .. } => "canceled",
        SessionEvent::Expired => "expired",
    })
}

const fn order_event(event: &OrderEvent) -> &'static str {
    match event {
        OrderEvent::Placed { .. } => "placed",
        OrderEvent::PaymentCaptured { .. } => "payment_captured",
        OrderEvent::PaymentRefunded { .. } => "payment_refunded",
        OrderEvent::Canceled { .. } => "canceled",
        OrderEvent::FulfillmentMade(_) => "fulfillment_made",
        OrderEvent::FulfillmentMoved(_) => "fulfillment_moved",
        OrderEvent::Adjusted(_) => "adjusted",
        OrderEvent::AdjustmentSettled { .. } => "adjustment_settled",
        OrderEvent::HandedOver { .. } => "handed_over",
    }
}
