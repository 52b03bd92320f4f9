use std::fmt;

use crate::ids::{OrderId, Partition, PlanId};

/// What news are of: everything that happens to one of these is told in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// An order.
    Order(OrderId),
    /// A plan.
    Plan(PlanId),
}

impl Topic {
    /// Its id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Order(id) => id.as_str(),
            Self::Plan(id) => id.as_str(),
        }
    }

    /// Where it lies.
    pub fn partition(&self) -> Partition {
        match self {
            Self::Order(id) => id.partition(),
            Self::Plan(id) => id.partition(),
        }
    }

    /// What it is, in a word.
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Order(_) => "order",
            Self::Plan(_) => "plan",
        }
    }

    /// Reads what [`Display`](fmt::Display) wrote: ids of orders and of plans do not look alike.
    pub fn parse(text: &str) -> Option<Self> {
        let order = OrderId::parse(text).map(Self::Order);
        order.or_else(|_| PlanId::parse(text).map(Self::Plan)).ok()
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<OrderId> for Topic {
    fn from(order: OrderId) -> Self {
        Self::Order(order)
    }
}

impl From<PlanId> for Topic {
    fn from(plan: PlanId) -> Self {
        Self::Plan(plan)
    }
}
