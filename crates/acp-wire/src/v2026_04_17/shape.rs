//! Shapes that travel both ways.

use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{Text, not_null};

/// A postal address.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Address<'a> {
    /// Who receives it.
    #[schema(value_type = String, max_length = 1000)]
    pub name: Text<'a>,
    /// Street and number.
    #[schema(value_type = String, max_length = 1000)]
    pub line_one: Text<'a>,
    /// Floor, flat, or the like.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub line_two: Option<Text<'a>>,
    /// The city.
    #[schema(value_type = String, max_length = 1000)]
    pub city: Text<'a>,
    /// The state or province; two letters in the United States.
    #[schema(value_type = String, max_length = 1000)]
    pub state: Text<'a>,
    /// Two letters of ISO 3166-1.
    #[schema(value_type = String, pattern = "^[A-Za-z]{2}$", examples("US"))]
    pub country: Text<'a>,
    /// The postal code.
    #[schema(value_type = String, max_length = 1000)]
    pub postal_code: Text<'a>,
    /// The company at this address.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub company: Option<Text<'a>>,
}

impl<'a> Address<'a> {
    pub(super) fn into_core(self, at: &str) -> Result<core::Address, Fault> {
        let country = self.country.boxed();
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Fault {
                kind: FaultKind::BadValue,
                path: format!("{at}.country"),
                text: "Use the two letters of ISO 3166-1, such as US.".to_owned(),
            });
        }
        Ok(core::Address {
            name: self.name.boxed(),
            line_one: self.line_one.boxed(),
            line_two: self.line_two.map(Text::boxed),
            city: self.city.boxed(),
            state: self.state.boxed(),
            country,
            postal_code: self.postal_code.boxed(),
            company: self.company.map(Text::boxed),
        })
    }

    pub(super) fn of(address: &'a core::Address) -> Self {
        Self {
            name: text(&address.name),
            line_one: text(&address.line_one),
            line_two: optional(address.line_two.as_deref()),
            city: text(&address.city),
            state: text(&address.state),
            country: text(&address.country),
            postal_code: text(&address.postal_code),
            company: optional(address.company.as_deref()),
        }
    }
}

pub(super) fn text<const CHARS_MAX: usize>(text: &str) -> Text<'_, CHARS_MAX> {
    text.into()
}

pub(super) fn optional(optional: Option<&str>) -> Option<Text<'_>> {
    optional.map(Into::into)
}

/// Refuses what is no e-mail address at all; whether mail arrives is another matter.
pub(super) fn checked_email(email: Text<'_>, at: &str) -> Result<Box<str>, Fault> {
    let looks_right = email.0.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !email.0.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    if looks_right {
        Ok(email.boxed())
    } else {
        Err(Fault {
            kind: FaultKind::BadValue,
            path: format!("{at}.email"),
            text: "This is not an e-mail address.".to_owned(),
        })
    }
}

/// Who receives the goods, and where.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct FulfillmentDetails<'a> {
    /// Who receives them.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub name: Option<Text<'a>>,
    /// Where to call; best with a plus and the country code.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub phone_number: Option<Text<'a>>,
    /// Where to write; enough to buy without a `buyer`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, format = Email, required = false)]
    pub email: Option<Text<'a>>,
    /// Where to deliver.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub address: Option<Address<'a>>,
}

impl<'a> FulfillmentDetails<'a> {
    pub(super) fn into_core(self) -> Result<core::Contact, Fault> {
        const AT: &str = "$.fulfillment_details";
        Ok(core::Contact {
            name: self.name.map(Text::boxed),
            phone_number: self.phone_number.map(Text::boxed),
            email: self.email.map(|email| checked_email(email, AT)).transpose()?,
            address: self
                .address
                .map(|address| address.into_core("$.fulfillment_details.address"))
                .transpose()?,
        })
    }

    pub(super) fn of(contact: &'a core::Contact) -> Self {
        Self {
            name: optional(contact.name.as_deref()),
            phone_number: optional(contact.phone_number.as_deref()),
            email: optional(contact.email.as_deref()),
            address: contact.address.as_ref().map(Address::of),
        }
    }
}

/// Makes an enum of the wire that has the same variants as one of the core.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident = $core:path { $($variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq,
            ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

        impl From<$name> for $core {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }

        impl From<$core> for $name {
            fn from(value: $core) -> Self {
                match value { $(<$core>::$variant => Self::$variant),+ }
            }
        }
    };
}
pub(super) use mirrored;

mirrored!(
    /// A way of getting goods to the buyer.
    FulfillmentType = core::MethodKind { Shipping, Digital, Pickup, LocalDelivery }
);

/// A fulfillment option chosen for some of the items.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct SelectedFulfillmentOption<'a> {
    /// The type of the option.
    #[serde(rename = "type")]
    pub kind: FulfillmentType,
    /// One of the `fulfillment_options`.
    #[schema(value_type = String, max_length = 1000)]
    pub option_id: Text<'a>,
    /// Ids of items, or of line items where one item stands on several lines.
    #[schema(max_items = 200)]
    pub item_ids: Vec<Text<'a>>,
}
