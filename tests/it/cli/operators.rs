//! Operators who come over TCP, and people others vouch for.

use std::fs;
use std::net::SocketAddr;

use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::json;
use tempfile::TempDir;

use super::basket;
use crate::attacks::issuer::{AUDIENCE, ISSUER, Issuer};
use crate::support::{Client, Program, Response, Running};

/// A gateway on a port for operators, and where that is.
fn start(home: &TempDir, issuer: &Issuer) -> (Running, SocketAddr) {
    let keys = home.path().join("issuer.json");
    fs::write(&keys, issuer.keys()).unwrap();
    let program = Program::on(home.path())
        .setting("ADMIN__LISTEN", "127.0.0.1:0")
        .setting("LOG__LEVEL", "info,acp_gateway=debug")
        .setting("JWT__ISSUER", ISSUER)
        .setting("JWT__AUDIENCE", AUDIENCE)
        .setting("JWT__JWKS_FILE", keys.to_str().unwrap());
    let gateway = Running::start_as(home.path(), program);
    let log = gateway.log();
    let said = log.lines().find(|line| line.contains("operators with a key")).unwrap();
    let address = said.split("address=").nth(1).unwrap().split_whitespace().next().unwrap();
    // A log that is read by people may be coloured.
    let plain: String =
        address.chars().filter(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
    (gateway, plain.parse().unwrap())
}

async fn ask(address: SocketAddr, host: &str, token: Option<&str>) -> Response {
    let mut request = Request::get("/keys").header("host", host);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Full::<Bytes>::default()).unwrap();
    Client::connect(address).await.unwrap().send(request).await.unwrap()
}

#[tokio::test]
async fn row_04_the_operators_port_takes_those_alone_who_look_after_the_gateway() {
    let home = TempDir::new().unwrap();
    let issuer = Issuer::new(1);
    let (gateway, desk) = start(&home, &issuer);
    let made = |scope: &str| {
        let create = ["keys", "create", "--scope", scope, "--agent", scope, "--json"];
        gateway.command(&create).json()["token"].as_str().unwrap().to_owned()
    };
    let [agent, merchant, admin] = ["agent", "merchant", "admin"].map(made);
    let host = desk.to_string();
    let (person, clerk) = (issuer.token("ada", "admin"), issuer.token("bob", "shop:write"));
    let stranger = Issuer::new(2).token("ada", "admin");
    for (token, status) in [
        (None, 401),
        (Some("acp_nobody"), 401),
        (Some("acp_demo_agent"), 401),
        (Some(&*stranger), 401),
        (Some(&*agent), 403),
        (Some(&*merchant), 403),
        (Some(&*clerk), 403),
        (Some(&*admin), 200),
        (Some(&*person), 200),
    ] {
        let answer = ask(desk, &host, token).await;
        assert_eq!(answer.status, status, "{token:?}: {}", answer.text());
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
        if status != 200 {
            assert!(!answer.text().contains("\"keys\""), "{}", answer.text());
            assert!(answer.json()["code"].is_string());
        }
    }
    for host in ["evil.example", "evil.example:80", "10.0.0.1"] {
        let answer = ask(desk, host, Some(&admin)).await;
        assert_eq!(answer.status, 403, "{host}: {}", answer.text());
    }
    assert_eq!(ask(desk, "localhost:1", Some(&admin)).await.status, 200);
    // The port for agents has no such routes, whoever asks.
    let answer = ask(gateway.address(), &host, Some(&admin)).await;
    assert_eq!(answer.status, 404, "{}", answer.text());
}

#[tokio::test]
async fn people_are_known_by_their_tokens_and_named_in_the_log() {
    let home = TempDir::new().unwrap();
    let issuer = Issuer::new(1);
    let (gateway, _) = start(&home, &issuer);
    let token = issuer.token("ada@shop.example", "shop:read");
    let mut ada = gateway.client().await.with_token(&token);
    assert_eq!(ada.get("/orders").await.unwrap().status, 200);
    let bought = ada.post("/checkout_sessions", "k", &basket()).await.unwrap();
    assert_eq!((bought.status, &bought.json()["code"]), (403, &json!("forbidden")));
    let written = ada.post("/catalog/items/honey-wildflower-350g", "k", &json!({})).await.unwrap();
    assert_eq!(written.status, 403);
    assert!(written.text().contains("shop:write"), "{}", written.text());
    let log = gateway.stop().stderr;
    assert!(!log.contains(&token) && !log.contains(token.rsplit('.').next().unwrap()), "{log}");
}

#[test]
fn operators_are_listened_to_on_this_machine_alone() {
    let home = TempDir::new().unwrap();
    for address in ["0.0.0.0:8081", "10.1.2.3:8081", "[::]:8081"] {
        let program = Program::on(home.path()).setting("ADMIN__LISTEN", address);
        let complaint = program.with(&["--listen", "127.0.0.1:0"]).run().complaint(1);
        assert!(complaint.contains("admin.listen") && complaint.contains("this machine alone"));
    }
}

#[test]
fn an_issuer_without_keys_keeps_it_from_starting() {
    let home = TempDir::new().unwrap();
    let empty = home.path().join("empty.json");
    fs::write(&empty, r#"{"keys":[]}"#).unwrap();
    for (file, said) in [
        (empty.to_str().unwrap(), "none of use here"),
        ("nowhere.json", "jwt.jwks_file cannot be used"),
    ] {
        let program = Program::on(home.path())
            .setting("JWT__ISSUER", ISSUER)
            .setting("JWT__AUDIENCE", AUDIENCE)
            .setting("JWT__JWKS_FILE", file);
        let complaint = program.with(&["--listen", "127.0.0.1:0"]).run().complaint(1);
        assert!(complaint.contains(said), "{complaint}");
    }
}
