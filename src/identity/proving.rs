use std::sync::Arc;

use acp_core::limits::SIGNATURE_USE_KEPT;
use acp_core::ports::SignatureUse;
use acp_core::principal::{Principal, Tier};
use http::HeaderMap;

use super::keyring::Identity;
use super::signature::{Claim, Expected, Received, Unsigned, Verified};

impl Identity {
    /// What a request says of its signature, where that is looked at.
    ///
    /// # Errors
    /// Refuses what is missing, malformed, or of another time.
    pub fn claim<'a>(
        &self,
        headers: &'a HeaderMap,
        expected: &Expected,
    ) -> Result<Option<Claim<'a>>, Unsigned> {
        Claim::read(headers, expected.policy, self.clock.now())
    }

    /// Looks whether a claim is right, and proves something: nothing but the request decides that,
    /// and nobody else is asked.
    ///
    /// # Errors
    /// Refuses a signature that is not right.
    pub fn verify(
        &self,
        expected: &Expected,
        claim: Claim<'_>,
        request: &Received<'_>,
    ) -> Result<Verified, Unsigned> {
        let verified = expected.verify(claim, request, self.clock.now())?;
        if request.proves_nothing(verified.profile) {
            return Err(Unsigned::Nothing);
        }
        Ok(verified)
    }

    /// The same caller, with the proof that it has signed this request.
    ///
    /// # Errors
    /// Refuses a signature that was used for something else. Where that is not known it proves
    /// nothing.
    pub async fn prove(
        &self,
        principal: &Principal,
        verified: Verified,
        request: &Received<'_>,
    ) -> Result<Arc<Principal>, Unsigned> {
        if request.may_be_misused(verified.profile) {
            // Somebody may send the number of a card as a key, or in a path: whoever reads the store,
            // and has no key, shall have nothing to try numbers on.
            let purpose = self.sealer.mark("purpose of a signature", &request.purpose());
            match self.used.take(&verified.digest, &purpose, SIGNATURE_USE_KEPT).await? {
                SignatureUse::First => {}
                SignatureUse::Again if request.can_be_repeated() => {}
                SignatureUse::Again | SignatureUse::Otherwise => return Err(Unsigned::Replayed),
            }
        }
        let mut proven = principal.clone();
        proven.proofs.push(verified.proof);
        proven.tier = Tier::Signed;
        Ok(Arc::new(proven))
    }
}
