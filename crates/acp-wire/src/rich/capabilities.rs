//! What the session can do, as agreed between the shop and the agent.

use acp_core::catalog::{
    Authenticating, HandlerKind, PaymentHandler as CoreHandler, SellerKind, SellerMethod,
};
use acp_core::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::{Feature, Saying};

/// What the session can do, as agreed with the agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capabilities<'a> {
    /// How the session can be paid for.
    payment: Payment<'a>,
    /// What both sides can do when a payment needs the buyer.
    interventions: InterventionCapabilities,
    /// What beyond the protocol's core is used in this session; left out where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    extensions: Vec<ExtensionDeclaration>,
}

/// Something beyond the protocol's core.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExtensionDeclaration {
    /// Its name and the date of its version.
    name: &'static str,
    /// What it adds to.
    extends: [&'static str; 3],
    /// Where it is specified.
    #[schema(format = "uri")]
    spec: &'static str,
    /// Where the schema of what it adds is published.
    #[schema(format = "uri")]
    schema: &'static str,
}

/// The discount extension.
const DISCOUNT: ExtensionDeclaration = ExtensionDeclaration {
    name: "discount@2026-01-27",
    extends: [
        "$.CheckoutSessionCreateRequest.discounts",
        "$.CheckoutSessionUpdateRequest.discounts",
        "$.CheckoutSession.discounts",
    ],
    spec: DISCOUNT_SPEC,
    schema: DISCOUNT_SCHEMA,
};
/// Where the discount extension is specified.
pub(super) const DISCOUNT_SPEC: &str = "https://agenticcommerce.dev/specs/discount";
/// Where its schema is published.
pub(super) const DISCOUNT_SCHEMA: &str = "https://agenticcommerce.dev/schemas/discount.json";

/// How the session can be paid for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payment<'a> {
    /// Best first.
    handlers: Vec<PaymentHandler<'a>>,
}

/// Something only the buyer can do.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum Intervention {
    /// Authenticates a payment by 3-D Secure.
    #[serde(rename = "3ds")]
    ThreeDs,
}

/// When an intervention is needed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// For every payment.
    Always,
    /// When the payment provider says so.
    Conditional,
    /// When the payment provider says so, and a payment may do without.
    Optional,
}

/// Whether money moves.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// It does.
    Production,
    /// It does not.
    Sandbox,
}

/// The interventions both sides can carry out.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterventionCapabilities {
    /// What both sides can do.
    supported: Vec<Intervention>,
    /// What a payment may need.
    required: Vec<Intervention>,
    /// When it is needed.
    enforcement: Enforcement,
}

/// A way to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentHandler<'a> {
    /// Sent back in `payment_data.handler_id`.
    id: &'a str,
    /// What kind of handler it is.
    name: &'static str,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    display_name: Option<&'a str>,
    /// The version of the handler's own specification.
    version: &'static str,
    /// Where its specification is.
    #[schema(format = "uri")]
    spec: &'static str,
    /// Whether the token has to be got from the payment provider first.
    requires_delegate_payment: bool,
    /// Whether card data passes through it.
    requires_pci_compliance: bool,
    /// The payment provider the token must come from.
    psp: &'a str,
    /// The schema of `config`.
    #[schema(format = "uri")]
    config_schema: &'static str,
    /// The schemas of the instruments it takes.
    #[schema(format = "uri")]
    instrument_schemas: [&'static str; 1],
    /// What an agent needs to know to get a token.
    config: HandlerConfig<'a>,
    /// The lower, the better the shop likes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    display_order: Option<usize>,
}

/// What an agent needs to know to get a token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum HandlerConfig<'a> {
    /// For a card.
    Card(CardConfig<'a>),
    /// For something the shop keeps for the buyer.
    Seller(SellerConfig<'a>),
}

/// What an agent needs to know to get a token for a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardConfig<'a> {
    /// What the payment provider calls the shop.
    merchant_id: &'a str,
    /// The payment provider the token must come from.
    psp: &'a str,
    /// The brands of cards it takes.
    accepted_brands: &'a [Box<str>],
    /// Of `credit`, `debit`.
    accepted_funding_types: [&'static str; 2],
    /// Whether a payment can be authenticated.
    supports_3ds: bool,
    /// Whether money moves.
    environment: Environment,
}

/// What an agent needs to know to pay with what the shop keeps for the buyer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SellerConfig<'a> {
    /// What the payment provider calls the shop.
    merchant_id: &'a str,
    /// Who manages it: the shop itself.
    psp: &'a str,
    /// What a buyer reads, word for word.
    display_name: &'a str,
    /// What the shop calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    payment_method_id: Option<&'a str>,
    /// What the buyer has to type.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    required_fields: &'static [RequiredField],
}

/// Something the buyer has to type.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequiredField {
    /// What it is called in the request.
    name: &'static str,
    /// What the buyer reads beside it.
    label: &'static str,
    /// `text` or `number`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Whether it has to be given.
    required: bool,
    /// Whether it is hidden while it is typed.
    secure: bool,
}

const GIFT_CARD_FIELDS: &[RequiredField] = &[
    RequiredField {
        name: "number",
        label: "Gift card number",
        kind: "text",
        required: true,
        secure: false,
    },
    RequiredField { name: "pin", label: "PIN", kind: "text", required: true, secure: true },
];

/// The published documents of a kind of handler.
struct Documents {
    name: &'static str,
    version: &'static str,
    spec: &'static str,
    config_schema: &'static str,
    instrument_schema: &'static str,
}

macro_rules! documents {
    ($name:literal, $version:literal) => {
        Documents {
            name: concat!("dev.acp.", $name),
            version: $version,
            spec: concat!("https://acp.dev/handlers/", $name),
            config_schema: concat!("https://acp.dev/schemas/handlers/", $name, "/config.json"),
            instrument_schema: concat!(
                "https://acp.dev/schemas/handlers/",
                $name,
                "/instrument.json"
            ),
        }
    };
}

const fn documents(kind: &HandlerKind) -> Documents {
    match kind {
        HandlerKind::Card { .. } => documents!("tokenized.card", "2026-01-22"),
        HandlerKind::Seller(SellerMethod { kind, .. }) => match kind {
            SellerKind::SavedCard => documents!("seller_backed.saved_card", "2026-02-05"),
            SellerKind::GiftCard => documents!("seller_backed.gift_card", "2026-02-05"),
            SellerKind::Points => documents!("seller_backed.points", "2026-02-05"),
            SellerKind::StoreCredit => documents!("seller_backed.store_credit", "2026-02-05"),
        },
    }
}

fn config(handler: &CoreHandler) -> HandlerConfig<'_> {
    let (merchant_id, psp) = (handler.merchant_id.as_ref(), handler.psp.as_ref());
    match &handler.kind {
        HandlerKind::Card { accepted_brands, is_live } => HandlerConfig::Card(CardConfig {
            merchant_id,
            psp,
            accepted_brands,
            accepted_funding_types: ["credit", "debit"],
            supports_3ds: true,
            environment: if *is_live { Environment::Production } else { Environment::Sandbox },
        }),
        HandlerKind::Seller(method) => HandlerConfig::Seller(SellerConfig {
            merchant_id,
            psp,
            display_name: &handler.display_name,
            payment_method_id: method.payment_method_id.as_deref(),
            required_fields: match method.kind {
                SellerKind::GiftCard => GIFT_CARD_FIELDS,
                SellerKind::SavedCard | SellerKind::Points | SellerKind::StoreCredit => &[],
            },
        }),
    }
}

impl<'a> PaymentHandler<'a> {
    fn of(handler: &'a CoreHandler, place: usize, saying: &Saying<'_>) -> Self {
        let Documents { name, version, spec, config_schema, instrument_schema } =
            documents(&handler.kind);
        let is_shown = saying.knows(Feature::HandlerDisplay);
        Self {
            id: &handler.id,
            name,
            display_name: is_shown.then_some(handler.display_name.as_ref()),
            version,
            spec,
            requires_delegate_payment: true,
            requires_pci_compliance: false,
            psp: &handler.psp,
            config_schema,
            instrument_schemas: [instrument_schema],
            config: config(handler),
            display_order: is_shown.then_some(place),
        }
    }
}

impl<'a> Capabilities<'a> {
    /// What this shop and this agent can do together. The shop can do 3-D Secure; what it demands
    /// does not depend on what the agent says it can.
    pub(super) fn of(session: &Session, saying: &Saying<'a>) -> Self {
        let basket = &session.basket;
        let total = session.quote.totals.total();
        let open = saying.shop.handlers_for(basket.buyer.as_deref(), total);
        let handlers =
            open.zip(1..).map(|(handler, place)| PaymentHandler::of(handler, place, saying));
        let enforcement = match saying.shop.authenticating {
            Authenticating::Always => Enforcement::Always,
            Authenticating::Conditional => Enforcement::Conditional,
            Authenticating::Optional => Enforcement::Optional,
        };
        let is_demanded = saying.shop.authenticating != Authenticating::Optional;
        let three_ds = |is_there: bool| is_there.then_some(Intervention::ThreeDs).into_iter();
        Self {
            payment: Payment { handlers: handlers.collect() },
            interventions: InterventionCapabilities {
                supported: three_ds(basket.interventions.three_ds).collect(),
                required: three_ds(is_demanded).collect(),
                enforcement,
            },
            extensions: basket.wants_discounts.then_some(DISCOUNT).into_iter().collect(),
        }
    }
}
