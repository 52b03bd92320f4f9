use std::net::SocketAddr;

use acp_core::ids::AgentId;
use acp_core::principal::{Habits, Scope};
use acp_gateway::boot::World;
use acp_gateway::config::{Config, StoreKind};
use acp_gateway::identity::NewKey;
use tempfile::TempDir;

use super::{basket, opened};
use crate::support::{Client, Program, Running};

const CREATE: [&str; 6] = ["keys", "create", "--scope", "agent", "--agent", "chatgpt"];

/// Whether the gateway lets somebody open a session with this key.
async fn lets_in(gateway: &Running, token: &str) -> bool {
    let mut client = gateway.client().await.with_token(token);
    match client.post("/checkout_sessions", &format!("try {token}"), &basket()).await.unwrap() {
        response if response.status == 201 => true,
        response if response.status == 401 => false,
        response => panic!("{}", response.text()),
    }
}

#[tokio::test]
async fn the_first_key_ends_the_demo_at_once() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    assert!(lets_in(&gateway, "acp_demo_agent").await);
    let said = gateway.command(&["keys", "list"]).fine();
    assert_eq!(said, "No key was made yet: this is a demo.\n");

    let said = gateway.command(&CREATE).fine();
    let token = said.lines().next().unwrap();
    assert!(said.contains("It is shown only this once"), "{said}");
    assert!(lets_in(&gateway, token).await);
    assert!(!lets_in(&gateway, "acp_demo_agent").await);

    let list = gateway.command(&["keys", "list"]).fine();
    let id = token.split('_').nth(1).unwrap();
    assert!(list.contains(id) && list.contains("chatgpt") && list.contains("good"), "{list}");
    assert!(!list.contains(token), "a token is shown only once: {list}");
    assert!(!gateway.command(&["keys", "list", "--json"]).fine().contains(token));
}

#[tokio::test]
async fn a_key_made_before_the_first_start_opens_the_shop() {
    let home = TempDir::new().unwrap();
    let made = Program::on(home.path()).with(&CREATE).and("--json").run().json();
    let gateway = Running::start(home.path());
    assert!(lets_in(&gateway, made["token"].as_str().unwrap()).await);
    assert!(!lets_in(&gateway, "acp_demo_agent").await);
    let banner = gateway.stop().stdout;
    assert!(banner.contains("/docs") && !banner.contains("acp_demo"), "{banner}");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_with_and_without_a_gateway() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let made: Vec<_> = (0..2)
        .map(|_| gateway.command(&CREATE).fine().lines().next().unwrap().to_owned())
        .collect();
    let id = |token: &str| token.split('_').nth(1).unwrap().to_owned();
    let said = gateway.command(&["keys", "revoke", &id(&made[0])]).fine();
    assert!(said.starts_with(&format!("Key {} of chatgpt opens nothing since 2", id(&made[0]))));
    assert!(!lets_in(&gateway, &made[0]).await);
    assert!(lets_in(&gateway, &made[1]).await);
    gateway.stop();

    Program::on(home.path()).with(&["keys", "revoke", &id(&made[1]), "--json"]).run().json();
    let keys = Program::on(home.path()).with(&["keys", "list", "--json"]).run().json();
    let states: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["state"]).collect();
    assert_eq!(states, ["revoked", "revoked"]);

    let gateway = Running::start(home.path());
    for token in [&*made[0], &*made[1], "acp_demo_agent"] {
        assert!(!lets_in(&gateway, token).await, "revoking the last key brings no demo back");
    }
}

#[tokio::test]
async fn a_key_is_replaced_with_and_without_a_gateway() {
    let home = TempDir::new().unwrap();
    let made = Program::on(home.path()).with(&CREATE).and("--json").run().json();
    let [id, old] = ["id", "token"].map(|field| made[field].as_str().unwrap().to_owned());
    let next = Program::on(home.path()).with(&["keys", "rotate", &id, "--json"]).run().json();
    assert_eq!((&next["follows"], &next["replaced"]["id"]), (&made["id"], &made["id"]));
    assert_eq!((&next["agent"], &next["scope"]), (&"chatgpt".into(), &"agent".into()));
    assert!(next["expires_at"].is_null() && next["replaced"]["expires_at"].is_string());

    let gateway = Running::start(home.path());
    let token = next["token"].as_str().unwrap();
    assert!(lets_in(&gateway, &old).await && lets_in(&gateway, token).await);
    let next_id = next["id"].as_str().unwrap();
    let said = gateway.command(&["keys", "rotate", next_id, "--overlap", "0"]).fine();
    let last = said.lines().next().unwrap();
    assert!(said.contains(&format!("takes the place of key {next_id} of chatgpt")), "{said}");
    assert!(said.contains("The old key is refused from 2"), "{said}");
    assert!(!lets_in(&gateway, token).await && lets_in(&gateway, last).await);

    let table = gateway.command(&["keys", "list"]).fine();
    let row = table.lines().find(|row| row.contains(last.split('_').nth(1).unwrap())).unwrap();
    assert!(row.contains(next_id), "it says whose place it took: {table}");
    assert!(!table.contains(token) && !table.contains(last), "{table}");
    let keys = gateway.command(&["keys", "list", "--json"]).json();
    let shown = |id: &str| {
        let keys = keys["keys"].as_array().unwrap();
        keys.iter().find(|key| key["id"] == id).unwrap().clone()
    };
    assert_eq!(shown(&id)["followed_by"], next_id);
    assert_eq!(shown(next_id)["state"], "expired");

    for (arguments, said) in [
        (&["keys", "rotate", next_id][..], "error: This key has ended"),
        (&["keys", "rotate", "nobody"], "error: There is no key with this id"),
        (&["keys", "rotate", &id, "--overlap", "91d"], "error: An old key is good for at most 90"),
        (&["keys", "rotate", &id, "--expires-at", "2020-01-01"], "error: This time is over"),
    ] {
        let complaint = gateway.command(arguments).complaint(1);
        assert!(complaint.starts_with(said), "{complaint}");
    }
}

#[tokio::test]
async fn when_a_key_was_last_used_is_shown_and_outlives_a_restart() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let made: Vec<_> = (0..2)
        .map(|_| gateway.command(&CREATE).fine().lines().next().unwrap().to_owned())
        .collect();
    assert!(lets_in(&gateway, &made[0]).await);
    let used = |said: &serde_json::Value, token: &str| {
        let id = token.split('_').nth(1).unwrap();
        let keys = said["keys"].as_array().unwrap();
        keys.iter().find(|key| key["id"] == id).unwrap()["last_used_at"].clone()
    };
    let running = gateway.command(&["keys", "list", "--json"]).json();
    let at = used(&running, &made[0]);
    assert!(at.as_str().unwrap().ends_with(":00Z"), "to the minute: {at}");
    assert!(used(&running, &made[1]).is_null());
    let list = gateway.command(&["keys", "list"]).fine();
    assert!(list.contains(at.as_str().unwrap()), "{list}");
    gateway.stop();
    let stopped = Program::on(home.path()).with(&["keys", "list", "--json"]).run().json();
    assert_eq!(used(&stopped, &made[0]), at, "it is noted before the gateway ends");
}

#[tokio::test]
async fn keys_of_one_agent_see_the_same_sessions_and_others_do_not() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut clients = Vec::new();
    for agent in ["one", "one", "other"] {
        let create = ["keys", "create", "--scope", "agent", "--agent", agent, "--json"];
        let made = gateway.command(&create).json();
        clients.push(gateway.client().await.with_token(made["token"].as_str().unwrap()));
    }
    let path = format!("/checkout_sessions/{}", opened(&mut clients[0], "k").await);
    let mut seen = Vec::new();
    for client in &mut clients {
        seen.push(client.get(&path).await.unwrap().status);
    }
    assert_eq!(seen, [200, 200, 404]);
}

#[tokio::test]
async fn wishes_for_keys_that_make_no_sense_are_refused() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    for (wish, said) in [
        (&["--agent", "two words"][..], "The name of an agent has 1 to 64 letters"),
        (&["--agent", "a", "--label", "two\nlines"], "A label has at most 100 characters"),
        (&["--agent", "a", "--expires-at", "2020-01-01"], "This time is over"),
    ] {
        let create = [&["keys", "create", "--scope", "agent"], wish].concat();
        let complaint = gateway.command(&create).complaint(1);
        assert!(complaint.starts_with(&format!("error: {said}")), "{complaint}");
    }
    let complaint = gateway.command(&["keys", "revoke", "../nope"]).complaint(1);
    assert_eq!(complaint, "error: There is no key with the id ../nope.\n");

    let mut operator = gateway.operator().await;
    let strange = serde_json::json!({"scope": "agent", "agent": "a", "expires": "2030-01-01"});
    let refused = operator.post("/keys", "k", &strange).await.unwrap();
    assert_eq!((refused.status, &refused.json()["param"]), (400, &"$.expires".into()));
    assert_eq!(gateway.command(&["keys", "list", "--json"]).json()["keys"], serde_json::json!([]));
}

#[test]
fn a_demo_does_not_listen_for_everybody() {
    let home = TempDir::new().unwrap();
    let serve = ["serve", "--listen", "0.0.0.0:0"];
    let complaint = Program::on(home.path()).with(&serve).run().complaint(1);
    assert!(complaint.starts_with("error: no key was made yet, so this is a demo"), "{complaint}");
    assert!(
        complaint.contains("acp-gateway keys create --scope agent --agent NAME"),
        "{complaint}"
    );
}

#[tokio::test]
async fn with_a_key_it_may_listen_for_everybody() {
    let mut config = Config::default();
    config.store.kind = StoreKind::Memory;
    let world = World::open_as_it_is(config).await.unwrap();
    let everybody: SocketAddr = "0.0.0.0:8080".parse().unwrap();
    assert!(world.may_listen(everybody).is_err());
    let wish = NewKey {
        tenant: None,
        agent: AgentId::new("a"),
        scope: Scope::Agent,
        label: "".into(),
        expires_at: None,
        habits: Habits::default(),
    };
    world.identity.create(wish).await.unwrap();
    assert!(world.may_listen(everybody).is_ok());
}

#[tokio::test]
async fn the_operators_routes_are_not_for_the_public() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await.with_token("acp_demo_merchant");
    for path in ["/keys", "/status", "/catalog", "/backup", "/inspect/cs_1", "/clock"] {
        assert_eq!(client.get(path).await.unwrap().status, 404, "{path}");
    }
    let mut operator = gateway.operator().await;
    let status = operator.get("/status").await.unwrap().json();
    assert_eq!(
        (&status["store"], &status["is_demo"], &status["items"], &status["boot_epoch"]),
        (&"embedded".into(), &true.into(), &134.into(), &1.into())
    );
    for (method, path) in [("GET", "/nothing"), ("DELETE", "/keys")] {
        let request = http::Request::builder().method(method).uri(path);
        let refused = operator.send(request.body("".into()).unwrap()).await.unwrap();
        assert_eq!(refused.json()["type"], "invalid_request", "{}", refused.text());
    }
    drop(Client::connect(gateway.address()).await);
}

#[tokio::test]
async fn what_a_key_was_used_for_is_shown_without_what_was_in_it() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let token = gateway.command(&CREATE).fine().lines().next().unwrap().to_owned();
    let key = token.split('_').nth(1).unwrap();
    let mut client = gateway.client().await.with_token(&token);
    let session = opened(&mut client, "one").await;
    opened(&mut client, "one").await;
    let unknown = serde_json::json!({"line_items": [{"id": "no such thing"}]});
    let refused = client.post("/checkout_sessions", "two", &unknown).await.unwrap();
    let code = refused.json()["code"].as_str().unwrap().to_owned();
    for path in [
        &*format!("/checkout_sessions/{session}?secret=hush"),
        "/checkout_sessions/4242424242424242",
        "/orders/ada@example.com",
    ] {
        client.get(path).await.unwrap();
    }

    let list = gateway.command(&["keys", "requests", key, "--json"]).fine();
    for hidden in [&*token, "hush", "4242", "example.com", "no such thing"] {
        assert!(!list.contains(hidden), "{hidden}: {list}");
    }
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let requests = list["requests"].as_array().unwrap();
    let seen: Vec<_> = requests
        .iter()
        .map(|it| (it["path"].as_str().unwrap(), it["status"].as_u64().unwrap()))
        .collect();
    let read = format!("/checkout_sessions/{session}");
    assert_eq!(
        seen,
        [
            ("/checkout_sessions", 201),
            ("/checkout_sessions", 201),
            ("/checkout_sessions", u64::from(refused.status)),
            (&*read, 200),
            ("/checkout_sessions/…", 404),
            ("/orders/…", 404),
        ]
    );
    assert_eq!([&requests[0]["is_replay"], &requests[1]["is_replay"]], [false, true]);
    assert_eq!((requests[2]["code"].as_str(), requests[0].get("code")), (Some(&*code), None));
    assert_eq!(requests[2]["request_id"], refused.headers["request-id"].to_str().unwrap());
    assert_eq!(requests[0]["key"], key);

    let table = gateway.command(&["keys", "requests", "--agent", "chatgpt", "--errors"]).fine();
    assert!(table.contains(&code) && table.contains("/orders/…"), "{table}");
    assert!(!table.contains(&read), "{table}");
    let strange = gateway.command(&["keys", "requests", "nokey"]).complaint(1);
    assert!(strange.contains("There is no key with the id nokey"), "{strange}");

    // Kept by the store, and not only by the gateway that answered.
    gateway.stop();
    let kept = Program::on(home.path()).with(&["keys", "requests", key, "--json"]).run().json();
    assert_eq!(kept, list);
}

#[tokio::test]
async fn a_request_without_its_signature_is_shown_as_well() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let token = gateway.command(&CREATE).fine().lines().next().unwrap().to_owned();
    let key = token.split('_').nth(1).unwrap();
    gateway.command(&["keys", "signing", "add", key, "--algorithm", "hmac-sha256"]).fine();
    gateway.command(&["keys", "signing", "policy", key, "required"]).fine();
    let mut client = gateway.client().await.with_token(&token);
    let refused = client.post("/checkout_sessions", "one", &basket()).await.unwrap();
    assert_eq!(refused.status, 401);
    let list = gateway.command(&["keys", "requests", key, "--json"]).fine();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let codes: Vec<_> = list["requests"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["missing_signature"]);
}

#[tokio::test]
async fn nobody_can_fill_what_is_remembered_of_requests() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let token = gateway.command(&CREATE).fine().lines().next().unwrap().to_owned();
    let key = token.split('_').nth(1).unwrap();
    let mut client = gateway.client().await.with_token(&token);
    // A name may be as long as a body, and an error tells where it is.
    let mut wish = basket();
    let name = "n".repeat(60_000);
    wish["affiliate_attribution"] =
        serde_json::json!({"provider": "p", "token": "t", "metadata": {name: {}}});
    let refused = client.post("/checkout_sessions", "long", &wish).await.unwrap();
    assert_eq!(refused.status, 400);
    assert!(refused.text().len() < 2_000, "{}", refused.text());
    let shown = gateway.command(&["keys", "requests", key, "--json"]).fine();
    assert!(shown.contains("invalid_type") && shown.len() < 2_000, "{shown}");
}
