use std::collections::BTreeMap;

use serde_json::Value;

use super::{Books, Call, Way, listed};
use crate::stripe::charge::Outcome;
use crate::stripe::form::{Form, missing};
use crate::stripe::intent::{CaptureMethod, Intent, Reason, Stage, seconds};
use crate::stripe::methods::Method;
use crate::stripe::refusal::Refusal;

const AMOUNT_MAX: i64 = 99_999_999;
/// The least Stripe takes, where it is not the smallest unit.
const AMOUNTS_MIN: [(&str, i64); 6] =
    [("usd", 50), ("eur", 50), ("cad", 50), ("aud", 50), ("chf", 50), ("gbp", 30)];
const METADATA_MAX: usize = 50;

impl Books {
    pub(super) fn create_intent(&mut self, call: &Call) -> Result<Value, Refusal> {
        let (amount, currency) = price(call.form)?;
        let capture_method = call.form.choice("capture_method", &CaptureMethod::NAMES)?;
        let method = self.method_of(call)?;
        let is_confirmed = call.form.flag("confirm")?;
        let metadata = metadata(call.form, BTreeMap::new())?;
        let id = self.fresh("pi_");
        let mut method_types = call.form.list("payment_method_types");
        if method_types.is_empty() {
            method_types.push("card".to_owned());
        }
        let intent = Intent {
            secret: self.fresh(&format!("{id}_secret_")),
            id: id.clone(),
            made_at: call.now,
            amount,
            currency,
            capture_method: capture_method.unwrap_or(CaptureMethod::Automatic),
            description: call.form.get("description").map(str::to_owned),
            receipt_email: call.form.get("receipt_email").map(str::to_owned),
            metadata,
            method_types,
            stage: before_confirmation(method.as_ref()),
            method,
            asks_for_proof: asks_for_proof(call.form),
            last_error: None,
            latest_charge: None,
        };
        if is_confirmed && intent.method.is_none() {
            return Err(missing("payment_method"));
        }
        if is_confirmed {
            self.check_token(call.now, &intent)?;
        }
        self.intents.add(id.clone(), intent.clone());
        self.book(call, Way::Create, &intent, amount);
        self.tell("payment_intent.created", &intent);
        if is_confirmed { self.attempt(call, &id) } else { self.show_intent(call, &id) }
    }

    pub(super) fn show_intent(&self, call: &Call, id: &str) -> Result<Value, Refusal> {
        Ok(self.rendered(call, self.intent(id)?, ""))
    }

    pub(super) fn update_intent(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let intent = self.intent(id)?.clone();
        let metadata = metadata(call.form, intent.metadata.clone())?;
        let is_open = is_open(&intent.stage);
        let changes_payment = ["amount", "currency", "payment_method"]
            .iter()
            .any(|name| call.form.get(name).is_some())
            || call.form.has_below("payment_method_data");
        if changes_payment && !is_open {
            let message = format!(
                "This PaymentIntent's payment could not be updated because it has a status of {}.",
                intent.stage.name()
            );
            return Err(self.unexpected(call, &intent, message));
        }
        let amount = call.form.amount("amount")?.unwrap_or(intent.amount);
        let currency = currency(call.form)?.unwrap_or_else(|| intent.currency.clone());
        check_amount(amount, &currency)?;
        let method = self.method_of(call)?;
        let stored = self.intent_mut(id)?;
        stored.metadata = metadata;
        (stored.amount, stored.currency) = (amount, currency);
        stored.asks_for_proof |= asks_for_proof(call.form);
        if let Some(description) = call.form.get("description") {
            stored.description = Some(description.to_owned());
        }
        if method.is_some() {
            stored.stage = Stage::NeedsConfirmation;
            stored.method = method;
        }
        self.show_intent(call, id)
    }

    pub(super) fn confirm_intent(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let intent = self.intent(id)?;
        if !is_open(&intent.stage) {
            let message = if matches!(intent.stage, Stage::Canceled { .. }) {
                "You cannot confirm this PaymentIntent because it has a status of canceled."
            } else {
                "You cannot confirm this PaymentIntent because it has already succeeded after being \
                 previously confirmed."
            };
            return Err(self.unexpected(call, intent, message.to_owned()));
        }
        let mut intent = intent.clone();
        if let Some(method) = self.method_of(call)? {
            if self.is_used_up(call, &method, id) {
                let message = "The PaymentMethod was used before without a Customer it is attached \
                               to. It may not be used again.";
                return Err(Refusal::invalid(message.to_owned()).kept());
            }
            intent.method = Some(method);
        }
        intent.asks_for_proof |= asks_for_proof(call.form);
        if intent.method.is_none() {
            let message = "You cannot confirm this PaymentIntent because it's missing a payment \
                           method. Update it with one, or confirm it with one.";
            return Err(self.unexpected(call, &intent, message.to_owned()));
        }
        self.check_token(call.now, &intent)?;
        *self.intent_mut(id)? = intent;
        self.attempt(call, id)
    }

    pub(super) fn capture_intent(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let mut intent = self.intent(id)?.clone();
        let amount = call.form.amount("amount_to_capture")?.unwrap_or(intent.amount);
        if !matches!(intent.stage, Stage::Held { .. }) {
            let message = format!(
                "This PaymentIntent could not be captured because it has a status of {}. Only a \
                 PaymentIntent with one of the following statuses may be captured: \
                 requires_capture.",
                intent.stage.name()
            );
            return Err(self.unexpected(call, &intent, message));
        }
        if amount > intent.amount {
            let message = "The amount to capture is greater than the amount that can be captured.";
            let refusal = Refusal::invalid(message.to_owned()).param("amount_to_capture");
            return Err(refusal.code("amount_too_large").kept());
        }
        intent.metadata = metadata(call.form, intent.metadata)?;
        intent.stage = Stage::Paid { amount };
        *self.intent_mut(id)? = intent.clone();
        self.book(call, Way::Capture, &intent, amount);
        if amount < intent.amount {
            self.book(call, Way::Release, &intent, intent.amount.saturating_sub(amount));
        }
        self.free_token(&intent, amount, call.now);
        if let Some(charge) = intent.latest_charge.as_ref().and_then(|id| self.charges.get_mut(id))
        {
            charge.outcome = Outcome::Taken { amount, refunded: 0 };
            let object = charge.render(None);
            self.happened.push(super::Happened { kind: "charge.captured", object });
        }
        self.tell("payment_intent.succeeded", &intent);
        self.show_intent(call, id)
    }

    pub(super) fn cancel_intent(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let reason = call.form.choice("cancellation_reason", &Reason::NAMES)?;
        let intent = self.intent(id)?.clone();
        if !is_open(&intent.stage) && !matches!(intent.stage, Stage::Held { .. }) {
            let message = format!(
                "You cannot cancel this PaymentIntent because it has a status of {}. Only a \
                 PaymentIntent with one of the following statuses may be canceled: \
                 requires_payment_method, requires_capture, requires_confirmation, \
                 requires_action, processing.",
                intent.stage.name()
            );
            return Err(self.unexpected(call, &intent, message));
        }
        self.let_go(call, intent, reason);
        self.show_intent(call, id)
    }

    pub(super) fn list_intents(&self, call: &Call) -> Result<Value, Refusal> {
        let made = Period::of(call.form)?;
        let is_wanted = |intent: &Intent| made.has(seconds(intent.made_at));
        let (page, has_more) = self.intents.page(call.form, is_wanted)?;
        let things: Vec<_> =
            page.iter().map(|intent| self.rendered(call, intent, "data.")).collect();
        Ok(listed("/v1/payment_intents", &things, has_more))
    }

    /// The method the caller names, if any. What it names once it may name again.
    fn method_of(&mut self, call: &Call) -> Result<Option<Method>, Refusal> {
        let form = call.form;
        let shared = "payment_method_data[shared_payment_granted_token]";
        let token = "payment_method_data[card][token]";
        let id = self.fresh("pm_");
        let method = if let Some(name) = form.get("payment_method") {
            match self.methods.get(name) {
                Some(known) => return Ok(Some(known.clone())),
                None => Method::named(name, "payment_method", id)?,
            }
        } else if let Some(name) = form.get(shared) {
            self.shared_method(name, shared, id)?
        } else if let Some(name) = form.get(token) {
            Method::named(name, token, id)?
        } else if form.has_below("payment_method_data") {
            return Err(missing(token));
        } else {
            return Ok(None);
        };
        self.methods.insert(method.id.clone(), method.clone());
        Ok(Some(method))
    }

    /// Whether a method that was made once was tried already, for another payment: nobody keeps it,
    /// so it was good for that one. A token that is shared has limits of its own.
    fn is_used_up(&self, call: &Call, method: &Method, intent: &str) -> bool {
        call.form.get("payment_method") == Some(method.id.as_str())
            && method.token.is_none()
            && self.intents.iter().any(|other| {
                other.id != intent
                    && other.latest_charge.is_some()
                    && other.method.as_ref().is_some_and(|it| it.id == method.id)
            })
    }

    /// A call that makes no sense where the `PaymentIntent` stands.
    pub(super) fn unexpected(&self, call: &Call, intent: &Intent, message: String) -> Refusal {
        let refusal = Refusal::invalid(message).code("payment_intent_unexpected_state");
        refusal.with("payment_intent", self.rendered(call, intent, "")).kept()
    }
}

/// Whether it can be confirmed.
const fn is_open(stage: &Stage) -> bool {
    match stage {
        Stage::NeedsMethod | Stage::NeedsConfirmation | Stage::NeedsAction { .. } => true,
        Stage::Held { .. } | Stage::Paid { .. } | Stage::Canceled { .. } => false,
    }
}

fn before_confirmation(method: Option<&Method>) -> Stage {
    if method.is_some() { Stage::NeedsConfirmation } else { Stage::NeedsMethod }
}

fn asks_for_proof(form: &Form) -> bool {
    let name = "payment_method_options[card][request_three_d_secure]";
    matches!(form.get(name), Some("any" | "challenge"))
}

fn price(form: &Form) -> Result<(i64, String), Refusal> {
    let amount = form.amount("amount")?.ok_or_else(|| missing("amount"))?;
    let currency = currency(form)?.ok_or_else(|| missing("currency"))?;
    check_amount(amount, &currency)?;
    Ok((amount, currency))
}

pub(super) fn currency(form: &Form) -> Result<Option<String>, Refusal> {
    let Some(text) = form.get("currency") else { return Ok(None) };
    checked_currency(text, "currency").map(Some)
}

pub(super) fn checked_currency(text: &str, param: &str) -> Result<String, Refusal> {
    let currency = text.to_ascii_lowercase();
    if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(currency);
    }
    Err(Refusal::invalid(format!("Invalid currency: {text}.")).param(param))
}

fn check_amount(amount: i64, currency: &str) -> Result<(), Refusal> {
    let known = AMOUNTS_MIN.iter().find(|(known, _)| *known == currency);
    let least = known.map_or(1, |(_, least)| *least);
    if amount < least {
        let message = format!("Amount must be at least {least} {currency}, in minor units.");
        return Err(Refusal::invalid(message).code("amount_too_small").param("amount"));
    }
    if amount > AMOUNT_MAX {
        let message = format!("Amount must be no more than {AMOUNT_MAX}, in minor units.");
        return Err(Refusal::invalid(message).code("amount_too_large").param("amount"));
    }
    Ok(())
}

/// Metadata with what the form says put over what was there; an empty value takes a key away.
pub(super) fn metadata(
    form: &Form,
    mut metadata: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    for (key, value) in form.map("metadata") {
        if value.is_empty() {
            metadata.remove(&key);
        } else if key.chars().count() > 40 || value.chars().count() > 500 {
            let message = "Metadata keys have 40 characters at most, and values 500.".to_owned();
            return Err(Refusal::invalid(message).param("metadata"));
        } else {
            metadata.insert(key, value);
        }
    }
    if metadata.len() > METADATA_MAX {
        let message = format!("Metadata has {METADATA_MAX} keys at most.");
        return Err(Refusal::invalid(message).param("metadata"));
    }
    Ok(metadata)
}

/// When a thing was made, as lists ask for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    from: i64,
    to: i64,
}

impl Period {
    pub(super) fn of(form: &Form) -> Result<Self, Refusal> {
        let exact = form.number("created")?;
        let from = [exact, form.number("created[gte]")?, after(form.number("created[gt]")?)];
        let to = [exact, form.number("created[lte]")?, before(form.number("created[lt]")?)];
        Ok(Self {
            from: from.into_iter().flatten().max().unwrap_or(i64::MIN),
            to: to.into_iter().flatten().min().unwrap_or(i64::MAX),
        })
    }

    pub(super) const fn has(self, second: i64) -> bool {
        self.from <= second && second <= self.to
    }
}

fn after(second: Option<i64>) -> Option<i64> {
    second.map(|second| second.saturating_add(1))
}

fn before(second: Option<i64>) -> Option<i64> {
    second.map(|second| second.saturating_sub(1))
}
