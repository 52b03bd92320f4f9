use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::bought;
use crate::support::{Program, Running};

fn capturing_later(home: &TempDir) -> Program {
    let config = home.path().join("gateway.toml");
    fs::write(&config, "[payment]\ncapture = \"on_shipment\"\n").unwrap();
    Program::on(home.path()).with(&["--config", config.to_str().unwrap()])
}

/// The run of a session once it waits for somebody.
async fn waiting(gateway: &Running, id: &str) -> Value {
    for _ in 0..500 {
        let page: Value =
            serde_json::from_str(&gateway.command(&["runs", "show", id, "--json"]).fine()).unwrap();
        if page["run"]["step"] == "awaiting_capture" {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("session {id} never waits for a capture");
}

#[tokio::test]
async fn an_order_is_paid_for_when_its_goods_are_on_their_way() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), capturing_later(&home));
    let mut client = gateway.client().await;
    let (id, _) = bought(&mut client, "k").await;
    let page = waiting(&gateway, &id).await;
    let states: Vec<_> = page["payments"].as_array().unwrap().iter().collect();
    assert_eq!((states.len(), &states[1]["state"]), (2, &"authorized".into()), "{page:#}");

    let list = gateway.command(&["runs", "list"]).fine();
    assert!(list.contains("awaiting_capture") && list.contains(&id), "{list}");
    let stuck = gateway.command(&["runs", "list", "--stuck"]).fine();
    assert_eq!(stuck, "There is no completion that needs a person.\n");
    let said = gateway.command(&["runs", "capture", &id]).fine();
    assert!(said.contains("goes on at step capturing"), "{said}");
    for _ in 0..500 {
        if gateway.command(&["runs", "list"]).fine() == "There is no completion under way.\n" {
            break;
        }
    }
    let shown = gateway.command(&["runs", "show", &id]).fine();
    assert!(shown.contains("captured"), "{shown}");
    let denied = gateway.command(&["runs", "retry", &id]).complaint(1);
    assert!(denied.contains("has no completion under way"), "{denied}");
    let clean = gateway.command(&["runs", "reconcile"]).fine();
    assert_eq!(clean, "Looked at 1 payments; every one is accounted for.\n");
}

#[tokio::test]
async fn a_stopped_gateway_does_not_stop_a_capture() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), capturing_later(&home));
    let mut client = gateway.client().await;
    let (id, _) = bought(&mut client, "k").await;
    waiting(&gateway, &id).await;
    gateway.kill();

    let here = || capturing_later(&home);
    here().with(&["runs", "capture", &id]).run().fine();
    let list = here().with(&["runs", "list"]).run().fine();
    assert_eq!(list, "There is no completion under way.\n");
    let shown = here().with(&["runs", "show", &id]).run().fine();
    assert!(shown.contains("captured"), "{shown}");
}
