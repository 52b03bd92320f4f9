use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{HONEY, bought, opened};
use crate::support::{Client, Program, Response, Running};

#[tokio::test]
async fn a_backup_made_while_serving_is_a_store_that_can_be_served() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    let (session, order) = bought(&mut client, "k").await;
    let path = format!("/checkout_sessions/{session}");
    let before = client.get(&path).await.unwrap();

    let copies = TempDir::new().unwrap();
    let copy = copies.path().join("acp.redb");
    let said = gateway.command(&["backup", copy.to_str().unwrap()]).fine();
    assert!(said.contains("without the master key: "), "{said}");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let later = opened(&mut client, "later").await;
    let again = gateway.command(&["backup", copy.to_str().unwrap()]).complaint(1);
    assert!(again.contains("exists already; a backup never overwrites"), "{again}");

    fs::copy(home.path().join("master.key"), copies.path().join("master.key")).unwrap();
    let restored = Running::start(copies.path());
    let mut client = restored.client().await;
    assert_eq!(client.get(&path).await.unwrap().body, before.body);
    assert_eq!(restored.inspect(&order)["session"]["id"], *session);
    let unknown = client.get(&format!("/checkout_sessions/{later}")).await.unwrap();
    assert_eq!(unknown.status, 404, "it is the store of the moment of the backup");
}

#[tokio::test]
async fn a_backup_goes_where_the_command_is_typed_also_without_a_gateway() {
    let (home, work) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    Running::start(home.path()).stop();
    let backup = ["backup", "copy.redb", "--json"];
    let made = Program::on(home.path()).with(&backup).working_in(work.path()).run().json();
    let file = work.path().join("copy.redb").canonicalize().unwrap();
    assert_eq!(made["path"], *file.to_str().unwrap());
    assert_eq!(made["bytes"], file.metadata().unwrap().len());

    let gateway = Running::start(home.path());
    let nowhere = gateway.command(&["backup", "/nowhere/copy.redb"]).complaint(1);
    assert!(nowhere.starts_with("error: No backup was made: "), "{nowhere}");
    assert!(nowhere.contains("No such file or directory"), "{nowhere}");
    let relative = serde_json::json!({"path": "copy.redb"});
    let refused = gateway.operator().await.post("/backup", "k", &relative).await.unwrap();
    assert_eq!((refused.status, &refused.json()["param"]), (400, &"$.path".into()));
}

#[test]
fn a_restored_store_without_its_master_key_is_not_served() {
    let (home, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    Running::start(home.path()).stop();
    let copy = copies.path().join("acp.redb");
    Program::on(home.path()).with(&["backup", copy.to_str().unwrap()]).run().fine();
    let complaint = Program::on(copies.path()).and("serve").run().complaint(1);
    assert!(complaint.starts_with("error: the master key "), "{complaint}");
    assert!(complaint.contains("is missing, and this store is sealed with it"), "{complaint}");
    assert!(!copies.path().join("master.key").exists(), "no other key is made in its place");
}

#[tokio::test]
async fn everything_about_a_purchase_can_be_looked_at() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let (session, order) = bought(&mut gateway.client().await, "k").await;
    let of_session = gateway.inspect(&session);
    assert_eq!(of_session["session"]["id"], *session);
    assert_eq!(of_session["order"]["id"], *order);
    let of_order = gateway.inspect(&order);
    assert_eq!(of_order["session"], of_session["session"], "an order leads to its session");

    let outline = gateway.command(&["inspect", &session, "--outline"]).fine();
    for line in ["\nhistory\n  - at ", "          price         7.99 USD\n", HONEY, &*order] {
        assert!(outline.contains(line), "{line:?} is missing in: {outline}");
    }
    assert!(!outline.contains("tok_visa"), "{outline}");
    for id in ["cs_nothing", "../status", "ord_"] {
        let complaint = gateway.command(&["inspect", id]).complaint(1);
        assert!(complaint.starts_with("error: There is no session and no order"), "{complaint}");
    }
    gateway.stop();
    let inspect = ["inspect", &*session];
    let alone = Program::on(home.path()).with(&inspect).run().json();
    assert_eq!(alone["history"], of_session["history"]);
}

async fn pay(client: &mut Client, id: &str) -> Response {
    let payment = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    client.post(&format!("/checkout_sessions/{id}/complete"), "pay", &payment).await.unwrap()
}

/// What the payment provider wrote down, by state.
fn booked(books: &std::path::Path) -> Vec<String> {
    let lines = fs::read_to_string(books).unwrap();
    let state = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["state"].as_str().unwrap().to_owned()
    };
    lines.lines().map(state).collect()
}

#[tokio::test]
async fn money_a_backup_does_not_know_of_is_found_and_never_taken_twice() {
    let (home, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    let id = opened(&mut client, "open").await;
    let choice = json!({
        "buyer": {"email": "ada@example.com"},
        "selected_fulfillment_options":
            [{"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]}],
    });
    client.post(&format!("/checkout_sessions/{id}"), "choose", &choice).await.unwrap();
    let copy = copies.path().join("acp.redb");
    gateway.command(&["backup", copy.to_str().unwrap()]).fine();
    assert_eq!(pay(&mut client, &id).await.json()["status"], "completed");
    gateway.stop();
    let books = home.path().join("demo-payments.jsonl");
    assert_eq!(booked(&books), ["created", "authorized", "captured"]);

    fs::copy(home.path().join("master.key"), copies.path().join("master.key")).unwrap();
    let program =
        Program::on(copies.path()).setting("PAYMENT__DEMO_BOOKS", books.to_str().unwrap());
    let restored = Running::start_as(copies.path(), program);
    let mut client = restored.client().await;
    let mut paid = pay(&mut client, &id).await;
    for _ in 0..200 {
        if paid.status != 503 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        paid = pay(&mut client, &id).await;
    }
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    let log = restored.log();
    assert!(log.contains("belongs to no order of session"), "{log}");
    assert!(log.contains("payments were compared with orders"), "{log}");
    assert_eq!(booked(&books), ["created", "authorized", "captured"], "it was paid for once");
    let clean = restored.command(&["runs", "reconcile"]).fine();
    assert_eq!(clean, "Looked at 1 payments; every one is accounted for.\n");
    restored.stop();

    let again = Program::on(copies.path());
    let again = Running::start_as(copies.path(), again);
    assert!(!again.log().contains("payments were compared"), "it is dealt with once");
}
