//! Several merchants on one gateway, as its operator makes them.

use serde_json::json;
use tempfile::TempDir;

use super::basket;
use crate::support::{Program, Running};

const BOOKS: &str = "birch-books";

fn file(name: &str) -> String {
    format!("{}/tests/data/catalog/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A key of an agent that calls a tenant.
fn key_at(gateway: &Running, tenant: &str) -> String {
    let create = ["keys", "create", "--scope", "agent", "--agent", "a", "--tenant", tenant];
    let made = gateway.command(&[&create[..], &["--json"]].concat()).json();
    assert_eq!(made["tenant"], tenant);
    made["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_tenant_is_made_filled_and_called_while_the_gateway_runs() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let made = gateway.command(&["tenants", "create", BOOKS, "--name", "Birch Books"]).fine();
    assert!(made.starts_with("There is a tenant birch-books (Birch Books) now"), "{made}");
    let again = gateway.command(&["tenants", "create", BOOKS]).complaint(1);
    assert_eq!(again, "error: There is a tenant with this id already.\n");
    let list = gateway.command(&["tenants", "list"]).fine();
    let names: Vec<_> = list.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["TENANT", "demo", BOOKS], "the shop stands in front: {list}");

    let goods = file("good.csv");
    let said = gateway.command(&["catalog", "import", &goods, "--tenant", BOOKS]).fine();
    assert_eq!(said, "12 of 12 rows are on sale now; 0 were refused.\n");
    let listed = gateway.command(&["catalog", "list", "--tenant", BOOKS, "--json"]).json();
    assert_eq!(listed["total"], 12);
    let map = "map-old-town-1888";
    gateway.command(&["catalog", "set-price", map, "4300", "--tenant", BOOKS]).fine();
    gateway.command(&["catalog", "set-stock", map, "3", "--tenant", BOOKS]).fine();
    let unknown = gateway.command(&["catalog", "set-price", map, "1"]).complaint(1);
    assert!(unknown.contains("There is no item"), "the shop has none: {unknown}");

    let mut client = gateway.client().await.with_token(&key_at(&gateway, BOOKS));
    let buyer = json!({"email": "ada@example.org", "first_name": "Ada", "last_name": "B"});
    let wish = json!({
        "currency": "usd", "capabilities": {}, "line_items": [{"id": map}], "buyer": buyer,
    });
    let session = client.post("/checkout_sessions", "k", &wish).await.unwrap();
    assert_eq!(session.status, 201, "{}", session.text());
    let line = &session.json()["line_items"][0];
    assert_eq!((&line["unit_amount"], &line["available_quantity"]), (&4300.into(), &3.into()));
    let refused = client.post("/checkout_sessions", "l", &basket()).await.unwrap();
    assert_eq!(refused.json()["code"], "invalid_item_id", "that is the shop's");
    let complaint = gateway.command(&["keys", "create", "--scope", "merchant", "--tenant", "x"]);
    assert_eq!(complaint.complaint(1), "error: There is no tenant with the id x here.\n");
    let complaint = gateway.command(&["keys", "create", "--scope", "admin", "--tenant", BOOKS]);
    assert!(complaint.complaint(1).contains("is no tenant's"), "it would look after all of them");

    // What is kept about a buyer is found whichever tenant it is kept by.
    let person = ["--email", "ada@example.org"];
    let exported = gateway.command(&[&["export"], &person[..]].concat()).fine();
    assert!(exported.contains(session.json()["id"].as_str().unwrap()), "{exported}");
    gateway.command(&[&["erase"], &person[..]].concat()).fine();
    gateway.command(&[&["export"], &person[..]].concat()).complaint(1);
}

#[tokio::test]
async fn a_tenant_is_suspended_and_asked_for_signatures_at_once() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    gateway.command(&["tenants", "create", BOOKS]).fine();
    let token = key_at(&gateway, BOOKS);
    let mut client = gateway.client().await.with_token(&token);
    assert_eq!(client.get("/orders").await.unwrap().status, 200);

    let said = gateway.command(&["tenants", "suspend", BOOKS]).fine();
    assert!(said.starts_with("Tenant birch-books is suspended since "), "{said}");
    let refused = client.get("/orders").await.unwrap();
    assert_eq!((refused.status, &refused.json()["code"]), (403, &"forbidden".into()));
    assert!(gateway.command(&["tenants", "list"]).fine().contains("suspended"));
    let said = gateway.command(&["tenants", "resume", BOOKS]).fine();
    assert_eq!(said, "The callers of tenant birch-books are served.\n");
    assert_eq!(client.get("/orders").await.unwrap().status, 200);

    let policy = ["tenants", "policy", BOOKS, "--read", "signed"];
    let said = gateway.command(&policy).fine();
    assert!(said.contains("read        signed") && said.contains("complete    token"), "{said}");
    let unsigned = client.get("/orders").await.unwrap();
    assert_eq!((unsigned.status, &unsigned.json()["code"]), (401, &"missing_signature".into()));
    let id = token.split('_').nth(1).unwrap();
    let said = gateway.command(&["keys", "signing", "list", id]).fine();
    assert!(said.contains("The tenant asks for signed requests to: read."), "{said}");
    let shown = gateway.command(&["tenants", "show", BOOKS, "--json"]).json();
    assert_eq!((&shown["policy"]["read"], &shown["is_shop"]), (&"signed".into(), &false.into()));
    gateway.command(&["tenants", "policy", BOOKS, "--read", "token"]).fine();
    assert_eq!(client.get("/orders").await.unwrap().status, 200);
}

#[test]
fn wishes_for_tenants_that_make_no_sense_are_refused() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    for (wish, said) in [
        (&["create", "Two Words"][..], "The id of a tenant has 1 to 64 lowercase letters"),
        (&["create", "a", "--name", "two\nlines"], "The name of a tenant has 1 to 100 characters"),
        (&["show", "nobody"], "There is no tenant with the id nobody here."),
        (&["suspend", "nobody"], "There is no tenant with the id nobody here."),
        (&["policy", "nobody", "--read", "signed"], "There is no tenant with the id nobody here."),
    ] {
        let complaint = gateway.command(&[&["tenants"], wish].concat()).complaint(1);
        assert!(complaint.starts_with(&format!("error: {said}")), "{complaint}");
    }
    gateway.command(&["tenants", "policy", "demo"]).complaint(2);
}

#[test]
fn a_store_of_another_shop_is_not_opened() {
    let home = TempDir::new().unwrap();
    let create = ["keys", "create", "--scope", "agent", "--agent", "a"];
    Program::on(home.path()).with(&create).run().fine();
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["keys", "list"]] {
        let program = Program::on(home.path()).setting("SHOP__ID", "other").with(command);
        let complaint = program.run().complaint(1);
        let said =
            "error: this store is that of the shop demo, and shop.id says other: set it back";
        assert!(complaint.starts_with(said), "{complaint}");
    }
    Program::on(home.path()).with(&["keys", "list"]).run().fine();
}

#[test]
fn services_of_one_merchant_serve_no_other() {
    let home = TempDir::new().unwrap();
    let served = |program: Program| {
        program
            .setting("CATALOGUE__KIND", "http")
            .setting("CATALOGUE__BASE_URL", "http://127.0.0.1:1")
    };
    let create = ["tenants", "create", BOOKS];
    let complaint = served(Program::on(home.path())).with(&create).run().complaint(1);
    assert!(complaint.contains("so it serves that merchant alone"), "{complaint}");
    Program::on(home.path()).with(&create).run().fine();
    let list = ["tenants", "list"];
    let complaint = served(Program::on(home.path())).with(&list).run().complaint(1);
    assert!(complaint.contains("this store has 1 more tenants than the shop"), "{complaint}");
}
