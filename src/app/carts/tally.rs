use crate::app::tally::Count;

/// How carts ended since the start of this process. A cart ends once: one a checkout came of is
/// not abandoned any more, and giving it up changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CartCounts {
    /// How many were opened.
    pub opened: u64,
    /// Of how many a checkout session came.
    pub handed_over: u64,
    /// How many were given up.
    pub canceled: u64,
    /// How many ran out of time.
    pub abandoned: u64,
}

/// Counts how carts end.
#[derive(Debug, Default)]
pub(in crate::app) struct Tally {
    pub(super) opened: Count,
    pub(super) handed_over: Count,
    pub(super) canceled: Count,
    pub(super) abandoned: Count,
}

impl crate::app::App {
    /// How carts ended.
    pub fn cart_counts(&self) -> CartCounts {
        let Tally { opened, handed_over, canceled, abandoned } = &self.carts;
        CartCounts {
            opened: opened.get(),
            handed_over: handed_over.get(),
            canceled: canceled.get(),
            abandoned: abandoned.get(),
        }
    }
}
