//! Mandates, and what was spent by them.

use acp_core::ids::{AgentId, MandateId, TenantId};
use acp_core::mandate::{Budget, Entry, Folded, Mandate, PlanDigest, Restriction, Spending};

use super::super::dice::Dice;
use super::{item_id, session_id};

pub(in super::super) fn mandate(dice: &mut Dice) -> Mandate {
    let currency = dice.currency();
    Mandate {
        id: MandateId::new(dice.partition(), dice.random128()),
        version: dice.below(9),
        tenant: TenantId::new(dice.text()),
        principal: dice.text(),
        agents: dice.many(|dice| AgentId::new(dice.text())),
        currency,
        per_order: dice.money(currency),
        per_unit: dice.maybe(|dice| dice.money(currency)),
        budget: Budget {
            limit: dice.money(currency),
            orders: dice.maybe(|dice| dice.below(9)),
            window: dice.word(),
            time_zone: dice.text(),
        },
        approval_above: dice.maybe(|dice| dice.money(currency)),
        restriction: Restriction {
            items: dice.many(item_id),
            categories: dice.many(Dice::text),
            countries: dice.many(Dice::text),
            denied_items: dice.many(item_id),
            denied_categories: dice.many(Dice::text),
            stored_value: dice.is_true(),
        },
        valid_from: dice.time(),
        valid_until: dice.time(),
        standing: dice.word(),
        is_for_one_plan: false,
    }
}

pub(in super::super) fn mandate_ledger(dice: &mut Dice) -> acp_core::mandate::Ledger {
    let currency = dice.currency();
    let entries = dice.many(|dice| Entry {
        key: dice.text(),
        plan: PlanDigest(dice.bytes()),
        session: session_id(dice),
        amount: dice.money(currency),
        at: dice.time(),
        expires_at: dice.time(),
        approval: dice.maybe(Dice::text),
        spending: match dice.below(3) {
            0 => Spending::Held,
            1 => Spending::Committed { refunded: dice.money(currency).minor() },
            _ => Spending::Released,
        },
    });
    let folded = Folded { spent: dice.money(currency).minor(), orders: dice.below(99) };
    acp_core::mandate::Ledger::from_parts(entries, folded)
}
