use std::time::Duration;

use async_trait::async_trait;

use super::PortError;
use super::checkouts::{Committed, Revision};
use crate::ids::{EndpointId, Random128};
use crate::session::Owner;
use crate::time::Timestamp;
use crate::webhook::{Delivery, DeliveryId, Endpoint, News, Topic, Unheard};

/// Changes the endpoints of an agent by how they are.
pub type ChangeEndpoints<'a> = &'a mut (dyn FnMut(&mut Vec<Endpoint>) + Send);

/// Keeps where agents are told of their orders and plans.
///
/// What this trait means is written in `tests/it/contract/webhooks.rs`; it holds over every store.
#[async_trait]
pub trait Endpoints: Send + Sync {
    /// The id of an endpoint that is opened with this key: the same for the same agent and key.
    fn id_of(&self, owner: &Owner, key: &str) -> EndpointId;

    /// The endpoints of an agent, the oldest in front.
    async fn of(&self, owner: &Owner) -> Result<Vec<Endpoint>, PortError>;

    /// Those of every agent.
    async fn all(&self) -> Result<Vec<Endpoint>, PortError>;

    /// Changes those of an agent by how they are, and says how they are now. It is asked again
    /// when somebody came between.
    async fn change(
        &self,
        owner: &Owner,
        change: ChangeEndpoints<'_>,
    ) -> Result<Vec<Endpoint>, PortError>;
}

/// That something happened to an order or a plan, and nobody has looked yet who is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The order or the plan.
    pub about: Topic,
    /// What tells it from other news of the same.
    pub mark: Box<str>,
}

/// Writes how a delivery stands, on top of what was looked at.
#[derive(Clone, Debug)]
pub struct DeliveryWrite {
    /// The revision the decision was based on; `None` for a new one.
    pub before: Option<Revision>,
    /// As it is now.
    pub after: Delivery,
}

/// Keeps how far everybody was told of everything.
///
/// What this trait means is written in `tests/it/contract/webhooks.rs`; it holds over every store.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// What something happened to that nobody looked at; only so many at a time.
    async fn untold(&self) -> Result<Vec<Untold>, PortError>;

    /// Whose an order or a plan is; `None` where nobody knows, and for a plan that is forgotten.
    async fn owner_of(&self, about: &Topic) -> Result<Option<Owner>, PortError>;

    /// What happened after the fact with this number, oldest first. A plan remembers its last
    /// moments, and none once it is forgotten.
    async fn news(&self, about: &Topic, after: u64) -> Result<Vec<News>, PortError>;

    /// How far an endpoint was told of something.
    async fn delivery(&self, id: &DeliveryId) -> Result<Option<(Delivery, Revision)>, PortError>;

    /// Writes who is to be told, and that somebody has looked, in one step.
    async fn spread(
        &self,
        about: &Topic,
        looked_at: &[Untold],
        deliveries: Vec<DeliveryWrite>,
    ) -> Result<Committed, PortError>;

    /// Writes how a delivery stands.
    async fn write(&self, write: DeliveryWrite) -> Result<Committed, PortError>;

    /// Forgets a delivery whose endpoint is gone.
    async fn forget(&self, id: &DeliveryId, at: Revision) -> Result<Committed, PortError>;

    /// Lets a delivery wait that nobody is at work on. Nothing but the time somebody looks is
    /// changed by it.
    async fn postpone(&self, id: &DeliveryId, until: Timestamp) -> Result<(), PortError>;

    /// Nobody has to look at a delivery any more that is not there.
    async fn dismiss(&self, id: &DeliveryId) -> Result<(), PortError>;

    /// Deliveries somebody has to look at. One of a plan is looked at once more after a while even
    /// where nothing is left to tell, to see whether the plan is still there.
    async fn due(&self) -> Result<Vec<DeliveryId>, PortError>;

    /// Deliveries with something to tell that is not held back, those first that somebody has to
    /// look at next.
    async fn unfinished(&self) -> Result<Vec<DeliveryId>, PortError>;

    /// Deliveries to an endpoint that were ever tried, the last one first.
    async fn tried(
        &self,
        endpoint: &EndpointId,
        limit: usize,
    ) -> Result<Vec<DeliveryId>, PortError>;

    /// Deliveries to an endpoint that are held back, the last one first.
    async fn held(&self, endpoint: &EndpointId, limit: usize)
    -> Result<Vec<DeliveryId>, PortError>;
}

/// Something that is sent to an endpoint.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "it carries a secret")]
pub struct Letter<'a> {
    /// Where to.
    pub url: &'a str,
    /// What it is signed with.
    pub secret: &'a [u8],
    /// Whether it is signed by the rules of Standard Webhooks as well.
    pub is_standard: bool,
    /// What tells it from others: the same whenever it is sent again.
    pub event: Random128,
    /// When it is sent.
    pub at: Timestamp,
    /// What it says.
    pub body: &'a [u8],
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// The patience that was asked for.
    pub retry_after: Option<Duration>,
}

/// Why nobody is told anything at an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It is not an address of this kind.
    #[error("{0}")]
    Unsuited(&'static str),
    /// Its host stands for an address that is not public.
    #[error("its host is not known to be at public addresses, and only there")]
    NotPublic,
    /// Nobody knows its host. That is said in the same words: which names there are inside of a
    /// network is nobody's business.
    #[error("its host is not known to be at public addresses, and only there")]
    Unknown,
}

/// Carries letters to addresses that strangers name: nothing is reached by it that only we can
/// reach.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Whether letters are carried to an address.
    async fn look_at(&self, url: &str) -> Result<(), BadAddress>;

    /// Carries a letter, once, and looks at the address again before that.
    async fn carry(&self, letter: Letter<'_>) -> Result<Posted, Unheard>;
}
