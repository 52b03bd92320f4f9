use acp_core::catalog::HandlerKind;
use acp_core::ids::VaultTokenId;
use acp_core::limits::RACES_MAX;
use acp_core::payment::ProviderKey;
use acp_core::ports::{Answer, CardNotKept, Digests, KeptCard, Operation, Sealer, TokenWrite};
use acp_core::refusal::{Fault, FaultKind, Refusal};
use acp_core::vault::{Delegate, NotDelegated, Terms, VaultToken};

use super::context;
use crate::app::{App, Ask, Failure, Said};

/// For what a fingerprint of a body with a card in it is marked.
const BODY: &str = "body of a delegation";
/// How many digits of a number may be shown.
const LAST: usize = 4;

/// Fingerprints that tell nobody anything who lacks the keys: a card has few enough numbers that
/// whoever had a plain one could try them all.
pub(in crate::app) fn marked(of: &str, digests: Digests, sealer: &dyn Sealer) -> Digests {
    Digests { raw: sealer.mark(of, &digests.raw), canonical: sealer.mark(of, &digests.canonical) }
}

/// The refusal of a body that says nothing whole.
pub(in crate::app) fn malformed(fault: Fault) -> Refusal {
    Refusal::NotDelegated(NotDelegated::Malformed(fault))
}

fn last4(number: &str) -> Box<str> {
    let skipped = number.len().saturating_sub(LAST);
    number.chars().skip(skipped).collect()
}

impl App {
    /// Takes a card to whoever moves the money, and answers with what pays in its place.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn delegate_payment(&self, ask: Ask<Delegate>) -> Result<Said, Failure> {
        let ask = Ask { digests: marked(BODY, ask.digests, self.ports.sealer.as_ref()), ..ask };
        let key = ask.answer_key(Operation::Delegate, None);
        for _ in 0..RACES_MAX {
            let owner = ask.principal.as_owner();
            let place = self.ports.vault.place(&owner, ask.key.as_deref());
            if let Some(said) = self.known(&ask, place, key.as_ref()).await? {
                return Ok(said);
            }
            let id = VaultTokenId::new(place, self.ports.entropy.random128());
            let decided = self.taken(&ask, id).await;
            let write = |token, answer| async move {
                let write = TokenWrite { before: None, after: &token, answer };
                self.ports.vault.write(write).await
            };
            if let Some(said) = self.kept((&ask, place, key.clone()), decided, write).await? {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    async fn taken(
        &self,
        ask: &Ask<Delegate>,
        id: VaultTokenId,
    ) -> Result<(VaultToken, Answer), Failure> {
        let wish = ask.command.as_ref().map_err(|fault| malformed(fault.clone()))?;
        let now = self.ports.vault.now().await?;
        let terms =
            Terms { merchant: self.merchant_of_cards(), longest: self.delegating.longest, now };
        wish.check(ask.key.as_deref(), terms).map_err(Refusal::NotDelegated)?;
        let KeptCard { credential, brand } = self.handed_over(wish, &id).await?;
        let sealed = self.ports.sealer.seal(&context(&id), credential.reveal().as_bytes());
        let token = VaultToken {
            owner: ask.principal.as_owner(),
            allowance: wish.allowance.clone(),
            credential: sealed,
            brand,
            last4: last4(wish.card.number.reveal()),
            made_at: now,
            spent: None,
            over_up_to: 0,
            id,
        };
        let answer = self.ports.answers.delegated(&token, &wish.metadata, ask.key.as_deref());
        Ok((token, answer))
    }

    /// What the merchant is called by the payment handler that takes cards.
    pub(in crate::app) fn merchant_of_cards(&self) -> Option<&str> {
        let is_card = |kind: &HandlerKind| matches!(kind, HandlerKind::Card { .. });
        let mut handlers = self.shop.handlers.iter();
        handlers.find(|handler| is_card(&handler.kind)).map(|handler| &*handler.merchant_id)
    }

    async fn handed_over(&self, wish: &Delegate, id: &VaultTokenId) -> Result<KeptCard, Failure> {
        // Nothing is charged by it: one that nobody heard of is left behind at the provider.
        let key = ProviderKey(id.as_str().into());
        self.ports.cards.hand_over(&key, &wish.card).await.map_err(|not_kept| match not_kept {
            CardNotKept::Refused(place) => Refusal::NotDelegated(NotDelegated::Unfit(Fault {
                kind: FaultKind::BadValue,
                path: place.to_owned(),
                text: "The payment provider does not take the card with this.".to_owned(),
            }))
            .into(),
            CardNotKept::Failed(fault) => Failure::Provider(fault),
        })
    }
}
