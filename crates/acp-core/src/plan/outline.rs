use super::draft::{AddressText, Constraint, DeliveryWish, DiscountCode, Operation, PlanDraft};
use super::issue::{Issue, IssueKind};
use crate::ids::ItemId;
use crate::limits::{LINE_ITEMS_MAX, PLAN_COUNT_MAX};
use crate::money::Money;

/// Some of an item in a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub item: ItemId,
    /// How many.
    pub quantity: u32,
}

/// A line of a basket as it is to be, and what to take where its item is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlinedLine {
    /// What, and how many.
    pub line: Line,
    /// How many of them were there before.
    pub had: u32,
    /// What the shopper named in its place, in the order it was named.
    pub fallbacks: Vec<ItemId>,
}

/// What a draft comes to once its operations are done, in their order, to what was there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// What the basket holds then.
    pub lines: Vec<OutlinedLine>,
    /// Whether that is anything else than before.
    pub changes_basket: bool,
    /// The codes to use, and whether each is a condition.
    pub codes: Vec<(DiscountCode, bool)>,
    /// Codes to stop using; all of them where it says so.
    pub without: Without,
    /// Where it goes.
    pub address: Option<AddressText>,
    /// How it gets there.
    pub delivery: Option<DeliveryWish>,
    /// Whether it is paid for.
    pub pays: bool,
    /// What is only looked at, and what is done to orders that exist.
    pub others: Vec<Operation>,
    /// The most it may cost in all, by the shopper's words.
    pub total_max: Option<Money>,
    /// The most one unit may cost, by the shopper's words.
    pub unit_price_max: Option<Money>,
}

/// Codes somebody does not want to use any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Without {
    /// None are named.
    #[default]
    None,
    /// These.
    These(Vec<DiscountCode>),
    /// Whatever is used.
    All,
}

impl Outline {
    /// Does the operations of a draft to a basket.
    ///
    /// # Errors
    /// Says what cannot be done: something is not there to be changed, or grows beyond all bounds.
    pub fn of(draft: &PlanDraft, before: &[Line]) -> Result<Self, Issue> {
        let had = |line: &Line| OutlinedLine {
            line: line.clone(),
            had: line.quantity,
            fallbacks: Vec::new(),
        };
        let mut outline = Self { lines: before.iter().map(had).collect(), ..Self::default() };
        for operation in draft.operations() {
            outline.apply(operation)?;
        }
        for constraint in draft.constraints() {
            match *constraint {
                Constraint::TotalAtMost(most) => outline.total_max = Some(most),
                Constraint::UnitPriceAtMost(most) => outline.unit_price_max = Some(most),
            }
        }
        outline.lines.retain(|outlined| outlined.line.quantity > 0);
        let is_the_same = outline.lines.len() == before.len()
            && outline.lines.iter().zip(before).all(|(now, was)| now.line == *was);
        outline.changes_basket = !is_the_same;
        if outline.lines.len() > LINE_ITEMS_MAX {
            let message = format!("A basket has at most {LINE_ITEMS_MAX} lines.");
            return Err(Issue::new(IssueKind::Refused, message));
        }
        if outline.pays && outline.lines.is_empty() {
            let message = "There is nothing in the basket to pay for. Add something first.";
            return Err(Issue::new(IssueKind::EmptyCart, message));
        }
        Ok(outline)
    }

    fn apply(&mut self, operation: &Operation) -> Result<(), Issue> {
        match operation {
            Operation::Add { item, quantity, fallbacks } => {
                self.add(item, quantity.get())?;
                if let Some(outlined) = self.find(item) {
                    outlined.fallbacks.clone_from(fallbacks);
                }
            }
            Operation::Remove { item, quantity } => {
                let outlined = self.existing(item)?;
                let left =
                    quantity.map_or(0, |less| outlined.line.quantity.saturating_sub(less.get()));
                outlined.line.quantity = left;
            }
            Operation::SetQuantity { item, quantity } => {
                self.existing(item)?.line.quantity = quantity.get();
            }
            Operation::Replace { old, new, quantity } => {
                self.existing(old)?.line.quantity = 0;
                self.add(new, quantity.get())?;
            }
            Operation::ClearCart => {
                for outlined in &mut self.lines {
                    outlined.line.quantity = 0;
                }
            }
            Operation::ApplyDiscount { code, is_condition } => {
                self.codes.retain(|(known, _)| known != code);
                self.codes.push((code.clone(), *is_condition));
            }
            Operation::RemoveDiscount { code } => self.drop_code(code.as_ref()),
            Operation::SetAddress(address) => self.address = Some(address.clone()),
            Operation::SetDelivery(wish) => self.delivery = Some(wish.clone()),
            Operation::Checkout => self.pays = true,
            Operation::ViewCart
            | Operation::Search { .. }
            | Operation::OrderStatus(_)
            | Operation::CancelOrder(_) => self.others.push(operation.clone()),
            // What is said in a dialogue is settled where the dialogue is known.
            Operation::CancelPlan
            | Operation::Confirm
            | Operation::Decline
            | Operation::RepeatLast => {}
        }
        Ok(())
    }

    fn find(&mut self, item: &ItemId) -> Option<&mut OutlinedLine> {
        self.lines.iter_mut().find(|outlined| outlined.line.item == *item)
    }

    fn existing(&mut self, item: &ItemId) -> Result<&mut OutlinedLine, Issue> {
        let missing = || Issue {
            items: vec![item.clone()],
            ..Issue::new(IssueKind::NotFound, format!("There is no {item} in the basket."))
        };
        let found = self
            .lines
            .iter_mut()
            .find(|outlined| outlined.line.item == *item && outlined.line.quantity > 0);
        found.ok_or_else(missing)
    }

    fn add(&mut self, item: &ItemId, more: u32) -> Result<(), Issue> {
        let quantity = if let Some(outlined) = self.find(item) {
            outlined.line.quantity = outlined.line.quantity.saturating_add(more);
            outlined.line.quantity
        } else {
            let line = Line { item: item.clone(), quantity: more };
            self.lines.push(OutlinedLine { line, had: 0, fallbacks: Vec::new() });
            more
        };
        if quantity > PLAN_COUNT_MAX {
            let message = format!("Nobody can order more than {PLAN_COUNT_MAX} of {item} at once.");
            let items = vec![item.clone()];
            return Err(Issue { items, ..Issue::new(IssueKind::Unavailable, message) });
        }
        Ok(())
    }

    fn drop_code(&mut self, code: Option<&DiscountCode>) {
        match (code, &mut self.without) {
            (None, _) => {
                self.codes.clear();
                self.without = Without::All;
            }
            (Some(_), Without::All) => {}
            (Some(code), without) => {
                self.codes.retain(|(known, _)| known != code);
                match without {
                    Without::These(codes) => codes.push(code.clone()),
                    Without::None | Without::All => *without = Without::These(vec![code.clone()]),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::Count;

    fn item(name: &str) -> ItemId {
        ItemId::new(name)
    }

    fn add(name: &str, count: u32) -> Operation {
        let quantity = Count::new(count).unwrap();
        Operation::Add { item: item(name), quantity, fallbacks: Vec::new() }
    }

    fn outline(before: &[(&str, u32)], operations: Vec<Operation>) -> Result<Outline, Issue> {
        let line = |&(name, quantity): &(&str, u32)| Line { item: item(name), quantity };
        let before: Vec<_> = before.iter().map(line).collect();
        Outline::of(&PlanDraft::new(operations, Vec::new()).unwrap(), &before)
    }

    fn told(outline: &Outline) -> Vec<(&str, u32)> {
        outline.lines.iter().map(|it| (it.line.item.as_str(), it.line.quantity)).collect()
    }

    #[test]
    fn operations_are_done_in_their_order() {
        let operations = vec![
            add("a", 2),
            Operation::Remove { item: item("b"), quantity: Count::new(1) },
            Operation::Replace { old: item("a"), new: item("c"), quantity: Count::ONE },
            Operation::SetQuantity { item: item("c"), quantity: Count::new(4).unwrap() },
        ];
        let after = outline(&[("a", 1), ("b", 3)], operations).unwrap();
        assert_eq!(told(&after), [("b", 2), ("c", 4)]);
        assert!(after.changes_basket);
    }

    #[test]
    fn what_is_not_there_is_not_changed() {
        let gone = Operation::Remove { item: item("x"), quantity: None };
        assert_eq!(outline(&[("a", 1)], vec![gone]).unwrap_err().kind, IssueKind::NotFound);
        let twice =
            vec![Operation::ClearCart, Operation::Remove { item: item("a"), quantity: None }];
        assert_eq!(outline(&[("a", 1)], twice).unwrap_err().kind, IssueKind::NotFound);
    }

    #[test]
    fn nothing_is_not_paid_for() {
        let issue = outline(&[("a", 1)], vec![Operation::ClearCart, Operation::Checkout]);
        assert_eq!(issue.unwrap_err().kind, IssueKind::EmptyCart);
    }

    #[test]
    fn counts_do_not_grow_beyond_what_anybody_means() {
        let issue = outline(&[("a", 900)], vec![add("a", 100)]).unwrap_err();
        assert_eq!((issue.kind, issue.items), (IssueKind::Unavailable, vec![item("a")]));
    }

    #[test]
    fn a_basket_that_stays_is_not_changed() {
        let there_and_back = vec![
            add("b", 1),
            Operation::Remove { item: item("b"), quantity: None },
            Operation::Checkout,
        ];
        let after = outline(&[("a", 1)], there_and_back).unwrap();
        assert!(!after.changes_basket && after.pays);
    }

    #[test]
    fn codes_are_used_once_and_dropped_by_name_or_together() {
        let code = |text: &str| DiscountCode::new(text).unwrap();
        let apply = |text| Operation::ApplyDiscount { code: code(text), is_condition: false };
        let drop_one = Operation::RemoveDiscount { code: Some(code("a")) };
        let after = outline(&[], vec![apply("a"), apply("b"), apply("A"), drop_one]).unwrap();
        assert_eq!(after.codes, [(code("b"), false)]);
        assert_eq!(after.without, Without::These(vec![code("a")]));
        let all = outline(&[], vec![apply("a"), Operation::RemoveDiscount { code: None }]).unwrap();
        assert_eq!((all.codes, all.without), (vec![], Without::All));
    }

    proptest! {
        #[test]
        fn no_line_is_empty_or_boundless(
            before in proptest::collection::vec((0..4_u8, 1..999_u32), 0..4),
            changes in proptest::collection::vec((0..4_u8, 0..4_u8, 1..999_u32), 0..12),
        ) {
            let name = |number: u8| item(&format!("i{number}"));
            let mut lines: Vec<Line> = Vec::new();
            for (number, quantity) in before {
                if lines.iter().all(|line| line.item != name(number)) {
                    lines.push(Line { item: name(number), quantity });
                }
            }
            let operations = changes.into_iter().map(|(kind, number, count)| {
                let (item, quantity) = (name(number), Count::new(count).unwrap());
                match kind {
                    0 => Operation::Add { item, quantity, fallbacks: Vec::new() },
                    1 => Operation::Remove { item, quantity: Some(quantity) },
                    2 => Operation::SetQuantity { item, quantity },
                    _ => Operation::ClearCart,
                }
            });
            let draft = PlanDraft::new(operations.collect(), Vec::new()).unwrap();
            if let Ok(outline) = Outline::of(&draft, &lines) {
                for (place, outlined) in outline.lines.iter().enumerate() {
                    prop_assert!((1..=PLAN_COUNT_MAX).contains(&outlined.line.quantity));
                    let is_again = |other: &OutlinedLine| other.line.item == outlined.line.item;
                    prop_assert!(!outline.lines.iter().take(place).any(is_again));
                }
            }
        }
    }
}
