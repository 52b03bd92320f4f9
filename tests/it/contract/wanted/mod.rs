//! Rules of what is wanted: what was said of it, what is planned, what it is paid with, and who was
//! told of goods.

pub(super) mod authentications;
pub(super) mod conversations;
pub(super) mod feeds;
pub(super) mod news;
pub(super) mod plans;
pub(super) mod vault;
