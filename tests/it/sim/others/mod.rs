//! Who is around a gateway, as one gateway reaches them: at the ports, where a double stands in for
//! the adapter and the service, or with the true adapters, which speak to services over lines that
//! fail.

mod inventory;
mod line;
mod money;
mod orders;
mod payments;
mod services;

pub(super) use inventory::{Inventory, SimInventory};
pub(super) use money::Booked;
pub(super) use orders::{Orders, SimOrders};
pub(super) use payments::{Card, SECRET, SimPayments};
pub(super) use services::{Services, inventory_of, stripe_of};

/// How gateways reach others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    AtPorts,
    OverHttp,
}

impl Reached {
    /// What a call of a port to the provider is called on the line.
    pub(super) fn name_of(self, call: &'static str) -> &'static str {
        match (self, call) {
            (Self::OverHttp, "pay create") => "POST /v1/payment_intents",
            (Self::OverHttp, "pay confirm") => "POST /v1/payment_intents/…/confirm",
            (Self::OverHttp, "pay lookup") => "GET /v1/payment_intents/…",
            _ => call,
        }
    }
}
