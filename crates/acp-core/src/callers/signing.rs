//! What callers sign their requests with, and whether they have to.

use crate::limits::{SIGNING_KEYS_KEPT_MAX, SIGNING_KEYS_MAX};
use crate::time::Timestamp;

/// Whether the holder of a key signs its requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SignaturePolicy {
    /// Signatures are not looked at.
    #[default]
    Off,
    /// A signature that is there has to be right.
    Optional,
    /// Nothing is done without a signature.
    Required,
}

impl SignaturePolicy {
    /// Every policy.
    pub const ALL: [Self; 3] = [Self::Off, Self::Optional, Self::Required];

    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Optional => "optional",
            Self::Required => "required",
        }
    }
}

/// How a signature is made. Agreed on when the key is, and never chosen by a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// A secret both sides know.
    HmacSha256,
    /// Edwards curve 25519.
    Ed25519,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::HmacSha256, Self::Ed25519, Self::Es256];

    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::Ed25519 => "ed25519",
            Self::Es256 => "es256",
        }
    }
}

/// What of a request is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SigningProfile {
    /// The body alone.
    Body,
    /// The time and the body.
    #[default]
    TimeAndBody,
    /// All that decides what is done.
    Full,
}

impl SigningProfile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Body, Self::TimeAndBody, Self::Full];

    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::TimeAndBody => "ts-body",
            Self::Full => "full",
        }
    }
}

/// In which form a body is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SignedForm {
    /// Byte for byte as it is sent.
    Raw,
    /// In the canonical form of RFC 8785, so that it may be written anew on its way.
    #[default]
    Canonical,
}

impl SignedForm {
    /// Every form.
    pub const ALL: [Self; 2] = [Self::Raw, Self::Canonical];

    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Canonical => "canonical",
        }
    }
}

/// A key that signatures are verified with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name among those of one holder.
    pub id: Box<str>,
    /// How it signs.
    pub algorithm: SigningAlgorithm,
    /// What it signs.
    pub profile: SigningProfile,
    /// In which form it signs bodies.
    pub form: SignedForm,
    /// The public key, or the secret, sealed.
    pub material: Vec<u8>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Before that it proves nothing.
    pub not_before: Option<Timestamp>,
    /// From then on it proves nothing.
    pub not_after: Option<Timestamp>,
}

impl SigningKey {
    /// Whether it proves something at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.not_before.is_none_or(|begin| begin <= now) && !self.has_ended(now)
    }

    /// Whether it proves nothing any more.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.not_after.is_some_and(|end| end <= now)
    }
}

/// Why it stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningRefusal {
    /// There are two already.
    #[error(
        "there are {SIGNING_KEYS_MAX} signing keys that have not ended: end the one that is not \
         used any more"
    )]
    TooMany,
    /// There is none of this name.
    #[error("there is no signing key of this name")]
    Unknown,
    /// Nobody could call any more.
    #[error("there is no signing key to verify with: add one before signatures are looked at")]
    NothingToVerifyWith,
}

/// What the holder of a key signs with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signing {
    /// Whether it has to.
    pub policy: SignaturePolicy,
    /// Its signing keys, the oldest first, with some that have ended.
    pub keys: Vec<SigningKey>,
}

impl Signing {
    /// The same with another key. What ended long ago makes way for it.
    ///
    /// # Errors
    /// Refuses more keys than are needed to change from one to the next.
    pub fn with(&self, key: SigningKey, now: Timestamp) -> Result<Self, SigningRefusal> {
        let going_on = self.keys.iter().filter(|key| !key.has_ended(now)).count();
        if going_on >= SIGNING_KEYS_MAX {
            return Err(SigningRefusal::TooMany);
        }
        let mut too_many = self.keys.len().saturating_add(1).saturating_sub(SIGNING_KEYS_KEPT_MAX);
        let mut after = self.clone();
        after.keys.retain(|key| {
            let goes = too_many > 0 && key.has_ended(now);
            too_many = too_many.saturating_sub(usize::from(goes));
            !goes
        });
        after.keys.push(key);
        Ok(after)
    }

    /// The same without a key that is good. One that has ended stays as it is.
    ///
    /// # Errors
    /// Refuses a key that is not there.
    pub fn without(&self, id: &str, now: Timestamp) -> Result<Self, SigningRefusal> {
        let mut after = self.clone();
        let key = after.keys.iter_mut().find(|key| *key.id == *id);
        let key = key.ok_or(SigningRefusal::Unknown)?;
        if !key.has_ended(now) {
            key.not_after = Some(now);
        }
        Ok(after)
    }

    /// The same under another policy.
    ///
    /// # Errors
    /// Refuses to look at signatures where there is nothing to verify them with.
    pub fn under(&self, policy: SignaturePolicy, now: Timestamp) -> Result<Self, SigningRefusal> {
        let is_off = policy == SignaturePolicy::Off;
        if !is_off && self.keys.iter().all(|key| key.has_ended(now)) {
            return Err(SigningRefusal::NothingToVerifyWith);
        }
        Ok(Self { policy, keys: self.keys.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_ms(second * 1_000)
    }

    fn key(id: &str, ends: Option<i64>) -> SigningKey {
        SigningKey {
            id: id.into(),
            algorithm: SigningAlgorithm::HmacSha256,
            profile: SigningProfile::default(),
            form: SignedForm::default(),
            material: vec![1],
            created_at: at(0),
            not_before: Some(at(10)),
            not_after: ends.map(at),
        }
    }

    fn names(signing: &Signing) -> Vec<&str> {
        signing.keys.iter().map(|key| &*key.id).collect()
    }

    #[test]
    fn a_key_is_good_from_its_beginning_to_its_end() {
        let key = key("a", Some(20));
        let good = [9, 10, 19, 20].map(|second| key.is_good(at(second)));
        assert_eq!(good, [false, true, true, false]);
        assert!(!key.has_ended(at(9)), "what has not begun has not ended");
    }

    #[test]
    fn the_old_key_and_the_next_are_good_and_no_third() {
        let signing = Signing::default().with(key("a", None), at(0)).unwrap();
        let signing = signing.with(key("b", None), at(0)).unwrap();
        assert_eq!(signing.with(key("c", None), at(1)), Err(SigningRefusal::TooMany));
        let signing = signing.without("a", at(1)).unwrap();
        assert_eq!(signing.keys[0].not_after, Some(at(1)));
        assert_eq!(signing.without("a", at(2)).unwrap(), signing, "it has ended before");
        let signing = signing.with(key("c", None), at(2)).unwrap();
        assert_eq!(names(&signing), ["a", "b", "c"]);
        assert_eq!(signing.without("d", at(2)), Err(SigningRefusal::Unknown));
    }

    #[test]
    fn what_ended_long_ago_makes_way() {
        let mut signing = Signing::default();
        for number in 0..20 {
            signing = signing.with(key(&number.to_string(), Some(0)), at(1)).unwrap();
        }
        assert_eq!(names(&signing), ["12", "13", "14", "15", "16", "17", "18", "19"]);
    }

    #[test]
    fn nobody_is_asked_for_what_cannot_be_verified() {
        let none = Signing::default();
        let refused = none.under(SignaturePolicy::Required, at(0));
        assert_eq!(refused, Err(SigningRefusal::NothingToVerifyWith));
        let one = none.with(key("a", Some(5)), at(0)).unwrap();
        let required = one.under(SignaturePolicy::Required, at(4)).unwrap();
        assert_eq!(required.policy, SignaturePolicy::Required);
        assert!(one.under(SignaturePolicy::Optional, at(5)).is_err(), "it has ended");
        assert_eq!(required.under(SignaturePolicy::Off, at(9)).unwrap().keys, one.keys);
    }
}
