//! Days, weeks and months by the rules of the time zone database that is built in: a machine
//! without one, or with an old one, must not tell other days than its neighbours.

use acp_core::mandate::{Span, Window};
use acp_core::ports::{Calendar, UnknownZone};
use acp_core::time::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Knows the calendar of every place the time zone database has.
#[derive(Debug)]
pub struct ZoneCalendar {
    zones: TimeZoneDatabase,
}

impl Default for ZoneCalendar {
    fn default() -> Self {
        Self { zones: TimeZoneDatabase::bundled() }
    }
}

impl Calendar for ZoneCalendar {
    fn span(&self, window: Window, time_zone: &str, at: Timestamp) -> Result<Span, UnknownZone> {
        let zone = self.zones.get(time_zone).map_err(|_not_in_it| UnknownZone)?;
        // The database has a name for the place nobody knows.
        if zone.is_unknown() {
            return Err(UnknownZone);
        }
        let today = zone.to_datetime(moment(at)).date();
        let (first, next) = match window {
            Window::Total => return Ok(Span::EVER),
            Window::Day => (Ok(today), today.tomorrow()),
            Window::Week => {
                let monday = today.checked_sub(today.weekday().to_monday_zero_offset().days());
                let next = monday.clone().and_then(|monday| monday.checked_add(7.days()));
                (monday, next)
            }
            Window::Month => (Ok(today.first_of_month()), today.last_of_month().tomorrow()),
        };
        // At the ends of time a window is as wide as time: more counts in it, never less.
        Ok(Span {
            from: beginning(&zone, first).unwrap_or(Span::EVER.from),
            until: beginning(&zone, next).unwrap_or(Span::EVER.until),
        })
    }
}

/// The moment as the library tells it; the ends of its time where it is beyond them.
fn moment(at: Timestamp) -> jiff::Timestamp {
    let end = if at < Timestamp::EPOCH { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap_or(end)
}

/// The first moment of a day. Where clocks are put forward at midnight it is later than midnight,
/// and where they are put back over it, the earlier one.
fn beginning(zone: &TimeZone, day: Result<Date, jiff::Error>) -> Option<Timestamp> {
    let midnight = zone.to_timestamp(day.ok()?.at(0, 0, 0, 0)).ok()?;
    Some(Timestamp::from_unix_ms(midnight.as_millisecond()))
}
