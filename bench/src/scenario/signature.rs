//! What a signature costs: reading its headers, verifying it over time, key and a body, and knowing
//! who has signed. Without the store: with the profile `full` nothing has to be remembered.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{AgentId, TenantId};
use acp_core::ports::{Clock, Entropy, Sealer};
use acp_core::principal::{Habits, Principal, Scope};
use acp_core::signing::{SignaturePolicy, SignedForm, SigningAlgorithm, SigningProfile};
use acp_gateway::adapters::system::{SystemClock, SystemEntropy};
use acp_gateway::identity::{
    Expected, Hosting, Identity, IdentityPorts, NewKey, NewSigningKey, Received, Unsigned,
};
use acp_gateway::store::Store;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{
    Keyring, PartitionKey, Records, StoreKeys, StoreRequests, StoreSignatures, StoreTenants,
};
use acp_wire::scalar::DateTime;
use anyhow::Context as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::notes;
use crate::cpu;
use crate::report::{Chapter, Line, short};
use crate::run::Plan;
use crate::stats::{Spread, micros, number};

/// How large a body is signed.
const BODY_BYTES: usize = 1_200;
/// What one with a secret may take.
const GOAL_US: f64 = 10.0;
/// How often it is verified between two looks at the clock.
const AT_ONCE: u64 = 100;
const TARGET: &str = "/checkout_sessions/cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje";
const KEY: &str = "4f9c1a5e-7d0b-4c8e-9a63-2f1f0b8f5c11";

/// What signs, and in which form.
#[derive(Clone, Copy, Debug)]
struct Kind {
    name: &'static str,
    algorithm: SigningAlgorithm,
    form: SignedForm,
    goal: Option<f64>,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "HMAC, raw",
        algorithm: SigningAlgorithm::HmacSha256,
        form: SignedForm::Raw,
        goal: Some(GOAL_US),
    },
    Kind {
        name: "HMAC, canonical",
        algorithm: SigningAlgorithm::HmacSha256,
        form: SignedForm::Canonical,
        goal: None,
    },
    Kind {
        name: "Ed25519, raw",
        algorithm: SigningAlgorithm::Ed25519,
        form: SignedForm::Raw,
        goal: None,
    },
];

/// One arm of one round.
#[derive(Debug, Serialize)]
struct Arm {
    name: &'static str,
    times: u64,
    cpu_us: f64,
}

/// Somebody who signs one request.
struct Signer {
    kind: Kind,
    identity: Arc<Identity>,
    principal: Arc<Principal>,
    expected: Arc<Expected>,
    secret: Option<String>,
    body: String,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Chapter> {
    let identity = Arc::new(identity().await?);
    let mut signers = Vec::new();
    for kind in KINDS {
        signers.push(Signer::new(kind, &identity).await?);
    }
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let mut arms = Vec::new();
        for signer in &signers {
            arms.push(signer.verify_for(plan.arm()).await?);
        }
        rounds.push(arms);
    }
    Ok(Chapter {
        name: "signature",
        lines: KINDS.iter().map(|kind| line(kind, &rounds)).collect(),
        rounds: json!(rounds),
        notes: notes([("bytes_of_a_body", BODY_BYTES.into())]),
    })
}

fn line(kind: &Kind, rounds: &[Vec<Arm>]) -> Line {
    let arms = || rounds.iter().flatten().filter(|arm| arm.name == kind.name);
    let cpu_us = Spread::of(arms().map(|arm| arm.cpu_us));
    let measured = format!("{} us of CPU", short(cpu_us.median));
    let allowed = kind.goal.unwrap_or(GOAL_US);
    Line {
        name: format!("signature ({}): {allowed} us / CPU", kind.name),
        measured,
        value: Spread::of(arms().map(|arm| allowed / arm.cpu_us)),
        goal: kind.goal.map(|_| 1.0),
    }
}

async fn identity() -> anyhow::Result<Identity> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let store: Arc<dyn Store> = Arc::new(Memory::new(Arc::clone(&clock)));
    let keyring = Keyring::open(Arc::clone(&store), &[1; 32], Arc::clone(&entropy)).await?;
    let sealer: Arc<dyn Sealer> = Arc::new(keyring);
    let place = PartitionKey::new(&[2; 32]);
    let records = Records::new(store, Arc::clone(&clock), Arc::clone(&entropy), place);
    let ports = IdentityPorts {
        keys: Arc::new(StoreKeys::new(records.clone())),
        tenants: Arc::new(StoreTenants::new(records.clone())),
        clock,
        entropy,
        sealer,
        used: Arc::new(StoreSignatures::new(records.clone())),
        requests: Arc::new(StoreRequests::new(records)),
    };
    Ok(Identity::open(TenantId::new("bench"), Hosting::TheShop, ports).await?)
}

/// A body that is its own canonical form.
fn body() -> String {
    let line = r#"{"id":"honey-wildflower-350g","quantity":2}"#;
    let mut body = format!(r#"{{"line_items":[{line}"#);
    while body.len() + line.len() + 3 <= BODY_BYTES {
        body.push(',');
        body.push_str(line);
    }
    body.push_str("]}");
    body
}

fn pair() -> anyhow::Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).ok().context("there is no such key pair")
}

impl Signer {
    async fn new(kind: Kind, identity: &Arc<Identity>) -> anyhow::Result<Self> {
        let (key, token) = identity
            .create(NewKey {
                tenant: None,
                agent: AgentId::new("bench"),
                scope: Scope::Agent,
                label: kind.name.into(),
                expires_at: None,
                habits: Habits::default(),
            })
            .await?;
        let is_secret = kind.algorithm == SigningAlgorithm::HmacSha256;
        let public_key = if is_secret { None } else { Some(pair()?.public_key().as_ref().into()) };
        let new = NewSigningKey {
            algorithm: kind.algorithm,
            profile: SigningProfile::Full,
            form: kind.form,
            public_key,
            not_before: None,
            not_after: None,
        };
        let (_, _, secret) = identity.add_signing_key(&key.id, new).await?;
        identity.set_signature_policy(&key.id, SignaturePolicy::Required).await?;
        let caller = identity.authenticate(&token)?;
        Ok(Self {
            kind,
            identity: Arc::clone(identity),
            principal: caller.principal,
            expected: caller.expected.context("signatures are not looked at")?,
            secret,
            body: body(),
        })
    }

    /// The headers of a request that is signed now.
    fn headers(&self) -> anyhow::Result<HeaderMap> {
        let time = DateTime(SystemClock::default().now()).to_string();
        let digest = hex(&Sha256::digest(&self.body));
        let signed = ["POST", TARGET, &time, KEY, &digest].join("\n");
        let signature = match &self.secret {
            Some(secret) => {
                let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
                hex(&mac.chain_update(&signed).finalize().into_bytes())
            }
            None => base64url(pair()?.sign(signed.as_bytes()).as_ref()),
        };
        let mut headers = HeaderMap::new();
        headers.insert("signature", HeaderValue::from_str(&signature)?);
        headers.insert("timestamp", HeaderValue::from_str(&time)?);
        Ok(headers)
    }

    async fn verify_for(&self, time: Duration) -> anyhow::Result<Arm> {
        let headers = self.headers()?;
        let process = std::process::id();
        let (before, until) = (cpu::spent(process)?, Instant::now() + time);
        let mut times = 0;
        while Instant::now() < until {
            for _ in 0..AT_ONCE {
                self.verify(&headers).await?;
            }
            times += AT_ONCE;
        }
        let cpu_us = micros(cpu::spent(process)?.saturating_sub(before)) / number(times);
        Ok(Arm { name: self.kind.name, times, cpu_us })
    }

    async fn verify(&self, headers: &HeaderMap) -> Result<(), Unsigned> {
        let received = Received {
            method: "POST",
            target: TARGET,
            idempotency_key: Some(KEY),
            body: self.body.as_bytes(),
        };
        let claim = self.identity.claim(headers, &self.expected)?.ok_or(Unsigned::Missing)?;
        let verified = self.identity.verify(&self.expected, claim, &received)?;
        self.identity.prove(&self.principal, verified, &received).await?;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
