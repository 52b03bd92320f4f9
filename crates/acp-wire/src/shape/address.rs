//! Where things go, and to whom.

use acp_core::principal::AddressPhone;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::email;
use crate::read::UnknownFields;
use crate::scalar::{Text, not_null};
use crate::voice::{Ear, Feature, Saying};

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
    /// Only from callers that are known to write it here, and to them.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub phone_number: Option<Text<'a>>,
}

impl<'a> Address<'a> {
    /// The address, and nothing that is not one.
    pub(crate) fn into_core(self, at: &str, ear: Ear) -> Result<core::Address, Fault> {
        let is_expected = ear.address_phone == AddressPhone::InAddress;
        if self.phone_number.is_some() && !is_expected && ear.unknown == UnknownFields::Refuse {
            let (path, text) = (format!("{at}.phone_number"), "This field is not known.".into());
            return Err(Fault { kind: FaultKind::UnknownField, path, text });
        }
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
            phone_number: self.phone_number.filter(|_| is_expected).map(Text::boxed),
        })
    }

    /// An address as it is said.
    pub(crate) fn of(address: &'a core::Address, saying: &Saying<'_>) -> Self {
        let is_wanted = saying.habits.address_phone == AddressPhone::InAddress;
        let company = address.company.as_deref().filter(|_| saying.knows(Feature::Company));
        Self {
            name: text(&address.name),
            line_one: text(&address.line_one),
            line_two: optional(address.line_two.as_deref()),
            city: text(&address.city),
            state: text(&address.state),
            country: text(&address.country),
            postal_code: text(&address.postal_code),
            company: optional(company),
            phone_number: optional(address.phone_number.as_deref().filter(|_| is_wanted)),
        }
    }
}

pub(crate) fn text<const CHARS_MAX: usize>(text: &str) -> Text<'_, CHARS_MAX> {
    text.into()
}

pub(crate) fn optional(optional: Option<&str>) -> Option<Text<'_>> {
    optional.map(Into::into)
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
    /// Who receives the goods, and where.
    pub(crate) fn into_core(self, at: &str, ear: Ear) -> Result<core::Contact, Fault> {
        Ok(core::Contact {
            name: self.name.map(Text::boxed),
            phone_number: self.phone_number.map(Text::boxed),
            email: self.email.map(|text| email(text, at)).transpose()?,
            address: self
                .address
                .map(|address| address.into_core(&format!("{at}.address"), ear))
                .transpose()?,
        })
    }

    /// A contact as it is said.
    pub(crate) fn of(contact: &'a core::Contact, saying: &Saying<'_>) -> Self {
        Self {
            name: optional(contact.name.as_deref()),
            phone_number: optional(contact.phone_number.as_deref()),
            email: optional(contact.email.as_deref()),
            address: contact.address.as_ref().map(|address| Address::of(address, saying)),
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
pub(crate) use mirrored;
