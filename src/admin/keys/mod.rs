//! The keys that let somebody call, and what is agreed on with whoever has one.

mod habits;
pub(super) mod made;
pub(super) mod requests;
pub(super) mod rotate;
pub(super) mod signing;

pub use habits::HabitsShown;
pub use made::{KeyAsked, KeyList, KeyMade, KeyShown, KeyState, scope_name};
pub use requests::{RequestList, RequestShown};
pub use rotate::{KeyRotated, RotationAsked};
pub use signing::{
    EndAsked, PolicyAsked, SigningKeyAsked, SigningKeyMade, SigningKeyShown, SigningKeyState,
    SigningShown,
};
