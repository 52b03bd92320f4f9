use serde::Serialize;

/// What happened to a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It was opened.
    Open,
    /// Everything in it was replaced.
    Put,
    /// An item was taken out of it.
    Remove,
    /// A session came of it.
    CheckOut,
    /// It was given up.
    Cancel,
    /// Its time was over.
    RunOut,
    /// The shop itself changed what is in it.
    Change,
}

/// A line in the books. None is ever changed, and a repeated call has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// When, in milliseconds since 1970 by the clock of the mock.
    pub at_ms: i64,
    /// What happened.
    pub way: Way,
    /// To which cart.
    pub cart: String,
    /// The item that was taken out of it.
    pub item: Option<String>,
    /// The session that came of it.
    pub session: Option<String>,
    /// The key of the request that caused it; none when nobody asked.
    pub idempotency_key: Option<String>,
}
