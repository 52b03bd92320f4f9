use acp_core::mandate::Spending;
use acp_core::order::OrderStatus;

use super::{Books, Findings};

/// What a mandate is told to have cost is what its order costs: no more, no less, and once. Each is
/// good for one order.
pub(super) fn mandates_spend_what_was_ordered(books: &Books, found: &mut Findings) {
    for (mandate, entries) in &books.spent {
        let (mut spent, mut expected, mut bought) = (0, 0, 0);
        for entry in entries {
            match entry.spending {
                Spending::Held => found.push(format!("mandate {mandate} holds {}", entry.amount)),
                Spending::Released => {}
                Spending::Committed { refunded } => {
                    spent += entry.amount.minor() - refunded;
                    bought += u32::from(entry.amount.minor() > refunded);
                }
            }
            let account = books.accounts.iter().find(|it| it.session.id == entry.session);
            let order = account.and_then(|account| account.order.as_ref());
            let is_kept = order.is_some_and(|it| !matches!(it.status, OrderStatus::Canceled(_)));
            if is_kept && entry.spending != Spending::Released {
                expected += account.map_or(0, super::books::Account::total);
            }
        }
        if spent != expected || bought > 1 {
            found.push(format!(
                "{spent} of mandate {mandate} is spent on {bought} orders of {expected}"
            ));
        }
    }
}

pub(super) fn no_plan_is_under_way(books: &Books, found: &mut Findings) {
    found.extend(books.plans.iter().map(|plan| format!("plan {plan} is still under way")));
}
