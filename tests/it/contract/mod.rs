//! What each port means, written as rules that every implementation has to keep.

mod assortment;
mod carts;
mod catalog;
mod checkouts;
mod inspecting;
mod keyring;
mod mandates;
mod merchant;
mod orders;
mod payments;
mod quotas;
mod record_rig;
mod records;
mod runs;
mod signatures;
mod stock;
pub(crate) mod store;
mod tenants;
mod trail;
