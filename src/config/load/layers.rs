//! Stacks the layers into one table and reads the sections out of it.

use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};
use zeroize::Zeroize;

use super::super::keys::{Key, Kind, Section, VARIABLE_PREFIX, closest, variable};
use super::super::settings::SECTIONS;
use super::file::ConfigFile;
use super::origin::Origins;
use super::{Environment, Fault, Origin};

/// What has been said so far, the last word winning.
#[derive(Default)]
pub(super) struct Layers {
    /// Sections of keys; what is not here is left to the defaults.
    table: Table,
    pub(super) origins: Origins,
    pub(super) faults: Vec<Fault>,
}

impl Layers {
    pub(super) fn add_file(&mut self, file: ConfigFile) {
        for (path, origin) in file.origins {
            self.origins.note(path, origin);
        }
        for (section, value) in file.table {
            let Some(known) = SECTIONS.iter().find(|known| known.name == section) else {
                let known = SECTIONS.iter().map(|known| known.name.to_owned());
                self.unknown(section.clone(), "section", closest(&section, known));
                continue;
            };
            let Value::Table(entries) = value else {
                self.fault(section.clone(), &format!("is not a section; expected [{section}]"));
                continue;
            };
            for (key, value) in entries {
                if known.keys.iter().any(|known| known.name == key) {
                    self.set(&section, &key, value);
                } else {
                    let path = format!("{section}.{key}");
                    let known = every_key().map(|(section, key)| format!("{section}.{}", key.name));
                    let meant = closest(&path, known);
                    self.unknown(path, "key", meant);
                }
            }
        }
    }

    pub(super) fn add_environment(&mut self, environment: &Environment) {
        let ours = environment.variables().filter(|(name, _)| name.starts_with(VARIABLE_PREFIX));
        for (name, text) in ours {
            let origin = Origin::Environment(name.to_owned());
            let found = every_key().find(|(section, key)| variable(section, key.name) == name);
            let Some((section, key)) = found else {
                let path = name.trim_start_matches(VARIABLE_PREFIX).to_lowercase();
                let path = path.replace("__", ".");
                let known = every_key().map(|(section, key)| variable(section, key.name));
                self.origins.note(path.clone(), origin);
                self.unknown(path, "key", closest(name, known));
                continue;
            };
            let path = format!("{section}.{}", key.name);
            self.origins.replace(path.clone(), origin);
            match text.map(|text| value_of(key.kind, text)) {
                Some(Some(value)) => self.set(section, key.name, value),
                Some(None) => self.fault(path, NO_LIST),
                None => self.fault(path, "is not UTF-8 text"),
            }
        }
    }

    pub(super) fn add_flag(&mut self, flag: &'static str, section: &str, key: &str, text: &str) {
        self.origins.replace(format!("{section}.{key}"), Origin::Flag(flag));
        self.set(section, key, Value::String(text.to_owned()));
    }

    /// Reads one section. A value that does not fit is reported and taken away, so that the
    /// next one is looked at too.
    pub(super) fn section<S: Section>(&mut self) -> S {
        let mut given = match self.table.remove(S::NAME) {
            Some(Value::Table(given)) => given,
            _ => Table::new(),
        };
        let mut section = None;
        for _ in 0..=S::KEYS.len() {
            match serde_path_to_error::deserialize(Value::Table(given.clone())) {
                Ok(read) => {
                    section = Some(read);
                    break;
                }
                Err(error) => {
                    self.fault(full_path(S::NAME, error.path()), error.inner().message());
                    let Some(key) = first_key(error.path()) else { break };
                    given.remove(key);
                }
            }
        }
        for key in S::KEYS.iter().filter(|key| key.is_secret()) {
            if let Some(Value::String(text)) = given.get_mut(key.name) {
                text.zeroize();
            }
        }
        section.unwrap_or_default()
    }

    fn set(&mut self, section: &str, key: &str, value: Value) {
        let entry = self.table.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(section) = entry {
            section.insert(key.to_owned(), value);
        }
    }

    fn unknown(&mut self, path: String, noun: &str, meant: Option<String>) {
        let question = meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
        self.fault(path, &format!("there is no such {noun}{question}"));
    }

    fn fault(&mut self, path: String, what: &str) {
        let origin = self.origins.of(&path);
        // What is repeated of a value must not write to somebody's terminal.
        let what = what.replace(char::is_control, "?");
        self.faults.push(Fault { key: Some(path), origin, what });
    }
}

const NO_LIST: &str = "is not a list as TOML writes it; expected something like \
                       [{ country = \"US\", standard = \"0.0825\" }]";

fn every_key() -> impl Iterator<Item = (&'static str, &'static Key)> {
    SECTIONS.iter().flat_map(|section| section.keys.iter().map(|key| (section.name, key)))
}

/// The value a variable's text stands for; `None` for a list that is not one. A number or a flag
/// that is not one stays text: reading the section will say what was expected.
fn value_of(kind: Kind, text: &str) -> Option<Value> {
    let as_text = || Value::String(text.to_owned());
    match kind {
        Kind::Text(_) | Kind::Choice(_) | Kind::Secret(_) => Some(as_text()),
        Kind::Whole { .. } => Some(text.parse().map_or_else(|_| as_text(), Value::Integer)),
        Kind::Flag => Some(text.parse().map_or_else(|_| as_text(), Value::Boolean)),
        Kind::List(_) => text.parse().ok().filter(Value::is_array),
    }
}

fn first_key(path: &Path) -> Option<&str> {
    match path.iter().next() {
        Some(Segment::Map { key }) => Some(key),
        _ => None,
    }
}

fn full_path(section: &str, path: &Path) -> String {
    match first_key(path) {
        Some(_) => format!("{section}.{path}"),
        None => section.to_owned(),
    }
}
