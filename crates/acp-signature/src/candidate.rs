//! A signature that is as it should be, before its key is known.

use acp_core::time::Timestamp;

use crate::algorithm::Algorithm;
use crate::component::Component;
use crate::coverage;
use crate::digest;
use crate::key::{KeySet, Thumbprint, VerifyingKey};
use crate::message::Request;
use crate::proof::{Identity, Profile, Proof, Spending, Unspent, Verdict};
use crate::refused::Refused;
use crate::signed::{Parameters, Signed};
use crate::source::KeySource;

/// A signature that is as it should be. Whether the one it names made it is not known before
/// [`Candidate::verify`].
#[derive(Clone, Debug)]
pub struct Candidate {
    pub(crate) examined: Examined,
    pub(crate) need: Need,
    pub(crate) spend_until: Option<Timestamp>,
}

/// Which key has to be found before a signature can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The place it is found at.
    pub source: KeySource,
    /// The name it has there.
    pub keyid: KeyId,
}

impl Need {
    /// The key that is needed, where it is among these.
    pub fn found_in<'a>(&self, found: &'a KeySet) -> Option<&'a VerifyingKey> {
        match &self.keyid {
            KeyId::Thumbprint(print) => found.by_thumbprint(*print),
            KeyId::Name(name) => found.by_name(name),
        }
    }
}

/// How a key is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyId {
    /// By what it is.
    Thumbprint(Thumbprint),
    /// By what its publisher calls it.
    Name(String),
}

/// What all profiles want to know of a signature.
#[derive(Clone, Debug)]
pub(crate) struct Examined {
    profile: Profile,
    label: String,
    pub(crate) parameters: Parameters,
    pub(crate) covered: Vec<Component>,
    base: String,
    signature: Vec<u8>,
    pub(crate) expires: Timestamp,
}

impl Examined {
    /// Rebuilds what was signed, and holds the body against its digest.
    pub(crate) fn new(
        profile: Profile,
        signed: &Signed,
        request: &Request<'_>,
        expires: Timestamp,
    ) -> Result<Self, Refused> {
        let covered = signed.covered()?;
        coverage::body(&covered, request)?;
        Ok(Self {
            profile,
            label: signed.label().to_owned(),
            parameters: signed.parameters()?,
            covered,
            base: signed.base(request)?,
            signature: signed.signature.clone(),
            expires,
        })
    }

    /// The proof, if this key made the signature.
    pub(crate) fn proven(
        self,
        key: &VerifyingKey,
        accepted: &[Algorithm],
        identity: Identity,
    ) -> Result<Proof, Refused> {
        let algorithm = key.algorithm(self.parameters.alg.as_deref(), accepted)?;
        key.verify(algorithm, self.base.as_bytes(), &self.signature)?;
        Ok(Proof {
            profile: self.profile,
            identity,
            algorithm,
            label: self.label,
            tag: self.parameters.tag,
            covered: self.covered,
            nonce: self.parameters.nonce,
            signed: digest::of(self.base.as_bytes()),
            expires: self.expires,
        })
    }
}

impl Candidate {
    /// Which key has to be found, and where.
    pub fn need(&self) -> &Need {
        &self.need
    }

    /// Who signed, if it was with one of these keys.
    ///
    /// # Errors
    /// Refuses keys of another place, keys that are not there, and signatures that are not by
    /// them.
    pub fn verify(self, found: &KeySet) -> Result<Verdict, Refused> {
        if *found.from() != self.need.source {
            return Err(Refused::FoundElsewhere);
        }
        let key = self.need.found_in(found);
        let Need { source, keyid } = self.need;
        let keyid = match keyid {
            KeyId::Thumbprint(print) => print.to_string(),
            KeyId::Name(name) => name,
        };
        let key = key.and_then(|key| Some((key, key.thumbprint()?)));
        let (key, thumbprint) = key.ok_or_else(|| Refused::UnknownKey(keyid.clone()))?;
        let identity = Identity::Published { source, keyid, thumbprint };
        let proof = self.examined.proven(key, Algorithm::PUBLIC, identity)?;
        Ok(match (self.spend_until, proof.nonce.clone()) {
            (Some(until), Some(nonce)) => {
                Verdict::Once(Unspent { proof, spending: Spending { thumbprint, nonce, until } })
            }
            _ => Verdict::Proven(proof),
        })
    }
}
