//! `[metrics]`: where figures of the gateway are read.

use std::net::SocketAddr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::server::LISTEN_OR_NOT;

/// Figures of the gateway, for Prometheus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Where they are read; without it, none are kept for this.
    #[serde(deserialize_with = "listen", skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
}

impl Section for Metrics {
    const NAME: &'static str = "metrics";
    const ABOUT: &'static str = "Figures of the gateway, for Prometheus.";
    const KEYS: &'static [Key] = &[Key::text(
        "listen",
        LISTEN_OR_NOT,
        "IP address and port, such as `\"127.0.0.1:9464\"`, where `GET /metrics` is answered to \
         whoever asks: nobody shows a key there, so it is not for the internet. Without it, \
         nothing is counted for this.",
    )];
}

fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let expected = "an IP address and a port, such as 127.0.0.1:9464 or [::]:9464";
    reading::some_from_text(from, expected, |text| text.parse().ok())
}
