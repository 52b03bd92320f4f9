//! The form sessions have since 30 January 2026: totals as rows, handlers, fulfillment of every
//! kind. Its versions differ in a word here and there; each says in its own module which.

pub mod asking;
pub mod buyer;
pub mod capabilities;
pub mod cart;
pub mod consent;
pub mod discounts;
pub mod discovery;
pub mod fulfillment;
pub mod fulfillment_option;
pub mod line_item;
pub mod message;
pub mod order;
pub mod payment_data;
pub mod request;
pub mod session;
pub mod total;

pub(crate) use cart::{read_cart_create, read_cart_update, render_cart};
pub(crate) use order::{render_order, render_orders};
pub(crate) use request::{read_complete, read_create, read_update};
pub(crate) use session::render;
