//! The session as it is said.

use std::borrow::Cow;

use acp_core::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use super::payment_provider::PaymentProvider;
use crate::flat::buyer::Buyer;
use crate::flat::fulfillment_option::FulfillmentOption;
use crate::flat::line_item::LineItem;
use crate::flat::link::Link;
use crate::flat::message::{Message, known};
use crate::flat::offers;
use crate::flat::order::Order;
use crate::flat::selection::{SelectedFulfillmentOption, selected};
use crate::flat::status::Status;
use crate::flat::total::{Total, rows};
use crate::shape::address::FulfillmentDetails;
use crate::shape::challenge::AuthenticationMetadata;
use crate::version::Version;
use crate::voice::{Dialect, Feature, Saying, Voice, written};

const DIALECT: Dialect = Dialect { date: Some(Version::V2025_12_12), knows: &[Feature::Browser] };

/// A checkout session: the authoritative state of the cart. Every answer carries all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutSession<'a> {
    /// Names the session in the addresses of all further requests.
    id: &'a str,
    /// Who buys, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// Who is paid; left out where this version has no name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    payment_provider: Option<PaymentProvider<'a>>,
    /// Where the session stands, and so what can be done with it.
    status: Status,
    /// ISO 4217, lower case. All amounts are in its minor unit: cents for `usd`, yen for `jpy`.
    #[schema(pattern = "^[a-z]{3}$", examples("usd"))]
    currency: String,
    /// What is bought, in the order it was asked for.
    line_items: Vec<LineItem<'a>>,
    /// Who receives the goods, and where, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// What can be chosen; empty until there is something to choose.
    fulfillment_options: Vec<FulfillmentOption<'a>>,
    /// What was chosen; left out while nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    selected_fulfillment_options: Vec<SelectedFulfillmentOption<'a>>,
    /// What the session costs.
    totals: Vec<Total<'a>>,
    /// Problems and remarks. While there is an error that asks for something, the session cannot
    /// be paid for.
    messages: Vec<Message<'a>>,
    /// Pages the buyer may want to see.
    links: Vec<Link<'a>>,
    /// There while the payment has to be authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    authentication_metadata: Option<AuthenticationMetadata<'a>>,
    /// The order the session ended in; there once it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<Order<'a>>,
}

/// What this version calls a place in a session.
fn place(path: &str) -> Option<Cow<'_, str>> {
    const FIELDS: &[&str] = &[
        "authentication_metadata",
        "buyer",
        "currency",
        "fulfillment_details",
        "fulfillment_options",
        "line_items",
        "links",
        "order",
        "payment_data",
        "payment_provider",
        "selected_fulfillment_options",
        "totals",
    ];
    known(path, FIELDS)
}

impl<'a> CheckoutSession<'a> {
    /// The session as it is said.
    fn of(session: &'a Session, saying: &Saying<'a>) -> Self {
        let (basket, quote) = (&session.basket, &session.quote);
        let message = |notice| Message::of(notice, place, saying.locale);
        Self {
            id: session.id.as_str(),
            buyer: basket.buyer.as_deref().and_then(Buyer::of),
            payment_provider: PaymentProvider::of(session, saying),
            status: Status::of(&session.stage),
            currency: basket.currency.lowercase(),
            line_items: quote.lines.iter().map(LineItem::of).collect(),
            fulfillment_details: basket
                .contact
                .as_ref()
                .map(|contact| FulfillmentDetails::of(contact, saying)),
            fulfillment_options: offers(quote).map(|offer| FulfillmentOption::of(&offer)).collect(),
            selected_fulfillment_options: selected(session),
            totals: rows(&quote.totals, saying.locale),
            messages: quote.notices.iter().map(message).collect(),
            links: saying.shop.pages.iter().filter_map(Link::of).collect(),
            authentication_metadata: AuthenticationMetadata::of(&session.stage, saying),
            order: Order::of(session, saying),
        }
    }
}

/// The bytes of a session.
pub fn render(session: &Session, voice: &Voice<'_>) -> Vec<u8> {
    written(&CheckoutSession::of(session, &Saying::about(session, voice, &DIALECT)))
}
