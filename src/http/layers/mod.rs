//! What every request passes before it reaches a handler.

mod allowed;
mod arriving;
mod counted;
mod doorstep;
mod handed;
mod known;
mod limited;
mod listed;
mod message;
mod noted;
mod onward;
mod paying;
mod seats;
mod signed;
mod unread;

pub(super) use allowed::allowed;
pub(super) use arriving::BodyFault;
pub(super) use counted::{ErrorCode, turned_away};
pub(super) use doorstep::{Doorstep, behind_barrier, doorstep};
pub use handed::Guest;
pub(super) use handed::{handed, met};
pub(super) use known::{Known, known};
pub(super) use limited::{Peer, look, passer_by};
pub use listed::Listed;
pub(super) use listed::{AUTHENTICATIONS, listed};
pub use noted::Carrying;
pub(super) use noted::{carrying, noted};
pub(super) use onward::Then;
pub(super) use paying::may_pay;
pub use seats::Seats;
pub(super) use seats::seated;
pub(super) use signed::signed;
