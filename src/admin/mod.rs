//! The operator's room: keys, catalogue, backup and a look inside, for whoever runs the gateway.
//!
//! One [`Router`](axum::Router) of small JSON calls. A running gateway serves it on a Unix socket
//! that only its own user can open; the command line tools call it there, or in their own process
//! when no gateway runs, so that there is one way to do each thing. Nobody is asked who they are:
//! whoever can open the socket could read the store as well. For the same reason the text of a
//! cause may be told here. Nothing in this room may be reachable from the public listener.

mod approvals;
mod backup;
mod body;
mod catalog;
#[cfg(feature = "test-clock")]
mod clock;
mod denial;
mod doubts;
mod habits;
mod import;
mod inspect;
mod keys;
mod peers;
mod routes;
mod runs;
mod shelves;
mod signing;
mod socket;
mod status;

pub use approvals::{ApprovalList, ApprovalShown};
pub use backup::{BackupAsked, BackupMade};
pub use catalog::{
    Counted, ItemPage, ItemShown, MerchantCatalog, PriceAsked, PriceSet, StockAsked, StockSet,
};
pub use doubts::{DoubtList, DoubtShown, Finding, SettleAsked};
pub use habits::HabitsShown;
pub use import::{FindingShown, Findings, Imported};
pub use keys::{KeyAsked, KeyList, KeyMade, KeyShown, KeyState, scope_name};
pub use peers::{BreakerShown, FailuresShown, PeerShown, ShedShown};
pub use routes::{Admin, router};
pub use runs::{
    PaymentShown, ReconcileAsked, ReconciledShown, RunList, RunPage, RunShown, StrayShown,
};
pub use shelves::put_on_sale;
pub use signing::{
    EndAsked, PolicyAsked, SigningKeyAsked, SigningKeyMade, SigningKeyShown, SigningKeyState,
    SigningShown,
};
pub use socket::{AdminSocket, SocketError};
pub use status::{CartsShown, HandOversShown, RememberedShown, Status};
