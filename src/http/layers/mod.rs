//! What every request passes before it reaches a handler.

mod doorstep;

pub(super) use doorstep::doorstep;
