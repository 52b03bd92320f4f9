use std::collections::BTreeSet;
use std::time::Duration;

use acp_core::ids::EndpointId;
use acp_core::limits::{WEBHOOK_REFUSALS_MAX, WEBHOOK_REST_MAX};
use acp_core::webhook::{Endpoint, EndpointState};
use acp_mocks::faults::Faults;
use acp_mocks::receiver::Taken;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::house::{House, SECRET, answering, away, fail, taken, told};

const LONG: Duration = WEBHOOK_REST_MAX;

#[tokio::test]
async fn an_agent_is_told_of_its_orders_whole_and_signed() {
    let house = House::open().await;
    let listener = house.listener().await;
    house.tell(&listener, json!({})).await;
    let order = house.buy("k").await;
    house.relay().await;
    house.ship(&order).await;
    house.relay().await;
    house.relay().await;

    let events = taken(&listener);
    assert_eq!(told(&listener), ["order_create confirmed", "order_update shipped"]);
    for event in &events {
        let headers = &event.headers;
        assert_eq!(headers["content-type"], "application/json");
        assert!(headers["request-id"].starts_with("evt_") && headers.contains_key("timestamp"));
        assert!(!headers.contains_key("authorization") && !headers.contains_key("api-version"));
        assert!(!headers.contains_key("webhook-signature"), "nobody wanted that");
    }
    let last: Value = serde_json::from_slice(&events[1].body).unwrap();
    let path = format!("/orders/{order}");
    let now = house.app.get(&path).token(house.agent().await).send().await;
    assert_eq!(last["data"], now.body, "it is the whole order, as it is told to who asks");
}

#[tokio::test]
async fn events_are_signed_as_standard_webhooks_where_that_is_wanted() {
    let house = House::open().await;
    let listener = house.listener().await;
    house.tell(&listener, json!({"standard_webhooks": true})).await;
    house.buy("k").await;
    house.relay().await;

    let event = &taken(&listener)[0];
    let (id, time) = (&event.headers["webhook-id"], &event.headers["webhook-timestamp"]);
    assert_eq!(id, &event.headers["request-id"]);
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let mac = mac.chain_update(format!("{id}.{time}.")).chain_update(&event.body).finalize();
    let expected = format!("v1,{}", STANDARD.encode(mac.into_bytes()));
    assert_eq!(event.headers["webhook-signature"], expected);
}

#[tokio::test]
async fn early_versions_are_told_in_their_own_form() {
    for version in ["2025-09-29", "2025-12-12", "2026-01-16", "2026-01-30"] {
        let house = House::open().await;
        let listener = house.listener().await;
        house.tell(&listener, json!({"api_version": version})).await;
        let order = house.buy("k").await;
        let refund = json!({"amount": 300, "currency": "usd"});
        house.say(&order, "refunds", "refund", &refund).await;
        house.ship(&order).await;
        house.relay().await;

        let events = taken(&listener);
        let words = told(&listener);
        assert_eq!(words.first().unwrap(), "order_create created", "{version}");
        assert_eq!(words.last().unwrap(), "order_update shipped", "{version}");
        let last: Value = serde_json::from_slice(&events.last().unwrap().body).unwrap();
        let refunds = json!([{"type": "original_payment", "amount": 300}]);
        assert_eq!(last["data"]["refunds"], refunds, "{version}");
        let names: BTreeSet<_> = last["data"].as_object().unwrap().keys().cloned().collect();
        let known = ["checkout_session_id", "permalink_url", "refunds", "status", "type"];
        assert_eq!(names, known.map(str::to_owned).into(), "{version}: nothing else is in it");
    }
}

#[tokio::test]
async fn what_happens_is_told_in_order_whatever_fails() {
    let house = House::open().await;
    let listener = house.listener().await;
    house.tell(&listener, json!({})).await;
    fail(&listener, away());
    let order = house.buy("k").await;
    house.relay().await;
    house.ship(&order).await;
    house.deliver(&order).await;
    for _ in 0..3 {
        house.later(LONG).await;
    }
    assert_eq!(told(&listener), [""; 0]);
    let spoiled = Faults { timeout_after_effect_ratio: 0.5, at_most: Some(3), ..Faults::default() };
    fail(&listener, spoiled);
    for _ in 0..8 {
        house.later(LONG).await;
    }
    let events = taken(&listener);
    assert!(events.iter().all(|it| it.taken != Some(Taken::Changed)), "the same is told again");
    let first = events.iter().filter(|it| it.taken == Some(Taken::First));
    let first: Vec<_> = first.map(|it| it.headers["request-id"].clone()).collect();
    assert_eq!(first.len(), 3);
    let mut words = told(&listener);
    words.dedup();
    let expected = ["order_create confirmed", "order_update shipped", "order_update completed"];
    assert_eq!(words, expected, "nothing is lost, and nothing comes before its time");
}

#[tokio::test]
async fn who_does_not_listen_holds_up_nobody_else() {
    let house = House::open().await;
    let (deaf, good) = (house.listener().await, house.listener().await);
    house.tell(&deaf, json!({})).await;
    house.tell(&good, json!({})).await;
    fail(&deaf, away());
    for number in 0..20 {
        house.buy(&format!("k{number}")).await;
    }
    house.relay().await;
    for _ in 0..4 {
        // Those that came too many at a time wait for a moment.
        house.later(Duration::from_secs(3)).await;
    }
    assert_eq!(told(&good).len(), 20);
    assert_eq!(told(&deaf).len(), 0);
    let asked = deaf.mock().received().len();
    assert!(asked < 60, "it is not asked for everything again and again: {asked}");
    fail(&deaf, Faults::default());
    for _ in 0..40 {
        house.later(Duration::from_mins(10)).await;
    }
    assert_eq!(told(&deaf).len(), 20, "once it listens it hears everything");
}

#[tokio::test]
async fn who_listens_hears_of_many_orders_within_a_few_looks() {
    let house = House::open().await;
    let listener = house.listener().await;
    house.tell(&listener, json!({})).await;
    house.buy("first").await;
    house.relay().await;
    for number in 0..60 {
        house.buy(&format!("k{number}")).await;
    }
    house.relay().await;
    for _ in 0..3 {
        house.later(Duration::from_secs(3)).await;
    }
    assert_eq!(told(&listener).len(), 61);
}

#[tokio::test]
async fn who_is_gone_is_left_alone_until_somebody_wants_to_hear() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    fail(&listener, answering(410));
    let order = house.buy("k").await;
    house.relay().await;
    assert_eq!(house.show(&endpoint, "").await["status"], "gone");
    house.ship(&order).await;
    house.later(LONG).await;
    assert_eq!(listener.mock().received().len(), 1, "it is not asked again");

    fail(&listener, Faults::default());
    assert_eq!(house.change(&endpoint, json!({"status": "active"})).await["status"], "active");
    house.relay().await;
    assert_eq!(told(&listener), ["order_create confirmed", "order_update shipped"]);
}

#[tokio::test]
async fn what_happens_while_an_endpoint_is_paused_is_kept_for_it() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    house.change(&endpoint, json!({"status": "paused"})).await;
    let order = house.buy("k").await;
    house.relay().await;
    house.ship(&order).await;
    house.relay().await;
    assert_eq!(listener.mock().received().len(), 0);
    house.change(&endpoint, json!({"status": "active"})).await;
    house.relay().await;
    assert_eq!(told(&listener), ["order_create confirmed", "order_update shipped"]);
}

#[tokio::test]
async fn what_was_held_back_too_late_is_told_with_the_next_news() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    let order = house.buy("k").await;
    house.change(&endpoint, json!({"status": "paused"})).await;
    house.relay().await;
    // It is wanted again, and nobody puts back what is held.
    let id = EndpointId::parse(&endpoint).unwrap();
    let endpoints = house.app.endpoints.clone();
    let owner = endpoints.all().await.unwrap()[0].owner.clone();
    let mut wake = |all: &mut Vec<Endpoint>| {
        let known = all.iter_mut().find(|known| known.id == id);
        known.unwrap().state = EndpointState::Active;
    };
    endpoints.change(&owner, &mut wake).await.unwrap();
    house.relay().await;
    assert_eq!(told(&listener).len(), 0);
    house.ship(&order).await;
    house.relay().await;
    assert_eq!(told(&listener), ["order_create confirmed", "order_update shipped"]);
}

#[tokio::test]
async fn what_is_refused_again_and_again_is_given_up_and_does_not_stand_in_the_way() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    fail(&listener, answering(400));
    let order = house.buy("k").await;
    for _ in 0..10 {
        house.later(LONG).await;
    }
    let tries = usize::try_from(WEBHOOK_REFUSALS_MAX).unwrap();
    assert_eq!(listener.mock().received().len(), tries);
    let shown = house.show(&endpoint, "/deliveries").await;
    let delivery = &shown["deliveries"][0];
    assert_eq!((&delivery["status"], &delivery["told"]), (&json!("refused"), &json!(0)));
    assert_eq!(delivery["attempts"][0]["status"], 400);
    assert_eq!(house.app.relay.counts().given_up, 1);

    fail(&listener, Faults::default());
    house.ship(&order).await;
    house.relay().await;
    assert_eq!(told(&listener), ["order_update shipped"], "what came after it is told");
}

#[tokio::test]
async fn what_nobody_hears_is_given_up_in_time_and_told_when_somebody_wants_it() {
    let house = House::with_patience(Duration::from_hours(24)).await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    fail(&listener, away());
    house.buy("k").await;
    for _ in 0..8 {
        house.later(LONG).await;
    }
    let asked = listener.mock().received().len();
    let shown = house.show(&endpoint, "/deliveries").await;
    assert_eq!(shown["deliveries"][0]["status"], "expired");
    house.later(LONG).await;
    assert_eq!(listener.mock().received().len(), asked, "it is not tried any more");

    fail(&listener, Faults::default());
    house.change(&endpoint, json!({"status": "active"})).await;
    house.relay().await;
    assert_eq!(told(&listener), ["order_create confirmed"]);
    let shown = house.show(&endpoint, "/deliveries").await;
    assert_eq!(shown["deliveries"][0]["status"], "told");
}

#[tokio::test]
async fn an_endpoint_hears_what_it_wants_and_nothing_of_before() {
    let house = House::open().await;
    let (late, picky) = (house.listener().await, house.listener().await);
    house.tell(&picky, json!({"events": ["order_update"]})).await;
    let order = house.buy("k").await;
    house.relay().await;
    house.app.clock.advance(Duration::from_secs(1));
    house.tell(&late, json!({})).await;
    house.relay().await;
    assert_eq!((told(&late).len(), told(&picky).len()), (0, 0));
    house.app.clock.advance(Duration::from_secs(1));
    house.ship(&order).await;
    house.relay().await;
    assert_eq!(told(&late), ["order_update shipped"]);
    assert_eq!(told(&picky), ["order_update shipped"]);
}

#[tokio::test]
async fn who_asks_for_patience_gets_it() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    fail(&listener, Faults { throttle_ratio: 1.0, ..Faults::default() });
    house.buy("k").await;
    house.relay().await;
    let delivery = house.show(&endpoint, "/deliveries").await["deliveries"][0].clone();
    assert_eq!(delivery["status"], "due");
    assert!(delivery["next_attempt_at"].is_string(), "{delivery:#}");
    house.relay().await;
    assert_eq!(listener.mock().received().len(), 1, "not at once");
}

#[tokio::test]
async fn an_endpoint_that_is_taken_away_hears_nothing_more() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    fail(&listener, away());
    house.buy("k").await;
    house.relay().await;
    let path = format!("/webhook_endpoints/{endpoint}");
    let removed = house.app.ask("DELETE", &path).token(house.agent().await).send().await;
    assert_eq!((removed.status.as_u16(), removed.id()), (200, endpoint));
    fail(&listener, Faults::default());
    house.buy("l").await;
    for _ in 0..3 {
        house.later(LONG).await;
    }
    assert_eq!(told(&listener).len(), 0);
}

#[tokio::test]
async fn a_made_up_order_shows_whether_somebody_listens() {
    let house = House::open().await;
    let listener = house.listener().await;
    for version in ["2025-09-29", "2026-04-17"] {
        let key = format!("{version} key");
        let url = format!("{}/agentic_checkout/webhooks/order_events", listener.url());
        let wish = json!({"url": url, "secret": SECRET, "api_version": version});
        let opened = house.app.post("/webhook_endpoints", &wish).token(house.agent().await);
        let path = format!("/webhook_endpoints/{}/test", opened.key(&key).send().await.id());
        let tried = house.app.post(&path, &json!({})).token(house.agent().await).send().await;
        assert_eq!((&tried.body["delivered"], &tried.body["status"]), (&json!(true), &json!(200)));
        fail(&listener, away());
        let tried = house.app.post(&path, &json!({})).token(house.agent().await).send().await;
        assert_eq!((&tried.body["delivered"], &tried.body["status"]), (&json!(false), &json!(503)));
        fail(&listener, Faults::default());
    }
    assert_eq!(told(&listener).len(), 2);
    assert!(told(&listener)[1].starts_with("order_update"));
}
