//! Plans from the command line, at a gateway that runs; and as operators see them.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::app::{HONEY, address};
use crate::support::{Client, Ended, Program, Running};

const WANTED: &str = "two jars of 350 g wildflower honey";
const PAID: &str = "check out";
const YEAR: std::time::Duration = std::time::Duration::from_hours(365 * 24);

/// A gateway, and a file that tells of a shopper.
struct Counter {
    home: TempDir,
    gateway: Running,
}

impl Counter {
    fn open() -> Self {
        let home = TempDir::new().unwrap();
        let shopper = json!({
            "buyer": {"email": "ada@example.com"},
            "fulfillment_details": {"address": address("CA", "94105")},
        });
        std::fs::write(home.path().join("ada.json"), shopper.to_string()).unwrap();
        let gateway = Running::start(&home.path().join("data"));
        Self { home, gateway }
    }

    fn plan(&self, words: &str, arguments: &[&str]) -> Ended {
        let url = format!("http://{}", self.gateway.address());
        let shopper = self.home.path().join("ada.json");
        let program = Program::alone().with(&["plan", words, "--url", &url]);
        program.with(&["--shopper", shopper.to_str().unwrap()]).with(arguments).run()
    }

    /// A conversation in which a cart was filled.
    fn filled(&self) -> String {
        let plan = self.plan(WANTED, &["--execute", "--json"]).json();
        assert_eq!(plan["status"], "completed", "{plan:#}");
        plan["conversation_id"].as_str().unwrap().to_owned()
    }

    /// A mandate for the agent of the demo.
    async fn mandate(&self) -> String {
        #[expect(clippy::disallowed_methods, reason = "a gateway of its own goes by this clock")]
        let now = std::time::SystemTime::now();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        let end = acp_core::time::Timestamp::EPOCH.plus(now + YEAR);
        let wish = json!({
            "agent_ids": ["demo_agent"], "currency": "usd", "max_per_order": 9_000,
            "budget": {"limit": 20_000, "window": "month", "time_zone": "UTC"},
            "valid_until": acp_wire::scalar::DateTime(end).to_string(),
        });
        let mut client = self.gateway.client().await.with_token("acp_demo_principal");
        let made = client.post("/mandates", "give", &wish).await.unwrap();
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_plan_is_shown_and_nothing_is_done() {
    let counter = Counter::open();
    let page = counter.plan(WANTED, &[]).fine();
    let seen = [
        "Understood with high confidence (rules).\n  add 2 × Wildflower Honey 350 g\n",
        "\nPlan plan_",
        ": ready. ",
        "  2  Wildflower Honey 350 g  15.98 USD\n",
        "cart.apply  pending  Have in the basket: 2 × Wildflower Honey 350 g.",
    ];
    for said in seen {
        assert!(page.contains(said), "{said} is missing in: {page}");
    }
    let answer = counter.plan(WANTED, &["--json"]).json();
    assert_eq!(answer["plan"]["status"], "ready", "{answer:#}");
    let open = counter.plan("honey", &[]).fine();
    assert!(open.contains("\n? ") && !open.contains("\n! "), "{open}");
    assert!(open.contains("\nAnswer with: acp-gateway plan \"…\" --conversation conv_"), "{open}");
}

#[tokio::test]
async fn a_plan_under_a_mandate_is_carried_out_and_followed() {
    let counter = Counter::open();
    let (mandate, talk) = (counter.mandate().await, counter.filled());
    let execute = ["--mandate", &mandate, "--token", "tok_visa", "--execute"];
    let page = counter.plan(PAID, &[&execute[..], &["--conversation", &talk]].concat()).fine();
    let place = |said: &str| page.find(said).unwrap_or_else(|| panic!("{said}? {page}"));
    assert!(place("  plan.started") < place("  step.succeeded        payment.authorize"), "{page}");
    assert!(place("  plan.completed") < place("\nOrder ord_"), "{page}");

    let talk = counter.filled();
    let again = [&execute[..], &["--conversation", &talk, "--json"]].concat();
    let plan: Value = counter.plan(PAID, &again).json();
    assert_eq!(plan["status"], "completed", "{plan:#}");
    assert!(plan["order_id"].is_string());
}

#[test]
fn a_plan_that_waits_for_somebody_ends_with_four() {
    let counter = Counter::open();
    let talk = counter.filled();
    let execute = ["--conversation", &talk, "--token", "tok_visa", "--execute"];
    let ended = counter.plan(PAID, &execute);
    assert_eq!(ended.code, Some(4), "{ended:#?}");
    assert!(ended.stdout.contains("A person says yes with: POST /plans/plan_"), "{ended:#?}");
    let nothing = counter.plan("hello", &["--execute"]);
    assert_eq!(nothing.code, Some(4), "{nothing:#?}");
}

#[test]
fn who_cannot_be_asked_is_told_of() {
    let run = |arguments: &[&str]| Program::alone().with(&["plan", "honey"]).with(arguments).run();
    let nobody = run(&["--url", "http://127.0.0.1:9"]).complaint(1);
    assert!(nobody.starts_with("error: nobody answers at http://127.0.0.1:9; "), "{nobody}");
    let keyless = run(&["--url", "https://shop.example"]).complaint(1);
    assert!(keyless.contains("the demo key is not sent there"), "{keyless}");
    let strange = run(&["--url", "shop"]).complaint(1);
    assert!(strange.starts_with("error: shop is no address of a gateway"), "{strange}");
    assert!(run(&["--token", "tok_visa"]).complaint(2).contains("--execute"));
    let counter = Counter::open();
    let refused = counter.plan(WANTED, &["--key", "acp_nobody"]).complaint(1);
    assert!(refused.starts_with("error: "), "{refused}");
}

/// Has a plan made that waits for a person; tells its id.
async fn planned(client: &mut Client, key: &str) -> String {
    let wish = json!({
        "actions": [{"op": "add", "item_id": HONEY, "quantity": 2}, {"op": "checkout"}],
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
    });
    let made = client.post("/plans", key, &wish).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_plan_is_seen_and_called_off_by_whoever_runs_the_gateway() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut client = gateway.client().await;
    let (first, second) = (planned(&mut client, "1").await, planned(&mut client, "2").await);
    let list = |more: &[&str]| {
        gateway.command(&[&["plans", "list", "--agent", "demo_agent"][..], more].concat())
    };
    let all = list(&[]).fine();
    assert!(all.lines().nth(1).unwrap().starts_with(&second), "the newest in front: {all}");
    assert!(all.contains(&first) && all.contains("needs_approval") && all.contains("21.97 USD"));
    assert_eq!(list(&["--status", "running"]).fine(), "There is no such plan of demo_agent.\n");
    let strange = list(&["--status", "lost"]).complaint(2);
    assert!(strange.contains("needs_approval"), "{strange}");

    let page = gateway.command(&["plans", "show", &first]).fine();
    let head = format!("Plan {first} of demo_agent: needs_approval (assisted).\n");
    assert!(page.starts_with(&head), "{page}");
    assert!(page.contains("order.create") && page.contains("It costs 21.97 USD."), "{page}");
    assert!(!page.contains("ada@") && !page.contains("Pier"), "nobody is named: {page}");
    let elsewhere = gateway.command(&["plans", "show", &first, "--tenant", "x"]).complaint(1);
    assert!(elsewhere.contains("There is no tenant"), "{elsewhere}");

    for _ in 0..2 {
        let off = gateway.command(&["plans", "cancel", &first]).fine();
        assert_eq!(off, format!("Plan {first} of demo_agent is called off.\n"));
    }
    let seen = client.get(&format!("/plans/{first}")).await.unwrap().json();
    assert_eq!((&seen["status"], &seen["reason"]), (&json!("canceled"), &json!("canceled")));
    let other = client.get(&format!("/plans/{second}")).await.unwrap().json();
    assert_eq!(other["status"], "needs_approval", "others are left alone");
    let nothing = "plan_0001_00000000000000000000000001";
    for what in ["show", "cancel"] {
        let complaint = gateway.command(&["plans", what, nothing]).complaint(1);
        assert!(complaint.starts_with("error: "), "{complaint}");
    }
    let acts = gateway.command(&["audit", "list"]).fine();
    assert!(acts.contains("plans.cancel") && acts.contains(&first), "{acts}");
}
