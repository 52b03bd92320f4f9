//! Sessions and carts, with what they are made of.

use std::sync::Arc;

use acp_core::cart::Cart;
use acp_core::catalog::{Benefit, CatalogItem, Disclosure, ExchangeRule, PickupLocation};
use acp_core::ids::{CartId, LineId, OptionId};
use acp_core::money::{Currency, Money, Rate};
use acp_core::pricing::{
    Allocated, AppliedDiscount, Discounts, LineTotals, RejectedCode, TotalKind, TotalRow, Totals,
};
use acp_core::session::{
    Attribution, Attributions, Basket, Buyer, Challenge, Company, Completion, Consent,
    FulfillmentOption, Group, GroupAsked, InstrumentMark, Interventions, Loyalty, Metadata, Method,
    Notice, PlacedOrder, Quantity, Quote, QuotedLine, Readiness, RiskSignals, Selection, Session,
    Stage, TaxExemption, Wanted, Window, Words,
};
use acp_core::stock::Availability;

use super::super::dice::Dice;
use super::callers::provenance;
use super::orders::purchase_order;
use super::{address, contact, item_id, order_id, owner, session_id};

pub(in super::super) fn buyer(dice: &mut Dice) -> Buyer {
    Buyer {
        email: dice.text(),
        first_name: dice.maybe(Dice::text),
        last_name: dice.maybe(Dice::text),
        full_name: dice.maybe(Dice::text),
        phone_number: dice.maybe(Dice::text),
        customer_id: dice.maybe(Dice::text),
        account_type: dice.maybe(Dice::word),
        authentication_status: dice.maybe(Dice::word),
        company: dice.maybe(|dice| Company {
            name: dice.text(),
            tax_id: dice.maybe(Dice::text),
            department: dice.maybe(Dice::text),
            cost_center: dice.maybe(Dice::text),
        }),
        loyalty: dice.maybe(|dice| Loyalty {
            tier: dice.maybe(Dice::text),
            points_balance: dice.maybe(|dice| i64::from(dice.below(9)) - 4),
            member_since: dice.maybe(Dice::time),
        }),
        tax_exemption: dice.maybe(|dice| TaxExemption {
            certificate_id: dice.text(),
            certificate_type: dice.word(),
            exempt_regions: dice.many(Dice::text),
            expires_at: dice.maybe(Dice::time),
        }),
    }
}

fn basket(dice: &mut Dice, currency: Currency) -> Basket {
    Basket {
        profile: dice.word(),
        presentment: dice.maybe(Dice::currency),
        groups: dice.many(|dice| GroupAsked {
            id: dice.text(),
            items: dice.many(Dice::text),
            kind: dice.word(),
            contact: dice.maybe(contact),
            location_id: dice.maybe(Dice::text),
            instructions: dice.maybe(Dice::text),
        }),
        wants_discounts: dice.is_true(),
        codes: dice.many(Dice::text),
        currency,
        wanted: dice.many(|dice| Wanted {
            item: item_id(dice),
            quantity: Quantity::new(dice.below(10_000) + 1).unwrap(),
        }),
        buyer: dice.maybe(buyer).map(Arc::new),
        contact: dice.maybe(contact).map(Arc::new),
        selections: dice.maybe(|dice| {
            dice.many(|dice| Selection {
                kind: dice.maybe(Dice::word),
                option: OptionId::new(dice.text()),
                items: dice.many(Dice::text),
            })
        }),
        order_notes: dice.maybe(Dice::text),
        locale: dice.maybe(Dice::text),
        timezone: dice.maybe(Dice::text),
        quote_id: dice.maybe(Dice::text),
        metadata: dice.maybe(|dice| Metadata(dice.text())),
        interventions: Interventions {
            three_ds: dice.is_true(),
            biometric: dice.is_true(),
            address_verification: dice.is_true(),
        },
    }
}

fn item_in(dice: &mut Dice, currency: Currency) -> CatalogItem {
    CatalogItem {
        id: item_id(dice),
        product_id: dice.text(),
        title: dice.text(),
        description: dice.text(),
        brand: dice.maybe(Dice::text),
        category: dice.text(),
        kind: dice.word(),
        price: dice.money(currency),
        options: dice.many(|dice| (dice.text(), dice.text())),
        tags: dice.many(Dice::text),
        images: dice.many(Dice::text),
        sku: dice.maybe(Dice::text),
        sold_as: dice.maybe(Dice::word),
        max_per_order: dice.maybe(|dice| dice.below(9)),
        tax_class: dice.word(),
        weight_grams: dice.maybe(|dice| dice.below(9_000)),
        seller: dice.maybe(Dice::text),
        disclosures: dice.many(|dice| Disclosure { markup: dice.word(), text: dice.text() }),
        is_withdrawn: dice.is_true(),
    }
}

pub(in super::super) fn item(dice: &mut Dice) -> CatalogItem {
    let currency = dice.currency();
    item_in(dice, currency)
}

pub(super) fn line(dice: &mut Dice, currency: Currency) -> QuotedLine {
    QuotedLine {
        id: LineId::new(dice.text()),
        item: Arc::new(item_in(dice, currency)),
        quantity: dice.below(9),
        available: match dice.maybe(|dice| dice.below(9)) {
            None => Availability::Unlimited,
            Some(units) => Availability::Units(units),
        },
        totals: LineTotals {
            base: dice.money(currency),
            discount: dice.money(currency),
            subtotal: dice.money(currency),
            tax: dice.money(currency),
            total: dice.money(currency),
        },
    }
}

pub(super) fn window(dice: &mut Dice) -> Window {
    Window { earliest: dice.time(), latest: dice.time() }
}

pub(super) fn exchange(dice: &mut Dice) -> ExchangeRule {
    ExchangeRule {
        from: dice.currency(),
        to: dice.currency(),
        millionths: dice.number(),
        since: dice.maybe(Dice::time),
    }
}

fn method(dice: &mut Dice, currency: Currency) -> Method {
    Method {
        kind: dice.word(),
        options: dice.many(|dice| FulfillmentOption {
            id: OptionId::new(dice.text()),
            title: dice.text().into(),
            description: dice.maybe(|dice| dice.text().into()),
            carrier: dice.maybe(|dice| dice.text().into()),
            window: dice.maybe(window),
            pickup: dice.maybe(|dice| {
                Arc::new(PickupLocation { name: dice.text(), address: address(dice) })
            }),
            price: dice.money(currency),
        }),
        groups: dice.many(|dice| Group {
            option: OptionId::new(dice.text()),
            lines: dice.many(|dice| LineId::new(dice.text())),
            destination: dice.maybe(Dice::text),
        }),
    }
}

/// Rows that add up: a subtotal, some of what may be added to it, and the total.
pub(super) fn totals(dice: &mut Dice, currency: Currency) -> Totals {
    let mut rows = vec![TotalRow::new(TotalKind::Subtotal, dice.money(currency))];
    for kind in dice.many(|dice| dice.pick(&[TotalKind::Tax, TotalKind::Tip, TotalKind::GiftWrap]))
    {
        let row = TotalRow::new(kind, dice.money(currency));
        rows.push(TotalRow { label: dice.maybe(Dice::text), ..row });
    }
    let total = Money::sum(currency, rows.iter().map(|row| row.amount)).unwrap();
    rows.push(TotalRow::new(TotalKind::Total, total));
    Totals::checked(currency, rows).unwrap()
}

fn words(dice: &mut Dice) -> Words {
    let title = dice.text();
    match dice.below(16) {
        0 => Words::AsWritten(title),
        1 => Words::OutOfStock { title },
        2 => Words::FewLeft { title, left: dice.below(9) },
        3 => Words::MostPerOrder { title, most: dice.below(9) },
        4 => Words::NoBuyer,
        5 => Words::NoAddress,
        6 => Words::NoSelection,
        7 => Words::NoDelivery { title },
        8 => Words::Declined,
        9 => Words::Expired,
        10 => Words::CodeRefused { code: title, why: dice.word() },
        11 => Words::CannotAuthenticate,
        12 => Words::MayNeedToAuthenticate,
        13 => Words::NeedsReview,
        14 => Words::NotApproved,
        _ => Words::NotPlaced,
    }
}

fn discounts(dice: &mut Dice, currency: Currency) -> Discounts {
    let part = |dice: &mut Dice| {
        let to = dice.maybe(|dice| Allocated::Line(LineId::new(dice.text())));
        (to.unwrap_or(Allocated::Delivery), dice.money(currency))
    };
    Discounts {
        applied: dice.many(|dice| AppliedDiscount {
            promotion: dice.text(),
            name: dice.text(),
            code: dice.maybe(Dice::text),
            benefit: if dice.is_true() {
                Benefit::Percent(Rate::from_millionths(dice.below(1_000_001)).unwrap())
            } else {
                Benefit::Amount(dice.money(currency))
            },
            spread: dice.word(),
            priority: dice.below(9),
            starts_at: dice.maybe(Dice::time),
            ends_at: dice.maybe(Dice::time),
            amount: dice.money(currency),
            allocations: dice.many(part),
            is_limited: dice.is_true(),
        }),
        rejected: dice.many(|dice| RejectedCode {
            code: dice.text(),
            place: dice.below(9),
            why: dice.word(),
        }),
    }
}

fn quote(dice: &mut Dice, currency: Currency) -> Quote {
    Quote {
        lines: dice.many(|dice| line(dice, currency)),
        methods: dice.many(|dice| method(dice, currency)),
        totals: totals(dice, currency),
        notices: dice.many(|dice| Notice {
            kind: dice.word(),
            code: dice.word(),
            path: dice.maybe(Dice::text),
            resolution: dice.maybe(Dice::word),
            words: words(dice),
        }),
        discounts: discounts(dice, currency),
        exchange: dice.maybe(exchange),
        made_at: dice.time(),
    }
}

pub(super) fn challenge(dice: &mut Dice) -> Challenge {
    Challenge {
        acquirer_bin: dice.text(),
        acquirer_country: dice.text(),
        acquirer_merchant_id: dice.text(),
        merchant_name: dice.text(),
        directory_server: dice.text(),
        browser: dice.maybe(|dice| RiskSignals {
            ip_address: dice.maybe(Dice::text),
            user_agent: dice.maybe(Dice::text),
            accept_language: dice.maybe(Dice::text),
            session_id: dice.maybe(Dice::text),
            device_fingerprint: dice.maybe(Dice::text),
        }),
    }
}

fn stage(dice: &mut Dice, currency: Currency) -> Stage {
    match dice.below(10) {
        0 => Stage::Open(Readiness::Incomplete),
        1 => Stage::Open(Readiness::Blocked),
        2 => Stage::Open(Readiness::Escalated),
        3 => Stage::Open(Readiness::Ready { total: dice.money(currency) }),
        4 => Stage::AuthenticationRequired(challenge(dice)),
        5 => Stage::PendingApproval(purchase_order(dice)),
        6 => Stage::Completing(Completion {
            attempt: dice.below(9),
            amount: dice.money(currency),
            began_at: dice.time(),
            purchase_order: dice.maybe(purchase_order),
        }),
        7 => Stage::Completed(PlacedOrder {
            id: order_id(dice),
            number: dice.text(),
            placed_at: dice.time(),
            asked_by: dice.maybe(Dice::bytes),
        }),
        8 => Stage::Canceled,
        _ => Stage::Expired,
    }
}

fn attribution(dice: &mut Dice) -> Attribution {
    Attribution {
        provider: dice.text(),
        token: dice.maybe(Dice::text),
        publisher_id: dice.maybe(Dice::text),
        campaign_id: dice.maybe(Dice::text),
        creative_id: dice.maybe(Dice::text),
        sub_id: dice.maybe(Dice::text),
        source: dice.maybe(|dice| (dice.word(), dice.maybe(Dice::text))),
        issued_at: dice.maybe(Dice::time),
        expires_at: dice.maybe(Dice::time),
        metadata: dice.maybe(|dice| Metadata(dice.text())),
        touchpoint: dice.maybe(Dice::word),
    }
}

pub(in super::super) fn session(dice: &mut Dice) -> Session {
    let currency = dice.currency();
    Session {
        id: session_id(dice),
        owner: owner(dice),
        stage: stage(dice, currency),
        basket: basket(dice, currency).into(),
        quote: quote(dice, currency).into(),
        attributions: Attributions {
            first: dice.maybe(attribution),
            last: dice.maybe(attribution),
        },
        consents: dice.many(|dice| Consent {
            channel: dice.text(),
            opted_in: dice.is_true(),
            contact: dice.maybe(Dice::text),
        }),
        attempts: dice.below(9),
        opened_at: dice.time(),
        changed_at: dice.time(),
        expires_at: dice.time(),
        refused: dice.many(|dice| InstrumentMark(dice.bytes())),
        provenance: dice.maybe(provenance).map(Arc::new),
    }
}

pub(in super::super) fn cart(dice: &mut Dice) -> Cart {
    let currency = dice.currency();
    Cart {
        id: CartId::new(dice.partition(), dice.random128()),
        owner: owner(dice),
        currency,
        wanted: basket(dice, currency).wanted,
        buyer: dice.maybe(buyer),
        locale: dice.maybe(Dice::text),
        estimate: quote(dice, currency).into(),
        session: dice.maybe(session_id),
        changed_at: dice.time(),
        expires_at: dice.time(),
        kept_as: dice.maybe(Dice::text),
    }
}
