//! A shop whose agent wants to be told, and somebody who listens.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::principal::Scope;
use acp_gateway::adapters::key_directory::Resolver;
use acp_gateway::adapters::webhook::{Carrier, CarrierOptions};
use acp_mocks::faults::Faults;
use acp_mocks::receiver::{Received, ReceiverMock, Settings};
use acp_mocks::server::{Mock as _, Proof, Running as Listening};
use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::http::app::{TestApp, Wishes};

/// What events are signed with.
pub(super) const SECRET: &str = "whsec_dGhpcyBpcyBhIHNlY3JldCBvZiB0aGUgdGVzdHM=";
const PATH: &str = "/agentic_checkout/webhooks/order_events";

/// Says what a test wants of hosts.
#[derive(Default)]
pub(super) struct Names(Mutex<HashMap<String, Vec<SocketAddr>>>);

impl Names {
    pub(super) fn say(&self, host: &str, addresses: &[&str]) {
        let addresses = addresses.iter().map(|it| SocketAddr::new(it.parse().unwrap(), 443));
        self.0.lock().unwrap().insert(host.to_owned(), addresses.collect());
    }
}

#[async_trait]
impl Resolver for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let known = self.0.lock().unwrap().get(host).cloned();
        known.ok_or_else(|| io::Error::other("nobody has this name"))
    }
}

pub(super) struct House {
    pub(super) app: TestApp,
    pub(super) names: Arc<Names>,
    shop: OnceCell<String>,
    agent: OnceCell<String>,
}

impl House {
    pub(super) async fn open() -> Self {
        Self::with_patience(Duration::from_hours(72)).await
    }

    pub(super) async fn with_patience(patience: Duration) -> Self {
        let names = Arc::new(Names::default());
        names.say("agent.example", &["93.184.215.14"]);
        let resolver = names.clone();
        let options = CarrierOptions { ca_file: None, allows_local: true, resolver };
        let courier = Arc::new(Carrier::new(options).unwrap());
        let app = TestApp::wishing(Wishes { courier, patience, ..Wishes::default() }).await;
        let house = Self { app, names, shop: OnceCell::new(), agent: OnceCell::new() };
        // The demo keys are good for nothing once there is another one.
        house.shop().await;
        house
    }

    pub(super) async fn shop(&self) -> &str {
        self.shop.get_or_init(|| self.app.key_of("shop", Scope::Merchant)).await
    }

    pub(super) async fn agent(&self) -> &str {
        self.agent.get_or_init(|| self.app.key_of("agent", Scope::Agent)).await
    }

    /// Somebody who listens.
    pub(super) async fn listener(&self) -> Listening<ReceiverMock> {
        let settings = Settings { secret: Some(SECRET.to_owned()), ..Settings::default() };
        let listening = ReceiverMock::start(settings).await.unwrap();
        listening.switches().clock.follow(self.app.clock.clone());
        listening
    }

    /// Has the agent told there; gives the id of the endpoint.
    pub(super) async fn tell(&self, listener: &Listening<ReceiverMock>, more: Value) -> String {
        let mut wish = json!({"url": format!("{}{PATH}", listener.url()), "secret": SECRET});
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let key = listener.url();
        let opened = self.app.post("/webhook_endpoints", &wish).token(self.agent().await);
        let opened = opened.key(&key).send().await;
        assert_eq!(opened.status, 201, "{:#}", opened.body);
        opened.id()
    }

    /// Wants an endpoint otherwise.
    pub(super) async fn change(&self, endpoint: &str, wish: Value) -> Value {
        let path = format!("/webhook_endpoints/{endpoint}");
        let changed = self.app.post(&path, &wish).token(self.agent().await).send().await;
        assert_eq!(changed.status, 200, "{:#}", changed.body);
        changed.body
    }

    /// What is shown of an endpoint.
    pub(super) async fn show(&self, endpoint: &str, what: &str) -> Value {
        let path = format!("/webhook_endpoints/{endpoint}{what}");
        let shown = self.app.get(&path).token(self.agent().await).send().await;
        assert_eq!(shown.status, 200, "{:#}", shown.body);
        shown.body
    }

    /// Buys two jars of honey; gives the order.
    pub(super) async fn buy(&self, key: &str) -> String {
        use crate::http::app::{basket, payment, standard_shipping};
        let token = self.agent().await;
        let send = async |path: &str, body: &Value| {
            let said = self.app.post(path, body).token(token).key(key).send().await;
            assert!(said.status.is_success(), "{:#}", said.body);
            said
        };
        let id = send("/checkout_sessions", &basket()).await.id();
        let path = format!("/checkout_sessions/{id}");
        send(&path, &standard_shipping()).await;
        let paid = send(&format!("{path}/complete"), &payment("tok_visa")).await;
        self.app.settle().await;
        paid.body["order"]["id"].as_str().unwrap().to_owned()
    }

    /// Has the merchant say something about an order.
    pub(super) async fn say(&self, order: &str, what: &str, key: &str, body: &Value) {
        let path = format!("/orders/{order}/{what}");
        let said = self.app.post(&path, body).token(self.shop().await).key(key).send().await;
        assert_eq!(said.status, 200, "{:#}", said.body);
        self.app.settle().await;
    }

    /// Sends everything, and says how far it is.
    pub(super) async fn ship(&self, order: &str) {
        let body = json!({"type": "shipping", "status": "shipped"});
        self.say(order, "fulfillments", "ship", &body).await;
    }

    pub(super) async fn deliver(&self, order: &str) {
        let made = format!("fulfillments/ful_{}_1", order.trim_start_matches("ord_"));
        self.say(order, &made, "deliver", &json!({"status": "delivered"})).await;
    }

    /// Lets time pass, and tells what there is to be told.
    pub(super) async fn later(&self, span: Duration) {
        self.app.clock.advance(span);
        self.relay().await;
    }

    pub(super) async fn relay(&self) {
        self.app.relay.relay().await.unwrap();
        self.app.settle().await;
    }
}

/// Everything a listener took, in the order it came.
pub(super) fn taken(listener: &Listening<ReceiverMock>) -> Vec<Received> {
    let received = listener.mock().received().into_iter();
    let taken: Vec<_> = received.filter(|it| it.taken.is_some()).collect();
    assert!(taken.iter().all(|it| it.proof == Some(Proof::Good)), "{taken:#?}");
    taken
}

/// What it took: the kind of each event, and where the order stood.
pub(super) fn told(listener: &Listening<ReceiverMock>) -> Vec<String> {
    let line = |received: &Received| {
        let event: Value = serde_json::from_slice(&received.body).unwrap();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        format!("{} {}", word(&event["type"]), word(&event["data"]["status"]))
    };
    taken(listener).iter().map(line).collect()
}

/// Everything fails like this from now on.
pub(super) fn fail(listener: &Listening<ReceiverMock>, faults: Faults) {
    listener.switches().set_faults(faults).unwrap();
}

pub(super) fn answering(status: u16) -> Faults {
    Faults { status_ratio: 1.0, status, ..Faults::default() }
}

pub(super) fn away() -> Faults {
    Faults { unavailable_ratio: 1.0, ..Faults::default() }
}
