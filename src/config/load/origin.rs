//! Where a value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Where a value came from, from the lowest layer to the highest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A line of the configuration file, counted from 1; without one the file as a whole.
    File { path: Arc<PathBuf>, line: Option<usize> },
    /// The environment variable of this name.
    Environment(String),
    /// The flag of the command line, with its dashes.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    /// On one line whatever the names contain, because it ends up in a comment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => {
                write!(f, "file {}", path.to_string_lossy().escape_debug())?;
                line.map_or(Ok(()), |line| write!(f, ", line {line}"))
            }
            Self::Environment(name) => {
                write!(f, "environment variable {}", name.escape_debug())
            }
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// The origins of all values above the defaults, by path: `shop.tax[1].country`.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Where the value at `path` came from: it came with whatever contains it, except that a
    /// section says nothing about the keys it leaves out.
    pub(super) fn of(&self, path: &str) -> Origin {
        let mut path = path;
        loop {
            if let Some(origin) = self.0.get(path) {
                return origin.clone();
            }
            match path.rsplit_once(['.', '[']) {
                Some((outer, _)) if outer.contains('.') => path = outer,
                _ => return Origin::Default,
            }
        }
    }

    pub(super) fn note(&mut self, path: String, origin: Origin) {
        self.0.insert(path, origin);
    }

    /// Replaces a value with everything inside it.
    pub(super) fn replace(&mut self, path: String, origin: Origin) {
        let is_inside = |inner: &str| {
            inner.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        self.0.retain(|inner, _| !is_inside(inner));
        self.0.insert(path, origin);
    }
}
