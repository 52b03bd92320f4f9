//! The release of 16 January 2026: the one before it, but options cost rows of totals, the
//! provider is told with the shop's id there, and authentications end in five ways of their own.

pub mod authentication;
pub mod fulfillment_option;
pub mod provider;
pub mod request;
pub mod session;

pub use crate::flat::order::{Order, OrderList, render_order, render_orders};
pub use crate::flat::request::{
    CheckoutSessionCreateRequest, CheckoutSessionUpdateRequest, read_create, read_update,
};
pub use crate::shape::cancel::{CancelSessionRequest, read_cancel};
pub use crate::shape::order_event::OrderEventList;
pub use request::{CheckoutSessionCompleteRequest, read_complete};
pub use session::{CheckoutSession, render};
