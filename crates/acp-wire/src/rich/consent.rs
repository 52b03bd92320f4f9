//! Whether the shop may write to the buyer.

use acp_core::catalog::ConsentOption;
use acp_core::limits::CONSENTS_MAX;
use acp_core::refusal::Fault;
use acp_core::session::Consent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::Text;
use crate::shape::told_fault;

/// A channel on which the shop would like to write to the buyer.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketingConsentOption<'a> {
    /// Its name.
    #[schema(examples("email"))]
    channel: &'a str,
    /// What the buyer agrees to receive.
    display_text: &'a str,
    /// The rules it is done by.
    #[schema(format = "uri")]
    privacy_policy_url: &'a str,
}

impl<'a> MarketingConsentOption<'a> {
    pub(super) fn of(option: &'a ConsentOption) -> Self {
        Self {
            channel: &option.channel,
            display_text: &option.text,
            privacy_policy_url: &option.privacy_policy_url,
        }
    }
}

/// What the buyer said about one of the `marketing_consent_options`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MarketingConsent<'a> {
    /// The channel. One that was not offered is passed over.
    #[schema(value_type = String, max_length = 1000, examples("email"))]
    channel: Text<'a>,
    /// Whether the buyer agrees.
    opted_in: bool,
}

/// What the buyer said.
pub(super) fn consents(said: Vec<MarketingConsent<'_>>) -> Result<Vec<Consent>, Fault> {
    if said.len() > CONSENTS_MAX {
        let text = format!("At most {CONSENTS_MAX} are possible.");
        return Err(told_fault("$.marketing_consents", text));
    }
    let one = |said: MarketingConsent<'_>| Consent {
        channel: said.channel.boxed(),
        opted_in: said.opted_in,
        contact: None,
    };
    Ok(said.into_iter().map(one).collect())
}
