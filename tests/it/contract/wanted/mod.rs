//! Rules of what is wanted: what was said of it, what is planned, and what it is paid with.

pub(super) mod conversations;
pub(super) mod news;
pub(super) mod plans;
pub(super) mod vault;
