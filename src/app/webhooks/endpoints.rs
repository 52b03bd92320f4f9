use std::fmt;

use acp_core::ids::{EndpointId, Random128};
use acp_core::limits::ENDPOINTS_MAX;
use acp_core::ports::{BadAddress, Channel, Digests};
use acp_core::refusal::{Broken, Fault, FaultKind, Refusal};
use acp_core::session::Owner;
use acp_core::webhook::{ChangeEndpoint, Endpoint, EndpointState, OpenEndpoint};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Relay;
use crate::app::{Ask, Failure, Telling};

/// An endpoint that was opened, with what it is signed with. That is told to whoever opened it, and
/// to nobody afterwards.
#[derive(Clone)]
pub struct OpenedEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its secret.
    pub secret: Box<str>,
    /// Whether it was opened by an earlier call.
    pub telling: Telling,
}

impl fmt::Debug for OpenedEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedEndpoint").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Whether an endpoint was added.
enum Added {
    Now,
    Before(Box<Endpoint>),
    TooMany,
}

impl Relay {
    /// Opens an endpoint for the agent that asks.
    ///
    /// # Errors
    /// Refuses addresses that cannot be told anything, and more endpoints than there may be.
    pub async fn open_endpoint(&self, ask: Ask<OpenEndpoint>) -> Result<OpenedEndpoint, Failure> {
        let wanted = ask.command.clone().map_err(Refusal::Faulty)?;
        let owner = ask.principal.as_owner();
        self.open_endpoint_of(&owner, wanted, (ask.key.as_deref(), ask.digests), &ask.channel).await
    }

    /// Opens an endpoint for an agent. The same call with the same key opens no second one.
    ///
    /// # Errors
    /// As above.
    pub async fn open_endpoint_of(
        &self,
        owner: &Owner,
        wanted: OpenEndpoint,
        (key, digests): (Option<&str>, Digests),
        channel: &Channel,
    ) -> Result<OpenedEndpoint, Failure> {
        let endpoints = &self.ports.endpoints;
        let fresh = || EndpointId::new(self.app.ports.entropy.random128());
        let id = key.map_or_else(fresh, |key| endpoints.id_of(owner, key));
        let all = endpoints.of(owner).await?;
        if let Some(known) = all.iter().find(|endpoint| endpoint.id == id) {
            return self.opened_before(known.clone(), digests, channel);
        }
        if all.len() >= ENDPOINTS_MAX {
            return Err(too_many().into());
        }
        if !self.looks.take(owner, self.app.ports.clock.now()) {
            return Err(Failure::TooOften);
        }
        self.ports.courier.look_at(&wanted.url).await.map_err(|bad| faulty_address(&bad))?;
        let secret = wanted.secret.clone().unwrap_or_else(|| self.new_secret());
        let mut endpoint = Endpoint {
            id,
            owner: owner.clone(),
            url: wanted.url,
            version: wanted.version.unwrap_or_else(|| channel.version.clone()),
            kinds: wanted.kinds,
            sealed_secret: Vec::new(),
            is_standard: wanted.is_standard,
            state: EndpointState::Active,
            created_at: self.app.ports.clock.now(),
            made_by: digests.canonical,
        };
        let context = endpoint.seal_context();
        endpoint.sealed_secret = self.app.ports.sealer.seal(&context, secret.as_bytes());
        match self.add(owner, &endpoint).await? {
            Added::Now => Ok(OpenedEndpoint { endpoint, secret, telling: Telling::Anew }),
            Added::Before(known) => self.opened_before(*known, digests, channel),
            Added::TooMany => Err(too_many().into()),
        }
    }

    async fn add(&self, owner: &Owner, endpoint: &Endpoint) -> Result<Added, Failure> {
        let mut added = Added::TooMany;
        let mut change = |endpoints: &mut Vec<Endpoint>| {
            if let Some(known) = endpoints.iter().find(|known| known.id == endpoint.id) {
                added = Added::Before(Box::new(known.clone()));
            } else if endpoints.len() >= ENDPOINTS_MAX {
                added = Added::TooMany;
            } else {
                endpoints.push(endpoint.clone());
                added = Added::Now;
            }
        };
        self.ports.endpoints.change(owner, &mut change).await?;
        Ok(added)
    }

    fn opened_before(
        &self,
        endpoint: Endpoint,
        digests: Digests,
        channel: &Channel,
    ) -> Result<OpenedEndpoint, Failure> {
        if endpoint.made_by != digests.canonical {
            return Err(Failure::KeyReused(channel.clone()));
        }
        let secret = String::from_utf8(self.secret_of(&endpoint)?);
        let secret = secret.map_err(|_cause| Broken("a secret is text"))?.into();
        Ok(OpenedEndpoint { endpoint, secret, telling: Telling::Again })
    }

    /// What an endpoint is signed with.
    pub(super) fn secret_of(&self, endpoint: &Endpoint) -> Result<Vec<u8>, Failure> {
        let opened = self.app.ports.sealer.open(&endpoint.seal_context(), &endpoint.sealed_secret);
        Ok(opened.map_err(|_cause| Broken("the secret of a webhook endpoint opens"))?)
    }

    /// In the form of Standard Webhooks.
    fn new_secret(&self) -> Box<str> {
        let entropy = &self.app.ports.entropy;
        let (Random128(one), Random128(other)) = (entropy.random128(), entropy.random128());
        format!("whsec_{}", STANDARD.encode([one, other].concat())).into()
    }

    /// The endpoints of an agent, the oldest in front.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn list_endpoints(&self, owner: &Owner) -> Result<Vec<Endpoint>, Failure> {
        Ok(self.ports.endpoints.of(owner).await?)
    }

    /// The endpoints of every agent.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn list_all_endpoints(&self) -> Result<Vec<Endpoint>, Failure> {
        Ok(self.ports.endpoints.all().await?)
    }

    /// An endpoint, whoever it belongs to.
    ///
    /// # Errors
    /// Refuses endpoints that do not exist.
    pub async fn find_endpoint(&self, id: &EndpointId) -> Result<Endpoint, Failure> {
        let found = self.ports.endpoints.all().await?.into_iter().find(|known| known.id == *id);
        Ok(found.ok_or(Refusal::EndpointNotFound)?)
    }

    /// An endpoint of an agent.
    ///
    /// # Errors
    /// Refuses endpoints that do not exist or are somebody else's: the same answer.
    pub async fn read_endpoint(&self, owner: &Owner, id: &EndpointId) -> Result<Endpoint, Failure> {
        self.endpoint_of(owner, id).await
    }

    /// Changes an endpoint. Whoever wants to hear again hears what was kept back.
    ///
    /// # Errors
    /// Refuses endpoints that do not exist or are somebody else's: the same answer.
    pub async fn change_endpoint(
        &self,
        owner: &Owner,
        id: &EndpointId,
        wanted: &ChangeEndpoint,
    ) -> Result<Endpoint, Failure> {
        let mut change = |endpoints: &mut Vec<Endpoint>| {
            if let Some(endpoint) = endpoints.iter_mut().find(|endpoint| endpoint.id == *id) {
                if let Some(kinds) = &wanted.kinds {
                    endpoint.kinds.clone_from(kinds);
                }
                match wanted.is_active {
                    Some(true) => endpoint.state = EndpointState::Active,
                    Some(false) => endpoint.state = EndpointState::Paused,
                    None => {}
                }
            }
        };
        let after = self.ports.endpoints.change(owner, &mut change).await?;
        let endpoint = after.into_iter().find(|endpoint| endpoint.id == *id);
        let endpoint = endpoint.ok_or(Refusal::EndpointNotFound)?;
        if wanted.is_active == Some(true) {
            self.replay(&endpoint).await?;
        }
        Ok(endpoint)
    }

    /// Tells an endpoint nothing any more, because it says that nobody is there.
    pub(super) async fn leave_alone(&self, endpoint: &Endpoint) -> Result<(), Failure> {
        let mut change = |endpoints: &mut Vec<Endpoint>| {
            let known = endpoints.iter_mut().find(|known| known.id == endpoint.id);
            if let Some(known) = known.filter(|known| known.state == EndpointState::Active) {
                known.state = EndpointState::Gone;
            }
        };
        self.ports.endpoints.change(&endpoint.owner, &mut change).await?;
        let id = &endpoint.id;
        tracing::warn!(endpoint.id = %id, "endpoint {id} answered 410, and is told nothing more");
        Ok(())
    }

    /// Takes an endpoint away, with everything that was still to be told to it.
    ///
    /// # Errors
    /// Refuses endpoints that do not exist or are somebody else's: the same answer.
    pub async fn remove_endpoint(
        &self,
        owner: &Owner,
        id: &EndpointId,
    ) -> Result<Endpoint, Failure> {
        let endpoint = self.endpoint_of(owner, id).await?;
        let mut change = |endpoints: &mut Vec<Endpoint>| endpoints.retain(|known| known.id != *id);
        self.ports.endpoints.change(owner, &mut change).await?;
        self.forget_deliveries(id).await?;
        Ok(endpoint)
    }
}

fn too_many() -> Refusal {
    Refusal::Faulty(Fault {
        kind: FaultKind::BadValue,
        path: "$.url".to_owned(),
        text: format!("An agent has at most {ENDPOINTS_MAX} webhook endpoints. Remove one first."),
    })
}

fn faulty_address(bad: &BadAddress) -> Refusal {
    Refusal::Faulty(Fault {
        kind: FaultKind::BadValue,
        path: "$.url".to_owned(),
        text: format!("Nothing can be told at this address: {bad}."),
    })
}
