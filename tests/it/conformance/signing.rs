//! Signatures over requests. The protocol names the headers and leaves the rest open; this is as
//! the gateway has it unless it is told otherwise: a secret, over the time and the canonical body.

use std::time::{Duration, SystemTime};

use acp_core::time::Timestamp;
use acp_wire::canonical::rfc8785;
use acp_wire::scalar::DateTime;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::agent::{Ask, SESSIONS};
use super::beside::{authentications, orders};
use super::registry::section;
use super::version::Version;
use super::wishes::Wish;
use super::world::World;

section! {
    SIGNING = "Signing and replay";
    sg_01 Should "Agentic checkout 7; delegated payment 6" check(what_is_signed_is_what_is_done)
        "A request whose signature does not fit its content is refused.";
    sg_02 Should "Agentic checkout 7" check(a_signature_is_of_this_moment)
        "A request that was signed too long ago, or in the future, is refused.";
    sg_03 Must "Delegated payment 2.2" check(how_a_body_is_written_does_not_matter)
        "How a body is written does not change its signature.";
    sg_04 Must "Delegated authentication 8" check(authentications::nobody_asks_unsigned)
        "Delegated authentication takes no unsigned request.";
    sg_05 Recommended "our choice" check(keys_change_one_after_the_other)
        "Keys can be changed while both are in use, and a revoked one opens nothing.";
    sg_06 Recommended "our choice" check(a_signature_is_good_for_one_request)
        "A signature is good for one request.";
    sg_07 Must "Order webhooks" check(orders::what_is_sent_is_signed)
        "What the shop sends is signed as the protocol says.";
    sg_08 Must "Order webhooks" check(orders::what_is_signed_is_sent)
        "The bytes that were signed are the bytes that are sent.";
    sg_09 Should "Order webhooks" check(orders::every_attempt_is_signed_anew)
        "Every attempt is signed anew, so that it is never too old.";
}

/// Somebody who signs.
pub(super) struct Signer {
    pub(super) token: String,
    id: String,
    secret: String,
    signing_key: String,
}

impl Signer {
    /// A new agent that has to sign.
    pub(super) fn of(world: &World, agent: &str) -> Self {
        let token = world.make_key(agent, &[]);
        let id = token.split('_').nth(1).unwrap().to_owned();
        let (secret, signing_key) = secret(world, &id);
        world.command(&["keys", "signing", "policy", &id, "required"]).fine();
        Self { token, id, secret, signing_key }
    }

    /// A body for a new session, signed so long after now, or before.
    fn signed(&self, body: &str, at: Timestamp) -> Ask {
        self.signed_to(SESSIONS, body, at)
    }

    /// The same for whatever is at a path.
    pub(super) fn signed_to(&self, path: &str, body: &str, at: Timestamp) -> Ask {
        self.with_signature(Ask::text(path, body), &rfc8785(body.as_bytes()).unwrap(), at)
    }

    /// A look at whatever is at a path.
    pub(super) fn signed_look(&self, path: &str, at: Timestamp) -> Ask {
        self.with_signature(Ask::get(path), b"", at)
    }

    fn with_signature(&self, ask: Ask, canonical: &[u8], at: Timestamp) -> Ask {
        let timestamp = DateTime(at).to_string();
        let mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        let mac = mac.chain_update([timestamp.as_bytes(), b".", canonical].concat());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        ask.header("signature", &signature).header("timestamp", &timestamp)
    }
}

/// A secret more for a key, and what it is called.
fn secret(world: &World, id: &str) -> (String, String) {
    let add = ["keys", "signing", "add", id, "--algorithm", "hmac-sha256", "--json"];
    let made = world.command(&add).json();
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("secret"), text("id"))
}

pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::EPOCH.plus(since)
}

fn body(version: Version) -> String {
    Wish::basket().create_body(version).to_string()
}

async fn what_is_signed_is_what_is_done() {
    let world = World::open();
    let signer = Signer::of(&world, "a");
    for version in Version::tried() {
        let mut agent = world.agent_with_key(version, &signer.token).await;
        let said = body(version);
        agent.send(Ask::text(SESSIONS, &said)).await.is_refusal(401, "missing_signature");
        let other = said.replacen('1', "2", 1);
        let bent = signer.signed(&said, now()).with_body(&other);
        agent.send(bent).await.is_refusal(401, "invalid_signature");
        agent.send(signer.signed(&said, now())).await.is(201);
    }
}

async fn a_signature_is_of_this_moment() {
    let world = World::open();
    let signer = Signer::of(&world, "a");
    for version in Version::tried() {
        let mut agent = world.agent_with_key(version, &signer.token).await;
        let said = body(version);
        let (near, far) = (Duration::from_mins(4), Duration::from_mins(6));
        for at in [now().minus(far), now().plus(far)] {
            let answer = agent.send(signer.signed(&said, at)).await;
            answer.is_refusal(401, "timestamp_out_of_window");
        }
        for at in [now().minus(near), now().plus(near)] {
            agent.send(signer.signed(&said, at)).await.is(201);
        }
    }
}

async fn how_a_body_is_written_does_not_matter() {
    let world = World::open();
    let signer = Signer::of(&world, "a");
    for version in Version::tried() {
        let mut agent = world.agent_with_key(version, &signer.token).await;
        let spaced = format!("{:#}", Wish::basket().create_body(version));
        let ask = signer.signed(&body(version), now()).with_body(&spaced);
        agent.send(ask).await.is(201);
    }
}

async fn keys_change_one_after_the_other() {
    let world = World::open();
    for version in Version::tried() {
        let old = Signer::of(&world, &format!("a{version}"));
        let (secret, signing_key) = secret(&world, &old.id);
        let (token, id) = (old.token.clone(), old.id.clone());
        let new = Signer { token, id, secret, signing_key };
        let mut agent = world.agent_with_key(version, &old.token).await;
        let said = body(version);
        agent.send(old.signed(&said, now())).await.is(201);
        agent.send(new.signed(&said, now())).await.is(201);
        world.command(&["keys", "signing", "end", &old.id, &old.signing_key]).fine();
        agent.send(old.signed(&said, now())).await.is_refusal(401, "invalid_signature");
        agent.send(new.signed(&said, now().plus(Duration::from_millis(1)))).await.is(201);
        world.command(&["keys", "revoke", &new.id]).fine();
        agent.send(new.signed(&said, now())).await.is_refusal(401, "unauthorized");
    }
}

async fn a_signature_is_good_for_one_request() {
    let world = World::open();
    let signer = Signer::of(&world, "a");
    for version in Version::tried() {
        let mut agent = world.agent_with_key(version, &signer.token).await;
        let ask = signer.signed(&body(version), now());
        let key = format!("{version} one");
        agent.send(ask.clone().key(&key)).await.is(201);
        let other = ask.clone().key(&format!("{version} two"));
        agent.send(other).await.is_refusal(401, "signature_replayed");
        let again = agent.send(ask.key(&key)).await;
        again.is(201);
        assert!(again.is_replay(), "{again}");
    }
}
