//! Where keys are found.

use std::fmt;

use acp_core::limits;
use http::Uri;

/// Where an agent publishes its keys, and with that who it is: whoever signs is the place its key
/// was found at, and not the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeySource {
    discovery: Discovery,
    url: KeyUrl,
}

/// How the keys are found at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Discovery {
    /// The place is a host, and they are where all hosts have them.
    Directory,
    /// The place is that of the keys.
    JwksUri,
    /// The place is that of the metadata of a client, which has the keys or says where they are.
    Cimd,
}

/// An address that may be asked for keys: `https`, a host that is a name, the usual port, nobody's
/// password. The host is in small letters, so that an address has one way to be written.
///
/// What the name stands for is not known here. Whoever connects has to look at that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyUrl {
    host: String,
    path: String,
}

/// Where all hosts have the keys of those who sign.
const DIRECTORY_PATH: &str = "/.well-known/http-message-signatures-directory";

/// Why an address is not asked for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKeyUrl {
    /// It is no address, or too long.
    #[error("it is not an address, or too long")]
    NotAnAddress,
    /// It is not `https`.
    #[error("it does not begin with https://")]
    NotHttps,
    /// It has a user or a password.
    #[error("it has a user in it")]
    HasUser,
    /// It has another port than the usual one.
    #[error("it has another port than 443")]
    HasPort,
    /// Its host is a number or a name without a dot.
    #[error("its host is not a name with a dot in it")]
    NoName,
    /// It has a fragment.
    #[error("it has a fragment")]
    HasFragment,
    /// A host is wanted and nothing else.
    #[error("a directory is a host alone, without path and query")]
    NotAHost,
}

impl KeySource {
    /// The place of an address and how it is asked.
    ///
    /// # Errors
    /// Refuses a directory that is not a host alone.
    pub fn new(discovery: Discovery, url: KeyUrl) -> Result<Self, NoKeyUrl> {
        if discovery == Discovery::Directory && url.path != "/" {
            return Err(NoKeyUrl::NotAHost);
        }
        Ok(Self { discovery, url })
    }

    /// How the keys are found there.
    pub fn discovery(&self) -> Discovery {
        self.discovery
    }

    /// The address that stands for the agent.
    pub fn url(&self) -> &KeyUrl {
        &self.url
    }

    /// The address that has to be asked.
    pub fn fetched(&self) -> KeyUrl {
        match self.discovery {
            Discovery::Directory => {
                KeyUrl { host: self.url.host.clone(), path: DIRECTORY_PATH.to_owned() }
            }
            Discovery::JwksUri | Discovery::Cimd => self.url.clone(),
        }
    }
}

impl KeyUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Says why it is not asked.
    pub fn read(text: &str) -> Result<Self, NoKeyUrl> {
        if text.len() > limits::URI_BYTES_MAX || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NoKeyUrl::NotAnAddress);
        }
        // The parser of addresses throws fragments away.
        if text.contains('#') {
            return Err(NoKeyUrl::HasFragment);
        }
        let uri: Uri = text.parse().map_err(|_cause| NoKeyUrl::NotAnAddress)?;
        if uri.scheme_str() != Some("https") {
            return Err(NoKeyUrl::NotHttps);
        }
        let authority = uri.authority().ok_or(NoKeyUrl::NotAnAddress)?;
        if authority.as_str().contains('@') {
            return Err(NoKeyUrl::HasUser);
        }
        let has_port = authority.as_str().len() > authority.host().len();
        if has_port && authority.port_u16() != Some(443) {
            return Err(NoKeyUrl::HasPort);
        }
        let host = authority.host().to_ascii_lowercase();
        if !is_name(&host) {
            return Err(NoKeyUrl::NoName);
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self { host, path: path.to_owned() })
    }

    /// The name of the host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// Whether it is a name that is asked of the domain name system, with a dot in it. What ends in a
/// number is read as an address by much software, in many strange ways.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(is_inner)
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(is_label)
        && last.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}

impl fmt::Display for KeyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path == "/" { "" } else { &self.path };
        write!(f, "https://{}{path}", self.host)
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}
