use serde::Serialize;

/// What happened to units of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Free units were promised.
    Reserve,
    /// Promised units were sold.
    Confirm,
    /// Promised units are free again, because somebody said so.
    Release,
    /// Sold units are free again.
    Return,
    /// Promised units are free again, because their time was over.
    RunOut,
    /// Free units were taken, or some were added.
    Adjust,
    /// Free units were counted anew.
    Count,
}

/// A line in the books. None is ever changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// When, in milliseconds since 1970 by the clock of the mock.
    pub at_ms: i64,
    /// What happened.
    pub way: Way,
    /// To which item.
    pub item: String,
    /// How many units moved: with `adjust` and `count`, what the free ones changed by. None moved
    /// where a reservation was given back that was never made, or had run out; it is remembered.
    pub units: i64,
    /// For which reservation.
    pub reservation: Option<String>,
    /// The key of the request that caused it; none when time did.
    pub idempotency_key: Option<String>,
    /// The session it was for, as the request said.
    pub session: Option<String>,
    /// What an adjustment says about itself.
    pub note: Option<String>,
}
