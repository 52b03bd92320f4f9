//! What Stripe tells unasked: whose signature it bears, and which session it is about.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::SessionId;
use acp_core::limits::WEBHOOK_TOLERANCE;
use acp_core::ports::{Clock, Forged, PaymentNews};
use acp_core::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::SESSION;
use super::objects::Metadata;

/// Most signatures of one message that are looked at; two are valid while a secret is changed.
const SIGNATURES_MAX: usize = 8;

/// Reads what Stripe sends to our webhook endpoint.
pub struct StripeNews {
    secret: Zeroizing<String>,
    clock: Arc<dyn Clock>,
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
    /// News signed with the secret of the endpoint.
    pub fn signed_with(secret: Zeroizing<String>, clock: Arc<dyn Clock>) -> Self {
        Self { secret, clock }
    }

    /// Whether one of the signatures was made with our secret over these very bytes.
    fn has_signed(&self, stamp: &str, signatures: &[&str], message: &[u8]) -> bool {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()) else { return false };
        let mac = mac.chain_update(stamp).chain_update(b".").chain_update(message);
        let is_ours = |signature: &&str| {
            decoded(signature).is_some_and(|bytes| mac.clone().verify_slice(&bytes).is_ok())
        };
        signatures.iter().any(is_ours)
    }
}

impl PaymentNews for StripeNews {
    fn read(&self, signature: &str, message: &[u8]) -> Result<Option<SessionId>, Forged> {
        let mut stamp = None;
        let mut signatures = Vec::new();
        for part in signature.split(',') {
            match part.trim().split_once('=') {
                Some(("t", text)) => stamp = Some(text),
                Some(("v1", text)) if signatures.len() < SIGNATURES_MAX => signatures.push(text),
                _ => {}
            }
        }
        let stamp = stamp.ok_or(Forged)?;
        let seconds: i64 = stamp.parse().map_err(|_no_number| Forged)?;
        let signed_at = Timestamp::from_unix_ms(seconds.checked_mul(1_000).ok_or(Forged)?);
        if apart(signed_at, self.clock.now()) > WEBHOOK_TOLERANCE {
            return Err(Forged);
        }
        if !self.has_signed(stamp, &signatures, message) {
            return Err(Forged);
        }
        // It is Stripe's, so that what we cannot read is none of our business.
        let event: Option<Event> = serde_json::from_slice(message).ok();
        let session = event.and_then(|event| event.data.object.metadata.get(SESSION).cloned());
        Ok(session.and_then(|text| SessionId::parse(&text).ok()))
    }
}

impl fmt::Debug for StripeNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeNews").finish_non_exhaustive()
    }
}

fn apart(one: Timestamp, other: Timestamp) -> Duration {
    one.since(other).max(other.since(one))
}

fn decoded(hex: &str) -> Option<[u8; 32]> {
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() {
        return None;
    }
    for (place, pair) in bytes.iter_mut().zip(pairs) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *place = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128};
    use acp_mocks::StillClock;
    use serde_json::json;

    use super::*;

    const SECRET: &str = "whsec_test";
    const NOW_S: i64 = 1_700_000_000;

    fn news() -> StripeNews {
        let clock = StillClock::default();
        clock.set(Timestamp::from_unix_ms(NOW_S * 1_000));
        StripeNews::signed_with(Zeroizing::new(SECRET.to_owned()), Arc::new(clock))
    }

    fn signature(secret: &str, stamp: i64, message: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let mac = mac.chain_update(format!("{stamp}.")).chain_update(message);
        let bytes = mac.finalize().into_bytes();
        bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

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
        let message = event();
        let good = signature(SECRET, NOW_S, &message);
        let other = signature("whsec_old", NOW_S, &message);
        for header in [
            format!("t={NOW_S},v1={good}"),
            format!("t={NOW_S},v1={other},v1={good},v0=x"),
            format!("t={NOW_S}, v1={good}"),
        ] {
            assert_eq!(news().read(&header, &message), Ok(Some(session())), "{header}");
        }
    }

    #[test]
    fn what_stripe_has_not_signed_just_now_is_forged() {
        let message = event();
        let good = signature(SECRET, NOW_S, &message);
        for header in [
            String::new(),
            format!("v1={good}"),
            format!("t={NOW_S}"),
            format!("t=soon,v1={good}"),
            format!("t={},v1={good}", i64::MAX),
            format!("t={},v1={good}", NOW_S + 1),
            format!("t={NOW_S},v1={}", signature("whsec_other", NOW_S, &message)),
            format!("t={NOW_S},v1={}", good.get(2..).unwrap()),
            format!("t={NOW_S},v1={}", good.replace(['a', 'b'], "g")),
        ] {
            assert_eq!(news().read(&header, &message), Err(Forged), "{header}");
        }
        let mut changed = message.clone();
        changed.push(b' ');
        assert_eq!(news().read(&format!("t={NOW_S},v1={good}"), &changed), Err(Forged));
        for (age, is_fresh) in [(300, true), (301, false), (-300, true), (-301, false)] {
            let stamp = NOW_S - age;
            let header = format!("t={stamp},v1={}", signature(SECRET, stamp, &message));
            assert_eq!(news().read(&header, &message).is_ok(), is_fresh, "{age} s old");
        }
    }

    #[test]
    fn what_is_about_nothing_of_ours_is_only_taken_note_of() {
        for message in [
            "",
            "no json",
            "{}",
            r#"{"data": {"object": {"metadata": {}}}}"#,
            r#"{"data": {"object": {"metadata": {"acp_session": "another"}}}}"#,
            r#"{"data": {"object": {"metadata": null}}}"#,
        ] {
            let header = format!("t={NOW_S},v1={}", signature(SECRET, NOW_S, message.as_bytes()));
            assert_eq!(news().read(&header, message.as_bytes()), Ok(None), "{message}");
        }
    }
}
