//! What every request passes before it reaches a handler.

mod arriving;
mod doorstep;
mod known;
mod limited;
mod signed;
mod unread;

pub(super) use arriving::BodyFault;
pub(super) use doorstep::{Doorstep, doorstep};
pub(super) use known::{Known, known};
pub(super) use limited::Peer;
pub(super) use signed::signed;
