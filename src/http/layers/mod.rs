//! What every request passes before it reaches a handler.

mod doorstep;
mod unread;

pub(super) use doorstep::doorstep;
