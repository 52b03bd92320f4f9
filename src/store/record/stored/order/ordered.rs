//! What was ordered.

use acp_core::order::{ChosenDelivery, Ordered, OrderedLine};

use crate::store::record::stored::mirror::{Word, mirror};
use crate::store::record::stored::party::{StoredAddress, StoredContact, StoredOwner};
use crate::store::record::stored::scalars::Amount;
use crate::store::record::stored::session::{
    StoredExchange, StoredLineTotals, StoredTotals, StoredWindow,
};

mirror! {
    StoredOrderedLine of OrderedLine {
        id: Box<str>,
        item: Box<str>,
        product_id: Box<str>,
        title: Box<str>,
        kind: Word,
        quantity: u32,
        unit_price: Amount,
        totals: StoredLineTotals,
    } or_absent {
        image: Option<Box<str>>,
    }
}

mirror! {
    StoredChosenDelivery of ChosenDelivery {
        kind: Word,
        title: Box<str>,
        lines: Vec<Box<str>>,
    } or_absent {
        carrier: Option<Box<str>>,
        destination: Option<StoredAddress>,
        window: Option<StoredWindow>,
    }
}

mirror! {
    StoredOrdered of Ordered {
        owner: StoredOwner,
        number: Box<str>,
        lines: Vec<StoredOrderedLine>,
        totals: StoredTotals,
        contact: StoredContact,
    } or_absent {
        exchange: Option<StoredExchange>,
        deliveries: Vec<StoredChosenDelivery>,
        notes: Option<Box<str>>,
        metadata: Option<Box<str>>,
        locale: Option<Box<str>>,
    }
}
