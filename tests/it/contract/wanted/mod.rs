//! Rules of what is wanted: what was said of it, and what is planned.

pub(super) mod conversations;
pub(super) mod news;
pub(super) mod plans;
