//! Agents that sign their requests, and the operator who lets them.

use std::time::SystemTime;

use acp_core::time::Timestamp;
use acp_wire::canonical::rfc8785;
use acp_wire::scalar::DateTime;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::Full;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::Value;
use sha2::Sha256;
use tempfile::TempDir;

use super::basket;
use crate::support::{Program, Running, all_in};

const CREATE: [&str; 7] = ["keys", "create", "--scope", "agent", "--agent", "signer", "--json"];

/// Now, as the gateway's clock has it, too.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    DateTime(Timestamp::EPOCH.plus(since)).to_string()
}

/// Opens a session with a signature over time and body; says the status and the code.
async fn opened(
    gateway: &Running,
    token: &str,
    key: &str,
    sign: impl Fn(&[u8]) -> String,
) -> (u16, Value) {
    let (body, timestamp) = (basket().to_string(), now());
    let signed = [timestamp.as_bytes(), b".", &rfc8785(body.as_bytes()).unwrap()].concat();
    let request = Request::post("/checkout_sessions")
        .header("host", "gateway")
        .header("authorization", format!("Bearer {token}"))
        .header("api-version", "2026-04-17")
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .header("timestamp", &timestamp)
        .header("signature", sign(&signed))
        .body(Full::from(Bytes::from(body)))
        .unwrap();
    let response = gateway.client().await.send(request).await.unwrap();
    (response.status, response.json()["code"].clone())
}

fn hmac(secret: &str) -> impl Fn(&[u8]) -> String {
    move |signed| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        URL_SAFE_NO_PAD.encode(mac.chain_update(signed).finalize().into_bytes())
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_signs_from_then_on() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let made = gateway.command(&CREATE).json();
    let [id, token] = ["id", "token"].map(|field| made[field].as_str().unwrap().to_owned());

    let early = gateway.command(&["keys", "signing", "policy", &id, "required"]).complaint(1);
    assert!(early.starts_with("error: There is no signing key to verify with"), "{early}");
    let said = gateway.command(&["keys", "signing", "add", &id, "--algorithm", "hmac-sha256"]);
    let said = said.fine();
    let secret = said.lines().next().unwrap().to_owned();
    assert!(secret.starts_with("acp_signing_") && secret.len() == 76, "{said}");
    assert!(said.contains("hmac-sha256 over ts-body, canonical"), "{said}");
    let said = gateway.command(&["keys", "signing", "policy", &id, "required"]).fine();
    assert_eq!(said, format!("Signatures of {id} are required from now on.\n"));

    let mut unsigned = gateway.client().await.with_token(&token);
    let unsigned = unsigned.post("/checkout_sessions", "k", &basket()).await.unwrap();
    assert_eq!((unsigned.status, &unsigned.json()["code"]), (401, &"missing_signature".into()));
    assert_eq!(opened(&gateway, &token, "k1", hmac(&secret)).await, (201, Value::Null));
    let list = gateway.command(&["keys", "signing", "list", &id]).fine();
    assert!(list.starts_with("Signatures are required.\n") && list.contains("good"), "{list}");
    assert!(!list.contains(&secret));
    gateway.stop();

    // Whoever reads the files does not find it, and the gateway does.
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() { all_in(&path) } else { Vec::new() };
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{} has the secret in it", path.display());
    }
    let gateway = Running::start(home.path());
    assert_eq!(opened(&gateway, &token, "k2", hmac(&secret)).await, (201, Value::Null));
}

#[tokio::test]
async fn a_public_key_takes_over_from_a_secret() {
    let home = TempDir::new().unwrap();
    let made = Program::on(home.path()).with(&CREATE).run().json();
    let [id, token] = ["id", "token"].map(|field| made[field].as_str().unwrap().to_owned());
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let file = home.path().join("agent.pub");
    std::fs::write(&file, STANDARD.encode(pair.public_key().as_ref())).unwrap();
    let file = file.to_str().unwrap();
    let gateway = Running::start(home.path());
    let add = ["keys", "signing", "add", &id, "--json", "--algorithm"];
    let first = gateway.command(&[&add[..], &["hmac-sha256"]].concat()).json();
    let second = [&add[..], &["ed25519", "--public-key", file]].concat();
    let second = gateway.command(&second).json();
    assert!(second.get("secret").is_none(), "{second}");
    let third = gateway.command(&[&add[..], &["hmac-sha256"]].concat()).complaint(1);
    assert!(third.starts_with("error: There are 2 signing keys"), "{third}");
    gateway.command(&["keys", "signing", "policy", &id, "required"]).fine();

    let secret = first["secret"].as_str().unwrap();
    let ed25519 = |signed: &[u8]| URL_SAFE_NO_PAD.encode(pair.sign(signed).as_ref());
    assert_eq!(opened(&gateway, &token, "k1", hmac(secret)).await.0, 201);
    assert_eq!(opened(&gateway, &token, "k2", ed25519).await.0, 201);
    gateway.command(&["keys", "signing", "end", &id, first["id"].as_str().unwrap()]).fine();
    let ended = opened(&gateway, &token, "k3", hmac(secret)).await;
    assert_eq!(ended, (401, "invalid_signature".into()));
    assert_eq!(opened(&gateway, &token, "k4", ed25519).await.0, 201);
}

#[tokio::test]
async fn wishes_for_signing_keys_that_make_no_sense_are_refused() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let id = gateway.command(&CREATE).json()["id"].as_str().unwrap().to_owned();
    let file = home.path().join("no.pub");
    std::fs::write(&file, "no key").unwrap();
    let file = file.to_str().unwrap();
    let nobody = gateway.command(&["keys", "signing", "list", "nobody"]).complaint(1);
    assert_eq!(nobody, "error: There is no key with this id.\n");
    let unknown = gateway.command(&["keys", "signing", "end", &id, "sig_1"]).complaint(1);
    assert_eq!(unknown, "error: There is no signing key of this name.\n");
    for (wish, said) in [
        (&["ed25519", "--public-key", file][..], "No: this is no public key for ed25519"),
        (&["hmac-sha256", "--public-key", file], "No: hmac-sha256 has no public key"),
        (&["hmac-sha256", "--not-after", "2020-01-01"], "This time is over before the key begins"),
    ] {
        let add = [&["keys", "signing", "add", &id, "--algorithm"], wish].concat();
        let complaint = gateway.command(&add).complaint(1);
        assert!(complaint.starts_with(&format!("error: {said}")), "{complaint}");
    }
    let missing =
        ["keys", "signing", "add", &id, "--algorithm", "es256", "--public-key", "/no/file"];
    let missing = gateway.command(&missing).complaint(1);
    assert!(missing.starts_with("error: /no/file cannot be read"), "{missing}");
    let mut operator = gateway.operator().await;
    let path = format!("/keys/{id}/signing");
    let strange = serde_json::json!({"algorithm": "none"});
    let refused = operator.post(&path, "k", &strange).await.unwrap();
    assert_eq!((refused.status, &refused.json()["param"]), (400, &"$.algorithm".into()));
    let list = gateway.command(&["keys", "signing", "list", &id, "--json"]).json();
    assert_eq!((&list["policy"], &list["signing_keys"]), (&"off".into(), &serde_json::json!([])));
}
