//! Requests to sign, and a signer that knows nothing of how signatures are read.

use acp_core::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::algorithm::Algorithm;
use crate::key::{KeySet, VerifyingKey};
use crate::message::{Origin, Request, Scheme};
use crate::refused::Refused;
use crate::signed::Signed;
use crate::source::{Discovery, KeySource, KeyUrl};

/// A request that owns what it is made of.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) method: Method,
    pub(super) origin: Origin,
    pub(super) target: PathAndQuery,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Message {
    pub(super) fn new(method: &str, host: &str, target: &str) -> Self {
        Self {
            method: method.parse().unwrap(),
            origin: Origin::new(Scheme::Https, host).unwrap(),
            target: target.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(super) fn with_body(mut self, body: &str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA256, body.as_bytes());
        self.body = body.as_bytes().to_vec();
        self.with("content-digest", &format!("sha-256=:{}:", STANDARD.encode(digest)))
    }

    pub(super) fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            origin: &self.origin,
            target: &self.target,
            headers: &self.headers,
            body: &self.body,
        }
    }

    /// Replaces a header.
    pub(super) fn but(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }
}

/// Somebody who signs with Ed25519.
pub(super) struct Signer(Ed25519KeyPair);

impl Signer {
    pub(super) fn of(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(super) fn jwk(&self) -> String {
        let x = URL_SAFE_NO_PAD.encode(self.0.public_key());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
    }

    pub(super) fn key(&self) -> VerifyingKey {
        VerifyingKey::public(self.jwk().as_bytes()).unwrap()
    }

    pub(super) fn thumbprint(&self) -> String {
        self.key().thumbprint().unwrap().to_string()
    }

    /// Signs components with the values they are said to have, and puts the signature on.
    pub(super) fn sign(
        &self,
        message: Message,
        label: &str,
        components: &[(&str, &str)],
        parameters: &str,
    ) -> Message {
        let names: Vec<_> = components.iter().map(|(name, _)| *name).collect();
        let input = format!("({}){parameters}", names.join(" "));
        let mut base = String::new();
        for (name, value) in components {
            base.push_str(name);
            base.push_str(": ");
            base.push_str(value);
            base.push('\n');
        }
        base.push_str("\"@signature-params\": ");
        base.push_str(&input);
        let signature = STANDARD.encode(self.0.sign(base.as_bytes()));
        message
            .with("signature-input", &format!("{label}={input}"))
            .with("signature", &format!("{label}=:{signature}:"))
    }
}

/// Verifies the only signature of a request without the rules of a profile.
pub(super) fn check(message: &Message, key: &VerifyingKey) -> Result<Algorithm, Refused> {
    let request = message.request();
    let all = Signed::all(&message.headers)?;
    let signed = all.first().ok_or(Refused::NotSigned("at all"))?;
    let accepted = [Algorithm::PUBLIC, &[Algorithm::HmacSha256]].concat();
    let stated = signed.parameters()?.alg;
    let algorithm = key.algorithm(stated.as_deref(), &accepted)?;
    key.verify(algorithm, signed.base(&request)?.as_bytes(), &signed.signature)?;
    Ok(algorithm)
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_ms(seconds * 1_000)
}

pub(super) fn source(discovery: Discovery, url: &str) -> KeySource {
    KeySource::new(discovery, KeyUrl::read(url).unwrap()).unwrap()
}

pub(super) fn set(from: &KeySource, jwks: &[&str]) -> KeySet {
    KeySet::read(from, format!(r#"{{"keys":[{}]}}"#, jwks.join(",")).as_bytes()).unwrap()
}
