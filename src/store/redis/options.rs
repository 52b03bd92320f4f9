//! How a store on Redis is to be reached.

use std::fmt;

use redis::{ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, RedisResult};
use zeroize::Zeroizing;

use super::clock::ServerTime;

/// Which servers there are, and who of them is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Servers {
    /// One server.
    Standalone { url: String },
    /// A primary with replicas, and sentinels who know which is which.
    Sentinel { urls: Vec<String>, primary: String },
    /// Many primaries that share the keys; some of them are named here.
    Cluster { urls: Vec<String> },
}

/// All that is to be known to open a store on Redis.
#[derive(Clone)]
pub struct Options {
    pub servers: Servers,
    pub username: Option<String>,
    pub password: Option<Zeroizing<String>>,
    pub database: u8,
    /// What all keys begin with, so that several stores can share a server.
    pub prefix: String,
    /// How many replicas must have a durable commit before it is acknowledged.
    pub replicas: u8,
    /// Whether a durable commit must be on a disk before it is acknowledged.
    pub fsync: bool,
    /// How many connections ask whether commits are durable.
    pub durable_connections: u8,
    pub time: ServerTime,
}

impl Options {
    /// How to reach the server behind a URL, with our name and password.
    pub(super) fn to(&self, url: &str) -> RedisResult<ConnectionInfo> {
        Ok(url.into_connection_info()?.set_redis_settings(self.manners()))
    }

    /// How to reach a server the sentinels named.
    pub(super) fn to_named(&self, host: String, port: u16) -> RedisResult<ConnectionInfo> {
        // Whoever is asked in secret names servers that are spoken to in secret.
        let scheme = if self.servers.are_encrypted() { "rediss" } else { "redis" };
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        self.to(&format!("{scheme}://{host}:{port}"))
    }

    fn manners(&self) -> RedisConnectionInfo {
        let manners =
            RedisConnectionInfo::default().set_db(self.database.into()).set_skip_set_lib_name();
        let manners = match &self.username {
            Some(username) => manners.set_username(username),
            None => manners,
        };
        match &self.password {
            Some(password) => manners.set_password(password.as_str()),
            None => manners,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("servers", &self.servers)
            .field("database", &self.database)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl Servers {
    fn are_encrypted(&self) -> bool {
        let is_encrypted = |url: &String| url.starts_with("rediss:");
        match self {
            Self::Standalone { url } => is_encrypted(url),
            Self::Sentinel { urls, .. } | Self::Cluster { urls } => urls.iter().any(is_encrypted),
        }
    }
}

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standalone { url } => f.write_str(url),
            Self::Sentinel { urls, primary } => {
                write!(f, "{primary:?} by the sentinels {}", urls.join(", "))
            }
            Self::Cluster { urls } => write!(f, "the cluster of {}", urls.join(", ")),
        }
    }
}
