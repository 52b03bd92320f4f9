use super::endpoint::NewsKind;
use crate::ids::{OrderId, PlanId, Random128};
use crate::order::OrderEvent;
use crate::plan::{Moment, MomentKind, Plan, PlanStatus, StopReason};
use crate::time::Timestamp;

/// Something that happened to an order or a plan, on its way to whoever is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Which it is, from 1. Of an order they are without gaps; of a plan those are left out that
    /// are told to nobody.
    pub number: u64,
    /// The same in every delivery.
    pub event: Random128,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// To an order; what was ordered is left out.
    Order(Box<OrderEvent>),
    /// To a plan.
    Plan(Box<PlanNews>),
}

impl Fact {
    /// What an agent is told of it; nothing where it changes nothing an agent is shown.
    pub fn kind(&self) -> Option<NewsKind> {
        match self {
            Self::Order(event) => of_order(event),
            Self::Plan(news) => Some(news.kind),
        }
    }
}

const fn of_order(event: &OrderEvent) -> Option<NewsKind> {
    match event {
        OrderEvent::Placed { .. } => Some(NewsKind::OrderCreate),
        OrderEvent::PaymentRefunded { .. }
        | OrderEvent::Canceled { .. }
        | OrderEvent::FulfillmentMade(_)
        | OrderEvent::FulfillmentMoved(_)
        | OrderEvent::Adjusted(_)
        | OrderEvent::AdjustmentSettled { .. } => Some(NewsKind::OrderUpdate),
        OrderEvent::PaymentCaptured { .. } | OrderEvent::HandedOver { .. } => None,
    }
}

/// What an agent is told of a plan unasked: what happened, and nothing of whom it is for. It is the
/// same whenever it is told, whatever became of the plan since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanNews {
    /// The plan.
    pub plan: PlanId,
    /// The conversation it came of.
    pub conversation: Option<Box<str>>,
    /// What happened.
    pub kind: NewsKind,
    /// Its number in the plan.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
    /// Where the plan stood then.
    pub status: PlanStatus,
    /// Why it stopped, where it did.
    pub reason: Option<StopReason>,
    /// What was ordered, where that was how it ended.
    pub order: Option<OrderId>,
    /// The sentence that can be read out.
    pub say: Box<str>,
}

impl PlanNews {
    /// What is told of something that happened to a plan; nothing where only whoever follows it
    /// hears of that.
    pub fn of(plan: &Plan, moment: &Moment) -> Option<Self> {
        let (kind, status) = told(moment.kind)?;
        let is_done = status == PlanStatus::Completed;
        Some(Self {
            plan: plan.id.clone(),
            conversation: plan.wish.conversation.clone(),
            kind,
            seq: moment.seq,
            at: moment.at,
            status,
            reason: plan.reason.filter(|_| status.is_over() && !is_done),
            order: plan.made.order.clone().filter(|_| is_done),
            say: moment.say.clone(),
        })
    }
}

/// What a shopper's app has to hear of also when it does not follow a plan, and where the plan
/// stands then.
const fn told(kind: MomentKind) -> Option<(NewsKind, PlanStatus)> {
    match kind {
        MomentKind::QuestionAsked => Some((NewsKind::QuestionAsked, PlanStatus::NeedsInput)),
        MomentKind::ApprovalRequested => {
            Some((NewsKind::ApprovalRequested, PlanStatus::NeedsApproval))
        }
        MomentKind::Approved => Some((NewsKind::ApprovalGranted, PlanStatus::Ready)),
        MomentKind::Completed => Some((NewsKind::PlanCompleted, PlanStatus::Completed)),
        MomentKind::Blocked => Some((NewsKind::PlanBlocked, PlanStatus::Blocked)),
        MomentKind::Failed => Some((NewsKind::PlanFailed, PlanStatus::Failed)),
        MomentKind::Canceled => Some((NewsKind::PlanCanceled, PlanStatus::Canceled)),
        MomentKind::Expired => Some((NewsKind::PlanExpired, PlanStatus::Expired)),
        MomentKind::Created
        | MomentKind::QuoteChanged
        | MomentKind::Rejected
        | MomentKind::Started
        | MomentKind::StepStarted
        | MomentKind::StepRetrying
        | MomentKind::StepSucceeded
        | MomentKind::StepFailed
        | MomentKind::StepCompensated
        | MomentKind::Replanned
        | MomentKind::CancelRequested => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_goes_by_the_word_followers_know() {
        for kind in [
            MomentKind::QuestionAsked,
            MomentKind::ApprovalRequested,
            MomentKind::Approved,
            MomentKind::Completed,
            MomentKind::Blocked,
            MomentKind::Failed,
            MomentKind::Canceled,
            MomentKind::Expired,
        ] {
            let (news, status) = told(kind).unwrap();
            assert_eq!(news.as_str(), kind.name());
            assert!(news.is_of_plan());
            assert_eq!(status.is_over(), kind.is_last());
        }
        assert_eq!(told(MomentKind::StepStarted), None, "only followers hear of steps");
    }
}
