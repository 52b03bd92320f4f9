//! `[limits]`: how often callers may call.

use serde::{Deserialize, Serialize};

use super::keys::{Key, Section};
use super::reading;

const PER_MINUTE_MAX: i64 = 6_000_000;
const BURST_MAX: i64 = 1_000_000;
const FACTOR_MAX: i64 = 100;

/// How often each caller may do what, counted by all gateways of a store together, and how often an
/// address may fail to say who calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Whether anybody counts.
    #[serde(deserialize_with = "reading::flag")]
    pub enabled: bool,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub reads_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub reads_burst: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub creates_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub creates_burst: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub changes_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub changes_burst: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub completes_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub completes_burst: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub delegations_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub delegations_burst: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub intents_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub intents_burst: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub merchant_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub merchant_burst: u32,
    /// How many times as much is for calls that are signed.
    #[serde(deserialize_with = "reading::whole::<1, FACTOR_MAX, _, _>")]
    pub signed_factor: u32,
    #[serde(deserialize_with = "reading::whole::<1, PER_MINUTE_MAX, _, _>")]
    pub failed_authentications_per_minute: u32,
    #[serde(deserialize_with = "reading::whole::<1, BURST_MAX, _, _>")]
    pub failed_authentications_burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            reads_per_minute: 60_000,
            reads_burst: 10_000,
            creates_per_minute: 6_000,
            creates_burst: 1_000,
            changes_per_minute: 30_000,
            changes_burst: 5_000,
            completes_per_minute: 3_000,
            completes_burst: 500,
            delegations_per_minute: 60,
            delegations_burst: 30,
            intents_per_minute: 1_200,
            intents_burst: 200,
            merchant_per_minute: 12_000,
            merchant_burst: 2_000,
            signed_factor: 2,
            failed_authentications_per_minute: 300,
            failed_authentications_burst: 300,
        }
    }
}

impl Section for Limits {
    const NAME: &'static str = "limits";
    const ABOUT: &'static str =
        "How often each caller may call, counted by all gateways of a store together.";
    const KEYS: &'static [Key] = &[
        Key::flag("enabled", "Whether calls are counted at all."),
        Key::whole(
            "reads_per_minute",
            1,
            PER_MINUTE_MAX,
            "Looking at sessions, carts and orders: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("reads_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "creates_per_minute",
            1,
            PER_MINUTE_MAX,
            "Opening sessions and carts: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("creates_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "changes_per_minute",
            1,
            PER_MINUTE_MAX,
            "Changing and canceling them: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("changes_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "completes_per_minute",
            1,
            PER_MINUTE_MAX,
            "Completing sessions: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("completes_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "delegations_per_minute",
            1,
            PER_MINUTE_MAX,
            "Handing over cards: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("delegations_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "intents_per_minute",
            1,
            PER_MINUTE_MAX,
            "Intents and plans: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("intents_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "merchant_per_minute",
            1,
            PER_MINUTE_MAX,
            "All calls with a merchant's key: how many in a minute; 1 to 6000000.",
        ),
        Key::whole("merchant_burst", 1, BURST_MAX, "How many of them at once; 1 to 1000000."),
        Key::whole(
            "signed_factor",
            1,
            FACTOR_MAX,
            "How many times as much of each quota is for calls that are signed; 1 to 100.",
        ),
        Key::whole(
            "failed_authentications_per_minute",
            1,
            PER_MINUTE_MAX,
            "Calls without a good key from one address: how many in a minute; 1 to 6000000.",
        ),
        Key::whole(
            "failed_authentications_burst",
            1,
            BURST_MAX,
            "How many of them at once; 1 to 1000000.",
        ),
    ];
}
