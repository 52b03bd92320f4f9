use std::borrow::Cow;

use acp_core::signing::{SignedForm, SigningProfile};
use acp_wire::canonical::{Unsignable, rfc8785};
use sha2::{Digest as _, Sha256};

/// A request as it was received, as far as a signature can be about it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The idempotency key, as it was sent.
    pub idempotency_key: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl Received<'_> {
    /// Whether nothing changes by it, however often it is done.
    fn only_reads(&self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }

    /// Whether it does the same however often it is sent as it is.
    pub(in crate::identity) fn can_be_repeated(&self) -> bool {
        self.only_reads() || self.idempotency_key.is_some()
    }

    /// Whether it has to be known what the signature was used for before. One over everything is
    /// good for this request alone. One over nothing but the body is the same whenever something is
    /// looked at, so that nothing would be gained by remembering it.
    pub(in crate::identity) fn may_be_misused(&self, profile: SigningProfile) -> bool {
        match profile {
            SigningProfile::Full => !self.can_be_repeated(),
            SigningProfile::TimeAndBody => true,
            SigningProfile::Body => !self.only_reads(),
        }
    }

    /// Whether something would be done that the signature says nothing of: one over an empty body is
    /// the same in every such request, and whoever has seen the caller look at something has it.
    pub(in crate::identity) fn proves_nothing(&self, profile: SigningProfile) -> bool {
        profile == SigningProfile::Body && self.body.is_empty() && !self.only_reads()
    }

    /// What the signature was used for, as a digest: two uses are the same where a repetition of
    /// the one is a repetition of the other. It is marked before it is kept.
    pub(in crate::identity) fn purpose(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [self.method, self.target, self.idempotency_key.unwrap_or_default()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// The bytes that are signed.
    pub(super) fn signed_bytes(
        &self,
        profile: SigningProfile,
        form: SignedForm,
        timestamp: &str,
    ) -> Result<Vec<u8>, Unsignable> {
        let body = match form {
            // An empty body is no JSON, and signed as what it is.
            SignedForm::Canonical if !self.body.is_empty() => Cow::Owned(rfc8785(self.body)?),
            SignedForm::Canonical | SignedForm::Raw => Cow::Borrowed(self.body),
        };
        Ok(match profile {
            SigningProfile::Body => body.into_owned(),
            SigningProfile::TimeAndBody => [timestamp.as_bytes(), b".", &body].concat(),
            SigningProfile::Full => {
                let key = self.idempotency_key.unwrap_or_default();
                let digest = hex(&Sha256::digest(&body));
                [self.method, self.target, timestamp, key, &digest].join("\n").into_bytes()
            }
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: &str = "2026-11-29T12:00:00Z";

    fn request(body: &[u8]) -> Received<'_> {
        Received { method: "POST", target: "/a?b=c", idempotency_key: Some("k"), body }
    }

    fn text(request: &Received<'_>, profile: SigningProfile, form: SignedForm) -> String {
        String::from_utf8(request.signed_bytes(profile, form, TIME).unwrap()).unwrap()
    }

    #[test]
    fn each_profile_signs_what_it_says() {
        use SignedForm::{Canonical, Raw};
        use SigningProfile::{Body, Full, TimeAndBody};
        let asked = request(br#"{ "b": 1.0, "a": [] }"#);
        assert_eq!(text(&asked, Body, Raw), r#"{ "b": 1.0, "a": [] }"#);
        assert_eq!(text(&asked, Body, Canonical), r#"{"a":[],"b":1}"#);
        let timed = r#"2026-11-29T12:00:00Z.{"a":[],"b":1}"#;
        assert_eq!(text(&asked, TimeAndBody, Canonical), timed);
        // The digest by another program.
        let digest = "1c8f8816506a8ccbc55140d8a7bb70214a8942c7030fc0fc2914cec675cd1c15";
        let full = format!("POST\n/a?b=c\n2026-11-29T12:00:00Z\nk\n{digest}");
        assert_eq!(text(&asked, Full, Canonical), full);
    }

    #[test]
    fn an_empty_body_is_signed_as_nothing() {
        let empty = request(b"");
        for form in SignedForm::ALL {
            assert_eq!(text(&empty, SigningProfile::Body, form), "");
            assert_eq!(text(&empty, SigningProfile::TimeAndBody, form), format!("{TIME}."));
            let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
            assert!(text(&empty, SigningProfile::Full, form).ends_with(nothing));
        }
    }

    #[test]
    fn a_purpose_is_method_target_and_key() {
        let one = request(b"1");
        assert_eq!(one.purpose(), request(b"2").purpose(), "the signature is about the body");
        for other in [
            Received { method: "PUT", ..one },
            Received { target: "/a", ..one },
            Received { idempotency_key: Some("l"), ..one },
            Received { idempotency_key: None, ..one },
            Received { target: "/a?b=ck", idempotency_key: Some(""), ..one },
        ] {
            assert_ne!(other.purpose(), one.purpose());
        }
    }

    #[test]
    fn a_signature_over_nothing_proves_no_change() {
        let empty = request(b"");
        let reading = Received { method: "GET", ..empty };
        for (profile, expected) in [
            (SigningProfile::Full, [false, false, false]),
            (SigningProfile::TimeAndBody, [false, false, false]),
            (SigningProfile::Body, [true, false, false]),
        ] {
            let nothing = [empty, reading, request(b"{}")].map(|one| one.proves_nothing(profile));
            assert_eq!(nothing, expected, "{profile:?}");
        }
    }

    #[test]
    fn only_what_says_everything_need_not_be_remembered() {
        use SigningProfile::{Body, Full, TimeAndBody};
        let keyed = request(b"1");
        let keyless = Received { idempotency_key: None, ..keyed };
        let reading = Received { method: "GET", ..keyless };
        for (profile, expected) in [
            (Full, [false, true, false]),
            (TimeAndBody, [true, true, true]),
            (Body, [true, true, false]),
        ] {
            let remembered = [keyed, keyless, reading].map(|one| one.may_be_misused(profile));
            assert_eq!(remembered, expected, "{profile:?}");
        }
    }
}
