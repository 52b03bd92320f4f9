//! What is wrong with a configuration, told to whoever wrote it.

use std::fmt;

use super::Origin;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The full key, such as `server.listen`; absent when the source as a whole is at fault.
    pub key: Option<String>,
    /// Who said it.
    pub origin: Origin,
    /// What is wrong, and what is expected.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, origin, what } = self;
        match key {
            Some(key) => write!(f, "{} ({origin}): {what}", key.escape_debug()),
            None => write!(f, "{origin}: {what}"),
        }
    }
}

/// Everything that is wrong with a configuration; at least one fault.
#[derive(Debug)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

impl ConfigError {
    pub(super) const fn of(faults: Vec<Fault>) -> Self {
        Self { faults }
    }

    /// What is wrong, each with its key and its source.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this configuration cannot be used")?;
        self.faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ConfigError {}
