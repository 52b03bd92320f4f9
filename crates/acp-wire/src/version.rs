//! The versions of the protocol this gateway speaks.

use std::fmt;

/// A released version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The release of 17 April 2026.
    V2026_04_17,
}

/// A version header that names no version we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this protocol version is not supported")]
pub struct UnsupportedVersion;

impl Version {
    /// Every supported version, newest first.
    pub const ALL: [Self; 1] = [Self::V2026_04_17];

    /// The newest supported version.
    pub const NEWEST: Self = Self::V2026_04_17;

    /// Reads the `API-Version` header.
    ///
    /// # Errors
    /// Refuses dates that are not a supported version.
    pub fn parse(text: &str) -> Result<Self, UnsupportedVersion> {
        Self::ALL.into_iter().find(|version| version.as_str() == text).ok_or(UnsupportedVersion)
    }

    /// The date that names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2026_04_17 => "2026-04-17",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
