//! Who knows the terms goods are sold by, whoever it is: the configuration, or services of the
//! merchant's.

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::{Carriage, CatalogItem, Region, Shop, TaxClass, TaxTable, Terms};
use acp_core::ids::{ItemId, Partition, Random128, SessionId};
use acp_core::limits::TAX_PLACES_MAX;
use acp_core::money::Currency;
use acp_core::ports::{Keeper as _, Ledgers, PortError, Promotions, Retry};
use acp_core::session::{
    Address, Basket, Buyer, BuyerAuthentication, Contact, FreshSelections, Inquiry, Interventions,
    OpenSession, Profile, Quantity, Quote, Shelf, Stocked, Stores, Wanted, quote,
};
use acp_core::stock::Availability;
use acp_core::time::Timestamp;
use acp_gateway::adapters::catalog::{RowFormat, import};
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::adapters::terms::{
    CountedPromotions, RemoteOptions, RemotePromotions, RemoteRates,
};
use acp_gateway::app::TermKeepers;
use acp_gateway::boot::{configured, shop, terms};
use acp_gateway::config::Config;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{PartitionKey, Records, StoreStock};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};
use acp_mocks::terms::{Settings, Tables, TermsMock};
use acp_mocks::{SeededEntropy, StillClock};
use serde_json::{Value, json};

use super::backend;
use crate::contract::record_rig::tenant;

const TOKEN: &str = "tok_terms";
const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

/// A configuration that says a little of everything.
fn config() -> Config {
    let mut config = Config::default();
    let promotions = json!([
        {"id": "ten", "name": "10 %", "code": "TEN", "percent_off": "0.1", "applies_to": "order"},
        {
            "id": "tea", "name": "Tea", "amount_off": 50, "currency": "USD", "applies_to": "goods",
            "categories": ["groceries"], "spread": "each", "priority": 3,
        },
        {
            "id": "vip", "name": "VIP", "code": "VIP", "percent_off": "0.5", "min_goods": 100,
            "currency": "USD", "applies_to": "delivery", "audience": "customers",
            "customers": ["cust_1"], "starts_at": "2020-01-01T00:00:00Z", "exclusive": true,
        },
        {
            "id": "over", "name": "Over", "code": "OVER", "percent_off": "0.5",
            "applies_to": "goods", "ends_at": "2020-01-01T00:00:00Z", "redemptions_max": 3,
        },
    ]);
    config.shop.promotion = serde_json::from_value(promotions).unwrap();
    config
}

/// The same, as tables of the mock.
fn tables(config: &Config) -> Tables {
    let mut rates = serde_json::to_value(&config.shop.tax).unwrap();
    for rate in rates.as_array_mut().unwrap() {
        let is_taxed = rate["shipping_taxed"].as_bool().unwrap();
        rate["delivery"] = if is_taxed { rate["standard"].clone() } else { json!("0") };
        rate.as_object_mut().unwrap().remove("shipping_taxed");
    }
    serde_json::from_value(json!({
        "rates": rates, "options": config.shop.fulfillment, "promotions": config.shop.promotion,
    }))
    .unwrap()
}

async fn mock(config: &Config) -> Running<TermsMock> {
    let settings =
        Settings { token: Some(TOKEN.to_owned()), tables: tables(config), ..Settings::default() };
    TermsMock::start(settings).await.unwrap()
}

/// Services that are asked each time.
fn remote(url: &str, token: Option<&str>) -> TermKeepers {
    believed(url, token, Duration::ZERO, Arc::new(StillClock::default()))
}

/// The same, with taxes that are believed for a while.
fn believed(
    url: &str,
    token: Option<&str>,
    fresh: Duration,
    clock: Arc<StillClock>,
) -> TermKeepers {
    let options = || backend(url.to_owned(), token);
    let entropy = || Arc::new(SeededEntropy::new(2));
    TermKeepers {
        taxes: Arc::new(RemoteRates::at(&options(), fresh, clock, entropy()).unwrap()),
        deliveries: Arc::new(RemoteOptions::at(&options(), entropy()).unwrap()),
        promotions: Arc::new(RemotePromotions::at(&options(), entropy()).unwrap()),
    }
}

fn goods() -> Vec<Arc<CatalogItem>> {
    let rows = [
        json!({
            "id": "tea", "title": "Tea", "category": "groceries/tea", "kind": "physical",
            "price": 455, "currency": "USD", "tax_class": "reduced", "weight_grams": 90,
        }),
        json!({
            "id": "tee", "title": "Tee", "kind": "physical", "price": 2_433, "currency": "USD",
            "tax_class": "standard",
        }),
        json!({
            "id": "file", "title": "File", "kind": "digital", "price": 999, "currency": "JPY",
            "tax_class": "standard",
        }),
    ];
    let text = rows.map(|row| row.to_string()).join("\n");
    let import = import(text.as_bytes(), RowFormat::JsonLines).unwrap();
    assert_eq!(import.report.problems.shown(), []);
    import.rows.into_iter().map(|row| Arc::new(row.item)).collect()
}

fn session() -> SessionId {
    SessionId::new(Partition::new(1).unwrap(), Random128([7; 16]))
}

fn address(country: &str, state: &str, postal_code: &str) -> Address {
    Address {
        name: "Ada Byron".into(),
        line_one: "4 Secret Lane".into(),
        line_two: None,
        city: "Somewhere".into(),
        state: state.into(),
        country: country.into(),
        postal_code: postal_code.into(),
        company: None,
        phone_number: None,
    }
}

fn buyer(customer: &str) -> Buyer {
    Buyer {
        email: "ada@example.com".into(),
        first_name: None,
        last_name: None,
        full_name: None,
        phone_number: None,
        customer_id: Some(customer.into()),
        account_type: None,
        authentication_status: Some(BuyerAuthentication::Authenticated),
        company: None,
        loyalty: None,
        tax_exemption: None,
    }
}

/// What somebody wants who lets the shop choose the delivery.
fn wish(currency: &str, items: &[&str], to: Option<Address>, codes: &[&str]) -> OpenSession {
    let wanted = |id: &&str| Wanted { item: ItemId::new(*id), quantity: Quantity::new(3).unwrap() };
    OpenSession {
        profile: Profile::FillsIn,
        currency: Some(Currency::parse(currency).unwrap()),
        wanted: items.iter().map(wanted).collect(),
        buyer: Some(buyer("cust_1")),
        contact: Some(Contact { address: to, ..Contact::default() }),
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions::default(),
        wants_discounts: true,
        codes: codes.iter().map(|code| (*code).into()).collect(),
        groups: Vec::new(),
        attribution: None,
    }
}

fn found(wish: &OpenSession) -> Vec<Option<Arc<CatalogItem>>> {
    let goods = goods();
    let find = |wanted: &Wanted| goods.iter().find(|item| item.id == wanted.item).cloned();
    wish.wanted.iter().map(find).collect()
}

/// Everything whoever knows says about an inquiry.
async fn told(keepers: &TermKeepers, inquiry: &Inquiry<'_>) -> Result<Terms, PortError> {
    let options = keepers.deliveries.options(inquiry).await?;
    let pickups = options.iter().filter_map(|option| match &option.carriage {
        Carriage::Pickup(location) => Some(&location.address),
        Carriage::Shipping { .. } | Carriage::Digital | Carriage::LocalDelivery { .. } => None,
    });
    let places: Vec<&Address> = inquiry.addresses.iter().copied().chain(pickups).collect();
    let taxes = keepers.taxes.rates(inquiry, &places).await?;
    let promotions = keepers.promotions.promotions(inquiry).await?;
    Ok(Terms { taxes, options, promotions })
}

/// What a shop that is told this makes of a wish.
async fn quoted(keepers: &TermKeepers, wish: &OpenSession, shop: &Shop) -> Quote {
    let (items, id) = (found(wish), session());
    let inquiry =
        Inquiry::about((&shop.tenant, id.as_str()), &wish.wishes(), &items, shop).unwrap();
    let terms = told(keepers, &inquiry).await.unwrap();
    let stocked = |item: &Option<Arc<CatalogItem>>| {
        item.clone().map(|item| Stocked { item, available: Availability::Unlimited })
    };
    let shelf: Shelf = items.iter().map(stocked).collect();
    let stores = Stores { shelf, terms, redemptions: Vec::new() };
    let basket = Basket::open(wish.clone(), &stores.shelf, shop);
    quote(&basket, &stores, shop, FreshSelections::Pruned, NOW).unwrap()
}

#[tokio::test]
async fn whoever_knows_the_terms_the_offer_is_the_same() {
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let ours = configured(&terms(&config.shop).unwrap());
    let mock = mock(&config).await;
    let theirs = remote(&mock.url(), Some(TOKEN));
    let places = [
        None,
        Some(address("US", "CA", "94107")),
        Some(address(" us", "ca ", "94110")),
        Some(address("US", "OR", "97035")),
        Some(address("DE", "", "10115")),
        Some(address("BR", "SP", "01310")),
    ];
    let mut offers = 0;
    for to in places {
        for codes in [&[][..], &["ten", "VIP"], &["vip"], &["OVER", "none", "Ten"]] {
            for (currency, items) in [("usd", &["tea", "tee"][..]), ("jpy", &["file"])] {
                let wish = wish(currency, items, to.clone(), codes);
                let (one, other) =
                    (quoted(&ours, &wish, &shop).await, quoted(&theirs, &wish, &shop).await);
                assert_eq!(one.totals, other.totals, "{wish:?}");
                assert_eq!(one.discounts, other.discounts, "{wish:?}");
                assert_eq!(one, other, "{wish:?}");
                offers += one.methods.iter().map(|method| method.options.len()).sum::<usize>();
            }
        }
    }
    assert!(offers > 50, "{offers} options were compared");
}

#[tokio::test]
async fn services_are_told_what_matters_and_not_who_lives_where() {
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let mock = mock(&config).await;
    let theirs = remote(&mock.url(), Some(TOKEN));
    let wish = wish("usd", &["tea", "tee"], Some(address("us", "CA", "94107")), &["TEN"]);
    quoted(&theirs, &wish, &shop).await;
    let asked = mock.mock().asked();
    let id = session();
    let [(for_options, options), (for_rates, rates), (for_promotions, promotions)] =
        asked.as_slice()
    else {
        panic!("three are asked: {asked:?}");
    };
    let named = Some(id.to_string());
    assert_eq!((for_options, for_promotions), (&named, &named));
    assert_eq!(*for_rates, None, "rates are for everybody");
    assert_eq!((&options["currency"], &options["goods"]), (&json!("USD"), &json!(8_664)));
    let tea = json!({
        "item": "tea", "quantity": 3, "price": 455, "kind": "physical", "tax_class": "reduced",
        "category": "groceries/tea", "weight_grams": 90,
    });
    assert_eq!(options["lines"][0], tea);
    let place =
        json!({"country": "us", "state": "CA", "city": "Somewhere", "postal_code": "94107"});
    assert_eq!(options["places"], json!([place]));
    let places: Vec<_> =
        rates["places"].as_array().unwrap().iter().map(|it| &it["postal_code"]).collect();
    assert_eq!(places, ["94107", "94111"], "where it goes, and where it could be fetched");
    assert_eq!(
        (&promotions["codes"], &promotions["customer"]),
        (&json!(["TEN"]), &json!("cust_1"))
    );
    let all = json!(asked).to_string();
    assert!(!all.contains("Byron") && !all.contains("Secret") && !all.contains("ada@"), "{all}");
}

#[tokio::test]
async fn many_places_are_asked_for_in_parts() {
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let mock = mock(&config).await;
    let theirs = remote(&mock.url(), Some(TOKEN));
    let wish = wish("usd", &["tea"], None, &[]);
    let (items, id) = (found(&wish), session());
    let inquiry =
        Inquiry::about((&shop.tenant, id.as_str()), &wish.wishes(), &items, &shop).unwrap();
    let places: Vec<_> =
        (0..=TAX_PLACES_MAX).map(|number| address("DE", "", &format!("{number:05}"))).collect();
    let twice: Vec<&Address> = places.iter().chain(&places).collect();
    theirs.taxes.rates(&inquiry, &twice).await.unwrap();
    assert_eq!(mock.mock().asked().len(), 2);
    theirs.taxes.rates(&inquiry, &[]).await.unwrap();
    assert_eq!(mock.mock().asked().len(), 2, "nobody is asked about nothing");
}

#[tokio::test]
async fn a_place_is_asked_for_once_in_a_while() {
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let mock = mock(&config).await;
    let (minute, clock) = (Duration::from_mins(1), Arc::new(StillClock::default()));
    let theirs = believed(&mock.url(), Some(TOKEN), minute, Arc::clone(&clock));
    let wish = wish("usd", &["tea"], None, &[]);
    let (items, id) = (found(&wish), session());
    let inquiry =
        Inquiry::about((&shop.tenant, id.as_str()), &wish.wishes(), &items, &shop).unwrap();
    let (here, there) = (address("US", "CA", "94107"), address("DE", "", "10115"));
    let asked = || mock.mock().asked().len();
    let known = theirs.taxes.rates(&inquiry, &[&here]).await.unwrap();
    let both = theirs.taxes.rates(&inquiry, &[&there, &here]).await.unwrap();
    assert_eq!(asked(), 2);
    assert_eq!(mock.mock().asked()[1].1["places"].as_array().unwrap().len(), 1);
    let rate = |table: &TaxTable, address| {
        table.rate(&Region::of(address), TaxClass::Standard).millionths()
    };
    assert_eq!((rate(&known, &here), rate(&both, &here)), (72_500, 72_500));
    assert_eq!(rate(&both, &there), 190_000);

    let away = Faults { error_ratio: 1.0, ..Faults::default() };
    mock.switches().set_faults(away).unwrap();
    assert_eq!(theirs.taxes.rates(&inquiry, &[&here]).await.unwrap(), known);
    clock.advance(minute);
    assert!(theirs.taxes.rates(&inquiry, &[&here]).await.is_err(), "an old rate is no rate");
}

async fn failure(keepers: &TermKeepers, shop: &Shop) -> PortError {
    let wish = wish("usd", &["tea"], Some(address("US", "CA", "94107")), &["TEN"]);
    let (items, id) = (found(&wish), session());
    let inquiry =
        Inquiry::about((&shop.tenant, id.as_str()), &wish.wishes(), &items, shop).unwrap();
    told(keepers, &inquiry).await.unwrap_err()
}

#[tokio::test]
async fn one_failure_is_noticed_by_nobody_and_a_lasting_one_is_told() {
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let wish = wish("usd", &["tea"], Some(address("US", "CA", "94107")), &["TEN"]);
    let once = || Faults { at_most: Some(1), ..Faults::default() };
    for faults in [
        Faults { reset_ratio: 1.0, ..once() },
        Faults { throttle_ratio: 1.0, ..once() },
        Faults { error_ratio: 1.0, ..once() },
        Faults { timeout_after_effect_ratio: 1.0, ..once() },
    ] {
        for path in ["/tax/rates", "/shipping/options", "/promotions/lookup"] {
            let mock = mock(&config).await;
            let only = Some(path.to_owned());
            let lasting = Faults { at_most: None, only: only.clone(), ..faults.clone() };
            mock.switches().set_faults(Faults { only, ..faults.clone() }).unwrap();
            let theirs = remote(&mock.url(), Some(TOKEN));
            quoted(&theirs, &wish, &shop).await;
            mock.switches().set_faults(lasting).unwrap();
            // Somebody who knows nothing yet.
            let theirs = remote(&mock.url(), Some(TOKEN));
            let expected = if faults.throttle_ratio > 0.0 {
                Retry::After(Duration::ZERO)
            } else {
                Retry::Safe
            };
            assert_eq!(failure(&theirs, &shop).await.retry, expected, "{path} {faults:?}");
        }
    }
}

#[tokio::test]
async fn a_service_that_does_not_want_us_or_makes_no_sense_is_named() {
    type Spoil = fn(&mut Value);
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let mock = mock(&config).await;
    let said = |error: PortError| {
        assert_eq!(error.retry, Retry::Never);
        // It may be told by somebody who remembers.
        let mut said = String::new();
        let told: &dyn std::error::Error = &**error.cause.as_ref().unwrap();
        let mut cause = Some(told);
        while let Some(error) = cause {
            said = format!("{said}: {error}");
            cause = error.source();
        }
        said
    };
    let closed = said(failure(&remote(&mock.url(), Some("tok_other")), &shop).await);
    assert!(closed.contains("is shipping.token still good?"), "{closed}");
    let spoils: [(Spoil, &str); 6] = [
        (|tables| tables["options"][0]["price"] = json!(-1), "option \"standard\": price -1"),
        (|tables| tables["options"][0]["type"] = json!("pigeon"), "pigeon"),
        (|tables| tables["rates"][0]["standard"] = json!("1.5"), "\"1.5\""),
        (|tables| tables["rates"][0]["reduced"] = json!(0.1), "expected a string"),
        (|tables| tables["promotions"][0]["applies_to"] = json!("tax"), "tax"),
        (|tables| tables["promotions"][0]["percent_off"] = json!("-1"), "promotion \"ten\""),
    ];
    let good = tables(&config);
    for (spoil, expected) in spoils {
        let mut bad = serde_json::to_value(&good).unwrap();
        spoil(&mut bad);
        mock.mock().set_tables(serde_json::from_value(bad).unwrap());
        let wrong = said(failure(&remote(&mock.url(), Some(TOKEN)), &shop).await);
        assert!(wrong.contains("contract for backends"), "{wrong}");
        assert!(wrong.contains(expected), "{wrong} does not say {expected}");
    }
}

#[tokio::test]
async fn a_limited_promotion_is_counted_from_when_it_is_first_heard_of() {
    let config = config();
    let shop = shop(&config.shop, &config.payment).unwrap();
    let clock = Arc::new(SystemClock::default());
    let store = Arc::new(Memory::new(Arc::clone(&clock) as _));
    let entropy = Arc::new(SeededEntropy::new(1));
    let records = Records::new(store, clock, entropy, PartitionKey::new(&[7; 32]));
    let stock = Arc::new(StoreStock::new(records));
    let mock = mock(&config).await;
    let theirs = remote(&mock.url(), Some(TOKEN)).promotions;
    let wish = wish("usd", &["tea"], None, &["OVER"]);
    let (items, id) = (found(&wish), session());
    let inquiry =
        Inquiry::about((&shop.tenant, id.as_str()), &wish.wishes(), &items, &shop).unwrap();
    let ledger = acp_core::catalog::Promotion::ledger_of("over");
    let left = async || stock.available(&shop.tenant, &[&ledger]).await.unwrap()[0];

    for most in [3, 9] {
        // As by another process, that has not heard of it either.
        let counted = CountedPromotions::of(Arc::clone(&theirs), Arc::clone(&stock) as _);
        for _ in 0..2 {
            counted.promotions(&inquiry).await.unwrap();
            assert_eq!(left().await, Availability::Units(3), "now it is good for {most}");
        }
        let mut changed = tables(&config);
        changed.promotions[3].insert("redemptions_max".to_owned(), json!(9));
        mock.mock().set_tables(changed);
    }
    stock.set(&shop.tenant, &ledger, Some(0)).await.unwrap();
    stock.begin(&shop.tenant, &ledger, 5).await.unwrap();
    assert_eq!(left().await, Availability::Units(0), "what is used up stays so");
    let other = acp_core::catalog::Promotion::ledger_of("other");
    stock.begin(&tenant(), &other, 5).await.unwrap();
    let counted = stock.available(&tenant(), &[&other]).await.unwrap();
    assert_eq!(counted, [Availability::Units(5)]);
}
