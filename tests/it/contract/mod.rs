//! What each port means, written as rules that every implementation has to keep.

mod assortment;
mod calendar;
mod callers;
mod carts;
mod catalog;
mod checkouts;
mod inspecting;
mod mandates;
mod merchant;
mod orders;
mod payments;
mod record_rig;
mod records;
mod runs;
mod stock;
pub(crate) mod store;
mod trail;
mod wanted;
mod webhooks;
