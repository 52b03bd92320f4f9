//! A cart.

use acp_core::cart::Cart;
use acp_core::money::Currency;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::party::{StoredBuyer, StoredOwner};
use crate::store::record::stored::scalars::Moment;
use crate::store::record::stored::session::{StoredQuote, StoredWanted};

mirror! {
    StoredCart of Cart {
        id: Box<str>,
        owner: StoredOwner,
        currency: Box<str>,
        wanted: Vec<StoredWanted>,
        estimate: StoredQuote,
        changed_at: Moment,
        expires_at: Moment,
    } or_absent {
        buyer: Option<StoredBuyer>,
        locale: Option<Box<str>>,
        session: Option<Box<str>>,
        kept_as: Option<Box<str>>,
    }
}

impl Document for Cart {
    type Shape = StoredCart;

    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }

    fn size(&self) -> usize {
        2_048
    }
}
