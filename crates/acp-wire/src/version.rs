//! The versions of the protocol this gateway speaks.

use std::fmt;

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The release of 29 September 2025.
    V2025_09_29,
    /// The release of 12 December 2025.
    V2025_12_12,
    /// The release of 16 January 2026.
    V2026_01_16,
    /// The release of 30 January 2026.
    V2026_01_30,
    /// The release of 17 April 2026.
    V2026_04_17,
    /// What is not released yet, and may change any day.
    Unreleased,
}

/// A version header that names no version we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this protocol version is not supported")]
pub struct UnsupportedVersion;

/// A date that was announced for the first release and never became one. Some agents send it.
const ANNOUNCED: &str = "2025-09-12";

/// A date that only the documents of delegated authentication name, which came with another one.
const DRAFTED: &str = "2026-01-28";

impl Version {
    /// Every released version, newest first.
    pub const RELEASED: [Self; 5] = [
        Self::V2026_04_17,
        Self::V2026_01_30,
        Self::V2026_01_16,
        Self::V2025_12_12,
        Self::V2025_09_29,
    ];

    /// The newest released version.
    pub const NEWEST: Self = Self::V2026_04_17;

    /// Reads the `API-Version` header.
    ///
    /// # Errors
    /// Refuses what is not a version that was ever spoken here.
    pub fn parse(text: &str) -> Result<Self, UnsupportedVersion> {
        if text == ANNOUNCED {
            return Ok(Self::V2025_09_29);
        }
        let mut all = Self::RELEASED.into_iter().chain([Self::Unreleased]);
        all.find(|version| version.as_str() == text).ok_or(UnsupportedVersion)
    }

    /// Reads the `API-Version` header of a call about authentications: their documents name a date of
    /// their own, which is good for nothing else.
    ///
    /// # Errors
    /// Refuses what is not a version that was ever spoken here.
    pub fn parse_of_authentications(text: &str) -> Result<Self, UnsupportedVersion> {
        if text == DRAFTED { Ok(Self::V2026_04_17) } else { Self::parse(text) }
    }

    /// The date that names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2025_09_29 => "2025-09-29",
            Self::V2025_12_12 => "2025-12-12",
            Self::V2026_01_16 => "2026-01-16",
            Self::V2026_01_30 => "2026-01-30",
            Self::V2026_04_17 => "2026-04-17",
            Self::Unreleased => "unreleased",
        }
    }

    /// What it calls a place in a request that the newest version calls `path`.
    pub fn place(self, path: &str) -> String {
        let renamed: &[(&str, &str)] = match self {
            Self::V2025_09_29 => &[
                ("$.fulfillment_details.address", "$.fulfillment_address"),
                ("$.selected_fulfillment_options[0]", "$.fulfillment_option_id"),
                ("$.line_items", "$.items"),
                ("$.payment_data.handler_id", "$.payment_data.provider"),
                ("$.payment_data.instrument", "$.payment_data.token"),
            ],
            Self::V2025_12_12 | Self::V2026_01_16 => &[
                ("$.line_items", "$.items"),
                ("$.payment_data.handler_id", "$.payment_data.provider"),
                ("$.payment_data.instrument", "$.payment_data.token"),
            ],
            Self::V2026_01_30 | Self::V2026_04_17 | Self::Unreleased => &[],
        };
        let mut renamed = renamed.iter().filter_map(|(new, old)| {
            let inside = path.strip_prefix(new)?;
            Some(format!("{old}{inside}"))
        });
        renamed.next().unwrap_or_else(|| path.to_owned())
    }

    /// Whether every POST needs an idempotency key.
    pub fn demands_a_key(self) -> bool {
        self >= Self::V2026_04_17
    }

    /// Whether it knows carts.
    pub fn has_carts(self) -> bool {
        self >= Self::V2026_04_17
    }

    /// Whether agents may have it found out whose a card is.
    pub fn has_authentications(self) -> bool {
        self >= Self::V2026_04_17
    }

    /// Whether a card is handed over with at least one sign of risk.
    pub fn demands_risk_signals(self) -> bool {
        self < Self::V2026_04_17
    }

    /// Whether a key that is used for another body is a conflict, or a request that cannot be
    /// processed.
    pub fn calls_it_a_conflict(self) -> bool {
        self < Self::V2026_04_17
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_by_their_dates() {
        for version in Version::RELEASED {
            assert_eq!(Version::parse(version.as_str()), Ok(version));
        }
        assert_eq!(Version::parse("2025-09-12"), Ok(Version::V2025_09_29));
        assert_eq!(Version::parse("unreleased"), Ok(Version::Unreleased));
        let drafted = "2026-01-28";
        assert_eq!(Version::parse_of_authentications(drafted), Ok(Version::V2026_04_17));
        assert_eq!(Version::parse_of_authentications("2026-01-30"), Ok(Version::V2026_01_30));
        for text in ["", "latest", drafted, "2026-04-18", "2026-4-17", "Unreleased", "*"] {
            assert_eq!(Version::parse(text), Err(UnsupportedVersion), "{text}");
        }
        assert!(Version::RELEASED.is_sorted_by(|one, next| one > next), "newest first");
    }
}
