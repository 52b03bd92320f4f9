//! The real program, for tests that treat it as its users do: a gateway that runs, commands that
//! are typed, and a client that speaks HTTP.

mod client;
mod command;
mod running;

pub(crate) use client::{Client, Response};
pub(crate) use command::{Ended, Program};
pub(crate) use running::Running;
