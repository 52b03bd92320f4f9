use std::fmt::Display;

use serde::Serialize;

use super::error::CommandError;

/// What a command has to say when it is done.
#[derive(Debug)]
pub(in crate::cli) struct Said {
    pub(in crate::cli) text: String,
    pub(in crate::cli) verdict: Verdict,
}

/// How a command ended that did what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Verdict {
    Fine,
    /// A catalogue had bad rows; the others were taken.
    BadRows,
    /// A plan was to be carried out, and stopped or waits for somebody.
    NotDone,
}

impl Said {
    /// Text for people, or what a machine asked for.
    pub(in crate::cli) const fn fine(text: String) -> Self {
        Self { text, verdict: Verdict::Fine }
    }

    /// One JSON document in one line.
    pub(in crate::cli) fn json(document: &impl Serialize) -> Result<Self, CommandError> {
        let text = serde_json::to_string(document).map_err(CommandError::Unsayable)?;
        Ok(Self::fine(text + "\n"))
    }
}

/// Adds a line.
pub(in crate::cli) fn line(text: &mut String, line: impl Display) {
    text.push_str(&line.to_string());
    text.push('\n');
}
