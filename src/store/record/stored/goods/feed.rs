//! How far agents were told of products, and of what.

use acp_core::catalog::{FeedRound, FeedStand, GoneItem, ToldProduct};
use acp_core::money::Currency;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::run::StoredLease;
use crate::store::record::stored::scalars::Moment;

mirror! {
    StoredRound of FeedRound {
        at: Moment,
        products: u64,
        told: u64,
        gone: u64,
        refused: u64,
    }
}

mirror! {
    StoredStand of FeedStand {
        address: Box<str>,
        generation: u32,
        batches: u64,
        due: Moment,
        failures: u32,
    } or_absent {
        feed: Option<Box<str>>,
        lease: Option<StoredLease>,
        trouble: Option<Box<str>>,
        last: Option<StoredRound>,
        update: Option<Box<str>>,
    }
}

impl Document for FeedStand {
    type Shape = StoredStand;

    fn currency(&self) -> Option<Currency> {
        None
    }
}

mirror! {
    StoredGoneItem of GoneItem {
        id: Box<str>,
        title: Box<str>,
    }
}

mirror! {
    StoredToldProduct of ToldProduct {
        generation: u32,
        digest: Box<str>,
        items: Vec<StoredGoneItem>,
    } or_absent {
        is_refused: bool,
    }
}

impl Document for ToldProduct {
    type Shape = StoredToldProduct;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
