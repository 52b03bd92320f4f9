//! A value of every kind of document, with everything that can be there and not be there.

mod callers;
mod dialogue;
mod goods;
mod mandates;
mod orders;
mod plans;
mod runs;
mod sessions;

use acp_core::ids::{AgentId, CartId, ItemId, MandateId, OrderId, PaymentId, SessionId, TenantId};
use acp_core::ports::{Channel, Digests, Subject};
use acp_core::principal::Habits;
use acp_core::session::{Address, Contact, Owner};

use super::dice::Dice;

pub(super) use callers::{
    act, api_key, provenance, requests_seen, roll, sealed_key, use_of_key, used_for,
};
pub(super) use dialogue::{conversation, count};
pub(super) use goods::{adjustment, feed_stand, ledger, reservation, told_product};
pub(super) use mandates::{mandate, mandate_ledger};
pub(super) use orders::{history_entry, order_event, order_head, outbox_entry};
pub(super) use plans::plan;
pub(super) use runs::{authentication, key_state, payment_note, run, standing, vault_token, view};
pub(super) use sessions::{buyer, cart, item, session};

fn subject(dice: &mut Dice) -> Subject {
    match dice.below(3) {
        0 => Subject::Session(session_id(dice)),
        1 => Subject::Mandate(MandateId::new(dice.partition(), dice.random128())),
        _ => Subject::Cart(CartId::new(dice.partition(), dice.random128())),
    }
}

pub(super) fn item_id(dice: &mut Dice) -> ItemId {
    ItemId::new(dice.text())
}

pub(super) fn session_id(dice: &mut Dice) -> SessionId {
    SessionId::new(dice.partition(), dice.random128())
}

pub(super) fn order_id(dice: &mut Dice) -> OrderId {
    OrderId::new(dice.partition(), dice.random128())
}

fn payment_id(dice: &mut Dice) -> PaymentId {
    PaymentId::new(dice.text())
}

pub(super) fn owner(dice: &mut Dice) -> Owner {
    Owner { tenant: TenantId::new(dice.text()), agent: AgentId::new(dice.text()) }
}

fn address(dice: &mut Dice) -> Address {
    Address {
        name: dice.text(),
        line_one: dice.text(),
        line_two: dice.maybe(Dice::text),
        city: dice.text(),
        state: dice.text(),
        country: dice.text(),
        postal_code: dice.text(),
        company: dice.maybe(Dice::text),
        phone_number: dice.maybe(Dice::text),
    }
}

pub(super) fn contact(dice: &mut Dice) -> Contact {
    Contact {
        name: dice.maybe(Dice::text),
        phone_number: dice.maybe(Dice::text),
        email: dice.maybe(Dice::text),
        address: dice.maybe(address),
    }
}

fn habits(dice: &mut Dice) -> Habits {
    Habits {
        conflict_status: dice.word(),
        completed_status: dice.word(),
        strangers: dice.word(),
        address_phone: dice.word(),
    }
}

pub(super) fn channel(dice: &mut Dice) -> Channel {
    Channel { version: dice.text(), locale: dice.text(), habits: habits(dice) }
}

fn digests(dice: &mut Dice) -> Digests {
    Digests { raw: dice.bytes(), canonical: dice.bytes() }
}
