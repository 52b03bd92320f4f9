//! The versions of the protocol, and what each of them can say.

use std::fmt;

/// A version of the protocol, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Version {
    V2025_09_29,
    V2025_12_12,
    V2026_01_16,
    V2026_01_30,
    V2026_04_17,
    /// What the next version will be like. Only a shop that asks for it speaks it.
    Unreleased,
}

use Version::{Unreleased, V2025_09_29, V2025_12_12, V2026_01_16, V2026_01_30, V2026_04_17};

/// A date the first version is known by as well. It is understood and never named.
pub(super) const ALIAS: &str = "2025-09-12";

impl Version {
    /// The newest one that was released.
    pub(super) const NEWEST: Self = V2026_04_17;
    /// Those that were released.
    pub(super) const RELEASED: [Self; 5] =
        [V2025_09_29, V2025_12_12, V2026_01_16, V2026_01_30, V2026_04_17];

    /// Those that are tried: the released ones, unless `ACP_TEST_VERSIONS` names fewer.
    pub(super) fn tried() -> Vec<Self> {
        let Ok(wanted) = std::env::var("ACP_TEST_VERSIONS") else {
            return Self::RELEASED.to_vec();
        };
        let names: Vec<_> = wanted.split([',', ' ']).collect();
        Self::RELEASED.into_iter().filter(|version| names.contains(&version.name())).collect()
    }

    /// Those of them that are not older than this one.
    pub(super) fn since(self) -> Vec<Self> {
        Self::tried().into_iter().filter(|version| *version >= self).collect()
    }

    /// Those of them that are not newer than this one.
    pub(super) fn until(self) -> Vec<Self> {
        Self::tried().into_iter().filter(|version| *version <= self).collect()
    }

    /// What it is called in the header.
    pub(super) const fn name(self) -> &'static str {
        match self {
            V2025_09_29 => "2025-09-29",
            V2025_12_12 => "2025-12-12",
            V2026_01_16 => "2026-01-16",
            V2026_01_30 => "2026-01-30",
            V2026_04_17 => "2026-04-17",
            Unreleased => "unreleased",
        }
    }

    /// Whether it knows capabilities, payment handlers, and totals for each line.
    pub(super) fn has_capabilities(self) -> bool {
        self >= V2026_01_30
    }

    /// Whether every change needs an idempotency key.
    pub(super) fn needs_key(self) -> bool {
        self >= V2026_04_17
    }

    /// The status of an answer to a key that was used for another body.
    pub(super) fn conflict(self) -> u16 {
        if self >= V2026_04_17 { 422 } else { 409 }
    }

    /// Every word for how a session stands.
    pub(super) const fn statuses(self) -> &'static [&'static str] {
        match self {
            V2025_09_29 => &[
                "not_ready_for_payment",
                "ready_for_payment",
                "in_progress",
                "completed",
                "canceled",
            ],
            V2025_12_12 | V2026_01_16 => &[
                "not_ready_for_payment",
                "ready_for_payment",
                "authentication_required",
                "in_progress",
                "completed",
                "canceled",
            ],
            V2026_01_30 | V2026_04_17 | Unreleased => &[
                "incomplete",
                "not_ready_for_payment",
                "requires_escalation",
                "authentication_required",
                "ready_for_payment",
                "pending_approval",
                "complete_in_progress",
                "in_progress",
                "completed",
                "canceled",
                "expired",
            ],
        }
    }

    /// How a basket with an address stands before a delivery is chosen, in the words of the
    /// newest version: the first version chooses by itself.
    pub(super) fn unchosen(self) -> &'static str {
        if self == V2025_09_29 { "ready_for_payment" } else { "incomplete" }
    }

    /// What this version calls a status of the newest one.
    pub(super) fn status(self, newest: &str) -> &str {
        match newest {
            _ if self.has_capabilities() => newest,
            "incomplete" | "requires_escalation" => "not_ready_for_payment",
            "authentication_required" if self == V2025_09_29 => "not_ready_for_payment",
            "pending_approval" | "complete_in_progress" => "in_progress",
            "expired" => "canceled",
            same => same,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
