use serde_json::Value;

use super::intents::checked_currency;
use super::{Books, Call, Timestamp};
use crate::stripe::form::missing;
use crate::stripe::intent::Intent;
use crate::stripe::methods::Method;
use crate::stripe::refusal::Refusal;
use crate::stripe::token::{End, Token};

const PARAM: &str = "payment_method_data[shared_payment_granted_token]";

impl Books {
    pub(super) fn grant_token(&mut self, call: &Call) -> Result<Value, Refusal> {
        let form = call.form;
        let name = form.required("payment_method")?;
        let method = match self.methods.get(name) {
            Some(known) => known.clone(),
            None => Method::named(name, "payment_method", self.fresh("pm_"))?,
        };
        let currency = form.required("usage_limits[currency]")?;
        let max = "usage_limits[max_amount]";
        let expires_at = form.number("usage_limits[expires_at]")?;
        let token = Token {
            id: self.fresh("spt_"),
            made_at: call.now,
            method,
            currency: checked_currency(currency, "usage_limits[currency]")?,
            amount_max: form.amount(max)?.ok_or_else(|| missing(max))?,
            expires_at: expires_at.map(|at| Timestamp::from_unix_ms(at.saturating_mul(1_000))),
            captured: 0,
            held: 0,
            ended: None,
            shared_metadata: form.map("shared_metadata"),
        };
        if token.expires_at.is_some_and(|at| at <= call.now) {
            let message = "The time of expiry has to be in the future.".to_owned();
            return Err(Refusal::invalid(message).param("usage_limits[expires_at]"));
        }
        let rendered = token.render();
        self.tokens.add(token.id.clone(), token);
        Ok(rendered)
    }

    pub(super) fn show_token(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let token = self.token(call.now, id)?;
        Ok(token.render())
    }

    pub(super) fn revoke_token(&mut self, call: &Call, id: &str) -> Result<Value, Refusal> {
        let token = self.token(call.now, id)?;
        if token.ended.is_some() {
            let message = format!("The shared payment token {id} has already been deactivated.");
            return Err(Refusal::invalid(message).kept());
        }
        token.ended = Some((call.now, End::Revoked));
        Ok(token.render())
    }

    /// The method behind a token. One that was never granted here is taken at its word, so that a
    /// shop can be shown without an agent; it has no limits then.
    pub(super) fn shared_method(
        &self,
        name: &str,
        param: &str,
        id: String,
    ) -> Result<Method, Refusal> {
        match self.tokens.get(name) {
            Some(token) => Ok(Method { id, token: Some(name.to_owned()), ..token.method.clone() }),
            None if name.starts_with("spt_") => Method::named(name, param, id),
            None => Err(Refusal::no_such("shared payment token", name, param)),
        }
    }

    /// Refuses what the token does not allow.
    pub(super) fn check_token(&mut self, now: Timestamp, intent: &Intent) -> Result<(), Refusal> {
        let name = intent.method.as_ref().and_then(|method| method.token.as_deref());
        let Some(token) = name.and_then(|name| self.tokens.get_mut(name)) else { return Ok(()) };
        token.age(now);
        match token.objection(intent.amount, &intent.currency) {
            Some(message) => Err(Refusal::invalid(message).param(PARAM)),
            None => Ok(()),
        }
    }

    /// Counts a hold against the limit of the token.
    pub(super) fn hold_token(&mut self, intent: &Intent) {
        if let Some(token) = self.token_of(intent) {
            token.held = token.held.saturating_add(intent.amount);
        }
    }

    /// A hold is over; `captured` of it was taken.
    pub(super) fn free_token(&mut self, intent: &Intent, captured: i64, now: Timestamp) {
        let Some(token) = self.token_of(intent) else { return };
        token.held = token.held.saturating_sub(intent.amount);
        token.captured = token.captured.saturating_add(captured);
        if token.captured >= token.amount_max && token.ended.is_none() {
            token.ended = Some((now, End::Consumed));
        }
    }

    fn token_of(&mut self, intent: &Intent) -> Option<&mut Token> {
        let name = intent.method.as_ref()?.token.as_ref()?;
        self.tokens.get_mut(name)
    }

    fn token(&mut self, now: Timestamp, id: &str) -> Result<&mut Token, Refusal> {
        let token = self.tokens.get_mut(id);
        let token =
            token.ok_or_else(|| Refusal::nothing_there("shared_payment.granted_token", id))?;
        token.age(now);
        Ok(token)
    }
}
