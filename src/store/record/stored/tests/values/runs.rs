//! What completes a checkout, and what it leaves: runs, keys, payments and tokens.

use acp_core::ids::TenantId;
use acp_core::order::Recorded;
use acp_core::payment::{PaymentNote, ProviderKey, Route};
use acp_core::ports::{Answer, AnswerKey, KeyState, View};
use acp_core::run::{Lease, Run, RunFence, RunStep, Standing, UndoReason};
use acp_core::session::InstrumentMark;
use acp_core::stock::{Hold, ReservationId};

use super::super::dice::Dice;
use super::sessions::challenge;
use super::{channel, digests, item_id, order_id, owner, payment_id, session_id, subject};

fn step(dice: &mut Dice) -> RunStep {
    let (payment, order) = (payment_id(dice), order_id(dice));
    match dice.below(7) {
        0 => RunStep::Reserving,
        1 => RunStep::Authorizing { payment },
        2 => RunStep::Capturing { payment, order },
        3 => RunStep::Delivering { payment, order },
        4 => RunStep::AwaitingCapture { payment, order },
        5 => RunStep::FailingForward { payment, order, reason: dice.word() },
        _ => RunStep::Undoing {
            payment: dice.maybe(payment_id),
            reason: match dice.below(4) {
                0 => UndoReason::Declined,
                1 => UndoReason::Challenge(challenge(dice)),
                2 => UndoReason::StockGone,
                _ => UndoReason::Failed,
            },
        },
    }
}

pub(in super::super) fn standing(dice: &mut Dice) -> Standing {
    Standing {
        fence: RunFence { number: dice.number(), owner: dice.random128() },
        lease: Lease { until: dice.time(), epoch: dice.number() },
        tries: dice.below(9),
        trouble: dice.maybe(Dice::word),
    }
}

pub(in super::super) fn run(dice: &mut Dice) -> Run {
    let currency = dice.currency();
    Run {
        session: session_id(dice),
        attempt: dice.below(9),
        standing: standing(dice),
        began_at: dice.maybe(Dice::time),
        step: step(dice),
        amount: dice.money(currency),
        is_captured_later: dice.is_true(),
        provider_key: ProviderKey(dice.text()),
        sealed_request: dice.bytes::<9>().to_vec(),
        holds: dice.many(|dice| Hold {
            item: item_id(dice),
            reservation: ReservationId(dice.text()),
            units: dice.below(9),
        }),
        answer_key: dice.maybe(|dice| AnswerKey {
            owner: owner(dice),
            operation: dice.word(),
            about: dice.maybe(subject),
            key: dice.text(),
        }),
        digests: digests(dice),
        channel: channel(dice),
        route: dice.maybe(|dice| Route(dice.text())),
        refused: dice.maybe(|dice| InstrumentMark(dice.bytes())),
        tenant: dice.maybe(|dice| TenantId::new(dice.text())),
    }
}

pub(in super::super) fn key_state(dice: &mut Dice) -> KeyState {
    let digests = digests(dice);
    match dice.maybe(|dice| Answer {
        status: u16::try_from(dice.below(600)).unwrap(),
        body: dice.text().as_bytes().into(),
        made: dice.maybe(subject),
    }) {
        None => KeyState::Running { digests },
        Some(answer) => KeyState::Answered { digests, answer },
    }
}

pub(in super::super) fn payment_note(dice: &mut Dice) -> Recorded<PaymentNote> {
    let currency = dice.currency();
    let event = PaymentNote {
        attempt: dice.below(9),
        key: ProviderKey(dice.text()),
        payment: dice.maybe(payment_id),
        amount: dice.money(currency),
        state: dice.word(),
    };
    Recorded { at: dice.time(), event }
}

pub(in super::super) fn view(dice: &mut Dice) -> View {
    View {
        owner: owner(dice),
        channel: channel(dice),
        expires_at: dice.maybe(Dice::time),
        body: dice.text().as_bytes().into(),
    }
}

pub(in super::super) fn vault_token(dice: &mut Dice) -> acp_core::vault::VaultToken {
    let currency = dice.currency();
    acp_core::vault::VaultToken {
        id: acp_core::ids::VaultTokenId::new(dice.partition(), dice.random128()),
        owner: owner(dice),
        allowance: acp_core::vault::Allowance {
            amount_max: dice.money(currency),
            session: dice.text(),
            merchant: dice.text(),
            expires_at: dice.time(),
        },
        credential: dice.bytes::<32>().to_vec(),
        brand: dice.maybe(Dice::text),
        last4: dice.text(),
        made_at: dice.time(),
        spent: dice
            .maybe(|dice| acp_core::vault::Spending { attempt: dice.below(9), at: dice.time() }),
        over_up_to: dice.below(9),
    }
}

pub(in super::super) fn authentication(dice: &mut Dice) -> acp_core::three_ds::Authentication {
    acp_core::three_ds::Authentication {
        id: acp_core::ids::AuthenticationId::new(dice.partition(), dice.random128()),
        owner: owner(dice),
        reference: dice.text(),
        has_browser: dice.below(2) == 0,
        has_notification_url: dice.below(2) == 0,
        standing: authentication_standing(dice),
        expires_at: dice.time(),
    }
}

fn authentication_standing(dice: &mut Dice) -> acp_core::three_ds::Standing {
    use acp_core::three_ds::{Action, Ending, Standing};
    match dice.below(4) {
        0 => Standing::Pending,
        1 => Standing::ActionRequired(Action::Fingerprint {
            url: dice.text(),
            transaction: dice.text(),
        }),
        2 => Standing::ActionRequired(Action::Challenge {
            url: dice.text(),
            acs_transaction: dice.text(),
            transaction: dice.text(),
            version: dice.text(),
        }),
        _ => Standing::Ended(dice.pick(&Ending::ALL)),
    }
}
