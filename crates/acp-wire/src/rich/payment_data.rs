//! How a session is paid for.

use acp_core::limits::PAYMENT_TOKEN_CHARS_MAX;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use acp_core::session::{HandlerChoice, PaymentToken, Tender};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::scalar::{DateTime, Text, not_null};
use crate::shape::address::Address;
use crate::shape::told_fault;
use crate::voice::Ear;

/// What proves that the client may pay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Credential<'a> {
    /// `spt` for a shared payment token.
    #[serde(rename = "type")]
    #[schema(value_type = String, max_length = 1000, examples("spt"))]
    kind: Text<'a>,
    /// The token.
    #[schema(value_type = String, max_length = 1024, examples("tok_visa"))]
    token: Text<'a, PAYMENT_TOKEN_CHARS_MAX>,
}

/// What pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Instrument<'a> {
    /// `card` for a card.
    #[serde(rename = "type")]
    #[schema(value_type = String, max_length = 1000, examples("card"))]
    kind: Text<'a>,
    /// What proves that the client may pay.
    credential: Credential<'a>,
    /// Repeats the handler, or is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(ignore)]
    handler_id: Option<Text<'a>>,
}

/// When a purchase order is paid.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum PaymentTerms {
    /// At once.
    #[serde(rename = "immediate")]
    Immediate,
    /// Within 15 days.
    #[serde(rename = "net_15")]
    Net15,
    /// Within 30 days.
    #[serde(rename = "net_30")]
    Net30,
    /// Within 60 days.
    #[serde(rename = "net_60")]
    Net60,
    /// Within 90 days.
    #[serde(rename = "net_90")]
    Net90,
}

impl From<PaymentTerms> for core::PaymentTerms {
    fn from(terms: PaymentTerms) -> Self {
        match terms {
            PaymentTerms::Immediate => Self::Immediate,
            PaymentTerms::Net15 => Self::Net15,
            PaymentTerms::Net30 => Self::Net30,
            PaymentTerms::Net60 => Self::Net60,
            PaymentTerms::Net90 => Self::Net90,
        }
    }
}

/// How the session is paid for: by a `handler_id` with an `instrument`, or by a
/// `purchase_order_number`, which needs an account with the shop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct PaymentData<'a> {
    /// One of the handlers in `capabilities.payment.handlers`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false,
        examples("card_tokenized"))]
    handler_id: Option<Text<'a>>,
    /// What pays.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    instrument: Option<Instrument<'a>>,
    /// The address the card is registered at.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    billing_address: Option<Address<'a>>,
    /// The number the business knows its purchase order by.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    purchase_order_number: Option<Text<'a>>,
    /// When the purchase order is paid.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    payment_terms: Option<PaymentTerms>,
    /// By when the purchase order is paid.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = DateTime, required = false)]
    due_date: Option<DateTime>,
    /// Whether the business itself wants its purchase order approved first.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    approval_required: Option<bool>,
}

const AT: &str = "$.payment_data";

fn missing(field: &str) -> Fault {
    Fault {
        kind: FaultKind::Missing,
        path: format!("{AT}.{field}"),
        text: "This field is required, unless a purchase_order_number is given.".to_owned(),
    }
}

impl PaymentData<'_> {
    /// What is offered.
    pub(super) fn into_core(self, ear: Ear) -> Result<Tender, Fault> {
        let inside = format!("{AT}.billing_address");
        let billing = self.billing_address.map(|address| address.into_core(&inside, ear));
        let billing_address = billing.transpose()?;
        let (handler, instrument) = match (self.handler_id, self.instrument) {
            (Some(handler), Some(instrument)) => (handler, instrument),
            (None, None) if self.purchase_order_number.is_some() => {
                let number = self.purchase_order_number.map(Text::boxed).unwrap_or_default();
                if number.trim().is_empty() {
                    let path = format!("{AT}.purchase_order_number");
                    return Err(told_fault(path, "Give the number of the purchase order."));
                }
                return Ok(Tender::PurchaseOrder(core::PurchaseOrder {
                    number,
                    terms: self.payment_terms.map(Into::into),
                    due_at: self.due_date.map(|date| date.0),
                    wants_approval: self.approval_required.unwrap_or_default(),
                    billing_address,
                }));
            }
            (None, _) => return Err(missing("handler_id")),
            (Some(_), None) => return Err(missing("instrument")),
        };
        if self.approval_required == Some(true) {
            return Err(told_fault(
                format!("{AT}.approval_required"),
                "Only purchase orders can be approved first. Leave out the instrument.",
            ));
        }
        if instrument.handler_id.is_some_and(|inner| inner.0 != handler.0) {
            let path = format!("{AT}.instrument.handler_id");
            return Err(told_fault(path, "This is not the handler_id of the payment_data."));
        }
        Ok(Tender::Instrument(core::Instrument {
            handler: HandlerChoice::Named(handler.boxed()),
            kind: instrument.kind.boxed(),
            credential: instrument.credential.kind.boxed(),
            token: PaymentToken::new(instrument.credential.token.boxed()),
            billing_address,
        }))
    }
}

/// What the agent knows of the buyer's device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct RiskSignals<'a> {
    /// Its address.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    ip_address: Option<Text<'a>>,
    /// Its browser.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    user_agent: Option<Text<'a>>,
    /// Its languages.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    accept_language: Option<Text<'a>>,
    /// The agent's session with the buyer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    session_id: Option<Text<'a>>,
    /// What tells it from others.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    device_fingerprint: Option<Text<'a>>,
}

impl RiskSignals<'_> {
    /// What the agent knows of the buyer's device.
    pub(super) fn into_core(self) -> core::RiskSignals {
        core::RiskSignals {
            ip_address: self.ip_address.map(Text::boxed),
            user_agent: self.user_agent.map(Text::boxed),
            accept_language: self.accept_language.map(Text::boxed),
            session_id: self.session_id.map(Text::boxed),
            device_fingerprint: self.device_fingerprint.map(Text::boxed),
        }
    }
}
