use acp_core::principal::Scope;
use serde_json::json;

use super::{ACACIA, add, begun, conversation, issues, said, shop, went_on};
use crate::http::app::{HONEY, TestApp, payment};

#[tokio::test]
async fn a_sentence_becomes_actions() {
    let Some(app) = shop().await else { return };
    let text = "two jars of acacia honey and a mustard beanie, please";
    let answer = begun(&app, text).await;
    let actions = json!([add(ACACIA, 2), add("beanie-fisher-mustard", 1)]);
    assert_eq!(answer.body["actions"], actions, "{:#}", answer.body);
    for (field, value) in [
        ("status", json!("ready")),
        ("language", json!("en")),
        ("planner", json!("rules")),
        ("coverage", json!(1.0)),
        ("confidence", json!("high")),
        ("questions", json!([])),
        ("issues", json!([])),
    ] {
        assert_eq!(answer.body[field], value, "{field}");
    }
    assert_eq!(answer.headers["location"], conversation(&answer).as_str());
    let items = answer.body["items"].as_array().unwrap();
    let honey = items.iter().find(|item| item["item_id"] == ACACIA).unwrap();
    assert_eq!((&honey["title"], &honey["in_stock"]), (&json!("Acacia Honey 350 g"), &json!(true)));
    let spans = answer.body["understanding"].as_array().unwrap();
    let said: Vec<String> = spans.iter().map(|it| part(text, &it["span"])).collect();
    assert!(said.iter().any(|part| part.contains("acacia honey")), "{said:?}");
    assert!(!String::from_utf8_lossy(&answer.raw).contains(text), "nothing repeats the text");
}

fn part(text: &str, span: &serde_json::Value) -> String {
    let place = |at: usize| usize::try_from(span[at].as_u64().unwrap()).unwrap();
    text.chars().skip(place(0)).take(place(1) - place(0)).collect()
}

#[tokio::test]
async fn places_are_counted_in_characters() {
    let Some(app) = shop().await else { return };
    let text = "… “a jar of acacia honey”, s’il vous… please";
    let answer = begun(&app, text).await;
    let spans = answer.body["understanding"].as_array().unwrap();
    let honey = "jar of acacia honey";
    assert!(spans.iter().any(|it| part(text, &it["span"]) == honey), "{:#}", answer.body);
}

#[tokio::test]
async fn a_question_is_answered_by_the_next_sentence() {
    let Some(app) = shop().await else { return };
    let asked = begun(&app, "eggs please").await;
    assert_eq!((&asked.body["status"], issues(&asked)), (&json!("needs_input"), vec!["clarify"]));
    assert_eq!(asked.body["actions"], json!([]));
    let question = &asked.body["questions"][0];
    let candidates = json!(["eggs-free-range-dozen", "eggs-organic-dozen"]);
    assert_eq!(question["candidates"], candidates);
    assert_eq!((&question["id"], &question["free_text"]), (&json!("q1"), &json!(true)));
    assert_eq!(asked.body["items"].as_array().unwrap().len(), 2);

    let told = went_on(&app, &asked, "the organic ones").await;
    assert_eq!(told.body["actions"], json!([add("eggs-organic-dozen", 1)]), "{:#}", told.body);
    let talk = app.get(&conversation(&told)).send().await;
    assert_eq!(talk.body.get("open_question"), None);
    assert_eq!(talk.body["turn_count"], 2);
}

#[tokio::test]
async fn without_a_cart_a_conversation_goes_by_what_was_said() {
    let Some(app) = shop().await else { return };
    let first = begun(&app, "a jar of acacia honey").await;
    let second = went_on(&app, &first, "make it three").await;
    let three = json!([{"op": "set_qty", "item_id": ACACIA, "quantity": 3}]);
    assert_eq!(second.body["actions"], three, "{:#}", second.body);
    let talk = app.get(&conversation(&first)).send().await;
    assert_eq!(talk.body["basket"], json!([{"item_id": ACACIA, "quantity": 3}]));
    assert_eq!(talk.body["spoken_of"], json!([ACACIA]));
    let paid = went_on(&app, &first, "check out").await;
    assert_eq!(paid.body["actions"], json!([{"op": "checkout"}]));
    let again = went_on(&app, &first, "check out now").await;
    assert_eq!(again.body["actions"], json!([{"op": "checkout"}]), "it is not paid for yet");
    let lines = &again.body["plan"]["lines"];
    assert_eq!((&lines[0]["item_id"], &lines[0]["quantity"]), (&json!(ACACIA), &json!(3)));
}

#[tokio::test]
async fn the_cart_that_is_named_is_what_is_spoken_of() {
    let Some(app) = shop().await else { return };
    let goods = json!({"line_items": [{"id": HONEY, "quantity": 2}, {"id": "plush-otter"}]});
    let cart = app.post("/carts", &goods).key("cart").send().await;
    let body = json!({"text": "take one jar of honey out", "cart_id": cart.id()});
    let first = said(&app, "first", &body).await;
    let one = json!([{"op": "remove", "item_id": HONEY, "quantity": 1}]);
    assert_eq!(first.body["actions"], one, "{:#}", first.body);
    let talk = app.get(&conversation(&first)).send().await;
    assert_eq!((&talk.body["cart_id"], &talk.body["basket"]), (&json!(cart.id()), &json!([])));

    // The cart itself is as it was: nothing was done to it.
    let second = went_on(&app, &first, "remove the honey").await;
    assert_eq!(second.body["actions"], json!([{"op": "remove", "item_id": HONEY}]));
    app.post(&format!("/carts/{}/cancel", cart.id()), &json!({})).key("cancel").send().await;
    let third = went_on(&app, &first, "remove the otter").await;
    assert_eq!(issues(&third), ["empty_cart"], "a cart that is gone holds nothing");
}

#[tokio::test]
async fn a_session_is_spoken_of_with_its_deliveries_and_its_order() {
    let Some(app) = shop().await else { return };
    let session = app.ready("session").await;
    let body = json!({"text": "ship it express", "session_id": session});
    let first = said(&app, "first", &body).await;
    let express = json!([{"op": "set_delivery", "option_id": "express"}]);
    assert_eq!(first.body["actions"], express, "{:#}", first.body);

    let placed = app.complete(&session, "tok_visa").key("pay").send().await;
    let order = placed.body["order"]["id"].as_str().unwrap();
    let asked = went_on(&app, &first, "where is my last order?").await;
    assert_eq!(asked.body["actions"][0]["op"], "order_status", "{:#}", asked.body);
    let talk = app.get(&conversation(&first)).send().await;
    assert_eq!(talk.body["order_ids"], json!([order]));
    assert_eq!(talk.body.get("session_id"), None, "a session that has ended is let go of");
    let named = begun(&app, &format!("cancel order {order}")).await;
    assert_eq!(named.body["actions"], json!([{"op": "cancel_order", "order_id": order}]));
}

#[tokio::test]
async fn orders_of_others_are_not_spoken_of() {
    let Some(app) = shop().await else { return };
    let session = app.ready("session").await;
    let placed = app.post(&format!("/checkout_sessions/{session}/complete"), &payment("tok_visa"));
    let placed = placed.key("pay").send().await;
    let order = placed.body["order"]["id"].as_str().unwrap();
    // Another shopper of the same agent has no orders unless the agent says so.
    let other = begun(&app, "cancel my last order").await;
    assert_eq!((&other.body["actions"], issues(&other)), (&json!([]), vec!["not_found"]));
    let body = json!({"text": "cancel my last order", "order_ids": [order]});
    let own = said(&app, "own", &body).await;
    assert_eq!(own.body["actions"][0]["op"], "cancel_order", "{:#}", own.body);

    let stranger = app.key_of("stranger", Scope::Agent).await;
    let theirs = app.post("/intents", &body).token(&stranger).send().await;
    assert_eq!((theirs.status.as_u16(), theirs.code()), (404, "order_not_found"));
    let named = json!({"text": format!("cancel order {order}")});
    let named = app.post("/intents", &named).token(&stranger).key("named").send().await;
    assert_eq!(named.body["actions"], json!([]), "{:#}", named.body);
}

#[tokio::test]
async fn a_way_of_delivery_can_be_wished_for_before_there_is_a_session() {
    let Some(app) = shop().await else { return };
    let answer = begun(&app, "a jar of acacia honey, and ship it express").await;
    let actions = json!([add(ACACIA, 1), {"op": "set_delivery", "option_id": "express"}]);
    assert_eq!(answer.body["actions"], actions, "{:#}", answer.body);
    let alone = begun(&app, "express delivery please").await;
    let express = json!([{"op": "set_delivery", "option_id": "express"}]);
    assert_eq!(alone.body["actions"], express, "{:#}", alone.body);
}

#[tokio::test]
async fn what_there_is_now_decides() {
    let Some(app) = shop().await else { return };
    app.count(ACACIA, 1).await;
    let short = begun(&app, "two jars of acacia honey").await;
    assert_eq!(issues(&short), ["unavailable"], "{:#}", short.body);
    assert_eq!(short.body["issues"][0]["available"], 1);
    app.count(ACACIA, 2).await;
    let enough = begun(&app, "2 jars of acacia honey").await;
    assert_eq!(enough.body["actions"], json!([add(ACACIA, 2)]));
    app.count(ACACIA, 0).await;
    let gone = begun(&app, "one jar of acacia honey").await;
    assert_eq!(issues(&gone), ["unavailable"]);
    let instead = &gone.body["issues"][0]["alternatives"];
    assert!(!instead.as_array().unwrap().is_empty(), "{:#}", gone.body);
    // Of two that could be meant, the one that is there is.
    app.count("eggs-organic-dozen", 0).await;
    let eggs = begun(&app, "some eggs").await;
    assert_eq!(eggs.body["actions"], json!([add("eggs-free-range-dozen", 1)]), "{:#}", eggs.body);
}

#[tokio::test]
async fn a_catalogue_that_changes_is_spoken_of_as_it_is() {
    let Some(app) = shop().await else { return };
    begun(&app, "a jar of acacia honey").await;
    let change = |body| {
        let path = format!("/catalog/items/{ACACIA}");
        app.post(&path, &body).token("acp_demo_merchant")
    };
    change(json!({"title": "Moonbeam Nectar"})).key("title").send().await;
    let renamed = begun(&app, "two moonbeam nectars").await;
    assert_eq!(renamed.body["actions"], json!([add(ACACIA, 2)]), "{:#}", renamed.body);
    change(json!({"status": "withdrawn"})).key("withdrawn").send().await;
    let gone = begun(&app, "three moonbeam nectars").await;
    assert_eq!((&gone.body["actions"], issues(&gone)), (&json!([]), vec!["not_found"]));
}

#[tokio::test]
async fn each_tenant_is_spoken_to_of_its_own_goods() {
    let Some(app) = shop().await else { return };
    let tenant = app.tenant("beekeeper", 7).await;
    let theirs = app.key_at(Some(&tenant), "agent", Scope::Agent).await;
    let ours = app.key_of("agent", Scope::Agent).await;
    let say = async |key: &str, text: &str| {
        let answer = app.post("/intents", &json!({"text": text})).token(key).key(text);
        answer.send().await
    };
    let honey = say(&theirs, "three jars of honey").await;
    assert_eq!(honey.body["actions"], json!([add(HONEY, 3)]), "{:#}", honey.body);
    let pens = say(&theirs, "a pack of gel pens").await;
    assert_eq!(issues(&pens), ["not_found"], "{:#}", pens.body);
    let ours = say(&ours, "a pack of gel pens").await;
    assert_eq!(ours.body["actions"], json!([add("pens-gel-3", 1)]));
}

#[tokio::test]
async fn a_catalogue_that_is_kept_elsewhere_is_not_spoken_of() {
    let wishes = crate::http::app::Wishes {
        shelves: Some(acp_gateway::app::Shelves::default()),
        ..Default::default()
    };
    let app = TestApp::wishing(wishes).await;
    let answer = app.post("/intents", &json!({"text": "a jar of honey"})).send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid"));
    let message = answer.body["message"].as_str().unwrap();
    assert!(message.contains("catalogue.kind"), "{message}");
}
