use acp_core::mandate::PlanDigest;
use acp_core::money::Money;
use acp_core::plan::{Basis, Plan};
use serde::Serialize;

use crate::canonical::{raw_digest, rfc8785};
use crate::shape::action::{Action, ActionLimits};

/// What an approval is about. Neither times nor how far the plan is are part of it.
#[derive(Serialize)]
struct Terms<'a> {
    actions: Vec<Action<'a>>,
    constraints: Option<ActionLimits<'a>>,
    basis: Option<&'a str>,
    lines: Vec<(&'a str, u32, i64)>,
    codes: &'a [Box<str>],
    delivery: Vec<&'a str>,
    recipient: Option<String>,
    totals: Vec<(&'static str, i64)>,
    total: Option<i64>,
    currency: Option<String>,
    steps: Vec<&'static str>,
    mode: &'static str,
    mandate: Option<(&'a str, u32)>,
}

/// What names wish and terms of a plan: the SHA-256 of their canonical JSON (RFC 8785). Who is to
/// receive the goods is in it as a fingerprint of its own.
pub fn digest_of(plan: &Plan) -> PlanDigest {
    let (wish, terms) = (&plan.wish, &plan.terms);
    let said = Terms {
        actions: wish.draft.operations().iter().map(Action::of).collect(),
        constraints: ActionLimits::of(wish.draft.constraints()),
        basis: match &wish.basis {
            Basis::Nothing => None,
            Basis::Cart(cart) => Some(cart.as_str()),
            Basis::Session(session) => Some(session.as_str()),
        },
        lines: terms
            .lines
            .iter()
            .map(|it| (it.line.item.as_str(), it.line.quantity, it.unit_price.minor()))
            .collect(),
        codes: &terms.codes,
        delivery: terms.selections.iter().map(|it| it.option.as_str()).collect(),
        recipient: terms.contact.as_ref().map(|contact| {
            // How it is written down is nobody's business: it only has to tell two apart.
            hex(&raw_digest(format!("{:?} {contact:?}", terms.buyer).as_bytes()).0)
        }),
        totals: terms
            .rows
            .iter()
            .map(|row| (super::said::row_name(row.kind), row.amount.minor()))
            .collect(),
        total: terms.total.map(Money::minor),
        currency: terms.total.map(|total| total.currency().lowercase()),
        steps: terms.steps.iter().map(|step| step.kind.name()).collect(),
        mode: wish.mode.name(),
        mandate: wish
            .mandate
            .as_ref()
            .zip(terms.mandate_version)
            .map(|(id, version)| (id.as_str(), version)),
    };
    // Writing plain text into memory cannot fail, and all of it is JSON that can be signed.
    let written = serde_json::to_vec(&said).unwrap_or_default();
    let canonical = rfc8785(&written).unwrap_or(written);
    PlanDigest(raw_digest(&canonical).0)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        text.push(digit(byte >> 4_u8));
        text.push(digit(byte & 15));
        text
    })
}

/// A digest as it is sent: 64 hexadecimal digits.
pub fn say_digest(digest: PlanDigest) -> String {
    hex(&digest.0)
}

/// Reads a digest, also one in quotes, as an entity tag has them.
pub fn parse_digest(text: &str) -> Option<PlanDigest> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let from = place.saturating_mul(2);
        let pair = text.get(from..from.saturating_add(2))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(PlanDigest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_with_and_without_quotes() {
        let digest = PlanDigest([0xa7; 32]);
        let text = say_digest(digest);
        assert_eq!(parse_digest(&text), Some(digest));
        assert_eq!(parse_digest(&format!("\"{text}\"")), Some(digest));
        for wrong in [
            "",
            "\"\"",
            "a7",
            text.get(1..).unwrap(),
            &text.replace('a', "g"),
            &text.replace("a7", "+7"),
        ] {
            assert_eq!(parse_digest(wrong), None, "{wrong}");
        }
    }
}
