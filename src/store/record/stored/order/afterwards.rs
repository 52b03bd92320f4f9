//! What becomes of an order: fulfillments and adjustments.

use acp_core::order::{FulfillmentMove, NewAdjustment, NewFulfillment, Tracking, Units};

use crate::store::record::stored::mirror::{Mirror, Misfit, Optional, Within, Word, mirror};
use crate::store::record::stored::scalars::Amount;

mirror! {
    StoredUnits of Units {
        line: Box<str>,
        quantity: u32,
    }
}

mirror! {
    StoredTracking of Tracking {} or_absent {
        carrier: Option<Box<str>>,
        number: Option<Box<str>>,
        url: Option<Box<str>>,
    }
}

/// What is not followed says nothing.
impl Mirror<Tracking> for Option<StoredTracking> {
    fn of(value: &Tracking, within: Within) -> Result<Self, Misfit> {
        let is_followed = *value != Tracking::default();
        is_followed.then(|| StoredTracking::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<Tracking, Misfit> {
        self.map_or(Ok(Tracking::default()), |stored| stored.back(within))
    }
}

impl Optional<Tracking> for Option<StoredTracking> {}

mirror! {
    StoredFulfillment of NewFulfillment {
        number: u32,
        kind: Word,
        lines: Vec<StoredUnits>,
        progress: Word,
    } or_absent {
        tracking: Option<StoredTracking>,
        description: Option<Box<str>>,
    }
}

mirror! {
    StoredMove of FulfillmentMove {
        number: u32,
        progress: Word,
    } or_absent {
        tracking: Option<StoredTracking>,
        note: Option<Box<str>>,
        location: Option<Box<str>>,
    }
}

mirror! {
    StoredAdjustment of NewAdjustment {
        number: u32,
        kind: Word,
        status: Word,
    } or_absent {
        lines: Vec<StoredUnits>,
        amount: Option<Amount>,
        reason: Option<Box<str>>,
        description: Option<Box<str>>,
    }
}
