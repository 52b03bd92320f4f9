//! Mandates, as operators see them and take them back.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Client, Running};

/// Gives a mandate, and tells its id.
async fn given(client: &mut Client) -> String {
    let wish = json!({
        "agent_ids": ["chatgpt"], "currency": "usd", "max_per_order": 6_000,
        "budget": {"limit": 20_000, "window": "month", "time_zone": "Europe/Rome"},
        "valid_until": a_year_from_now(),
    });
    let made = client.post("/mandates", "give", &wish).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

fn a_year_from_now() -> Value {
    #[expect(clippy::disallowed_methods, reason = "a gateway of its own goes by this clock")]
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = acp_core::time::Timestamp::EPOCH.plus(now);
    let end = now.plus(std::time::Duration::from_hours(365 * 24));
    acp_wire::scalar::DateTime(end).to_string().into()
}

#[tokio::test]
async fn a_mandate_is_seen_and_taken_back_by_whoever_runs_the_gateway() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let nameless = gateway.command(&["keys", "create", "--scope", "principal"]).complaint(2);
    assert!(nameless.contains("--subject"), "{nameless}");
    let create = ["keys", "create", "--scope", "principal", "--subject", "ada", "--json"];
    let made = gateway.command(&create).json();
    assert_eq!((&made["scope"], &made["agent"]), (&json!("principal"), &json!("ada")));
    let mut client = gateway.client().await.with_token(made["token"].as_str().unwrap());
    let id = given(&mut client).await;

    let list = gateway.command(&["mandates", "list", "--principal", "ada"]).fine();
    let row = list.lines().nth(1).unwrap();
    assert!(row.starts_with(&format!("{id}  active  60.00 USD  200.00 USD  month")), "{list}");
    let nobody = gateway.command(&["mandates", "list", "--principal", "eve"]).fine();
    assert_eq!(nobody, "eve has given no mandate.\n");
    let page = gateway.command(&["mandates", "show", &id]).fine();
    assert!(page.starts_with(&format!("Mandate {id}: ada lets chatgpt spend.\n")), "{page}");
    assert!(page.contains("\n200.00 USD is left now.\n"), "{page}");
    let elsewhere = gateway.command(&["mandates", "show", &id, "--tenant", "x"]).complaint(1);
    assert!(elsewhere.contains("There is no tenant"), "{elsewhere}");

    for _ in 0..2 {
        let back = gateway.command(&["mandates", "revoke", &id]).fine();
        assert_eq!(back, format!("Nothing is spent of mandate {id} of ada any more.\n"));
    }
    let seen = client.get(&format!("/mandates/{id}")).await.unwrap().json();
    assert_eq!((&seen["status"], &seen["version"]), (&json!("revoked"), &json!(2)));
    let nothing = "mdt_0001_00000000000000000000000001";
    for what in ["show", "revoke"] {
        let complaint = gateway.command(&["mandates", what, nothing]).complaint(1);
        assert_eq!(complaint, "error: There is no mandate with this id.\n");
    }
    let acts = gateway.command(&["audit", "list"]).fine();
    assert!(acts.contains("mandates.revoke") && acts.contains(&id), "{acts}");
}
