//! A small session and the shop it is at.

use std::sync::Arc;

use acp_core::catalog::{
    Authenticating, CatalogItem, Disclosure, HandlerKind, Kind, Markup, Page, PageKind,
    PaymentHandler, Shop, TaxClass,
};
use acp_core::ids::{AgentId, ItemId, LineId, OptionId, OrderId, SessionId, TenantId};
use acp_core::money::{Currency, Money};
use acp_core::pricing::{Discounts, LineTotals, TotalKind, TotalRow, Totals};
use acp_core::principal::Habits;
use acp_core::session::{
    Address, Attributions, Basket, Buyer, Challenge, Completion, Contact, FulfillmentOption, Group,
    Interventions, Method, MethodKind, Owner, PlacedOrder, Profile, PurchaseOrder, Quote,
    QuotedLine, Readiness, Session, Stage, StageKind, Window,
};
use acp_core::stock::Availability;
use acp_core::time::Timestamp;
use serde_json::Value;

use crate::texts::Locale;
use crate::voice::Voice;
use crate::{v2025_09_29, v2025_12_12, v2026_01_16};

type Render = fn(&Session, &Voice<'_>) -> Vec<u8>;

/// Every version of this form, oldest first.
pub(super) const RENDERERS: [Render; 3] =
    [v2025_09_29::render, v2025_12_12::render, v2026_01_16::render];

const NOW: Timestamp = Timestamp::from_unix_ms(1_768_521_600_000);
pub(super) const SESSION: &str = "cs_0001_0e1w3g7110e1w3g7110e1w3g71";
pub(super) const ORDER: &str = "ord_0001_0e1w3g7110e1w3g7110e1w3g71";

/// What each version says of a session, oldest first.
pub(super) fn said(session: &Session) -> [Value; 3] {
    said_by(&shop(), session)
}

/// What each version says of a session at a shop, oldest first.
pub(super) fn said_by(shop: &Shop, session: &Session) -> [Value; 3] {
    said_to(Habits::default(), shop, session)
}

/// What each version says to a caller with habits, oldest first.
pub(super) fn said_to(habits: Habits, shop: &Shop, session: &Session) -> [Value; 3] {
    let voice = Voice { shop, locale: Locale::En, habits };
    RENDERERS.map(|render| serde_json::from_slice(&render(session, &voice)).unwrap())
}

pub(super) fn money(minor: i64) -> Money {
    Money::new(minor, usd()).unwrap()
}

fn usd() -> Currency {
    Currency::parse("usd").unwrap()
}

pub(super) fn shop() -> Shop {
    let page = |kind, path: &str| Page { kind, url: format!("https://shop.example/{path}").into() };
    Shop {
        tenant: TenantId::new("t_1"),
        name: "Small Shop".into(),
        handlers: vec![card_at("stripe", "acct_1", &["visa", "amex"])],
        authenticating: Authenticating::Conditional,
        purchase_accounts: Vec::new(),
        pages: vec![
            page(PageKind::TermsOfUse, "terms"),
            page(PageKind::PrivacyPolicy, "privacy"),
            page(PageKind::ReturnPolicy, "returns"),
            page(PageKind::ShippingPolicy, "shipping"),
            page(PageKind::ContactUs, "contact"),
            page(PageKind::AboutUs, "about"),
            page(PageKind::Faq, "faq"),
            page(PageKind::Support, "support"),
        ],
        order_url: "https://shop.example/orders/{id}".into(),
        continue_url: Some("https://shop.example/checkout/{id}".into()),
        support_email: Some("help@shop.example".into()),
        currency: usd(),
        review_above: None,
        exchanges: Vec::new(),
        consents: Vec::new(),
    }
}

pub(super) fn card_at(psp: &str, merchant_id: &str, brands: &[&str]) -> PaymentHandler {
    let accepted_brands = brands.iter().map(|brand| (*brand).into()).collect();
    PaymentHandler {
        id: format!("card_{psp}").into(),
        display_name: "Card".into(),
        psp: psp.into(),
        merchant_id: merchant_id.into(),
        kind: HandlerKind::Card { accepted_brands, is_live: false },
    }
}

fn item(id: &str, kind: Kind, price: i64) -> CatalogItem {
    CatalogItem {
        id: ItemId::new(id),
        product_id: id.into(),
        title: id.into(),
        description: "".into(),
        brand: None,
        category: "things".into(),
        kind,
        price: money(price),
        options: Vec::new(),
        tags: Vec::new(),
        images: Vec::new(),
        sku: Some("SKU-1".into()),
        sold_as: None,
        max_per_order: None,
        tax_class: TaxClass::Standard,
        weight_grams: None,
        seller: None,
        disclosures: Vec::new(),
        is_withdrawn: false,
    }
}

/// An item of which there is everything to say.
fn mug() -> CatalogItem {
    CatalogItem {
        title: "Mug".into(),
        description: "Stoneware.".into(),
        options: vec![("color".into(), "slate".into())],
        images: vec!["https://shop.example/mug.jpg".into()],
        seller: Some("Kiln & Co".into()),
        disclosures: vec![Disclosure { markup: Markup::Plain, text: "Hot when hot.".into() }],
        ..item("mug", Kind::Physical, 1_200)
    }
}

fn line(item: CatalogItem, quantity: u32, discount: i64, tax: i64) -> QuotedLine {
    let base = item.price.minor() * i64::from(quantity);
    let subtotal = base - discount;
    QuotedLine {
        id: LineId::new(format!("li_{}", item.id)),
        item: Arc::new(item),
        quantity,
        available: Availability::Unlimited,
        totals: LineTotals {
            base: money(base),
            discount: money(discount),
            subtotal: money(subtotal),
            tax: money(tax),
            total: money(subtotal + tax),
        },
    }
}

/// An option without anything that can be left out.
pub(super) fn option(id: &str, price: i64) -> FulfillmentOption {
    FulfillmentOption {
        id: OptionId::new(id),
        title: format!("By {id}").into(),
        description: None,
        carrier: None,
        window: None,
        pickup: None,
        price: money(price),
    }
}

/// An option with everything a carrier has.
pub(super) fn carried(id: &str, price: i64) -> FulfillmentOption {
    let window = Window { earliest: NOW, latest: NOW.plus(std::time::Duration::from_hours(24)) };
    FulfillmentOption {
        description: Some("Tomorrow.".into()),
        carrier: Some("Post".into()),
        window: Some(window),
        ..option(id, price)
    }
}

/// A way, what it offers, and what was chosen of it for which line.
pub(super) fn method(
    kind: MethodKind,
    options: Vec<FulfillmentOption>,
    chosen: &[(&str, &str)],
) -> Method {
    let group = |(option, line): &(&str, &str)| Group {
        option: OptionId::new(*option),
        lines: vec![LineId::new(*line)],
        destination: None,
    };
    Method { kind, options, groups: chosen.iter().map(group).collect() }
}

pub(super) fn totals(rows: &[(TotalKind, i64)]) -> Totals {
    let row = |(kind, amount): &(TotalKind, i64)| TotalRow::new(*kind, money(*amount));
    Totals::checked(usd(), rows.iter().map(row).collect()).unwrap()
}

fn quote() -> Quote {
    let parcel = vec![carried("standard", 599), option("express", 1_499)];
    Quote {
        lines: vec![line(mug(), 2, 400, 165), line(item("ebook", Kind::Digital, 999), 1, 0, 0)],
        methods: vec![
            method(MethodKind::Shipping, parcel, &[("standard", "li_mug")]),
            method(MethodKind::Digital, vec![option("download", 0)], &[("download", "li_ebook")]),
        ],
        totals: totals(&[
            (TotalKind::ItemsBaseAmount, 3_399),
            (TotalKind::ItemsDiscount, 400),
            (TotalKind::Subtotal, 2_999),
            (TotalKind::Fulfillment, 599),
            (TotalKind::Tax, 165),
            (TotalKind::Total, 3_763),
        ]),
        discounts: Discounts::default(),
        exchange: None,
        notices: Vec::new(),
        made_at: NOW,
    }
}

pub(super) fn address() -> Address {
    Address {
        name: "Ada Lovelace".into(),
        line_one: "1 Main St".into(),
        line_two: Some("Floor 2".into()),
        city: "San Francisco".into(),
        state: "CA".into(),
        country: "US".into(),
        postal_code: "94107".into(),
        company: Some("Analytical Engines".into()),
        phone_number: None,
    }
}

pub(super) fn buyer(email: &str) -> Buyer {
    Buyer {
        email: email.into(),
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

fn basket() -> Basket {
    Basket {
        profile: Profile::AsksForAll,
        currency: usd(),
        presentment: None,
        wanted: Vec::new(),
        buyer: Some(Arc::new(Buyer {
            first_name: Some("Ada".into()),
            last_name: Some("Lovelace".into()),
            phone_number: Some("+12025550114".into()),
            customer_id: Some("c_1".into()),
            ..buyer("ada@example.com")
        })),
        contact: Some(Arc::new(Contact {
            name: Some("Ada Lovelace".into()),
            phone_number: Some("+12025550199".into()),
            email: Some("ada@example.com".into()),
            address: Some(address()),
        })),
        groups: Vec::new(),
        selections: None,
        wants_discounts: true,
        codes: Vec::new(),
        order_notes: Some("Ring twice.".into()),
        locale: None,
        timezone: Some("America/Los_Angeles".into()),
        quote_id: Some("q_1".into()),
        metadata: None,
        interventions: Interventions::default(),
    }
}

/// A session that is ready for payment.
pub(super) fn session() -> Session {
    let quote = quote();
    Session {
        id: SessionId::parse(SESSION).unwrap(),
        owner: Owner { tenant: TenantId::new("t_1"), agent: AgentId::new("a_1") },
        stage: Stage::Open(Readiness::Ready { total: quote.totals.total() }),
        basket: Arc::new(basket()),
        quote: Arc::new(quote),
        attributions: Attributions::default(),
        consents: Vec::new(),
        refused: Vec::new(),
        provenance: None,
        attempts: 0,
        opened_at: NOW,
        changed_at: NOW,
        expires_at: NOW,
    }
}

/// The same with another quote.
pub(super) fn quoted(change: impl FnOnce(&mut Quote)) -> Session {
    let mut session = session();
    change(Arc::make_mut(&mut session.quote));
    session
}

/// The same with another basket.
pub(super) fn asked(change: impl FnOnce(&mut Basket)) -> Session {
    let mut session = session();
    change(Arc::make_mut(&mut session.basket));
    session
}

/// The same at a stage.
pub(super) fn staged(kind: StageKind) -> Session {
    Session { stage: stage(kind), ..session() }
}

fn stage(kind: StageKind) -> Stage {
    match kind {
        StageKind::Incomplete => Stage::Open(Readiness::Incomplete),
        StageKind::NotReady => Stage::Open(Readiness::Blocked),
        StageKind::RequiresEscalation => Stage::Open(Readiness::Escalated),
        StageKind::Ready => Stage::Open(Readiness::Ready { total: money(3_763) }),
        StageKind::AuthenticationRequired => Stage::AuthenticationRequired(Challenge {
            acquirer_bin: "123456".into(),
            acquirer_country: "US".into(),
            acquirer_merchant_id: "m_1".into(),
            merchant_name: "Small Shop".into(),
            directory_server: "visa".into(),
            browser: None,
        }),
        StageKind::PendingApproval => Stage::PendingApproval(PurchaseOrder {
            number: "PO-1".into(),
            terms: None,
            due_at: None,
            wants_approval: true,
            billing_address: None,
        }),
        StageKind::Completing => Stage::Completing(Completion {
            attempt: 1,
            amount: money(3_763),
            began_at: NOW,
            purchase_order: None,
        }),
        StageKind::Completed => Stage::Completed(PlacedOrder {
            id: OrderId::parse(ORDER).unwrap(),
            number: "1001".into(),
            placed_at: NOW,
            asked_by: None,
        }),
        StageKind::Canceled => Stage::Canceled,
        StageKind::Expired => Stage::Expired,
    }
}
