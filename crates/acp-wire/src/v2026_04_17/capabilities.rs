use acp_core::catalog::{PaymentHandler as CoreHandler, Shop};
use acp_core::session::Interventions;
use serde::Serialize;
use utoipa::ToSchema;

/// What the session can do, as agreed with the agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capabilities<'a> {
    /// How the session can be paid for.
    payment: Payment<'a>,
    /// What both sides can do when a payment needs the buyer.
    interventions: InterventionCapabilities,
}

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
    /// When the payment provider says so.
    Conditional,
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
    display_name: &'a str,
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
    instrument_schemas: Vec<&'static str>,
    /// What an agent needs to know to get a token.
    config: CardConfig<'a>,
    /// The lower, the better the shop likes it.
    display_order: u8,
}

/// What an agent needs to know to get a token for a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardConfig<'a> {
    /// What the payment provider calls the shop.
    merchant_id: &'a str,
    /// The payment provider the token must come from.
    psp: &'a str,
    /// The brands of cards it takes.
    accepted_brands: Vec<&'a str>,
    /// Of `credit`, `debit`.
    accepted_funding_types: Vec<&'static str>,
    /// Whether a payment can be authenticated.
    supports_3ds: bool,
    /// Whether money moves.
    environment: Environment,
}

impl<'a> PaymentHandler<'a> {
    fn of(handler: &'a CoreHandler) -> Self {
        Self {
            id: &handler.id,
            name: "dev.acp.tokenized.card",
            display_name: &handler.display_name,
            version: "2026-01-22",
            spec: "https://acp.dev/handlers/tokenized.card",
            requires_delegate_payment: true,
            requires_pci_compliance: false,
            psp: &handler.psp,
            config_schema: "https://acp.dev/schemas/handlers/tokenized.card/config.json",
            instrument_schemas: vec![
                "https://acp.dev/schemas/handlers/tokenized.card/instrument.json",
            ],
            config: CardConfig {
                merchant_id: &handler.merchant_id,
                psp: &handler.psp,
                accepted_brands: handler.accepted_brands.iter().map(AsRef::as_ref).collect(),
                accepted_funding_types: vec!["credit", "debit"],
                supports_3ds: true,
                environment: if handler.is_live {
                    Environment::Production
                } else {
                    Environment::Sandbox
                },
            },
            display_order: 1,
        }
    }
}

impl<'a> Capabilities<'a> {
    /// What this shop and this agent can do together: the shop can do 3-D Secure.
    pub(super) fn of(shop: &'a Shop, agent: Interventions) -> Self {
        Self {
            payment: Payment { handlers: shop.handlers.iter().map(PaymentHandler::of).collect() },
            interventions: InterventionCapabilities {
                supported: agent.three_ds.then_some(Intervention::ThreeDs).into_iter().collect(),
                required: Vec::new(),
                enforcement: Enforcement::Conditional,
            },
        }
    }
}
