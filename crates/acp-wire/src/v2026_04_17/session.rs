//! The session as this version says it.

use acp_core::catalog::Shop;
use acp_core::session::{QuotedLine, Readiness, Session, Stage};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::buyer::Buyer;
use super::capabilities::Capabilities;
use super::fulfillment_option::FulfillmentOption;
use super::line_item::LineItem;
use super::message::Message;
use super::order::Order;
use super::shape::{FulfillmentDetails, SelectedFulfillmentOption, text};
use super::total::Total;
use crate::scalar::{DateTime, Text};
use crate::version::Version;

/// A checkout session: the authoritative state of the cart. Every answer carries all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutSession<'a> {
    /// Names the session in the addresses of all further requests.
    id: &'a str,
    /// How the answer is written.
    protocol: ProtocolVersion,
    /// What the shop and the agent can do together.
    capabilities: Capabilities<'a>,
    /// Where the session stands, and so what can be done with it.
    status: Status,
    /// ISO 4217, lower case. All amounts are in its minor unit: cents for `usd`, yen for `jpy`.
    #[schema(pattern = "^[a-z]{3}$", examples("usd"))]
    currency: String,
    /// The language tag the session was opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    locale: Option<&'a str>,
    /// The time zone the session was opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    timezone: Option<&'a str>,
    /// Who buys, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
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
    /// When the session was opened.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime,
    /// When it expires unless it is changed before.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
    /// What was sent along when the session was opened, as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<&'a RawValue>,
    /// The quote the session was opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quote_id: Option<&'a str>,
    /// The order the session ended in; there once it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<Order<'a>>,
}

/// The version of the protocol an answer is written in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProtocolVersion {
    /// The date that names it.
    #[schema(format = Date, examples("2026-04-17"))]
    version: &'static str,
}

/// Where a session stands.
///
/// - `incomplete`: something is missing; the messages say what.
/// - `not_ready_for_payment`: something stands in the way; the messages say what.
/// - `requires_escalation`: somebody has to act outside of this API.
/// - `ready_for_payment`: it can be completed.
/// - `authentication_required`: complete it with an `authentication_result`.
/// - `pending_approval`: somebody has to approve of it first.
/// - `complete_in_progress`: it is being completed; get it to see how that ends.
/// - `completed`: there is an order.
/// - `canceled`: it was given up.
/// - `expired`: its time ran out.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Incomplete,
    NotReadyForPayment,
    RequiresEscalation,
    ReadyForPayment,
    AuthenticationRequired,
    PendingApproval,
    CompleteInProgress,
    Completed,
    Canceled,
    Expired,
}

impl Status {
    const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Open(Readiness::Incomplete) => Self::Incomplete,
            Stage::Open(Readiness::Blocked) => Self::NotReadyForPayment,
            Stage::Open(Readiness::Escalated) => Self::RequiresEscalation,
            Stage::Open(Readiness::Ready { .. }) => Self::ReadyForPayment,
            Stage::AuthenticationRequired(_) => Self::AuthenticationRequired,
            Stage::PendingApproval => Self::PendingApproval,
            Stage::Completing(_) => Self::CompleteInProgress,
            Stage::Completed(_) => Self::Completed,
            Stage::Canceled => Self::Canceled,
            Stage::Expired => Self::Expired,
        }
    }
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkType {
    TermsOfUse,
    PrivacyPolicy,
    ReturnPolicy,
}

/// A page the buyer may want to see.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link<'a> {
    /// What it leads to.
    #[serde(rename = "type")]
    kind: LinkType,
    /// Where it is.
    #[schema(format = "uri")]
    url: &'a str,
}

fn links(shop: &Shop) -> Vec<Link<'_>> {
    [
        (LinkType::TermsOfUse, &shop.terms_of_use_url),
        (LinkType::PrivacyPolicy, &shop.privacy_policy_url),
        (LinkType::ReturnPolicy, &shop.return_policy_url),
    ]
    .into_iter()
    .filter_map(|(kind, url)| url.as_deref().map(|url| Link { kind, url }))
    .collect()
}

/// What an agent needs to authenticate the payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthenticationMetadata<'a> {
    /// The bank that takes the money.
    acquirer_details: AcquirerDetails<'a>,
    /// Whose directory server to ask: `american_express`, `mastercard` or `visa`.
    directory_server: &'a str,
}

/// The bank that takes the money.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcquirerDetails<'a> {
    /// Its identification number at the directory server.
    acquirer_bin: &'a str,
    /// Two letters of ISO 3166-1.
    #[schema(pattern = "^[A-Z]{2}$", examples("US"))]
    acquirer_country: &'a str,
    /// What it calls the shop.
    acquirer_merchant_id: &'a str,
    /// What the buyer's bank calls the shop.
    merchant_name: &'a str,
}

impl<'a> AuthenticationMetadata<'a> {
    fn of(stage: &'a Stage) -> Option<Self> {
        match stage {
            Stage::AuthenticationRequired(challenge) => Some(Self {
                acquirer_details: AcquirerDetails {
                    acquirer_bin: &challenge.acquirer_bin,
                    acquirer_country: &challenge.acquirer_country,
                    acquirer_merchant_id: &challenge.acquirer_merchant_id,
                    merchant_name: &challenge.merchant_name,
                },
                directory_server: &challenge.directory_server,
            }),
            Stage::Open(_)
            | Stage::PendingApproval
            | Stage::Completing(_)
            | Stage::Completed(_)
            | Stage::Canceled
            | Stage::Expired => None,
        }
    }
}

/// Items are named by their own id, and by the line where one item stands on several.
fn carried_id<'a>(session: &'a Session, line: &'a QuotedLine) -> Text<'a> {
    let is_repeated =
        session.quote.lines.iter().filter(|other| other.item.id == line.item.id).count() > 1;
    text(if is_repeated { line.id.as_str() } else { line.item.id.as_str() })
}

fn selected(session: &Session) -> Vec<SelectedFulfillmentOption<'_>> {
    let groups = session
        .quote
        .methods
        .iter()
        .flat_map(|method| method.groups.iter().map(move |group| (method.kind, group)));
    groups
        .map(|(kind, group)| SelectedFulfillmentOption {
            kind: kind.into(),
            option_id: text(group.option.as_str()),
            item_ids: session
                .quote
                .lines
                .iter()
                .filter(|line| group.lines.contains(&line.id))
                .map(|line| carried_id(session, line))
                .collect(),
        })
        .collect()
}

impl<'a> CheckoutSession<'a> {
    /// The session as this version says it.
    pub fn of(session: &'a Session, shop: &'a Shop) -> Self {
        let basket = &session.basket;
        Self {
            id: session.id.as_str(),
            protocol: ProtocolVersion { version: Version::V2026_04_17.as_str() },
            capabilities: Capabilities::of(shop, basket.interventions),
            status: Status::of(&session.stage),
            currency: basket.currency.lowercase(),
            locale: basket.locale.as_deref(),
            timezone: basket.timezone.as_deref(),
            buyer: basket.buyer.as_ref().map(Buyer::of),
            line_items: session.quote.lines.iter().map(LineItem::of).collect(),
            fulfillment_details: basket.contact.as_ref().map(FulfillmentDetails::of),
            fulfillment_options: session
                .quote
                .methods
                .iter()
                .flat_map(|method| method.options.iter().map(|option| (method.kind, option)))
                .map(|(kind, option)| FulfillmentOption::of(kind, option))
                .collect(),
            selected_fulfillment_options: selected(session),
            totals: session.quote.totals.rows().iter().map(Total::of_session).collect(),
            messages: session.quote.notices.iter().map(Message::of).collect(),
            links: links(shop),
            authentication_metadata: AuthenticationMetadata::of(&session.stage),
            created_at: DateTime(session.opened_at),
            updated_at: DateTime(session.changed_at),
            expires_at: DateTime(session.expires_at),
            metadata: basket
                .metadata
                .as_ref()
                .and_then(|metadata| serde_json::from_str(&metadata.0).ok()),
            quote_id: basket.quote_id.as_deref(),
            order: match &session.stage {
                Stage::Completed(placed) => Some(Order::of(session, placed, shop)),
                Stage::Open(_)
                | Stage::AuthenticationRequired(_)
                | Stage::PendingApproval
                | Stage::Completing(_)
                | Stage::Canceled
                | Stage::Expired => None,
            },
        }
    }
}

/// The bytes of a session.
pub fn render(session: &Session, shop: &Shop) -> Vec<u8> {
    let mut body = Vec::with_capacity(8_192);
    let rendered = CheckoutSession::of(session, shop);
    // Writing plain data into memory cannot fail.
    serde_json::to_writer(&mut body, &rendered).unwrap_or_default();
    body
}
