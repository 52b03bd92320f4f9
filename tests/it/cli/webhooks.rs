//! The operator says where agents are told of their orders.

use acp_mocks::faults::Faults;
use acp_mocks::receiver::{ReceiverMock, Settings};
use acp_mocks::server::Mock as _;
use tempfile::TempDir;

use crate::support::{Program, Running};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_opens_tries_and_removes_an_endpoint() {
    let listener = ReceiverMock::start(Settings::default()).await.unwrap();
    let url = format!("{}/agentic_checkout/webhooks/order_events", listener.url());
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("WEBHOOKS__LOCAL_HTTP", "true");
    let gateway = Running::start_as(home.path(), program);
    let webhooks = |arguments: &[&str]| gateway.command(&[&["webhooks"], arguments].concat());

    let said = webhooks(&["add", "--agent", "robo", &url]).fine();
    assert!(said.contains("robo is told of its orders at"), "{said}");
    assert!(said.contains("whsec_") && said.contains("is not shown again"), "{said}");
    let listed = webhooks(&["list", "--agent", "robo", "--json"]).json();
    let endpoint = &listed["endpoints"][0];
    assert_eq!((&endpoint["url"], &endpoint["state"]), (&url.as_str().into(), &"active".into()));
    assert_eq!(endpoint["secret"], serde_json::Value::Null, "it was told once");
    let id = endpoint["id"].as_str().unwrap();
    assert!(webhooks(&["list"]).fine().contains(id));
    let others = webhooks(&["list", "--agent", "nobody", "--json"]).json();
    assert_eq!(others["endpoints"], serde_json::json!([]));

    let key = gateway
        .command(&["keys", "create", "--scope", "agent", "--agent", "robo", "--json"])
        .json();
    let revoked = gateway.command(&["keys", "revoke", key["id"].as_str().unwrap()]).fine();
    assert!(revoked.contains(&format!("acp-gateway webhooks remove {id}")), "{revoked}");

    assert!(webhooks(&["test", id]).fine().starts_with("It took it: it answered 200"));
    let away = Faults { unavailable_ratio: 1.0, ..Faults::default() };
    listener.switches().set_faults(away).unwrap();
    let said = webhooks(&["test", id]).fine();
    assert!(said.starts_with("It did not take it: it answered 503"), "{said}");
    assert!(webhooks(&["dead", id]).fine().contains("Nothing is kept back"));
    assert!(webhooks(&["replay", id]).fine().contains("0 orders"));
    assert!(webhooks(&["remove", id]).fine().contains("is told nothing at"));
    let complaint = webhooks(&["test", id]).complaint(1);
    assert!(complaint.contains("There is no webhook endpoint"), "{complaint}");
    let inner = "https://10.0.0.1/hooks";
    let complaint = webhooks(&["add", "--agent", "robo", inner]).complaint(1);
    assert!(complaint.contains("Nothing can be told at this address"), "{complaint}");
}
