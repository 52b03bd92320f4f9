//! What is kept about a buyer is shown, and erased to the last byte; the order stays.

use std::fs;
use std::sync::Arc;

use acp_core::ids::{OrderId, Random128};
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::store::embedded::Embedded;
use acp_gateway::store::{Append, Commit, Outcome, Store as _};
use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{HONEY, basket, id_of};
use crate::support::{Client, Program, RedisServer, Running, all_in, all_of, is_redis_wanted};

const EMAIL: &str = "zelda.quux@example.org";
/// What leads to her, wherever it is written.
const TRACES: [&str; 7] = [
    EMAIL,
    "Zelda",
    "Quuxington",
    "77 Marzipan Lane",
    "+15550177123",
    "Mister Marzipan",
    "quux-of-metadata",
];
const ON_SHIPMENT: &str = "[payment]\ncapture = \"on_shipment\"\n";

/// What she bought, and what she only looked at.
struct Bought {
    session: String,
    order: String,
    open: String,
    cart: String,
    /// What she thought of buying besides, and where she said so.
    plan: String,
    talk: String,
}

fn buyer() -> Value {
    json!({
        "email": EMAIL, "first_name": "Zelda", "last_name": "Quuxington",
        "phone_number": "+15550177123",
    })
}

fn receiver() -> Value {
    json!({
        "name": "Zelda Quuxington", "phone_number": "+15550177123", "email": EMAIL,
        "address": {
            "name": "Zelda Quuxington", "line_one": "77 Marzipan Lane", "city": "San Francisco",
            "state": "CA", "country": "US", "postal_code": "94105",
        },
    })
}

async fn made(client: &mut Client, path: &str, key: &str, body: &Value) -> Value {
    let answer = client.post(path, key, body).await.unwrap();
    assert!(answer.status < 300, "{}", answer.text());
    answer.json()
}

async fn opened(client: &mut Client, key: &str, email: &str) -> String {
    let mut body = basket();
    body["buyer"] = buyer();
    body["buyer"]["email"] = json!(email);
    body["fulfillment_details"] = receiver();
    body["order_notes"] = json!("Leave it with Mister Marzipan");
    body["metadata"] = json!({"why": "quux-of-metadata"});
    let opened = made(client, "/checkout_sessions", key, &body).await;
    opened["id"].as_str().unwrap().to_owned()
}

async fn bought(client: &mut Client) -> Bought {
    let session = opened(client, "open", EMAIL).await;
    let path = format!("/checkout_sessions/{session}");
    let choice = json!({"selected_fulfillment_options":
        [{"type": "shipping", "option_id": "standard", "item_ids": [HONEY]}]});
    let ready = made(client, &path, "choose", &choice).await;
    assert_eq!(ready["status"], "ready_for_payment", "{ready:#}");
    let payment = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    let paid = made(client, &format!("{path}/complete"), "pay", &payment).await;
    let cart = json!({"line_items": [{"id": HONEY}], "buyer": buyer()});
    let cart = made(client, "/carts", "cart", &cart).await;
    let said = json!({
        "text": "a jar of acacia honey, and check out", "buyer": buyer(),
        "fulfillment_details": receiver(),
    });
    let said = made(client, "/intents", "say", &said).await;
    Bought {
        session,
        order: paid["order"]["id"].as_str().unwrap().to_owned(),
        open: opened(client, "another", &EMAIL.to_uppercase()).await,
        cart: cart["id"].as_str().unwrap().to_owned(),
        plan: said["plan_id"].as_str().unwrap().to_owned(),
        talk: said["conversation_id"].as_str().unwrap().to_owned(),
    }
}

fn traces_in(bytes: &[u8]) -> Vec<&'static str> {
    let is_in = |trace: &&str| bytes.windows(trace.len()).any(|part| part == trace.as_bytes());
    TRACES.into_iter().filter(is_in).collect()
}

/// Every value of an embedded store: a backup is written anew, row by row.
fn copied(gateway: &Running, home: &TempDir, name: &str) -> Vec<u8> {
    let path = home.path().join(name);
    gateway.command(&["backup", path.to_str().unwrap()]).fine();
    all_in(&path)
}

/// What a gateway on any store owes a buyer who wants to be forgotten.
async fn is_forgotten(gateway: &Running, client: &mut Client, bought: &Bought) {
    let Bought { session, order, open, cart, plan, talk } = bought;
    let erased = gateway.command(&["erase", "--email", EMAIL, "--json"]).json();
    let mut ids: Vec<_> =
        erased["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    ids.sort_unstable();
    let mut all = [session.as_str(), order, open, cart, plan, talk];
    all.sort_unstable();
    assert_eq!(ids, all);

    for gone in [
        format!("/checkout_sessions/{session}"),
        format!("/carts/{cart}"),
        format!("/plans/{plan}"),
        format!("/conversations/{talk}"),
    ] {
        assert_eq!(client.get(&gone).await.unwrap().status, 404, "{gone}");
    }
    let read = client.get(&format!("/orders/{order}")).await.unwrap();
    assert_eq!(read.status, 200, "{}", read.text());
    assert_eq!(read.json()["line_items"][0]["quantity"]["ordered"], 1, "{}", read.text());
    assert_eq!(traces_in(read.text().as_bytes()), Vec::<&str>::new());
    let again = client
        .post(&format!("/checkout_sessions/{session}/complete"), "pay", &json!({}))
        .await
        .unwrap();
    assert!(again.status == 404 || again.status == 400, "no old answer: {}", again.text());

    let complaint = gateway.command(&["erase", "--email", EMAIL]).complaint(1);
    assert!(complaint.contains("Nothing is kept about this buyer"), "{complaint}");
    // Of her order nobody is told by her address any more, but by its own id.
    let rest = gateway.command(&["export", "--order", order]).fine();
    assert_eq!(traces_in(rest.as_bytes()), Vec::<&str>::new(), "{rest}");

    let trail = gateway.command(&["audit", "list", "--json"]).fine();
    assert!(trail.contains("privacy.erase") && trail.contains(session.as_str()), "{trail}");
    assert_eq!(traces_in(trail.as_bytes()), Vec::<&str>::new(), "{trail}");
}

#[tokio::test]
async fn a_buyer_is_erased_to_the_last_byte_and_the_order_stays() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    let bought = bought(&mut client).await;
    let other = super::bought(&mut client, "somebody else").await;
    gateway.until_quiet().await;
    let exported = gateway.command(&["export", "--email", EMAIL]).fine();
    assert_eq!(traces_in(exported.as_bytes()), TRACES, "{exported}");
    let parts = [&bought.session, &bought.order, &bought.open, &bought.cart];
    for id in parts.into_iter().chain([&bought.plan, &bought.talk]) {
        assert!(exported.contains(id.as_str()), "{id}: {exported}");
    }
    assert!(!exported.contains(&other.0), "{exported}");
    assert_eq!(traces_in(&copied(&gateway, &home, "before.redb")), TRACES);
    let money = |gateway: &Running| {
        let shown = gateway.command(&["inspect", &bought.order]).json();
        let order = shown.get("order").unwrap_or(&shown).clone();
        order["events"][0]["entry"]["event"]["placed"]["ordered"]["totals"].clone()
    };
    let total = money(&gateway);

    is_forgotten(&gateway, &mut client, &bought).await;
    assert_eq!(money(&gateway), total, "what it cost is what it cost");
    assert_eq!(traces_in(&copied(&gateway, &home, "after.redb")), Vec::<&str>::new());
    let theirs = client.get(&format!("/checkout_sessions/{}", other.0)).await.unwrap();
    assert_eq!(theirs.json()["status"], "completed", "others are left alone");
}

#[tokio::test]
async fn a_buyer_is_erased_from_every_key_of_redis() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path())
        .setting("STORE__KIND", "redis")
        .setting("REDIS__URLS", &format!("[{:?}]", server.url()))
        .setting("SECRETS__MASTER_KEY", &"5f".repeat(32));
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    let bought = bought(&mut client).await;
    gateway.until_quiet().await;
    assert_eq!(traces_in(&all_of(&server).await), TRACES);
    let mut operator = gateway.operator().await;
    let asked = json!({"email": EMAIL});
    let erased = operator.post("/privacy/erase", "none", &asked).await.unwrap();
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert_eq!(traces_in(&all_of(&server).await), Vec::<&str>::new());
    let read = client.get(&format!("/orders/{}", bought.order)).await.unwrap();
    assert_eq!(read.status, 200, "{}", read.text());
    let again = operator.post("/privacy/erase", "none", &asked).await.unwrap();
    assert_eq!(again.status, 404, "{}", again.text());
}

#[tokio::test]
async fn nothing_is_erased_while_money_waits_to_be_taken() {
    let home = TempDir::new().unwrap();
    let config = home.path().join("gateway.toml");
    fs::write(&config, ON_SHIPMENT).unwrap();
    let program = Program::on(home.path()).with(&["--config", config.to_str().unwrap()]);
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    let bought = bought(&mut client).await;
    let refused = gateway.command(&["erase", "--email", EMAIL]).complaint(1);
    assert!(refused.contains("completion is under way for cs_"), "{refused}");
    assert!(refused.contains("until 2") && refused.contains("Nothing was erased"), "{refused}");
    let read = client.get(&format!("/checkout_sessions/{}", bought.open)).await.unwrap();
    assert_eq!(read.json()["buyer"]["first_name"], "Zelda", "{}", read.text());

    gateway.command(&["runs", "capture", &bought.session]).fine();
    assert_eq!(gateway.until_quiet().await, 0);
    let said = gateway.command(&["erase", "--order", &bought.order]).fine();
    assert!(said.contains(&bought.session) && said.contains(&bought.order), "{said}");
    let left = client.get(&format!("/checkout_sessions/{}", bought.open)).await.unwrap();
    assert_eq!(left.status, 200, "only that order was meant");
}

/// What the trail says of erasures: ids in the order they were named in, and every status.
fn erased_by_trail(gateway: &Running) -> (Vec<String>, Vec<Value>) {
    let listed = gateway.command(&["audit", "list", "--json"]).json();
    let acts = listed["acts"].as_array().unwrap().iter().rev();
    let acts: Vec<_> = acts.filter(|act| act["act"] == "privacy.erase").collect();
    for act in &acts[1..] {
        assert_eq!(act["continues"], acts[0]["number"], "{listed:#}");
    }
    let subjects = acts.iter().map(|act| act["subject"].as_str().unwrap());
    let ids = subjects.flat_map(|subject| {
        assert!(subject.len() <= 2_048, "{}", subject.len());
        subject.split(' ').map(ToOwned::to_owned)
    });
    (ids.collect(), acts.iter().map(|act| act["status"].clone()).collect())
}

#[tokio::test]
async fn however_much_is_erased_the_trail_names_all_of_it() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    for number in 0..70 {
        opened(&mut client, &number.to_string(), EMAIL).await;
    }
    let erased = gateway.command(&["erase", "--email", EMAIL, "--json"]).json();
    let ids = erased["ids"].as_array().unwrap();
    assert_eq!(ids.len(), 70);
    let (named, statuses) = erased_by_trail(&gateway);
    assert_eq!(json!(named), json!(ids));
    assert_eq!(statuses, [200, 200]);
    let table = gateway.command(&["audit", "list"]).fine();
    assert!(table.contains("privacy.erase (of "), "{table}");
}

/// Nothing of an order can be rewritten whose record is damaged, and what came before it is gone.
#[tokio::test]
async fn an_erasure_that_fails_half_way_names_what_it_erased() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    let Bought { session, order, open, .. } = bought(&mut client).await;
    gateway.until_quiet().await;
    gateway.stop();
    let order_id = OrderId::parse(&order).unwrap();
    let mut commit = Commit::new(Random128([9; 16]), order_id.partition());
    let (log, entry) = (format!("o/{order}").into(), Bytes::from_static(b"?"));
    commit.appends.push(Append { log, entry });
    let on_fatal = Box::new(|reason: &str| panic!("{reason}"));
    let clock = Arc::new(SystemClock::default());
    let store = Embedded::open(home.path(), clock, [0; 32], on_fatal).unwrap();
    assert!(matches!(store.commit(commit).await.unwrap(), Outcome::Applied(_)));
    drop(store);

    let gateway = Running::start(home.path());
    let refused = gateway.command(&["erase", "--email", EMAIL]).complaint(1);
    assert!(refused.contains("It could not be done now"), "{refused}");
    let (named, statuses) = erased_by_trail(&gateway);
    assert_eq!(named, [open.clone(), session.clone(), order]);
    assert_eq!(statuses, [503]);
    let mut client = gateway.client().await;
    for (id, status) in [(open, 404), (session, 200)] {
        let read = client.get(&format!("/checkout_sessions/{id}")).await.unwrap();
        assert_eq!(read.status, status, "{}", read.text());
    }
}

#[tokio::test]
async fn who_is_meant_has_to_be_said() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut operator = gateway.operator().await;
    let id =
        id_of(&gateway.client().await.post("/checkout_sessions", "k", &basket()).await.unwrap());
    for (asked, status) in [
        (json!({}), 400),
        (json!({"email": "nobody"}), 400),
        (json!({"email": EMAIL, "session": id}), 400),
        (json!({"session": "cs_1"}), 404),
        (json!({"order": "ord_1"}), 404),
        (json!({"email": EMAIL}), 404),
        (json!({"session": id}), 200),
        (json!({"session": id}), 404),
    ] {
        let answer = operator.post("/privacy/erase", "none", &asked).await.unwrap();
        assert_eq!(answer.status, status, "{asked}: {}", answer.text());
    }
}
