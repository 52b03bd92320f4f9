//! Letters to agents: what happens to their orders, carried to the addresses they name.
//!
//! Whoever names an address would like us to call something that only we can reach. So what an
//! address is made of is looked at, its name is resolved here, and the connection is made to one of
//! the addresses that were looked at and to nothing else; nobody is followed anywhere, and of an
//! answer little more than its status is read.

mod address;
mod carrier;
mod signing;

pub use carrier::{Carrier, CarrierOptions};
