use acp_core::ids::{AuthenticationId, Random128};
use acp_core::limits::{AUTHENTICATION_LIFE, RACES_MAX};
use acp_core::ports::{Answer, AuthenticationWrite, Begun, NotBegun, Operation};
use acp_core::refusal::{Fault, FaultKind, Refusal};
use acp_core::session::Owner;
use acp_core::three_ds::{Authentication, BeginAuthentication};
use acp_core::vault::NotDelegated;

use crate::app::vault::{malformed, marked};
use crate::app::{App, Ask, Failure, Said};

/// For what a fingerprint of a body with a card in it is marked.
const BODY: &str = "body of an authentication";

impl App {
    /// Has a provider begin to find out whether a shopper is who the card says.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn begin_authentication(
        &self,
        ask: Ask<BeginAuthentication>,
    ) -> Result<Said, Failure> {
        let ask = Ask { digests: marked(BODY, ask.digests, self.ports.sealer.as_ref()), ..ask };
        let key = ask.answer_key(Operation::BeginAuthentication, None);
        let owner = ask.principal.as_owner();
        for nth in 0..RACES_MAX {
            let place = self.ports.authentications.place(&owner, ask.key.as_deref());
            if let Some(said) = self.known(&ask, place, key.as_ref()).await? {
                return Ok(said);
            }
            let bits = match &ask.key {
                Some(key) if nth == 0 => self.bits_of(&owner, key, &ask.digests.raw),
                // That one is there already, and its answer is not remembered any more.
                _ => self.ports.entropy.random128(),
            };
            let id = AuthenticationId::new(place, bits);
            let decided = self.begun(&ask, id).await;
            let write = |begun, answer| async move {
                let write = AuthenticationWrite { before: None, after: &begun, answer };
                self.ports.authentications.write(write).await
            };
            if let Some(said) = self.kept((&ask, place, key.clone()), decided, write).await? {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    /// The bits of an id by which the provider knows a request that is made again, also where nobody
    /// here remembers it.
    fn bits_of(&self, owner: &Owner, key: &str, body: &[u8; 32]) -> Random128 {
        let mut bytes = body.to_vec();
        for part in [owner.tenant.as_str(), owner.agent.as_str(), key] {
            bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        let mark = self.ports.sealer.mark("id of an authentication", &bytes);
        Random128(mark.first_chunk().copied().unwrap_or_default())
    }

    async fn begun(
        &self,
        ask: &Ask<BeginAuthentication>,
        id: AuthenticationId,
    ) -> Result<(Authentication, Answer), Failure> {
        let wish = ask.command.as_ref().map_err(|fault| malformed(fault.clone()))?;
        let now = self.ports.clock.now();
        let merchant = self.merchant_of_cards();
        wish.check(ask.key.as_deref(), merchant, now).map_err(Refusal::NotDelegated)?;
        let begun = self.ports.authenticator.begin(&id, wish).await;
        let Begun { reference, standing } = begun.map_err(|not_begun| match not_begun {
            NotBegun::Card => Failure::from(Refusal::NotDelegated(NotDelegated::Unfit(Fault {
                kind: FaultKind::BadValue,
                path: "$.payment_method.number".to_owned(),
                text: "The provider of authentications does not know this card.".to_owned(),
            }))),
            NotBegun::Failed(error) => error.into(),
        })?;
        let authentication = Authentication {
            id,
            owner: ask.principal.as_owner(),
            reference,
            has_browser: wish.browser.is_some(),
            has_notification_url: wish.notification_url.is_some(),
            standing,
            expires_at: now.plus(AUTHENTICATION_LIFE),
        };
        let answer = self.ports.answers.authentication_begun(&authentication);
        Ok((authentication, answer))
    }
}
