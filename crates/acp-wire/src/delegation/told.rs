use std::collections::BTreeMap;

use acp_core::vault::VaultToken;
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::DateTime;

/// What pays in the place of the card.
#[derive(Debug, Serialize, ToSchema)]
pub struct DelegatePaymentResponse<'a> {
    /// The token: it completes the session it is for.
    #[schema(value_type = String, examples("vt_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z"))]
    id: &'a str,
    /// When the card was handed over.
    #[schema(value_type = String, format = DateTime)]
    created: DateTime,
    /// What was sent along, with the `merchant_id` it is for and the `idempotency_key` it was sent
    /// with.
    #[schema(value_type = std::collections::HashMap<String, String>)]
    metadata: BTreeMap<&'a str, &'a str>,
}

/// The answer to a delegation. What is ours to say of it is ours, also where the same was sent.
pub fn render_delegation(
    token: &VaultToken,
    metadata: &[(Box<str>, Box<str>)],
    key: Option<&str>,
) -> Vec<u8> {
    let said = metadata.iter().map(|(name, value)| (&**name, &**value));
    let merchant = [("merchant_id", &*token.allowance.merchant)];
    let key = key.map(|key| ("idempotency_key", key));
    let response = DelegatePaymentResponse {
        id: token.id.as_str(),
        created: DateTime(token.made_at),
        metadata: said.chain(merchant).chain(key).collect(),
    };
    // Text in memory can always be written.
    serde_json::to_vec(&response).unwrap_or_default()
}
