//! What a configuration tells of itself, and what it never does.

use acp_gateway::config::{Environment, Overrides};

use super::entries::{PLACE, option};
use super::{KEY_HEX, load_file, load_variable, load_with};

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
pub(super) fn example() -> &'static str {
    let page = include_str!("../../docs/configuration.md");
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
