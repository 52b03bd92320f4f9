use std::time::Duration;

use super::card::Expiry;
use crate::time::Timestamp;

/// The last place on earth is this long behind UTC, and a card is good there to the end of its
/// month, too.
const LAST_ZONE: Duration = Duration::from_hours(12);
const DAY: Duration = Duration::from_hours(24);
const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const fn is_divided(year: u16, by: u16) -> bool {
    matches!(year.checked_rem(by), Some(0))
}

const fn is_leap(year: u16) -> bool {
    is_divided(year, 4) && (!is_divided(year, 100) || is_divided(year, 400))
}

fn days_in(year: u16, month: usize) -> u32 {
    let days = DAYS.get(month).copied().unwrap_or_default();
    if month == 1 && is_leap(year) { days.saturating_add(1) } else { days }
}

impl Expiry {
    /// Whether the month on the card is over, everywhere.
    pub fn is_over(self, now: Timestamp) -> bool {
        let whole_years =
            (1970..self.year).flat_map(|year| (0..12).map(move |month| (year, month)));
        let months = (0..usize::from(self.month)).map(|month| (self.year, month));
        let days = whole_years.chain(months).map(|(year, month)| days_in(year, month));
        let days = days.fold(0_u32, u32::saturating_add);
        Timestamp::EPOCH.plus(DAY.saturating_mul(days)).plus(LAST_ZONE) <= now
    }
}
