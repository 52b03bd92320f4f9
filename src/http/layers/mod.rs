//! What every request passes before it reaches a handler.

mod doorstep;
mod known;
mod unread;

pub(super) use doorstep::doorstep;
pub(super) use known::{Known, known};
