//! What was taken out of a merchant's stock.

use acp_core::money::Currency;
use acp_core::stock::Adjustment;

use super::document::Document;
use super::mirror::{Word, mirror};

mirror! {
    StoredAdjustment of Adjustment {
        units: u32,
        standing: Word,
    }
}

impl Document for Adjustment {
    type Shape = StoredAdjustment;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
