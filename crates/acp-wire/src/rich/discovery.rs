//! What a shop says of itself to whoever comes by: `/.well-known/acp.json`, since 2026-04-17.
//!
//! It is the same for everybody, so nothing in it may depend on who asks, and nothing of it may be
//! a secret.

use serde::Serialize;
use utoipa::ToSchema;

use super::capabilities::{DISCOUNT_SCHEMA, DISCOUNT_SPEC, Intervention};
use crate::texts::Locale;
use crate::version::Version;
use crate::voice::written;

/// What a shop says of itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DiscoveryResponse)]
pub struct Discovery<'a> {
    /// The protocol, and the versions of it that are spoken.
    protocol: DiscoveryProtocol,
    /// What the paths of the REST API are appended to.
    #[schema(format = "uri")]
    api_base_url: &'a str,
    /// How the shop can be talked to.
    transports: Vec<Transport>,
    /// What it can do.
    capabilities: DiscoveryCapabilities,
}

/// The protocol, and the versions of it that are spoken.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscoveryProtocol {
    /// Always `acp`.
    #[schema(pattern = "^acp$")]
    name: &'static str,
    /// The newest version.
    version: &'static str,
    /// Every version, oldest first.
    supported_versions: Vec<&'static str>,
    /// Where the API is described for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    documentation_url: Option<String>,
}

/// A way to talk to the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// The REST API.
    Rest,
    /// The same as tools of the Model Context Protocol.
    Mcp,
}

/// A part of the protocol that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Checkout sessions.
    Checkout,
    /// What becomes of an order is told.
    Orders,
    /// Carts.
    Carts,
    /// Cards are handed over to be charged once.
    DelegatePayment,
}

/// What a shop can do, whatever the session.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscoveryCapabilities {
    /// The parts of the protocol that are there.
    services: Vec<Service>,
    /// What beyond its core.
    extensions: Vec<DiscoveryExtension>,
    /// What can be asked of a buyer.
    intervention_types: Vec<Intervention>,
    /// The currencies that are charged.
    supported_currencies: Vec<String>,
    /// The languages that are spoken.
    supported_locales: Vec<&'static str>,
}

/// Something beyond the protocol's core.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscoveryExtension {
    /// Its name.
    name: &'static str,
    /// Where it is specified.
    #[schema(format = "uri")]
    spec: &'static str,
    /// Where its schema is published.
    #[schema(format = "uri")]
    schema: &'static str,
}

/// What there is to say of a shop and of the process that serves it.
#[derive(Clone, Debug)]
pub struct Serves<'a> {
    /// What the paths of the API are appended to.
    pub base_url: &'a str,
    /// Where the API is described for people, if anywhere.
    pub documentation_url: Option<String>,
    /// The ways to talk to it.
    pub transports: Vec<Transport>,
    /// The parts of the protocol that are there.
    pub services: Vec<Service>,
    /// The currencies that are charged, as lowercase codes.
    pub currencies: Vec<String>,
}

/// The document. It can name nothing but dates, so the version that is not released is left out of
/// it also where it is spoken.
pub fn render_discovery(serves: Serves<'_>) -> Vec<u8> {
    let discovery = Discovery {
        protocol: DiscoveryProtocol {
            name: "acp",
            version: Version::NEWEST.as_str(),
            supported_versions: Version::RELEASED.iter().rev().map(|it| it.as_str()).collect(),
            documentation_url: serves.documentation_url,
        },
        api_base_url: serves.base_url,
        transports: serves.transports,
        capabilities: DiscoveryCapabilities {
            services: serves.services,
            extensions: vec![DiscoveryExtension {
                name: "discount",
                spec: DISCOUNT_SPEC,
                schema: DISCOUNT_SCHEMA,
            }],
            intervention_types: vec![Intervention::ThreeDs],
            supported_currencies: serves.currencies,
            supported_locales: Locale::ALL.map(Locale::as_str).to_vec(),
        },
    };
    written(&discovery)
}
