use std::collections::BTreeMap;

use acp_core::time::Timestamp;
use serde_json::{Value, json};

use super::intents::{Period, metadata};
use super::{Books, Call, Happened, Movement, Way, listed};
use crate::stripe::charge::Outcome;
use crate::stripe::form::missing;
use crate::stripe::intent::seconds;
use crate::stripe::refusal::Refusal;

/// Money that was given back.
#[derive(Clone, Debug)]
pub(super) struct Refund {
    id: String,
    made_at: Timestamp,
    /// From then on it is known to have succeeded.
    there_at: Timestamp,
    amount: i64,
    currency: String,
    charge: String,
    intent: String,
    reason: Option<String>,
    metadata: BTreeMap<String, String>,
}

const REASONS: [(&str, ()); 3] =
    [("duplicate", ()), ("fraudulent", ()), ("requested_by_customer", ())];

impl Refund {
    fn render(&self, now: Timestamp, charge: Option<Value>, intent: Option<Value>) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": null,
            "charge": charge.unwrap_or_else(|| self.charge.clone().into()),
            "created": seconds(self.made_at),
            "currency": self.currency,
            "destination_details": {
                "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" },
                "type": "card",
            },
            "metadata": self.metadata,
            "payment_intent": intent.unwrap_or_else(|| self.intent.clone().into()),
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": if now < self.there_at { "pending" } else { "succeeded" },
            "transfer_reversal": null,
        })
    }
}

impl Books {
    pub(super) fn create_refund(&mut self, call: &Call) -> Result<Value, Refusal> {
        let amount = call.form.amount("amount")?;
        call.form.choice("reason", &REASONS)?;
        let metadata = metadata(call.form, BTreeMap::new())?;
        let charge = self.charge_to_refund(call)?;
        let fresh = self.fresh("re_");
        let Some(charge) = self.charges.get_mut(&charge) else {
            return Err(Refusal::no_such("charge", &charge, "charge"));
        };
        let Some(left) = charge.refundable() else {
            let message =
                format!("Charge {} was not captured, so there is nothing to refund.", charge.id);
            return Err(Refusal::invalid(message).code("charge_not_refundable").kept());
        };
        if left == 0 {
            let message = format!("Charge {} has already been refunded.", charge.id);
            return Err(Refusal::invalid(message).code("charge_already_refunded").kept());
        }
        let amount = amount.unwrap_or(left);
        if amount > left {
            let message = format!(
                "Refund amount ({amount}) is greater than unrefunded amount on charge ({left}), in \
                 minor units."
            );
            return Err(Refusal::invalid(message).param("amount").kept());
        }
        if let Outcome::Taken { refunded, .. } = &mut charge.outcome {
            *refunded = refunded.saturating_add(amount);
        }
        let refund = Refund {
            id: fresh,
            made_at: call.now,
            there_at: call.now.plus(charge.method.refunded_after),
            amount,
            currency: charge.currency.clone(),
            charge: charge.id.clone(),
            intent: charge.intent.clone(),
            reason: call.form.get("reason").map(str::to_owned),
            metadata,
        };
        let object = charge.render(None);
        self.happened.push(Happened { kind: "charge.refunded", object });
        self.movements.push(Movement {
            at_ms: call.now.unix_ms(),
            way: Way::Refund,
            amount,
            currency: refund.currency.clone(),
            payment_intent: refund.intent.clone(),
            charge: Some(refund.charge.clone()),
            refund: Some(refund.id.clone()),
            idempotency_key: call.key.map(str::to_owned),
            metadata: refund.metadata.clone(),
        });
        self.refunds.add(refund.id.clone(), refund.clone());
        Ok(self.shown(call, &refund, ""))
    }

    pub(super) fn show_refund(&self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let refund = self.refunds.get(id).ok_or_else(|| Refusal::nothing_there("refund", id))?;
        Ok(self.shown(call, refund, ""))
    }

    pub(super) fn list_refunds(&self, call: &Call) -> Result<Value, Refusal> {
        let (intent, charge) = (call.form.get("payment_intent"), call.form.get("charge"));
        let made = Period::of(call.form)?;
        let is_wanted = |refund: &Refund| {
            intent.is_none_or(|id| refund.intent == id)
                && charge.is_none_or(|id| refund.charge == id)
                && made.has(seconds(refund.made_at))
        };
        let (page, has_more) = self.refunds.page(call.form, is_wanted)?;
        let things: Vec<_> = page.iter().map(|refund| self.shown(call, refund, "data.")).collect();
        Ok(listed("/v1/refunds", &things, has_more))
    }

    pub(super) fn show_charge(&self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let charge = self.charges.get(id).ok_or_else(|| Refusal::nothing_there("charge", id))?;
        let is_wanted = call.form.list("expand").iter().any(|wanted| wanted == "payment_intent");
        let intent = self.intents.get(&charge.intent).filter(|_| is_wanted);
        Ok(charge.render(intent.map(|intent| intent.render(call.version, None))))
    }

    fn charge_to_refund(&self, call: &Call) -> Result<String, Refusal> {
        if let Some(id) = call.form.get("charge") {
            return Ok(id.to_owned());
        }
        let id = call.form.get("payment_intent").ok_or_else(|| missing("payment_intent"))?;
        let intent = self.intents.get(id);
        let intent = intent.ok_or_else(|| Refusal::no_such("payment_intent", id, "payment_intent"));
        let charge = intent?.latest_charge.clone();
        charge.ok_or_else(|| {
            let message =
                format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
            Refusal::invalid(message).code("payment_intent_unexpected_state").kept()
        })
    }

    fn shown(&self, call: &Call, refund: &Refund, below: &str) -> Value {
        let wishes = call.form.list("expand");
        let wants = |name: &str| wishes.contains(&format!("{below}{name}"));
        let charge = self.charges.get(&refund.charge).filter(|_| wants("charge"));
        let intent = self.intents.get(&refund.intent).filter(|_| wants("payment_intent"));
        refund.render(
            call.now,
            charge.map(|charge| charge.render(None)),
            intent.map(|intent| intent.render(call.version, None)),
        )
    }
}
