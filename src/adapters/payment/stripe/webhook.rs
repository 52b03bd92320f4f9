//! What Stripe tells unasked, and which session it is about.

use acp_core::ids::SessionId;
use acp_core::ports::{Forged, PaymentNews};
use serde::Deserialize;

use super::SESSION;
use super::objects::Metadata;
use crate::adapters::signed::Signed;

/// Reads what Stripe sends to our webhook endpoint.
#[derive(Debug)]
pub struct StripeNews {
    signed: Vec<Signed>,
}

/// What is read of an event.
#[derive(Deserialize)]
struct Event {
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: EventObject,
}

/// A payment, or a charge, which has the metadata of its payment.
#[derive(Deserialize)]
struct EventObject {
    #[serde(default)]
    metadata: Metadata,
}

impl StripeNews {
    /// News signed with the secret of the endpoint; each account has its own.
    pub const fn proven_by(signed: Vec<Signed>) -> Self {
        Self { signed }
    }
}

impl PaymentNews for StripeNews {
    fn read(&self, signature: &str, message: &[u8]) -> Result<Option<SessionId>, Forged> {
        let is_proven = self.signed.iter().any(|signed| signed.prove(signature, message).is_ok());
        if !is_proven {
            return Err(Forged);
        }
        // It is Stripe's, so that what we cannot read is none of our business.
        let event: Option<Event> = serde_json::from_slice(message).ok();
        let session = event.and_then(|event| event.data.object.metadata.get(SESSION).cloned());
        Ok(session.and_then(|text| SessionId::parse(&text).ok()))
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128};
    use serde_json::json;

    use super::*;
    use crate::adapters::signed::tests::{header, signed};

    fn session() -> SessionId {
        SessionId::new(Partition::new(7).unwrap(), Random128([7; 16]))
    }

    fn event() -> Vec<u8> {
        let object = json!({"object": "payment_intent", "metadata": {SESSION: session().as_str()}});
        json!({"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": object}})
            .to_string()
            .into_bytes()
    }

    #[test]
    fn a_signed_message_says_which_session_it_is_about() {
        let news = StripeNews::proven_by(vec![signed()]);
        assert_eq!(news.read(&header(&event()), &event()), Ok(Some(session())));
        assert_eq!(news.read(&header(b"another"), &event()), Err(Forged));
    }

    #[test]
    fn what_is_about_nothing_of_ours_is_only_taken_note_of() {
        let news = StripeNews::proven_by(vec![signed()]);
        for message in [
            "",
            "no json",
            "{}",
            r#"{"data": {"object": {"metadata": {}}}}"#,
            r#"{"data": {"object": {"metadata": {"acp_session": "another"}}}}"#,
            r#"{"data": {"object": {"metadata": null}}}"#,
        ] {
            let header = header(message.as_bytes());
            assert_eq!(news.read(&header, message.as_bytes()), Ok(None), "{message}");
        }
    }
}
