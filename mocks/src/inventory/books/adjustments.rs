use std::time::Duration;

use acp_core::time::Timestamp;
use serde::Deserialize;

use super::{Books, Call, Count};
use crate::inventory::movement::Way;
use crate::inventory::refusal::Refusal;

/// How long a key is answered the same way.
const KEPT: Duration = Duration::from_hours(24 * 31);
const NOTE_LENGTH_MAX: usize = 512;

/// What is to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(in crate::inventory) struct Adjustment {
    quantity: i64,
    note: String,
}

/// What was answered to a key.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    item: String,
    adjustment: Adjustment,
    since: Timestamp,
    outcome: Result<Count, Refusal>,
}

impl Books {
    /// Takes units or adds some; once for each key, if keys are honoured.
    pub(in crate::inventory) fn adjust(
        &mut self,
        call: &Call,
        item: &str,
        adjustment: &Adjustment,
    ) -> Result<Count, Refusal> {
        let units = adjustment.units()?;
        let key = call.key.filter(|_| !self.terms.forgets_keys);
        let known = key.and_then(|key| self.keys.get(key));
        if let Some(known) = known.filter(|known| call.now < known.since.plus(KEPT)) {
            let is_same = known.item == item && known.adjustment == *adjustment;
            return if is_same { known.outcome.clone() } else { Err(Refusal::OtherAdjustment) };
        }
        let outcome = self.adjust_again(call, item, adjustment, units);
        if let Some(key) = key {
            let kept = Kept {
                item: item.to_owned(),
                adjustment: adjustment.clone(),
                since: call.now,
                outcome: outcome.clone(),
            };
            self.keys.insert(key.to_owned(), kept);
        }
        outcome
    }

    fn adjust_again(
        &mut self,
        call: &Call,
        item: &str,
        adjustment: &Adjustment,
        units: u32,
    ) -> Result<Count, Refusal> {
        if adjustment.quantity < 0 {
            self.take(call, item, units)?;
        } else {
            let count = self.count(item)?;
            self.counts.entry(item.to_owned()).or_insert(count);
            self.give(item, units);
        }
        if let Some(count) = self.counts.get_mut(item) {
            count.adjusted += adjustment.quantity;
        }
        self.book(call, Way::Adjust, item, adjustment.quantity);
        if let Some(movement) = self.movements.last_mut() {
            movement.note = Some(adjustment.note.clone());
        }
        self.count(item)
    }
}

impl Adjustment {
    /// How many units it is about.
    fn units(&self) -> Result<u32, Refusal> {
        if self.note.chars().count() > NOTE_LENGTH_MAX {
            let message = format!("note has {NOTE_LENGTH_MAX} characters at most");
            return Err(Refusal::Nonsense(message));
        }
        let units = u32::try_from(self.quantity.unsigned_abs()).ok().filter(|units| *units > 0);
        let message = "quantity is never 0 and no more than 4294967295 either way";
        units.ok_or_else(|| Refusal::Nonsense(message.to_owned()))
    }
}
