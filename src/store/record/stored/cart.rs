//! A cart.

use acp_core::cart::Cart;
use acp_core::money::Currency;

use super::document::Document;
use super::mirror::mirror;
use super::party::{StoredBuyer, StoredOwner};
use super::scalars::Moment;
use super::session::{StoredQuote, StoredWanted};

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
