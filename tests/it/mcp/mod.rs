//! The tools, over real sockets and in process: what the protocol of the tools asks, who may call,
//! and whole purchases.

mod messages;
mod proofs;
mod protocol;
mod purchase;
