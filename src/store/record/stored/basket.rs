//! What the client asked for.

use acp_core::session::{Basket, Interventions, Selection, Wanted};

use super::mirror::{Word, mirror};
use super::party::{StoredBuyer, StoredContact};

mirror! {
    StoredWanted of Wanted {
        item: Box<str>,
        quantity: u32,
    }
}

mirror! {
    StoredSelection of Selection {
        kind: Word,
        option: Box<str>,
    } or_absent {
        items: Vec<Box<str>>,
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
    }
}
