//! Files, variables and flags become one configuration, and what is wrong is told with its place.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::process::Command;

use acp_gateway::config::{
    Config, Environment, LogFormat, Origin, Overrides, StoreKind, UnknownFields, load,
};
use tempfile::TempDir;

use super::{
    CHILD_OUTPUT, KEY_HEX, complaint, directory_with, load_file, load_variable, load_with,
};

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
fn the_process_reads_its_own_environment() {
    let directory = directory_with("server.docs = false");
    let output = directory.path().join("description");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "loading::a_child_writes_what_it_read"])
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
