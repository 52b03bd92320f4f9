//! The durable step engine: drives work that takes several steps, each written down before it
//! happens, so that it ends once and whole whoever dies on the way.
//!
//! A kind of [`Work`] says where its journals lie and what its steps do. The engine knows when to
//! go on, when to rest and for how long, who may take over, and when a person has to be told. It
//! rests on three rules that every kind of work keeps:
//!
//! 1. What a step is about to do is written down before it is done, and the result of one step and
//!    the intent of the next share a commit.
//! 2. Every commit names the fence of its worker; a worker that was overtaken writes nothing.
//! 3. After a commit whose outcome is unknown, nothing more is written by that worker. Whoever
//!    takes over reads what became true.
//!
//! This room knows nothing of sessions, payments or stores.

mod engine;
mod seen;
mod work;

pub(crate) use engine::{Teller, drive, drive_held, resume, say, take_over, try_take_over};
pub(crate) use work::{Progress, Work};
