//! Who buys, by two names.

use acp_core::refusal::Fault;
use acp_core::session as core;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{Text, not_null};
use crate::shape::address::{optional, text};
use crate::shape::email;

/// Who buys.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Buyer<'a> {
    /// The first name.
    #[schema(value_type = String, max_length = 1000)]
    first_name: Text<'a>,
    /// The last name.
    #[schema(value_type = String, max_length = 1000)]
    last_name: Text<'a>,
    /// Where to write to the buyer.
    #[schema(value_type = String, max_length = 1000, format = Email)]
    email: Text<'a>,
    /// Where to call; best with a plus and the country code.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    phone_number: Option<Text<'a>>,
}

/// First and last name. Later versions can do with a whole name; its last word is taken for the
/// last name.
fn names(buyer: &core::Buyer) -> Option<(&str, &str)> {
    let split = || buyer.full_name.as_deref()?.trim().rsplit_once(char::is_whitespace);
    let first = buyer.first_name.as_deref().or_else(|| Some(split()?.0.trim_end()))?;
    let last = buyer.last_name.as_deref().or_else(|| Some(split()?.1))?;
    Some((first, last))
}

impl<'a> Buyer<'a> {
    /// The buyer a request names.
    pub(crate) fn into_core(self) -> Result<core::Buyer, Fault> {
        Ok(core::Buyer {
            email: email(self.email, "$.buyer")?,
            first_name: Some(self.first_name.boxed()),
            last_name: Some(self.last_name.boxed()),
            full_name: None,
            phone_number: self.phone_number.map(Text::boxed),
            customer_id: None,
            account_type: None,
            authentication_status: None,
            company: None,
            loyalty: None,
            tax_exemption: None,
        })
    }

    /// The buyer as it is said: not at all where there are not two names.
    pub(crate) fn of(buyer: &'a core::Buyer) -> Option<Self> {
        let (first_name, last_name) = names(buyer)?;
        Some(Self {
            first_name: text(first_name),
            last_name: text(last_name),
            email: text(&buyer.email),
            phone_number: optional(buyer.phone_number.as_deref()),
        })
    }
}
