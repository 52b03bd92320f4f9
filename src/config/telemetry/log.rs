//! `[log]`: what the gateway writes about itself.

use serde::{Deserialize, Serialize};

use crate::config::forms::Form;
use crate::config::keys::{Key, Section};
use crate::config::reading;

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// For people or for machines.
    #[serde(deserialize_with = "reading::choice")]
    pub format: LogFormat,
    /// A filter directive of `tracing`, such as `info` or `info,acp_gateway=debug`. Telemetry
    /// parses it; here it is only text.
    #[serde(deserialize_with = "reading::text::<1, 500, _>")]
    pub level: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Readable,
    /// One JSON object per line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Readable, level: "info".into() }
    }
}

impl Section for Log {
    const NAME: &'static str = "log";
    const ABOUT: &'static str = "What the gateway writes about itself.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "format",
            &["readable", "json"],
            "`\"readable\"` for people, `\"json\"` for machines.",
        ),
        Key::text(
            "level",
            Form::line(500),
            "A filter of `tracing`, such as `info,acp_gateway=debug`; 1 to 500 characters.",
        ),
    ];
}
