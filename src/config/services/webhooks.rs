//! `[webhooks]`: how agents are told of their orders.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::keys::{Key, Section};
use crate::config::reading;

/// How agents are told of their orders, at the addresses they name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// For how long something is tried.
    #[serde(deserialize_with = "reading::whole::<1, 720, _, _>")]
    pub give_up_after_hours: u64,
    /// Whether this machine itself may be told something, unencrypted.
    #[serde(deserialize_with = "reading::flag")]
    pub local_http: bool,
}

impl Webhooks {
    /// For how long something is tried.
    pub const fn give_up_after(&self) -> Duration {
        Duration::from_hours(self.give_up_after_hours)
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { give_up_after_hours: 72, local_http: false }
    }
}

impl Section for Webhooks {
    const NAME: &'static str = "webhooks";
    const ABOUT: &'static str = "How agents are told of their orders, at the addresses they name.";
    const KEYS: &'static [Key] = &[
        Key::whole(
            "give_up_after_hours",
            1,
            720,
            "For how many hours an endpoint that does not listen is told the same again and again; \
             1 to 720. Then it is kept until somebody wants it told.",
        ),
        Key::flag(
            "local_http",
            "Whether an endpoint may be `http://` at this machine itself, as where an agent is \
             developed. Everybody else is told over `https://` at public addresses alone.",
        ),
    ];
}
