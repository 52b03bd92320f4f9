//! `[store]`: where everything is kept that must not be lost.

mod redis;

pub use redis::{Redis, RedisMode};

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::forms::{Form, PLAIN_CHAR};
use crate::config::keys::{Key, Section};
use crate::config::reading;

/// Longest path of the data directory, in bytes.
const DATA_DIR_BYTES_MAX: usize = 1_024;

/// Bytes are not said in a schema, but there are never more characters than bytes.
const DATA_DIR: Form = Form::matching(&["^", PLAIN_CHAR, "+$"]).within(1, DATA_DIR_BYTES_MAX);

/// The store behind this gateway. It is chosen at start and never switched by failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Which backend keeps the documents.
    #[serde(deserialize_with = "reading::choice")]
    pub kind: StoreKind,
    /// Where files go: the embedded store, the generated master key, the admin socket.
    #[serde(deserialize_with = "data_dir")]
    pub data_dir: PathBuf,
}

/// The backends there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// Files in the data directory; one process.
    Embedded,
    /// Forgets everything at the end of the process; for trying things out.
    Memory,
    /// Redis servers; any number of processes.
    Redis,
}

impl Default for Store {
    fn default() -> Self {
        Self { kind: StoreKind::Embedded, data_dir: PathBuf::from("./data") }
    }
}

impl Section for Store {
    const NAME: &'static str = "store";
    const ABOUT: &'static str = "Where everything is kept that must not be lost.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "kind",
            &["embedded", "memory", "redis"],
            "`\"embedded\"` keeps everything in files of the data directory; `\"memory\"` forgets \
             everything when the process ends; `\"redis\"` keeps it on the servers of `[redis]`, \
             which several gateways can share.",
        ),
        Key::text("data_dir", DATA_DIR, "Where files go."),
    ];
}

fn data_dir<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    let expected = format_args!("the path of a directory, 1 to {DATA_DIR_BYTES_MAX} bytes");
    reading::from_text(from, expected, |text| {
        let fits =
            (1..=DATA_DIR_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}
