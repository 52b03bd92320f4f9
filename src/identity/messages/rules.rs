use std::collections::HashMap;
use std::sync::Arc;

use acp_core::ids::AgentId;
use acp_core::time::Timestamp;
use acp_signature::key::KeySet;
use acp_signature::message::{Origin, Request};
use acp_signature::source::{KeySource, KeyUrl};
use acp_signature::{
    Candidate, Identity, KeyDirectory, KeyId, Need, NoKeys, Pinned, PinnedKey, Proof, Purpose,
    Refused, TrustedAgents, Verdict, WebBotAuth,
};
use async_trait::async_trait;

use super::message::Message;
use super::unbelieved::Unbelieved;

/// What is done with agents that publish their keys, sign well, and are not listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlisted {
    /// They are refused, and nothing is fetched for them.
    #[default]
    Refused,
    /// Each is an agent of its own: the address it publishes its keys at.
    Welcome,
}

/// A partner whose key is written down.
#[derive(Clone, Debug)]
pub struct Partner {
    /// The key.
    pub key: PinnedKey,
    /// The agent it speaks for.
    pub agent: AgentId,
}

/// A network with a registry of keys, and those of its agents that may buy.
#[derive(Clone, Debug)]
pub struct Network {
    /// Where the keys are.
    pub registry: KeySource,
    /// The agents, by what the registry calls their keys.
    pub agents: HashMap<String, AgentId>,
}

/// Whose message signatures are believed, and for whom they speak. The default is: nobody's.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "whoever finds keys is not printable")]
pub struct MessageRules {
    origins: Vec<Origin>,
    agents: HashMap<String, AgentId>,
    unlisted: Unlisted,
    pinned: Option<Pinned>,
    partners: HashMap<String, AgentId>,
    networks: Vec<(TrustedAgents, HashMap<String, AgentId>)>,
    directory: Arc<dyn KeyDirectory>,
}

/// Whoever made a signature that is right.
pub(super) struct Signer {
    pub(super) agent: AgentId,
    pub(super) verdict: Verdict,
}

/// There are no keys anywhere.
struct Nowhere;

#[async_trait]
impl KeyDirectory for Nowhere {
    async fn keys(&self, need: &Need) -> Result<Arc<KeySet>, NoKeys> {
        Err(NoKeys::Away { place: need.source.to_string().into() })
    }
}

impl Default for MessageRules {
    fn default() -> Self {
        Self::at(Vec::new(), Arc::new(Nowhere))
    }
}

impl MessageRules {
    /// Nobody is believed yet, at a gateway that is reached under these names.
    pub fn at(origins: Vec<Origin>, directory: Arc<dyn KeyDirectory>) -> Self {
        Self {
            origins,
            agents: HashMap::new(),
            unlisted: Unlisted::Refused,
            pinned: None,
            partners: HashMap::new(),
            networks: Vec::new(),
            directory,
        }
    }

    /// The same where nobody's keys are ever fetched.
    pub fn partners_alone(origins: Vec<Origin>) -> Self {
        Self::at(origins, Arc::new(Nowhere))
    }

    /// With agents that publish their keys, by the address they do so at.
    #[must_use]
    pub fn with_agents(
        self,
        agents: impl IntoIterator<Item = (KeyUrl, AgentId)>,
        unlisted: Unlisted,
    ) -> Self {
        let agents = agents.into_iter().map(|(url, agent)| (url.to_string(), agent));
        Self { agents: agents.collect(), unlisted, ..self }
    }

    /// With partners whose keys are written down.
    ///
    /// # Errors
    /// Refuses too many of them, and two keys of one name.
    pub fn with_partners(self, partners: Vec<Partner>) -> Result<Self, Refused> {
        if partners.is_empty() {
            return Ok(self);
        }
        let agents = partners.iter().map(|one| (one.key.keyid.clone(), one.agent.clone()));
        let agents = agents.collect();
        let pinned = Pinned::of(partners.into_iter().map(|one| one.key).collect())?;
        Ok(Self { pinned: Some(pinned), partners: agents, ..self })
    }

    /// With agents of networks.
    #[must_use]
    pub fn with_networks(self, networks: Vec<Network>) -> Self {
        let networks = networks.into_iter();
        let networks = networks.map(|one| (TrustedAgents::of(one.registry), one.agents)).collect();
        Self { networks, ..self }
    }

    /// Whether anybody is believed at all.
    pub(in crate::identity) fn is_for_somebody(&self) -> bool {
        let publishes = self.unlisted == Unlisted::Welcome || !self.agents.is_empty();
        publishes || self.pinned.is_some() || !self.networks.is_empty()
    }

    /// Who signed a request, whichever of our names it was meant for. What `Host` says is not
    /// asked: a proxy may have written it anew, and the signature knows better.
    pub(super) async fn signer(
        &self,
        message: &Message<'_>,
        now: Timestamp,
    ) -> Result<Signer, Unbelieved> {
        let mut refusal = Unbelieved::Refused(Refused::NotSigned("that is looked at here"));
        for origin in &self.origins {
            match self.signer_at(message.at(origin), message.purpose(), now).await {
                Err(refused) if refused.may_be_meant_for_another_name() => refusal = refused,
                found => return found,
            }
        }
        Err(refusal)
    }

    async fn signer_at(
        &self,
        request: Request<'_>,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Signer, Unbelieved> {
        let mut refusal = Unbelieved::Refused(Refused::NotSigned("that is looked at here"));
        if let Some(pinned) = &self.pinned {
            match pinned.verify(&request, purpose, now) {
                Ok(proof) => return self.partner(proof),
                Err(refused) => refusal = first(refusal, refused.into()),
            }
        }
        let publishes = self.unlisted == Unlisted::Welcome || !self.agents.is_empty();
        if publishes {
            let candidates = WebBotAuth::default().examine(&request, purpose, now);
            match self.proven(candidates, |need| self.agent_at(&need.source)).await {
                Ok(signer) => return Ok(signer),
                Err(refused) => refusal = first(refusal, refused),
            }
        }
        for (rules, agents) in &self.networks {
            let candidates = rules.examine(&request, purpose, now);
            match self.proven(candidates, |need| agent_of(agents, need)).await {
                Ok(signer) => return Ok(signer),
                Err(refused) => refusal = first(refusal, refused),
            }
        }
        Err(refusal)
    }

    /// The first of the candidates that is listed and has signed. Nothing is fetched for one who is
    /// not listed.
    async fn proven(
        &self,
        candidates: Result<Vec<Candidate>, Refused>,
        agent: impl Fn(&Need) -> Result<AgentId, Unbelieved> + Send + Sync,
    ) -> Result<Signer, Unbelieved> {
        let mut refusal = Unbelieved::Refused(Refused::NotSigned("that is looked at here"));
        for candidate in candidates? {
            match self.proven_one(candidate, &agent).await {
                Ok(signer) => return Ok(signer),
                Err(refused) => refusal = first(refusal, refused),
            }
        }
        Err(refusal)
    }

    async fn proven_one(
        &self,
        candidate: Candidate,
        agent: &(impl Fn(&Need) -> Result<AgentId, Unbelieved> + Send + Sync),
    ) -> Result<Signer, Unbelieved> {
        let agent = agent(candidate.need())?;
        let keys = self.directory.keys(candidate.need()).await?;
        Ok(Signer { agent, verdict: candidate.verify(&keys)? })
    }

    fn agent_at(&self, source: &KeySource) -> Result<AgentId, Unbelieved> {
        let address = source.to_string();
        match (self.agents.get(&address), self.unlisted) {
            (Some(agent), _) => Ok(agent.clone()),
            (None, Unlisted::Welcome) => Ok(AgentId::new(address)),
            (None, Unlisted::Refused) => Err(Unbelieved::Unlisted(address)),
        }
    }

    fn partner(&self, proof: Proof) -> Result<Signer, Unbelieved> {
        let Identity::Pinned { keyid, .. } = proof.identity() else {
            return Err(Unbelieved::Refused(Refused::FoundElsewhere));
        };
        let agent = self.partners.get(keyid).cloned();
        let agent = agent.ok_or_else(|| Unbelieved::Unlisted(keyid.clone()))?;
        Ok(Signer { agent, verdict: Verdict::Proven(proof) })
    }
}

fn agent_of(agents: &HashMap<String, AgentId>, need: &Need) -> Result<AgentId, Unbelieved> {
    let name = match &need.keyid {
        KeyId::Name(name) => name.clone(),
        KeyId::Thumbprint(print) => print.to_string(),
    };
    agents.get(&name).cloned().ok_or(Unbelieved::Unlisted(name))
}

/// Of two reasons the first that is about something that was sent; but one that may not hold for
/// another name of ours in front of one that does, so that the other names are tried.
fn first(one: Unbelieved, other: Unbelieved) -> Unbelieved {
    let may_be_better = other.may_be_meant_for_another_name();
    if one.is_about_nothing() || may_be_better { other } else { one }
}
