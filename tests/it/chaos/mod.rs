//! Real processes on real stores, killed, frozen and crowded; and an auditor who looks at what is
//! left when they are gone.
//!
//! `make test` runs the bounded form. `ACP_CHAOS=full` (`make chaos`) and `ACP_CHAOS=long`
//! (`make chaos-long`) do the same more often.

mod auditor;
mod crowds;
mod evidence;
mod figures;
mod hanging;
mod kills;
mod misbehaving;
mod mocked_catalogue;
mod mocked_inventory;
mod mocked_stripe;
mod outages;
mod plans;
mod receipts;
mod refunds;
mod shop;
mod shopper;
mod tampering;
mod zombies;
