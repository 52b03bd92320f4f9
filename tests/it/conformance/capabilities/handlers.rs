use serde_json::{Value, json};

use crate::conformance::agent::{Answer, Ask, SESSIONS};
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish};
use crate::conformance::world::World;

/// The payment handlers a session offers.
pub(super) fn handlers(answer: &Answer) -> &[Value] {
    let handlers = answer.body["capabilities"]["payment"]["handlers"].as_array();
    handlers.map(Vec::as_slice).unwrap_or_default()
}

pub(super) async fn there_is_a_way_to_pay() {
    let world = World::open();
    for version in Version::tried() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        if version.has_capabilities() {
            assert!(!handlers(&opened).is_empty(), "{opened}");
            continue;
        }
        let provider = &opened.body["payment_provider"];
        assert_eq!(provider["provider"], "stripe", "{opened}");
        let methods = provider["supported_payment_methods"].as_array().unwrap();
        let kind = |method: &Value| method.get("type").unwrap_or(method).clone();
        assert_eq!(methods.iter().map(kind).collect::<Vec<_>>(), [json!("card")], "{opened}");
        assert_eq!(opened.body.get("capabilities"), None, "{opened}");
    }
}

pub(super) async fn only_offered_handlers_are_taken() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        for payment in [
            Payment::with("tok_visa").over("nobodys_handler", "card"),
            Payment::with("tok_visa").over("points_ada", "seller_backed_points"),
            Payment::with("tok_visa").over("card_tokenized", "bank_account"),
        ] {
            let refused = agent.complete(ready.id(), &payment).await;
            refused.is(400);
            assert!(refused.param().starts_with("$.payment_data"), "{refused}");
            agent.read(ready.id()).await.stands("ready_for_payment");
        }
    }
    for version in Version::V2026_01_16.until() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let path = format!("{}/{}/complete", SESSIONS, ready.id());
        let body = json!({"payment_data": {"token": "tok_visa", "provider": "paypal"}});
        let refused = agent.send(Ask::post(&path, &body)).await;
        refused.is(400);
        assert!(refused.param().starts_with("$.payment_data"), "{refused}");
    }
}

pub(super) async fn a_handler_says_everything() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        for handler in handlers(&opened) {
            let text = |member: &str| handler[member].as_str().unwrap_or_default();
            let is_id = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            assert!(
                (1..=64).contains(&text("id").len()) && text("id").chars().all(is_id),
                "{opened}"
            );
            assert!(text("name").contains('.'), "named like a domain, in reverse: {opened}");
            for member in ["spec", "config_schema"] {
                assert!(text(member).starts_with("https://"), "{member} of {opened}");
            }
            let schemas = handler["instrument_schemas"].as_array().unwrap();
            assert!(!schemas.is_empty(), "{opened}");
            let is_for_newer = handler.get("display_name").or(handler.get("display_order"));
            if version < Version::V2026_04_17 {
                assert_eq!(is_for_newer, None, "no word of this version: {opened}");
            }
        }
    }
}

pub(super) async fn a_handler_names_shop_and_provider() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        for handler in handlers(&opened) {
            let config = &handler["config"];
            let merchant = config["merchant_id"].as_str().unwrap_or_default();
            assert!((1..=256).contains(&merchant.len()), "{opened}");
            assert!(handler["psp"].as_str().is_some_and(|psp| !psp.is_empty()), "{opened}");
            assert_eq!(config["psp"], handler["psp"], "{opened}");
        }
        let card = handlers(&opened).iter().find(|one| one["id"] == "card_tokenized").unwrap();
        assert_eq!(card["name"], "dev.acp.tokenized.card", "{opened}");
        assert!(!card["config"]["accepted_brands"].as_array().unwrap().is_empty(), "{opened}");
    }
}

pub(super) async fn a_raw_credential_is_refused() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        for kind in ["agentic_token", "card", "pan", "network_token"] {
            let raw = Payment::with("tok_visa").credential(kind);
            let refused = agent.complete(ready.id(), &raw).await;
            refused.is(400);
            let about = "$.payment_data.instrument.credential";
            assert!(refused.param().starts_with(about), "{refused}");
        }
        agent.read(ready.id()).await.stands("ready_for_payment");
    }
}

pub(super) async fn payments_are_delegated() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        for handler in handlers(&opened) {
            assert_eq!(handler["requires_delegate_payment"], true, "{opened}");
            assert_eq!(handler["requires_pci_compliance"], false, "{opened}");
        }
    }
}
