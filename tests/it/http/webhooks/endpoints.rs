use acp_core::limits::ENDPOINTS_MAX;
use acp_core::principal::Scope;
use serde_json::{Value, json};

use super::house::House;

const PATH: &str = "/webhook_endpoints";

fn wish() -> Value {
    json!({"url": "https://agent.example/hooks"})
}

#[tokio::test]
async fn an_endpoint_is_opened_once_for_a_key_and_its_secret_is_told_to_nobody_else() {
    let house = House::open().await;
    let open = async |key: &str, wish: Value| {
        house.app.post(PATH, &wish).token(house.agent().await).key(key).send().await
    };
    let opened = open("k", wish()).await;
    assert_eq!(opened.status, 201, "{:#}", opened.body);
    let secret = opened.body["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    let place = opened.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(place, format!("{PATH}/{}", opened.id()));

    let again = open("k", wish()).await;
    assert!(again.is_replay());
    assert_eq!(again.body, opened.body, "whoever lost the answer gets it again");
    let other = open("k", json!({"url": "https://agent.example/others"})).await;
    assert_eq!((other.status.as_u16(), other.code()), (422, "idempotency_conflict"));
    let second = open("l", wish()).await;
    assert_ne!(second.id(), opened.id());
    assert_ne!(second.body["secret"], opened.body["secret"]);

    let listed = house.app.get(PATH).token(house.agent().await).send().await;
    assert_eq!(listed.body["webhook_endpoints"].as_array().unwrap().len(), 2);
    let shown = house.app.get(&place).token(house.agent().await).send().await;
    for answer in [&listed, &shown] {
        assert!(!answer.body.to_string().contains("whsec_"), "{:#}", answer.body);
    }
}

#[tokio::test]
async fn endpoints_are_seen_by_their_agent_alone() {
    let house = House::open().await;
    let opened = house.app.post(PATH, &wish()).token(house.agent().await).send().await;
    let other = house.app.key_of("other", Scope::Agent).await;
    let (place, test) = (format!("{PATH}/{}", opened.id()), format!("{PATH}/{}/test", opened.id()));
    let deliveries = format!("{PATH}/{}/deliveries", opened.id());
    let paused = json!({"status": "paused"});
    for ask in [
        house.app.get(&place),
        house.app.get(&deliveries),
        house.app.post(&place, &paused),
        house.app.post(&test, &json!({})),
        house.app.ask("DELETE", &place),
    ] {
        let answer = ask.token(&other).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"));
    }
    let listed = house.app.get(PATH).token(&other).send().await;
    assert_eq!(listed.body["webhook_endpoints"], json!([]));
    let merchant = house.app.get(PATH).token(house.shop().await).send().await;
    assert_eq!((merchant.status.as_u16(), merchant.code()), (403, "forbidden"));
    let shown = house.app.get(&place).token(house.agent().await).send().await;
    assert_eq!(shown.body["status"], "active", "nobody else changed it");
    let nowhere = house.app.get(&format!("{PATH}/we_1")).token(house.agent().await).send().await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn an_agent_has_so_many_endpoints_at_most() {
    let house = House::open().await;
    for number in 0..ENDPOINTS_MAX {
        let ask = house.app.post(PATH, &wish()).token(house.agent().await);
        assert_eq!(ask.key(&number.to_string()).send().await.status, 201);
    }
    let ask = house.app.post(PATH, &wish()).token(house.agent().await).key("one too many");
    let refused = ask.send().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid"));
    assert!(refused.body["message"].as_str().unwrap().contains("at most 8"));
    let other = house.app.key_of("other", Scope::Agent).await;
    assert_eq!(house.app.post(PATH, &wish()).token(&other).send().await.status, 201);
}
