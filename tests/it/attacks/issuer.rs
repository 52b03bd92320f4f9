//! Somebody who vouches for people of the merchant.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ports::{PortError, PublishedKeys};
use acp_gateway::identity::JwtOptions;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://login.shop.example";
pub(crate) const AUDIENCE: &str = "gateway";

/// An issuer with one key.
pub(crate) struct Issuer(Ed25519KeyPair);

/// What it publishes.
struct Published(Vec<u8>);

#[async_trait]
impl PublishedKeys for Published {
    async fn read(&self) -> Result<Vec<u8>, PortError> {
        Ok(self.0.clone())
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Issuer {
    pub(crate) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    /// Its key, as a set.
    pub(crate) fn keys(&self) -> String {
        let x = encoded(self.0.public_key());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k"}]}).to_string()
    }

    /// How a gateway believes it.
    pub(crate) fn believed(&self) -> (JwtOptions, Arc<dyn PublishedKeys>) {
        let options = JwtOptions {
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            roles_claim: "roles".to_owned(),
            tenant_claim: None,
            skew: Duration::from_mins(1),
        };
        (options, Arc::new(Published(self.keys().into_bytes())))
    }

    /// A token that names somebody with these roles, and never ends as far as tests go.
    pub(crate) fn token(&self, subject: &str, roles: &str) -> String {
        self.signed(&json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": subject, "exp": 4_102_444_800_i64, "scope": roles,
        }))
    }

    /// A token that says what it is told to.
    pub(crate) fn signed(&self, claims: &Value) -> String {
        let header = json!({"alg": "EdDSA", "kid": "k", "typ": "JWT"});
        let text = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let signature = encoded(self.0.sign(text.as_bytes()));
        format!("{text}.{signature}")
    }
}
