use std::time::Duration;

use acp_core::time::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use sha2::Sha256;

/// How far the time of a signature may be away.
const TOLERANCE: Duration = Duration::from_mins(5);

/// What the signature of a message is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// It was made with the secret over these very bytes, and just now.
    Good,
    /// There is none.
    Missing,
    /// It is not a time and 64 hexadecimal digits.
    Malformed,
    /// It was made too long ago, or will be.
    Stale,
    /// It was made with another secret, or over other bytes.
    Forged,
}

/// The signature of a body, together with the time it was made at: `t=…,v1=…`, as Stripe has it.
pub(crate) fn sign(secret: &str, second: i64, body: &[u8]) -> String {
    let mut signature = format!("t={second},v1=");
    for byte in code(secret, &second.to_string(), body) {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
        signature.extend([byte >> 4, byte & 15].map(digit));
    }
    signature
}

/// What a signature proves of a body.
pub(crate) fn prove(secret: &str, shown: Option<&str>, now: Timestamp, body: &[u8]) -> Proof {
    let Some(shown) = shown else { return Proof::Missing };
    let parts = shown.strip_prefix("t=").and_then(|rest| rest.split_once(",v1="));
    let parts = parts.filter(|(time, _)| time.bytes().all(|byte| byte.is_ascii_digit()));
    let parts = parts.and_then(|(time, hex)| {
        let unix_ms = time.parse::<i64>().ok()?.checked_mul(1_000)?;
        Some((time, Timestamp::from_unix_ms(unix_ms), decoded(hex)?))
    });
    let Some((time, signed_at, signature)) = parts else { return Proof::Malformed };
    if signed_at.since(now).max(now.since(signed_at)) > TOLERANCE {
        return Proof::Stale;
    }
    // Nobody is kept out by a mock, so it may take its time with a comparison.
    if code(secret, time, body) == signature { Proof::Good } else { Proof::Forged }
}

fn code(secret: &str, time: &str, body: &[u8]) -> [u8; 32] {
    // Any length will do as a key of HMAC, so this cannot fail.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return [0; 32] };
    mac.chain_update(time).chain_update(b".").chain_update(body).finalize().into_bytes().into()
}

fn decoded(hex: &str) -> Option<[u8; 32]> {
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut bytes = [0; 32];
    for (place, pair) in bytes.iter_mut().zip(pairs) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *place = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    /// Made with Python's hmac module.
    const SIGNED: &str =
        "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";

    #[test]
    fn a_body_is_signed_together_with_its_time() {
        assert_eq!(sign("whsec_test", 1_700_000_000, BODY), SIGNED);
    }

    #[test]
    fn a_signature_proves_these_bytes_now_and_nothing_else() {
        let noon = Timestamp::from_unix_ms(1_700_000_000_000);
        let late = |seconds| noon.plus(Duration::from_secs(seconds));
        let upper = SIGNED.replace("c89214b", "C89214B");
        let other_time = SIGNED.replace("1700000000", "1700000001");
        let short = SIGNED.get(..SIGNED.len() - 1);
        let swapped = SIGNED.replace("t=1700000000,v1", "v1=1700000000,t");
        for (shown, now, body, proof) in [
            (Some(SIGNED), noon, BODY, Proof::Good),
            (Some(upper.as_str()), late(300), BODY, Proof::Good),
            (Some(SIGNED), late(301), BODY, Proof::Stale),
            (Some(SIGNED), Timestamp::from_unix_ms(1_699_999_699_000), BODY, Proof::Stale),
            (Some(SIGNED), noon, b"{}", Proof::Forged),
            (Some(other_time.as_str()), noon, BODY, Proof::Forged),
            (short, noon, BODY, Proof::Malformed),
            (Some(swapped.as_str()), noon, BODY, Proof::Malformed),
            (Some("t=+1,v1="), noon, BODY, Proof::Malformed),
            (Some(""), noon, BODY, Proof::Malformed),
            (None, noon, BODY, Proof::Missing),
        ] {
            assert_eq!(prove("whsec_test", shown, now, body), proof, "{shown:?}");
        }
        assert_eq!(prove("whsec_other", Some(SIGNED), noon, BODY), Proof::Forged);
    }
}
