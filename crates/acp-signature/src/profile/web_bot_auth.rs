//! Web Bot Auth: agents publish their keys, and are the place where they do.

use acp_core::limits;
use acp_core::time::Timestamp;
use http::header::HeaderName;

use crate::agent;
use crate::candidate::{Candidate, Examined, KeyId, Need};
use crate::coverage::{self, Purpose};
use crate::key::Thumbprint;
use crate::message::Request;
use crate::profile::{decisive_fields, passing};
use crate::proof::Profile;
use crate::refused::Refused;
use crate::signed::Signed;
use crate::window::Window;

/// The rules of `draft-ietf-webbotauth-httpsig-protocol`, and what we demand beyond them before a
/// signature may change something.
#[derive(Clone, Debug)]
pub struct WebBotAuth {
    /// How long signatures may be good for.
    pub window: Window,
    /// Fields that have to be covered by a change, where the request has them.
    pub decisive: Vec<HeaderName>,
}

const TAG: &str = "web-bot-auth";

impl Default for WebBotAuth {
    fn default() -> Self {
        Self { window: Window::of(limits::AGENT_SIGNATURE_WINDOW_MAX), decisive: decisive_fields() }
    }
}

impl WebBotAuth {
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
        passing(
            request.headers,
            "with the tag web-bot-auth",
            |signed| signed.tag() == Some(TAG),
            |signed| self.examined(signed, request, purpose, now),
        )
    }

    fn examined(
        &self,
        signed: &Signed,
        request: &Request<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Candidate, Refused> {
        let parameters = signed.parameters()?;
        let expires = self.window.stated(&parameters, now)?;
        let keyid = parameters.keyid.as_deref().and_then(Thumbprint::read);
        let keyid = KeyId::Thumbprint(keyid.ok_or(Refused::Parameter("keyid"))?);
        let covered = signed.covered()?;
        coverage::place(&covered)?;
        let source = agent::named(request, &covered, signed.label())?;
        match purpose {
            Purpose::Read => {}
            Purpose::Change | Purpose::Pay => {
                coverage::of_a_change(&covered, request, &self.decisive)?;
            }
        }
        let examined = Examined::new(Profile::WebBotAuth, signed, request, expires)?;
        Ok(Candidate { examined, need: Need { source, keyid }, spend_until: None })
    }
}
