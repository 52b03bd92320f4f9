//! Who is to understand a text, where there is somebody else than the rules.

use std::sync::{Arc, Mutex};

use acp_core::limits::MODEL_TURNS_MAX;
use acp_core::ports::{Inquiry, ModelFailure, ModelPlanner, Proposal};
use acp_gateway::app::Advisor;
use async_trait::async_trait;
use serde_json::{Value, json};

use super::{ACACIA, begun, key_of, said, shop, shop_with};
use crate::http::app::{TestApp, Wishes};

/// What the model was asked. Each test has a process of its own.
static ASKED: Mutex<Vec<Inquiry>> = Mutex::new(Vec::new());

/// A model that only listens.
struct Listener;

#[async_trait]
impl ModelPlanner for Listener {
    async fn propose(&self, inquiry: &Inquiry) -> Result<Proposal, ModelFailure> {
        ASKED.lock().unwrap().push(inquiry.clone());
        Err(ModelFailure::MinuteSpent)
    }
}

async fn advised() -> Option<TestApp> {
    let dressed = |app: acp_gateway::app::App| app.advised_by(Advisor::model(Arc::new(Listener)));
    shop_with(Wishes { dressed, ..Wishes::default() }).await
}

fn asked() -> Vec<Inquiry> {
    std::mem::take(&mut ASKED.lock().unwrap())
}

#[tokio::test]
async fn a_model_nobody_has_cannot_be_wanted() {
    let Some(app) = shop().await else { return };
    let refused = said(&app, "llm", &json!({"text": "a jar of honey", "planner": "llm"})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid"));
    assert_eq!(refused.body["param"], "$.planner");
    let fine = said(&app, "rules", &json!({"text": "acacia honey", "planner": "rules"})).await;
    assert_eq!(fine.status, 201);
}

#[tokio::test]
async fn who_wants_a_model_gets_it_and_who_wants_the_rules_gets_them() {
    let Some(app) = advised().await else { return };
    let say = async |key: &str, text: &str, planner: Option<&str>| {
        let mut body = json!({"text": text});
        if let Some(planner) = planner {
            body["planner"] = json!(planner);
        }
        let answer = said(&app, key, &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["planner"]), (201, &json!("rules")));
        asked().len()
    };
    assert_eq!(say("a", "add a jar of acacia honey", None).await, 0, "it is clear");
    assert!(say("b", "add a jar of acacia honey", Some("llm")).await > 0);
    let unclear = "something sweet that a bee would recognise for my breakfast table";
    assert!(say("c", unclear, None).await > 0, "the rules do not get far");
    assert_eq!(say("d", unclear, Some("rules")).await, 0);
}

#[tokio::test]
async fn a_model_hears_what_came_of_the_last_texts_and_none_of_their_words() {
    let Some(app) = advised().await else { return };
    let first = begun(&app, "add a jar of acacia honey").await;
    let talk: &Value = &first.body["conversation_id"];
    for place in 0..MODEL_TURNS_MAX + 2 {
        let text = format!("add {} more jars of acacia honey for Grandmother", place % 3 + 2);
        let body = json!({"text": text, "conversation_id": talk, "planner": "llm"});
        let answer = said(&app, &key_of(&format!("{place} {text}")), &body).await;
        assert_eq!(answer.status, 201, "{:#}", answer.body);
    }
    let inquiries = asked();
    let counts: Vec<usize> = inquiries.iter().map(|inquiry| inquiry.turns.len()).collect();
    assert_eq!(counts.first(), Some(&1), "{counts:?}");
    assert_eq!(counts.iter().max(), Some(&MODEL_TURNS_MAX), "{counts:?}");
    let deed = &inquiries[0].turns[0].deeds[0];
    assert_eq!((&*deed.name, deed.items[0].as_str()), ("add", ACACIA));
    let told = inquiries.iter().map(|inquiry| format!("{:?}", inquiry.turns));
    assert!(told.into_iter().all(|turns| !turns.contains("Grandmother")));
}
