use acp_core::ids::AuthenticationId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Answer, AuthenticationWrite, Operation, Revision, Subject};
use acp_core::refusal::Refusal;
use acp_core::three_ds::{Authenticate, Authentication, Step};

use crate::app::vault::{malformed, marked};
use crate::app::{App, Ask, Failure, Said};

/// For what a fingerprint of a body with a shopper in it is marked.
const BODY: &str = "body of an authenticate";

impl App {
    /// Has the issuer asked. One that was asked before, or whose time is over, is told as it
    /// stands.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn authenticate(
        &self,
        id: &AuthenticationId,
        ask: Ask<Authenticate>,
    ) -> Result<Said, Failure> {
        let ask = Ask { digests: marked(BODY, ask.digests, self.ports.sealer.as_ref()), ..ask };
        let about = Some(Subject::Authentication(id.clone()));
        let key = ask.answer_key(Operation::Authenticate, about);
        let place = id.partition();
        for _ in 0..RACES_MAX {
            let seen = self.ports.authentications.look(place, Some(id), key.as_ref()).await?;
            if let Some(said) = ask.settled(seen.key)? {
                return Ok(said);
            }
            let decided = self.asked(&ask, seen.authentication).await;
            let write = |(before, after), answer| async move {
                let write = AuthenticationWrite { before: Some(before), after: &after, answer };
                self.ports.authentications.write(write).await
            };
            if let Some(said) = self.kept((&ask, place, key.clone()), decided, write).await? {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    async fn asked(
        &self,
        ask: &Ask<Authenticate>,
        found: Option<(Authentication, Revision)>,
    ) -> Result<((Revision, Authentication), Answer), Failure> {
        let found = found.filter(|(found, _)| ask.principal.owns(&found.owner));
        let (mut authentication, at) = found.ok_or(Refusal::AuthenticationNotFound)?;
        let wish = ask.command.as_ref().map_err(|fault| malformed(fault.clone()))?;
        let now = self.ports.clock.now();
        if authentication.standing_at(now).step() == Step::Begun {
            authentication.check(wish).map_err(malformed)?;
            let reference = &authentication.reference;
            let standing = self.ports.authenticator.authenticate(reference, wish).await?;
            authentication = with_all_told(authentication, wish);
            if let Some(after) = authentication.moved(standing) {
                authentication = after;
            }
        }
        let standing = authentication.standing_at(now);
        let answer = self.ports.answers.authenticated(&authentication.id, &standing);
        Ok(((at, authentication), answer))
    }
}

/// The same, with what the provider was told by now.
fn with_all_told(authentication: Authentication, wish: &Authenticate) -> Authentication {
    Authentication {
        has_browser: authentication.has_browser || wish.browser.is_some(),
        has_notification_url: authentication.has_notification_url
            || wish.notification_url.is_some(),
        ..authentication
    }
}
