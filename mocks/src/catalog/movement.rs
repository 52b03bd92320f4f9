use serde::Serialize;

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is sold from now on.
    Add,
    /// It is described in another way, or its price was set.
    Replace,
    /// It costs one unit more, because fate had it so.
    Price,
    /// It is not sold any more.
    Remove,
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
    /// What it cost before; nothing is known of what is new.
    pub price_before: Option<u64>,
    /// What it costs now; nothing is known of what is gone.
    pub price: Option<u64>,
}
