use acp_core::principal::Proof;
use acp_core::signing::{SignaturePolicy, SigningProfile};
use acp_core::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::claim::{Claim, Unsigned};
use super::received::Received;
use super::verifier::Verifier;

/// What is expected of the signatures of one caller.
#[derive(Debug)]
pub struct Expected {
    /// Whether there have to be any.
    pub policy: SignaturePolicy,
    /// The key the signing keys belong to.
    holder: Box<str>,
    verifiers: Vec<Verifier>,
}

/// A signature that is right.
#[derive(Debug)]
pub struct Verified {
    pub(in crate::identity) proof: Proof,
    pub(in crate::identity) profile: SigningProfile,
    /// What the signature is known by, whichever way it is written.
    pub(in crate::identity) digest: [u8; 32],
}

impl Expected {
    /// What is expected of the holder of a key.
    pub(in crate::identity) fn of(
        holder: &str,
        policy: SignaturePolicy,
        verifiers: Vec<Verifier>,
    ) -> Self {
        Self { policy, holder: holder.into(), verifiers }
    }

    /// Looks for the key that has made a signature. There are two at the most.
    pub(in crate::identity) fn verify(
        &self,
        claim: Claim<'_>,
        request: &Received<'_>,
        now: Timestamp,
    ) -> Result<Verified, Unsigned> {
        let mut refusal = Unsigned::Wrong;
        for verifier in self.verifiers.iter().filter(|verifier| verifier.is_good(now)) {
            match verifier.verify(claim.signature, claim.timestamp, request) {
                Ok(Some(known_by)) => return Ok(self.verified(verifier, &known_by)),
                Ok(None) => {}
                Err(unsignable) => refusal = unsignable.into(),
            }
        }
        Err(refusal)
    }

    fn verified(&self, verifier: &Verifier, known_by: &[u8]) -> Verified {
        let mut hash = Sha256::new();
        for part in [self.holder.as_bytes(), verifier.id.as_bytes(), known_by] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Verified {
            proof: Proof::Signature { key: verifier.id.clone(), algorithm: verifier.algorithm },
            profile: verifier.profile,
            digest: hash.finalize().into(),
        }
    }
}
