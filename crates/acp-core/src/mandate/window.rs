use crate::time::Timestamp;

/// How long a budget lasts before it is there again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// For ever: what is spent is spent.
    Total,
    /// A day of the calendar.
    Day,
    /// A week that begins on Monday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Window {
    /// Every window.
    pub const ALL: [Self; 4] = [Self::Total, Self::Day, Self::Week, Self::Month];

    /// Its name, as it is sent and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// A window as it stands in time, by the calendar of a place. Which one it is just now is known to
/// whoever knows calendars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Span {
    /// All of time.
    pub const EVER: Self =
        Self { from: Timestamp::from_unix_ms(i64::MIN), until: Timestamp::from_unix_ms(i64::MAX) };

    /// Whether something that happened then counts in it.
    ///
    /// What seems to come from after it counts as well: a clock that was set back must not make
    /// room.
    pub fn counts(&self, at: Timestamp) -> bool {
        at >= self.from
    }
}
