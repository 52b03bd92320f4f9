//! The operator's room: tenants, keys, catalogue, backup and a look inside, for whoever runs the gateway.
//!
//! One [`Router`](axum::Router) of small JSON calls. A running gateway serves it on a Unix socket
//! that only its own user can open; the command line tools call it there, or in their own process
//! when no gateway runs, so that there is one way to do each thing. Nobody is asked there who they
//! are: whoever can open the socket could read the store as well. For the same reason the text of a
//! cause may be told here. Where it is configured, the same routes are served on a port of this
//! machine, to those who prove that they look after the gateway. Nothing in this room may be
//! reachable from the public listener.

mod approvals;
mod backup;
mod body;
#[cfg(feature = "test-clock")]
mod clock;
mod denial;
mod goods;
mod inspect;
mod keys;
mod mandates;
mod peers;
mod plans;
mod privacy;
mod proof;
mod routes;
mod runs;
mod socket;
mod status;
mod tenants;
mod webhooks;

pub use approvals::{ApprovalList, ApprovalShown};
pub use backup::{BackupAsked, BackupMade};
pub use goods::{
    Counted, DoubtList, DoubtShown, FeedList, FeedShown, Finding, FindingShown, Findings, Imported,
    ItemPage, ItemShown, MerchantCatalog, PriceAsked, PriceSet, PushAsked, PushDone, RoundShown,
    SettleAsked, StockAsked, StockSet, put_on_sale,
};
pub use keys::{
    EndAsked, HabitsShown, KeyAsked, KeyList, KeyMade, KeyRotated, KeyShown, KeyState, PolicyAsked,
    RequestList, RequestShown, RotationAsked, SigningKeyAsked, SigningKeyMade, SigningKeyShown,
    SigningKeyState, SigningShown, scope_name,
};
pub use mandates::{MandateShown, MandatesShown};
pub use peers::{BreakerShown, FailuresShown, PeerShown, ShedShown};
pub use plans::{PlanShown, PlanStepShown, PlansShown};
pub use privacy::{ActShown, Erased, Exported, PersonAsked, TrailPage};
pub use proof::with_proof;
pub use routes::{Admin, router};
pub use runs::{
    PaymentShown, ReconcileAsked, ReconciledShown, RunList, RunPage, RunShown, StrayShown,
};
pub use socket::{AdminSocket, SocketError};
pub use status::{CartsShown, HandOversShown, RememberedShown, Status};
pub use tenants::{PolicyShown, ProofsAsked, TenantAsked, TenantList, TenantShown};
pub use webhooks::{
    DeadList, DeadShown, EndpointAsked, EndpointList, EndpointShown, EndpointTried, Replayed,
};
