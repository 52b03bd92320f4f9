use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::TenantId;
use acp_core::limits::MESSAGE_SIGNATURE_SKEW;
use acp_core::ports::SignatureUse;
use acp_core::principal::{Habits, MessageProof, Principal, Proof, Scope, Tier};
use acp_core::time::Timestamp;
use acp_signature::{Identity as SignerIdentity, Proof as Proven, Purpose, Spent, Verdict};
use http::HeaderMap;

use super::message::Message;
use super::rules::{MessageRules, Signer};
use super::unbelieved::Unbelieved;
use crate::identity::keyring::Identity;

const SIGNATURE_INPUT: &str = "signature-input";

impl Identity {
    /// The same, believing message signatures by these rules.
    #[must_use]
    pub fn believing_messages(mut self, messages: MessageRules) -> Self {
        self.messages = messages;
        self
    }

    /// Whether a request says that it has message signatures, and there is somebody whose
    /// signatures would be believed. Otherwise nothing of them is read.
    pub fn reads_messages(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(SIGNATURE_INPUT) && self.messages.is_for_somebody()
    }

    /// Who has signed a request. With a key beside it, it has to be the same agent; alone it is as
    /// good as the key of an agent.
    ///
    /// # Errors
    /// Refuses signatures that are not right, or that were used for something already. Where that
    /// is not known they prove nothing.
    pub async fn prove_message(
        &self,
        holder: Option<&Principal>,
        message: &Message<'_>,
    ) -> Result<Arc<Principal>, Unbelieved> {
        let now = self.clock.now();
        let Signer { agent, verdict } = self.messages.signer(message, now).await?;
        if holder.is_some_and(|holder| holder.agent != agent) {
            return Err(Unbelieved::OtherAgent);
        }
        let shown = holder.map_or_else(|| self.shop.clone(), |holder| holder.tenant.clone());
        let proven = self.used_once(verdict, message, &shown, now).await?;
        let mut principal = holder.cloned().unwrap_or_else(|| Principal {
            tenant: self.shop.clone(),
            agent,
            proofs: Vec::new(),
            tier: Tier::Signed,
            scope: Scope::Agent,
            habits: Habits::default(),
        });
        principal.proofs.push(Proof::Message(Box::new(told(&proven))));
        principal.tier = Tier::Signed;
        Ok(Arc::new(principal))
    }

    /// Makes sure that a signature moves something once. One that says everything of its request
    /// may come again with it, where the request can be repeated; one that is good for one time
    /// may not.
    async fn used_once(
        &self,
        verdict: Verdict,
        message: &Message<'_>,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Proven, Unbelieved> {
        match verdict {
            Verdict::Proven(proof) if message.purpose() == Purpose::Read => Ok(proof),
            Verdict::Proven(proof) => {
                let known_by = self.digest(&[name_of(&proof).as_bytes(), proof.signed()]);
                let kept = kept_until(proof.expires(), now);
                // The same at another merchant is another request.
                let purpose = self.digest(&[tenant.as_str().as_bytes(), proof.signed()]);
                match self.used.take(&known_by, &purpose, kept).await? {
                    SignatureUse::First => Ok(proof),
                    SignatureUse::Again if message.can_be_repeated() => Ok(proof),
                    SignatureUse::Again | SignatureUse::Otherwise => Err(Unbelieved::Used),
                }
            }
            Verdict::Once(unspent) => {
                let spending = unspent.spending();
                let thumbprint = spending.thumbprint.to_string();
                let known_by = self.digest(&[thumbprint.as_bytes(), spending.nonce.as_bytes()]);
                let kept = kept_until(spending.until, now);
                let spent = match self.used.take(&known_by, &known_by, kept).await? {
                    SignatureUse::First => Spent::FirstTime,
                    SignatureUse::Again | SignatureUse::Otherwise => Spent::Before,
                };
                Ok(unspent.spent(spent)?)
            }
        }
    }

    /// What is kept of a use. What is signed says how its body looks, and a body may be a card: whoever
    /// reads the store, and has no key, shall have nothing to try numbers on.
    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        self.sealer.mark("message signature", &bytes)
    }
}

/// How long a use has to be known: until the signature is no good any more at any gateway, and
/// their clocks differ.
fn kept_until(end: Timestamp, now: Timestamp) -> Duration {
    let [theirs, ours] = [MESSAGE_SIGNATURE_SKEW; 2];
    end.plus(theirs).plus(ours).since(now)
}

/// Whose signature it is: the place of the key and its name.
fn name_of(proof: &Proven) -> String {
    match proof.identity() {
        SignerIdentity::Published { source, thumbprint, .. } => format!("{source} {thumbprint}"),
        SignerIdentity::Pinned { keyid, .. } => keyid.clone(),
    }
}

/// What is kept of a proof.
fn told(proof: &Proven) -> MessageProof {
    let (signer, key, thumbprint) = match proof.identity() {
        SignerIdentity::Published { source, keyid, thumbprint } => {
            (Some(source.to_string().into()), keyid, Some(*thumbprint))
        }
        SignerIdentity::Pinned { keyid, thumbprint } => (None, keyid, *thumbprint),
    };
    MessageProof {
        profile: proof.profile().name().into(),
        signer,
        key: key.as_str().into(),
        thumbprint: thumbprint.map(|print| print.to_string().into()),
        algorithm: proof.algorithm().name().into(),
        tag: proof.tag().map(Into::into),
    }
}
