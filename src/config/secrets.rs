//! `[secrets]`: what nobody may read in a log, a message or a core dump.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use toml::Value;
use zeroize::{Zeroize, Zeroizing};

use super::forms::Form;
use super::keys::{Key, Section};

const KEY_BYTES: usize = 32;
const REDACTED: &str = "********";
const EXPECTED: &str = "expected 64 hexadecimal characters or the base64 form of 32 bytes (the \
                        given value is not shown)";

/// Two bits are left of the last digit in base64; only these digits leave them zero.
const MASTER_KEY: Form =
    Form::matching(&["^([0-9A-Fa-f]{64}|", "[A-Za-z0-9+/_-]{42}[AEIMQUYcgkosw048]=?)$"]);

/// The secrets of this gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// Wraps every data key. When it is absent, a file in the data directory holds one, made at
    /// the first start.
    #[serde(deserialize_with = "master_key", skip_serializing_if = "Option::is_none")]
    pub master_key: Option<Secret<[u8; KEY_BYTES]>>,
    /// The one before it. Where data keys are still wrapped by it, they are wrapped anew.
    #[serde(deserialize_with = "master_key", skip_serializing_if = "Option::is_none")]
    pub former_master_key: Option<Secret<[u8; KEY_BYTES]>>,
}

impl Section for Secrets {
    const NAME: &'static str = "secrets";
    const ABOUT: &'static str =
        "Secrets are never printed, neither in a message nor by `acp-gateway config`.";
    const KEYS: &'static [Key] = &[
        Key::secret(
            "master_key",
            MASTER_KEY,
            "Wraps every data key: 32 bytes, as 64 hexadecimal characters or in base64. Without \
             it, a file in the data directory holds a key that was made at the first start. An \
             empty text is refused.",
        ),
        Key::secret(
            "former_master_key",
            MASTER_KEY,
            "The master key before this one. A store whose data keys are still wrapped by it has \
             them wrapped anew at the start; leave it out once every gateway was started with both.",
        ),
    ];
}

/// A value that is never shown and is overwritten when it is dropped.
#[derive(Clone)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Guards `value` from now on.
    pub const fn guard(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T: Zeroize> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T: Zeroize> Serialize for Secret<T> {
    /// Writes the redacted form: a secret is read, never written.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(REDACTED)
    }
}

impl<const N: usize> PartialEq for Secret<[u8; N]> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<const N: usize> Eq for Secret<[u8; N]> {}

impl PartialEq for Secret<String> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret<String> {}

fn master_key<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Secret<[u8; KEY_BYTES]>>, D::Error> {
    // Read as any value first: serde's own complaint about a wrong type repeats the value. An
    // empty text is refused as well, because a secret that failed to be injected would otherwise
    // silently become a new key.
    let Value::String(text) = Value::deserialize(from)? else {
        return Err(Error::custom(EXPECTED));
    };
    let text = Zeroizing::new(text);
    let key = decoded_hex(&text).or_else(|| decoded_base64(&text));
    key.map(|key| Some(Secret(key))).ok_or_else(|| Error::custom(EXPECTED))
}

fn decoded_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let byte = |pair: &[u8; 2]| {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        u8::try_from(high? * 16 + low?).ok()
    };
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(pairs.iter().map(byte).collect::<Option<_>>()?);
    bytes.as_slice().try_into().ok()
}

/// Reads both alphabets of base64, with or without padding.
fn decoded_base64(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_BYTES + 1));
    let (mut bits, mut bits_held) = (0_u32, 0_u32);
    for digit in text.strip_suffix('=').unwrap_or(text).bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        bits_held += 6;
        if bits_held >= 8 {
            bits_held -= 8;
            bytes.push(u8::try_from(bits >> bits_held).ok()?);
            bits &= (1 << bits_held) - 1;
        }
    }
    // Two bits are left of 43 digits; in the one right spelling they are zero.
    if bits != 0 || text.len() > 44 {
        return None;
    }
    bytes.as_slice().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [
        0x00, 0x01, 0xfe, 0xff, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 0xfb, 0xf0,
    ];
    const HEX: &str = "0001feff0405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfbf0";
    const BASE64: &str = "AAH+/wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd+/A=";

    fn decoded(text: &str) -> Option<[u8; 32]> {
        decoded_hex(text).or_else(|| decoded_base64(text))
    }

    #[test]
    fn a_key_is_read_in_every_spelling() {
        let url_safe = BASE64.replace('+', "-").replace('/', "_");
        let spellings = [
            HEX.to_owned(),
            HEX.to_uppercase(),
            BASE64.to_owned(),
            BASE64.replace('=', ""),
            url_safe,
        ];
        for spelling in spellings {
            assert_eq!(decoded(&spelling), Some(KEY), "{spelling}");
        }
    }

    #[test]
    fn what_is_not_exactly_32_bytes_is_refused() {
        let bad = [
            String::new(),
            "********".to_owned(),
            HEX.replace("fbf0", ""),
            format!("{HEX}00"),
            HEX.replace("00", "zz"),
            HEX.replace("00", "ü"),
            BASE64.replace("/A=", "/B="),
            format!("{BASE64}="),
            format!("{BASE64}AAAA"),
            BASE64.replace("AAH", "A H"),
        ];
        for text in bad {
            assert_eq!(decoded(&text), None, "{text}");
        }
    }
}
