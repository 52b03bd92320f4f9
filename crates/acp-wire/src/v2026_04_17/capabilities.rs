use acp_core::catalog::{PaymentHandler as CoreHandler, Shop};
use acp_core::session::Interventions;
use serde::Serialize;
use utoipa::ToSchema;

/// What the session can do, as agreed with the agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Capabilities<'a> {
    payment: Payment<'a>,
    interventions: InterventionCapabilities,
}

/// How the session can be paid for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payment<'a> {
    /// Best first.
    handlers: Vec<PaymentHandler<'a>>,
}

/// The interventions both sides can carry out.
#[derive(Debug, Serialize, ToSchema)]
pub struct InterventionCapabilities {
    /// Of `3ds`, `biometric`, `address_verification`.
    supported: Vec<&'static str>,
    /// What a payment may need.
    required: Vec<&'static str>,
    /// When it is needed.
    enforcement: &'static str,
}

/// A way to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentHandler<'a> {
    /// Sent back in `payment_data.handler_id`.
    id: &'a str,
    /// What kind of handler it is.
    name: &'static str,
    display_name: &'a str,
    /// The version of the handler's own specification.
    version: &'static str,
    #[schema(format = "uri")]
    spec: &'static str,
    requires_delegate_payment: bool,
    requires_pci_compliance: bool,
    /// The payment provider the token must come from.
    psp: &'a str,
    #[schema(format = "uri")]
    config_schema: &'static str,
    instrument_schemas: Vec<&'static str>,
    config: CardConfig<'a>,
    display_order: u8,
}

/// What an agent needs to know to get a token for a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardConfig<'a> {
    merchant_id: &'a str,
    psp: &'a str,
    accepted_brands: Vec<&'a str>,
    accepted_funding_types: Vec<&'static str>,
    supports_3ds: bool,
    environment: &'static str,
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
                environment: if handler.is_live { "production" } else { "sandbox" },
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
                supported: if agent.three_ds { vec!["3ds"] } else { Vec::new() },
                required: Vec::new(),
                enforcement: "conditional",
            },
        }
    }
}
