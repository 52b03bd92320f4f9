//! Entries of lists are checked each by itself, and all together.

use acp_gateway::config::FulfillmentKind;

use super::{both_accept, complaint, load_file, objections};

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

pub(super) const PLACE: &str = "location_name = 'Pier', line_one = '1', city = 'C', state = 'S', \
                     country = 'US', postal_code = '9'";

pub(super) fn option(kind: &str, rest: &str) -> String {
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
    let feed = |rest: &str| {
        format!("[[feed.agents]]\nname = 'a'\nbase_url = 'http://agent.example'\n{rest}\n")
    };
    let partner = |rest: &str| {
        format!("[[message_signatures.partners]]\nkeyid = 'p'\nagent = 'robo'\n{rest}\n")
    };
    for (file, expected) in [
        (promotion(""), "percent_off or amount_off is missing"),
        ("[[keys.configured]]\nscope = 'agent'\nagent = 'a'".to_owned(), "just one of token"),
        ("[[keys.configured]]\nscope = 'agent'\ntoken_file = 'x'".to_owned(), "agent is missing"),
        (feed("token = 't'\ntoken_file = 'f'"), "expected one of token and token_file"),
        (feed("token = 't'"), "the token travels with every call"),
        (feed("").repeat(2), "twice; expected each once"),
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
