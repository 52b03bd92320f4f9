//! `[payment]`: who moves the money, and when.

use serde::{Deserialize, Serialize};

use super::keys::{Key, Section};
use super::reading;

/// How payments are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Payment {
    /// The payment provider.
    #[serde(deserialize_with = "reading::choice")]
    pub provider: PaymentProvider,
    /// When authorized money is taken.
    #[serde(deserialize_with = "reading::choice")]
    pub capture: Capture,
    /// When a buyer authenticates a payment.
    #[serde(deserialize_with = "reading::choice")]
    pub three_ds: ThreeDs,
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
}

/// When authorized money is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// As soon as the order is committed.
    AtOnce,
}

impl Default for Payment {
    fn default() -> Self {
        Self {
            provider: PaymentProvider::Demo,
            capture: Capture::AtOnce,
            three_ds: ThreeDs::Conditional,
        }
    }
}

impl Section for Payment {
    const NAME: &'static str = "payment";
    const ABOUT: &'static str = "Who moves the money, and when.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "provider",
            &["demo"],
            "Who moves the money. `\"demo\"` is built in and moves none.",
        ),
        Key::choice(
            "capture",
            &["at_once"],
            "When authorized money is taken: as soon as the order is committed.",
        ),
        Key::choice(
            "three_ds",
            &["optional", "conditional", "always"],
            "When a buyer authenticates a payment by 3-D Secure: when the provider says so \
             (`\"conditional\"`; `\"optional\"` keeps quiet about it), or `\"always\"`. An agent that \
             cannot do it is told, and with `\"always\"` cannot buy.",
        ),
    ];
}
