//! The merchant's own system, which takes each new order, over HTTP, as `openapi/backends.yaml`
//! describes it.

mod desk;
mod objects;

pub use desk::RemoteOrders;
