//! The composition root: the only room that names adapters and stores together.

mod callers;
mod carts;
mod certificates;
mod failure;
mod goods;
mod keepers;
mod master_key;
mod metering;
mod opening;
mod orders;
mod payments;
mod planner;
mod run;
mod shop;
mod three_ds;
mod tools;
mod watching;
mod webhooks;
mod world;

pub use callers::{BadCallers, BadSigner, message_rules};
pub use certificates::certificates;
pub use failure::BootError;
pub use goods::feeds::BadFeed;
pub use goods::terms::terms;
pub use keepers::configured;
pub use metering::rates;
pub use run::{run, until_stopped};
pub use shop::{BadShop, shop};
pub use watching::{log_format, start_telemetry};
pub use world::World;
