//! What Stripe would have in its database, and what its calls do to it.
//!
//! Nothing in here waits, knows HTTP or fails at random: every call happens whole or not at all.

mod attempt;
mod cards;
mod expiry;
mod intents;
mod refunds;
mod tokens;

use std::collections::HashMap;

use acp_core::time::Timestamp;
use serde_json::{Value, json};

use super::charge::Charge;
use super::form::Form;
use super::intent::{Intent, Version};
use super::methods::Method;
use super::movement::{Movement, Way};
use super::refusal::Refusal;
use super::shelf::Shelf;
use super::token::Token;
use crate::faults::Dice;
use refunds::Refund;

/// One call, apart from what it asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) now: Timestamp,
    pub(super) form: &'a Form,
    pub(super) key: Option<&'a str>,
    pub(super) version: &'a Version,
    /// Whether fate declines what the bank would have approved.
    pub(super) declines: bool,
}

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    CreateIntent,
    ReadIntent(String),
    UpdateIntent(String),
    ConfirmIntent(String),
    CaptureIntent(String),
    CancelIntent(String),
    ListIntents,
    CreateRefund,
    ReadRefund(String),
    ListRefunds,
    ReadCharge(String),
    GrantToken,
    CreateMethod,
    ReadToken(String),
    RevokeToken(String),
}

/// Something a webhook tells of.
#[derive(Clone, Debug)]
pub(super) struct Happened {
    pub(super) kind: &'static str,
    pub(super) object: Value,
}

/// The books.
#[derive(Debug)]
pub(super) struct Books {
    ids: Dice,
    intents: Shelf<Intent>,
    charges: Shelf<Charge>,
    refunds: Shelf<Refund>,
    tokens: Shelf<Token>,
    methods: HashMap<String, Method>,
    movements: Vec<Movement>,
    happened: Vec<Happened>,
    /// The holds there are, soonest to run out first, since all last equally long.
    holds: std::collections::VecDeque<String>,
}

impl Books {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            // Not the stream that decides about faults: ids must not depend on them.
            ids: Dice::new(seed ^ 0x5bd1_e995),
            intents: Shelf::default(),
            charges: Shelf::default(),
            refunds: Shelf::default(),
            tokens: Shelf::default(),
            methods: HashMap::new(),
            movements: Vec::new(),
            happened: Vec::new(),
            holds: std::collections::VecDeque::new(),
        }
    }

    /// Carries out what is asked for.
    pub(super) fn perform(&mut self, operation: &Operation, call: &Call) -> Result<Value, Refusal> {
        match operation {
            Operation::CreateIntent => self.create_intent(call),
            Operation::ReadIntent(id) => self.show_intent(call, id),
            Operation::UpdateIntent(id) => self.update_intent(call, id),
            Operation::ConfirmIntent(id) => self.confirm_intent(call, id),
            Operation::CaptureIntent(id) => self.capture_intent(call, id),
            Operation::CancelIntent(id) => self.cancel_intent(call, id),
            Operation::ListIntents => self.list_intents(call),
            Operation::CreateRefund => self.create_refund(call),
            Operation::ReadRefund(id) => self.show_refund(call, id),
            Operation::ListRefunds => self.list_refunds(call),
            Operation::ReadCharge(id) => self.show_charge(call, id),
            Operation::GrantToken => self.grant_token(call),
            Operation::CreateMethod => self.create_method(call),
            Operation::ReadToken(id) => self.show_token(call, id),
            Operation::RevokeToken(id) => self.revoke_token(call, id),
        }
    }

    /// The `PaymentIntent` nobody else may touch meanwhile.
    pub(super) fn locks(&self, operation: &Operation, form: &Form) -> Option<String> {
        match operation {
            Operation::UpdateIntent(id)
            | Operation::ConfirmIntent(id)
            | Operation::CaptureIntent(id)
            | Operation::CancelIntent(id) => Some(id.clone()),
            Operation::CreateRefund => {
                let by_charge = || {
                    let charge = self.charges.get(form.get("charge")?)?;
                    Some(charge.intent.clone())
                };
                form.get("payment_intent").map(str::to_owned).or_else(by_charge)
            }
            Operation::CreateIntent
            | Operation::ReadIntent(_)
            | Operation::ListIntents
            | Operation::ReadRefund(_)
            | Operation::ListRefunds
            | Operation::ReadCharge(_)
            | Operation::GrantToken
            | Operation::CreateMethod
            | Operation::ReadToken(_)
            | Operation::RevokeToken(_) => None,
        }
    }

    /// Every movement there ever was, in order.
    pub(super) fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// What has happened since this was asked the last time.
    pub(super) fn take_happened(&mut self) -> Vec<Happened> {
        std::mem::take(&mut self.happened)
    }

    /// A fresh id.
    pub(super) fn fresh(&self, prefix: &str) -> String {
        let mut letters = self.ids.letters();
        letters.push_str(&self.ids.letters());
        letters.truncate(24);
        format!("{prefix}{letters}")
    }

    fn intent(&self, id: &str) -> Result<&Intent, Refusal> {
        self.intents.get(id).ok_or_else(|| Refusal::nothing_there("payment_intent", id))
    }

    fn intent_mut(&mut self, id: &str) -> Result<&mut Intent, Refusal> {
        self.intents.get_mut(id).ok_or_else(|| Refusal::nothing_there("payment_intent", id))
    }

    /// A `PaymentIntent` as the caller wants to see it; `below` stands before what is expanded.
    fn rendered(&self, call: &Call, intent: &Intent, below: &str) -> Value {
        let wish = format!("{below}latest_charge");
        let is_wanted = call.form.list("expand").iter().any(|wanted| wanted.starts_with(&wish));
        let charge = intent.latest_charge.as_ref().filter(|_| is_wanted);
        let charge = charge.and_then(|id| self.charges.get(id)).map(|charge| charge.render(None));
        intent.render(call.version, charge)
    }

    /// Writes down that a webhook is due. Webhooks speak the newest dialect.
    fn tell(&mut self, kind: &'static str, intent: &Intent) {
        let object = intent.render(&Version::latest(), None);
        self.happened.push(Happened { kind, object });
    }

    fn book(&mut self, call: &Call, way: Way, intent: &Intent, amount: i64) {
        self.movements.push(Movement {
            at_ms: call.now.unix_ms(),
            way,
            amount,
            currency: intent.currency.clone(),
            payment_intent: intent.id.clone(),
            charge: intent.latest_charge.clone(),
            refund: None,
            idempotency_key: call.key.map(str::to_owned),
            metadata: intent.metadata.clone(),
        });
    }
}

/// A page of a list.
fn listed(path: &str, things: &[Value], has_more: bool) -> Value {
    json!({ "object": "list", "data": things, "has_more": has_more, "url": path })
}
