use std::collections::BTreeMap;

use acp_core::ids::ItemId;
use acp_core::plan::Operation;

use crate::context::CartLine;

/// What operations come to, however they are said: the cart behind them, and whether it is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effect {
    pub lines: BTreeMap<ItemId, u32>,
    pub pays: bool,
}

impl Effect {
    pub(crate) fn before(cart: &[CartLine]) -> Self {
        let mut effect = Self::default();
        for line in cart {
            effect.set(&line.item, effect.count(&line.item).saturating_add(line.quantity));
        }
        effect
    }

    pub(crate) fn of(cart: &[CartLine], operations: &[Operation]) -> Self {
        let mut effect = Self::before(cart);
        for operation in operations {
            effect.act(operation);
        }
        effect
    }

    pub(crate) fn count(&self, item: &ItemId) -> u32 {
        self.lines.get(item).copied().unwrap_or(0)
    }

    fn set(&mut self, item: &ItemId, quantity: u32) {
        if quantity == 0 {
            self.lines.remove(item);
        } else {
            self.lines.insert(item.clone(), quantity);
        }
    }

    pub(crate) fn act(&mut self, operation: &Operation) {
        match operation {
            Operation::Add { item, quantity, .. } => {
                self.set(item, self.count(item).saturating_add(quantity.get()));
            }
            Operation::Remove { item, quantity } => {
                let taken = quantity.map_or(u32::MAX, acp_core::plan::Count::get);
                self.set(item, self.count(item).saturating_sub(taken));
            }
            Operation::SetQuantity { item, quantity } => self.set(item, quantity.get()),
            Operation::Replace { old, new, quantity } => {
                self.set(old, 0);
                self.set(new, self.count(new).saturating_add(quantity.get()));
            }
            Operation::ClearCart => self.lines.clear(),
            Operation::Checkout => self.pays = true,
            _ => {}
        }
    }

    /// The items of which there are not as many in the other, in order.
    pub(crate) fn differing(&self, other: &Self) -> Vec<ItemId> {
        let mut items: Vec<ItemId> = self.lines.keys().chain(other.lines.keys()).cloned().collect();
        items.sort();
        items.dedup();
        items.retain(|item| self.count(item) != other.count(item));
        items
    }
}

/// The items an operation changes the number of.
pub(crate) fn touched(operation: &Operation) -> Vec<&ItemId> {
    match operation {
        Operation::Add { item, .. }
        | Operation::Remove { item, .. }
        | Operation::SetQuantity { item, .. } => vec![item],
        Operation::Replace { old, new, .. } => vec![old, new],
        _ => Vec::new(),
    }
}
