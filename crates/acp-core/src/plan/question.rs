use crate::ids::ItemId;
use crate::plan::Count;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Which product.
    Product,
    /// Which variant of a product.
    Variant,
    /// How many.
    Quantity,
    /// Which order.
    Order,
    /// An amount in the currency of the shop.
    Currency,
    /// Which discount code.
    Code,
    /// Where to.
    Address,
    /// Which line of the cart.
    Target,
}

impl Slot {
    /// The word this slot goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Variant => "variant",
            Self::Quantity => "quantity",
            Self::Order => "order",
            Self::Currency => "currency",
            Self::Code => "code",
            Self::Address => "address",
            Self::Target => "target",
        }
    }
}

/// One open point, with what it could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is missing.
    pub slot: Slot,
    /// What to ask, as a sentence.
    pub prompt: Box<str>,
    /// The items to choose among, best first.
    pub candidates: Vec<ItemId>,
    /// How many were asked for, where that is known already.
    pub quantity: Option<Count>,
}
