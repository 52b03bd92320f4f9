//! The release of 17 April 2026.

use acp_core::cart::{Cart as CartNow, OpenCart, ReplaceCart};
use acp_core::order::Order as OrderNow;
use acp_core::refusal::Fault;
use acp_core::session::{ChangeSession, CompleteSession, OpenSession, Session};

use crate::rich;
pub use crate::rich::cart::{
    Cart, CartCancelRequest, CartCreateRequest, CartUpdateRequest, read_cart_cancel,
};
pub use crate::rich::order::{Order, OrderList};
pub use crate::rich::request::{
    CheckoutSessionCompleteRequest, CheckoutSessionCreateRequest, CheckoutSessionUpdateRequest,
};
pub use crate::rich::session::CheckoutSession;
pub use crate::shape::cancel::{CancelSessionRequest, read_cancel};
pub use crate::shape::order_event::OrderEventList;
use crate::version::Version;
use crate::voice::{Dialect, Ear, Feature, Saying, Voice};
const DIALECT: Dialect = Dialect {
    date: Some(Version::V2026_04_17),
    knows: &[
        Feature::Company,
        Feature::Resolution,
        Feature::HandlerDisplay,
        Feature::WholeOrder,
        Feature::OrderNotes,
        Feature::MarketingConsents,
    ],
};

/// Reads a request to open a session.
///
/// # Errors
/// The first fault.
pub fn read_create(body: &[u8], ear: Ear) -> Result<OpenSession, Fault> {
    rich::read_create(body, ear, &DIALECT)
}

/// Reads a request to change a session.
///
/// # Errors
/// The first fault.
pub fn read_update(body: &[u8], ear: Ear) -> Result<ChangeSession, Fault> {
    rich::read_update(body, ear, &DIALECT)
}

/// Reads a request to complete a session.
///
/// # Errors
/// The first fault.
pub fn read_complete(body: &[u8], ear: Ear) -> Result<CompleteSession, Fault> {
    rich::read_complete(body, ear, &DIALECT)
}

/// Reads a request to open a cart.
///
/// # Errors
/// The first fault.
pub fn read_cart_create(body: &[u8], ear: Ear) -> Result<OpenCart, Fault> {
    rich::read_cart_create(body, ear)
}

/// Reads a request to replace everything in a cart.
///
/// # Errors
/// The first fault.
pub fn read_cart_update(body: &[u8], ear: Ear) -> Result<ReplaceCart, Fault> {
    rich::read_cart_update(body, ear)
}

/// The bytes of a cart.
pub fn render_cart(cart: &CartNow, voice: &Voice<'_>) -> Vec<u8> {
    rich::render_cart(cart, &Saying::of_cart(cart, voice, &DIALECT))
}

/// The bytes of a session.
pub fn render(session: &Session, voice: &Voice<'_>) -> Vec<u8> {
    rich::render(session, &Saying::about(session, voice, &DIALECT))
}

/// The bytes of an order.
pub fn render_order(order: &OrderNow, voice: &Voice<'_>) -> Vec<u8> {
    rich::render_order(order, |ordered| Saying::of_order(ordered, voice, &DIALECT))
}

/// The bytes of a page of orders.
pub fn render_orders(orders: &[OrderNow], next_cursor: Option<&str>, voice: &Voice<'_>) -> Vec<u8> {
    rich::render_orders(orders, next_cursor, |it| Saying::of_order(it, voice, &DIALECT))
}
