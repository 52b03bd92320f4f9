//! What every request passes before it reaches a handler.

mod doorstep;
mod known;
mod signed;
mod unread;

pub(super) use doorstep::doorstep;
pub(super) use known::{Known, known};
pub(super) use signed::signed;
