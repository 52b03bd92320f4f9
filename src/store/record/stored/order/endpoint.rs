//! Where an agent is told of its orders: one document with all endpoints of an agent.

use acp_core::ids::EndpointId;
use acp_core::money::Currency;
use acp_core::webhook::Endpoint;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, mirror};
use crate::store::record::stored::party::StoredOwner;
use crate::store::record::stored::scalars::{Blob, Moment, Sealed};

/// The endpoints of an agent, the oldest in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct EndpointList {
    /// The endpoints.
    pub(in crate::store::record) endpoints: Vec<Endpoint>,
}

impl Mirror<EndpointId> for Box<str> {
    fn of(value: &EndpointId, _: Within) -> Result<Self, Misfit> {
        Ok(value.as_str().into())
    }

    fn back(self, _: Within) -> Result<EndpointId, Misfit> {
        Ok(EndpointId::parse(&self)?)
    }
}

mirror! {
    StoredEndpoint of Endpoint {
        id: Box<str>,
        owner: StoredOwner,
        url: Box<str>,
        version: Box<str>,
        kinds: Vec<Word>,
        sealed_secret: Sealed,
        state: Word,
        created_at: Moment,
        made_by: Blob,
    } or_absent {
        is_standard: bool,
    }
}

mirror! {
    StoredEndpointList of EndpointList {
        endpoints: Vec<StoredEndpoint>,
    }
}

impl Document for EndpointList {
    type Shape = StoredEndpointList;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
