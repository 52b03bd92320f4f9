//! Partners whose keys are written down here.

use acp_core::limits;
use acp_core::time::Timestamp;
use http::header::HeaderName;

use crate::algorithm::Algorithm;
use crate::candidate::Examined;
use crate::coverage::{self, Purpose};
use crate::key::VerifyingKey;
use crate::message::Request;
use crate::profile::{decisive_fields, passing};
use crate::proof::{Identity, Profile, Proof};
use crate::refused::Refused;
use crate::signed::Signed;
use crate::window::Window;

/// The rules for partners without a directory. Nothing has to be fetched, so there is one step.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// How long signatures are good for.
    pub window: Window,
    /// The keys.
    pub keys: Vec<PinnedKey>,
    /// What may be signed with.
    pub accepts: Vec<Algorithm>,
    /// Fields that have to be covered by a change, where the request has them.
    pub decisive: Vec<HeaderName>,
}

/// A key that is written down, with its name.
#[derive(Clone, Debug)]
pub struct PinnedKey {
    /// What signatures call it.
    pub keyid: String,
    /// The key.
    pub key: VerifyingKey,
}

impl Pinned {
    /// The usual rules with these keys: shared secrets are good here, RSA with the old padding is
    /// not.
    ///
    /// # Errors
    /// Refuses more keys than are looked at, and two of one name.
    pub fn of(keys: Vec<PinnedKey>) -> Result<Self, Refused> {
        if keys.len() > limits::PINNED_KEYS_MAX {
            return Err(Refused::TooMuch { what: "the keys", max: limits::PINNED_KEYS_MAX });
        }
        let named = |name: &str| keys.iter().filter(|key| key.keyid == name).count();
        if let Some(twice) = keys.iter().find(|key| named(&key.keyid) > 1) {
            return Err(Refused::Twice(twice.keyid.clone()));
        }
        let mut accepts = Algorithm::PUBLIC.to_vec();
        accepts.push(Algorithm::HmacSha256);
        let window = Window::of(limits::PINNED_SIGNATURE_WINDOW_MAX);
        Ok(Self { window, keys, accepts, decisive: decisive_fields() })
    }

    /// Who signed, if it was a partner.
    ///
    /// # Errors
    /// Says why nobody did.
    pub fn verify(
        &self,
        request: &Request<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Proof, Refused> {
        let proofs = passing(
            request.headers,
            "with the key of a partner",
            // A tag says that other rules are meant, and other keys.
            |signed| signed.tag().is_none(),
            |signed| self.verified(signed, request, purpose, now),
        )?;
        proofs.into_iter().next().ok_or(Refused::NotSigned("with the key of a partner"))
    }

    fn verified(
        &self,
        signed: &Signed,
        request: &Request<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Proof, Refused> {
        let parameters = signed.parameters()?;
        let expires = self.window.implied(&parameters, now)?;
        let keyid = parameters.keyid.ok_or(Refused::Parameter("keyid"))?;
        let pinned = self.keys.iter().find(|pinned| pinned.keyid == keyid);
        let pinned = pinned.ok_or_else(|| Refused::UnknownKey(keyid.clone()))?;
        let covered = signed.covered()?;
        coverage::place(&covered)?;
        match purpose {
            Purpose::Read => {}
            Purpose::Change | Purpose::Pay => {
                coverage::of_a_change(&covered, request, &self.decisive)?;
            }
        }
        let examined = Examined::new(Profile::Pinned, signed, request, expires)?;
        let identity = Identity::Pinned { keyid, thumbprint: pinned.key.thumbprint() };
        examined.proven(&pinned.key, &self.accepts, identity)
    }
}
