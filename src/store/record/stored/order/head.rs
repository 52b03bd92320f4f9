//! The head of an order.

use acp_core::money::Currency;
use acp_core::order::OrderHead;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::run::StoredStanding;

mirror! {
    StoredOrderHead of OrderHead {
    } or_absent {
        errand: Option<StoredStanding>,
        hand_over_pending: bool,
        hand_over_tried: bool,
    }
}

impl Document for OrderHead {
    type Shape = StoredOrderHead;

    fn currency(&self) -> Option<Currency> {
        None
    }

    fn size(&self) -> usize {
        128
    }
}
