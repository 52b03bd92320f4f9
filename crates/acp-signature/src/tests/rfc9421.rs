//! The published examples of RFC 9421, appendix B.2: its keys, its request, its signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::support::{Message, check};
use crate::algorithm::Algorithm;
use crate::component::Component;
use crate::key::VerifyingKey;
use crate::refused::Refused;
use crate::signed::Signed;

pub(super) const RSA_PSS: &str = r#"{"kty":"RSA","e":"AQAB","n":"r4tmm3r20Wd_PbqvP1s2-QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct-Lh1GH45x28Rw3Ry53mm-oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL-Wokqltd11nqqzi-bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d-nb4bnNkQVklLQ3fVAvJm-xdDOp9LCNCN48V2pnDOkFV6-U9nV5oyc6XI2w"}"#;
pub(super) const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA","y":"Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0"}"#;
pub(super) const ED25519: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}"#;
pub(super) const SHARED_SECRET: &str =
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

const B21: (&str, &str) = (
    r#"sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
    "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
);
const B22: (&str, &str) = (
    r#"sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example""#,
    "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
);
const B23: (&str, &str) = (
    r#"sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#,
    "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
);
const B25: (&str, &str) = (
    r#"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
    "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
);
const B26: (&str, &str) = (
    r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
);

/// The request all examples sign.
fn request(signed: (&str, &str)) -> Message {
    let mut message = Message::new("POST", "example.com", "/foo?param=Value&Pet=dog")
        .with("date", "Tue, 20 Apr 2021 02:07:55 GMT")
        .with("content-type", "application/json")
        .with(
            "content-digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        )
        .with("content-length", "18")
        .with("signature-input", signed.0)
        .with("signature", signed.1);
    message.body = br#"{"hello": "world"}"#.to_vec();
    message
}

fn key(jwk: &str) -> VerifyingKey {
    VerifyingKey::public(jwk.as_bytes()).unwrap()
}

fn secret() -> VerifyingKey {
    VerifyingKey::secret(&STANDARD.decode(SHARED_SECRET).unwrap()).unwrap()
}

#[test]
fn the_published_requests_are_by_the_published_keys() {
    let rsa = key(RSA_PSS);
    assert_eq!(check(&request(B21), &rsa), Ok(Algorithm::RsaPssSha512), "B.2.1");
    assert_eq!(check(&request(B22), &rsa), Ok(Algorithm::RsaPssSha512), "B.2.2");
    assert_eq!(check(&request(B23), &rsa), Ok(Algorithm::RsaPssSha512), "B.2.3");
    assert_eq!(check(&request(B25), &secret()), Ok(Algorithm::HmacSha256), "B.2.5");
    assert_eq!(check(&request(B26), &key(ED25519)), Ok(Algorithm::Ed25519), "B.2.6");
}

#[test]
fn the_published_response_is_by_the_published_key() {
    let base = r#""@status": 200
"content-type": application/json
"content-digest": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:
"content-length": 23
"@signature-params": ("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#;
    let signature =
        "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";
    let signature = STANDARD.decode(signature).unwrap();
    let key = key(P256);

    assert_eq!(key.verify(Algorithm::EcdsaP256Sha256, base.as_bytes(), &signature), Ok(()));
    let altered = base.replace("200", "201");
    let refused = key.verify(Algorithm::EcdsaP256Sha256, altered.as_bytes(), &signature);
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn a_request_has_no_status_to_sign() {
    let message = request((r#"a=("@status");created=1"#, "a=:AAAA:"));
    let signed = Signed::all(&message.headers).unwrap();
    assert_eq!(signed[0].covered(), Err(Refused::NoComponent("\"@status\"".to_owned())));
}

#[test]
fn the_bytes_that_were_signed_are_the_published_ones() {
    let message = request(B26);
    let signed = Signed::all(&message.headers).unwrap();
    let expected = r#""date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    assert_eq!(signed[0].base(&message.request()).unwrap(), expected);
    assert_eq!(signed[0].label(), "sig-b26");
    assert_eq!(signed[0].covered().unwrap()[1], Component::Method);
}

#[test]
fn the_published_digest_is_that_of_the_published_body() {
    let mut message = request(B26);
    assert_eq!(crate::digest::check(&message.headers, &message.body), Ok(()));
    message.body[2] = b'H';
    let refused = crate::digest::check(&message.headers, &message.body);
    assert_eq!(refused, Err(Refused::DigestDiffers));
}

#[test]
fn components_in_another_order_are_another_signature() {
    let swapped = B26.0.replace(r#""@method" "@path""#, r#""@path" "@method""#);
    let refused = check(&request((&swapped, B26.1)), &key(ED25519));
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn parameters_in_another_order_are_another_signature() {
    let swapped = r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");keyid="test-key-ed25519";created=1618884473"#;
    let refused = check(&request((swapped, B26.1)), &key(ED25519));
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn white_space_in_the_field_does_not_matter() {
    let spaced = B26.0.replace(r#""@method" "@path""#, r#"  "@method"   "@path""#);
    let spaced = spaced.replace(";created", "; created");
    assert_eq!(check(&request((&spaced, B26.1)), &key(ED25519)), Ok(Algorithm::Ed25519));
}

#[test]
fn the_thumbprints_are_those_of_the_drafts_that_use_the_keys() {
    let named = |jwk: &str| key(jwk).thumbprint().unwrap().to_string();
    assert_eq!(named(ED25519), "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U");
    assert_eq!(named(RSA_PSS), "oD0HwocPBSfpNy5W3bpJeyFGY_IQ_YpqxSjQ3Yd-CLA");
    assert_eq!(named(P256), "ydQXMtvbsOsZyFir-Y7A8t7fKEM1gbKPvyFkdpu4fvI");
    assert_eq!(secret().thumbprint(), None);
}
