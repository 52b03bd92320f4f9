//! The program with several accounts to be paid at: a payment goes to one of them, and stays there
//! whatever happens to it and to the gateway.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running as Listening, Webhook};
use acp_mocks::stripe::{Movement, Settings, StripeMock, Way};
use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Client, Program, Reserved, Response, Running, settings_of_stripe};

const HONEY: &str = "honey-wildflower-350g";
const SENCHA: &str = "sencha-first-flush-50g";
const SECRET: &str = "whsec_of_the_first";
const PATIENCE: Duration = Duration::from_secs(20);

/// Two accounts: the usual one, and one that is asked before it.
struct Street {
    first: Listening<StripeMock>,
    usual: Listening<StripeMock>,
    home: TempDir,
}

impl Street {
    async fn open() -> Self {
        let usual = Settings { key: Some("sk_usual".to_owned()), seed: 9, ..Settings::default() };
        Self {
            first: first_at(([127, 0, 0, 1], 0).into(), None).await,
            usual: StripeMock::start(usual).await.unwrap(),
            home: TempDir::new().unwrap(),
        }
    }

    /// The entry of the account that is asked first, with what it takes.
    fn entry(&self, takes: &str) -> String {
        entry_at(&self.first.url(), takes)
    }

    fn program(&self, routes: &str) -> Program {
        self.program_on(self.home.path(), routes)
    }

    fn program_on(&self, home: &Path, routes: &str) -> Program {
        let mut program = Program::on(home).setting("PAYMENT__ROUTES", routes);
        for (key, value) in settings_of_stripe(self.usual.url(), "sk_usual") {
            program = program.setting(key, &value);
        }
        program
    }

    fn later(&self, routes: &str) -> Program {
        self.program(routes).setting("PAYMENT__CAPTURE", "later")
    }

    fn start(&self, program: Program) -> Running {
        Running::start_as(self.home.path(), program)
    }

    fn ways_at(account: &Listening<StripeMock>) -> Vec<Way> {
        account.mock().ledger().iter().map(|movement| movement.way).collect()
    }

    /// How often something happened to the money for a session, at all accounts together.
    fn times(&self, session: &str, way: Way) -> usize {
        let movements = self.first.mock().ledger().into_iter().chain(self.usual.mock().ledger());
        let is_of = |session: &str, movement: &Movement| {
            movement.metadata.get("acp_session").is_some_and(|of| of == session)
        };
        movements.filter(|it| it.way == way && is_of(session, it)).count()
    }

    /// Nobody has paid twice, or was held money from that is still held, at all accounts together.
    fn audit(&self) {
        let mut taken: BTreeMap<String, i64> = BTreeMap::new();
        let mut held: BTreeMap<String, i64> = BTreeMap::new();
        for movement in self.first.mock().ledger().into_iter().chain(self.usual.mock().ledger()) {
            let session = movement.metadata.get("acp_session").cloned().unwrap_or_default();
            match movement.way {
                Way::Create | Way::Refund => {}
                Way::Hold => *held.entry(session).or_default() += 1,
                Way::Capture => *taken.entry(session).or_default() += 1,
                Way::Release => *held.entry(session).or_default() -= 1,
            }
        }
        assert!(taken.values().all(|times| *times == 1), "paid twice: {taken:?}");
        assert!(held.values().all(|times| *times <= 1), "held twice: {held:?}");
    }
}

async fn first_at(address: SocketAddr, webhook: Option<Webhook>) -> Listening<StripeMock> {
    let key = Some("sk_first".to_owned());
    let settings = Settings { key, webhook, seed: 5, faults: Faults::default() };
    StripeMock::start_at(address, settings).await.unwrap()
}

fn entry_at(url: &str, takes: &str) -> String {
    format!(
        "[{{ name = 'first', provider = 'stripe', base_url = '{url}', secret_key = 'sk_first', \
         webhook_secret = '{SECRET}'{takes} }}]"
    )
}

/// Puts something into a basket and pays for it; gives the session.
async fn buy(gateway: &Running, item: &str, currency: &str, units: u32) -> (String, Option<Value>) {
    let mut client = gateway.client().await;
    let name = format!("{:?}", tokio::time::Instant::now());
    let basket = basket(item, currency, units);
    let opened = client.post("/checkout_sessions", &format!("{name} 1"), &basket).await.unwrap();
    assert_eq!(opened.status, 201, "{}", opened.text());
    let id = opened.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/checkout_sessions/{id}");
    let (kind, option) =
        if currency == "jpy" { ("shipping", "standard") } else { ("pickup", "pickup") };
    let chosen = chosen(kind, option, item);
    let chosen = client.post(&path, &format!("{name} 2"), &chosen).await.unwrap();
    assert_eq!(chosen.json()["status"], "ready_for_payment", "{}", chosen.text());
    let paid = client.post(&format!("{path}/complete"), &format!("{name} 3"), &card()).await;
    (id, paid.filter(|paid| paid.status == 200).map(|paid| paid.json()))
}

fn basket(item: &str, currency: &str, units: u32) -> Value {
    json!({
        "currency": currency, "capabilities": {},
        "buyer": {"email": "ada@example.com", "first_name": "Ada", "last_name": "L"},
        "line_items": [{"id": item, "quantity": units}],
        "fulfillment_details": {"name": "Ada L", "email": "ada@example.com", "address": {
            "name": "Ada L", "line_one": "1 Main St", "city": "Tokyo", "state": "13",
            "country": "JP", "postal_code": "100-0001",
        }},
    })
}

fn chosen(kind: &str, option: &str, item: &str) -> Value {
    json!({"selected_fulfillment_options": [
        {"type": kind, "option_id": option, "item_ids": [item]},
    ]})
}

fn card() -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }})
}

/// The payment of a session, as the operator is shown it.
async fn payment_of(gateway: &Running, session: &str) -> String {
    let shown = gateway.operator().await.get(&format!("/runs/{session}")).await.unwrap().json();
    let payments = shown["payments"].as_array().unwrap();
    payments.last().unwrap()["payment"].as_str().unwrap().to_owned()
}

fn is_completed(told: Option<&Value>) -> bool {
    told.is_some_and(|told| told["status"] == "completed")
}

/// Waits until it is so.
async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(tokio::time::Instant::now() < end, "never {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn breaker(gateway: &Running, name: &str) -> String {
    let told = gateway.operator().await.get("/status").await.unwrap().json();
    let peers = told["peers"].as_array().unwrap();
    let peer = peers.iter().find(|peer| peer["name"] == name).unwrap();
    peer["breaker"].as_str().unwrap().to_owned()
}

const MADE: [Way; 3] = [Way::Create, Way::Hold, Way::Capture];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_goes_where_its_currency_and_amount_say() {
    let street = Street::open().await;
    let routes = street.entry(", currencies = ['USD'], amount_min = 5000");
    let key = Some("sk_jp".to_owned());
    let jp = StripeMock::start(Settings { key, seed: 7, ..Settings::default() }).await.unwrap();
    let entry = |name: &str, takes: &str| {
        let at = jp.url();
        format!(
            ", {{ name = '{name}', provider = 'stripe', base_url = '{at}', secret_key = 'sk_jp', \
             currencies = {takes} }}"
        )
    };
    let others = entry("jp", "['JPY']") + &entry("eu", "['EUR', 'CHF']");
    let routes = routes.trim_end_matches(']').to_owned() + &others + "]";
    let gateway = street.start(street.program(&routes));
    for (item, currency, units, prefix) in
        [(HONEY, "usd", 1, "pi_"), (HONEY, "usd", 8, "first:pi_"), (SENCHA, "jpy", 1, "jp:pi_")]
    {
        let (session, told) = buy(&gateway, item, currency, units).await;
        assert!(is_completed(told.as_ref()), "{told:?}");
        let payment = payment_of(&gateway, &session).await;
        assert!(payment.starts_with(prefix), "{payment} for {units} in {currency}");
    }
    assert_eq!(gateway.until_quiet().await, 0);
    assert_eq!(
        (Street::ways_at(&street.first), Street::ways_at(&street.usual)),
        (MADE.into(), MADE.into())
    );
    // Whoever compares asks them all.
    let compared = gateway.operator().await.post("/reconcile", "k", &json!({})).await.unwrap();
    let compared = compared.json();
    assert_eq!(
        (&compared["looked_at"], &compared["strays"]),
        (&json!(3), &json!([])),
        "{compared}"
    );
    street.audit();
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_ill_or_refuses_us_is_passed_over_until_it_is_well() {
    let street = Street::open().await;
    let gateway = street.start(street.program(&street.entry("")));
    // Where it is certain that nothing happened, not even the first buyer notices.
    let busy = Faults { throttle_ratio: 1.0, ..Faults::default() };
    street.first.switches().set_faults(busy).unwrap();
    let (session, told) = buy(&gateway, HONEY, "usd", 1).await;
    assert!(is_completed(told.as_ref()), "{told:?}");
    assert!(payment_of(&gateway, &session).await.starts_with("pi_"));

    let broken = Faults { error_ratio: 1.0, ..Faults::default() };
    street.first.switches().set_faults(broken).unwrap();
    for number in 0.. {
        let (_, told) = buy(&gateway, HONEY, "usd", 1).await;
        if is_completed(told.as_ref()) {
            break;
        }
        assert!(number < 20, "it is never passed over");
    }
    assert_ne!(breaker(&gateway, "stripe first").await, "closed");
    assert_eq!(breaker(&gateway, "stripe").await, "closed");

    street.first.switches().set_faults(Faults::default()).unwrap();
    until("back", async || breaker(&gateway, "stripe first").await == "closed").await;
    let (session, told) = buy(&gateway, HONEY, "usd", 1).await;
    assert!(is_completed(told.as_ref()), "{told:?}");
    assert!(payment_of(&gateway, &session).await.starts_with("first:pi_"));
    assert_eq!(gateway.until_quiet().await, 0);
    street.audit();
    gateway.stop();

    let wrong = street.entry("").replace("'sk_first'", "'sk_of_somebody_else'");
    let gateway = street.start(street.program(&wrong));
    let (session, told) = buy(&gateway, HONEY, "usd", 1).await;
    assert!(is_completed(told.as_ref()), "{told:?}");
    assert!(payment_of(&gateway, &session).await.starts_with("pi_"));
    assert!(!gateway.log().contains("sk_of_somebody_else"));
    gateway.stop();
}

#[cfg(feature = "failpoints")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_may_have_been_made_is_made_nowhere_else() {
    for failpoint in ["create:before:1", "create:after:1", "confirm:before:1", "confirm:after:1"] {
        let street = Street::open().await;
        let dying = street.program(&street.entry("")).dying_at(failpoint);
        let mut gateway = street.start(dying);
        let path = pay_and_never_hear(&mut gateway).await;

        // By now it would go elsewhere.
        let gateway = street.start(street.program(&street.entry(", retired = true")));
        let mut client = gateway.client().await;
        let mut paid = client.post(&format!("{path}/complete"), "3", &card()).await.unwrap();
        until("quiet", async || gateway.until_quiet().await == 0).await;
        paid = client.post(&format!("{path}/complete"), "3", &card()).await.unwrap_or(paid);
        assert_eq!(paid.json()["status"], "completed", "{failpoint}: {}", paid.text());
        assert_eq!(Street::ways_at(&street.first), MADE, "{failpoint}");
        assert_eq!(Street::ways_at(&street.usual), [], "{failpoint}");
        gateway.stop();
    }
}

/// Pays under the key `3` while the gateway dies; gives the path of the session.
#[cfg(feature = "failpoints")]
async fn pay_and_never_hear(gateway: &mut Running) -> String {
    let mut client = gateway.client().await;
    let opened = client.post("/checkout_sessions", "1", &basket(HONEY, "usd", 1)).await.unwrap();
    let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
    client.post(&path, "2", &chosen("pickup", "pickup", HONEY)).await.unwrap();
    assert!(client.post(&format!("{path}/complete"), "3", &card()).await.is_none());
    assert!(gateway.dies_within(PATIENCE), "it never dies");
    path
}

#[cfg(feature = "failpoints")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_that_may_be_held_at_an_account_that_is_away_is_waited_for() {
    let street = Street::open().await;
    let dying = street.program(&street.entry("")).dying_at("confirm:after:1");
    let path = pay_and_never_hear(&mut street.start(dying)).await;

    let broken = Faults { error_ratio: 1.0, ..Faults::default() };
    street.first.switches().set_faults(broken).unwrap();
    let gateway = street.start(street.program(&street.entry("")));
    // Others are served elsewhere by and by; whoever has paid at this account is not.
    until("passed over", async || is_completed(buy(&gateway, HONEY, "usd", 1).await.1.as_ref()))
        .await;
    let mut client = gateway.client().await;
    assert_eq!(client.get(&path).await.unwrap().json()["status"], "complete_in_progress");
    let session = path.rsplit('/').next().unwrap();
    assert_eq!((street.times(session, Way::Create), street.times(session, Way::Hold)), (1, 1));

    street.first.switches().set_faults(Faults::default()).unwrap();
    assert_eq!(gateway.until_quiet().await, 0);
    assert_eq!(client.get(&path).await.unwrap().json()["status"], "completed");
    assert_eq!(Street::ways_at(&street.first), MADE);
    street.audit();
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_to_a_payment_later_is_done_where_it_is() {
    let mut street = Street::open().await;
    // Each has to know the other before both are there.
    let reserved = Reserved::new();
    let address = reserved.address();
    let entry = |takes: &str| entry_at(&format!("http://{address}"), takes);
    let gateway = street.start(street.later(&entry("")));
    let url = format!("http://{}/webhooks/stripe", gateway.address());
    street.first = first_at(address, Some(Webhook { url, secret: SECRET.to_owned() })).await;
    let (session, told) = buy(&gateway, HONEY, "usd", 1).await;
    let told = told.unwrap();
    let order = told["order"]["id"].as_str().unwrap().to_owned();
    let amount = street.first.mock().ledger().last().unwrap().amount;

    // Somebody takes the money there, and the account says so under its own secret.
    let payment = payment_of(&gateway, &session).await;
    let there = payment.strip_prefix("first:").unwrap();
    by_hand(&street.first, "sk_first", there, "capture").await;
    assert_eq!(gateway.until_quiet().await, 0, "it is noticed");
    gateway.stop();

    // It is given back there, although new payments go elsewhere.
    let gateway = street.start(street.later(&entry(", retired = true")));
    let made = gateway.command(&["keys", "create", "--scope", "merchant", "--json"]).json();
    let mut merchant = gateway.client().await.with_token(made["token"].as_str().unwrap());
    let refund = json!({"amount": amount, "currency": "usd"});
    let given = merchant.post(&format!("/orders/{order}/refunds"), "r", &refund).await.unwrap();
    assert!(matches!(given.status, 200 | 201), "{}", given.text());
    until("given back", async || Street::ways_at(&street.first).contains(&Way::Refund)).await;
    let ways = Street::ways_at(&street.first);
    assert_eq!(ways, [Way::Create, Way::Hold, Way::Capture, Way::Refund]);
    assert_eq!(Street::ways_at(&street.usual), []);
    street.audit();
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_at_an_account_that_is_gone_waits_for_a_person() {
    let street = Street::open().await;
    let gateway = street.start(street.later(&street.entry("")));
    let (session, told) = buy(&gateway, HONEY, "usd", 1).await;
    assert!(is_completed(told.as_ref()), "{told:?}");
    gateway.stop();

    let capture = format!("/runs/{session}/capture");
    let gateway = street.start(street.later("[]"));
    let word = async || {
        let asked = gateway.operator().await.post(&capture, "k", &json!({})).await.unwrap();
        asked.status == 200
    };
    until("told to take the money", word).await;
    until("said", async || gateway.log().contains("which is not configured")).await;
    let run = async || {
        let shown = gateway.operator().await.get(&format!("/runs/{session}")).await.unwrap();
        shown.json()["run"].clone()
    };
    until("waiting for a person", async || run().await["needs_person"] == true).await;
    assert_eq!(Street::ways_at(&street.first), [Way::Create, Way::Hold]);
    assert_eq!(Street::ways_at(&street.usual), []);
    gateway.stop();

    let gateway = street.start(street.later(&street.entry("")));
    assert_eq!(gateway.until_quiet().await, 0, "once it is back, it goes on");
    assert_eq!(Street::ways_at(&street.first), MADE);
    street.audit();
    gateway.stop();
}

/// Buys in a storm, and asks again a few times where something fails; gives the path of the session.
async fn insist(gateway: &Running, number: usize) -> String {
    let mut client = gateway.client().await;
    let wanted = basket(HONEY, "usd", 1);
    let opened = client.post("/checkout_sessions", &format!("{number} a"), &wanted).await.unwrap();
    let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
    let choice =
        client.post(&path, &format!("{number} b"), &chosen("pickup", "pickup", HONEY)).await;
    assert_eq!(choice.unwrap().status, 200);
    for _ in 0..5 {
        let paid = client.post(&format!("{path}/complete"), &format!("{number} c"), &card()).await;
        if paid.unwrap().status == 200 {
            break;
        }
    }
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_pays_twice_whatever_both_accounts_do() {
    let street = Street::open().await;
    let gateway = street.start(street.program(&street.entry("")));
    let storm = |ratio| Faults {
        throttle_ratio: ratio,
        error_ratio: ratio,
        error_after_effect_ratio: ratio,
        timeout_after_effect_ratio: ratio,
        reset_ratio: ratio,
        ..Faults::default()
    };
    street.first.switches().set_faults(storm(0.12)).unwrap();
    street.usual.switches().set_faults(storm(0.04)).unwrap();
    let buyers = async |numbers: Range<usize>| {
        join_all(numbers.map(|number| insist(&gateway, number))).await
    };
    let mut paths = buyers(0..8).await;
    // And then the first one is away altogether.
    let broken = Faults { error_ratio: 1.0, ..Faults::default() };
    street.first.switches().set_faults(broken).unwrap();
    paths.extend(buyers(8..16).await);
    for account in [&street.first, &street.usual] {
        account.switches().set_faults(Faults::default()).unwrap();
    }
    assert_eq!(gateway.until_quiet().await, 0);

    let mut client = gateway.client().await;
    let mut completed = 0;
    for path in &paths {
        let status = client.get(path).await.unwrap().json()["status"].clone();
        let session = path.rsplit('/').next().unwrap();
        let times = |way| street.times(session, way);
        let is_completed = status == "completed";
        assert_eq!(times(Way::Capture), usize::from(is_completed), "{session} is {status}");
        assert_eq!(times(Way::Hold), times(Way::Capture) + times(Way::Release), "{session}");
        completed += usize::from(is_completed);
    }
    assert!(completed >= 8, "most get what they want: {completed}");
    assert!(
        !Street::ways_at(&street.first).is_empty() && !Street::ways_at(&street.usual).is_empty()
    );
    street.audit();
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_a_store_forgot_is_given_back_before_anybody_pays_elsewhere() {
    let street = Street::open().await;
    let gateway = street.start(street.program(&street.entry("")));
    let mut client = gateway.client().await;
    let opened = client.post("/checkout_sessions", "1", &basket(HONEY, "usd", 1)).await.unwrap();
    let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
    client.post(&path, "2", &chosen("pickup", "pickup", HONEY)).await.unwrap();
    let copies = TempDir::new().unwrap();
    gateway.command(&["backup", copies.path().join("acp.redb").to_str().unwrap()]).fine();
    std::fs::copy(street.home.path().join("master.key"), copies.path().join("master.key")).unwrap();
    let complete = format!("{path}/complete");
    let paid = client.post(&complete, "3", &card()).await.unwrap();
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    assert_eq!(gateway.until_quiet().await, 0);
    gateway.stop();
    assert_eq!(Street::ways_at(&street.first), MADE);

    // An account nobody can ask is named, and nothing is paid for meanwhile.
    let restored =
        |routes: &str| Running::start_as(copies.path(), street.program_on(copies.path(), routes));
    let retired = street.entry(", retired = true");
    let gateway = restored(&retired.replace("'sk_first'", "'sk_of_somebody_else'"));
    let mut client = gateway.client().await;
    until("named", async || gateway.log().contains("does not list its payments")).await;
    assert_eq!(client.post(&complete, "3", &card()).await.unwrap().status, 503);
    let log = gateway.log();
    assert!(log.contains("stripe first") && log.contains("the account \"first\""), "{log}");
    gateway.stop();

    // By now it would go elsewhere.
    let gateway = restored(&retired);
    let pay = async || gateway.client().await.post(&complete, "3", &card()).await.unwrap();
    until("compared", async || pay().await.status == 200).await;
    assert_eq!(gateway.until_quiet().await, 0);
    let given_back = [Way::Create, Way::Hold, Way::Capture, Way::Refund];
    assert_eq!(Street::ways_at(&street.first), given_back);
    assert_eq!(Street::ways_at(&street.usual), MADE);
    assert_eq!(gateway.client().await.get(&path).await.unwrap().json()["status"], "completed");
    gateway.stop();
}

/// Somebody does something to a payment in the dashboard of an account.
async fn by_hand(account: &Listening<StripeMock>, key: &str, payment: &str, operation: &str) {
    let request = Request::post(format!("/v1/payment_intents/{payment}/{operation}"))
        .header("host", "stripe")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/x-www-form-urlencoded");
    let mut client = Client::connect(account.address()).await.unwrap();
    let done: Response =
        client.send(request.body(Full::<Bytes>::default()).unwrap()).await.unwrap();
    assert_eq!(done.status, 200, "{}", done.text());
}
