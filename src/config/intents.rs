//! `[intents]`: what is remembered of what shoppers say.

use serde::{Deserialize, Serialize};

use super::keys::{Key, Section};
use super::reading;

/// How sentences are treated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intents {
    /// Whether conversations remember what was said, and not only what it came to.
    #[serde(deserialize_with = "reading::flag")]
    pub keep_text: bool,
}

impl Section for Intents {
    const NAME: &'static str = "intents";
    const ABOUT: &'static str = "What is remembered of what shoppers say.";
    const KEYS: &'static [Key] = &[Key::flag(
        "keep_text",
        "Whether conversations remember what was said, without addresses of mail and long numbers, \
         and not only what it came to.",
    )];
}
