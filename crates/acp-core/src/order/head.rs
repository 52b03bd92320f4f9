use crate::run::Standing;

/// What stands at the head of an order once somebody wanted something of it. Whoever decides about
/// the order writes it, so that nobody decides on what is not true any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderHead {
    /// How what is still to be done for the order fares, while there is something: money that is
    /// on its way back, or the order itself on its way to the merchant.
    pub errand: Option<Standing>,
    /// Whether the merchant's own system has still to be given the order. There is an errand as
    /// long as it has.
    pub hand_over_pending: bool,
    /// Whether somebody has begun to give it, so that it may be there already, whatever was heard
    /// of it.
    pub hand_over_tried: bool,
}
