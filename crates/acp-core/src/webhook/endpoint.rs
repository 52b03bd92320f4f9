use super::topic::Topic;
use crate::ids::EndpointId;
use crate::session::Owner;
use crate::time::Timestamp;

/// What an agent is told of an order or a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NewsKind {
    /// There is an order.
    OrderCreate,
    /// An order is not as it was.
    OrderUpdate,
    /// A plan asks for something.
    QuestionAsked,
    /// A person has to say yes to a plan.
    ApprovalRequested,
    /// A person said yes to a plan: it can begin.
    ApprovalGranted,
    /// A plan did what it should.
    PlanCompleted,
    /// A plan stopped, because it cannot be done like this.
    PlanBlocked,
    /// A plan stopped because of us.
    PlanFailed,
    /// Somebody called a plan off, or said no to it.
    PlanCanceled,
    /// Nobody began a plan in time.
    PlanExpired,
}

impl NewsKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::OrderCreate,
        Self::OrderUpdate,
        Self::QuestionAsked,
        Self::ApprovalRequested,
        Self::ApprovalGranted,
        Self::PlanCompleted,
        Self::PlanBlocked,
        Self::PlanFailed,
        Self::PlanCanceled,
        Self::PlanExpired,
    ];

    /// Those of orders: what an endpoint is told where nobody says of what. The protocol has no
    /// others, and whoever reads by it alone need not hear words it does not know.
    pub const OF_ORDERS: [Self; 2] = [Self::OrderCreate, Self::OrderUpdate];

    /// Its name: that of the protocol, or the one a plan is followed by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderCreate => "order_create",
            Self::OrderUpdate => "order_update",
            Self::QuestionAsked => "question.asked",
            Self::ApprovalRequested => "approval.requested",
            Self::ApprovalGranted => "approval.granted",
            Self::PlanCompleted => "plan.completed",
            Self::PlanBlocked => "plan.blocked",
            Self::PlanFailed => "plan.failed",
            Self::PlanCanceled => "plan.canceled",
            Self::PlanExpired => "plan.expired",
        }
    }

    /// Whether it is of plans.
    pub fn is_of_plan(self) -> bool {
        !Self::OF_ORDERS.contains(&self)
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Whether an endpoint is told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointState {
    /// It is.
    Active,
    /// Not until somebody wants it again.
    Paused,
    /// Not until somebody wants it again, because it said that there is nobody any more.
    Gone,
}

impl EndpointState {
    /// Its name, as people read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Gone => "gone",
        }
    }
}

/// Where an agent is told of its orders and plans, and how.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Whose orders and plans it is told of.
    pub owner: Owner,
    /// Where.
    pub url: Box<str>,
    /// In which version of the protocol.
    pub version: Box<str>,
    /// Of what; nothing else is told.
    pub kinds: Vec<NewsKind>,
    /// What it is signed with, sealed.
    pub sealed_secret: Vec<u8>,
    /// Whether it is signed by the rules of Standard Webhooks as well.
    pub is_standard: bool,
    /// Whether it is told anything.
    pub state: EndpointState,
    /// What happened before is not told.
    pub created_at: Timestamp,
    /// The fingerprint of the request it was made by: the same one again makes no second.
    pub made_by: [u8; 32],
}

impl core::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Endpoint")
            .field("id", &self.id)
            .field("url", &self.url)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Whether it wants to hear of something.
    pub fn wants(&self, kind: NewsKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// Whether it wants to hear of such a thing at all.
    pub fn hears_of(&self, about: &Topic) -> bool {
        let is_of_plan = matches!(about, Topic::Plan(_));
        self.kinds.iter().any(|kind| kind.is_of_plan() == is_of_plan)
    }

    /// The purpose its secret is sealed for: for another endpoint it does not open.
    pub fn seal_context(&self) -> String {
        format!("webhook/{}", self.id)
    }
}

/// Wants to be told of orders or plans.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenEndpoint {
    /// Where.
    pub url: Box<str>,
    /// In which version; where nobody says, in that of the call.
    pub version: Option<Box<str>>,
    /// Of what.
    pub kinds: Vec<NewsKind>,
    /// What it is to be signed with; where nobody says, something new.
    pub secret: Option<Box<str>>,
    /// Whether it is to be signed by the rules of Standard Webhooks as well.
    pub is_standard: bool,
}

impl core::fmt::Debug for OpenEndpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("OpenEndpoint").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Wants an endpoint otherwise; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeEndpoint {
    /// Whether it is to be told anything. Whoever wants to hear again hears what was kept back.
    pub is_active: Option<bool>,
    /// Of what.
    pub kinds: Option<Vec<NewsKind>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_known_by_their_names() {
        for kind in NewsKind::ALL {
            assert_eq!(NewsKind::named(kind.as_str()), Some(kind));
        }
        assert_eq!(NewsKind::named("order_delete"), None);
    }
}
