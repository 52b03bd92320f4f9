//! What a row of the matrix is, and the list of all of them. The rows themselves stand beside
//! their checks.

use std::pin::Pin;

use crate::conformance::beside::{authentications, cards, carts, discovery, feeds, mcp, orders};
use crate::conformance::{capabilities, claims, core_checkout, discounts, idempotency, signing};

/// A check under way. It panics when the gateway is at fault.
pub(in crate::conformance) type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How strongly the protocol asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::conformance) enum Level {
    /// It is demanded.
    Must,
    /// It is demanded unless there is a good reason.
    Should,
    /// It is only described.
    Recommended,
}

impl Level {
    /// The letter in the matrix.
    pub(in crate::conformance) const fn letter(self) -> &'static str {
        match self {
            Self::Must => "M",
            Self::Should => "S",
            Self::Recommended => "R",
        }
    }
}

/// How it is known whether the gateway does what a row says.
pub(in crate::conformance) enum Proof {
    /// By asking it.
    Check(fn() -> Run),
    /// Not yet: this has to exist first.
    WaitsFor(&'static str),
}

/// One requirement of the protocol.
pub(in crate::conformance) struct Row {
    /// The name of its test, such as `ac_01`.
    pub(in crate::conformance) name: &'static str,
    pub(in crate::conformance) level: Level,
    /// The document and the part of it that say so.
    pub(in crate::conformance) source: &'static str,
    /// What is required, in our words.
    pub(in crate::conformance) requirement: &'static str,
    pub(in crate::conformance) proof: Proof,
}

impl Row {
    /// The id in the matrix, such as `AC-01`.
    pub(in crate::conformance) fn id(&self) -> String {
        self.name.to_uppercase().replace('_', "-")
    }
}

/// Requirements that belong together.
pub(in crate::conformance) struct Section {
    pub(in crate::conformance) title: &'static str,
    pub(in crate::conformance) rows: &'static [Row],
}

/// Every requirement on a server of a shop, in the order of the matrix.
pub(in crate::conformance) static SECTIONS: [&Section; 14] = [
    &core_checkout::CORE_CHECKOUT,
    &idempotency::IDEMPOTENCY,
    &signing::SIGNING,
    &capabilities::CAPABILITIES,
    &discounts::DISCOUNTS,
    &capabilities::HANDLERS,
    &claims::CLAIMS,
    &carts::CARTS,
    &discovery::DISCOVERY,
    &mcp::MCP,
    &orders::ORDERS,
    &cards::DELEGATED_PAYMENT,
    &authentications::DELEGATED_AUTHENTICATION,
    &feeds::FEEDS,
];

/// Every row of every section.
pub(in crate::conformance) fn rows() -> impl Iterator<Item = &'static Row> {
    SECTIONS.iter().flat_map(|section| section.rows)
}

/// Writes down a section: its rows, and for each row with a check a test of its name.
macro_rules! section {
    (
        $section:ident = $title:literal;
        $($row:ident $level:ident $source:literal $how:ident($($proof:tt)*) $requirement:literal;)*
    ) => {
        pub(in $crate::conformance) static $section: $crate::conformance::registry::Section =
            $crate::conformance::registry::Section {
                title: $title,
                rows: &[$($crate::conformance::registry::Row {
                    name: stringify!($row),
                    level: $crate::conformance::registry::Level::$level,
                    source: $source,
                    requirement: $requirement,
                    proof: section!(@proof $how $($proof)*),
                }),*],
            };
        $(section!(@test $how $row $($proof)*);)*
    };
    (@proof check $check:path) => {
        $crate::conformance::registry::Proof::Check(|| Box::pin($check()))
    };
    (@proof waits $feature:literal) => {
        $crate::conformance::registry::Proof::WaitsFor($feature)
    };
    (@test check $row:ident $check:path) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $row() {
            if $crate::support::is_left_out(stringify!($row)) {
                return;
            }
            Box::pin($check()).await;
        }
    };
    (@test waits $row:ident $feature:literal) => {};
}
pub(in crate::conformance) use section;

#[test]
fn only_rows_there_are_can_be_left_out() {
    for left_out in crate::support::left_out() {
        assert!(rows().any(|row| row.name == left_out), "{left_out}");
    }
}

#[test]
fn every_row_has_an_id_of_its_own() {
    let ids: std::collections::BTreeSet<_> = rows().map(Row::id).collect();
    assert_eq!(ids.len(), rows().count());
    assert!(rows().all(|row| row.requirement.ends_with('.')), "requirements are sentences");
}
