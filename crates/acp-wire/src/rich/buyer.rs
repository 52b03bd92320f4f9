//! Who buys.

use acp_core::refusal::Fault;
use acp_core::session as core;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{DateTime, Text, Whole, not_null};
use crate::shape::address::{mirrored, optional, text};
use crate::shape::email;

/// The company a buyer buys for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CompanyInfo<'a> {
    /// What it is called.
    #[schema(value_type = String, max_length = 1000)]
    pub name: Text<'a>,
    /// Its tax number.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub tax_id: Option<Text<'a>>,
    /// The department that buys.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub department: Option<Text<'a>>,
    /// The cost centre that pays.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub cost_center: Option<Text<'a>>,
}

/// Standing in a loyalty programme.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct LoyaltyInfo<'a> {
    /// The level reached.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub tier: Option<Text<'a>>,
    /// How many points there are.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    pub points_balance: Option<Whole>,
    /// Since when.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub member_since: Option<DateTime>,
}

/// The paper that frees a buyer of tax.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct TaxExemption<'a> {
    /// Its number.
    #[schema(value_type = String, max_length = 1000)]
    pub certificate_id: Text<'a>,
    /// What kind of paper it is.
    pub certificate_type: CertificateType,
    /// Where it counts.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exempt_regions: Option<Vec<Text<'a>>>,
    /// Until when it counts.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub expires_at: Option<DateTime>,
}

mirrored!(
    /// What kind of paper it is.
    CertificateType = core::CertificateType { Resale, ExemptOrganization, Government }
);
mirrored!(
    /// What kind of account the buyer has.
    AccountType = core::AccountType { Guest, Registered, Business }
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
pub struct Buyer<'a> {
    /// The first name.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub first_name: Option<Text<'a>>,
    /// The last name.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub last_name: Option<Text<'a>>,
    /// The whole name, where it does not split in two.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub full_name: Option<Text<'a>>,
    /// Where to write to the buyer.
    #[schema(value_type = String, max_length = 1000, format = Email)]
    pub email: Text<'a>,
    /// Where to call; best with a plus and the country code.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub phone_number: Option<Text<'a>>,
    /// What the shop calls the buyer.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub customer_id: Option<Text<'a>>,
    /// What kind of account the buyer has.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub account_type: Option<AccountType>,
    /// Whether the shop knows the buyer.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub authentication_status: Option<AuthenticationStatus>,
    /// The company a buyer buys for.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub company: Option<CompanyInfo<'a>>,
    /// Standing in a loyalty programme.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub loyalty: Option<LoyaltyInfo<'a>>,
    /// The paper that frees the buyer of tax.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tax_exemption: Option<TaxExemption<'a>>,
}

impl<'a> Buyer<'a> {
    pub(crate) fn into_core(self) -> Result<core::Buyer, Fault> {
        Ok(core::Buyer {
            email: email(self.email, "$.buyer")?,
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
