use std::collections::BTreeMap;

use acp_core::mandate::Spending;
use acp_core::order::{Order, OrderStatus};

use super::{Books, Findings};

/// What was taken from mandates for a checkout is what its order costs if a plan bought it: no more,
/// no less, and nothing where there is no order. Where no plan is known to have bought it, its shopper
/// paid without one, or the plan is forgotten by now. Each mandate is good for one.
pub(super) fn mandates_spend_what_was_ordered(books: &Books, found: &mut Findings) {
    let mut spent = BTreeMap::<&str, i64>::new();
    for (mandate, entries) in &books.spent {
        let mut bought = 0;
        for entry in entries {
            let amount = match entry.spending {
                Spending::Committed { refunded } => entry.amount.minor() - refunded,
                Spending::Released => 0,
                Spending::Held => {
                    found.push(format!("mandate {mandate} holds {}", entry.amount));
                    0
                }
            };
            bought += u32::from(amount > 0);
            *spent.entry(entry.session.as_str()).or_default() += amount;
        }
        if bought > 1 {
            found.push(format!("mandate {mandate} is spent on {bought} orders"));
        }
    }
    for session in &books.bought {
        spent.entry(session.as_str()).or_default();
    }
    for (session, spent) in spent {
        let is_bought = books.bought.iter().any(|bought| bought.as_str() == session);
        let account = books.accounts.iter().find(|it| it.session.id.as_str() == session);
        let is_kept = |order: &Order| !matches!(order.status, OrderStatus::Canceled(_));
        let bought = account.filter(|account| account.order.as_ref().is_some_and(is_kept));
        let cost = bought.map_or(0, super::books::Account::total);
        let is_right = spent == cost || (spent == 0 && !is_bought);
        if !is_right {
            found.push(format!("mandates spent {spent} on {session}, which cost {cost}"));
        }
    }
}

pub(super) fn no_plan_is_under_way(books: &Books, found: &mut Findings) {
    found.extend(books.plans.iter().map(|plan| format!("plan {plan} is still under way")));
}
