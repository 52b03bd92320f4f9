//! Keys that a container finds in its configuration.

use std::fs;

use acp_gateway::boot::World;
use acp_gateway::config::{CallerScope, Config, ConfiguredKey, ConfiguredToken, Secret, StoreKind};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::basket;
use crate::attacks::signer::hex;
use crate::support::{Program, Running};

const AGENT: &str = "5f1e2d3c4b5a69788796a5b4c3d2e1f0";
const MERCHANT: &str = "0f9e8d7c6b5a49382716f5e4d3c2b1a0";
const OTHER: &str = "a8b7c6d5e4f30213243546576879801b";

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

async fn status(gateway: &Running, token: &str) -> u16 {
    let mut client = gateway.client().await.with_token(token);
    client.post("/checkout_sessions", &format!("try {token}"), &basket()).await.unwrap().status
}

#[tokio::test]
async fn the_first_keys_come_from_the_configuration_and_nobody_types_anything() {
    let home = TempDir::new().unwrap();
    let secret = home.path().join("merchant-token");
    fs::write(&secret, format!("{MERCHANT}\n")).unwrap();
    let entries = format!(
        "[{{ scope = \"agent\", agent = \"chatgpt\", label = \"ChatGPT\", token = \"{AGENT}\" }}, \
         {{ scope = \"merchant\", token_file = \"{}\" }}, \
         {{ scope = \"agent\", agent = \"hashed\", token_sha256 = \"{}\" }}]",
        secret.display(),
        sha256(OTHER)
    );
    let data = home.path().join("data");
    let program = |entries: &str| {
        Program::on(&data).setting("KEYS__CONFIGURED", entries).setting("LOG__LEVEL", "trace")
    };
    let mut log = String::new();
    for _ in 0..2 {
        let gateway = Running::start_as(&data, program(&entries));
        assert_eq!(status(&gateway, AGENT).await, 201);
        assert_eq!(status(&gateway, OTHER).await, 201);
        assert_eq!(status(&gateway, MERCHANT).await, 403, "a merchant's key buys nothing");
        assert_eq!(status(&gateway, "acp_demo_agent").await, 401);
        let keys = gateway.command(&["keys", "list", "--json"]).json();
        let keys = keys["keys"].as_array().unwrap().clone();
        assert_eq!(keys.len(), 3, "a second start makes no others: {keys:?}");
        assert!(keys.iter().all(|key| key["is_configured"] == json!(true)));
        let ended = gateway.stop();
        assert!(!ended.stdout.contains("acp_demo"), "{}", ended.stdout);
        log += &ended.stderr;
    }
    let fewer = format!("[{{ scope = \"agent\", agent = \"chatgpt\", token = \"{OTHER}\" }}]");
    let gateway = Running::start_as(&data, program(&fewer));
    assert_eq!((status(&gateway, AGENT).await, status(&gateway, OTHER).await), (401, 201));
    log += &gateway.stop().stderr;
    for token in [AGENT, MERCHANT, OTHER] {
        assert!(!log.contains(token), "a token is in the log");
    }
    let shown = program(&entries).and("config").run().fine();
    assert!(!shown.contains(AGENT) && shown.contains("chatgpt"), "{shown}");
}

#[tokio::test]
async fn with_a_configured_key_it_may_listen_for_everybody() {
    let mut config = Config::default();
    config.store.kind = StoreKind::Memory;
    config.keys.configured.push(ConfiguredKey {
        scope: CallerScope::Agent,
        agent: "a".into(),
        label: String::new(),
        token: ConfiguredToken::Plain(Secret::guard(AGENT.into())),
    });
    let everybody = "0.0.0.0:8080".parse().unwrap();
    let world = World::open_as_it_is(config.clone()).await.unwrap();
    assert!(world.may_listen(everybody).is_err(), "a command makes no keys");
    drop(world);
    assert!(World::open(config).await.unwrap().may_listen(everybody).is_ok());
}

#[test]
fn weak_tokens_and_files_that_are_not_there_keep_it_from_starting() {
    let home = TempDir::new().unwrap();
    let weak = home.path().join("weak");
    fs::write(&weak, "changemechangemechangemechangeme").unwrap();
    let entry = |rest: &str| format!("[{{ scope = \"agent\", agent = \"a\", {rest} }}]");
    for (entries, said) in [
        (entry("token = \"short\""), "expected a token of 32 to 255"),
        (entry("token = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""), "could be guessed"),
        (entry(&format!("token_file = \"{}\"", weak.display())), "could be guessed"),
        (entry("token_file = \"nowhere\""), "cannot be read from nowhere"),
        (entry("token_sha256 = \"abc\""), "64 hexadecimal characters"),
        (entry("label = \"none\""), "just one of token"),
        (format!("[{{ scope = \"agent\", token = \"{AGENT}\" }}]"), "agent is missing"),
    ] {
        let program = Program::on(home.path()).setting("KEYS__CONFIGURED", &entries);
        let complaint = program.with(&["--listen", "127.0.0.1:0"]).run().complaint(1);
        assert!(complaint.contains(said), "{complaint}");
        assert!(!complaint.contains("changeme") && !complaint.contains("aaaa"), "{complaint}");
    }
}
