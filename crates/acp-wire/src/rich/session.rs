//! The session as it is said.

use acp_core::catalog::{ExchangeRule, Page, PageKind, Shop};
use acp_core::session::{Readiness, Session, Stage};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::buyer::Buyer;
use super::capabilities::Capabilities;
use super::consent::MarketingConsentOption;
use super::discounts::DiscountsResponse;
use super::fulfillment::{FulfillmentGroup, SelectedFulfillmentOption, selected};
use super::fulfillment_option::FulfillmentOption;
use super::line_item::LineItem;
use super::message::Message;
use super::order::Order;
use super::total::{Till, Total};
use crate::scalar::DateTime;
use crate::shape::address::{FulfillmentDetails, mirrored};
use crate::shape::challenge::AuthenticationMetadata;
use crate::voice::{Feature, Saying, written};

/// A checkout session: the authoritative state of the cart. Every answer carries all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutSession<'a> {
    /// Names the session in the addresses of all further requests.
    id: &'a str,
    /// How the answer is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    protocol: Option<ProtocolVersion>,
    /// What the shop and the agent can do together.
    capabilities: Capabilities<'a>,
    /// Where the session stands, and so what can be done with it.
    status: Status,
    /// ISO 4217, lower case. All amounts are in its minor unit: cents for `usd`, yen for `jpy`.
    #[schema(pattern = "^[a-z]{3}$", examples("usd"))]
    currency: String,
    /// The currency the buyer is shown, where it is not the one that is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    presentment_currency: Option<String>,
    /// What one unit of `currency` is worth in the `presentment_currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exchange_rate: Option<f64>,
    /// Since when that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    exchange_rate_timestamp: Option<DateTime>,
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
    /// Which items go where, as it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fulfillment_groups: Vec<FulfillmentGroup<'a>>,
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
    /// Where the buyer can go on in a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "uri", required = false)]
    continue_url: Option<String>,
    /// What was sent along when the session was opened, as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<&'a RawValue>,
    /// The quote the session was opened with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quote_id: Option<&'a str>,
    /// What is taken off; there for agents that asked for it or gave codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    discounts: Option<DiscountsResponse<'a>>,
    /// Where the shop would like to write to the buyer; ask before it is agreed to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    marketing_consent_options: Vec<MarketingConsentOption<'a>>,
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
            Stage::PendingApproval(_) => Self::PendingApproval,
            Stage::Completing(_) => Self::CompleteInProgress,
            Stage::Completed(_) => Self::Completed,
            Stage::Canceled => Self::Canceled,
            Stage::Expired => Self::Expired,
        }
    }
}

mirrored!(
    /// What a link leads to.
    LinkType = PageKind {
        TermsOfUse,
        PrivacyPolicy,
        ReturnPolicy,
        ShippingPolicy,
        ContactUs,
        AboutUs,
        Faq,
        Support,
    }
);

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

impl<'a> Link<'a> {
    fn of(page: &'a Page) -> Self {
        Self { kind: page.kind.into(), url: &page.url }
    }
}

/// A rate as a number. It is for reading only; amounts are never worked out from it.
fn rate(exchange: &ExchangeRule) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate is far below 2 to the 53rd")]
    let millionths = exchange.millionths as f64;
    millionths / 1_000_000.0
}

/// A session that is over is not gone on with.
fn continue_url(session: &Session, shop: &Shop) -> Option<String> {
    let is_over = session.stage.kind().is_terminal();
    (!is_over).then(|| shop.continue_link(session.id.as_str())).flatten()
}

impl<'a> CheckoutSession<'a> {
    /// The session as it is said.
    fn of(session: &'a Session, saying: &'a Saying<'a>) -> Self {
        let (basket, quote, shop) = (&session.basket, &session.quote, saying.shop);
        let exchange = quote.exchange.as_ref();
        let till = Till { locale: saying.locale, exchange };
        let options = quote
            .methods
            .iter()
            .flat_map(|method| method.options.iter().map(|option| (method.kind, option)));
        let consents = shop.consents.iter().filter(|_| saying.knows(Feature::MarketingConsents));
        Self {
            id: session.id.as_str(),
            protocol: saying
                .dialect
                .date
                .map(|version| ProtocolVersion { version: version.as_str() }),
            capabilities: Capabilities::of(session, saying),
            status: Status::of(&session.stage),
            currency: basket.currency.lowercase(),
            presentment_currency: exchange.map(|exchange| exchange.to.lowercase()),
            exchange_rate: exchange.map(rate),
            exchange_rate_timestamp: exchange.and_then(|exchange| exchange.since).map(DateTime),
            locale: basket.locale.as_deref(),
            timezone: basket.timezone.as_deref(),
            buyer: basket.buyer.as_deref().map(Buyer::of),
            line_items: quote.lines.iter().map(|line| LineItem::of(line, till)).collect(),
            fulfillment_details: basket
                .contact
                .as_ref()
                .map(|contact| FulfillmentDetails::of(contact, saying)),
            fulfillment_options: options
                .map(|(kind, option)| FulfillmentOption::of(kind, option, saying, till))
                .collect(),
            selected_fulfillment_options: selected(session),
            fulfillment_groups: basket
                .groups
                .iter()
                .map(|group| FulfillmentGroup::of(group, saying))
                .collect(),
            totals: quote.totals.rows().iter().map(|row| Total::of_session(row, till)).collect(),
            messages: quote.notices.iter().map(|notice| Message::of(notice, saying)).collect(),
            links: shop.pages.iter().map(Link::of).collect(),
            authentication_metadata: AuthenticationMetadata::of(&session.stage, saying),
            created_at: DateTime(session.opened_at),
            updated_at: DateTime(session.changed_at),
            expires_at: DateTime(session.expires_at),
            continue_url: continue_url(session, shop),
            metadata: basket
                .metadata
                .as_ref()
                .and_then(|metadata| serde_json::from_str(&metadata.0).ok()),
            quote_id: basket.quote_id.as_deref(),
            discounts: DiscountsResponse::of(session, saying.locale),
            marketing_consent_options: consents.map(MarketingConsentOption::of).collect(),
            order: match &session.stage {
                Stage::Completed(placed) => Some(Order::of(session, placed, saying, till)),
                Stage::Open(_)
                | Stage::AuthenticationRequired(_)
                | Stage::PendingApproval(_)
                | Stage::Completing(_)
                | Stage::Canceled
                | Stage::Expired => None,
            },
        }
    }
}

/// The bytes of a session.
pub(crate) fn render(session: &Session, saying: &Saying<'_>) -> Vec<u8> {
    written(&CheckoutSession::of(session, saying))
}
