//! The session as it is said.

use std::borrow::Cow;

use acp_core::principal::AddressPhone;
use acp_core::session::{Contact, Readiness, Session, Stage};
use serde::Serialize;
use utoipa::ToSchema;

use super::line_item::LineItem;
use super::link::Link;
use super::payment_provider::PaymentProvider;
use crate::flat::buyer::Buyer;
use crate::flat::fulfillment_option::FulfillmentOption;
use crate::flat::message::{Message, MessageCode, known};
use crate::flat::order::Order;
use crate::flat::total::{Total, rows};
use crate::flat::{choices, offers};
use crate::shape::address::{Address, optional};
use crate::version::Version;
use crate::voice::{Dialect, Saying, Voice, written};

const DIALECT: Dialect = Dialect { date: Some(Version::V2025_09_29), knows: &[] };

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
    /// Where the goods go, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fulfillment_address: Option<Address<'a>>,
    /// What can be chosen; empty until there is something to choose.
    fulfillment_options: Vec<FulfillmentOption<'a>>,
    /// What was chosen; left out while nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fulfillment_option_id: Option<&'a str>,
    /// What the session costs.
    totals: Vec<Total<'a>>,
    /// Problems and remarks. While there is an error that asks for something, the session cannot
    /// be paid for.
    messages: Vec<Message<'a>>,
    /// Pages the buyer may want to see.
    links: Vec<Link<'a>>,
    /// The order the session ended in; there once it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<Order<'a>>,
}

/// Where a session stands.
///
/// - `not_ready_for_payment`: something is missing or stands in the way; the messages say what.
/// - `ready_for_payment`: it can be completed.
/// - `in_progress`: it is being completed, or waits for somebody to approve of it.
/// - `completed`: there is an order.
/// - `canceled`: it was given up, or its time ran out.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    NotReadyForPayment,
    ReadyForPayment,
    InProgress,
    Completed,
    Canceled,
}

impl Status {
    /// The nearest there is a word for.
    const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Open(Readiness::Incomplete | Readiness::Blocked | Readiness::Escalated) => {
                Self::NotReadyForPayment
            }
            Stage::Open(Readiness::Ready { .. }) => Self::ReadyForPayment,
            // An agent of this version cannot go on; a message of its own says why.
            Stage::AuthenticationRequired(_) => Self::NotReadyForPayment,
            Stage::PendingApproval(_) | Stage::Completing(_) => Self::InProgress,
            Stage::Completed(_) => Self::Completed,
            // A message of the session tells the two apart.
            Stage::Canceled | Stage::Expired => Self::Canceled,
        }
    }
}

/// The address of a contact. Where the agent expects a telephone number in it, that of the contact
/// is as good as one of the address's own.
fn address<'a>(contact: &'a Contact, saying: &Saying<'_>) -> Option<Address<'a>> {
    let mut address = Address::of(contact.address.as_ref()?, saying);
    if saying.habits.address_phone == AddressPhone::InAddress && address.phone_number.is_none() {
        address.phone_number = optional(contact.phone_number.as_deref());
    }
    Some(address)
}

/// What this version calls a place in a session.
fn place(path: &str) -> Option<Cow<'_, str>> {
    const FIELDS: &[&str] = &[
        "buyer",
        "currency",
        "fulfillment_options",
        "line_items",
        "links",
        "order",
        "payment_data",
        "payment_provider",
        "totals",
    ];
    if let Some(inside) = path.strip_prefix("$.fulfillment_details.address") {
        return Some(format!("$.fulfillment_address{inside}").into());
    }
    match known(path, &["selected_fulfillment_options"]) {
        Some(_) => Some("$.fulfillment_option_id".into()),
        None => known(path, FIELDS),
    }
}

fn messages<'a>(session: &'a Session, saying: &Saying<'_>) -> Vec<Message<'a>> {
    let notices = session.quote.notices.iter();
    let said = notices.map(|notice| Message::of(notice, place, saying.locale));
    let unsaid = match session.stage {
        Stage::AuthenticationRequired(_) => {
            let content = saying.locale.needs_authentication();
            Some(Message::error(MessageCode::Requires3ds, content))
        }
        Stage::Open(_)
        | Stage::PendingApproval(_)
        | Stage::Completing(_)
        | Stage::Completed(_)
        | Stage::Canceled
        | Stage::Expired => None,
    };
    said.chain(unsaid).collect()
}

impl<'a> CheckoutSession<'a> {
    /// The session as it is said.
    fn of(session: &'a Session, saying: &Saying<'a>) -> Self {
        let (basket, quote) = (&session.basket, &session.quote);
        let contact = basket.contact.as_deref();
        Self {
            id: session.id.as_str(),
            buyer: basket.buyer.as_deref().and_then(Buyer::of),
            payment_provider: PaymentProvider::of(session, saying),
            status: Status::of(&session.stage),
            currency: basket.currency.lowercase(),
            line_items: quote.lines.iter().map(LineItem::of).collect(),
            fulfillment_address: contact.and_then(|contact| address(contact, saying)),
            fulfillment_options: offers(quote).map(|offer| FulfillmentOption::of(&offer)).collect(),
            // There is room for one; where several were chosen, it is what is carried to the door.
            fulfillment_option_id: choices(quote).map(|(_, group)| group.option.as_str()).next(),
            totals: rows(&quote.totals, saying.locale),
            messages: messages(session, saying),
            links: saying.shop.pages.iter().filter_map(Link::of).collect(),
            order: Order::of(session, saying),
        }
    }
}

/// The bytes of a session.
pub fn render(session: &Session, voice: &Voice<'_>) -> Vec<u8> {
    written(&CheckoutSession::of(session, &Saying::about(session, voice, &DIALECT)))
}
