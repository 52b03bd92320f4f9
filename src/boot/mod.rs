//! The composition root: the only room that names adapters and stores together.

mod callers;
mod carts;
mod catalogue;
mod certificates;
#[cfg(feature = "failpoints")]
mod failpoints;
mod inventory;
mod keepers;
mod master_key;
mod metering;
mod offers;
mod opening;
mod orders;
mod payments;
mod run;
mod shop;
mod terms;
mod tools;
mod world;

pub use callers::{BadCallers, BadSigner, message_rules};
pub use certificates::certificates;
pub use keepers::configured;
pub use metering::rates;
pub use run::{run, until_stopped};
pub use shop::{BadShop, shop};
pub use terms::terms;
pub use world::{BootError, World};
