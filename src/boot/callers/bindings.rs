//! The ways to call the gateway beside REST.

use std::sync::Arc;

use axum::Router;

use crate::config;
use crate::http::{Gateway, Inward};
use crate::mcp::{self, Names};

/// The tools, where they are wanted.
pub(in crate::boot) fn tools(config: &config::Mcp, gateway: &Arc<Gateway>) -> Router<Arc<Gateway>> {
    if !config.enabled {
        return Router::new();
    }
    let names = Names {
        hosts: config.allowed_hosts.clone(),
        origins: config.allowed_origins.iter().map(|origin| with_port(origin)).collect(),
    };
    mcp::routes(Inward::to(gateway), names)
}

/// An origin with its port, also where that is the usual one: without it, every port would do.
fn with_port(origin: &str) -> String {
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let after_address = authority.rsplit(']').next().unwrap_or_default();
    match scheme {
        _ if after_address.contains(':') => origin.to_owned(),
        "https" => format!("{origin}:443"),
        _ => format!("{origin}:80"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_one_port() {
        for (origin, meant) in [
            ("https://chat.example", "https://chat.example:443"),
            ("http://chat.example", "http://chat.example:80"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]", "http://[::1]:80"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(with_port(origin), meant);
        }
    }
}
