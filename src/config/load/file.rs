//! The file layer: which file it is, what it says, and on which line.

use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table};
use zeroize::Zeroizing;

use super::{Environment, Fault, Origin, Overrides};

/// Names the file when no flag does.
const FILE_VARIABLE: &str = "ACP_GATEWAY_CONFIG";
/// Read when nobody names a file; the only one that may be missing.
const USUAL_FILE: &str = "acp-gateway.toml";
/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A file that is TOML; whether it makes sense is not known yet.
pub(super) struct ConfigFile {
    pub(super) path: Arc<PathBuf>,
    pub(super) table: Table,
    /// Where each path of the table stands.
    pub(super) origins: Vec<(String, Origin)>,
}

/// Finds and reads the file, if there is one to read.
pub(super) fn read(
    overrides: &Overrides,
    environment: &Environment,
) -> Result<Option<ConfigFile>, Fault> {
    let (path, named_by) = find(overrides, environment)?;
    let path = Arc::new(path);
    let of_file = Origin::File { path: Arc::clone(&path), line: None };
    let text = match read_bytes(&path) {
        Ok(bytes) => text_of(&bytes, of_file)?,
        Err(ErrorKind::NotFound) if named_by.is_none() => return Ok(None),
        Err(kind) => {
            let path = path.to_string_lossy();
            let what = format!("cannot read the configuration file {path:?}: {kind}");
            return Err(Fault { key: None, origin: named_by.unwrap_or(of_file), what });
        }
    };
    parse(&path, &text).map(Some)
}

fn find(
    overrides: &Overrides,
    environment: &Environment,
) -> Result<(PathBuf, Option<Origin>), Fault> {
    if let Some(path) = &overrides.config {
        return Ok((environment.resolve(path), Some(Origin::Flag("--config"))));
    }
    let Some((name, path)) = environment.variables().find(|(name, _)| *name == FILE_VARIABLE)
    else {
        return Ok((environment.resolve(Path::new(USUAL_FILE)), None));
    };
    let origin = Origin::Environment(name.to_owned());
    let Some(path) = path.filter(|path| !path.is_empty()) else {
        let what = "names no file; expected a path, or no such variable".into();
        return Err(Fault { key: None, origin, what });
    };
    Ok((environment.resolve(Path::new(path)), Some(origin)))
}

fn read_bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, ErrorKind> {
    let mut bytes = Zeroizing::new(Vec::new());
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| error.kind())?;
    if bytes.len() as u64 > FILE_BYTES_MAX { Err(ErrorKind::FileTooLarge) } else { Ok(bytes) }
}

fn text_of(bytes: &[u8], origin: Origin) -> Result<Zeroizing<String>, Fault> {
    match str::from_utf8(bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(Fault { key: None, origin, what: "is not UTF-8 text".into() }),
    }
}

fn parse(path: &Arc<PathBuf>, text: &str) -> Result<ConfigFile, Fault> {
    let mut lines = Lines::of(Arc::clone(path), text);
    // Never the error's own Display: it quotes the line, and the line may hold a secret.
    let fault = |lines: &Lines, error: &toml::de::Error| Fault {
        key: None,
        origin: error
            .span()
            .map_or(Origin::File { path: Arc::clone(path), line: None }, |span| lines.at(&span)),
        what: format!("is not TOML: {}", error.message().escape_debug()),
    };
    let table = text.parse::<Table>().map_err(|error| fault(&lines, &error))?;
    let spanned = DeTable::parse(text).map_err(|error| fault(&lines, &error))?;
    lines.note_table("", spanned.get_ref());
    Ok(ConfigFile { path: Arc::clone(path), table, origins: lines.origins })
}

/// Turns positions in a text into lines, and keeps them by path.
struct Lines {
    path: Arc<PathBuf>,
    ends: Vec<usize>,
    origins: Vec<(String, Origin)>,
}

impl Lines {
    fn of(path: Arc<PathBuf>, text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end).collect();
        Self { path, ends, origins: Vec::new() }
    }

    fn at(&self, span: &Range<usize>) -> Origin {
        let line = self.ends.partition_point(|end| *end < span.start) + 1;
        Origin::File { path: Arc::clone(&self.path), line: Some(line) }
    }

    fn note_table(&mut self, path: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", key.get_ref());
            self.note(path, &key.span(), value);
        }
    }

    fn note(&mut self, path: String, span: &Range<usize>, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.note_table(&path, table),
            DeValue::Array(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.note(format!("{path}[{index}]"), &entry.span(), entry);
                }
            }
            _ => {}
        }
        self.origins.push((path, self.at(span)));
    }
}
