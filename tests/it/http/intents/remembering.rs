use std::collections::BTreeSet;
use std::time::Duration;

use acp_gateway::app::App;
use serde_json::json;

use super::{ACACIA, Answer, add, begun, conversation, said, shop, shop_with, went_on};
use crate::http::app::Wishes;
use crate::http::held::Holdup;

#[tokio::test]
async fn a_sentence_that_is_repeated_is_said_once() {
    let Some(app) = shop().await else { return };
    let body = json!({"text": "a jar of acacia honey"});
    let first = said(&app, "k", &body).await;
    let again = said(&app, "k", &body).await;
    assert!(again.is_replay() && !first.is_replay());
    assert_eq!(again.raw, first.raw);
    let other = said(&app, "k", &json!({"text": "a mug"})).await;
    assert_eq!((other.status.as_u16(), other.code()), (422, "idempotency_conflict"));

    let more = went_on(&app, &first, "make it two").await;
    let again = went_on(&app, &first, "make it two").await;
    assert!(again.is_replay());
    assert_eq!(again.raw, more.raw);
    let talk = app.get(&conversation(&first)).send().await;
    assert_eq!(talk.body["turn_count"], 2);
    assert_eq!(talk.body["basket"], json!([{"item_id": ACACIA, "quantity": 2}]));

    let empty = said(&app, "empty", &json!({"text": " "})).await;
    let again = said(&app, "empty", &json!({"text": " "})).await;
    assert_eq!((empty.code(), again.is_replay()), ("text_empty", true), "refusals are kept, too");
}

#[tokio::test]
async fn an_erased_conversation_is_gone_with_its_answers() {
    let Some(app) = shop().await else { return };
    let body = json!({"text": "a jar of acacia honey to 12 Elm Street, Springfield, IL 62701"});
    let first = said(&app, "k", &body).await;
    let path = conversation(&first);
    let shown = app.get(&path).send().await;
    assert_eq!(shown.body["turns"][0]["intent_id"], first.body["id"]);
    let erased = app.ask("DELETE", &path).send().await;
    assert_eq!(erased.status, 200, "{:#}", erased.body);
    let id = &first.body["conversation_id"];
    assert_eq!(erased.body, json!({"id": id, "erased": true}));
    for answer in [app.get(&path).send().await, app.ask("DELETE", &path).send().await] {
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"));
    }
    let more = said(&app, "more", &json!({"text": "two", "conversation_id": id})).await;
    assert_eq!((more.status.as_u16(), more.code()), (404, "not_found"));
    let anew = said(&app, "k", &body).await;
    assert!(!anew.is_replay(), "the answer is not kept any longer");
    assert_ne!(anew.body["conversation_id"], *id);
}

#[tokio::test]
async fn a_conversation_is_forgotten_a_day_after_its_last_sentence() {
    let Some(app) = shop().await else { return };
    let first = begun(&app, "a jar of acacia honey").await;
    app.clock.advance(Duration::from_hours(23));
    let second = went_on(&app, &first, "make it two").await;
    assert_ne!(first.body["expires_at"], second.body["expires_at"]);
    app.clock.advance(Duration::from_hours(23));
    assert_eq!(app.get(&conversation(&first)).send().await.status, 200);
    app.clock.advance(Duration::from_hours(1));
    let late = app.get(&conversation(&first)).send().await;
    assert_eq!((late.status.as_u16(), late.code()), (404, "not_found"));
}

#[tokio::test]
async fn what_was_said_is_kept_only_where_somebody_wants_it() {
    let text = "a jar of acacia honey, call 555 010 9999 or ada@example.com";
    let Some(app) = shop().await else { return };
    let talk = app.get(&conversation(&begun(&app, text).await)).send().await;
    assert_eq!(talk.body["turns"][0].get("text"), None, "{:#}", talk.body);
    let wishes = Wishes { dressed: App::keeping_texts, ..Wishes::default() };
    let Some(app) = shop_with(wishes).await else { return };
    let talk = app.get(&conversation(&begun(&app, text).await)).send().await;
    let kept = "a jar of acacia honey, call [number] or [mail]";
    assert_eq!(talk.body["turns"][0]["text"], kept);
}

#[tokio::test]
async fn sentences_of_one_moment_do_not_lose_each_other() {
    let Some(app) = shop().await else { return };
    let first = begun(&app, "a jar of acacia honey").await;
    let texts = ["one plush otter", "one dune vase", "one cedar candle"];
    let all = texts.map(|text| went_on(&app, &first, text));
    futures_util::future::join_all(all).await;
    let talk = app.get(&conversation(&first)).send().await;
    assert_eq!(talk.body["turn_count"], 4);
    assert_eq!(talk.body["basket"].as_array().unwrap().len(), 4, "{:#}", talk.body);
    let more = went_on(&app, &first, "another jar of acacia honey").await;
    assert_eq!(more.body["actions"], json!([add(ACACIA, 1)]));
}

#[tokio::test]
async fn a_sentence_that_is_read_anew_leaves_no_plan_nobody_has_heard_of() {
    let holdup = Holdup::default();
    let wishes = Wishes { holdup: holdup.clone(), ..Wishes::default() };
    let Some(app) = shop_with(wishes).await else { return };
    let plan_of = |said: &Answer| said.body["plan"]["id"].as_str().unwrap().to_owned();
    let first = begun(&app, "a jar of acacia honey").await;
    let looking = holdup.of("/p");
    let meanwhile = async {
        looking.reached().await;
        let faster = went_on(&app, &first, "one plush otter").await;
        looking.open();
        faster
    };
    let (slower, faster) = tokio::join!(went_on(&app, &first, "one dune vase"), meanwhile);
    assert_eq!(slower.body["plan"]["lines"].as_array().unwrap().len(), 3, "{:#}", slower.body);
    let listed = app.get("/plans").send().await.body;
    let id = |plan: &serde_json::Value| plan["id"].as_str().unwrap().to_owned();
    let listed: BTreeSet<_> = listed["plans"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(listed, BTreeSet::from([&first, &faster, &slower].map(plan_of)));
}
