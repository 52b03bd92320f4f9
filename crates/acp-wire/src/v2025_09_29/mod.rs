//! The release of 29 September 2025, the first: one address, one option, five stages.
//!
//! It has no way to authenticate a payment, to ask for anything, or to say why a session is given
//! up, so the shop fills in what its agents cannot.

pub mod line_item;
pub mod link;
pub mod payment_provider;
pub mod request;
pub mod session;

pub use crate::flat::order::{Order, OrderList, render_order, render_orders};
pub use crate::shape::cancel::{CancelSessionRequest, read_cancel};
pub use crate::shape::order_event::OrderEventList;
pub use request::{
    CheckoutSessionCompleteRequest, CheckoutSessionCreateRequest, CheckoutSessionUpdateRequest,
    read_complete, read_create, read_update,
};
pub use session::{CheckoutSession, render};
