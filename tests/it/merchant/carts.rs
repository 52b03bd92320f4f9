//! The program with carts in a service of the merchant's: what an agent sees, and what happens when
//! the shop changes a cart, and when the service fails or is away.

use std::collections::BTreeSet;
use std::time::Duration;

use acp_mocks::cart::{CartMock, Line, Settings, Way};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running as Listening};
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Client, Program, Response, Running};

const TOKEN: &str = "tok_carts";
/// 7.99.
const HONEY: &str = "honey-wildflower-350g";
/// 24.00.
const TEE: &str = "tee-harbour-navy-m";
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway, and the service that keeps its carts.
struct Hall {
    gateway: Running,
    service: Listening<CartMock>,
    _home: TempDir,
}

impl Hall {
    async fn open() -> Self {
        Self::waiting("500").await
    }

    /// One whose gateway waits so many milliseconds for an answer.
    async fn waiting(patience: &str) -> Self {
        let token = Some(TOKEN.to_owned());
        let settings = Settings { token, seed: 5, ..Settings::default() };
        let service = CartMock::start(settings).await.unwrap();
        let home = TempDir::new().unwrap();
        let program = Program::on(home.path())
            .setting("CART__KIND", "http")
            .setting("CART__BASE_URL", &service.url())
            .setting("CART__TOKEN", TOKEN)
            .setting("CART__TIMEOUT_MS", patience);
        let gateway = Running::start_as(home.path(), program);
        Self { gateway, service, _home: home }
    }

    fn spoil(&self, faults: Faults) {
        self.service.switches().set_faults(faults).unwrap();
    }

    fn ways(&self) -> Vec<Way> {
        self.service.mock().ledger().iter().map(|movement| movement.way).collect()
    }

    async fn counts(&self) -> Value {
        let mut operator = self.gateway.operator().await;
        operator.get("/status").await.unwrap().json()["carts"].clone()
    }
}

fn goods(lines: &[(&str, u32)]) -> Value {
    let line = |(item, quantity): &(&str, u32)| json!({"id": item, "quantity": quantity});
    json!({"line_items": lines.iter().map(line).collect::<Vec<_>>()})
}

async fn post(client: &mut Client, path: &str, key: &str, body: &Value) -> Response {
    client.post(path, key, body).await.unwrap()
}

async fn put(client: &mut Client, path: &str, body: &Value) -> Response {
    let request = Request::put(path)
        .header("host", "gateway")
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", "2026-04-17")
        .header("content-type", "application/json");
    client.send(request.body(Full::from(body.to_string())).unwrap()).await.unwrap()
}

fn fine(response: &Response) -> Value {
    assert!(matches!(response.status, 200 | 201), "{}: {}", response.status, response.text());
    response.json()
}

fn path_of(cart: &Value) -> String {
    format!("/carts/{}", cart["id"].as_str().unwrap())
}

fn total(cart: &Value) -> i64 {
    let rows = cart["totals"].as_array().unwrap();
    rows.iter().find(|row| row["type"] == "total").unwrap()["amount"].as_i64().unwrap()
}

/// A session that came of a cart.
async fn check_out(client: &mut Client, key: &str, cart: &Value) -> Response {
    let mut session = goods(&[(HONEY, 1)]);
    session["currency"] = json!("usd");
    session["capabilities"] = json!({});
    session["quote_id"] = cart["id"].clone();
    post(client, "/checkout_sessions", key, &session).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_lives_in_the_merchants_service() {
    use Way::{Cancel, CheckOut, Open, Put, Remove};
    let hall = Hall::open().await;
    let mut client = hall.gateway.client().await;
    let opened = fine(&post(&mut client, "/carts", "k1", &goods(&[(HONEY, 2), (TEE, 1)])).await);
    assert_eq!(total(&opened), 3_998);
    let path = path_of(&opened);
    assert_eq!(fine(&client.get(&path).await.unwrap()), opened);
    let again = post(&mut client, "/carts", "k1", &goods(&[(HONEY, 2), (TEE, 1)])).await;
    assert!(again.is_replay());
    assert_eq!(again.json(), opened);

    let changed = fine(&put(&mut client, &path, &goods(&[(HONEY, 3), (TEE, 1)])).await);
    assert_eq!(total(&changed), 4_797);
    let fewer = fine(&put(&mut client, &path, &goods(&[(HONEY, 3)])).await);
    assert_eq!(total(&fewer), 2_397);
    let there = hall.service.mock().cart(opened["id"].as_str().unwrap()).unwrap();
    assert_eq!(there.items, [Line { item: HONEY.to_owned(), quantity: 3 }]);
    assert_eq!((there.agent.as_str(), there.currency.as_str()), ("demo_agent", "USD"));

    let session = fine(&check_out(&mut client, "s1", &opened).await);
    let there = hall.service.mock().cart(opened["id"].as_str().unwrap()).unwrap();
    assert_eq!(there.session.as_deref(), session["id"].as_str());
    assert_eq!(fine(&client.get(&path).await.unwrap()), fewer, "the buyer may go back to it");

    let other = fine(&post(&mut client, "/carts", "k2", &goods(&[(TEE, 1)])).await);
    let cancel = format!("{}/cancel", path_of(&other));
    let canceled = fine(&post(&mut client, &cancel, "c", &json!({})).await);
    assert_eq!(total(&canceled), 2_400);
    assert!(post(&mut client, &cancel, "c", &json!({})).await.is_replay());
    assert_eq!(client.get(&path_of(&other)).await.unwrap().status, 404);
    assert_eq!(hall.ways(), [Open, Put, Remove, CheckOut, Open, Cancel]);
    let counts = json!({"opened": 2, "handed_over": 1, "canceled": 1, "abandoned": 0});
    assert_eq!(hall.counts().await, counts);
    hall.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_shop_puts_into_a_cart_is_estimated_and_told() {
    let hall = Hall::open().await;
    let mut client = hall.gateway.client().await;
    let opened = fine(&post(&mut client, "/carts", "k1", &goods(&[(HONEY, 2)])).await);
    let (id, path) = (opened["id"].as_str().unwrap(), path_of(&opened));
    let change = |item: &str, quantity| {
        let line = Line { item: item.to_owned(), quantity };
        hall.service.mock().change(id, vec![line]).unwrap();
    };
    change(TEE, 2);
    let told = fine(&client.get(&path).await.unwrap());
    assert_eq!((&told["line_items"][0]["item"]["id"], total(&told)), (&json!(TEE), 4_800));
    assert_eq!(told["expires_at"], opened["expires_at"]);
    let session = check_out(&mut client, "s1", &opened).await;
    assert_eq!(session.status, 201, "{}", session.text());
    assert_eq!(fine(&client.get(&path).await.unwrap()), told);

    // What is not sold here is no fault of the agent's, and a person is told.
    change("unicorn", 1);
    let refused = client.get(&path).await.unwrap();
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.headers.contains_key("retry-after"));
    assert!(hall.gateway.log().contains("estimating a cart"), "{}", hall.gateway.log());
    let put = fine(&put(&mut client, &path, &goods(&[(HONEY, 1)])).await);
    assert_eq!(total(&put), 799);
    change(HONEY, 3);
    let canceled = fine(&post(&mut client, &format!("{path}/cancel"), "c", &json!({})).await);
    assert_eq!(total(&canceled), 2_397);
    hall.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_is_there_whatever_the_shop_leaves_in_it() {
    let hall = Hall::open().await;
    let mut client = hall.gateway.client().await;
    let opened = fine(&post(&mut client, "/carts", "k1", &goods(&[(HONEY, 2)])).await);
    let (id, path) = (opened["id"].as_str().unwrap(), path_of(&opened));
    hall.service.mock().change(id, Vec::new()).unwrap();
    let emptied = fine(&client.get(&path).await.unwrap());
    assert_eq!((&emptied["line_items"], total(&emptied)), (&json!([]), 0));
    assert_eq!(emptied["currency"], opened["currency"]);
    fine(&check_out(&mut client, "s1", &opened).await);
    let there = hall.service.mock().cart(id).unwrap();
    assert!(there.session.is_some(), "a session can come of it all the same");

    // What cannot be estimated can be given up, and is told as it was before.
    let put = fine(&put(&mut client, &path, &goods(&[(TEE, 1)])).await);
    let strange = vec![Line { item: "unicorn".to_owned(), quantity: 1 }];
    hall.service.mock().change(id, strange).unwrap();
    assert_eq!(client.get(&path).await.unwrap().status, 503);
    let canceled = fine(&post(&mut client, &format!("{path}/cancel"), "c", &json!({})).await);
    assert_eq!(canceled["line_items"], put["line_items"]);
    assert_eq!(client.get(&path).await.unwrap().status, 404);
    hall.gateway.stop();
}

/// The gateway would wait for ten seconds; the agent does not, for what is not in the session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_says_nothing_keeps_no_session_waiting() {
    let hall = Hall::waiting("10000").await;
    let mut client = hall.gateway.client().await;
    let opened = fine(&post(&mut client, "/carts", "k1", &goods(&[(HONEY, 2)])).await);
    hall.spoil(Faults { hang_ratio: 1.0, ..Faults::default() });
    let session = check_out(&mut client, "s1", &opened);
    let session = tokio::time::timeout(Duration::from_secs(8), session).await;
    let session = fine(&session.expect("a session waits for a cart"));
    hall.spoil(Faults::default());
    assert!(check_out(&mut client, "s1", &opened).await.is_replay());
    let there = hall.service.mock().cart(opened["id"].as_str().unwrap()).unwrap();
    assert_eq!(there.session.as_deref(), session["id"].as_str(), "it is marked after all");
    hall.gateway.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_away_is_waited_for() {
    let hall = Hall::open().await;
    let mut client = hall.gateway.client().await;
    let opened = post(&mut client, "/carts", "known", &goods(&[(HONEY, 2)])).await;
    let path = path_of(&fine(&opened));
    hall.spoil(Faults { unavailable_ratio: 1.0, ..Faults::default() });
    let refusals = [
        post(&mut client, "/carts", "new", &goods(&[(HONEY, 1)])).await,
        client.get(&path).await.unwrap(),
        put(&mut client, &path, &goods(&[(HONEY, 1)])).await,
        post(&mut client, &format!("{path}/cancel"), "c", &json!({})).await,
    ];
    for refused in refusals {
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
    }
    let again = post(&mut client, "/carts", "known", &goods(&[(HONEY, 2)])).await;
    assert_eq!((again.status, &again.body), (opened.status, &opened.body), "it is known");
    // Goods nobody has are refused all the same, and a session needs no cart.
    let strange = post(&mut client, "/carts", "strange", &goods(&[("unicorn", 1)])).await;
    assert_eq!(strange.status, 400, "{}", strange.text());
    let session = fine(&check_out(&mut client, "s1", &opened.json()).await);

    hall.spoil(Faults::default());
    let until = tokio::time::Instant::now() + PATIENCE;
    // It may have been left alone for a moment.
    while post(&mut client, "/carts", "new", &goods(&[(HONEY, 1)])).await.status != 201 {
        assert!(tokio::time::Instant::now() < until, "it is never asked again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let again = check_out(&mut client, "s1", &opened.json()).await;
    assert!(again.is_replay());
    let there = hall.service.mock().cart(opened.json()["id"].as_str().unwrap()).unwrap();
    assert_eq!(there.session.as_deref(), session["id"].as_str(), "it is marked after all");
    assert!(!hall.gateway.log().contains(TOKEN));
    hall.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_whose_answer_was_lost_is_found_by_the_agent_that_asks_again() {
    let hall = Hall::open().await;
    let mut client = hall.gateway.client().await;
    let wanted = goods(&[(HONEY, 2)]);
    // Longer than the gateway repeats a call.
    let lost = || Faults {
        timeout_after_effect_ratio: 1.0,
        at_most: Some(3),
        only: Some("POST /carts".to_owned()),
        ..Faults::default()
    };
    hall.spoil(lost());
    let refused = post(&mut client, "/carts", "k1", &wanted).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(hall.ways(), [Way::Open]);
    let cart = fine(&post(&mut client, "/carts", "k1", &wanted).await);
    assert_eq!(hall.ways(), [Way::Open], "it is the one that was opened");
    assert_eq!(hall.service.mock().carts()[0].cart, cart["id"].as_str().unwrap());

    // It is found as well if the shop has changed it before the call is repeated.
    hall.spoil(lost());
    let refused = post(&mut client, "/carts", "k2", &wanted).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    let is_new = |it: &acp_mocks::cart::Cart| it.cart != cart["id"].as_str().unwrap();
    let left = hall.service.mock().carts().into_iter().find(is_new).unwrap();
    let changed = vec![Line { item: TEE.to_owned(), quantity: 1 }];
    hall.service.mock().change(&left.cart, changed).unwrap();
    let found = fine(&post(&mut client, "/carts", "k2", &wanted).await);
    assert_eq!((found["id"].as_str(), total(&found)), (Some(left.cart.as_str()), 1_598));
    assert_eq!(fine(&client.get(&path_of(&found)).await.unwrap()), found);
    assert_eq!(hall.ways(), [Way::Open, Way::Open, Way::Change, Way::Put]);

    hall.spoil(lost());
    let cancel = format!("{}/cancel", path_of(&cart));
    let refused = post(&mut client, &cancel, "c", &json!({})).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    // The service does not know the cart any more, and the agent is told what was canceled.
    let canceled = fine(&post(&mut client, &cancel, "c", &json!({})).await);
    assert_eq!(canceled["id"], cart["id"]);
    assert_eq!(client.get(&path_of(&cart)).await.unwrap().status, 404);
    assert_eq!(hall.ways(), [Way::Open, Way::Open, Way::Change, Way::Put, Way::Cancel]);
    hall.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_doubled_by_a_service_that_fails() {
    const CARTS: usize = 25;
    let hall = Hall::open().await;
    hall.spoil(Faults {
        error_ratio: 0.1,
        error_after_effect_ratio: 0.05,
        timeout_after_effect_ratio: 0.1,
        unavailable_ratio: 0.02,
        ..Faults::default()
    });
    let mut client = hall.gateway.client().await;
    let until = tokio::time::Instant::now() + PATIENCE * 2;
    let mut ids = BTreeSet::new();
    for number in 0..CARTS {
        let key = format!("k{number}");
        let cart = loop {
            let answer = post(&mut client, "/carts", &key, &goods(&[(HONEY, 1), (TEE, 1)])).await;
            if answer.status == 201 {
                break answer.json();
            }
            assert_eq!(answer.status, 503, "{}", answer.text());
            assert!(tokio::time::Instant::now() < until, "it never comes to an end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let (path, wanted) = (path_of(&cart), goods(&[(HONEY, 2), (TEE, 1)]));
        let changed = loop {
            let answer = put(&mut client, &path, &wanted).await;
            if answer.status == 200 {
                break answer.json();
            }
            assert_eq!(answer.status, 503, "{}", answer.text());
            assert!(tokio::time::Instant::now() < until, "it never comes to an end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(total(&changed), 3_998);
        let session = loop {
            let answer = check_out(&mut client, &key, &cart).await;
            assert_eq!(answer.status, 201, "{}", answer.text());
            let there = hall.service.mock().cart(cart["id"].as_str().unwrap()).unwrap();
            if there.session.is_some() {
                break (answer.json()["id"].clone(), there.session);
            }
            assert!(tokio::time::Instant::now() < until, "it never comes to an end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(session.0.as_str(), session.1.as_deref());
        ids.insert(cart["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), CARTS);
    let there: BTreeSet<_> =
        hall.service.mock().carts().into_iter().map(|cart| cart.cart).collect();
    assert_eq!(there, ids, "there are no others");
    let opened = hall.ways().iter().filter(|way| **way == Way::Open).count();
    assert_eq!(opened, CARTS);
    hall.spoil(Faults::default());
    let counts = hall.counts().await;
    assert_eq!(counts["opened"], CARTS);
    hall.gateway.stop();
}
