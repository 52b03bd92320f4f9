//! The keys that let somebody call, and what their holders sign with.

mod command;
mod requests;
mod rotate;
mod signing;

pub(super) use command::{KeysArgs, run};
