//! What agents are told of their orders: where, signed with what, in which order, and what becomes
//! of it where nobody listens.

mod endpoints;
mod house;
mod plans;
mod safety;
mod telling;
