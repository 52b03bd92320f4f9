//! Public keys as PEM: a `SubjectPublicKeyInfo` (RFC 5280) between two lines, as most tools write
//! them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::jwk::{self, Unusable};
use super::verifying::VerifyingKey;

/// What stands before the 32 bytes of an Ed25519 key there (RFC 8410).
pub const ED25519_INFO: &[u8] =
    &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];
/// What stands before the 65 bytes of a point on P-256 there (RFC 5480).
pub const P256_INFO: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0,
];
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// What a point begins with that is written with both coordinates.
const UNCOMPRESSED: u8 = 4;

/// Whether it looks like PEM, of whatever it is.
pub(super) fn is_one(text: &[u8]) -> bool {
    text.trim_ascii_start().starts_with(b"-----BEGIN ")
}

pub(super) fn read(text: &[u8]) -> Result<VerifyingKey, Unusable> {
    let text = str::from_utf8(text).map_err(|_cause| Unusable::Pem)?.trim();
    if text.contains("PRIVATE KEY-----") {
        return Err(Unusable::Private);
    }
    let inner = text.strip_prefix(BEGIN).and_then(|text| text.strip_suffix(END));
    let compact: String = inner.ok_or(Unusable::Pem)?.split_whitespace().collect();
    let info = STANDARD.decode(compact).map_err(|_cause| Unusable::Pem)?;
    jwk::read(of_info(&info).ok_or(Unusable::Pem)?.as_bytes())
}

/// The same key as a JSON Web Key, so that it has the same name in both forms.
fn of_info(info: &[u8]) -> Option<String> {
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    if let Some(x) = info.strip_prefix(ED25519_INFO) {
        return Some(format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, number(x)));
    }
    let (mark, point) = info.strip_prefix(P256_INFO)?.split_first()?;
    let (x, y) = point.split_at_checked(point.len() / 2).filter(|_| *mark == UNCOMPRESSED)?;
    Some(format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, number(x), number(y)))
}
