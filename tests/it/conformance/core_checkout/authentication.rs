use serde_json::json;

use crate::conformance::agent::{Agent, Answer};
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish};
use crate::conformance::world::World;

const CHALLENGED: &str = "tok_requires_3ds";

async fn challenged(agent: &mut Agent) -> Answer {
    let ready = agent.ready().await;
    let told = agent.complete(ready.id(), &Payment::with(CHALLENGED)).await;
    told.is(200);
    told
}

pub(super) async fn a_challenge_is_told() {
    let world = World::open();
    for version in Version::tried() {
        let told = challenged(&mut world.agent(version).await).await;
        told.stands("authentication_required");
        assert_eq!(told.body.get("order"), None, "{told}");
        if version == Version::V2025_09_29 {
            // This version has no status for it, but a message.
            assert_eq!(told.message("requires_3ds")["type"], "error", "{told}");
        }
        let read = world.agent(version).await.read(told.id()).await;
        assert_eq!(read.body, told.body, "{version}");
    }
}

pub(super) async fn a_challenge_says_whom_to_ask() {
    let world = World::open();
    for version in Version::V2025_12_12.since() {
        let told = challenged(&mut world.agent(version).await).await;
        let metadata = &told.body["authentication_metadata"];
        for member in ["acquirer_bin", "acquirer_country", "acquirer_merchant_id", "merchant_name"]
        {
            assert!(metadata["acquirer_details"][member].is_string(), "{member} of {told}");
        }
        let servers = ["american_express", "mastercard", "visa"];
        let server = metadata["directory_server"].as_str().unwrap_or_default();
        assert!(servers.contains(&server), "{told}");
        if version < Version::V2026_04_17 {
            assert_eq!(metadata["channel"]["type"], "browser", "{told}");
        }
        let ready = world.agent(version).await.ready().await;
        assert_eq!(ready.body.get("authentication_metadata"), None, "{ready}");
    }
}

pub(super) async fn a_challenge_wants_its_result() {
    let world = World::open();
    for version in Version::V2025_12_12.since() {
        let mut agent = world.agent(version).await;
        let told = challenged(&mut agent).await;
        let refused = agent.complete(told.id(), &Payment::with(CHALLENGED)).await;
        refused.is_refusal(400, "requires_3ds");
        assert_eq!(refused.body["type"], "invalid_request", "{refused}");
        assert_eq!(refused.param(), "$.authentication_result", "{refused}");
        agent.read(told.id()).await.stands("authentication_required");

        let failed = if version == Version::V2026_01_16 { "failed" } else { "denied" };
        let denied = Payment::with(CHALLENGED).authenticated_as(failed);
        let denied = agent.complete(told.id(), &denied).await;
        denied.is(200);
        denied.stands("ready_for_payment");
        assert_eq!(denied.message("payment_declined")["type"], "error", "{denied}");

        let told = challenged(&mut agent).await;
        let shown = Payment::with(CHALLENGED).authenticated_as("authenticated");
        let paid = agent.complete(told.id(), &shown).await;
        paid.is(200);
        paid.stands("completed");
    }
}

pub(super) async fn a_demand_that_cannot_be_met_is_told() {
    let world = World::with("[payment]\nthree_ds = \"always\"\n");
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let unable = json!({"interventions": {"supported": []}});
        let opened = agent.opened(&Wish::basket().capabilities(unable)).await;
        let told = agent.changed(opened.id(), &Wish::basket().by_standard_shipping()).await;
        told.stands("not_ready_for_payment");
        assert_eq!(told.message("intervention_required")["type"], "error", "{told}");
        let demanded = &told.body["capabilities"]["interventions"];
        assert_eq!(demanded["required"], json!(["3ds"]), "{told}");
        assert_eq!(demanded["enforcement"], "always", "{told}");
        assert_eq!(demanded["supported"], json!([]), "{told}");

        let able = agent.ready().await;
        let about = |answer: &Answer, code| answer.messages().iter().any(|one| one["code"] == code);
        assert!(!about(&able, "intervention_required"), "{able}");
    }
    drop(world);
    // What is demanded only now and then stops nobody beforehand.
    let world = World::with("[payment]\nthree_ds = \"conditional\"\n");
    for version in Version::V2026_01_30.since() {
        let unable = json!({"interventions": {"supported": []}});
        let wish = Wish::basket().capabilities(unable);
        let ready = world.agent(version).await.ready_with(&wish).await;
        assert_eq!(ready.body["capabilities"]["interventions"]["enforcement"], "conditional");
    }
}
