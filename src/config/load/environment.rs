//! What the process was started with, apart from its arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Our variables begin like this. One underscore more makes a key of them; what is left is for
/// others, such as the service links Kubernetes injects for a service called `acp-gateway`.
const OURS: &str = "ACP_GATEWAY_";
/// Variables of OpenTelemetry, which every program understands alike.
const OF_OPEN_TELEMETRY: &str = "OTEL_";
/// Where commands that call a gateway as an agent find its key.
const KEY_VARIABLE: &str = "ACP_GATEWAY_KEY";

/// The environment variables that concern the gateway, and the directory that relative paths of
/// configuration files start from.
///
/// A value of its own, so that tests need not change the process they run in.
#[derive(Clone, Default)]
pub struct Environment {
    directory: PathBuf,
    /// `None` for a value that is not UTF-8.
    variables: BTreeMap<String, Option<Zeroizing<String>>>,
}

impl Environment {
    /// The environment of this process. Nothing else in the gateway reads it.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads it")]
    pub fn of_process() -> Self {
        std::env::vars_os().fold(Self::default(), |environment, (name, value)| {
            let name = name.to_string_lossy();
            let concerns_us = name.starts_with(OURS) || name.starts_with(OF_OPEN_TELEMETRY);
            if concerns_us { environment.with(name, value) } else { environment }
        })
    }

    /// The same with one more variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<OsString>) -> Self {
        let value = value.into().into_string().ok().map(Zeroizing::new);
        self.variables.insert(name.into(), value);
        self
    }

    /// The same, as seen from `directory`.
    #[must_use]
    pub fn in_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// The key of an agent, for commands that call a gateway as one.
    pub fn agent_key(&self) -> Option<Zeroizing<String>> {
        self.variables.get(KEY_VARIABLE)?.clone().filter(|key| !key.is_empty())
    }

    /// What a variable of OpenTelemetry says.
    pub(in crate::config) fn of_others(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name).filter(|_| name.starts_with(OF_OPEN_TELEMETRY))?;
        value.as_deref().map(String::as_str)
    }

    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    pub(super) fn variables(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let variables = self.variables.iter();
        variables.map(|(name, value)| (name.as_str(), value.as_deref().map(String::as_str)))
    }
}

impl fmt::Debug for Environment {
    /// Names only: a value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("directory", &self.directory)
            .field("variables", &self.variables.keys())
            .finish()
    }
}
