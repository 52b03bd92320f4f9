//! What is tried: every function here takes whatever comes, and says what must be true of it.

use acp_core::ids::{CartId, MerchantOrderId, OrderId, SessionId};
use acp_core::limits::PARTITIONS;
use acp_core::principal::AddressPhone;
use acp_core::refusal::Fault;
use acp_core::signing::SignaturePolicy;
use acp_core::time::Timestamp;
use acp_gateway::identity::Claim;
use acp_signature::Signed;
use acp_signature::message::{Origin, Request, Scheme};
use acp_wire::canonical::{digest, rfc8785};
use acp_wire::read::UnknownFields;
use acp_wire::shape::{order_command, session_entry, shop};
use acp_wire::version::Version;
use acp_wire::voice::Ear;
use acp_wire::{unreleased, v2025_09_29, v2025_12_12, v2026_01_16, v2026_01_30, v2026_04_17};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, uri::PathAndQuery};

/// Two fingerprints of a body, and the form that is signed.
pub(super) fn canonical(input: &[u8]) {
    let Ok(found) = digest(input) else { return };
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(input).is_ok();
    assert!(is_json, "only JSON has a fingerprint");
    let spaced = [b" \n", input, b"\t"].concat();
    assert!(digest(&spaced).is_ok_and(|again| again == found), "white space says nothing");
    if let Ok(signed) = rfc8785(input) {
        let again = rfc8785(&signed).ok();
        assert_eq!(again.as_ref(), Some(&signed), "a canonical form is its own");
        assert!(digest(&signed).is_ok(), "what is signed is accepted");
    }
}

/// Lines of a header each, as far as they are headers.
fn headers(input: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n') {
        let at = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(at);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let read = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value));
        if let (Ok(name), Ok(value)) = read {
            drop(headers.try_append(name, value));
        }
    }
    headers
}

/// The headers beside an ACP signature.
pub(super) fn claim(input: &[u8]) {
    let headers = headers(input);
    let now = Timestamp::from_unix_ms(1_795_953_600_000);
    let required = Claim::read(&headers, SignaturePolicy::Required, now);
    if let Ok(claim) = required {
        assert!(claim.is_some(), "who has to sign does");
        let times = headers.get_all("timestamp").iter().count();
        assert_eq!((headers.get_all("signature").iter().count(), times), (1, 1));
    }
    let off = Claim::read(&headers, SignaturePolicy::Off, now);
    assert!(matches!(off, Ok(None)), "nobody looks at what nobody asked for");
}

/// The structured fields of RFC 9421, and what was signed by them.
pub(super) fn signed(input: &[u8]) {
    let headers = headers(input);
    let Ok(all) = Signed::all(&headers) else { return };
    let origin = Origin::new(Scheme::Https, "shop.example").unwrap();
    let target = PathAndQuery::from_static("/checkout_sessions?a=1&a=2");
    let request = Request {
        method: &Method::POST,
        origin: &origin,
        target: &target,
        headers: &headers,
        body: input,
    };
    for signed in all {
        drop(signed.parameters());
        let covered = signed.covered();
        if let (Ok(covered), Ok(base)) = (covered, signed.base(&request)) {
            let lines = base.lines().count();
            assert!(lines > covered.len(), "each component has a line, and the parameters one");
        }
    }
}

/// Bodies of every operation, as every version reads them.
pub(super) fn bodies(input: &[u8]) {
    // Nothing else comes so far.
    if digest(input).is_err() {
        return;
    }
    for unknown in [UnknownFields::Ignore, UnknownFields::Refuse] {
        let ear = Ear { unknown, address_phone: AddressPhone::default() };
        macro_rules! all_of {
            ($($version:ident)+) => {$(
                placed($version::read_create(input, ear).err());
                placed($version::read_update(input, ear).err());
                placed($version::read_complete(input, ear).err());
                placed($version::read_cancel(input, ear).err());
            )+};
        }
        all_of!(v2025_09_29 v2025_12_12 v2026_01_16 v2026_01_30 v2026_04_17 unreleased);
        placed(v2026_04_17::read_cart_create(input, ear).err());
        placed(v2026_04_17::read_cart_update(input, ear).err());
        placed(order_command::read_fulfill(input, unknown).err());
        placed(order_command::read_move(input, unknown).err());
        placed(order_command::read_cancel_lines(input, unknown).err());
        placed(order_command::read_return(input, unknown).err());
        placed(order_command::read_refund(input, unknown).err());
        placed(shop::read_item_change(input, unknown).err());
        placed(shop::read_stock_count(input, unknown).err());
        placed(session_entry::read_verdict(input, unknown).err());
    }
}

/// A fault has a place, and its words are for people.
fn placed(fault: Option<Fault>) {
    let Some(Fault { path, text, .. }) = fault else { return };
    assert!(path.starts_with('$'), "{path}: {text}");
    assert!(!text.is_empty() && !text.contains("line 1"), "{path}: {text}");
}

/// Ids, as they stand in addresses.
pub(super) fn ids(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(id) = SessionId::parse(text) {
        assert!(id.as_str() == text && id.partition().number() < PARTITIONS);
    }
    if let Ok(id) = OrderId::parse(text) {
        assert!(id.as_str() == text && id.partition().number() < PARTITIONS);
    }
    if let Ok(id) = CartId::parse(text) {
        assert!(id.as_str() == text && id.partition().number() < PARTITIONS);
    }
    if let Ok(id) = MerchantOrderId::parse(text) {
        assert!(id.as_str() == text && !text.trim().is_empty());
    }
    let _version = Version::parse(text);
}
