//! `[planner]`: a language model that is asked where the rules do not understand a sentence.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::{self, BASE_URL_OR_NONE, CALLS_AT_ONCE, SECRET};
use super::shared;
use crate::config::forms::Form;
use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::secrets::Secret;

const MODEL: Form = Form::matching(&["^([!-~]{1,200})?$"]);
const MODEL_CHARS_MAX: usize = 200;

/// Whether a language model is asked, and which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Planner {
    /// Where its API is; where it is not set, no model is asked.
    #[serde(
        deserialize_with = "address::base_url_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_url: Option<String>,
    /// What it is called there.
    #[serde(deserialize_with = "model", skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What we show it.
    #[serde(deserialize_with = "address::secret", skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Secret<String>>,
    /// How long a connection may take.
    #[serde(deserialize_with = "reading::whole::<10, 10_000, _, _>")]
    pub connect_timeout_ms: u64,
    /// How long an answer may take in all.
    #[serde(deserialize_with = "reading::whole::<10, 60_000, _, _>")]
    pub timeout_ms: u64,
    /// How many calls may be under way at the same time.
    #[serde(deserialize_with = "reading::whole::<1, 1_000, _, _>")]
    pub calls_at_once: usize,
    /// How long an answer may be.
    #[serde(deserialize_with = "reading::whole::<50, 10_000, _, _>")]
    pub tokens_max: u64,
    /// What its dice begin with.
    #[serde(deserialize_with = "reading::whole::<0, 2_147_483_647, _, _>")]
    pub seed: i64,
    /// How often it is asked in a minute.
    #[serde(deserialize_with = "reading::whole::<1, 10_000, _, _>")]
    pub calls_per_minute: u32,
    /// How many tokens a day has.
    #[serde(deserialize_with = "reading::whole::<1, 1_000_000_000_000, _, _>")]
    pub tokens_per_day: u64,
}

impl Planner {
    /// How long a connection to the model may take.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long an answer may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let Some(base_url) = &self.base_url else { return Vec::new() };
        let mut found: Vec<(&'static [&'static str], String)> = Vec::new();
        if self.api_key.is_some() && !address::is_private(base_url) {
            let what = format!(
                "is {base_url:?}; expected https://, because planner.api_key travels with every \
                 call (http:// is for this machine alone)"
            );
            found.push((&["planner.base_url"], what));
        }
        if self.model.is_none() {
            let what = "is not set; expected the name of a model at planner.base_url";
            found.push((&["planner.model"], what.to_owned()));
        }
        found
    }
}

fn model<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "the name of a model, of 1 to 200 characters without spaces";
    reading::some_from_text(from, expected, |text| {
        address::is_plain(text, MODEL_CHARS_MAX).then(|| text.to_owned())
    })
}

impl Default for Planner {
    fn default() -> Self {
        Self {
            base_url: None,
            model: None,
            api_key: None,
            connect_timeout_ms: 1_000,
            timeout_ms: 6_000,
            calls_at_once: CALLS_AT_ONCE,
            tokens_max: 700,
            seed: 1,
            calls_per_minute: 60,
            tokens_per_day: 1_000_000,
        }
    }
}

impl Section for Planner {
    const NAME: &'static str = "planner";
    const ABOUT: &'static str = "Whether a language model is asked where the rules do not understand a sentence, and which.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "base_url",
            BASE_URL_OR_NONE,
            "Where the API of the model is, in the form of OpenAI's chat completions, such as \
             `https://api.openai.com/v1`. Without it, no model is asked and nothing is sent. With \
             a key, `http://` is only taken for this machine.",
        ),
        Key::text(
            "model",
            MODEL,
            "What the model is called there; 1 to 200 characters. Needed with `base_url`.",
        ),
        Key::secret(
            "api_key",
            SECRET,
            "What the gateway shows the model, as a bearer token; 1 to 255 characters.",
        ),
        shared::CONNECT_TIMEOUT_MS,
        Key::whole(
            "timeout_ms",
            10,
            60_000,
            "How long an answer may take, a second try included; 10 to 60000. Whoever waits for it \
             waits this long at most, and is then told what the rules understood.",
        ),
        shared::CALLS,
        Key::whole("tokens_max", 50, 10_000, "How long an answer may be, in tokens; 50 to 10000."),
        Key::whole(
            "seed",
            0,
            2_147_483_647,
            "What the dice of the model begin with, so that it answers the same; 0 to 2147483647.",
        ),
        Key::whole(
            "calls_per_minute",
            1,
            10_000,
            "How often the model is asked in a minute, by each process; 1 to 10000.",
        ),
        Key::whole(
            "tokens_per_day",
            1,
            1_000_000_000_000,
            "How many tokens a day (UTC) has, of questions and answers together, for each process; \
             1 to 1000000000000.",
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_has_a_name_and_its_key_is_not_shown_to_the_street() {
        let mut planner = Planner::default();
        assert_eq!(planner.contradictions(), [], "nobody is asked");
        planner.base_url = Some("http://model.internal/v1".into());
        planner.api_key = Some(Secret::guard("k".into()));
        let found = planner.contradictions();
        assert!(found[0].1.contains("planner.api_key travels"), "{found:?}");
        assert!(found[1].1.contains("expected the name of a model"), "{found:?}");
        planner.model = Some("m".into());
        planner.base_url = Some("https://model.internal/v1".into());
        assert_eq!(planner.contradictions(), []);
    }
}
