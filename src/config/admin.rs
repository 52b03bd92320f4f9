//! `[admin]`: where the command line tools reach a running gateway.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use super::forms::{Form, PLAIN_CHAR};
use super::keys::{Key, Section};
use super::reading;

/// Longest path a Unix socket can be bound to, in bytes.
pub(super) const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Bytes are not said in a schema, but there are never more characters than bytes.
const SOCKET: Form = Form::matching(&["^", PLAIN_CHAR, "*$"]).within(0, SOCKET_PATH_BYTES_MAX);

/// The admin listener.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// The Unix socket; see [`super::Config::admin_socket`] for where it is by default.
    #[serde(deserialize_with = "socket", skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

impl Section for Admin {
    const NAME: &'static str = "admin";
    const ABOUT: &'static str = "Where the command line tools reach a running gateway.";
    const KEYS: &'static [Key] = &[Key::text(
        "socket",
        SOCKET,
        "Path of the Unix socket the command line tools use, at most 107 bytes. Without it, \
         `admin.sock` in the data directory.",
    )];
}

fn socket<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected =
        format_args!("a path of at most {SOCKET_PATH_BYTES_MAX} bytes for a Unix socket");
    reading::some_from_text(from, expected, |text| {
        let fits = text.len() <= SOCKET_PATH_BYTES_MAX && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}
