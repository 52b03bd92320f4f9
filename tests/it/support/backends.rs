//! A merchant's services for tests that would otherwise use those of the gateway: with
//! `ACP_TEST_BACKENDS=http`, catalogue, inventory, carts and payments are asked over connections.
//!
//! The http tests keep the payment provider they script: which of its calls fails, and when, is
//! what they are about. The conformance tests have everything elsewhere.

use std::io::Write as _;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use acp_mocks::cart::{CartMock, Settings as CartSettings};
use acp_mocks::catalog::{CatalogMock, Settings as CatalogSettings};
use acp_mocks::faults::Faults;
use acp_mocks::inventory::{InventoryMock, Settings as InventorySettings};
use acp_mocks::server::{Mock as _, Running as Listening};
use acp_mocks::stripe::{Settings as StripeSettings, StripeMock};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::goods::demo_goods;

const STRIPE_KEY: &str = "sk_test_backends";

/// What is not asked of a gateway with backends of the merchant's, and why. Everything else is.
const LEFT_OUT: &[(&str, &str)] = &[
    ("ac_27", "it imports goods, and into a catalogue of the merchant's nobody imports any"),
    ("pf_04", "it counts stock, and that of the merchant is counted elsewhere"),
    ("pf_10", "it counts stock, and that of the merchant is counted elsewhere"),
    ("pf_11", "it imports goods, and into a catalogue of the merchant's nobody imports any"),
];

/// Whether the gateways of the http and conformance tests have backends of the merchant's.
pub(crate) fn are_backends_remote() -> bool {
    std::env::var_os("ACP_TEST_BACKENDS").is_some_and(|value| value == "http")
}

/// Whether a test has nothing to say about such a gateway.
pub(crate) fn is_left_out(test: &str) -> bool {
    let why = LEFT_OUT.iter().find(|(left_out, _)| *left_out == test && are_backends_remote());
    if let Some((_, why)) = why {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "{test} is left out: {why}").unwrap();
    }
    why.is_some()
}

/// The tests that are left out.
pub(crate) fn left_out() -> impl Iterator<Item = &'static str> {
    LEFT_OUT.iter().map(|(test, _)| *test)
}

/// What a token of the demo provider is called at Stripe. What makes the provider itself fail is
/// switched elsewhere.
pub(crate) fn token_at_stripe(demo: &str) -> &str {
    match demo {
        "tok_declined" => "tok_chargeDeclined",
        "tok_insufficient_funds" => "tok_chargeDeclinedInsufficientFunds",
        "tok_requires_3ds" => "tok_threeDSecure2Required",
        other => other,
    }
}

/// What a gateway has to know of a Stripe with whose help it is to be paid.
pub(crate) fn settings_of_stripe(url: String, key: &str) -> Vec<(&'static str, String)> {
    vec![
        ("PAYMENT__PROVIDER", "stripe".to_owned()),
        ("STRIPE__BASE_URL", url),
        ("STRIPE__SECRET_KEY", key.to_owned()),
        ("STRIPE__ACQUIRER_BIN", "455555".to_owned()),
        ("STRIPE__ACQUIRER_COUNTRY", "US".to_owned()),
        ("STRIPE__ACQUIRER_MERCHANT_ID", "m-1".to_owned()),
        ("STRIPE__MERCHANT_NAME", "Shop".to_owned()),
    ]
}

/// A catalogue with the goods of the demo shops, an inventory with as many of them, a service for
/// carts, and a Stripe.
/// They listen on threads of their own, so that a test may wait for whoever asks them.
pub(crate) struct Backends {
    pub(crate) catalogue: Listening<CatalogMock>,
    pub(crate) inventory: Listening<InventoryMock>,
    pub(crate) carts: Listening<CartMock>,
    pub(crate) stripe: Listening<StripeMock>,
    /// How far their clocks are ahead.
    ahead: Mutex<Duration>,
    runtime: Option<Runtime>,
}

impl Backends {
    /// None where the gateways have what they need in themselves.
    pub(crate) fn wanted() -> Option<Self> {
        are_backends_remote().then(Self::start)
    }

    fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (sender, started) = mpsc::channel();
        runtime.spawn(async move {
            let goods = demo_goods();
            let stock = goods.iter().map(stock).collect();
            let catalogue = CatalogSettings { items: goods, ..CatalogSettings::default() };
            let inventory =
                InventorySettings { stock, is_strict: true, ..InventorySettings::default() };
            let key = Some(STRIPE_KEY.to_owned());
            let stripe = StripeSettings { key, ..StripeSettings::default() };
            let started = (
                CatalogMock::start(catalogue).await.unwrap(),
                InventoryMock::start(inventory).await.unwrap(),
                CartMock::start(CartSettings::default()).await.unwrap(),
                StripeMock::start(stripe).await.unwrap(),
            );
            drop(sender.send(started));
        });
        let (catalogue, inventory, carts, stripe) = started.recv().unwrap();
        let ahead = Mutex::default();
        Self { catalogue, inventory, carts, stripe, ahead, runtime: Some(runtime) }
    }

    /// What a gateway has to know.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = settings_of_stripe(self.stripe.url(), STRIPE_KEY);
        settings.extend([
            ("CATALOGUE__KIND", "http".to_owned()),
            ("CATALOGUE__BASE_URL", self.catalogue.url()),
            ("INVENTORY__SHAPE", "reservations".to_owned()),
            ("INVENTORY__BASE_URL", self.inventory.url()),
            ("CART__KIND", "http".to_owned()),
            ("CART__BASE_URL", self.carts.url()),
        ]);
        settings
    }

    /// How often each of them was asked that every purchase needs.
    pub(crate) fn calls(&self) -> [u64; 3] {
        let switches =
            [self.catalogue.switches(), self.inventory.switches(), self.stripe.switches()];
        switches.map(|switches| switches.requests().values().sum())
    }

    /// Puts their clocks ahead of the machine's by so much, if they are not yet.
    pub(crate) fn set_clock_ahead(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap();
        let further = by.saturating_sub(*ahead);
        *ahead += further;
        self.catalogue.switches().clock.advance(further);
        self.inventory.switches().clock.advance(further);
        self.carts.switches().clock.advance(further);
        self.stripe.switches().clock.advance(further);
    }

    /// From now on nobody can be paid.
    pub(crate) fn stop_payments(&self) {
        let away = Faults { unavailable_ratio: 1.0, ..Faults::default() };
        self.stripe.switches().set_faults(away).unwrap();
    }

    /// From now on everybody can be again.
    pub(crate) fn resume_payments(&self) {
        self.stripe.switches().set_faults(Faults::default()).unwrap();
    }
}

impl Drop for Backends {
    fn drop(&mut self) {
        // Nobody may wait for a runtime inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An item, and how much there is of it; what never runs out is not counted.
fn stock(item: &Value) -> (String, Option<u32>) {
    let units = item["stock"].as_u64().map(|units| u32::try_from(units).unwrap());
    (item["id"].as_str().unwrap().to_owned(), units)
}
