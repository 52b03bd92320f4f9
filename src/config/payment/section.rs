//! `[payment]`: who moves the money, and when.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::route::{PaymentRoute, ROUTES, routes};
use crate::config::forms::{Form, PLAIN_CHAR};
use crate::config::keys::{Key, Section};
use crate::config::reading;

/// Longest path of the demo provider's books, in bytes.
const DEMO_BOOKS_BYTES_MAX: usize = 1_024;

/// Bytes are not said in a schema, but there are never more characters than bytes.
const DEMO_BOOKS: Form = Form::matching(&["^", PLAIN_CHAR, "*$"]).within(0, DEMO_BOOKS_BYTES_MAX);

/// How payments are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payment {
    /// The payment provider.
    #[serde(deserialize_with = "reading::choice")]
    pub provider: PaymentProvider,
    /// The file the demo provider keeps its books in; one in the data directory where nothing is
    /// said.
    #[serde(deserialize_with = "demo_books")]
    pub demo_books: PathBuf,
    /// When authorized money is taken.
    #[serde(deserialize_with = "reading::choice")]
    pub capture: Capture,
    /// How long it may take until money is held.
    #[serde(deserialize_with = "reading::whole::<1, 1_440, _, _>")]
    pub authorization_minutes: u64,
    /// How long money is held for an order whose money is taken later.
    #[serde(deserialize_with = "reading::whole::<1, 720, _, _>")]
    pub capture_window_hours: u64,
    /// When a buyer authenticates a payment.
    #[serde(deserialize_with = "reading::choice")]
    pub three_ds: ThreeDs,
    /// The accounts beside the usual one, the preferred one first.
    #[serde(deserialize_with = "routes")]
    pub routes: Vec<PaymentRoute>,
}

/// When a buyer authenticates a payment by 3-D Secure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreeDs {
    /// When the payment provider says so; agents are told that it is not needed.
    Optional,
    /// When the payment provider says so.
    Conditional,
    /// For every payment.
    Always,
}

/// The payment providers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentProvider {
    /// Built in, for trying things out; moves no money.
    Demo,
    /// Stripe.
    Stripe,
}

impl PaymentProvider {
    const fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Stripe => "stripe",
        }
    }
}

/// When authorized money is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// As soon as the order is committed.
    AtOnce,
    /// When the goods are shipped.
    OnShipment,
    /// When the merchant says so.
    Later,
}

impl Payment {
    /// How long it may take until money is held.
    pub const fn authorization_life(&self) -> Duration {
        Duration::from_mins(self.authorization_minutes)
    }

    /// How long money is held for an order whose money is taken later.
    pub const fn capture_window(&self) -> Duration {
        Duration::from_hours(self.capture_window_hours)
    }

    /// Whatever an account cannot take goes to the next one, and in the end to `provider`. The demo
    /// takes every token and moves no money, so that it stands in for no account that does.
    pub(in crate::config) fn contradictions(&self) -> Option<(&'static [&'static str], String)> {
        let other = self.routes.iter().find(|route| route.provider != self.provider)?;
        let (usual, name) = (self.provider.name(), &other.name);
        let what = format!(
            "payment.provider is {usual:?} and the entry {name:?} of payment.routes is of \
             {:?}; expected all accounts to be of the same provider, because \"demo\" takes every \
             token, moves no money, and would stand in for an account that does",
            other.provider.name()
        );
        Some((&["payment.provider"], what))
    }
}

impl Default for Payment {
    fn default() -> Self {
        Self {
            provider: PaymentProvider::Demo,
            demo_books: PathBuf::new(),
            capture: Capture::AtOnce,
            authorization_minutes: 60,
            capture_window_hours: 144,
            three_ds: ThreeDs::Conditional,
            routes: Vec::new(),
        }
    }
}

impl Section for Payment {
    const NAME: &'static str = "payment";
    const ABOUT: &'static str = "Who moves the money, and when.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "provider",
            &["demo", "stripe"],
            "Who moves the money. `\"demo\"` is built in and moves none; `\"stripe\"` is the \
             account of `[stripe]`.",
        ),
        Key::text(
            "demo_books",
            DEMO_BOOKS,
            "The file the demo provider keeps its books in; gateways that share a store share it \
             too. Empty: `demo-payments.jsonl` in the data directory, unless everything is kept in \
             memory.",
        ),
        Key::choice(
            "capture",
            &["at_once", "on_shipment", "later"],
            "When authorized money is taken: as soon as the order is committed (`\"at_once\"`), \
             when the first goods leave (`\"on_shipment\"`: a fulfillment is `shipped` or \
             `delivered`), or when somebody says so (`\"later\"`). `acp-gateway runs capture` takes \
             it in either case.",
        ),
        Key::whole(
            "authorization_minutes",
            1,
            1_440,
            "How long it may take until money is held, before everything is given back; 1 to 1440.",
        ),
        Key::whole(
            "capture_window_hours",
            1,
            720,
            "How long money is held for an order whose money is taken later, before the order is \
             canceled; 1 to 720, and not longer than the payment provider holds it.",
        ),
        Key::choice(
            "three_ds",
            &["optional", "conditional", "always"],
            "When a buyer authenticates a payment by 3-D Secure: when the provider says so \
             (`\"conditional\"`; `\"optional\"` keeps quiet about it), or `\"always\"`. An agent that \
             cannot do it is told, and with `\"always\"` cannot buy.",
        ),
        Key::list(
            "routes",
            ROUTES,
            "Other accounts that payments go to, the preferred one first, as entries of \
             `[[payment.routes]]`; at most 20. What none of them takes goes to `provider`.",
        ),
    ];
}

fn demo_books<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    let expected = format_args!("the path of a file, at most {DEMO_BOOKS_BYTES_MAX} bytes");
    reading::from_text(from, expected, |text| {
        let fits = text.len() <= DEMO_BOOKS_BYTES_MAX && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}
