//! Who buys and who receives.

use acp_core::session::{Address, Buyer, Company, Contact, Loyalty, Owner, TaxExemption};

use super::mirror::{Word, mirror};
use super::scalars::Moment;

mirror! {
    StoredOwner of Owner {
        tenant: Box<str>,
        agent: Box<str>,
    }
}

mirror! {
    StoredAddress of Address {
        name: Box<str>,
        line_one: Box<str>,
        city: Box<str>,
        state: Box<str>,
        country: Box<str>,
        postal_code: Box<str>,
    } or_absent {
        line_two: Option<Box<str>>,
        company: Option<Box<str>>,
        phone_number: Option<Box<str>>,
    }
}

mirror! {
    StoredContact of Contact {} or_absent {
        name: Option<Box<str>>,
        phone_number: Option<Box<str>>,
        email: Option<Box<str>>,
        address: Option<StoredAddress>,
    }
}

mirror! {
    StoredCompany of Company {
        name: Box<str>,
    } or_absent {
        tax_id: Option<Box<str>>,
        department: Option<Box<str>>,
        cost_center: Option<Box<str>>,
    }
}

mirror! {
    StoredLoyalty of Loyalty {} or_absent {
        tier: Option<Box<str>>,
        points_balance: Option<i64>,
        member_since: Option<Moment>,
    }
}

mirror! {
    StoredTaxExemption of TaxExemption {
        certificate_id: Box<str>,
        certificate_type: Word,
    } or_absent {
        exempt_regions: Vec<Box<str>>,
        expires_at: Option<Moment>,
    }
}

mirror! {
    StoredBuyer of Buyer {
        email: Box<str>,
    } or_absent {
        first_name: Option<Box<str>>,
        last_name: Option<Box<str>>,
        full_name: Option<Box<str>>,
        phone_number: Option<Box<str>>,
        customer_id: Option<Box<str>>,
        account_type: Option<Word>,
        authentication_status: Option<Word>,
        company: Option<StoredCompany>,
        loyalty: Option<StoredLoyalty>,
        tax_exemption: Option<StoredTaxExemption>,
    }
}
