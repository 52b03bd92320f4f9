use acp_core::ids::{SessionId, VaultTokenId};
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Committed, TokenWrite};
use acp_core::refusal::Broken;
use acp_core::run::Run;
use acp_core::session::PaymentToken;
use acp_core::vault::{Charge, Spent, Unspendable, VaultToken};

use super::context;
use crate::app::{App, Failure};

/// What the provider is paid with.
#[derive(Debug)]
pub(in crate::app) enum Tendered {
    /// What was offered: it is not of ours.
    AsOffered,
    /// What stands behind a token of ours.
    Vaulted(PaymentToken),
    /// The token is of ours, and pays for none of this.
    Not(Unspendable),
}

impl App {
    /// Spends what a run was offered, where that is a token of ours. A run that has spent it before
    /// finds it so, and goes on with it; nobody else does.
    pub(in crate::app) async fn spend(
        &self,
        run: &Run,
        offered: &PaymentToken,
    ) -> Result<Tendered, Failure> {
        let Ok(id) = VaultTokenId::parse(offered.reveal()) else {
            return Ok(Tendered::AsOffered);
        };
        let tenant = run.tenant.as_ref().unwrap_or(&self.shop.tenant);
        let (session, attempt, amount) = (&run.session, run.attempt, run.amount);
        let charge = Charge { tenant, session, attempt, amount };
        for _ in 0..RACES_MAX {
            let Some((token, at)) = self.ports.vault.find(&id).await? else {
                return Ok(Tendered::Not(Unspendable::Unknown));
            };
            match token.spend(charge, self.ports.vault.now().await?) {
                Err(why) => return Ok(Tendered::Not(why)),
                Ok(Spent::Before) => return self.opened_token(&token),
                Ok(Spent::Now(after)) => {
                    let write = TokenWrite { before: Some(at), after: &after, answer: None };
                    if let Committed::At(_) = self.ports.vault.write(write).await? {
                        return self.opened_token(&after);
                    }
                }
            }
        }
        Err(Failure::Contended)
    }

    fn opened_token(&self, token: &VaultToken) -> Result<Tendered, Failure> {
        let unreadable = Broken("the credential of a vault token can be opened");
        let opened = self.ports.sealer.open(&context(&token.id), &token.credential).ok();
        let text = opened.and_then(|plain| String::from_utf8(plain).ok()).ok_or(unreadable)?;
        Ok(Tendered::Vaulted(PaymentToken::new(text)))
    }

    /// Gives a token back that a run has spent, or still may, once it is certain that nothing is held
    /// by it. Whoever was at work on the run before and does not know that it was taken over cannot
    /// spend the token after that: the write says so to everybody, and comes before the run's end.
    pub(in crate::app) async fn hand_token_back(
        &self,
        (session, attempt): (&SessionId, u32),
        offered: &PaymentToken,
    ) -> Result<(), Failure> {
        let Ok(id) = VaultTokenId::parse(offered.reveal()) else { return Ok(()) };
        for _ in 0..RACES_MAX {
            let Some((token, at)) = self.ports.vault.find(&id).await? else { return Ok(()) };
            let Some(after) = token.handed_back(session, attempt) else { return Ok(()) };
            let write = TokenWrite { before: Some(at), after: &after, answer: None };
            if let Committed::At(_) = self.ports.vault.write(write).await? {
                return Ok(());
            }
        }
        Err(Failure::Contended)
    }
}
