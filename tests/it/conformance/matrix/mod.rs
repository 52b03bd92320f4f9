//! The matrix of what the protocol requires: its rows, and how they are run and written down.

pub(super) mod registry;
mod report;
