use serde_json::Value;

use super::expiry::HOLD;
use super::{Books, Call, Way};
use crate::stripe::charge::{Charge, Outcome, payment_method};
use crate::stripe::intent::{CaptureMethod, Intent, Stage};
use crate::stripe::methods::{Behaviour, Decline, GENERIC, Method, UNPROVEN};
use crate::stripe::refusal::Refusal;

/// What the bank says.
enum Verdict {
    Approved,
    Challenged,
    Declined(Decline),
}

impl Books {
    /// Tries to get the money. Whatever comes of it, the request was begun.
    pub(super) fn attempt(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let intent = self.intent(id)?.clone();
        let Some(method) = intent.method.clone() else {
            let message = "There is no payment method to pay with.".to_owned();
            return Err(self.unexpected(call, &intent, message));
        };
        match verdict(call, &intent, &method) {
            Verdict::Approved => self.approve(call, intent, method),
            Verdict::Challenged => {
                let return_url = call.form.get("return_url").map(str::to_owned);
                let stored = self.intent_mut(id)?;
                stored.stage = Stage::NeedsAction { return_url };
                let intent = stored.clone();
                self.tell("payment_intent.requires_action", &intent);
                self.show_intent(call, id)
            }
            Verdict::Declined(decline) => Err(self.decline(call, intent, method, decline)),
        }
    }

    fn approve(
        &mut self,
        call: &Call,
        mut intent: Intent,
        method: Method,
    ) -> Result<Value, Refusal> {
        let amount = intent.amount;
        let is_manual = intent.capture_method == CaptureMethod::Manual;
        let until = call.now.plus(HOLD);
        let outcome = if is_manual {
            Outcome::Held { until }
        } else {
            Outcome::Taken { amount, refunded: 0 }
        };
        self.charge(call, &mut intent, method, outcome);
        intent.last_error = None;
        intent.stage = if is_manual { Stage::Held { until } } else { Stage::Paid { amount } };
        *self.intent_mut(&intent.id)? = intent.clone();
        self.book(call, Way::Hold, &intent, amount);
        self.hold_token(&intent);
        if is_manual {
            self.holds.push_back(intent.id.clone());
            self.tell("payment_intent.amount_capturable_updated", &intent);
        } else {
            self.book(call, Way::Capture, &intent, amount);
            self.free_token(&intent, amount, call.now);
            self.tell("payment_intent.succeeded", &intent);
        }
        self.show_intent(call, &intent.id)
    }

    fn decline(
        &mut self,
        call: &Call,
        mut intent: Intent,
        method: Method,
        decline: Decline,
    ) -> Refusal {
        let shown = payment_method(&method, call.now);
        self.charge(call, &mut intent, method, Outcome::Declined(decline));
        let mut refusal = Refusal::card(decline.message).code(decline.code).kept();
        refusal = refusal.with("decline_code", decline.reason);
        if let Some(advice_code) = decline.advice_code {
            refusal = refusal.with("advice_code", advice_code);
        }
        refusal = refusal.with("charge", intent.latest_charge.clone());
        refusal = refusal.with("payment_method", shown);
        intent.last_error = Some(refusal.error());
        intent.method = None;
        intent.stage = Stage::NeedsMethod;
        if let Some(stored) = self.intents.get_mut(&intent.id) {
            *stored = intent.clone();
        }
        self.tell("payment_intent.payment_failed", &intent);
        let rendered = self.rendered(call, &intent, "");
        refusal.with("payment_intent", rendered)
    }

    fn charge(&mut self, call: &Call, intent: &mut Intent, method: Method, outcome: Outcome) {
        let charge = Charge {
            id: self.fresh("ch_"),
            intent: intent.id.clone(),
            made_at: call.now,
            amount: intent.amount,
            currency: intent.currency.clone(),
            method,
            description: intent.description.clone(),
            metadata: intent.metadata.clone(),
            outcome,
            is_proven: is_proven(call),
        };
        intent.latest_charge = Some(charge.id.clone());
        self.charges.add(charge.id.clone(), charge);
    }
}

fn verdict(call: &Call, intent: &Intent, method: &Method) -> Verdict {
    let needs_proof = method.behaviour == Behaviour::Challenge || intent.asks_for_proof;
    let is_set = |name| call.form.get(name) == Some("true");
    let nobody_to_ask = is_set("error_on_requires_action") || is_set("off_session");
    match method.behaviour {
        Behaviour::Decline(decline) => Verdict::Declined(decline),
        _ if call.declines => Verdict::Declined(GENERIC),
        _ if !needs_proof || is_proven(call) => Verdict::Approved,
        _ if nobody_to_ask => Verdict::Declined(UNPROVEN),
        _ => Verdict::Challenged,
    }
}

/// Whether somebody else has made sure who the buyer is, and shows it.
fn is_proven(call: &Call) -> bool {
    call.form.get("payment_method_options[card][three_d_secure][cryptogram]").is_some()
}
