//! Bodies and their digests.

use super::support::Message;
use crate::digest::check;
use crate::refused::{Refused, Sort};

const HELLO_256: &str = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
const HELLO_512: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
const HELLO: &[u8] = br#"{"hello": "world"}"#;

fn checked(field: &str, body: &[u8]) -> Result<(), Refused> {
    check(&Message::new("POST", "example.com", "/").with("content-digest", field).headers, body)
}

#[test]
fn a_body_is_held_against_every_digest_that_is_known() {
    assert_eq!(checked(HELLO_256, HELLO), Ok(()));
    assert_eq!(checked(HELLO_512, HELLO), Ok(()));
    assert_eq!(checked(&format!("{HELLO_256}, {HELLO_512}, new=:AA==:"), HELLO), Ok(()));
    assert_eq!(checked(HELLO_256, br#"{"hello":"world"}"#), Err(Refused::DigestDiffers));
    let one_is_wrong = format!("{HELLO_256}, sha-512=:AAAA:");
    assert_eq!(checked(&one_is_wrong, HELLO), Err(Refused::DigestDiffers));
}

#[test]
fn a_digest_that_says_nothing_is_refused() {
    let named = HELLO_256.trim_end_matches(':').replace("=:", "=\"") + "\"";
    for field in ["new=:AA==:", "sha-256", "sha-256=(:AA==:)", &named, "sha-256=", ""] {
        assert_eq!(checked(field, HELLO).unwrap_err().sort(), Sort::Malformed, "{field}");
    }
    assert!(check(&Message::new("GET", "example.com", "/").headers, HELLO).is_err());
}
