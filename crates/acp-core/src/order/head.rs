use crate::run::Standing;

/// What stands at the head of an order once somebody wanted something of it. Whoever decides about
/// the order writes it, so that nobody decides on what is not true any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderHead {
    /// How what is still to be done for the order fares, while there is something: money that is
    /// on its way back.
    pub errand: Option<Standing>,
}
