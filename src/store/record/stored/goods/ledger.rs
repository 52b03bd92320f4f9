//! The stock of an item: what can be promised, what is promised now, and how every other promise
//! ended.
//!
//! How a promise ended is a document of its own beside the ledger. The ledger so stays as small
//! as the number of completions under way, and what ended is forgotten by its age, never because
//! much else was sold in the meantime.

use std::collections::BTreeMap;

use acp_core::money::Currency;
use acp_core::stock::{Ledger, Reservation};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within};
use crate::store::record::stored::scalars::Moment;

/// Where a reservation stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredReservation {
    Held { units: u32, until: Moment },
    Confirmed { units: u32 },
    Released,
}

impl Mirror<Reservation> for StoredReservation {
    fn of(value: &Reservation, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Reservation::Held { units, until } => {
                Self::Held { units: *units, until: Mirror::of(until, within)? }
            }
            Reservation::Confirmed { units } => Self::Confirmed { units: *units },
            Reservation::Released => Self::Released,
        })
    }

    fn back(self, within: Within) -> Result<Reservation, Misfit> {
        Ok(match self {
            Self::Held { units, until } => Reservation::Held { units, until: until.back(within)? },
            Self::Confirmed { units } => Reservation::Confirmed { units },
            Self::Released => Reservation::Released,
        })
    }
}

impl Document for Reservation {
    type Shape = StoredReservation;

    fn currency(&self) -> Option<Currency> {
        None
    }
}

/// The ledger of an item.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredLedger {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    free: Option<u32>,
    sold: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    reservations: BTreeMap<Box<str>, StoredReservation>,
}

impl Mirror<Ledger> for StoredLedger {
    fn of(value: &Ledger, within: Within) -> Result<Self, Misfit> {
        let reservations = value.reservations.iter().map(|(id, reservation)| {
            Ok((Mirror::of(id, within)?, Mirror::of(reservation, within)?))
        });
        let reservations = reservations.collect::<Result<_, Misfit>>()?;
        Ok(Self { free: value.free, sold: value.sold, reservations })
    }

    fn back(self, within: Within) -> Result<Ledger, Misfit> {
        let reservations = self
            .reservations
            .into_iter()
            .map(|(id, reservation)| Ok((id.back(within)?, reservation.back(within)?)));
        let reservations = reservations.collect::<Result<_, Misfit>>()?;
        Ok(Ledger { free: self.free, sold: self.sold, reservations })
    }
}

impl Document for Ledger {
    type Shape = StoredLedger;

    fn currency(&self) -> Option<Currency> {
        None
    }

    fn size(&self) -> usize {
        self.reservations.len().saturating_mul(128).saturating_add(256)
    }
}
