//! Messages others send us unasked, signed in a header as `t=<seconds>,v1=<hex>`: an HMAC-SHA256
//! over the time, a full stop and the message.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::WEBHOOK_TOLERANCE;
use acp_core::ports::{Clock, Forged};
use acp_core::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Most signatures of one message that are looked at; two are valid while a secret is changed.
const SIGNATURES_MAX: usize = 8;

/// Tells messages of somebody we share a secret with from those of anybody else.
pub struct Signed {
    secret: Zeroizing<String>,
    clock: Arc<dyn Clock>,
}

impl Signed {
    /// Messages that are signed with this secret.
    pub fn with(secret: Zeroizing<String>, clock: Arc<dyn Clock>) -> Self {
        Self { secret, clock }
    }

    /// # Errors
    /// Refuses what was not signed with the secret, or not just now.
    pub fn prove(&self, signature: &str, message: &[u8]) -> Result<(), Forged> {
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
        if self.has_signed(stamp, &signatures, message) { Ok(()) } else { Err(Forged) }
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

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").finish_non_exhaustive()
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
pub(super) mod tests {
    use acp_mocks::StillClock;

    use super::*;

    pub(in crate::adapters) const SECRET: &str = "whsec_test";
    pub(in crate::adapters) const NOW_S: i64 = 1_700_000_000;

    /// Somebody who shares the secret, at the time of the tests.
    pub(in crate::adapters) fn signed() -> Signed {
        let clock = StillClock::default();
        clock.set(Timestamp::from_unix_ms(NOW_S * 1_000));
        Signed::with(Zeroizing::new(SECRET.to_owned()), Arc::new(clock))
    }

    /// The header of a message that is signed just now.
    pub(in crate::adapters) fn header(message: &[u8]) -> String {
        format!("t={NOW_S},v1={}", signature(SECRET, NOW_S, message))
    }

    fn signature(secret: &str, stamp: i64, message: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let mac = mac.chain_update(format!("{stamp}.")).chain_update(message);
        let bytes = mac.finalize().into_bytes();
        bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    #[test]
    fn one_good_signature_is_enough() {
        let message = b"a message";
        let good = signature(SECRET, NOW_S, message);
        let other = signature("whsec_old", NOW_S, message);
        for header in [
            format!("t={NOW_S},v1={good}"),
            format!("t={NOW_S},v1={other},v1={good},v0=x"),
            format!("t={NOW_S}, v1={good}"),
        ] {
            assert_eq!(signed().prove(&header, message), Ok(()), "{header}");
        }
    }

    #[test]
    fn what_was_not_signed_with_the_secret_just_now_is_forged() {
        let message = b"a message";
        let good = signature(SECRET, NOW_S, message);
        for header in [
            String::new(),
            format!("v1={good}"),
            format!("t={NOW_S}"),
            format!("t=soon,v1={good}"),
            format!("t={},v1={good}", i64::MAX),
            format!("t={},v1={good}", NOW_S + 1),
            format!("t={NOW_S},v1={}", signature("whsec_other", NOW_S, message)),
            format!("t={NOW_S},v1={}", good.get(2..).unwrap()),
            format!("t={NOW_S},v1={}", good.replace(['a', 'b'], "g")),
        ] {
            assert_eq!(signed().prove(&header, message), Err(Forged), "{header}");
        }
        assert_eq!(signed().prove(&format!("t={NOW_S},v1={good}"), b"a message "), Err(Forged));
        for (age, is_fresh) in [(300, true), (301, false), (-300, true), (-301, false)] {
            let stamp = NOW_S - age;
            let header = format!("t={stamp},v1={}", signature(SECRET, stamp, message));
            assert_eq!(signed().prove(&header, message).is_ok(), is_fresh, "{age} s old");
        }
    }
}
