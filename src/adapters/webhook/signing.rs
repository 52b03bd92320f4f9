//! How letters are signed: as the protocol has it, and by the rules of Standard Webhooks.

use acp_core::ids::Random128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret begins with that is written by the rules of Standard Webhooks.
const STANDARD_PREFIX: &[u8] = b"whsec_";

fn code(secret: &[u8], parts: [&[u8]; 2], body: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        // Any length will do as a key of HMAC.
        return [0; 32];
    };
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        mac.update(part);
        mac.update(b".");
    }
    mac.update(body);
    mac.finalize().into_bytes().into()
}

/// What names an event: the same whenever it is sent.
pub(super) fn event_name(event: Random128) -> String {
    let Random128(bytes) = event;
    format!("evt_{}", hex(&bytes))
}

/// The value of `Merchant-Signature`.
pub(super) fn merchant_signature(secret: &[u8], second: i64, body: &[u8]) -> String {
    let time = second.to_string();
    format!("t={time},v1={}", hex(&code(secret, [time.as_bytes(), b""], body)))
}

/// The value of `webhook-signature`.
pub(super) fn standard_signature(secret: &[u8], id: &str, second: i64, body: &[u8]) -> String {
    let encoded = secret.strip_prefix(STANDARD_PREFIX);
    let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    let key = decoded.as_deref().unwrap_or(secret);
    let time = second.to_string();
    format!("v1,{}", STANDARD.encode(code(key, [id.as_bytes(), time.as_bytes()], body)))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python's hmac module.
    #[test]
    fn a_letter_is_signed_together_with_its_time() {
        assert_eq!(
            merchant_signature(b"whsec_test", 1_700_000_000, br#"{"id":"evt_1"}"#),
            "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925"
        );
    }

    /// The example of the Standard Webhooks specification's own libraries.
    #[test]
    fn a_letter_is_signed_as_standard_webhooks_do() {
        let signature = standard_signature(
            b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_event_has_a_name_that_can_be_read() {
        assert_eq!(event_name(Random128([10; 16])), format!("evt_{}", "0a".repeat(16)));
    }
}
