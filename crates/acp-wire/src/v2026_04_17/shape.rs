//! Shapes that travel both ways.

use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{DateTime, Text, Whole, not_null};

/// A postal address.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Address<'a> {
    /// Who receives it.
    #[schema(value_type = String, max_length = 1000)]
    pub name: Text<'a>,
    #[schema(value_type = String, max_length = 1000)]
    pub line_one: Text<'a>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub line_two: Option<Text<'a>>,
    #[schema(value_type = String, max_length = 1000)]
    pub city: Text<'a>,
    /// The state or province; two letters in the United States.
    #[schema(value_type = String, max_length = 1000)]
    pub state: Text<'a>,
    /// Two letters.
    #[schema(value_type = String, max_length = 1000, example = "US")]
    pub country: Text<'a>,
    #[schema(value_type = String, max_length = 1000)]
    pub postal_code: Text<'a>,
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
fn checked_email(email: Text<'_>, at: &str) -> Result<Box<str>, Fault> {
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
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub name: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub phone_number: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, format = Email, required = false)]
    pub email: Option<Text<'a>>,
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

/// The company a buyer buys for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CompanyInfo<'a> {
    #[schema(value_type = String, max_length = 1000)]
    pub name: Text<'a>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub tax_id: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub department: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub cost_center: Option<Text<'a>>,
}

/// Standing in a loyalty programme.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct LoyaltyInfo<'a> {
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub tier: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    pub points_balance: Option<Whole>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub member_since: Option<DateTime>,
}

/// The paper that frees a buyer of tax.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct TaxExemption<'a> {
    #[schema(value_type = String, max_length = 1000)]
    pub certificate_id: Text<'a>,
    pub certificate_type: CertificateType,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false)]
    pub exempt_regions: Option<Vec<Text<'a>>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub expires_at: Option<DateTime>,
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
    /// What kind of paper it is.
    CertificateType = core::CertificateType { Resale, ExemptOrganization, Government }
);
mirrored!(
    /// What kind of account the buyer has.
    AccountType = core::AccountType { Guest, Registered, Business }
);
mirrored!(
    /// A way of getting goods to the buyer.
    FulfillmentType = core::MethodKind { Shipping, Digital, Pickup, LocalDelivery }
);

/// Whether the shop knows the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuthenticationStatus {
    Authenticated,
    Guest,
    #[serde(rename = "requires_signin")]
    RequiresSignin,
}

impl From<AuthenticationStatus> for core::BuyerAuthentication {
    fn from(status: AuthenticationStatus) -> Self {
        match status {
            AuthenticationStatus::Authenticated => Self::Authenticated,
            AuthenticationStatus::Guest => Self::Guest,
            AuthenticationStatus::RequiresSignin => Self::RequiresSignin,
        }
    }
}

impl From<core::BuyerAuthentication> for AuthenticationStatus {
    fn from(status: core::BuyerAuthentication) -> Self {
        match status {
            core::BuyerAuthentication::Authenticated => Self::Authenticated,
            core::BuyerAuthentication::Guest => Self::Guest,
            core::BuyerAuthentication::RequiresSignin => Self::RequiresSignin,
        }
    }
}

/// Who buys.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"}))]
pub struct Buyer<'a> {
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub first_name: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub last_name: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub full_name: Option<Text<'a>>,
    #[schema(value_type = String, max_length = 1000, format = Email)]
    pub email: Text<'a>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub phone_number: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub customer_id: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub account_type: Option<AccountType>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub authentication_status: Option<AuthenticationStatus>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub company: Option<CompanyInfo<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub loyalty: Option<LoyaltyInfo<'a>>,
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tax_exemption: Option<TaxExemption<'a>>,
}

impl<'a> Buyer<'a> {
    pub(super) fn into_core(self) -> Result<core::Buyer, Fault> {
        Ok(core::Buyer {
            email: checked_email(self.email, "$.buyer")?,
            first_name: self.first_name.map(Text::boxed),
            last_name: self.last_name.map(Text::boxed),
            full_name: self.full_name.map(Text::boxed),
            phone_number: self.phone_number.map(Text::boxed),
            customer_id: self.customer_id.map(Text::boxed),
            account_type: self.account_type.map(Into::into),
            authentication_status: self.authentication_status.map(Into::into),
            company: self.company.map(|company| core::Company {
                name: company.name.boxed(),
                tax_id: company.tax_id.map(Text::boxed),
                department: company.department.map(Text::boxed),
                cost_center: company.cost_center.map(Text::boxed),
            }),
            loyalty: self.loyalty.map(|loyalty| core::Loyalty {
                tier: loyalty.tier.map(Text::boxed),
                points_balance: loyalty.points_balance.map(|points| points.0),
                member_since: loyalty.member_since.map(|since| since.0),
            }),
            tax_exemption: self.tax_exemption.map(|exemption| core::TaxExemption {
                certificate_id: exemption.certificate_id.boxed(),
                certificate_type: exemption.certificate_type.into(),
                exempt_regions: exemption
                    .exempt_regions
                    .unwrap_or_default()
                    .into_iter()
                    .map(Text::boxed)
                    .collect(),
                expires_at: exemption.expires_at.map(|at| at.0),
            }),
        })
    }

    pub(super) fn of(buyer: &'a core::Buyer) -> Self {
        Self {
            first_name: optional(buyer.first_name.as_deref()),
            last_name: optional(buyer.last_name.as_deref()),
            full_name: optional(buyer.full_name.as_deref()),
            email: text(&buyer.email),
            phone_number: optional(buyer.phone_number.as_deref()),
            customer_id: optional(buyer.customer_id.as_deref()),
            account_type: buyer.account_type.map(Into::into),
            authentication_status: buyer.authentication_status.map(Into::into),
            company: buyer.company.as_ref().map(|company| CompanyInfo {
                name: text(&company.name),
                tax_id: optional(company.tax_id.as_deref()),
                department: optional(company.department.as_deref()),
                cost_center: optional(company.cost_center.as_deref()),
            }),
            loyalty: buyer.loyalty.as_ref().map(|loyalty| LoyaltyInfo {
                tier: optional(loyalty.tier.as_deref()),
                points_balance: loyalty.points_balance.map(Whole),
                member_since: loyalty.member_since.map(DateTime),
            }),
            tax_exemption: buyer.tax_exemption.as_ref().map(|exemption| TaxExemption {
                certificate_id: text(&exemption.certificate_id),
                certificate_type: exemption.certificate_type.into(),
                exempt_regions: (!exemption.exempt_regions.is_empty())
                    .then(|| exemption.exempt_regions.iter().map(|region| text(region)).collect()),
                expires_at: exemption.expires_at.map(DateTime),
            }),
        }
    }
}

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
    #[schema(value_type = Vec<String>)]
    pub item_ids: Vec<Text<'a>>,
}
