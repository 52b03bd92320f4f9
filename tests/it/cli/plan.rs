//! Plans from the command line, at a gateway that runs.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::app::address;
use crate::support::{Ended, Program, Running};

const WANTED: &str = "two jars of wildflower honey, then check out";
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

    fn plan(&self, arguments: &[&str]) -> Ended {
        let url = format!("http://{}", self.gateway.address());
        let shopper = self.home.path().join("ada.json");
        let program = Program::alone().with(&["plan", WANTED, "--url", &url]);
        program.with(&["--shopper", shopper.to_str().unwrap()]).with(arguments).run()
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
    let page = counter.plan(&[]).fine();
    for said in
        ["Understood: 100 % of the words", "add 2 × ", "Plan pln_", "needs_approval", "total"]
    {
        assert!(page.contains(said), "{said} is missing in: {page}");
    }
    assert!(page.contains("cart.apply") && page.contains("payment.authorize"), "{page}");
    let answer = counter.plan(&["--json"]).json();
    assert_eq!(answer["plan"]["status"], "needs_approval", "{answer:#}");
}

#[tokio::test]
async fn a_plan_under_a_mandate_is_carried_out_and_followed() {
    let counter = Counter::open();
    let mandate = counter.mandate().await;
    let execute = ["--mandate", &mandate, "--token", "tok_visa", "--execute"];
    let page = counter.plan(&execute).fine();
    let place = |said: &str| page.find(said).unwrap_or_else(|| panic!("{said}? {page}"));
    assert!(place("plan.started") < place("payment.authorize   "), "{page}");
    assert!(place("plan.completed") < place("Order ord_"), "{page}");

    let plan: Value = counter.plan(&[&execute[..], &["--json"]].concat()).json();
    assert_eq!(plan["status"], "completed", "{plan:#}");
}

#[test]
fn a_plan_that_waits_for_somebody_ends_with_four() {
    let counter = Counter::open();
    let ended = counter.plan(&["--token", "tok_visa", "--execute"]);
    assert_eq!(ended.code, Some(4), "{ended:#?}");
    assert!(ended.stdout.contains("A person says yes with: POST /plans/pln_"), "{ended:#?}");
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
    let refused = counter.plan(&["--key", "acp_nobody"]).complaint(1);
    assert!(refused.starts_with("error: "), "{refused}");
}
