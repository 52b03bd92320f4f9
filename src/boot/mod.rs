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
mod messages;
mod metering;
mod offers;
mod opening;
mod orders;
mod payments;
mod run;
mod shop;
mod tenants;
mod terms;
mod tools;
mod world;

pub use callers::BadCallers;
pub use certificates::certificates;
pub use keepers::configured;
pub use messages::{BadSigner, message_rules};
pub use metering::rates;
pub use run::{run, until_stopped};
pub use shop::{BadShop, shop};
pub use terms::terms;
pub use world::{BootError, World};
