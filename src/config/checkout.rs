//! `[checkout]`: how long sessions and answers are kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::keys::{Key, Section};
use super::reading;

/// How checkout sessions live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Checkout {
    /// How long a session lives after its last change.
    #[serde(deserialize_with = "reading::whole::<1, 43_200, _, _>")]
    pub session_life_minutes: u64,
    /// How long a finished or abandoned session can be read.
    #[serde(deserialize_with = "reading::whole::<1, 3_650, _, _>")]
    pub session_kept_days: u64,
    /// How long the answer to a completed call is kept for its key.
    #[serde(deserialize_with = "reading::whole::<24, 8_760, _, _>")]
    pub idempotency_retention_hours: u64,
    /// What happens to members of a request the protocol does not know.
    #[serde(deserialize_with = "reading::choice")]
    pub unknown_fields: UnknownFields,
    /// Whether the version of the protocol that is not released yet is spoken.
    #[serde(deserialize_with = "reading::flag")]
    pub unreleased: bool,
}

/// What happens to members of a request the protocol does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownFields {
    /// They are passed over.
    Ignore,
    /// The request is refused, naming them.
    Refuse,
}

impl Checkout {
    /// How long a session lives after its last change.
    pub const fn session_life(&self) -> Duration {
        Duration::from_mins(self.session_life_minutes)
    }

    /// How long a finished or abandoned session can be read.
    pub const fn session_kept(&self) -> Duration {
        Duration::from_hours(self.session_kept_days * 24)
    }

    /// How long the answer to a completed call is kept for its key.
    pub const fn idempotency_retention(&self) -> Duration {
        Duration::from_hours(self.idempotency_retention_hours)
    }
}

impl Default for Checkout {
    fn default() -> Self {
        Self {
            session_life_minutes: 1_440,
            session_kept_days: 90,
            idempotency_retention_hours: 48,
            unknown_fields: UnknownFields::Ignore,
            unreleased: false,
        }
    }
}

impl Section for Checkout {
    const NAME: &'static str = "checkout";
    const ABOUT: &'static str =
        "How long sessions and answers are kept, and how strictly requests are read.";
    const KEYS: &'static [Key] = &[
        Key::whole(
            "session_life_minutes",
            1,
            43_200,
            "How long a session lives after its last change; 1 to 43200.",
        ),
        Key::whole(
            "session_kept_days",
            1,
            3_650,
            "How long a finished or abandoned session can be read; 1 to 3650, and not shorter than \
             its recorded answers are kept.",
        ),
        Key::whole(
            "idempotency_retention_hours",
            24,
            8_760,
            "How long the answer to a completed call is kept for its idempotency key; 24 to 8760.",
        ),
        Key::choice(
            "unknown_fields",
            &["ignore", "refuse"],
            "What happens to members of a request that the protocol does not know: `\"ignore\"` or \
             `\"refuse\"`.",
        ),
        Key::flag(
            "unreleased",
            "Whether `API-Version: unreleased` is spoken: the version of the protocol to come, \
             which may change any day.",
        ),
    ];
}
