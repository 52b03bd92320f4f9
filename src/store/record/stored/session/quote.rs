//! What the shop makes of a basket.

use acp_core::catalog::PickupLocation;
use acp_core::pricing::{LineTotals, TotalRow, Totals};
use acp_core::session::{FulfillmentOption, Group, Method, Quote, QuotedLine, Window};
use serde::{Deserialize, Serialize, Serializer};

use super::discount::{StoredDiscounts, StoredExchange};
use super::notice::StoredNotice;
use crate::store::record::stored::goods::StoredItem;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, Written, mirror};
use crate::store::record::stored::party::StoredAddress;
use crate::store::record::stored::scalars::{Amount, Moment};

mirror! {
    StoredLineTotals of LineTotals {
        base: Amount,
        discount: Amount,
        subtotal: Amount,
        tax: Amount,
        total: Amount,
    }
}

mirror! {
    StoredLine of QuotedLine {
        id: Box<str>,
        item: StoredItem,
        quantity: u32,
        totals: StoredLineTotals,
    } or_absent {
        available: Option<u32>,
    }
}

mirror! {
    StoredWindow of Window {
        earliest: Moment,
        latest: Moment,
    }
}

mirror! {
    StoredPickup of PickupLocation {
        name: Box<str>,
        address: StoredAddress,
    }
}

mirror! {
    StoredOption of FulfillmentOption {
        id: Box<str>,
        title: Box<str>,
        price: Amount,
    } or_absent {
        description: Option<Box<str>>,
        carrier: Option<Box<str>>,
        window: Option<StoredWindow>,
        pickup: Option<StoredPickup>,
    }
}

mirror! {
    StoredGroup of Group {
        option: Box<str>,
        lines: Vec<Box<str>>,
    } or_absent {
        destination: Option<Box<str>>,
    }
}

mirror! {
    StoredMethod of Method {
        kind: Word,
        options: Vec<StoredOption>,
    } or_absent {
        groups: Vec<StoredGroup>,
    }
}

mirror! {
    StoredRow of TotalRow {
        kind: Word,
        amount: Amount,
    } or_absent {
        label: Option<Box<str>>,
    }
}

/// The rows. They are checked again when they are read: nothing else makes totals.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::store::record) struct StoredTotals(Vec<StoredRow>);

impl Mirror<Totals> for StoredTotals {
    fn of(value: &Totals, within: Within) -> Result<Self, Misfit> {
        value
            .rows()
            .iter()
            .map(|row| StoredRow::of(row, within))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn write<S: Serializer>(value: &Totals, within: Within, to: S) -> Result<S::Ok, S::Error> {
        let rows = value.rows().iter();
        to.collect_seq(rows.map(|row| Written::<StoredRow, _>::new(row, within)))
    }

    fn back(self, within: Within) -> Result<Totals, Misfit> {
        let currency = within.currency.ok_or(Misfit::NoCurrency)?;
        Ok(Totals::checked(currency, self.0.back(within)?)?)
    }
}

mirror! {
    StoredQuote of Quote {
        lines: Vec<StoredLine>,
        totals: StoredTotals,
        made_at: Moment,
    } or_absent {
        methods: Vec<StoredMethod>,
        notices: Vec<StoredNotice>,
        discounts: Option<StoredDiscounts>,
        exchange: Option<StoredExchange>,
    }
}
