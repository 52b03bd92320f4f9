//! What people are told: what was done, as text or JSON, and what went wrong.

mod error;
mod outline;
mod said;
mod table;

pub(super) use error::CommandError;
pub(super) use outline::outline;
pub(super) use said::{Said, Verdict, line};
pub(super) use table::{Side, Table};
