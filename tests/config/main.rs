//! The configuration, from the outside: files, variables and flags in, a checked value or a
//! useful complaint out. A binary of its own, because it starts processes whose environment
//! differs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests are told by variables what to write")]

mod bounds;
mod entries;
mod loading;
mod schema;
mod told;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::LazyLock;

use acp_gateway::config::{ConfigError, Environment, Loaded, Overrides, load};
use jsonschema::Validator;
use serde_json::Value;
use tempfile::TempDir;

const KEY_HEX: &str = "5f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// The variable that makes a child of this binary write what it read, and where.
const CHILD_OUTPUT: &str = "ACP_GATEWAY_TEST_OUTPUT";

fn directory_with(file: &str) -> TempDir {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("acp-gateway.toml"), file).unwrap();
    directory
}

fn load_file(file: &str) -> Result<Loaded, ConfigError> {
    load_with(file, Environment::default(), &Overrides::default())
}

fn load_with(
    file: &str,
    environment: Environment,
    overrides: &Overrides,
) -> Result<Loaded, ConfigError> {
    let directory = directory_with(file);
    load(overrides, &environment.in_directory(directory.path()))
}

fn load_variable(name: &str, value: impl Into<OsString>) -> Result<Loaded, ConfigError> {
    load_with("", Environment::default().with(name, value), &Overrides::default())
}

/// The only complaint about `file`, without the path of the directory.
fn complaint(file: &str) -> String {
    let directory = directory_with(file);
    let environment = Environment::default().in_directory(directory.path());
    let error = load(&Overrides::default(), &environment).map(|_| file.to_owned()).unwrap_err();
    assert_eq!(error.faults().len(), 1, "{error}");
    let place = format!("{}/", directory.path().display());
    error.faults()[0].to_string().replace(&place, "")
}

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&acp_gateway::config::schema()).unwrap());

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&SCHEMA).unwrap());

/// What an editor that knows the schema would object to in `file`.
fn objections(file: &str) -> Vec<String> {
    let table = serde_json::to_value(file.parse::<toml::Table>().unwrap()).unwrap();
    VALIDATOR.iter_errors(&table).map(|error| error.to_string()).collect()
}

/// Whether the loader takes `file`; the schema must say the same.
fn both_accept(file: &str) -> bool {
    let (loaded, objections) = (load_file(file), objections(file));
    let refusal = loaded.as_ref().err();
    assert_eq!(loaded.is_ok(), objections.is_empty(), "{file}\n{refusal:?}\n{objections:?}");
    loaded.is_ok()
}

/// The names in backticks behind the word "expected" of a complaint.
fn expected_names(complaint: &str) -> BTreeSet<String> {
    let names = complaint.split_once("expected").unwrap().1;
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn names_of(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}
