//! Conversations.

use acp_core::dialogue::{Conversation, Open, Purpose, Turn};
use acp_core::ids::{CartId, ConversationId, IntentId, MandateId};
use acp_core::plan::Count;
use acp_core::ports::Deed;
use acp_core::session::{Quantity, Wanted};

use super::super::dice::Dice;
use super::{item_id, order_id, owner, session_id};

fn intent_id(dice: &mut Dice) -> IntentId {
    IntentId::new(dice.partition(), dice.random128())
}

pub(in super::super) fn count(dice: &mut Dice) -> Count {
    Count::new(dice.below(999).saturating_add(1)).unwrap()
}

fn open_question(dice: &mut Dice) -> Open {
    let purpose = match dice.below(4) {
        0 => Purpose::Add,
        1 => Purpose::Remove(dice.maybe(count)),
        2 => Purpose::Set(count(dice)),
        _ => Purpose::Replace(item_id(dice)),
    };
    Open {
        slot: dice.word(),
        purpose,
        quantity: count(dice),
        is_counted: dice.is_true(),
        candidates: dice.many(item_id),
    }
}

pub(in super::super) fn conversation(dice: &mut Dice) -> Conversation {
    Conversation {
        id: ConversationId::new(dice.partition(), dice.random128()),
        owner: owner(dice),
        cart: dice.maybe(|dice| CartId::new(dice.partition(), dice.random128())),
        session: dice.maybe(session_id),
        mandate: dice.maybe(|dice| MandateId::new(dice.partition(), dice.random128())),
        plan: dice.maybe(|dice| acp_core::ids::PlanId::new(dice.partition(), dice.random128())),
        wishes: vec![acp_core::plan::Operation::Checkout],
        basket: dice.many(|dice| Wanted {
            item: item_id(dice),
            quantity: Quantity::new(dice.below(9) + 1).unwrap(),
        }),
        orders: dice.many(order_id),
        salience: dice.many(item_id),
        latest: dice.below(9),
        results: dice.many(item_id),
        open: dice.maybe(open_question),
        turns: dice.below(9),
        last: dice.many(|dice| Turn {
            intent: intent_id(dice),
            at: dice.time(),
            operations: dice.many(Dice::text),
            issues: dice.many(Dice::text),
            key: dice.maybe(Dice::text),
            is_first: dice.is_true(),
            text: dice.maybe(Dice::text),
            deeds: dice.many(|dice| Deed {
                name: dice.text(),
                items: dice.many(item_id),
                quantity: dice.maybe(|dice| Count::new(dice.below(9) + 1).unwrap()),
            }),
            asked: dice.maybe(Dice::word),
        }),
        opened_at: dice.time(),
        changed_at: dice.time(),
        expires_at: dice.time(),
    }
}
