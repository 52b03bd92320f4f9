//! What the client asked for.

use acp_core::session::{Basket, GroupAsked, Interventions, Selection, Wanted};

use crate::store::record::stored::mirror::{Word, mirror};
use crate::store::record::stored::party::{StoredBuyer, StoredContact};

mirror! {
    StoredWanted of Wanted {
        item: Box<str>,
        quantity: u32,
    }
}

mirror! {
    StoredSelection of Selection {
        option: Box<str>,
    } or_absent {
        kind: Option<Word>,
        items: Vec<Box<str>>,
    }
}

mirror! {
    StoredGroupAsked of GroupAsked {
        id: Box<str>,
        kind: Word,
    } or_absent {
        items: Vec<Box<str>>,
        contact: Option<StoredContact>,
        location_id: Option<Box<str>>,
        instructions: Option<Box<str>>,
    }
}

mirror! {
    StoredInterventions of Interventions {
        three_ds: bool,
        biometric: bool,
        address_verification: bool,
    }
}

mirror! {
    StoredBasket of Basket {
        currency: Box<str>,
        wanted: Vec<StoredWanted>,
        interventions: StoredInterventions,
    } or_absent {
        buyer: Option<StoredBuyer>,
        contact: Option<StoredContact>,
        selections: Option<Vec<StoredSelection>>,
        order_notes: Option<Box<str>>,
        locale: Option<Box<str>>,
        timezone: Option<Box<str>>,
        quote_id: Option<Box<str>>,
        metadata: Option<Box<str>>,
        profile: Option<Word>,
        presentment: Option<Box<str>>,
        groups: Vec<StoredGroupAsked>,
        wants_discounts: bool,
        codes: Vec<Box<str>>,
    }
}
