//! `[admin]`: where the command line tools reach a running gateway.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::forms::{Form, PLAIN_CHAR, PORT};
use crate::config::keys::{Key, Section};
use crate::config::reading;

/// Longest path a Unix socket can be bound to, in bytes.
pub(in crate::config) const SOCKET_PATH_BYTES_MAX: usize = 107;

/// Bytes are not said in a schema, but there are never more characters than bytes.
const SOCKET: Form = Form::matching(&["^", PLAIN_CHAR, "*$"]).within(0, SOCKET_PATH_BYTES_MAX);

/// The admin listener.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// The Unix socket; see [`crate::config::Config::admin_socket`] for where it is by default.
    #[serde(deserialize_with = "socket", skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
    /// An address on loopback for those who show a key, beside the socket.
    #[serde(deserialize_with = "listen", skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
}

impl Section for Admin {
    const NAME: &'static str = "admin";
    const ABOUT: &'static str = "Where the command line tools reach a running gateway.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "socket",
            SOCKET,
            "Path of the Unix socket the command line tools use, at most 107 bytes. Without it, \
             `admin.sock` in the data directory.",
        ),
        Key::text(
            "listen",
            LISTEN,
            "An address of this machine, such as `\"127.0.0.1:8081\"`, where the same calls are \
             taken from whoever shows a key with the scope `admin`, or a token with the role \
             `admin`. Without it, the socket alone.",
        ),
    ];
}

/// The addresses of loopback: those of IPv4 that begin with 127, and the one of IPv6 in its usual
/// spellings.
const LISTEN: Form = Form::matching(&[r"^((127(\.[0-9]{1,3}){3}|\[[0:]*:0*1\]):", PORT, ")?$"]);

fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let expected = "an IP address of this machine alone and a port, such as 127.0.0.1:8081";
    reading::some_from_text(from, expected, |text| {
        let address: Option<SocketAddr> = text.parse().ok();
        address.filter(|address| address.ip().is_loopback())
    })
}

fn socket<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected =
        format_args!("a path of at most {SOCKET_PATH_BYTES_MAX} bytes for a Unix socket");
    reading::some_from_text(from, expected, |text| {
        let fits = text.len() <= SOCKET_PATH_BYTES_MAX && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}
