//! Somebody who signs by RFC 9421, and knows nothing of how the gateway reads that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use acp_core::ports::Clock as _;
use acp_gateway::identity::MessageRules;
use acp_signature::key::{ED25519_INFO, KeySet, VerifyingKey};
use acp_signature::message::{Origin, Scheme};
use acp_signature::{KeyDirectory, Need, NoKeys};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

use super::signer::Asked;
use crate::http::app::{Ask, TestApp};

/// The name the gateway is reached under.
pub(crate) const HOST: &str = "buy.example";
/// Where the agent publishes its keys.
pub(crate) const AGENT: &str = "https://agent.example";

/// A key.
pub(crate) struct MessageSigner(Ed25519KeyPair);

/// How a request is signed.
#[derive(Clone, Debug)]
pub(crate) struct Signing<'a> {
    /// What is covered, in this order.
    pub(crate) covered: Vec<&'a str>,
    /// The parameters that come behind the times and the name of the key.
    pub(crate) rest: String,
    /// When, in seconds from now.
    pub(crate) created: i64,
    /// Until when.
    pub(crate) expires: i64,
    pub(crate) keyid: String,
    pub(crate) authority: &'a str,
}

impl MessageSigner {
    pub(crate) fn of(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(crate) fn jwk(&self, kid: &str) -> String {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"}}"#)
    }

    /// The public key, as most tools write it.
    pub(crate) fn pem(&self) -> String {
        let info = [ED25519_INFO, self.0.public_key().as_ref()].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(info))
    }

    pub(crate) fn thumbprint(&self) -> String {
        let key = VerifyingKey::public(self.jwk("k").as_bytes()).unwrap();
        key.thumbprint().unwrap().to_string()
    }

    /// How an agent that publishes its keys signs a request.
    pub(crate) fn wba(&self, asked: Asked<'_>) -> Signing<'static> {
        let mut covered = vec!["@method", "@authority", "@path", "signature-agent"];
        if asked.path.contains('?') {
            covered.push("@query");
        }
        if !asked.key.is_empty() {
            covered.push("idempotency-key");
        }
        if !asked.body.is_empty() {
            covered.push("content-digest");
        }
        let rest = r#";tag="web-bot-auth""#.to_owned();
        let keyid = self.thumbprint();
        Signing { covered, rest, created: 0, expires: 60, keyid, authority: HOST }
    }

    /// How an agent of a network signs it.
    pub(crate) fn tap(tag: &str, nonce: &str) -> Signing<'static> {
        let rest = format!(r#";nonce="{nonce}";tag="{tag}""#);
        let covered = vec!["@authority", "@path"];
        let keyid = "robo-key".to_owned();
        Signing { covered, rest, created: 0, expires: 60, keyid, authority: HOST }
    }

    /// The request with its signature, without a key.
    pub(crate) fn signed<'a>(
        &self,
        app: &'a TestApp,
        asked: Asked<'_>,
        signing: &Signing<'_>,
    ) -> Ask<'a> {
        let now = app.clock.now().unix_ms() / 1_000;
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(asked.body)));
        let agent = format!("\"{AGENT}\"");
        let (path, query) = asked.path.split_once('?').unwrap_or((asked.path, ""));
        let mut base = String::new();
        for name in &signing.covered {
            let value = match *name {
                "@method" => asked.method.to_owned(),
                "@authority" => signing.authority.to_owned(),
                "@path" => path.to_owned(),
                "@query" => format!("?{query}"),
                "signature-agent" => agent.clone(),
                "idempotency-key" => asked.key.to_owned(),
                "content-digest" => digest.clone(),
                other => panic!("{other}"),
            };
            base += &[&format!("\"{name}\""), ": ", &value, "\n"].concat();
        }
        let names: Vec<_> = signing.covered.iter().map(|name| format!("\"{name}\"")).collect();
        let input = format!(
            r#"({});created={};expires={};keyid="{}"{}"#,
            names.join(" "),
            now + signing.created,
            now + signing.expires,
            signing.keyid,
            signing.rest
        );
        base += "\"@signature-params\": ";
        base += &input;
        let signature = STANDARD.encode(self.0.sign(base.as_bytes()));
        let ask = app.ask(asked.method, asked.path).without("authorization");
        let ask = if asked.key.is_empty() { ask } else { ask.key(asked.key) };
        let ask = if asked.body.is_empty() {
            ask
        } else {
            ask.body(asked.body).header("content-digest", &digest)
        };
        ask.header("signature-agent", &agent)
            .header("signature-input", &format!("sig1={input}"))
            .header("signature", &format!("sig1=:{signature}:"))
    }
}

/// Keys at places, without a network.
#[derive(Default)]
pub(crate) struct Published {
    pub(crate) sets: Mutex<HashMap<String, String>>,
    /// Which places were asked for.
    pub(crate) asked: Mutex<Vec<String>>,
}

impl Published {
    pub(crate) fn of(sets: &[(&str, &str)]) -> Arc<Self> {
        let published = Self::default();
        for (place, keys) in sets {
            let set = format!(r#"{{"keys":[{keys}]}}"#);
            published.sets.lock().unwrap().insert((*place).to_owned(), set);
        }
        Arc::new(published)
    }
}

#[async_trait]
impl KeyDirectory for Published {
    async fn keys(&self, need: &Need) -> Result<Arc<KeySet>, NoKeys> {
        let place = need.source.to_string();
        self.asked.lock().unwrap().push(place.clone());
        let set = self.sets.lock().unwrap().get(&place).cloned();
        let set = set.ok_or_else(|| NoKeys::Away { place: place.into() })?;
        Ok(Arc::new(KeySet::read(&need.source, set.as_bytes()).unwrap()))
    }
}

/// Nobody is believed yet, at the gateway of these tests.
pub(crate) fn rules(directory: Arc<Published>) -> MessageRules {
    let names = ["other.example", HOST].map(|host| Origin::new(Scheme::Https, host).unwrap());
    MessageRules::at(names.to_vec(), directory)
}
