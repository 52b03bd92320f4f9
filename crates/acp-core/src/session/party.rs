use crate::time::Timestamp;

/// A postal address, as the client wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the parts of an address name themselves")]
pub struct Address {
    pub name: Box<str>,
    pub line_one: Box<str>,
    pub line_two: Option<Box<str>>,
    pub city: Box<str>,
    pub state: Box<str>,
    pub country: Box<str>,
    pub postal_code: Box<str>,
    pub company: Option<Box<str>>,
    pub phone_number: Option<Box<str>>,
}

/// Who receives the goods, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields name themselves")]
pub struct Contact {
    pub name: Option<Box<str>>,
    pub phone_number: Option<Box<str>>,
    pub email: Option<Box<str>>,
    pub address: Option<Address>,
}

impl Contact {
    /// This contact, with what it does not say from another.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            name: self.name.or_else(|| other.name.clone()),
            phone_number: self.phone_number.or_else(|| other.phone_number.clone()),
            email: self.email.or_else(|| other.email.clone()),
            address: self.address.or_else(|| other.address.clone()),
        }
    }
}

/// What kind of account the buyer has with the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum AccountType {
    Guest,
    Registered,
    Business,
}

/// Whether the shop knows the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum BuyerAuthentication {
    Authenticated,
    Guest,
    RequiresSignin,
}

/// The company a buyer buys for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields name themselves")]
pub struct Company {
    pub name: Box<str>,
    pub tax_id: Option<Box<str>>,
    pub department: Option<Box<str>>,
    pub cost_center: Option<Box<str>>,
}

/// Standing in a loyalty programme.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields name themselves")]
pub struct Loyalty {
    pub tier: Option<Box<str>>,
    pub points_balance: Option<i64>,
    pub member_since: Option<Timestamp>,
}

/// What kind of paper frees a buyer of tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum CertificateType {
    Resale,
    ExemptOrganization,
    Government,
}

/// The paper that frees a buyer of tax. It is kept and shown; nothing is untaxed by it until a
/// tax service has accepted it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields name themselves")]
pub struct TaxExemption {
    pub certificate_id: Box<str>,
    pub certificate_type: CertificateType,
    pub exempt_regions: Vec<Box<str>>,
    pub expires_at: Option<Timestamp>,
}

/// Who buys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields name themselves")]
pub struct Buyer {
    pub email: Box<str>,
    pub first_name: Option<Box<str>>,
    pub last_name: Option<Box<str>>,
    pub full_name: Option<Box<str>>,
    pub phone_number: Option<Box<str>>,
    pub customer_id: Option<Box<str>>,
    pub account_type: Option<AccountType>,
    pub authentication_status: Option<BuyerAuthentication>,
    pub company: Option<Company>,
    pub loyalty: Option<Loyalty>,
    pub tax_exemption: Option<TaxExemption>,
}
