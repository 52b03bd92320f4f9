//! A small shop: a few items, a few ways to deliver, three currencies, and words for all of it.

use std::sync::Arc;
use std::time::Duration;

use crate::catalog::{
    Authenticating, Carriage, CatalogItem, HandlerKind, Kind, OptionRule, PaymentHandler,
    PickupLocation, Shop, TaxClass, TaxRule, TaxTable, Terms,
};
use crate::ids::{AgentId, ItemId, OptionId, Partition, Random128, SessionId, TenantId};
use crate::money::{Currency, Money, Rate};
use crate::refusal::Refusal;
use crate::session::{
    Address, Basket, Buyer, CompleteSession, Contact, FreshSelections, HandlerChoice, Instrument,
    Interventions, MethodKind, OpenSession, Owner, PaymentToken, Profile, Quantity, Quote,
    Selection, Session, Setting, Shelf, Stage, Stocked, Stores, Tender, Wanted, quote,
};
use crate::stock::Availability;
use crate::time::Timestamp;

pub(crate) const NOW: Timestamp = Timestamp::from_unix_ms(1_700_000_000_000);
const LIFE: Duration = Duration::from_hours(24);

/// Everything there is to buy: id, price, currency, kind, tax class, stock, most in one order.
type Entry = (&'static str, i64, &'static str, Kind, TaxClass, Option<u32>, Option<u32>);
const ITEMS: [Entry; 12] = [
    ("mug", 1_200, "usd", Kind::Physical, TaxClass::Standard, Some(10), None),
    ("tea", 450, "usd", Kind::Physical, TaxClass::Reduced, Some(50), Some(5)),
    ("book", 2_000, "usd", Kind::Physical, TaxClass::Exempt, None, None),
    ("lamp", 8_900, "usd", Kind::Physical, TaxClass::Standard, Some(3), None),
    ("vase", 3_000, "usd", Kind::Physical, TaxClass::Standard, Some(0), None),
    // Ids that look like those of a second line of a mug.
    ("mug_2", 700, "usd", Kind::Physical, TaxClass::Standard, None, None),
    ("2_mug", 800, "usd", Kind::Physical, TaxClass::Standard, None, None),
    ("ebook", 999, "usd", Kind::Digital, TaxClass::Standard, None, None),
    ("song", 129, "usd", Kind::Digital, TaxClass::Standard, None, None),
    ("furoshiki", 1_233, "jpy", Kind::Physical, TaxClass::Standard, None, None),
    ("matcha", 998, "jpy", Kind::Physical, TaxClass::Reduced, None, None),
    ("dates", 1_255, "kwd", Kind::Physical, TaxClass::Standard, None, None),
];

pub(super) fn money(minor: i64, currency: &str) -> Money {
    Money::new(minor, Currency::parse(currency).unwrap()).unwrap()
}

fn item((id, price, currency, kind, tax_class, _, max_per_order): Entry) -> CatalogItem {
    CatalogItem {
        id: ItemId::new(id),
        product_id: id.into(),
        title: id.into(),
        description: String::new().into(),
        brand: None,
        category: "things".into(),
        kind,
        price: money(price, currency),
        options: Vec::new(),
        tags: Vec::new(),
        images: Vec::new(),
        sku: None,
        sold_as: None,
        max_per_order,
        tax_class,
        weight_grams: None,
        seller: None,
        disclosures: Vec::new(),
        is_withdrawn: false,
    }
}

/// What the catalogue and the ledgers say to a basket.
pub(super) fn shelf(basket: &Basket) -> Shelf {
    let found = |wanted: &Wanted| {
        let entry = ITEMS.into_iter().find(|entry| entry.0 == wanted.item.as_str())?;
        let available = entry.5.map_or(Availability::Unlimited, Availability::Units);
        Some(Stocked { item: Arc::new(item(entry)), available })
    };
    basket.wanted.iter().map(found).collect()
}

/// The same, but of every item with a ledger there are this many.
pub(crate) fn stores_with(basket: &Basket, left: u32) -> Stores {
    let mut stores = stores(basket);
    for stocked in stores.shelf.iter_mut().flatten() {
        if let Availability::Units(_) = stocked.available {
            stocked.available = Availability::Units(left);
        }
    }
    stores
}

/// A place by the name the tables give it; `-` is none.
pub(super) fn address(place: &str) -> Option<Address> {
    let (country, state, postal_code) = match place {
        "-" => return None,
        "San Francisco" => ("US", "CA", "94107"),
        "Los Angeles" => ("us", " ca ", "90001"),
        "Portland" => ("US", "OR", "97201"),
        "Toronto" => ("CA", "ON", "M4B 1B3"),
        "Paris" => ("FR", "", "75001"),
        "Tokyo" => ("JP", "", "100-0001"),
        "Kuwait" => ("KW", "", "13001"),
        "Seattle" => ("US", "WA", "98101"),
        other => panic!("no place is called {other:?}"),
    };
    Some(Address {
        name: "A. Buyer".into(),
        line_one: "1 Main St".into(),
        line_two: None,
        city: place.into(),
        state: state.into(),
        country: country.into(),
        postal_code: postal_code.into(),
        company: None,
        phone_number: None,
    })
}

fn days(from: u64, to: u64) -> (Duration, Duration) {
    (Duration::from_hours(24 * from), Duration::from_hours(24 * to))
}

fn option(id: &str, price: Money, countries: &[&str], carriage: Carriage) -> OptionRule {
    OptionRule {
        id: OptionId::new(id),
        title: id.into(),
        description: None,
        price,
        free_from: None,
        countries: countries.iter().map(|country| (*country).into()).collect(),
        carriage,
    }
}

fn options() -> Vec<OptionRule> {
    let usd = |minor| money(minor, "usd");
    let parcel = || Carriage::Shipping { carrier: Some("Post".into()), window: Some(days(3, 5)) };
    let counter = PickupLocation { name: "Counter".into(), address: address("Seattle").unwrap() };
    let courier =
        Carriage::LocalDelivery { postal_prefixes: vec!["941".into()], window: days(0, 1) };
    let mut standard = option("standard", usd(599), &["US"], parcel());
    standard.free_from = Some(usd(5_000));
    vec![
        standard,
        option("express", usd(1_499), &["US", "CA"], parcel()),
        option("courier", usd(900), &["US"], courier),
        option("counter", usd(0), &[], Carriage::Pickup(counter.into())),
        option("download", usd(0), &[], Carriage::Digital),
        option("yubin", money(505, "jpy"), &["JP"], parcel()),
        option("barid", money(500, "kwd"), &["KW"], parcel()),
    ]
}

fn taxes() -> TaxTable {
    let rate = |millionths| Rate::from_millionths(millionths).unwrap();
    let rule = |country: &str, state: Option<&str>, standard, reduced, shipping_taxed| TaxRule {
        country: country.into(),
        state: state.map(Into::into),
        postal_code: None,
        standard: rate(standard),
        reduced: rate(reduced),
        delivery: rate(if shipping_taxed { standard } else { 0 }),
    };
    TaxTable::new(vec![
        rule("US", None, 0, 0, false),
        rule("US", Some("CA"), 82_500, 10_000, true),
        rule("US", Some("WA"), 100_000, 0, false),
        rule("JP", None, 100_000, 80_000, true),
        rule("KW", None, 50_000, 0, false),
    ])
}

fn card() -> PaymentHandler {
    PaymentHandler {
        id: "card".into(),
        display_name: "Card".into(),
        psp: "stripe".into(),
        merchant_id: "m_1".into(),
        kind: HandlerKind::Card { accepted_brands: vec!["visa".into()], is_live: false },
    }
}

pub(crate) fn shop() -> Shop {
    Shop {
        tenant: TenantId::new("t_1"),
        name: "Small Shop".into(),
        handlers: vec![card()],
        authenticating: Authenticating::Optional,
        purchase_accounts: Vec::new(),
        pages: Vec::new(),
        order_url: "https://shop.example/orders/{id}".into(),
        continue_url: None,
        support_email: None,
        currency: Currency::parse("usd").unwrap(),
        review_above: None,
        exchanges: Vec::new(),
        consents: Vec::new(),
    }
}

/// What the shop sells by.
pub(super) fn terms() -> Terms {
    Terms { taxes: taxes().into(), options: options().into(), promotions: [].into() }
}

/// The same, with only some of its options.
pub(super) fn terms_offering(ids: &[&str]) -> Terms {
    let options = options().into_iter().filter(|rule| ids.contains(&rule.id.as_str()));
    Terms { options: options.collect(), ..terms() }
}

pub(crate) fn setting(shop: &Shop, now: Timestamp) -> Setting<'_> {
    Setting { shop, now, expires_at: now.plus(LIFE) }
}

/// Reads `2 mug + 1 tea`.
pub(crate) fn wanted(text: &str) -> Vec<Wanted> {
    let line = |part: &str| {
        let (count, item) = part.trim().split_once(' ').expect("a count and an item");
        let quantity = Quantity::new(count.parse().unwrap()).expect("a quantity");
        Wanted { item: ItemId::new(item), quantity }
    };
    text.split('+').map(line).collect()
}

/// Reads `shipping:standard(mug li_tea); digital:download`; `-` is none.
pub(super) fn selections(text: &str) -> Option<Vec<Selection>> {
    let one = |part: &str| {
        let (kind, rest) = part.trim().split_once(':').expect("a kind and an option");
        let (option, items) = rest.split_once('(').unwrap_or((rest, ")"));
        let kind = match kind {
            "shipping" => MethodKind::Shipping,
            "digital" => MethodKind::Digital,
            "pickup" => MethodKind::Pickup,
            "local" => MethodKind::LocalDelivery,
            other => panic!("no kind is called {other:?}"),
        };
        let items = items.trim_end_matches(')').split_whitespace().map(Into::into).collect();
        Selection { kind: Some(kind), option: OptionId::new(option), items }
    };
    (text != "-").then(|| text.split(';').map(one).collect())
}

pub(crate) fn buyer() -> Buyer {
    Buyer {
        email: "buyer@example.com".into(),
        first_name: None,
        last_name: None,
        full_name: None,
        phone_number: None,
        customer_id: None,
        account_type: None,
        authentication_status: None,
        company: None,
        loyalty: None,
        tax_exemption: None,
    }
}

pub(crate) fn contact(place: &str) -> Option<Contact> {
    address(place).map(|address| Contact { address: Some(address), ..Contact::default() })
}

/// A command that opens a session of a buyer, in the currency of its first item.
pub(crate) fn opening(items: &str, place: &str) -> OpenSession {
    let wanted = wanted(items);
    let first = ITEMS.into_iter().find(|entry| entry.0 == wanted[0].item.as_str());
    OpenSession {
        profile: Profile::AsksForAll,
        currency: Some(Currency::parse(first.map_or("usd", |entry| entry.2)).unwrap()),
        wanted,
        buyer: Some(buyer()),
        contact: contact(place),
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions::default(),
        wants_discounts: false,
        codes: Vec::new(),
        groups: Vec::new(),
        attribution: None,
    }
}

/// What the stores say to a basket.
pub(crate) fn stores(basket: &Basket) -> Stores {
    Stores { shelf: shelf(basket), terms: terms(), redemptions: Vec::new() }
}

pub(crate) fn basket(items: &str, place: &str, chosen: &str) -> Basket {
    let mut basket = Basket::open(opening(items, place), &Shelf::new(), &shop());
    basket.selections = selections(chosen);
    basket
}

pub(super) fn quoted(basket: &Basket, fresh: FreshSelections) -> Result<Quote, Refusal> {
    quote(basket, &stores(basket), &shop(), fresh, NOW)
}

pub(crate) fn opened(command: OpenSession) -> Session {
    opened_at(command, &shop())
}

pub(super) fn opened_at(command: OpenSession, shop: &Shop) -> Session {
    opened_by(command, shop, terms())
}

/// Opened at a shop that sells by these terms.
pub(super) fn opened_by(command: OpenSession, shop: &Shop, terms: Terms) -> Session {
    let id = SessionId::new(Partition::new(1).unwrap(), Random128([7; 16]));
    let owner = Owner { tenant: TenantId::new("t_1"), agent: AgentId::new("a_1") };
    let basket = Basket::open(command.clone(), &Shelf::new(), shop);
    let stores = Stores { terms, ..stores(&basket) };
    Session::open(id, owner, command, &stores, &setting(shop, NOW)).unwrap()
}

pub(crate) fn completing_with(buyer: Option<Buyer>) -> CompleteSession {
    CompleteSession {
        profile: Profile::AsksForAll,
        buyer,
        contact: None,
        tender: Tender::Instrument(Instrument {
            handler: HandlerChoice::Named("card".into()),
            kind: "card".into(),
            credential: "spt".into(),
            token: PaymentToken::new("tok_visa"),
            billing_address: None,
        }),
        authentication: None,
        order_notes: None,
        attribution: None,
        consents: Vec::new(),
        risk: None,
    }
}

/// What a quote comes to: the stage it opens, then every notice; or the refusal.
pub(super) fn answer(quote: &Result<Quote, Refusal>) -> String {
    let quote = match quote {
        Ok(quote) => quote,
        Err(refusal) => return format!("{refusal:?}"),
    };
    let stage = Stage::Open(quote.readiness()).kind();
    let notices = quote.notices.iter().map(|notice| {
        let path = notice.path.as_deref().unwrap_or("-");
        format!(", {:?} {:?} {path}", notice.kind, notice.code)
    });
    format!("{stage:?}{}", notices.collect::<String>())
}
