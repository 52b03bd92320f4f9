//! A request as it was received, and the place it was meant for.

use std::fmt;

use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, Method};

/// Where the gateway is for its callers: scheme and authority, as they sign them.
///
/// Behind a proxy this is not what the connection says, so whoever knows how the gateway is
/// reached makes one of these, and not the request itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    authority: String,
}

/// How the gateway is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Without encryption, for tests and behind a proxy that signs for it.
    Http,
    /// With encryption.
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// A host that is no host.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a host with or without a port")]
pub struct NotAHost(String);

impl Origin {
    /// The origin of a scheme and what `Host` said: in small letters, and without the port where
    /// it is the usual one, as RFC 9421 wants it (section 2.2.3).
    ///
    /// # Errors
    /// Refuses what is not a host with or without a port.
    pub fn new(scheme: Scheme, host: &str) -> Result<Self, NotAHost> {
        let refused = || NotAHost(host.chars().take(100).collect());
        let authority = host.parse::<Authority>().ok().filter(|read| !read.as_str().contains('@'));
        let authority = authority.ok_or_else(refused)?;
        let name = authority.host().to_ascii_lowercase();
        let has_port = authority.as_str().len() > authority.host().len();
        let authority = match authority.port_u16() {
            Some(port) if port == scheme.default_port() => name,
            Some(port) => format!("{name}:{port}"),
            None if has_port => return Err(refused()),
            None => name,
        };
        if authority.is_empty() {
            return Err(refused());
        }
        Ok(Self { scheme, authority })
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host, and port where it is not the usual one.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

/// A request as it was received, before anybody changed or read its body.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a Method,
    /// Where the caller thinks it called.
    pub origin: &'a Origin,
    /// Path and query, byte for byte.
    pub target: &'a PathAndQuery,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The body, byte for byte.
    pub body: &'a [u8],
}
