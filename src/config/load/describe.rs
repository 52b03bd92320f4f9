//! The effective configuration, told with where each value came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::slice::from_ref;

use toml::{Table, Value};

use super::super::Config;
use super::super::keys::{Item, Key, Kind, List};
use super::super::settings::SECTIONS;
use super::Origin;
use super::origin::Origins;

/// A checked configuration that knows where its values came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration itself.
    pub config: Config,
    origins: Origins,
    file: Option<PathBuf>,
}

impl Loaded {
    pub(super) const fn new(config: Config, origins: Origins, file: Option<PathBuf>) -> Self {
        Self { config, origins, file }
    }

    /// The file that was read, if one was.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Where the value of a full key such as `server.listen` came from.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.of(key)
    }

    /// The effective configuration as a file that loads again, once the secrets are put in where
    /// something needs one. Behind each value that is not a
    /// default stands where it came from. Secrets are redacted and commented out, because a
    /// redacted secret is no secret anybody should start a gateway with.
    ///
    /// # Errors
    /// Refuses values TOML cannot say, which [`super::load`] never lets in.
    pub fn describe(&self) -> Result<String, toml::ser::Error> {
        let table = Table::try_from(&self.config)?;
        let document = toml::to_string(&self.config)?;
        let mut page = vec!["# The effective configuration of acp-gateway.".to_owned()];
        let mut header = String::new();
        let mut entries: BTreeMap<&str, usize> = BTreeMap::new();
        for line in document.lines() {
            let name = line.trim_matches(['[', ']']);
            if line.starts_with("[[") {
                let entry = entries.entry(name).or_default();
                header = format!("{name}[{entry}]");
                *entry += 1;
                page.push(String::new());
                page.push(self.commented(line, &header));
            } else if line.starts_with('[') {
                name.clone_into(&mut header);
                page.push(String::new());
                page.push(line.to_owned());
                page.extend(self.unset_keys(name, &table));
            } else if let Some((key, _)) = line.split_once(" = ") {
                // Entries of a list say it once, behind their header.
                page.push(match header.split_once('[') {
                    Some((list, _)) if is_secret_in(list, key) => format!("# {line}"),
                    Some(_) => line.to_owned(),
                    None => self.commented(line, &format!("{header}.{key}")),
                });
            }
        }
        page.push(String::new());
        Ok(page.join("\n"))
    }

    fn commented(&self, line: &str, path: &str) -> String {
        let hash = if is_secret(path) { "# " } else { "" };
        match self.origins.of(path) {
            Origin::Default => format!("{hash}{line}"),
            origin => format!("{hash}{line} # {origin}"),
        }
    }

    /// Keys without a value, as comments; what is used instead is said where it can be.
    fn unset_keys(&self, section: &str, table: &Table) -> Vec<String> {
        let given = table.get(section).and_then(Value::as_table);
        let keys = SECTIONS.iter().find(|known| known.name == section).map(|known| known.keys);
        let is_unset = |key: &str| given.is_none_or(|given| !given.contains_key(key));
        let unset = keys.unwrap_or_default().iter().map(|key| key.name).filter(|key| is_unset(key));
        unset.map(|key| format!("# {key} is not set{}", self.instead(section, key))).collect()
    }

    fn instead(&self, section: &str, key: &str) -> String {
        let Config { server, .. } = &self.config;
        match (section, key) {
            ("server", "public_url") => {
                format!("; {} is used", server.public_url_at(server.listen))
            }
            ("admin", "socket") => {
                let socket = self.config.admin_socket();
                format!("; {} is used", socket.to_string_lossy().escape_debug())
            }
            ("secrets", "master_key") => "; a file in the data directory holds it".to_owned(),
            _ => String::new(),
        }
    }
}

fn is_secret(path: &str) -> bool {
    let mut secrets = SECTIONS.iter().flat_map(|section| {
        let secrets = section.keys.iter().filter(|key| key.is_secret());
        secrets.map(|key| format!("{}.{}", section.name, key.name))
    });
    secrets.any(|secret| secret == path)
}

/// Whether it is a secret in an entry of a list such as `payment.routes`.
fn is_secret_in(list: &str, name: &str) -> bool {
    let lists = SECTIONS.iter().flat_map(|section| {
        let is_named = |key: &&Key| list == format!("{}.{}", section.name, key.name);
        section.keys.iter().filter(is_named)
    });
    let entries = lists.flat_map(|key| match key.kind {
        Kind::List(List { item: Item::Entry(entry), .. }) => from_ref(entry),
        Kind::List(List { item: Item::EntryByType(entries), .. }) => entries,
        _ => &[],
    });
    let mut keys = entries.flat_map(|entry| entry.keys.iter().copied().flatten());
    keys.any(|key| key.name == name && key.is_secret())
}
