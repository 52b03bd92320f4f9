//! The Trusted Agent Protocol: agents that a payment network knows, with keys in its registry.

use acp_core::limits;
use acp_core::time::Timestamp;

use crate::candidate::{Candidate, Examined, KeyId, Need};
use crate::component::Component;
use crate::coverage::Purpose;
use crate::message::Request;
use crate::profile::passing;
use crate::proof::Profile;
use crate::refused::Refused;
use crate::signed::Signed;
use crate::source::KeySource;
use crate::window::Window;

/// The rules of the Trusted Agent Protocol. Its signatures cover host and path and no more, so
/// each is good for one time: a [`crate::Verdict::Once`] comes out.
#[derive(Clone, Debug)]
pub struct TrustedAgents {
    /// How long signatures may be good for.
    pub window: Window,
    /// The registry of the network.
    pub registry: KeySource,
}

const BROWSER: &str = "agent-browser-auth";
const PAYER: &str = "agent-payer-auth";

impl TrustedAgents {
    /// The usual rules, with the keys of this registry.
    pub fn of(registry: KeySource) -> Self {
        Self { window: Window::of(limits::TRUSTED_AGENT_WINDOW_MAX), registry }
    }

    /// The signatures of a request that are as they should be, each with the key it needs.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn examine(
        &self,
        request: &Request<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Vec<Candidate>, Refused> {
        let (of_what, tags): (_, &[&str]) = match purpose {
            Purpose::Pay => ("with the tag agent-payer-auth", &[PAYER]),
            Purpose::Read | Purpose::Change => {
                ("with the tag agent-browser-auth or agent-payer-auth", &[BROWSER, PAYER])
            }
        };
        passing(
            request.headers,
            of_what,
            |signed| signed.tag().is_some_and(|tag| tags.contains(&tag)),
            |signed| self.examined(signed, request, now),
        )
    }

    fn examined(
        &self,
        signed: &Signed,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Candidate, Refused> {
        let parameters = signed.parameters()?;
        let expires = self.window.stated(&parameters, now)?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        given(parameters.nonce).ok_or(Refused::Parameter("nonce"))?;
        let keyid = given(parameters.keyid).ok_or(Refused::Parameter("keyid"))?;
        let covered = signed.covered()?;
        for wanted in [Component::Authority, Component::Path] {
            if !covered.contains(&wanted) {
                return Err(Refused::Uncovered(wanted.to_string()));
            }
        }
        let examined = Examined::new(Profile::TrustedAgents, signed, request, expires)?;
        let need = Need { source: self.registry.clone(), keyid: KeyId::Name(keyid) };
        // A clock that is behind would still take the signature then.
        let spend_until = Some(expires.plus(self.window.skew));
        Ok(Candidate { examined, need, spend_until })
    }
}
