//! The release of 12 December 2025: fulfillment details, a selection for each kind of option, and
//! payments that may have to be authenticated.

pub mod payment_provider;
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
