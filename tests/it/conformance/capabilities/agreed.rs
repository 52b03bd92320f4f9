use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::conformance::agent::{Answer, Ask, SESSIONS};
use crate::conformance::discounts::PROMOTIONS;
use crate::conformance::reading::walk;
use crate::conformance::tour::sessions;
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish};
use crate::conformance::world::World;

/// Since when agents and shops tell each other what they can do.
const FIRST: Version = Version::V2026_01_30;

fn able(supported: &[&str]) -> Value {
    json!({"interventions": {"supported": supported}})
}

fn supported(answer: &Answer) -> BTreeSet<String> {
    let supported = answer.body["capabilities"]["interventions"]["supported"].as_array();
    let texts = supported.into_iter().flatten().map(|one| one.as_str().unwrap().to_owned());
    texts.collect()
}

pub(super) async fn every_session_says_what_both_can() {
    let world = World::open();
    for version in FIRST.since() {
        for answer in sessions(&world, version).await {
            let capabilities = &answer.body["capabilities"];
            assert!(capabilities["payment"]["handlers"].is_array(), "{answer}");
            assert!(capabilities["interventions"].is_object(), "{answer}");
        }
    }
}

pub(super) async fn what_is_supported_is_what_both_can() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let all = ["3ds", "biometric", "address_verification"];
        let shop = agent.opened(&Wish::basket().capabilities(able(&all))).await;
        let shop = supported(&shop);
        assert!(shop.contains("3ds"), "{version}: cards may need it");
        for set in [&[][..], &all[..1], &all[1..2], &all[2..], &all[..2], &all[1..], &all] {
            let told = agent.opened(&Wish::basket().capabilities(able(set))).await;
            let both = set.iter().map(|&one| one.to_owned()).filter(|one| shop.contains(one));
            assert_eq!(supported(&told), both.collect(), "{told}");
            assert_eq!(supported(&agent.read(told.id()).await), supported(&told), "{told}");
        }
        let silent = agent.opened(&Wish::basket().capabilities(json!({}))).await;
        assert!(supported(&silent).is_empty(), "{silent}");
    }
}

pub(super) async fn unknown_capabilities_are_passed_over() {
    let world = World::open();
    for version in FIRST.since() {
        let capabilities = json!({
            "interventions": {
                "supported": ["passkey", "3ds"], "display_context": "hologram", "mood": "good",
            },
            "extensions": ["com.example.telepathy", "loyalty@2030-01-01"],
            "payment_methods": ["card"],
            "teleportation": {"range": 7},
        });
        let mut agent = world.agent(version).await;
        let told = agent.opened(&Wish::basket().capabilities(capabilities)).await;
        assert_eq!(supported(&told), ["3ds".to_owned()].into(), "{told}");
        for unknown in ["passkey", "hologram", "mood", "telepathy", "loyalty", "teleportation"] {
            assert!(!told.raw.contains(unknown), "{unknown} in {told}");
        }
    }
}

pub(super) async fn claims_of_an_agent_switch_nothing_off() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let mut demanded = Vec::new();
        for capabilities in [json!({}), able(&[]), able(&["3ds"])] {
            let ready = agent.ready_with(&Wish::basket().capabilities(capabilities)).await;
            let interventions = ready.body["capabilities"]["interventions"].clone();
            demanded
                .push((interventions["enforcement"].clone(), interventions["required"].clone()));
            let told = agent.complete(ready.id(), &Payment::with("tok_requires_3ds")).await;
            assert_ne!(told.body["status"], "completed", "{told}");
            assert_eq!(told.body.get("order"), None, "{told}");
        }
        assert!(demanded.windows(2).all(|pair| pair[0] == pair[1]), "{version}: {demanded:?}");
    }
}

pub(super) async fn an_agent_that_cannot_go_on_is_told() {
    let world = World::with("[payment]\nthree_ds = \"always\"\n");
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let told = agent.opened(&Wish::basket().capabilities(able(&["biometric"]))).await;
        let told = agent.changed(told.id(), &Wish::basket().by_standard_shipping()).await;
        let message = told.message("intervention_required");
        assert!(message["content"].as_str().is_some_and(|text| !text.is_empty()), "{told}");
        let refused = agent.complete(told.id(), &Payment::with("tok_visa")).await;
        refused.is_refusal(400, "session_not_ready");
    }
}

pub(super) async fn the_surroundings_of_the_agent_are_not_repeated() {
    let world = World::open();
    for version in FIRST.since() {
        let capabilities = json!({"interventions": {
            "supported": ["3ds"], "display_context": "webview", "redirect_context": "in_app",
            "max_redirects": 1, "max_interaction_depth": 2,
        }});
        let told =
            world.agent(version).await.opened(&Wish::basket().capabilities(capabilities)).await;
        for member in
            ["display_context", "redirect_context", "max_redirects", "max_interaction_depth"]
        {
            assert!(!told.raw.contains(member), "{member} in {told}");
        }
    }
}

fn naming(extensions: &[&str]) -> Value {
    json!({"interventions": {"supported": ["3ds"]}, "extensions": extensions})
}

/// The extensions a session says are in use.
fn in_use(answer: &Answer) -> Vec<Value> {
    answer.body["capabilities"]["extensions"].as_array().cloned().unwrap_or_default()
}

fn name(extension: &Value) -> &str {
    let name = extension["name"].as_str().unwrap_or_default();
    name.split('@').next().unwrap_or_default()
}

pub(super) async fn a_named_extension_is_switched_on() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        for asked in ["discount", "discount@2026-01-27"] {
            let wish = Wish::basket().capabilities(naming(&[asked, "com.example.other"]));
            let told = agent.opened(&wish).await;
            let [extension] = in_use(&told).try_into().unwrap_or_else(|_| panic!("{told}"));
            assert_eq!(name(&extension), "discount", "{told}");
            let extends = extension["extends"].as_array().cloned().unwrap_or_default();
            assert!(extends.contains(&json!("$.CheckoutSession.discounts")), "{told}");
            assert_eq!(in_use(&agent.read(told.id()).await), [extension], "{told}");
        }
        let wish = Wish::basket().capabilities(naming(&["com.example.other"]));
        let unknown = agent.opened(&wish).await;
        assert_eq!(in_use(&unknown), [] as [Value; 0], "{unknown}");
    }
}

pub(super) async fn no_extension_is_fine_too() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        for capabilities in [json!({}), able(&["3ds"]), naming(&[])] {
            let told =
                world.agent(version).await.opened(&Wish::basket().capabilities(capabilities)).await;
            assert_eq!(told.body["capabilities"].get("extensions"), None, "{told}");
            assert_eq!(told.body.get("discounts"), None, "{told}");
        }
    }
}

pub(super) async fn schemas_of_extensions_are_fetched_safely() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let wish = Wish::basket().capabilities(naming(&["discount"]));
        let told = world.agent(version).await.opened(&wish).await;
        for extension in in_use(&told) {
            walk(&extension, "", &mut |name, value| {
                if ["schema", "spec"].contains(&name) {
                    let url = value.as_str().unwrap_or_default();
                    assert!(url.starts_with("https://"), "{name} {url} in {told}");
                }
            });
            assert!(extension["schema"].is_string(), "{told}");
        }
        assert_eq!(in_use(&told).len(), 1, "{told}");
    }
}

pub(super) async fn extensions_leave_the_core_alone() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let members = |answer: &Answer| -> BTreeSet<String> {
            let members = answer.body.as_object().unwrap().keys().cloned();
            members.filter(|member| member != "discounts").collect()
        };
        let plain = agent.opened(&Wish::basket()).await;
        let wish = Wish::basket().capabilities(naming(&["discount"]));
        let extended = agent.opened(&wish.and("discounts", json!({"codes": ["WELCOME10"]}))).await;
        assert_eq!(members(&extended), members(&plain), "{extended}");
        // The agent holds both against the schema, which lists what the core requires.
    }
}

pub(super) async fn members_of_extensions_are_checked() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        for (discounts, about) in [
            (json!({"codes": "WELCOME10"}), "$.discounts.codes"),
            (json!({"codes": [7]}), "$.discounts.codes[0]"),
            (json!({"codes": ["WELCOME10", null]}), "$.discounts.codes[1]"),
            (json!("WELCOME10"), "$.discounts"),
        ] {
            let body = Wish::basket().and("discounts", discounts).create_body(version);
            let refused = agent.send(Ask::post(SESSIONS, &body)).await;
            refused.is_refusal(400, "invalid_type");
            assert_eq!(refused.param(), about, "{refused}");
        }
    }
}

pub(super) async fn names_of_extensions_have_a_form() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let wish = Wish::basket().capabilities(naming(&["discount", "com.example.other"]));
        let told = world.agent(version).await.opened(&wish).await;
        for extension in in_use(&told) {
            let is_ours = name(&extension) == "discount";
            assert!(is_ours || name(&extension).contains('.'), "{told}");
        }
    }
}
