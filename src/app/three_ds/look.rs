use acp_core::ids::AuthenticationId;
use acp_core::ports::{AuthenticationWrite, Committed, Revision};
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::three_ds::{Authentication, Ending, Found, Standing, Step};
use acp_core::time::Timestamp;

use crate::app::{App, Failure};

/// Where an authentication stands, and what was found out.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Where it stands.
    pub standing: Standing,
    /// What was found out, where it is over and something was.
    pub found: Option<Found>,
}

impl App {
    /// Looks where an authentication stands.
    ///
    /// # Errors
    /// There is none of this caller's, or the provider that knows cannot be asked.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn read_authentication(
        &self,
        principal: &Principal,
        id: &AuthenticationId,
    ) -> Result<Looked, Failure> {
        let seen = self.ports.authentications.look(id.partition(), Some(id), None).await?;
        let found = seen.authentication.filter(|(found, _)| principal.owns(&found.owner));
        let (authentication, at) = found.ok_or(Refusal::AuthenticationNotFound)?;
        let now = self.ports.clock.now();
        let standing = authentication.standing_at(now);
        match (&standing, standing.step()) {
            // Before the issuer was asked, and where nobody was, there is nothing to be found out.
            (Standing::Ended(Ending::Expired | Ending::NotSupported), _) | (_, Step::Begun) => {
                Ok(Looked { standing, found: None })
            }
            (_, Step::Challenging | Step::Over) => self.asked_again(authentication, at, now).await,
        }
    }

    /// What the provider says by now. What it found out is told with the end it belongs to, and with
    /// no other one it may have told before.
    async fn asked_again(
        &self,
        authentication: Authentication,
        at: Revision,
        now: Timestamp,
    ) -> Result<Looked, Failure> {
        let (said, found) = self.ports.authenticator.look(&authentication.reference).await?;
        let standing = match authentication.heard(said.clone(), now) {
            None => authentication.standing,
            Some(after) => {
                let write = AuthenticationWrite { before: Some(at), after: &after, answer: None };
                match self.ports.authentications.write(write).await? {
                    // Whoever was faster has heard the same from the same provider.
                    Committed::At(_) | Committed::Raced => {}
                }
                after.standing
            }
        };
        let is_of_it = standing == said && standing.step() == Step::Over;
        Ok(Looked { found: found.filter(|_| is_of_it), standing })
    }
}
