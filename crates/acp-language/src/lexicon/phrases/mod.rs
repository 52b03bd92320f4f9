//! Phrases, separated by `|`, without apostrophes.

mod elsewhere;
mod joints;
mod verbs;
mod wholes;

pub(crate) use elsewhere::{BYPASS, OFF_TOPIC};

use super::Mark;

/// All phrases with what they do.
pub(super) fn all() -> impl Iterator<Item = &'static (Mark, &'static str)> {
    verbs::LIST.iter().chain(wholes::LIST).chain(joints::LIST)
}
