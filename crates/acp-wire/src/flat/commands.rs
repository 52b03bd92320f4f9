//! Commands as far as every request of this form leaves them empty.

use acp_core::session::{CompleteSession, Interventions, OpenSession, Profile, Tender, Wanted};

/// Opens a session with these items. A request of this form has no words for anything that is
/// left empty here.
pub(crate) fn opening(profile: Profile, wanted: Vec<Wanted>) -> OpenSession {
    OpenSession {
        profile,
        currency: None,
        wanted,
        buyer: None,
        contact: None,
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions::default(),
        wants_discounts: false,
        codes: Vec::new(),
        groups: Vec::new(),
        attribution: None,
    }
}

/// Pays for a session with this. A request of this form has no words for anything that is left
/// empty here.
pub(crate) fn completing(profile: Profile, tender: Tender) -> CompleteSession {
    CompleteSession {
        profile,
        buyer: None,
        contact: None,
        tender,
        authentication: None,
        order_notes: None,
        attribution: None,
        consents: Vec::new(),
        risk: None,
    }
}
