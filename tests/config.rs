//! The configuration, from the outside: files, variables and flags in, a checked value or a
//! useful complaint out. A binary of its own, because it starts processes whose environment
//! differs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "tests are told by variables what to write")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use acp_gateway::config::{
    Config, ConfigError, Environment, FulfillmentKind, Loaded, LogFormat, Origin, Overrides,
    StoreKind, UnknownFields, load, schema,
};
use jsonschema::Validator;
use serde_json::{Value, json};
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

static SCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&schema()).unwrap());
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

#[test]
fn without_anything_the_defaults_hold() {
    let directory = TempDir::new().unwrap();
    let environment = Environment::default().in_directory(directory.path());
    let loaded = load(&Overrides::default(), &environment).unwrap();
    assert_eq!(loaded.config, Config::default());
    assert_eq!(loaded.file(), None);
    assert_eq!(loaded.origin("server.listen"), Origin::Default);

    let Config { server, store, shop, checkout, .. } = &loaded.config;
    assert_eq!(server.public_url_at(server.listen), "http://127.0.0.1:8080");
    assert_eq!(store.kind, StoreKind::Embedded);
    assert_eq!(loaded.config.admin_socket(), PathBuf::from("./data/admin.sock"));
    assert_eq!(checkout.unknown_fields, UnknownFields::Ignore);
    assert_eq!(shop.order_url("ord_1"), "https://shop.example/orders/ord_1");
    let offered = |currency| {
        let all = shop.fulfillment.iter().filter(|option| option.currency.as_str() == currency);
        all.map(|option| (option.id.as_str(), option.price)).collect::<Vec<_>>()
    };
    let usd = [
        ("standard", 599),
        ("express", 1_499),
        ("pickup", 0),
        ("local_delivery", 899),
        ("digital", 0),
    ];
    assert_eq!(offered("USD"), usd);
    assert_eq!(offered("JPY"), [("standard", 600), ("express", 1_200), ("digital", 0)]);
    assert_eq!(offered("KWD"), [("standard", 1_500), ("digital", 0)]);
    assert_eq!(shop.tax.len(), 11);
}

#[test]
fn each_layer_overrides_the_one_below() {
    let file = "server.listen = '127.0.0.2:1'\nstore.data_dir = 'f'\nlog.level = 'debug'\n\
                shop.name = 'File'";
    let environment = Environment::default()
        .with("ACP_GATEWAY__SERVER__LISTEN", "127.0.0.3:1")
        .with("ACP_GATEWAY__STORE__DATA_DIR", "e")
        .with("ACP_GATEWAY__LOG__LEVEL", "warn");
    let overrides = Overrides {
        config: None,
        listen: Some("127.0.0.4:1".into()),
        data_dir: Some("o".into()),
        log_level: Some("trace".into()),
    };

    let stacked = |environment: Environment, overrides: &Overrides| {
        let loaded = load_with(file, environment, overrides).unwrap();
        let Config { server, store, log, shop, .. } = loaded.config;
        assert_eq!((shop.name.as_str(), shop.id.as_str()), ("File", "demo"));
        (server.listen.to_string(), store.data_dir.display().to_string(), log.level)
    };
    let said = |listen: &str, data_dir: &str, level: &str| {
        (listen.to_owned(), data_dir.to_owned(), level.to_owned())
    };
    let nothing = Environment::default();
    assert_eq!(stacked(nothing, &Overrides::default()), said("127.0.0.2:1", "f", "debug"));
    let environment_only = stacked(environment.clone(), &Overrides::default());
    assert_eq!(environment_only, said("127.0.0.3:1", "e", "warn"));
    assert_eq!(stacked(environment, &overrides), said("127.0.0.4:1", "o", "trace"));
}

#[test]
fn a_variable_is_read_as_its_key_demands() {
    let environment = Environment::default()
        .with("ACP_GATEWAY__SHOP__NAME", "12345")
        .with("ACP_GATEWAY__SHOP__CATALOG_DEMO", "false")
        .with("ACP_GATEWAY__SERVER__CONNECTIONS_MAX", "7")
        .with("ACP_GATEWAY__LOG__FORMAT", "json")
        .with("ACP_GATEWAY__SECRETS__MASTER_KEY", KEY_HEX)
        .with("ACP_GATEWAY__SHOP__TAX", r#"[{ country = "us", standard = "0.05" }]"#);
    let file = "[[shop.tax]]\ncountry = 'FR'\nstandard = '0.2'\n\
                [[shop.tax]]\ncountry = 'DE'\nstandard = '0.19'";
    let loaded = load_with(file, environment, &Overrides::default()).unwrap();
    let Config { server, shop, log, secrets, .. } = &loaded.config;
    assert_eq!((shop.name.as_str(), shop.catalog_demo), ("12345", false));
    assert_eq!((server.connections_max, log.format), (7, LogFormat::Json));
    assert_eq!(secrets.master_key.as_ref().unwrap().expose()[..2], [0x5f, 0x1e]);
    assert_eq!(shop.tax.len(), 1, "a list replaces the list below");
    assert_eq!(shop.tax[0].country.as_str(), "US");
    assert_eq!(shop.tax[0].standard.millionths(), 50_000);
    assert_eq!(shop.tax[0].reduced, shop.tax[0].standard);
    let from_variable = Origin::Environment("ACP_GATEWAY__SHOP__TAX".into());
    assert_eq!(loaded.origin("shop.tax[0].country"), from_variable);
}

#[test]
fn the_file_is_the_flags_then_the_variables_then_the_usual_one() {
    let directory = directory_with("shop.name = 'usual'");
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write("variable.toml", "shop.name = 'variable'");
    write("flag.toml", "shop.name = 'flag'");
    let usual = Environment::default().in_directory(directory.path());
    let named = usual.clone().with("ACP_GATEWAY_CONFIG", "variable.toml");
    let flag = Overrides { config: Some("flag.toml".into()), ..Overrides::default() };
    for (overrides, environment, name) in [
        (&Overrides::default(), &usual, "usual"),
        (&Overrides::default(), &named, "variable"),
        (&flag, &named, "flag"),
    ] {
        assert_eq!(load(overrides, environment).unwrap().config.shop.name, name);
    }
}

#[test]
fn a_named_file_that_cannot_be_read_is_an_error() {
    let directory = directory_with("shop.name = 'not this one'");
    let environment = Environment::default().in_directory(directory.path());
    let complaint = |overrides: &Overrides, environment: &Environment| {
        load(overrides, environment).unwrap_err().to_string()
    };

    let flag = Overrides { config: Some("gone.toml".into()), ..Overrides::default() };
    let text = complaint(&flag, &environment);
    assert!(text.contains("flag --config: cannot read"), "{text}");
    assert!(text.contains("gone.toml") && text.contains("not found"), "{text}");

    let named = environment.clone().with("ACP_GATEWAY_CONFIG", "gone.toml");
    let text = complaint(&Overrides::default(), &named);
    assert!(text.contains("environment variable ACP_GATEWAY_CONFIG: cannot read"), "{text}");

    let empty = environment.clone().with("ACP_GATEWAY_CONFIG", "");
    let text = complaint(&Overrides::default(), &empty);
    assert!(text.contains("environment variable ACP_GATEWAY_CONFIG: names no file"), "{text}");

    std::fs::create_dir(directory.path().join("directory.toml")).unwrap();
    let flag = Overrides { config: Some("directory.toml".into()), ..Overrides::default() };
    let text = complaint(&flag, &environment);
    assert!(text.contains("flag --config: cannot read"), "{text}");

    std::fs::write(directory.path().join("large.toml"), "#".repeat(1024 * 1024 + 1)).unwrap();
    let flag = Overrides { config: Some("large.toml".into()), ..Overrides::default() };
    let text = complaint(&flag, &environment);
    assert!(text.contains("flag --config: cannot read"), "{text}");

    std::fs::write(directory.path().join("acp-gateway.toml"), b"\xff").unwrap();
    let text = complaint(&Overrides::default(), &environment);
    assert!(text.contains("acp-gateway.toml: is not UTF-8 text"), "{text}");
}

#[test]
fn a_complaint_names_the_key_and_the_line() {
    let cases = [
        (
            "\n[server]\nlisen = '127.0.0.1:1'",
            "server.lisen (file acp-gateway.toml, line 3): there is no such key; did you mean \
             server.listen?",
        ),
        (
            "[sever]\ndocs = true",
            "sever (file acp-gateway.toml, line 1): there is no such section; did you mean server?",
        ),
        (
            "[mongo]\naddress = 'x'",
            "mongo (file acp-gateway.toml, line 1): there is no such section",
        ),
        ("log = 'info'", "log (file acp-gateway.toml, line 1): is not a section; expected [log]"),
        (
            "[server]\n# a comment\nlisten = 'localhost:8080'",
            "server.listen (file acp-gateway.toml, line 3): \"localhost:8080\" does not fit; \
             expected an IP address and a port, such as 127.0.0.1:8080 or [::]:8080",
        ),
        (
            "[store]\nkind = 'mongo'",
            "store.kind (file acp-gateway.toml, line 2): unknown variant `mongo`, expected \
             one of `embedded`, `memory`, `redis`",
        ),
        (
            "[server]\ndocs = 1",
            "server.docs (file acp-gateway.toml, line 2): invalid type: integer `1`, expected \
             true or false",
        ),
        (
            "[[shop.tax]]\ncountry = 'US'\nstandard = 0.05",
            "shop.tax[0].standard (file acp-gateway.toml, line 3): invalid type: floating point \
             `0.05`, expected a decimal fraction in quotes from \"0\" to \"1\" with at most 6 \
             decimals, such as \"0.0825\"",
        ),
        (
            "[[shop.tax]]\ncountry = 'DE'\nstandard = '0'\n\n[[shop.tax]]\ncountry = 'US'\n",
            "shop.tax[1] (file acp-gateway.toml, line 5): missing field `standard`",
        ),
        ("[server", "file acp-gateway.toml, line 1: is not TOML: "),
        ("[server]\ndocs = true\ndocs = true", "file acp-gateway.toml, line 3: is not TOML: "),
    ];
    for (file, expected) in cases {
        let text = complaint(file);
        assert!(text.starts_with(expected), "{text}\n{expected}");
    }
}

#[test]
fn a_complaint_names_the_variable() {
    let cases = [
        (
            "ACP_GATEWAY__SERVER__LISEN",
            "x",
            "server.lisen (environment variable ACP_GATEWAY__SERVER__LISEN): there is no such \
             key; did you mean ACP_GATEWAY__SERVER__LISTEN?",
        ),
        (
            "ACP_GATEWAY__SERVER_LISTEN",
            "x",
            "server_listen (environment variable ACP_GATEWAY__SERVER_LISTEN): there is no such \
             key; did you mean ACP_GATEWAY__SERVER__LISTEN?",
        ),
        (
            "ACP_GATEWAY__server__listen",
            "x",
            "server.listen (environment variable ACP_GATEWAY__server__listen): there is no such \
             key; did you mean ACP_GATEWAY__SERVER__LISTEN?",
        ),
        (
            "ACP_GATEWAY__WEATHER__FORECAST",
            "x",
            "weather.forecast (environment variable ACP_GATEWAY__WEATHER__FORECAST): there is no \
             such key",
        ),
        (
            "ACP_GATEWAY__SERVER__DOCS",
            "yes",
            "server.docs (environment variable ACP_GATEWAY__SERVER__DOCS): invalid type: string \
             \"yes\", expected true or false",
        ),
        (
            "ACP_GATEWAY__CHECKOUT__SESSION_KEPT_DAYS",
            "0",
            "checkout.session_kept_days (environment variable \
             ACP_GATEWAY__CHECKOUT__SESSION_KEPT_DAYS): 0 does not fit; expected a whole number \
             from 1 to 3650",
        ),
        (
            "ACP_GATEWAY__SHOP__TAX",
            "US",
            "shop.tax (environment variable ACP_GATEWAY__SHOP__TAX): is not a list as TOML \
             writes it; expected something like [{ country = \"US\", standard = \"0.0825\" }]",
        ),
        (
            "ACP_GATEWAY__SHOP__TAX",
            "[{ country = 'US', standard = '2' }]",
            "shop.tax[0].standard (environment variable ACP_GATEWAY__SHOP__TAX): \"2\" does not \
             fit; expected a decimal fraction in quotes from \"0\" to \"1\" with at most 6 \
             decimals, such as \"0.0825\"",
        ),
        (
            "ACP_GATEWAY__STORE__KIND",
            "\u{1b}[31m",
            "store.kind (environment variable ACP_GATEWAY__STORE__KIND): unknown variant \
             `?[31m`, expected one of `embedded`, `memory`, `redis`",
        ),
    ];
    for (name, value, expected) in cases {
        let error = load_variable(name, value).unwrap_err();
        let text = error.faults().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(text, [expected]);
    }
    let not_text = OsString::from_vec(vec![b'a', 0xff]);
    let text = load_variable("ACP_GATEWAY__SHOP__NAME", not_text).unwrap_err().to_string();
    assert!(text.contains("variable ACP_GATEWAY__SHOP__NAME): is not UTF-8 text"), "{text}");
}

#[test]
fn a_complaint_names_the_flag() {
    let overrides = Overrides {
        config: None,
        listen: Some("8080".into()),
        data_dir: Some(String::new()),
        log_level: Some(" ".into()),
    };
    let error = load_with("", Environment::default(), &overrides).unwrap_err();
    let text = error.to_string();
    for part in ["server.listen (flag --listen): ", "store.data_dir (flag --data-dir): "] {
        assert!(text.contains(part), "{text}");
    }
    assert!(text.contains("log.level (flag --log-level): "), "{text}");
    assert_eq!(error.faults().len(), 3);
}

#[test]
fn everything_that_is_wrong_is_reported_together() {
    let file = "[server]\nlisten = 1\ndocs = 2\nport = 3\n[shop]\nid = 'No'\n[nothing]";
    let environment = Environment::default().with("ACP_GATEWAY__LOG__FORMAT", "xml");
    let overrides = Overrides { data_dir: Some(String::new()), ..Overrides::default() };
    let error = load_with(file, environment, &overrides).unwrap_err();
    let mut keys: Vec<_> = error.faults().iter().filter_map(|fault| fault.key.clone()).collect();
    keys.sort();
    let expected = [
        "log.format",
        "nothing",
        "server.docs",
        "server.listen",
        "server.port",
        "shop.id",
        "store.data_dir",
    ];
    assert_eq!(keys, expected);
}

/// A key, what must hold around it, values that fit and values that do not.
type Bound = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const BOUNDS: &[Bound] = &[
    (
        "server.listen",
        "",
        &["'0.0.0.0:0'", "'[::1]:8080'"],
        &["''", "'8080'", "'host:80'", "'127.0.0.1'", "'127.0.0.1:65536'", "8080"],
    ),
    (
        "server.public_url",
        "",
        &["'http://localhost:8080'", "'https://buy.example/shop/'", "''"],
        &["'buy.example'", "'ftp://a'", "'https://'", "'https://a?b'", "'https://u:p@a'", "true"],
    ),
    ("server.docs", "", &["true", "false"], &["'true'", "0", "[]"]),
    ("server.request_timeout_ms", "", &["1000", "120_000"], &["999", "120001", "-1", "1e3", "'5'"]),
    ("server.drain_timeout_ms", "", &["0", "600000"], &["-1", "600001", "9223372036854775807"]),
    ("server.connections_max", "", &["1", "1000000"], &["0", "1000001", "true"]),
    ("server.connections_per_address_max", "", &["1", "1000000"], &["0", "1000001", "'9'"]),
    ("server.proxy_hops", "", &["0", "10"], &["-1", "11", "true"]),
    (
        "server.tls_certificate",
        "server.tls_key = 'k'",
        &["'/etc/tls/chain.pem'"],
        &["'/a\tb'", "1"],
    ),
    ("server.tls_key", "server.tls_certificate = 'c'", &["'/etc/tls/key.pem'"], &["'/a\tb'", "1"]),
    ("limits.enabled", "", &["true", "false"], &["'true'", "0"]),
    ("limits.reads_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.reads_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.creates_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.creates_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.changes_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.changes_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.completes_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.completes_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.intents_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.intents_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.merchant_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.merchant_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.signed_factor", "", &["1", "100"], &["0", "101", "1.5"]),
    ("limits.failed_authentications_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.failed_authentications_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("admin.socket", "", &["'/run/acp.sock'", "''"], &["'/a\tb'", "1"]),
    (
        "admin.listen",
        "",
        &["'127.0.0.1:8081'", "'127.1.2.3:0'", "'[::1]:8081'", "''"],
        &["'0.0.0.0:8081'", "'10.0.0.1:80'", "'[::]:80'", "'localhost:80'", "'127.0.0.1'", "8081"],
    ),
    (
        "keys.configured",
        "",
        &[
            "[]",
            "[{ scope = 'agent', agent = 'a', label = 'A', token = \
             '5f1e2d3c4b5a69788796a5b4c3d2e1f0' }]",
            "[{ scope = 'merchant', token_file = '/run/secrets/token' }]",
            "[{ scope = 'admin', token_sha256 = \
             '5F1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0' }]",
        ],
        &[
            "[{ scope = 'king', token_file = 'x' }]",
            "[{ scope = 'agent', agent = 'two words', token_file = 'x' }]",
            "[{ scope = 'agent', agent = 'a', label = '', token_file = 'x' }]",
            "[{ scope = 'agent', agent = 'a', token = 'short' }]",
            "[{ scope = 'agent', agent = 'a', token = '5f1e2d3c4b5a6978 8796a5b4c3d2e1f0' }]",
            "[{ scope = 'agent', agent = 'a', token_sha256 = '5f1e' }]",
            "[{ scope = 'agent', agent = 'a', token_file = '' }]",
            "[{ scope = 'agent', agent = 'a', tokens = 'x' }]",
            "true",
        ],
    ),
    (
        "jwt.issuer",
        "jwt.audience = 'a'\njwt.jwks_file = 'k'",
        &["'https://login.example'", "''"],
        &["'a b'", "1"],
    ),
    ("jwt.audience", "jwt.issuer = 'i'\njwt.jwks_file = 'k'", &["'gateway'"], &["'a b'", "1"]),
    ("jwt.jwks_file", "", &["'/etc/keys.json'", "''"], &["'/a\tb'", "1"]),
    (
        "jwt.jwks_url",
        "jwt.issuer = 'i'\njwt.audience = 'a'",
        &["'https://login.example/keys?p=1'", "'http://127.0.0.1:1/keys'", "'https://a.example'"],
        &["'login.example'", "'ftp://a'", "'https://u:p@a'", "'https://a/#b'", "1"],
    ),
    ("jwt.roles_claim", "", &["'roles'", "'https://a/roles'"], &["''", "'a b'", "1"]),
    ("jwt.tenant_claim", "", &["'shop'", "''"], &["'a b'", "1"]),
    ("jwt.skew_seconds", "", &["0", "300"], &["-1", "301", "'1m'"]),
    ("store.kind", "", &["'embedded'", "'memory'", "'redis'"], &["'mongo'", "''", "'Memory'", "1"]),
    (
        "redis.mode",
        "redis.sentinel_primary = 'mymaster'",
        &["'standalone'", "'sentinel'", "'cluster'"],
        &["'replica'", "''", "1"],
    ),
    (
        "redis.urls",
        "",
        &[
            "['redis://127.0.0.1:6379']",
            "['redis://a.example', 'redis://[::1]:1/']",
            "['rediss://a.example:6380']",
        ],
        &["[]", "'redis://a'", "['a:6379']", "['redis://u:p@a']", "['redis://a/0']"],
    ),
    ("redis.sentinel_primary", "", &["'mymaster'", "''"], &["' a'", "1"]),
    ("redis.username", "", &["'gateway'", "''"], &["\"a\\nb\"", "[]"]),
    ("redis.password", "", &["'secret'", "' s p a c e '"], &["''", "1", "['a']"]),
    ("redis.database", "", &["0", "255"], &["-1", "256"]),
    ("redis.prefix", "", &["'acp'", "'shop-1_b'"], &["''", "'a:b'", "'{a}'", "1"]),
    ("redis.replicas", "", &["0", "5"], &["-1", "6"]),
    ("redis.fsync", "", &["true", "false"], &["'always'"]),
    ("redis.durable_connections", "", &["1", "16"], &["0", "17"]),
    ("store.data_dir", "", &["'.'", "'/var/lib/acp'"], &["''", "[]"]),
    (
        "secrets.master_key",
        "",
        &[
            "'5f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0'",
            "'Xx4tPEtaaXiHlqW0w9Lh8A8eLTxLWml4h5altMPS4fA='",
        ],
        &["''", "'********'", "'5f1e'", "1", "[1]", "{ a = 1 }"],
    ),
    ("checkout.session_life_minutes", "", &["1", "43200"], &["0", "43201"]),
    (
        "checkout.session_kept_days",
        "checkout.idempotency_retention_hours = 24",
        &["1", "3650"],
        &["0", "3651"],
    ),
    (
        "checkout.idempotency_retention_hours",
        "checkout.session_kept_days = 365",
        &["24", "8760"],
        &["23", "8761"],
    ),
    ("checkout.unknown_fields", "", &["'ignore'", "'refuse'"], &["'warn'", "true"]),
    ("shop.id", "", &["'a'", "'shop-1_b'"], &["''", "'Shop'", "'a b'", "'ä'", "1"]),
    ("shop.name", "", &["'A'", "'Ünïcode 日本'"], &["''", "' A'", "'A '", "\"a\\nb\"", "1"]),
    ("shop.currency", "", &["'EUR'", "'eur'"], &["''", "'EURO'", "'E1R'", "'€'"]),
    ("shop.catalog_demo", "", &["true", "false"], &["'no'"]),
    (
        "shop.terms_of_use_url",
        "",
        &["'https://a.example/t'", "'https://[::1]:65535?a#b'", "''"],
        &["'http://a.example'", "'/t'", "'https://a..b'", "'https://a:65536'", "'https://a/{b}'"],
    ),
    ("shop.privacy_policy_url", "", &["'https://a.example/p'", "''"], &["'http://a.example'"]),
    ("shop.return_policy_url", "", &["'https://a.example/r'", "''"], &["'http://a.example'"]),
    (
        "shop.order_url",
        "",
        &[
            "'http://localhost:1/{id}'",
            "'https://a.example/o?id={id}&{id}'",
            "'https://{id}.a:8{id}'",
        ],
        &["''", "'https://a.example/orders'", "'https://a.example/{id}/{x}'", "'{id}'"],
    ),
    ("shop.merchant_id", "", &["'acct_1.A-b'"], &["''", "'a b'", "'ä'"]),
    ("shop.support_email", "", &["'a@b'", "''"], &["'a'", "'@b'", "'a@'", "'a@b@c'", "'a b@c'"]),
    ("shop.shipping_policy_url", "", &["'https://a.example/s'", "''"], &["'http://a'", "'a'"]),
    ("shop.contact_url", "", &["'https://a.example/c'", "''"], &["'mailto:a@b'", "7"]),
    ("shop.about_url", "", &["'https://a.example'", "''"], &["'a.example'", "true"]),
    ("shop.faq_url", "", &["'https://a.example/faq#1'", "''"], &["'https://'", "'https://a b'"]),
    ("shop.support_url", "", &["'https://a.example/help'", "''"], &["'ftp://a'", "[]"]),
    (
        "shop.continue_url",
        "",
        &["'https://a.example/c/{id}'", "'https://a.example/c?s={id}'", "''"],
        &["'https://a.example/c'", "'http://a.example/{id}'", "'{id}'"],
    ),
    ("shop.review_above", "", &["0", "99999999"], &["-1", "100000000", "'1'"]),
    ("shop.tax", "", &["[]"], &["'US'", "{}", "[1]"]),
    ("shop.fulfillment", "", &["[]"], &["'x'", "[[]]"]),
    (
        "shop.promotion",
        "",
        &[
            "[]",
            "[{ id = 'a', name = 'A', percent_off = '0.1', applies_to = 'order' }]",
            "[{ id = 'a', name = 'A', code = 'A', amount_off = 5, currency = 'usd', \
              applies_to = 'goods', items = ['x'], spread = 'each', priority = 1, \
              min_goods = 9, starts_at = '2026-01-01T00:00:00Z', exclusive = true, \
              audience = 'customers', customers = ['c'], redemptions_max = 3 }]",
        ],
        &["'x'", "[1]", "[{ id = 'a', name = 'A', applies_to = 'everything' }]"],
    ),
    (
        "shop.exchange",
        "",
        &["[]", "[{ from = 'usd', to = 'EUR', rate = '0.92', since = '2026-01-01T00:00:00Z' }]"],
        &["'x'", "[{ from = 'usd', to = 'EUR', rate = 0.92 }]"],
    ),
    (
        "shop.consent",
        "",
        &["[{ channel = 'email', text = 'News', privacy_policy_url = 'https://a.example/p' }]"],
        &["[{ channel = 'email', text = '' }]", "'email'"],
    ),
    (
        "shop.account",
        "",
        &["[{ customer_id = 'acme' }]", "[{ customer_id = 'acme', approval_above = 0 }]"],
        &["[{ customer_id = '' }]", "[{ customer_id = 'acme', approval_above = -1 }]"],
    ),
    (
        "shop.wallet",
        "",
        &["[{ id = 'p', type = 'points', display_name = 'P', customer_id = 'c', balance = 1 }]"],
        &["[{ id = 'p', type = 'gold', display_name = 'P' }]", "[{ id = 'P' }]"],
    ),
    (
        "payment.provider",
        "stripe.secret_key = 'sk_test'",
        &["'demo'", "'stripe'"],
        &["'adyen'", "''"],
    ),
    ("stripe.secret_key", "", &["'sk_test_1'"], &["''", "'s k'", "1", "['a']"]),
    ("stripe.webhook_secret", "", &["'whsec_1'"], &["''", "'s k'", "1", "['a']"]),
    (
        "stripe.base_url",
        "",
        &["'https://api.stripe.com'", "'http://127.0.0.1:12111/'", "'https://proxy.example/pay'"],
        &["''", "'api.stripe.com'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("stripe.api_version", "", &["'2026-04-22.preview'"], &["''", "'a b'", "1"]),
    ("stripe.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    ("stripe.acquirer_bin", "", &["'455555'", "''"], &["'45a'", "'123456789012'", "455555"]),
    ("stripe.acquirer_country", "", &["'US'", "'de'", "''"], &["'USA'", "1"]),
    ("stripe.acquirer_merchant_id", "", &["'m-1'", "''"], &["' m'", "1"]),
    ("stripe.merchant_name", "", &["'Harbour & Pine'", "''"], &["'a '", "1"]),
    (
        "inventory.shape",
        "inventory.base_url = 'http://127.0.0.1:12112'",
        &["'embedded'", "'reservations'", "'adjustments'"],
        &["'http'", "''", "true"],
    ),
    (
        "inventory.base_url",
        "",
        &["'https://stock.example/v1'", "'http://127.0.0.1:12112/'", "''"],
        &["'stock.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("inventory.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("inventory.bulk", "", &["true", "false"], &["'yes'", "1"]),
    ("inventory.repeatable", "", &["true", "false"], &["'yes'", "1"]),
    ("inventory.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("inventory.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("inventory.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "catalogue.kind",
        "catalogue.base_url = 'http://127.0.0.1:12113'",
        &["'embedded'", "'http'"],
        &["'file'", "''", "true"],
    ),
    (
        "catalogue.base_url",
        "",
        &["'https://goods.example/v1'", "'http://127.0.0.1:12113/'", "''"],
        &["'goods.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("catalogue.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    (
        "catalogue.webhook_secret",
        "catalogue.kind = 'http'\ncatalogue.base_url = 'http://127.0.0.1:12113'",
        &["'whsec_1'"],
        &["''", "'s k'", "1", "['a']"],
    ),
    ("catalogue.fresh_seconds", "", &["0", "86400"], &["-1", "86401", "'1m'"]),
    ("catalogue.stale_seconds", "", &["0", "604800"], &["-1", "604801"]),
    ("catalogue.entries_max", "", &["0", "1000000"], &["-1", "1000001"]),
    ("catalogue.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("catalogue.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("catalogue.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "tax.kind",
        "tax.base_url = 'http://127.0.0.1:12114'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "tax.base_url",
        "",
        &["'https://terms.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'terms.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("tax.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("tax.fresh_seconds", "", &["0", "86400"], &["-1", "86401", "'1m'"]),
    ("tax.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("tax.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("tax.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "shipping.kind",
        "shipping.base_url = 'http://127.0.0.1:12114'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "shipping.base_url",
        "",
        &["'https://terms.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'terms.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("shipping.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("shipping.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("shipping.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("shipping.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "promotions.kind",
        "promotions.base_url = 'http://127.0.0.1:12114'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "promotions.base_url",
        "",
        &["'https://terms.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'terms.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("promotions.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("promotions.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("promotions.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("promotions.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "cart.kind",
        "cart.base_url = 'http://127.0.0.1:12117'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "cart.base_url",
        "",
        &["'https://carts.example/v1'", "'http://127.0.0.1:12117/'", "''"],
        &["'carts.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("cart.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("cart.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("cart.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("cart.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "orders.base_url",
        "",
        &["'https://orders.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'orders.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("orders.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("orders.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("orders.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("webhooks.give_up_after_hours", "", &["1", "720"], &["0", "721"]),
    ("webhooks.local_http", "", &["true", "false"], &["'yes'", "1"]),
    ("orders.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "planner.base_url",
        "planner.model = 'm'",
        &["'https://model.example/v1'", "'http://127.0.0.1:12118/v1/'", "''"],
        &["'model.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    (
        "planner.model",
        "",
        &["'gpt-4.1-mini'", "'org/model:4b'", "''"],
        &["'a model'", "1", "['m']"],
    ),
    ("planner.api_key", "", &["'sk_1'"], &["''", "'s k'", "1", "['a']"]),
    ("planner.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("planner.timeout_ms", "", &["10", "60000"], &["9", "60001"]),
    ("planner.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    ("planner.tokens_max", "", &["50", "10000"], &["49", "10001"]),
    ("planner.seed", "", &["0", "2147483647"], &["-1", "2147483648"]),
    ("planner.calls_per_minute", "", &["1", "10000"], &["0", "10001"]),
    ("planner.tokens_per_day", "", &["1", "1000000000000"], &["0", "1000000000001"]),
    ("payment.demo_books", "", &["''", "'books.jsonl'", "'/var/a b'"], &["5", r#""a\u0007""#]),
    ("payment.capture", "", &["'at_once'", "'on_shipment'", "'later'"], &["'never'", "true"]),
    ("payment.authorization_minutes", "", &["1", "1440"], &["0", "1441"]),
    ("payment.capture_window_hours", "", &["1", "720"], &["0", "721"]),
    (
        "payment.routes",
        "payment.provider = 'stripe'\nstripe.secret_key = 'sk_1'",
        &[
            "[]",
            "[{ name = 'eu', provider = 'stripe', secret_key = 'sk_1', webhook_secret = 'whsec_1', \
             retired = true, base_url = 'https://api.example', currencies = ['EUR'], amount_min = 0, \
             amount_max = 99999999 }]",
        ],
        &[
            "[{ name = 'E U', provider = 'demo' }]",
            "[{ name = 'eu', provider = 'adyen' }]",
            "[{ name = 'eu', provider = 'demo', currencies = ['EURO'] }]",
            "[{ name = 'eu', provider = 'demo', currencies = ['EUR'], amount_min = -1 }]",
            "[{ name = 'eu', provider = 'stripe', secret_key = 's k' }]",
            "'demo'",
        ],
    ),
    (
        "message_signatures.origins",
        "",
        &["[]", "['https://buy.example', 'http://127.0.0.1:8080', 'https://buy.example:8443']"],
        &["['buy.example']", "['https://buy.example/shop']", "'https://buy.example'", "[1]"],
    ),
    (
        "message_signatures.unlisted_agents",
        "message_signatures.origins = ['https://buy.example']",
        &["'refuse'", "'accept'"],
        &["'welcome'", "true"],
    ),
    (
        "message_signatures.agents",
        "message_signatures.origins = ['https://buy.example']",
        &["[]", "[{ url = 'https://agent.example', agent = 'robo' }]"],
        &[
            "[{ url = 'http://agent.example', agent = 'robo' }]",
            "[{ url = 'https://agent.example:8443', agent = 'robo' }]",
            "[{ url = 'https://agent.example', agent = 'ro bo' }]",
            "'https://agent.example'",
        ],
    ),
    (
        "message_signatures.partners",
        "message_signatures.origins = ['https://buy.example']",
        &[
            "[]",
            r#"[{ keyid = 'p', jwk = '{"kty":"OKP"}', agent = 'robo' }]"#,
            "[{ keyid = 'p', key_file = '/etc/partner.pem', agent = 'robo' }]",
        ],
        &[
            "[{ keyid = 'p', jwk = 'secret', agent = 'robo' }]",
            "[{ keyid = 'p q', jwk = '{}', agent = 'robo' }]",
            "[{ keyid = 'p', jwk = 1, agent = 'robo' }]",
            "[{ keyid = 'p', key_file = '', agent = 'robo' }]",
        ],
    ),
    (
        "message_signatures.networks",
        "message_signatures.origins = ['https://buy.example']",
        &["[]", "[{ registry = 'https://net.example/keys', keyid = 'k', agent = 'robo' }]"],
        &["[{ registry = 'net.example', keyid = 'k', agent = 'robo' }]"],
    ),
    ("message_signatures.ca_file", "", &["'/etc/keys.pem'", "''"], &["1", "['a']"]),
    (
        "message_signatures.fixed_addresses",
        "",
        &["[]", "['keys.partner.example=10.0.0.5:443', 'a.example=[::1]:8443']"],
        &["['keys.partner.example']", "['a=b:1']", "['a.example=10.0.0.5']", "'a=1.1.1.1:1'"],
    ),
    ("payment.three_ds", "", &["'optional'", "'conditional'", "'always'"], &["'never'", "true"]),
    ("checkout.unreleased", "", &["true", "false"], &["'yes'", "1"]),
    ("intents.keep_text", "", &["true", "false"], &["'yes'", "1"]),
    ("log.format", "", &["'readable'", "'json'"], &["'xml'"]),
    ("log.level", "", &["'info'", "'info,acp_gateway=debug'"], &["''", "7"]),
];

#[test]
fn every_key_has_its_bounds() {
    for (key, around, good, bad) in BOUNDS {
        for value in *good {
            let loaded = load_file(&format!("{around}\n{key} = {value}"));
            assert!(loaded.is_ok(), "{key} = {value}: {}", loaded.unwrap_err());
        }
        let line = format!("line {}): ", around.lines().count().max(1) + 1);
        for value in *bad {
            let text = complaint(&format!("{around}\n{key} = {value}"));
            assert!(text.starts_with(key), "{key} = {value}: {text}");
            assert!(text.contains("(file acp-gateway.toml, "), "{key} = {value}: {text}");
            assert!(text.contains(&line), "{key} = {value}: {text}");
            assert!(text.contains("expected"), "{key} = {value}: {text}");
        }
    }
}

#[test]
fn texts_end_somewhere() {
    let cases = [
        ("shop.id", 64, ""),
        ("shop.name", 100, ""),
        ("shop.merchant_id", 128, ""),
        ("shop.support_email", 254, "a@"),
        ("shop.terms_of_use_url", 2_000, "https://"),
        ("log.level", 500, ""),
        ("admin.socket", 107, ""),
        // The path of the admin socket ends sooner than that of the directory.
        ("store.data_dir", 107 - "/admin.sock".len(), ""),
    ];
    for (key, length, prefix) in cases {
        let text = |length| format!("{prefix}{}", "a".repeat(length - prefix.len()));
        assert!(both_accept(&format!("{key} = '{}'", text(length))), "{key}");
        let too_long = format!("{key} = '{}'", text(length + 1));
        let complaint = complaint(&too_long);
        // The path of the admin socket is none of the schema's business.
        assert_eq!(objections(&too_long).is_empty(), key == "store.data_dir", "{key}");
        assert!(complaint.starts_with(key) && complaint.len() < 400, "{complaint}");
    }
}

#[test]
fn an_entry_of_tax_is_checked() {
    let two = |first: &str, second: &str| {
        format!("shop.tax = [\n{{ {first}, standard = '0' }},\n{{ {second}, standard = '0' }}]")
    };
    let different = two("country = 'US'", "country = 'US', state = 'CA'");
    assert_eq!(load_file(&different).unwrap().config.shop.tax.len(), 2);
    let text = complaint(&two("country = 'US', state = 'CA'", "country = 'us', state = 'ca'"));
    assert!(text.starts_with("shop.tax (file acp-gateway.toml, line 1): country US"), "{text}");
    let text = complaint(&two("country = 'US'", "country = 'US'"));
    assert!(text.contains("two rules without a state; expected one for each place"), "{text}");

    let bad = [
        ("country", "country = 'USA', standard = '0'"),
        ("state", "country = 'US', state = '', standard = '0'"),
        ("standard", "country = 'US', standard = '1.1'"),
        ("reduced", "country = 'US', standard = '0', reduced = '5%'"),
        ("shipping_taxed", "country = 'US', standard = '0', shipping_taxed = 1"),
        ("rate", "country = 'US', standard = '0', rate = '0'"),
    ];
    for (key, entry) in bad {
        let file = format!("shop.tax = [{{ {entry} }}]");
        let text = complaint(&file);
        assert!(!both_accept(&file), "{file}");
        let place = format!("shop.tax[0].{key} (file acp-gateway.toml, line 1): ");
        assert!(text.starts_with(&place), "{text}");
    }
    let many = "{ country = 'US', standard = '0' }, ".repeat(1_001);
    let file = format!("shop.tax = [{many}]");
    let text = complaint(&file);
    assert!(!both_accept(&file));
    assert!(text.contains("1001 entries are too many; expected a list of at most 1000"), "{text}");
}

const PLACE: &str = "location_name = 'Pier', line_one = '1', city = 'C', state = 'S', \
                     country = 'US', postal_code = '9'";

fn option(kind: &str, rest: &str) -> String {
    let comma = if rest.is_empty() { "" } else { ", " };
    format!(
        "shop.fulfillment = [{{ id = 'x', type = '{kind}', title = 'T', currency = 'usd', \
         price = 0{comma}{rest} }}]"
    )
}

#[test]
fn an_option_of_fulfillment_has_what_its_type_has() {
    let courier = "postal_prefixes = ['sw1'], hours_min = 0, hours_max = 720";
    let good = [
        ("digital", ""),
        ("digital", "description = 'D', free_from = 99999999, countries = ['de', 'AT']"),
        ("shipping", ""),
        ("shipping", "carrier = 'C', days_min = 0, days_max = 365"),
        ("shipping", "days_min = 3"),
        ("pickup", PLACE),
        ("local_delivery", courier),
    ];
    for (kind, rest) in good {
        let loaded = load_file(&option(kind, rest));
        assert!(loaded.is_ok(), "{kind} {rest}: {}", loaded.unwrap_err());
    }
    let config = load_file(&option("local_delivery", courier)).unwrap().config;
    let kind = &config.shop.fulfillment[0].kind;
    let prefixes = vec!["SW1".to_owned()];
    let expected =
        FulfillmentKind::LocalDelivery { postal_prefixes: prefixes, hours_min: 0, hours_max: 720 };
    assert_eq!(*kind, expected);
}

#[test]
fn an_option_of_fulfillment_is_checked() {
    let bad = [
        ("express", "", ".type", "unknown variant `express`"),
        ("digital", "price_max = 1", ".price_max", "unknown field"),
        ("digital", "free_from = -1", ".free_from", "from 0 to 99999999"),
        ("digital", "countries = ['Germany']", ".countries[0]", "a code of 2 letters"),
        ("digital", "description = ''", ".description", "1 to 500"),
        ("digital", "days_min = 1", "", "days_min belongs to type \"shipping\""),
        ("shipping", "city = 'C'", "", "city belongs to type \"pickup\""),
        ("pickup", "hours_max = 1", "", "hours_max belongs to type \"local_delivery\""),
        ("shipping", "days_min = 5, days_max = 4", "", "days_min 5 is above days_max 4"),
        ("shipping", "days_max = 366", ".days_max", "from 0 to 365"),
        ("shipping", "days_min = -1", ".days_min", "from 0 to 365"),
        ("pickup", "city = 'C'", "", "location_name is missing; type \"pickup\" needs it"),
        ("local_delivery", "", "", "postal_prefixes is missing"),
        ("local_delivery", "postal_prefixes = []", "", "1 to 1000 entries"),
        ("local_delivery", "postal_prefixes = ['9'], hours_min = 1", "", "hours_max is missing"),
        ("local_delivery", "hours_max = 721", ".hours_max", "from 0 to 720"),
        (
            "local_delivery",
            "postal_prefixes = ['9'], hours_min = 2, hours_max = 1",
            "",
            "hours_min 2 is above hours_max 1",
        ),
    ];
    for (kind, rest, path, expected) in bad {
        let file = option(kind, rest);
        let text = complaint(&file);
        // JSON Schema has no words for two keys in order.
        assert_eq!(objections(&file).is_empty(), expected.contains(" is above "), "{file}");
        let place = format!("shop.fulfillment[0]{path} (file acp-gateway.toml, line 1): ");
        assert!(text.starts_with(&place) && text.contains(expected), "{kind} {rest}: {text}");
    }
    for (key, replaced, value) in [
        ("id", "id = 'x'", "id = 'X'"),
        ("title", "title = 'T'", "title = ''"),
        ("currency", "currency = 'usd'", "currency = '$'"),
        ("price", "price = 0", "price = 100000000"),
        ("price", "price = 0", "price = 0.5"),
    ] {
        let text = complaint(&option("digital", "").replace(replaced, value));
        assert!(text.starts_with(&format!("shop.fulfillment[0].{key} (")), "{text}");
    }
}

#[test]
fn an_id_is_used_once_per_currency() {
    let entry = |currency: &str| {
        format!("{{ id = 'x', type = 'digital', title = 'T', currency = '{currency}', price = 0 }}")
    };
    let two = |one, other| format!("shop.fulfillment = [{}, {}]", entry(one), entry(other));
    assert_eq!(load_file(&two("USD", "EUR")).unwrap().config.shop.fulfillment.len(), 2);
    let text = complaint(&two("USD", "usd"));
    assert!(text.contains("the id \"x\" is used twice for USD"), "{text}");
}

#[test]
fn values_that_contradict_each_other_are_blamed_on_who_set_them() {
    let error = load_variable("ACP_GATEWAY__CHECKOUT__IDEMPOTENCY_RETENTION_HOURS", "8760");
    let text = error.unwrap_err().to_string();
    let blamed = "checkout.idempotency_retention_hours (environment variable \
                  ACP_GATEWAY__CHECKOUT__IDEMPOTENCY_RETENTION_HOURS): ";
    assert!(text.contains(blamed), "{text}");
    let text = complaint("checkout.session_kept_days = 1");
    assert!(text.starts_with("checkout.session_kept_days (file"), "{text}");
    assert!(text.contains("expected sessions to be kept at least as long"), "{text}");
}

#[test]
fn an_empty_text_takes_an_optional_value_back() {
    let file = "shop.support_email = 'a@b'\nserver.public_url = 'https://a'\nadmin.socket = 's'";
    let environment = Environment::default()
        .with("ACP_GATEWAY__SHOP__SUPPORT_EMAIL", "")
        .with("ACP_GATEWAY__SHOP__TERMS_OF_USE_URL", "")
        .with("ACP_GATEWAY__SERVER__PUBLIC_URL", "")
        .with("ACP_GATEWAY__ADMIN__SOCKET", "");
    let config = load_with(file, environment, &Overrides::default()).unwrap().config;
    assert_eq!((config.shop.support_email, config.shop.terms_of_use_url), (None, None));
    assert_eq!((config.server.public_url, config.admin.socket), (None, None));
}

#[test]
fn links_begin_with_something_that_can_be_reached() {
    let bound = "[::]:4711".parse().unwrap();
    let server = load_file("server.listen = '[::]:0'").unwrap().config.server;
    assert_eq!(server.public_url_at(bound), "http://[::1]:4711");
    let bound = "0.0.0.0:4711".parse().unwrap();
    assert_eq!(server.public_url_at(bound), "http://127.0.0.1:4711");
    let server = load_file("server.public_url = 'https://a.example/shop/'").unwrap().config.server;
    assert_eq!(server.public_url_at(bound), "https://a.example/shop");
}

#[test]
fn secrets_are_never_shown() {
    let good = format!("[secrets]\nmaster_key = '{KEY_HEX}'");
    let environment = Environment::default().with("ACP_GATEWAY__SECRETS__MASTER_KEY", KEY_HEX);
    assert!(!format!("{environment:?}").contains("5f1e2d"), "{environment:?}");
    for loaded in [load_file(&good), load_with("", environment, &Overrides::default())] {
        let loaded = loaded.unwrap();
        let description = loaded.describe().unwrap();
        assert!(description.contains("master_key = \"********\""), "{description}");
        let key = loaded.config.secrets.master_key.as_ref().unwrap();
        let shown = format!("{loaded:?} {:?} {key} {key:?} {description}", loaded.config);
        // The first bytes in hexadecimal, in decimal and in base64.
        for leak in ["5f1e2d", "95, 30, 45", "Xx4tPE"] {
            assert!(!shown.contains(leak), "{shown}");
        }
    }
    let bad = [
        format!("secrets.master_key = '{KEY_HEX}00'"),
        format!("secrets.master_key = ['{KEY_HEX}']"),
        format!("secrets.master_kee = '{KEY_HEX}'"),
        format!("secrets = '{KEY_HEX}'"),
        format!("secrets.master_key = '{KEY_HEX}"),
        format!("secrets.master_key = {KEY_HEX}"),
        format!("secrets.master_key = '{KEY_HEX}'\nsecrets.master_key = '{KEY_HEX}'"),
    ];
    for file in bad {
        let text = load_file(&file).unwrap_err().to_string();
        assert!(!text.contains("5f1e2d"), "{text}");
    }
}

#[test]
fn secrets_of_accounts_are_never_shown() {
    let usual = "[stripe]\nsecret_key = 'sk_5f1e2d'\n[payment]\nprovider = 'stripe'\n";
    let route = |rest: &str| {
        format!(
            "[[payment.routes]]\nname = 'eu'\nprovider = 'stripe'\nsecret_key = 'sk_5f1e2d'\n{rest}"
        )
    };
    let loaded =
        load_file(&(usual.to_owned() + &route("webhook_secret = 'whsec_5f1e2d'"))).unwrap();
    let description = loaded.describe().unwrap();
    assert!(description.contains("name = \"eu\""), "{description}");
    // What is not shown is not taken for the secret when the page is loaded.
    let redacted: Vec<_> = description.lines().filter(|line| line.contains("***")).collect();
    assert_eq!(redacted.len(), 3, "{description}");
    assert!(redacted.iter().all(|line| line.starts_with("# ")), "{description}");
    let reloaded = load_file(&description).unwrap_err().to_string();
    assert!(reloaded.contains("secret_key is missing"), "{reloaded}");
    let shown = format!("{loaded:?} {description}");
    assert!(!shown.contains("5f1e2d"), "{shown}");
    for bad in [
        route("webhook_secret = 'whsec 5f1e2d'"),
        route("webhook_secret = ['whsec_5f1e2d']"),
        route("webhook_sekret = 'whsec_5f1e2d'"),
        route("currencies = 5"),
        route("amount_min = 5"),
        route("") + &route(""),
    ] {
        let text = load_file(&bad).unwrap_err().to_string();
        assert!(!text.contains("5f1e2d"), "{text}");
    }
    let list = "[{ name = 'eu', provider = 'stripe', secret_key = 'sk_5f1e2d' }";
    let text = load_variable("ACP_GATEWAY__PAYMENT__ROUTES", list).unwrap_err().to_string();
    assert!(!text.contains("5f1e2d"), "{text}");
    let whole = Environment::default().with("ACP_GATEWAY__PAYMENT__ROUTES", format!("{list}]"));
    let whole = load_with(usual, whole, &Overrides::default()).unwrap();
    assert_eq!(whole.config.payment.routes.len(), 1);
}

#[test]
fn the_description_says_where_each_value_came_from() {
    let file = "[server]\ndocs = false\n[shop]\nfulfillment = []\n\
                [[shop.tax]]\ncountry = 'US'\nstandard = '0.1'";
    let environment = Environment::default().with("ACP_GATEWAY__SHOP__NAME", "A # \"B\"");
    let overrides = Overrides { listen: Some("0.0.0.0:1".into()), ..Overrides::default() };
    let description = load_with(file, environment, &overrides).unwrap().describe().unwrap();
    let expected = [
        "listen = \"0.0.0.0:1\" # flag --listen\n",
        "# public_url is not set; http://127.0.0.1:1 is used\n",
        "acp-gateway.toml, line 2\n",
        "name = 'A # \"B\"' # environment variable ACP_GATEWAY__SHOP__NAME\n",
        "connections_max = 10000\n",
        "fulfillment = [] # file ",
    ];
    for part in expected {
        assert!(description.contains(part), "{part} is not in:\n{description}");
    }
    let listed: Vec<_> = description.lines().filter(|line| line.starts_with("[[")).collect();
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert!(listed[0].starts_with("[[shop.tax]] # file "), "{listed:?}");
    assert!(listed[0].ends_with("acp-gateway.toml, line 5"), "{listed:?}");
}

/// The example on the page for operators.
fn example() -> &'static str {
    let page = include_str!("../docs/configuration.md");
    page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
}

#[test]
fn what_is_described_loads_again_to_the_same() {
    let files = [
        String::new(),
        example().to_owned(),
        format!("[secrets]\nmaster_key = '{KEY_HEX}'"),
        "shop.tax = []\nshop.fulfillment = []\nshop.terms_of_use_url = ''".to_owned(),
        "shop.name = 'a \"quoted\" # [name] = \\ 日本'\nadmin.socket = '/run/a=b [c]'".to_owned(),
        "shop.support_email = 'a@b'\nserver.public_url = 'https://a'".to_owned(),
        option("pickup", PLACE),
    ];
    for file in files {
        let first = load_file(&file).unwrap();
        let description = first.describe().unwrap();
        let second = load_file(&description);
        assert!(second.is_ok(), "{}\n{description}", second.unwrap_err());
        let mut expected = first.config;
        expected.secrets.master_key = None;
        assert_eq!(second.unwrap().config, expected, "{description}");
    }
}

#[test]
fn the_committed_schema_is_the_one_the_code_makes() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/config.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(place, schema()).unwrap();
    }
    let committed = std::fs::read_to_string(place).unwrap_or_default();
    assert!(committed == schema(), "{place} is out of date; UPDATE=1 cargo test writes it anew");
}

#[test]
fn the_schema_is_one_and_every_table_in_it_is_closed_and_described() {
    assert!(jsonschema::meta::is_valid(&SCHEMA));
    let mut open = vec![(String::new(), &*SCHEMA)];
    let mut tables = 0;
    while let Some((path, schema)) = open.pop() {
        if !path.ends_with("/items") || schema["type"] == "object" {
            assert!(
                schema["description"].as_str().is_some_and(|text| text.ends_with('.')),
                "{path}"
            );
        }
        match schema["type"].as_str() {
            Some("object") => {
                assert_eq!(schema["additionalProperties"], false, "{path}");
                let properties = schema["properties"].as_object().unwrap();
                open.extend(properties.iter().map(|(name, each)| (format!("{path}/{name}"), each)));
                tables += 1;
            }
            Some("array") => {
                let items = &schema["items"];
                let each = items["oneOf"]
                    .as_array()
                    .map_or_else(|| vec![items], |types| types.iter().collect());
                open.extend(each.into_iter().map(|item| (format!("{path}/items"), item)));
            }
            Some("string" | "integer" | "boolean") => {}
            other => assert_eq!(other, Some("a type"), "{path}"),
        }
    }
    assert_eq!(tables, 1 + 24 + 11 + 4, "the file, its sections, and the entries of lists");
}

#[test]
fn the_schema_knows_the_defaults_and_accepts_them() {
    let written = toml::to_string(&Config::default()).unwrap();
    assert!(both_accept(&written) && both_accept("") && both_accept(example()));
    let defaults = serde_json::to_value(written.parse::<toml::Table>().unwrap()).unwrap();
    for (section, schema) in SCHEMA["properties"].as_object().unwrap() {
        for (key, schema) in schema["properties"].as_object().unwrap() {
            assert_eq!(schema.get("default"), defaults[section].get(key), "{section}.{key}");
        }
    }
}

/// What the loader refuses and JSON Schema has no words for.
const UNSAYABLE: &[(&str, &str)] = &[
    // A number without a fraction is a whole number there, however it is written.
    ("server.request_timeout_ms", "1e3"),
];

#[test]
fn the_schema_has_the_bounds_of_the_loader() {
    for (key, around, good, bad) in BOUNDS {
        for value in good.iter().chain(*bad).filter(|value| !UNSAYABLE.contains(&(key, value))) {
            both_accept(&format!("{around}\n{key} = {value}"));
        }
    }
    let keys = |(section, schema): (&String, &Value)| {
        let keys = names_of(&schema["properties"]).into_iter();
        keys.map(|key| format!("{section}.{key}")).collect::<Vec<_>>()
    };
    let keys: BTreeSet<_> =
        SCHEMA["properties"].as_object().unwrap().iter().flat_map(keys).collect();
    assert_eq!(keys, BOUNDS.iter().map(|(key, ..)| (*key).to_owned()).collect());
}

#[test]
fn the_schema_has_the_names_of_the_loader() {
    for (section, schema) in SCHEMA["properties"].as_object().unwrap() {
        for (key, schema) in schema["properties"].as_object().unwrap() {
            let Some(names) = schema["enum"].as_array() else { continue };
            let known = expected_names(&complaint(&format!("{section}.{key} = 'none of them'")));
            let names: BTreeSet<_> =
                names.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
            assert_eq!(names, known, "{section}.{key}");
        }
    }
    let types = SCHEMA.pointer(FULFILLMENT_TYPES).unwrap().as_array().unwrap();
    let kinds: BTreeSet<_> = types.iter().map(|each| type_of(each).to_owned()).collect();
    assert_eq!(kinds, expected_names(&complaint(&option("express", ""))));
    let keys: BTreeSet<_> = types.iter().flat_map(|each| names_of(&each["properties"])).collect();
    assert_eq!(keys, expected_names(&complaint(&option("digital", "no_key = 1"))));

    let keys = names_of(&SCHEMA.pointer(TAX_ENTRY).unwrap()["properties"]);
    assert_eq!(keys, expected_names(&complaint("shop.tax = [{ no_key = 1 }]")));
}

const TAX_ENTRY: &str = "/properties/shop/properties/tax/items";
const FULFILLMENT_TYPES: &str = "/properties/shop/properties/fulfillment/items/oneOf";

fn type_of(entry: &Value) -> &str {
    entry.pointer("/properties/type/enum/0").and_then(Value::as_str).unwrap()
}

#[test]
fn the_schema_and_the_loader_agree_on_every_key_of_an_entry() {
    let tax = "shop.tax = [{ country = 'US', state = 'CA', standard = '0.1', reduced = '0', \
               shipping_taxed = true }]";
    agree_on_entries("tax", tax, SCHEMA.pointer(TAX_ENTRY).unwrap());
    for entry in SCHEMA.pointer(FULFILLMENT_TYPES).unwrap().as_array().unwrap() {
        let own = match type_of(entry) {
            "shipping" => "carrier = 'C', days_min = 0, days_max = 365",
            "pickup" => PLACE,
            "local_delivery" => "postal_prefixes = ['9'], hours_min = 0, hours_max = 720",
            _ => "",
        };
        let comma = if own.is_empty() { "" } else { ", " };
        let full = format!("description = 'D', free_from = 1, countries = ['US']{comma}{own}");
        agree_on_entries("fulfillment", &option(type_of(entry), &full), entry);
    }
}

/// Takes every key of `full`, the one entry of a list, to the edges `schema` has for it, over
/// them, and away.
fn agree_on_entries(list: &str, full: &str, schema: &Value) {
    assert!(both_accept(full), "{full}");
    let full: toml::Table = full.parse().unwrap();
    let given = full["shop"][list][0].as_table().unwrap();
    assert_eq!(names_of(&schema["properties"]), given.keys().cloned().collect());
    let with = |key: &str, value: Option<toml::Value>| {
        let mut file = full.clone();
        let entry = file["shop"][list][0].as_table_mut().unwrap();
        entry.remove(key);
        entry.extend(value.map(|value| (key.to_owned(), value)));
        both_accept(&file.to_string())
    };
    for (key, property) in schema["properties"].as_object().unwrap() {
        let is_required = schema["required"].as_array().unwrap().contains(&json!(key));
        assert_eq!(with(key, None), !is_required, "without {key}");
        for (value, fits) in edges(property) {
            assert_eq!(with(key, Some(value.clone())), fits, "{key} = {value}");
        }
    }
}

/// Values at and over the edges of what a schema allows, and whether they fit.
fn edges(schema: &Value) -> Vec<(toml::Value, bool)> {
    let bound = |name: &str| schema[name].as_i64();
    let length = |name: &str| bound(name).map(|length| usize::try_from(length).unwrap());
    let text = |length| toml::Value::from("9".repeat(length));
    match schema["type"].as_str().unwrap() {
        "boolean" => vec![(true.into(), true), (false.into(), true), (text(1), false)],
        "integer" => {
            let (min, max) = (bound("minimum").unwrap(), bound("maximum").unwrap());
            [(min, true), (max, true), (min - 1, false), (max + 1, false)]
                .map(|(number, fits)| (number.into(), fits))
                .to_vec()
        }
        "array" => {
            let item = &schema["items"];
            let (min, max) = (length("minItems").unwrap(), length("maxItems").unwrap());
            let usual = if item["maxLength"].is_null() { "US".into() } else { text(1) };
            let list = |entries| toml::Value::Array(vec![usual.clone(); entries]);
            let inner = edges(item).into_iter();
            let mut edges: Vec<_> =
                inner.map(|(value, fits)| (toml::Value::Array(vec![value]), fits)).collect();
            edges.extend([(list(min), true), (list(max), true), (list(max + 1), false)]);
            edges.extend(min.checked_sub(1).map(|below| (list(below), false)));
            edges
        }
        _ => {
            let mut edges = vec![(text(0), false), (" 9".into(), false), (9.into(), false)];
            if let Some(max) = length("maxLength") {
                edges.extend([(text(1), true), (text(max), true), (text(max + 1), false)]);
                // What ends a line or begins with a space is seen in every alphabet.
                edges.extend(["a\u{85}b", "\u{3000}a", "a\u{a0}"].map(|text| (text.into(), false)));
                edges.push(("\u{feff}".into(), true));
            }
            edges
        }
    }
}

#[test]
fn the_process_reads_its_own_environment() {
    let directory = directory_with("server.docs = false");
    let output = directory.path().join("description");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_child_writes_what_it_read"])
        .current_dir(directory.path())
        .env(CHILD_OUTPUT, &output)
        .env("ACP_GATEWAY__SHOP__NAME", "From outside")
        .env("ACP_GATEWAY_SERVICE_HOST", "10.0.0.1")
        .env("ACP_GATEWAY_PORT", OsString::from_vec(vec![0xff]))
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    let description = std::fs::read_to_string(output).unwrap();
    let expected = [
        "name = \"From outside\" # environment variable ACP_GATEWAY__SHOP__NAME\n",
        "docs = false # file acp-gateway.toml, line 1\n",
    ];
    for part in expected {
        assert!(description.contains(part), "{description}");
    }
}

/// The other half of the test above; without its variable there is nothing to do.
#[test]
fn a_child_writes_what_it_read() {
    let Some(output) = std::env::var_os(CHILD_OUTPUT) else { return };
    let loaded = load(&Overrides::default(), &Environment::of_process()).unwrap();
    std::fs::write(output, loaded.describe().unwrap()).unwrap();
}

#[test]
fn configured_tokens_are_never_shown() {
    let token = "5f1e2d3c4b5a69788796a5b4c3d2e1f0";
    let entry = |rest: &str| format!("[[keys.configured]]\nscope = 'agent'\nagent = 'a'\n{rest}");
    let loaded = load_file(&entry(&format!("token = '{token}'"))).unwrap();
    let description = loaded.describe().unwrap();
    assert!(description.contains("agent = \"a\""), "{description}");
    assert!(!format!("{loaded:?} {description}").contains("5f1e2d"), "{description}");
    for bad in [
        format!("token = '{token} '"),
        format!("token = ['{token}']"),
        format!("tokem = '{token}'"),
        format!("token = '{token}'\ntoken_file = 'x'"),
    ] {
        let text = load_file(&entry(&bad)).unwrap_err().to_string();
        assert!(!text.contains("5f1e2d"), "{text}");
    }
}

#[test]
fn an_issuer_is_believed_with_an_audience_and_one_place_of_its_keys() {
    let issuer = "[jwt]\nissuer = 'https://login.example'\n";
    for (rest, expected) in [
        ("jwks_file = 'k'", "is not set; expected the name by which tokens"),
        ("audience = 'a'", "just one of jwt.jwks_file and jwt.jwks_url"),
        (
            "audience = 'a'\njwks_file = 'k'\njwks_url = 'https://login.example/keys'",
            "just one of jwt.jwks_file and jwt.jwks_url",
        ),
    ] {
        let complaint = complaint(&format!("{issuer}{rest}"));
        assert!(complaint.contains(expected), "{complaint}");
    }
    load_file(&format!("{issuer}audience = 'a'\njwks_url = 'https://login.example/keys'")).unwrap();
}

/// What the loader refuses although each key is fine by itself.
#[test]
fn entries_of_lists_are_checked_as_a_whole() {
    let route = |rest: &str| format!("[[payment.routes]]\nname = 'eu'\n{rest}\n");
    let promotion = |rest: &str| {
        format!("[[shop.promotion]]\nid = 'a'\nname = 'A'\napplies_to = 'order'\n{rest}\n")
    };
    let partner = |rest: &str| {
        format!("[[message_signatures.partners]]\nkeyid = 'p'\nagent = 'robo'\n{rest}\n")
    };
    for (file, expected) in [
        (promotion(""), "percent_off or amount_off is missing"),
        ("[[keys.configured]]\nscope = 'agent'\nagent = 'a'".to_owned(), "just one of token"),
        ("[[keys.configured]]\nscope = 'agent'\ntoken_file = 'x'".to_owned(), "agent is missing"),
        (partner(""), "just one of jwk and key_file"),
        (partner("jwk = '{}'\nkey_file = 'k'"), "just one of jwk and key_file"),
        (promotion("percent_off = '0.1'\namount_off = 5\ncurrency = 'usd'"), "both given"),
        (promotion("amount_off = 5"), "currency is missing"),
        (promotion("percent_off = '0.1'\nmin_goods = 5"), "currency is missing"),
        (promotion("percent_off = '0.1'\nitems = ['x']"), "belong to applies_to"),
        (promotion("percent_off = '0.1'\ncustomers = ['x']"), "belong together"),
        (promotion("percent_off = '0.1'\naudience = 'customers'"), "belong together"),
        (promotion("percent_off = '0.1'").repeat(2), "used twice"),
        (route("provider = 'demo'").repeat(2), "used twice"),
        (route("provider = 'demo'\namount_min = 5"), "to name just one"),
        (
            route("provider = 'demo'\ncurrencies = ['EUR']\namount_min = 5\namount_max = 4"),
            "is above",
        ),
        (route("provider = 'stripe'"), "secret_key is missing"),
        (
            "[payment]\nprovider = 'stripe'\n".to_owned()
                + &route("provider = 'stripe'\nsecret_key = 'sk'")
                + "[stripe]\nsecret_key = 'sk'\nbase_url = 'http://a.example'",
            "the secret key travels with every call",
        ),
        // The demo takes what another account cannot, and moves no money for it.
        (
            route("provider = 'stripe'\nsecret_key = 'sk'"),
            "payment.provider is \"demo\" and the entry \"eu\" of payment.routes is of \"stripe\"",
        ),
        (
            "[stripe]\nsecret_key = 'sk'\n[payment]\nprovider = 'stripe'\n".to_owned()
                + &route("provider = 'demo'\nretired = true"),
            "payment.provider is \"stripe\" and the entry \"eu\" of payment.routes is of \"demo\"",
        ),
        (
            route("provider = 'stripe'\nsecret_key = 'sk'\nbase_url = 'http://a.example'"),
            "base_url is http://",
        ),
        (
            "[[shop.wallet]]\nid = 'p'\ntype = 'points'\ndisplay_name = 'P'".to_owned(),
            "customer_id is missing",
        ),
        (
            "[[shop.exchange]]\nfrom = 'usd'\nto = 'eur'\nrate = '0.0'".to_owned(),
            "a decimal number above 0",
        ),
    ] {
        let complaint = complaint(&file);
        assert!(complaint.contains(expected), "{complaint}");
    }
    load_file(&route("provider = 'demo'\ncurrencies = ['EUR']")).unwrap();
}

/// The configuration and the rest of the house each have a number of their own.
#[test]
fn services_are_asked_by_as_many_at_once_as_everybody_believes() {
    let config = json!(Config::default());
    let said: Vec<_> = config
        .as_object()
        .unwrap()
        .values()
        .filter_map(|section| section.get("calls_at_once"))
        .collect();
    assert_eq!(said, [acp_core::limits::PEER_CALLS_DEFAULT; 9], "{config:#}");
}
