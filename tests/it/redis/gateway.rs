//! The program over Redis: what it says at its start, gateways beside each other, and a server
//! that goes away and comes back.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, RedisServer, Response, Running, is_redis_wanted};

const MASTER_KEY: &str = "5f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
const SESSIONS: &str = "/checkout_sessions";

/// A gateway about to be started over a server.
pub(super) fn program(home: &Path, server: &RedisServer) -> Program {
    Program::on(home)
        .setting("STORE__KIND", "redis")
        .setting("REDIS__URLS", &format!("[{:?}]", server.url()))
        .setting("SECRETS__MASTER_KEY", MASTER_KEY)
}

fn start(home: &TempDir, server: &RedisServer) -> Running {
    Running::start_as(home.path(), program(home.path(), server))
}

fn basket() -> Value {
    json!({
        "currency": "usd",
        "capabilities": {"interventions": {"supported": ["3ds"]}},
        "line_items": [{"id": "honey-wildflower-350g", "quantity": 2}],
    })
}

#[tokio::test]
async fn gateways_beside_each_other_serve_the_same_sessions() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let homes = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [first, second] = homes.each_ref().map(|home| start(home, &server));
    let opened = first.client().await.post(SESSIONS, "k1", &basket()).await.unwrap();
    assert_eq!(opened.status, 201, "{}", opened.text());

    let replayed = second.client().await.post(SESSIONS, "k1", &basket()).await.unwrap();
    assert!(replayed.is_replay());
    assert_eq!(replayed.body, opened.body);
    let path = format!("{SESSIONS}/{}", opened.json()["id"].as_str().unwrap());
    let read = second.client().await.get(&path).await.unwrap();
    assert_eq!(read.json()["id"], opened.json()["id"]);

    let status = second.operator().await.get("/status").await.unwrap().json();
    assert_eq!(status["store"], "redis");
    let never = homes[1].path().join("never-written.redb");
    let refused = second.command(&["backup", never.to_str().unwrap()]).complaint(1);
    for what_to_do in ["`redis-cli bgsave`", "append-only files", "docs/operations/redis.md"] {
        assert!(refused.contains(what_to_do), "{what_to_do} is missing: {refused}");
    }
    assert!(refused.contains("without the master key") && !never.exists(), "{refused}");
}

#[tokio::test]
async fn a_price_is_told_by_every_gateway_before_long() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let homes = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [first, second] = homes.each_ref().map(|home| start(home, &server));
    first.command(&["catalog", "set-price", "honey-wildflower-350g", "950"]).fine();
    let mut operator = second.operator().await;
    for _ in 0..600 {
        let listed = operator.get("/catalog").await.unwrap().json();
        let items = listed["items"].as_array().unwrap();
        let honey = items.iter().find(|item| item["id"] == "honey-wildflower-350g").unwrap();
        if honey["price"] == 950 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it is never told; the gateway said: {}", second.log());
}

#[tokio::test]
async fn what_is_decided_about_a_tenant_is_known_at_every_gateway_before_long() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let homes = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [first, second] = homes.each_ref().map(|home| start(home, &server));
    first.command(&["tenants", "create", "other"]).fine();
    let create = ["keys", "create", "--scope", "agent", "--agent", "a", "--tenant", "other"];
    let made = first.command(&[&create[..], &["--json"]].concat()).json();
    let token = made["token"].as_str().unwrap();
    let mut client = second.client().await.with_token(token);
    for (command, expected) in [("resume", 200), ("suspend", 403), ("resume", 200)] {
        first.command(&["tenants", command, "other"]).fine();
        let mut told = None;
        for _ in 0..600 {
            told = Some(client.get("/orders").await.unwrap().status);
            if told == Some(expected) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(told, Some(expected), "after {command}: {}", second.log());
    }
    let stranger = TempDir::new().unwrap();
    let program = Program::on(stranger.path())
        .setting("STORE__KIND", "redis")
        .setting("REDIS__URLS", &format!("[{:?}]", server.url()))
        .setting("SECRETS__MASTER_KEY", MASTER_KEY)
        .setting("SHOP__ID", "stranger");
    let refused = program.with(&["serve", "--listen", "127.0.0.1:0"]).run().complaint(1);
    assert!(refused.contains("is that of the shop demo"), "{refused}");
}

#[tokio::test]
async fn a_first_start_makes_its_master_key_and_the_directory_it_lies_in() {
    if !is_redis_wanted() {
        return;
    }
    let home = TempDir::new().unwrap();
    let server = RedisServer::start();
    let data_dir = home.path().join("not").join("yet");
    let program = || {
        Program::on(&data_dir)
            .setting("STORE__KIND", "redis")
            .setting("REDIS__URLS", &format!("[{:?}]", server.url()))
    };
    program().with(&["keys", "list"]).run().fine();
    Running::start_as(&data_dir, program()).stop();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data_dir), 0o700);
    assert_eq!(mode(&data_dir.join("master.key")), 0o600);
}

#[tokio::test]
async fn a_demo_warns_of_servers_that_lose_orders_and_a_shop_does_not_open_on_them() {
    if !is_redis_wanted() {
        return;
    }
    let home = TempDir::new().unwrap();
    let server = RedisServer::with(&["--appendonly", "no"]);
    let demo = start(&home, &server);
    assert!(demo.log().contains("appendonly yes"), "{}", demo.log());
    demo.command(&["keys", "create", "--scope", "agent", "--agent", "chatgpt"]).fine();
    demo.stop();

    let refused = program(home.path(), &server).with(&["--listen", "127.0.0.1:0"]).run();
    let complaint = refused.complaint(1);
    assert!(complaint.contains("no demo") && complaint.contains("appendonly yes"), "{complaint}");
    let () = server.say("CONFIG SET appendonly yes").await;
    start(&home, &server).stop();
}

#[tokio::test]
async fn while_the_server_is_away_callers_are_told_to_come_back_and_may() {
    if !is_redis_wanted() {
        return;
    }
    let home = TempDir::new().unwrap();
    let mut server = RedisServer::start();
    let gateway = start(&home, &server);
    let mut client = gateway.client().await;
    let opened = client.post(SESSIONS, "k1", &basket()).await.unwrap();
    let path = format!("{SESSIONS}/{}", opened.json()["id"].as_str().unwrap());

    server.kill();
    for number in 0..50 {
        let key = format!("away {number}");
        away(&client.post(SESSIONS, &key, &basket()).await.unwrap());
        away(&client.get(&path).await.unwrap());
    }
    assert_eq!(client.get("/healthz").await.unwrap().status, 200);
    assert_eq!(client.get("/readyz").await.unwrap().status, 503);
    let address = gateway.address().to_string();
    let health = || Program::alone().setting("SERVER__LISTEN", &address).and("health");
    assert_eq!(health().run().fine(), "ok\n", "who restarts what is ill would only do harm");
    health().and("--ready").run().complaint(1);

    server.start_again();
    let mut back = client.get(&path).await.unwrap();
    for _ in 0..500 {
        if back.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        back = client.get(&path).await.unwrap();
    }
    assert_eq!(back.json()["id"], opened.json()["id"]);
    let again = client.post(SESSIONS, "away 1", &basket()).await.unwrap();
    assert_eq!((again.status, again.is_replay()), (201, false), "nothing had happened");
}

fn away(response: &Response) {
    assert_eq!(response.status, 503, "{}", response.text());
    assert!(response.headers.contains_key("retry-after"));
}
