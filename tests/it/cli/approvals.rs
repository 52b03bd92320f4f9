use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{HONEY, id_of, opened};
use crate::support::{Client, Program, Running};

const ACCOUNT: &str = "[[shop.account]]\ncustomer_id = \"acme\"\napproval_above = 100\n";

fn start(home: &TempDir) -> Running {
    let config = home.path().join("gateway.toml");
    fs::write(&config, ACCOUNT).unwrap();
    let program = Program::on(home.path()).with(&["--config", config.to_str().unwrap()]);
    Running::start_as(home.path(), program)
}

/// A session of Acme's that waits for an approval.
async fn pending(client: &mut Client, number: &str) -> String {
    let body = json!({
        "currency": "usd", "capabilities": {},
        "line_items": [{"id": "gift-card-25"}, {"id": HONEY}],
        "buyer": {
            "email": "buyer@acme.example", "customer_id": "acme",
            "authentication_status": "authenticated",
        },
        "fulfillment_details": {"address": {
            "name": "Acme", "line_one": "4 Pier Road", "city": "San Francisco", "state": "CA",
            "country": "US", "postal_code": "94105",
        }},
    });
    let opened = client.post("/checkout_sessions", &format!("open {number}"), &body).await.unwrap();
    let path = format!("/checkout_sessions/{}", id_of(&opened));
    let chosen = json!({"selected_fulfillment_options": [
        {"type": "shipping", "option_id": "standard", "item_ids": [HONEY]},
    ]});
    let ready = client.post(&path, &format!("choose {number}"), &chosen).await.unwrap();
    assert_eq!(ready.json()["status"], "ready_for_payment", "{}", ready.text());
    let promise = json!({"payment_data": {
        "purchase_order_number": number, "payment_terms": "net_30",
        "due_date": "2030-01-01T00:00:00Z",
    }});
    let path = format!("{path}/complete");
    let asked = client.post(&path, &format!("pay {number}"), &promise).await.unwrap();
    assert_eq!(asked.json()["status"], "pending_approval", "{}", asked.text());
    id_of(&asked)
}

async fn read(client: &mut Client, id: &str) -> Value {
    client.get(&format!("/checkout_sessions/{id}")).await.unwrap().json()
}

/// The session once nothing happens to it any more.
async fn settled(client: &mut Client, id: &str) -> Value {
    for _ in 0..1_000 {
        let session = read(client, id).await;
        if session["status"] != "complete_in_progress" && session["status"] != "in_progress" {
            return session;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("session {id} does not settle");
}

#[tokio::test]
async fn what_was_promised_is_kept_with_the_order() {
    let home = TempDir::new().unwrap();
    let gateway = start(&home);
    let mut client = gateway.client().await;
    let id = pending(&mut client, "PO-7").await;
    let list = gateway.command(&["approvals", "list"]).fine();
    assert!(list.contains(&id) && list.contains("acme") && list.contains("PO-7"), "{list}");

    let said = gateway.command(&["approvals", "approve", &id]).fine();
    assert!(said.starts_with("Approved: ") && said.contains(&format!("inspect {id}")), "{said}");
    let session = settled(&mut client, &id).await;
    assert_eq!(session["status"], "completed", "{session}");
    assert_eq!(gateway.command(&["approvals", "list", "--json"]).json()["approvals"], json!([]));
    let again = gateway.command(&["approvals", "approve", &id]).complaint(1);
    assert!(again.contains("approval"), "{again}");

    let order = &gateway.inspect(&id)["order"];
    let placed = &order["events"][0]["entry"]["event"]["placed"]["purchase_order"];
    assert_eq!(
        (&placed["number"], &placed["terms"]),
        (&json!("PO-7"), &json!("net_30")),
        "{order:#}"
    );
    assert_eq!(placed["due_at"], "2030-01-01T00:00:00Z", "{placed}");
}

#[tokio::test]
async fn what_is_not_approved_can_be_paid_for_otherwise() {
    let home = TempDir::new().unwrap();
    let gateway = start(&home);
    let mut client = gateway.client().await;
    let id = pending(&mut client, "PO-8").await;
    let said = gateway.command(&["approvals", "reject", &id]).fine();
    assert!(said.starts_with("Not approved: "), "{said}");
    let session = settled(&mut client, &id).await;
    assert_eq!(session["status"], "ready_for_payment", "{session}");
    let told = session["messages"].as_array().unwrap().iter();
    assert!(told.clone().any(|message| message["content"].to_string().contains("not approved")));
    let card = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    let path = format!("/checkout_sessions/{id}/complete");
    let paid = client.post(&path, "by card", &card).await.unwrap();
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
}

#[tokio::test]
async fn an_approval_of_what_is_gone_by_then_is_told_in_the_session() {
    let home = TempDir::new().unwrap();
    let gateway = start(&home);
    let mut client = gateway.client().await;
    let id = pending(&mut client, "PO-9").await;
    gateway.command(&["catalog", "set-stock", HONEY, "0"]).fine();
    let approved = gateway.command(&["approvals", "approve", &id, "--json"]).json();
    assert_eq!(approved["purchase_order_number"], "PO-9", "{approved}");
    let session = settled(&mut client, &id).await;
    assert_eq!(session["status"], "not_ready_for_payment", "{session}");
    assert!(session["messages"].to_string().contains("could not be placed"), "{session}");
    assert_eq!(session.get("order"), None, "{session}");
}

#[tokio::test]
async fn a_promise_is_numbered_and_comes_without_a_card() {
    let home = TempDir::new().unwrap();
    let gateway = start(&home);
    let mut client = gateway.client().await;
    let opened = opened(&mut client, "some basket").await;
    let path = format!("/checkout_sessions/{opened}/complete");
    let card = json!({"type": "card", "credential": {"type": "spt", "token": "tok_visa"}});
    for (payment, param) in [
        (json!({"purchase_order_number": " "}), "$.payment_data.purchase_order_number"),
        (
            json!({
                "handler_id": "card_tokenized", "instrument": card, "approval_required": true,
                "purchase_order_number": "PO-1",
            }),
            "$.payment_data.approval_required",
        ),
    ] {
        let body = json!({"payment_data": payment});
        let refused = client.post(&path, param, &body).await.unwrap();
        assert_eq!((refused.status, &refused.json()["param"]), (400, &json!(param)));
    }
}
