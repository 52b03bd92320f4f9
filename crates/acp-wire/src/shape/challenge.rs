//! What an agent needs to authenticate a payment.

use acp_core::session::{Challenge, RiskSignals, Stage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::{Feature, Saying};

/// What an agent needs to authenticate the payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthenticationMetadata<'a> {
    /// Through what the buyer authenticates; only in versions that ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    channel: Option<Channel<'a>>,
    /// The bank that takes the money.
    acquirer_details: AcquirerDetails<'a>,
    /// Whose directory server to ask: `american_express`, `mastercard` or `visa`.
    directory_server: &'a str,
}

/// Through what the buyer authenticates.
#[derive(Debug, Serialize)]
struct Channel<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    browser: Browser<'a>,
}

/// The buyer's browser, as far as the agent told. What it did not tell is said neutrally: early
/// versions require it, and only the agent can know better.
#[derive(Debug, Serialize)]
struct Browser<'a> {
    accept_header: &'static str,
    ip_address: &'a str,
    javascript_enabled: bool,
    language: &'a str,
    user_agent: &'a str,
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

/// Longest address and language tag a browser can have by the published schemas.
const IP_ADDRESS_CHARS_MAX: usize = 45;
const LANGUAGE_CHARS_MAX: usize = 35;

fn browser(told: Option<&RiskSignals>) -> Browser<'_> {
    let signal = |pick: fn(&RiskSignals) -> Option<&str>, chars_max: usize, otherwise| {
        let told = told.and_then(pick).filter(|text| text.chars().count() <= chars_max);
        told.unwrap_or(otherwise)
    };
    Browser {
        accept_header: "*/*",
        ip_address: signal(|told| told.ip_address.as_deref(), IP_ADDRESS_CHARS_MAX, "0.0.0.0"),
        javascript_enabled: false,
        language: signal(|told| told.accept_language.as_deref(), LANGUAGE_CHARS_MAX, "en"),
        user_agent: signal(|told| told.user_agent.as_deref(), usize::MAX, "unknown"),
    }
}

impl<'a> AuthenticationMetadata<'a> {
    /// What there is to say while a payment has to be authenticated.
    pub(crate) fn of(stage: &'a Stage, saying: &Saying<'_>) -> Option<Self> {
        match stage {
            Stage::AuthenticationRequired(challenge) => Some(Self::about(challenge, saying)),
            Stage::Open(_)
            | Stage::PendingApproval(_)
            | Stage::Completing(_)
            | Stage::Completed(_)
            | Stage::Canceled
            | Stage::Expired => None,
        }
    }

    fn about(challenge: &'a Challenge, saying: &Saying<'_>) -> Self {
        let channel = || Channel { kind: "browser", browser: browser(challenge.browser.as_ref()) };
        Self {
            channel: saying.knows(Feature::Browser).then(channel),
            acquirer_details: AcquirerDetails {
                acquirer_bin: &challenge.acquirer_bin,
                acquirer_country: &challenge.acquirer_country,
                acquirer_merchant_id: &challenge.acquirer_merchant_id,
                merchant_name: &challenge.merchant_name,
            },
            directory_server: &challenge.directory_server,
        }
    }
}
