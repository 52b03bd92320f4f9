use serde_json::{Value, json};

use super::{add, begun, conversation, issues, said, shop, went_on};
use crate::http::app::{Answer, TestApp};

const ORGANIC: &str = "eggs-organic-dozen";

/// Picks something in a conversation.
async fn picked(app: &TestApp, before: &Answer, choice: Value) -> Answer {
    let key = super::key_of(&choice.to_string());
    let body = json!({"choice": choice, "conversation_id": before.body["conversation_id"]});
    said(app, &key, &body).await
}

#[tokio::test]
async fn what_is_picked_is_what_the_words_would_have_led_to() {
    let Some(app) = shop().await else { return };
    let asked = begun(&app, "eggs please").await;
    let by_choice = picked(&app, &asked, json!({"item_id": ORGANIC})).await;
    assert_eq!(by_choice.status, 201, "{:#}", by_choice.body);
    let asked = begun(&app, "please, eggs").await;
    let by_words = went_on(&app, &asked, "the organic ones").await;
    assert_eq!(by_choice.body["actions"], json!([add(ORGANIC, 1)]));
    for member in ["status", "actions", "questions", "issues", "items", "coverage", "planner"] {
        assert_eq!(by_choice.body[member], by_words.body[member], "{member}");
    }
    let lines = |answer: &Answer| answer.body["plan"]["lines"].clone();
    assert_eq!(lines(&by_choice), lines(&by_words));
    assert_eq!(by_choice.body["understanding"], json!([]), "there are no words to show");
    let talk = app.get(&conversation(&by_choice)).send().await;
    assert_eq!(talk.body.get("open_question"), None);
    assert_eq!(talk.body["turn_count"], 2);

    let again = picked(&app, &by_choice, json!({"item_id": ORGANIC})).await;
    assert_eq!(again.raw, by_choice.raw, "the same call again");
    let other = picked(&app, &by_choice, json!({"item_id": ORGANIC, "quantity": 2})).await;
    assert_eq!(other.status, 400, "nothing is asked any more");
}

#[tokio::test]
async fn so_many_of_it_can_be_picked_as_there_are() {
    let Some(app) = shop().await else { return };
    let asked = begun(&app, "eggs please").await;
    let three = picked(&app, &asked, json!({"item_id": ORGANIC, "quantity": 3})).await;
    assert_eq!(three.body["actions"], json!([add(ORGANIC, 3)]), "{:#}", three.body);

    app.count(ORGANIC, 0).await;
    let asked = begun(&app, "how about six eggs").await;
    if asked.body["questions"][0]["candidates"].as_array().is_some_and(|it| it.len() > 1) {
        let gone = picked(&app, &asked, json!({"item_id": ORGANIC})).await;
        assert_eq!(issues(&gone), ["unavailable"], "{:#}", gone.body);
    }
}

#[tokio::test]
async fn nothing_else_than_what_was_offered_can_be_picked() {
    let Some(app) = shop().await else { return };
    let asked = begun(&app, "eggs please").await;
    for item in ["honey-acacia-350g", "nothing-is-called-so", ""] {
        let refused = picked(&app, &asked, json!({"item_id": item})).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid"), "{item}");
        assert_eq!(refused.body["param"], "$.choice.item_id");
    }
    let talk = app.get(&conversation(&asked)).send().await;
    assert!(talk.body["open_question"].is_object(), "the question still waits");
    let nowhere = json!({"choice": {"item_id": ORGANIC}});
    assert_eq!(said(&app, "nowhere", &nowhere).await.status, 400);
    let both = json!({"choice": {"item_id": ORGANIC}, "text": "the organic ones"});
    assert_eq!(said(&app, "both", &both).await.body["param"], "$.choice");
}
