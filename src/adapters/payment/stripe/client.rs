//! One call to Stripe's API: how it is written, and what its answer says about money.

use std::sync::Arc;

use acp_core::limits::STRIPE_CALL_TIMEOUT;
use acp_core::payment::{Decline, PaymentFault, Route};
use acp_core::ports::Entropy;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::cards::Part;
use super::objects::{Complaint, Envelope};
use super::{StripeOptions, declines};
use crate::adapters::outward::{
    Call, Missed, NoRoots, Patience, Peer, Reply, Transport, Watched, shown,
};
use crate::seeded::{Bug, has};

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// Parameters, as Stripe reads them. What pays is among them, so that they are never printed, and
/// overwritten when they are sent.
#[derive(Default)]
pub(super) struct Form(Zeroizing<String>);

impl Form {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        let text = std::mem::take(&mut *self.0);
        let length = text.len();
        let mut pairs = form_urlencoded::Serializer::for_suffix(text, length.min(1));
        pairs.append_pair(name, value);
        *self.0 = pairs.finish();
        self
    }

    /// Asks for whole objects where Stripe would only name them.
    pub(super) fn expanding(self, members: &[&str]) -> Self {
        members.iter().fold(self, |form, member| form.with("expand[]", member))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Answered<T> {
    pub(super) object: T,
    /// Whether this is what was said the first time, and may not be true any more.
    pub(super) is_replayed: bool,
}

/// What was asked for is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// What pays was declined, or is none, because of this part of a card where that is known.
    Instrument(Decline, Option<Part>),
    /// The buyer has to authenticate before anybody can pay with it.
    Authenticate,
    /// The payment is in another state than the call is for.
    Beyond,
    /// There is nothing of that name.
    Missing,
    /// Everything else.
    Fault(PaymentFault),
}

impl Refused {
    /// What is left to say where nobody asked about an instrument.
    pub(super) const fn fault(self) -> PaymentFault {
        match self {
            Self::Fault(fault) => fault,
            Self::Instrument(..) | Self::Authenticate | Self::Beyond | Self::Missing => {
                PaymentFault::CallerBug
            }
        }
    }
}

impl From<PaymentFault> for Refused {
    fn from(fault: PaymentFault) -> Self {
        Self::Fault(fault)
    }
}

/// Calls Stripe as one account.
#[derive(Debug)]
pub(super) struct StripeClient {
    peer: Peer,
    headers: HeaderMap,
}

impl StripeClient {
    pub(super) fn new(options: &StripeOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        let calls_at_once = options.calls_at_once;
        let patience = Patience { calls_at_once, ..Patience::of(STRIPE_CALL_TIMEOUT) };
        let name =
            options.route.as_ref().map_or("stripe".into(), |Route(it)| format!("stripe {it}"));
        let peer = Peer::at(&name, &options.base_url, patience, &options.peers, entropy)?;
        let mut headers = HeaderMap::new();
        let bearer = Zeroizing::new(format!("Bearer {}", options.secret_key.as_str()));
        // The configuration lets nothing through that cannot stand in a header.
        if let Ok(mut bearer) = HeaderValue::from_str(&bearer) {
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        if let Ok(version) = HeaderValue::from_str(&options.api_version) {
            headers.insert(STRIPE_VERSION, version);
        }
        headers.insert(CONTENT_TYPE, FORM);
        Ok(Self { peer, headers })
    }

    pub(super) const fn watched(&self) -> &Arc<Watched> {
        self.peer.watched()
    }

    pub(super) fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { peer: self.peer.over(transport), ..self }
    }

    /// Reads something.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Form,
    ) -> Result<T, Refused> {
        let path = match query.as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        };
        let headers = self.headers.clone();
        let call = Call { method: Method::GET, path, headers, body: Bytes::new() };
        Ok(self.ask(call).await?.object)
    }

    /// Makes something, or does something; with a key, once.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: Option<&str>,
    ) -> Result<Answered<T>, Refused> {
        let mut headers = self.headers.clone();
        if let Some(key) = key.filter(|_| !has(Bug::KeysLeftOut)) {
            let key = HeaderValue::from_str(key).map_err(|_unprintable| PaymentFault::CallerBug)?;
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        let body = Bytes::from_owner(Zeroizing::new(form.0.as_bytes().to_vec()));
        self.ask(Call { method: Method::POST, path: path.to_owned(), headers, body }).await
    }

    async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<Answered<T>, Refused> {
        let (peer, path) = (self.watched().name(), shown(&call.path));
        let reply = self.peer.ask(call).await.map_err(|missed| match missed {
            Missed::Lost if !has(Bug::SilenceTakenForUnsent) => PaymentFault::Ambiguous,
            // It is left alone because it would answer so.
            Missed::NotSent if self.watched().refuses_us() => PaymentFault::Config,
            Missed::NotSent | Missed::Lost => PaymentFault::NotSent,
        })?;
        if reply.status.is_success() {
            let object = serde_json::from_slice(&reply.body).map_err(|error| {
                let request = request_id(&reply);
                tracing::error!(peer, path, request, %error, "Stripe's answer cannot be read");
                PaymentFault::Ambiguous
            })?;
            return Ok(Answered { object, is_replayed: is_replayed(&reply) });
        }
        let envelope = serde_json::from_slice::<Envelope>(&reply.body);
        let complaint = envelope.map(|envelope| envelope.error).unwrap_or_default();
        let refused = refusal(&reply, &complaint);
        tracing::debug!(
            peer,
            path,
            request = request_id(&reply),
            status = reply.status.as_u16(),
            kind = &*complaint.kind,
            code = complaint.code.as_deref(),
            ?refused,
            "Stripe said no"
        );
        if let Refused::Fault(fault) = refused
            && fault.needs_person()
            // Of credentials it is said once that they are not taken.
            && !self.watched().refuses_us()
        {
            let request = request_id(&reply);
            let said = complaint.message.as_deref();
            tracing::error!(peer, path, request, said, "Stripe does not take our call");
        }
        Err(refused)
    }
}

fn request_id(reply: &Reply) -> Option<&str> {
    reply.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok())
}

fn is_replayed(reply: &Reply) -> bool {
    reply.headers.get(REPLAYED).is_some_and(|said| said == "true")
}

/// What an answer that is none means: the one table.
fn refusal(reply: &Reply, complaint: &Complaint) -> Refused {
    let fault = match reply.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => PaymentFault::Config,
        StatusCode::CONFLICT => PaymentFault::InFlight,
        StatusCode::TOO_MANY_REQUESTS => PaymentFault::Throttled,
        status if status.is_server_error() && is_replayed(reply) => PaymentFault::StoredServerError,
        // Whom Stripe itself had to ask has not answered.
        StatusCode::FAILED_DEPENDENCY => PaymentFault::Ambiguous,
        status if status.is_client_error() && !complaint.kind.is_empty() => {
            return refused(complaint);
        }
        // A redirect is none of Stripe's answers, and neither is a refusal without a reason.
        _ => PaymentFault::Ambiguous,
    };
    fault.into()
}

fn refused(complaint: &Complaint) -> Refused {
    let code = complaint.code.as_deref().unwrap_or_default();
    let parameter = complaint.param.as_deref().unwrap_or_default();
    match (&*complaint.kind, code) {
        (_, "charge_expired_for_capture" | "capture_charge_authorization_expired") => {
            PaymentFault::AuthorizationExpired.into()
        }
        (_, "amount_too_small" | "amount_too_large") => PaymentFault::Unpayable.into(),
        // The same key with other parameters: an earlier call of ours, and nobody knows which.
        ("idempotency_error", _) => PaymentFault::Ambiguous.into(),
        ("card_error", _) if complaint.wants_authentication() => Refused::Authenticate,
        ("card_error", _) => Refused::Instrument(declines::read(complaint), Part::of(parameter)),
        (_, "payment_intent_unexpected_state") => Refused::Beyond,
        // The agent sent it, and it is nothing that pays, or proves nothing.
        _ if is_instrument(parameter) => Refused::Instrument(Decline::Hard, Part::of(parameter)),
        // With another proof the same instrument may pay.
        _ if is_proof(parameter) => Refused::Instrument(Decline::Soft, None),
        (_, "resource_missing") => Refused::Missing,
        _ if is_used_up(complaint) => Refused::Instrument(Decline::Hard, None),
        _ => PaymentFault::CallerBug.into(),
    }
}

/// Whether what an agent pays with was good for one payment, which was another. Nothing but the words
/// says so.
fn is_used_up(complaint: &Complaint) -> bool {
    let said = complaint.message.as_deref().unwrap_or_default();
    complaint.code.is_none()
        && said.contains("PaymentMethod")
        && said.contains("may not be used again")
}

/// Whether a parameter is what an agent pays with, or a part of a card it hands over.
fn is_instrument(parameter: &str) -> bool {
    parameter == "payment_method"
        || parameter.starts_with("payment_method_data")
        || parameter.starts_with("card[")
        || parameter.starts_with("billing_details[")
}

/// Whether a parameter is how an agent proves that its buyer authenticated. The options beside it
/// are ours.
fn is_proof(parameter: &str) -> bool {
    parameter.starts_with("payment_method_options[card][three_d_secure][")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(status: u16, headers: &[(&'static str, &'static str)], error: Value) -> Refused {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let status = StatusCode::from_u16(status).unwrap();
        let complaint = serde_json::from_value(error).unwrap_or_default();
        refusal(&Reply { status, headers, body: Bytes::new() }, &complaint)
    }

    #[test]
    fn parameters_are_written_as_a_form() {
        let form = Form::new()
            .with("metadata[acp_key]", "a b&c=ü")
            .with("amount", "100")
            .expanding(&["latest_charge"]);
        assert_eq!(
            form.as_str(),
            "metadata%5Bacp_key%5D=a+b%26c%3D%C3%BC&amount=100&expand%5B%5D=latest_charge"
        );
    }

    #[test]
    fn every_refusal_says_whether_money_can_have_moved() {
        let fault = Refused::Fault;
        let bad = |code: &str| json!({"type": "invalid_request_error", "code": code});
        for (status, error, expected) in [
            (401, json!({"type": "invalid_request_error"}), fault(PaymentFault::Config)),
            (403, json!({"type": "invalid_request_error"}), fault(PaymentFault::Config)),
            (429, bad("rate_limit"), fault(PaymentFault::Throttled)),
            (429, bad("lock_timeout"), fault(PaymentFault::Throttled)),
            (409, json!({"code": "idempotency_key_in_use"}), fault(PaymentFault::InFlight)),
            (400, json!({"type": "idempotency_error"}), fault(PaymentFault::Ambiguous)),
            (400, bad("amount_too_small"), fault(PaymentFault::Unpayable)),
            (400, bad("parameter_unknown"), fault(PaymentFault::CallerBug)),
            (404, bad("resource_missing"), Refused::Missing),
            (404, Value::Null, fault(PaymentFault::Ambiguous)),
            (424, json!({"type": "api_error"}), fault(PaymentFault::Ambiguous)),
            (400, bad("charge_expired_for_capture"), fault(PaymentFault::AuthorizationExpired)),
            (400, bad("payment_intent_unexpected_state"), Refused::Beyond),
            (500, json!({"type": "api_error"}), fault(PaymentFault::Ambiguous)),
            (502, Value::Null, fault(PaymentFault::Ambiguous)),
            (302, Value::Null, fault(PaymentFault::Ambiguous)),
        ] {
            assert_eq!(read(status, &[], error.clone()), expected, "{status} {error}");
        }
        let replayed = read(500, &[("idempotent-replayed", "true")], json!({}));
        assert_eq!(replayed, fault(PaymentFault::StoredServerError));
    }

    #[test]
    fn what_is_wrong_with_the_instrument_is_no_fault_of_ours() {
        for (error, expected) in [
            (
                json!({"type": "card_error", "code": "card_declined",
                       "decline_code": "insufficient_funds"}),
                Refused::Instrument(Decline::Soft, None),
            ),
            (
                json!({"type": "card_error", "code": "expired_card"}),
                Refused::Instrument(Decline::Hard, None),
            ),
            (
                json!({"type": "card_error", "code": "authentication_required"}),
                Refused::Authenticate,
            ),
            (
                json!({"type": "invalid_request_error", "code": "resource_missing",
                       "param": "payment_method_data[card][token]"}),
                Refused::Instrument(Decline::Hard, None),
            ),
            (
                json!({"type": "invalid_request_error",
                       "message": "This PaymentMethod was used. It may not be used again."}),
                Refused::Instrument(Decline::Hard, None),
            ),
            (
                json!({"type": "invalid_request_error",
                       "param": "payment_method_options[card][three_d_secure][cryptogram]"}),
                Refused::Instrument(Decline::Soft, None),
            ),
            (
                json!({"type": "card_error", "code": "invalid_expiry_year", "param": "exp_year"}),
                Refused::Instrument(Decline::Soft, Some(Part::Year)),
            ),
            (
                json!({"type": "invalid_request_error",
                       "param": "billing_details[address][country]"}),
                Refused::Instrument(Decline::Hard, Some(Part::Country)),
            ),
            (
                json!({"type": "invalid_request_error",
                       "param": "payment_method_options[card][request_three_d_secure]"}),
                Refused::Fault(PaymentFault::CallerBug),
            ),
        ] {
            assert_eq!(read(402, &[], error.clone()), expected, "{error}");
        }
    }
}
