use serde_json::json;
use tempfile::TempDir;

use super::{HONEY, basket, price_told};
use crate::support::{Program, Running};

fn file(name: &str) -> String {
    format!("{}/tests/data/catalog/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn import(home: &TempDir, name: &str) -> crate::support::Ended {
    Program::on(home.path()).with(&["catalog", "import", &file(name)]).run()
}

#[tokio::test]
async fn goods_imported_beside_a_running_gateway_are_sold_at_once() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let said = gateway.command(&["catalog", "import", &file("good.csv")]).fine();
    assert_eq!(said, "12 of 12 rows are on sale now; 0 were refused.\n");
    let wanted = json!({
        "currency": "usd", "capabilities": {}, "line_items": [{"id": "map-old-town-1888"}],
    });
    let session = gateway.client().await.post("/checkout_sessions", "k", &wanted).await.unwrap();
    let line = &session.json()["line_items"][0];
    assert_eq!((&line["unit_amount"], &line["available_quantity"]), (&4200.into(), &2.into()));
    let mut operator = gateway.operator().await;
    let status = operator.get("/status").await.unwrap().json();
    assert_eq!(status["items"], 134 + 12, "what the file does not name stays");
}

#[test]
fn bad_rows_are_reported_and_the_others_imported() {
    for (name, line) in [
        ("bad.jsonl", "line 8: this is not JSON; reading stopped at byte 2\n"),
        ("bad.csv", "line 9: the row has 2 cells, but the first line names 19\n"),
    ] {
        let home = TempDir::new().unwrap();
        let ended = import(&home, name);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(3), ""), "{ended:#?}");
        assert!(ended.stdout.contains(line), "{}", ended.stdout);
        assert!(ended.stdout.contains("line 6, title: ") || name == "bad.jsonl");
        assert!(ended.stdout.ends_with("5 of 10 rows are on sale now; 5 were refused.\n"));
        let list = Program::on(home.path()).with(&["catalog", "list", "--json"]).run().json();
        let ids: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(
            ids,
            ["good-kettle", "good-lantern", "good-mat-green", "good-socks", "good-trail-guide"],
            "and no demo goods: this shop was begun with an import"
        );
    }
}

#[test]
fn an_import_is_told_to_machines_too() {
    let home = TempDir::new().unwrap();
    let bad = file("bad.csv");
    let ended = Program::on(home.path()).with(&["catalog", "import", &bad, "--json"]).run();
    assert_eq!(ended.code, Some(3));
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&report["rows"], &report["imported"], &report["refused"]),
        (&10.into(), &5.into(), &5.into())
    );
    let first = json!({
        "line": 3, "field": "price",
        "message": "a price is a whole number of minor units, such as 1250 for 12.50 USD",
    });
    assert_eq!(report["problems"]["shown"][0], first);
    assert_eq!(report["problems"]["total"], 5);
}

#[test]
fn a_file_is_checked_without_a_gateway_and_without_a_trace() {
    let home = TempDir::new().unwrap();
    let lint = |name: &str| {
        let program = Program::on(home.path()).with(&["catalog", "lint", &file(name)]);
        program.setting("STORE__KIND", "paper").run()
    };
    let good = lint("good.csv").fine();
    assert!(good.ends_with("12 of 12 rows are good.\n"), "{good}");
    assert!(
        good.contains("hint: line 8, stock: every variant of this product is sold out"),
        "{good}"
    );
    for name in ["bad.jsonl", "bad.csv"] {
        let bad = lint(name);
        assert_eq!(bad.code, Some(3));
        assert!(bad.stdout.ends_with("5 of 10 rows are good.\n"), "{}", bad.stdout);
    }
    let missing = lint("nowhere.csv").complaint(1);
    assert!(missing.contains("nowhere.csv cannot be read\n  because: No such file"), "{missing}");
    let nameless = Program::alone().with(&["catalog", "lint", "Cargo.toml"]).run().complaint(1);
    assert!(nameless.contains("say it with --format"), "{nameless}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_new_price_is_told_to_the_next_session() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    assert_eq!(price_told(&mut client, "before").await, 799);
    let said = gateway.command(&["catalog", "set-price", HONEY, "850"]).fine();
    assert_eq!(said, format!("{HONEY} costs 8.50 USD now; it was 7.99 USD.\n"));
    assert_eq!(price_told(&mut client, "after").await, 850);

    for (item, amount, said) in [
        ("nothing", "1", "error: There is no item with the id nothing in the catalogue.\n"),
        (HONEY, "100000000", "error: This is no price: the amount is larger than 99999999 minor"),
    ] {
        let complaint = gateway.command(&["catalog", "set-price", item, amount]).complaint(1);
        assert!(complaint.starts_with(said), "{complaint}");
    }
    assert_eq!(price_told(&mut client, "unchanged").await, 850);
}

#[tokio::test]
async fn stock_can_be_counted_and_left_uncounted() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    for (units, said, available) in [
        ("3", "has 3 free", json!(3)),
        ("0", "has 0 free", json!(0)),
        ("unlimited", "never runs out", json!(null)),
    ] {
        let told = gateway.command(&["catalog", "set-stock", HONEY, units]).fine();
        assert_eq!(told, format!("{HONEY} {said}; 0 are reserved and 0 were sold.\n"));
        let session = client.post("/checkout_sessions", units, &basket()).await.unwrap().json();
        assert_eq!(session["line_items"][0]["available_quantity"], available, "{units}");
    }
    let mut operator = gateway.operator().await;
    let path = format!("/catalog/{HONEY}/stock");
    let unsaid = operator.post(&path, "k", &json!({})).await.unwrap();
    assert_eq!((unsaid.status, &unsaid.json()["param"]), (400, &"$.units".into()));
}

#[tokio::test]
async fn rows_without_stock_end_the_counting_and_that_is_said() {
    let home = TempDir::new().unwrap();
    let rows = home.path().join("rows.jsonl");
    let row = json!({
        "id": HONEY, "title": "Honey", "kind": "physical", "price": 700, "currency": "USD",
        "tax_class": "reduced",
    });
    std::fs::write(&rows, row.to_string()).unwrap();
    let gateway = Running::start(home.path());
    let said = gateway.command(&["catalog", "import", rows.to_str().unwrap()]).fine();
    assert!(said.starts_with("1 of 1 rows are on sale now; 0 were refused.\n1 of the items"));
    let list =
        gateway.command(&["catalog", "list", "--after", "honey-wildflower-350", "--limit", "1"]);
    let list = list.fine();
    assert!(list.contains("honey-wildflower-350g  7.00 USD  unlimited  Honey\n"), "{list}");
}

#[test]
fn the_list_goes_on_where_it_is_told_to() {
    let home = TempDir::new().unwrap();
    import(&home, "good.csv").fine();
    let list = |arguments: &[&str]| {
        Program::on(home.path()).with(&["catalog", "list"]).with(arguments).run()
    };
    assert_eq!(
        list(&["--limit", "2"]).fine(),
        "ITEM                       PRICE      STOCK  TITLE\n\
         audiobook-salt-ledger  19.99 USD  unlimited  The Salt Ledger (audiobook)\n\
         bookmarks-linen-5       7.50 USD        200  Linen Bookmarks, pack of 5\n\
         2 of 12; go on with --after bookmarks-linen-5\n"
    );
    let rest = list(&["--after", "bookmarks-linen-5", "--limit", "1000", "--json"]).json();
    let items = rest["items"].as_array().unwrap();
    assert_eq!((items.len(), &rest["next"], &rest["total"]), (10, &json!(null), &json!(12)));
    assert_eq!(items[0]["id"], "ebook-salt-ledger");
    assert_eq!(list(&["--after", "zzz"]).fine(), "There are no items here.\n");
}

#[test]
fn an_import_that_is_too_large_is_refused_before_it_is_sent() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("large.csv");
    std::fs::File::create(&path).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    let import = ["catalog", "import", path.to_str().unwrap()];
    let complaint = Program::on(home.path()).with(&import).run().complaint(1);
    assert!(complaint.contains("has 67108865 bytes; a catalogue is imported in files of at most"));
}
