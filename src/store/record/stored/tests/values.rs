//! A value of every kind of document, with everything that can be there and not be there.

use std::sync::Arc;

use acp_core::cart::Cart;
use acp_core::catalog::{
    Benefit, CatalogItem, Disclosure, ExchangeRule, FeedRound, FeedStand, GoneItem, PickupLocation,
    ToldProduct,
};
use acp_core::dialogue::{Conversation, Open, Purpose, Turn};
use acp_core::ids::{
    AgentId, CartId, ConversationId, IntentId, ItemId, LineId, MandateId, MerchantOrderId,
    OptionId, OrderId, PaymentId, SessionId, TenantId,
};
use acp_core::mandate::{Budget, Entry, Folded, Mandate, PlanDigest, Restriction, Spending};
use acp_core::money::{Currency, Money, Rate};
use acp_core::order::{
    ChosenDelivery, FulfillmentMove, NewAdjustment, NewFulfillment, OrderEvent, OrderHead, Ordered,
    OrderedLine, Recorded, Tracking, Units,
};
use acp_core::payment::{PaymentNote, ProviderKey, Route};
use acp_core::plan::Count;
use acp_core::ports::{Answer, AnswerKey, Channel, Deed, Digests, KeyState, Subject, View};
use acp_core::pricing::{
    Allocated, AppliedDiscount, Discounts, LineTotals, RejectedCode, TotalKind, TotalRow, Totals,
};
use acp_core::principal::{ApiKey, Habits, MessageProof, Proof, Provenance};
use acp_core::request::RequestSeen;
use acp_core::run::{Lease, Run, RunFence, RunStep, Standing, UndoReason};
use acp_core::session::{
    Address, Attribution, Attributions, Basket, Buyer, Challenge, Company, Completion, Consent,
    Contact, FulfillmentOption, Group, GroupAsked, InstrumentMark, Interventions, Loyalty,
    Metadata, Method, Notice, Owner, PlacedOrder, PurchaseOrder, Quantity, Quote, QuotedLine,
    Readiness, RiskSignals, Selection, Session, Stage, TaxExemption, Wanted, Window, Words,
};
use acp_core::signing::{Signing, SigningKey};
use acp_core::stock::{Adjustment, Availability, Hold, Ledger, Reservation, ReservationId};
use acp_core::tenant::{ProofPolicy, Tenant};

use super::dice::Dice;
pub(super) use super::plans::plan;
use crate::store::record::stored::history::HistoryEntry;
use crate::store::record::stored::{
    Act, OutboxEntry, RequestsSeen, Roll, SealedKey, UseOfKey, UsedFor,
};

fn subject(dice: &mut Dice) -> Subject {
    match dice.below(3) {
        0 => Subject::Session(session_id(dice)),
        1 => Subject::Mandate(MandateId::new(dice.partition(), dice.random128())),
        _ => Subject::Cart(CartId::new(dice.partition(), dice.random128())),
    }
}

pub(super) fn item_id(dice: &mut Dice) -> ItemId {
    ItemId::new(dice.text())
}

pub(super) fn session_id(dice: &mut Dice) -> SessionId {
    SessionId::new(dice.partition(), dice.random128())
}

pub(super) fn order_id(dice: &mut Dice) -> OrderId {
    OrderId::new(dice.partition(), dice.random128())
}

fn payment_id(dice: &mut Dice) -> PaymentId {
    PaymentId::new(dice.text())
}

pub(super) fn owner(dice: &mut Dice) -> Owner {
    Owner { tenant: TenantId::new(dice.text()), agent: AgentId::new(dice.text()) }
}

fn address(dice: &mut Dice) -> Address {
    Address {
        name: dice.text(),
        line_one: dice.text(),
        line_two: dice.maybe(Dice::text),
        city: dice.text(),
        state: dice.text(),
        country: dice.text(),
        postal_code: dice.text(),
        company: dice.maybe(Dice::text),
        phone_number: dice.maybe(Dice::text),
    }
}

pub(super) fn contact(dice: &mut Dice) -> Contact {
    Contact {
        name: dice.maybe(Dice::text),
        phone_number: dice.maybe(Dice::text),
        email: dice.maybe(Dice::text),
        address: dice.maybe(address),
    }
}

pub(super) fn buyer(dice: &mut Dice) -> Buyer {
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
        buyer: dice.maybe(buyer),
        contact: dice.maybe(contact),
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

pub(super) fn item(dice: &mut Dice) -> CatalogItem {
    let currency = dice.currency();
    item_in(dice, currency)
}

fn line(dice: &mut Dice, currency: Currency) -> QuotedLine {
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

fn window(dice: &mut Dice) -> Window {
    Window { earliest: dice.time(), latest: dice.time() }
}

fn exchange(dice: &mut Dice) -> ExchangeRule {
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
            title: dice.text(),
            description: dice.maybe(Dice::text),
            carrier: dice.maybe(Dice::text),
            window: dice.maybe(window),
            pickup: dice.maybe(|dice| PickupLocation { name: dice.text(), address: address(dice) }),
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
fn totals(dice: &mut Dice, currency: Currency) -> Totals {
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

fn challenge(dice: &mut Dice) -> Challenge {
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

pub(super) fn session(dice: &mut Dice) -> Session {
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

pub(super) fn cart(dice: &mut Dice) -> Cart {
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

fn step(dice: &mut Dice) -> RunStep {
    let (payment, order) = (payment_id(dice), order_id(dice));
    match dice.below(7) {
        0 => RunStep::Reserving,
        1 => RunStep::Authorizing { payment },
        2 => RunStep::Capturing { payment, order },
        3 => RunStep::Delivering { payment, order },
        4 => RunStep::AwaitingCapture { payment, order },
        5 => RunStep::FailingForward { payment, order, reason: dice.word() },
        _ => RunStep::Undoing {
            payment: dice.maybe(payment_id),
            reason: match dice.below(4) {
                0 => UndoReason::Declined,
                1 => UndoReason::Challenge(challenge(dice)),
                2 => UndoReason::StockGone,
                _ => UndoReason::Failed,
            },
        },
    }
}

fn habits(dice: &mut Dice) -> Habits {
    Habits {
        conflict_status: dice.word(),
        completed_status: dice.word(),
        strangers: dice.word(),
        address_phone: dice.word(),
    }
}

pub(super) fn channel(dice: &mut Dice) -> Channel {
    Channel { version: dice.text(), locale: dice.text(), habits: habits(dice) }
}

fn digests(dice: &mut Dice) -> Digests {
    Digests { raw: dice.bytes(), canonical: dice.bytes() }
}

pub(super) fn standing(dice: &mut Dice) -> Standing {
    Standing {
        fence: RunFence { number: dice.number(), owner: dice.random128() },
        lease: Lease { until: dice.time(), epoch: dice.number() },
        tries: dice.below(9),
        trouble: dice.maybe(Dice::word),
    }
}

pub(super) fn order_head(dice: &mut Dice) -> OrderHead {
    OrderHead {
        errand: dice.maybe(standing),
        hand_over_pending: dice.is_true(),
        hand_over_tried: dice.is_true(),
    }
}

pub(super) fn run(dice: &mut Dice) -> Run {
    let currency = dice.currency();
    Run {
        session: session_id(dice),
        attempt: dice.below(9),
        standing: standing(dice),
        began_at: dice.maybe(Dice::time),
        step: step(dice),
        amount: dice.money(currency),
        is_captured_later: dice.is_true(),
        provider_key: ProviderKey(dice.text()),
        sealed_request: dice.bytes::<9>().to_vec(),
        holds: dice.many(|dice| Hold {
            item: item_id(dice),
            reservation: ReservationId(dice.text()),
            units: dice.below(9),
        }),
        answer_key: dice.maybe(|dice| AnswerKey {
            owner: owner(dice),
            operation: dice.word(),
            about: dice.maybe(subject),
            key: dice.text(),
        }),
        digests: digests(dice),
        channel: channel(dice),
        route: dice.maybe(|dice| Route(dice.text())),
        refused: dice.maybe(|dice| InstrumentMark(dice.bytes())),
        tenant: dice.maybe(|dice| TenantId::new(dice.text())),
    }
}

pub(super) fn key_state(dice: &mut Dice) -> KeyState {
    let digests = digests(dice);
    match dice.maybe(|dice| Answer {
        status: u16::try_from(dice.below(600)).unwrap(),
        body: dice.text().as_bytes().into(),
        made: dice.maybe(subject),
    }) {
        None => KeyState::Running { digests },
        Some(answer) => KeyState::Answered { digests, answer },
    }
}

pub(super) fn reservation(dice: &mut Dice) -> Reservation {
    match dice.below(3) {
        0 => Reservation::Held { units: dice.below(9), until: dice.time() },
        1 => Reservation::Confirmed { units: dice.below(9) },
        _ => Reservation::Released,
    }
}

pub(super) fn adjustment(dice: &mut Dice) -> Adjustment {
    Adjustment { units: dice.below(9), standing: dice.word() }
}

pub(super) fn ledger(dice: &mut Dice) -> Ledger {
    let reservations = dice.many(|dice| (ReservationId(dice.text()), reservation(dice)));
    Ledger {
        free: dice.maybe(|dice| dice.below(9)),
        sold: dice.number(),
        reservations: reservations.into_iter().collect(),
    }
}

fn purchase_order(dice: &mut Dice) -> PurchaseOrder {
    PurchaseOrder {
        number: dice.text(),
        terms: dice.maybe(Dice::word),
        due_at: dice.maybe(Dice::time),
        wants_approval: dice.is_true(),
        billing_address: dice.maybe(address),
    }
}

fn ordered(dice: &mut Dice, currency: Currency) -> Ordered {
    Ordered {
        owner: owner(dice),
        number: dice.text(),
        lines: dice.many(|dice| {
            let line = line(dice, currency);
            OrderedLine {
                id: line.id,
                item: line.item.id.clone(),
                product_id: dice.text(),
                title: dice.text(),
                image: dice.maybe(Dice::text),
                kind: dice.word(),
                quantity: line.quantity,
                unit_price: dice.money(currency),
                totals: line.totals,
            }
        }),
        totals: totals(dice, currency),
        exchange: dice.maybe(exchange),
        deliveries: dice.many(|dice| ChosenDelivery {
            kind: dice.word(),
            title: dice.text(),
            carrier: dice.maybe(Dice::text),
            lines: dice.many(|dice| LineId::new(dice.text())),
            destination: dice.maybe(address),
            window: dice.maybe(window),
        }),
        contact: contact(dice),
        notes: dice.maybe(Dice::text),
        metadata: dice.maybe(|dice| Metadata(dice.text())),
        locale: dice.maybe(Dice::text),
    }
}

fn units(dice: &mut Dice) -> Vec<Units> {
    dice.many(|dice| Units {
        line: LineId::new(dice.text()),
        quantity: Quantity::new(dice.below(9) + 1).unwrap(),
    })
}

fn tracking(dice: &mut Dice) -> Tracking {
    Tracking {
        carrier: dice.maybe(Dice::text),
        number: dice.maybe(Dice::text),
        url: dice.maybe(Dice::text),
    }
}

fn afterwards(dice: &mut Dice, currency: Currency) -> OrderEvent {
    let number = dice.below(9);
    match dice.below(4) {
        0 => OrderEvent::FulfillmentMade(Box::new(NewFulfillment {
            number,
            kind: dice.word(),
            lines: units(dice),
            progress: dice.word(),
            tracking: tracking(dice),
            description: dice.maybe(Dice::text),
        })),
        1 => OrderEvent::FulfillmentMoved(Box::new(FulfillmentMove {
            number,
            progress: dice.word(),
            tracking: tracking(dice),
            note: dice.maybe(Dice::text),
            location: dice.maybe(Dice::text),
        })),
        2 => OrderEvent::Adjusted(Box::new(NewAdjustment {
            number,
            kind: dice.word(),
            status: dice.word(),
            lines: units(dice),
            amount: dice.maybe(|dice| dice.money(currency)),
            reason: dice.maybe(Dice::text),
            description: dice.maybe(Dice::text),
        })),
        _ => OrderEvent::AdjustmentSettled { number, status: dice.word() },
    }
}

pub(super) fn provenance(dice: &mut Dice) -> Provenance {
    Provenance {
        agent: AgentId::new(dice.text()),
        proofs: dice.many(|dice| match dice.below(4) {
            0 => Proof::Bearer { key: dice.maybe(Dice::text) },
            1 => Proof::Signature { key: dice.text(), algorithm: dice.word() },
            2 => Proof::Jwt {
                issuer: dice.text(),
                subject: dice.text(),
                roles: dice.many(Dice::word),
            },
            _ => Proof::Message(Box::new(MessageProof {
                profile: dice.text(),
                signer: dice.maybe(Dice::text),
                key: dice.text(),
                thumbprint: dice.maybe(Dice::text),
                algorithm: dice.text(),
                tag: dice.maybe(Dice::text),
            })),
        }),
    }
}

pub(super) fn order_event(dice: &mut Dice) -> Recorded<OrderEvent> {
    let currency = dice.currency();
    let event = match dice.below(9) {
        0..2 => OrderEvent::Placed {
            session: session_id(dice),
            payment: payment_id(dice),
            authorized: dice.money(currency),
            purchase_order: dice.maybe(purchase_order).map(Box::new),
            ordered: dice.maybe(|dice| ordered(dice, currency)).map(Box::new),
            provenance: dice.maybe(provenance).map(Arc::new),
        },
        2 => OrderEvent::PaymentCaptured { amount: dice.money(currency) },
        3 => OrderEvent::PaymentRefunded { amount: dice.money(currency) },
        4 => OrderEvent::Canceled { reason: dice.word() },
        5 => OrderEvent::HandedOver {
            merchant_order: MerchantOrderId::parse(&format!("M-{}", dice.number())).unwrap(),
        },
        _ => afterwards(dice, currency),
    };
    Recorded { at: dice.time(), event }
}

pub(super) fn payment_note(dice: &mut Dice) -> Recorded<PaymentNote> {
    let currency = dice.currency();
    let event = PaymentNote {
        attempt: dice.below(9),
        key: ProviderKey(dice.text()),
        payment: dice.maybe(payment_id),
        amount: dice.money(currency),
        state: dice.word(),
    };
    Recorded { at: dice.time(), event }
}

pub(super) fn outbox_entry(dice: &mut Dice) -> OutboxEntry {
    OutboxEntry { event_id: dice.random128(), recorded: order_event(dice) }
}

pub(super) fn history_entry(dice: &mut Dice) -> HistoryEntry {
    let currency = dice.currency();
    HistoryEntry {
        at: dice.time(),
        what: dice.text(),
        attempt: dice.maybe(|dice| dice.below(9)),
        amount: dice.maybe(|dice| dice.money(currency)),
        order: dice.maybe(order_id),
        reason: dice.maybe(Dice::word),
        summary: dice.maybe(Dice::text),
        metadata: dice.maybe(|dice| Metadata(dice.text())),
    }
}

pub(super) fn api_key(dice: &mut Dice) -> ApiKey {
    ApiKey {
        id: dice.text(),
        secret_hash: dice.bytes(),
        tenant: TenantId::new(dice.text()),
        agent: AgentId::new(dice.text()),
        scope: dice.word(),
        label: dice.text(),
        created_at: dice.time(),
        expires_at: dice.maybe(Dice::time),
        revoked_at: dice.maybe(Dice::time),
        habits: habits(dice),
        signing: signing(dice),
        follows: dice.maybe(Dice::text),
        made_by: dice.word(),
        revoked_by: dice.word(),
    }
}

pub(super) fn roll(dice: &mut Dice) -> Roll {
    let policy = |dice: &mut Dice| ProofPolicy {
        read: dice.word(),
        change: dice.word(),
        complete: dice.word(),
        merchant: dice.word(),
    };
    let tenant = |dice: &mut Dice| Tenant {
        id: TenantId::new(dice.text()),
        name: dice.text(),
        policy: policy(dice),
        created_at: dice.time(),
        suspended_at: dice.maybe(Dice::time),
    };
    Roll { tenants: dice.many(tenant) }
}

fn signing(dice: &mut Dice) -> Signing {
    if dice.is_true() {
        return Signing::default();
    }
    let key = |dice: &mut Dice| SigningKey {
        id: dice.text(),
        algorithm: dice.word(),
        profile: dice.word(),
        form: dice.word(),
        material: dice.bytes::<72>().to_vec(),
        created_at: dice.time(),
        not_before: dice.maybe(Dice::time),
        not_after: dice.maybe(Dice::time),
    };
    Signing { policy: dice.word(), keys: dice.many(key) }
}

pub(super) fn used_for(dice: &mut Dice) -> UsedFor {
    UsedFor { purpose: dice.bytes() }
}

fn request_seen(dice: &mut Dice) -> RequestSeen {
    RequestSeen {
        at: dice.time(),
        id: dice.text(),
        key: dice.maybe(Dice::text),
        method: dice.text(),
        path: dice.text(),
        version: dice.maybe(Dice::text),
        status: dice.maybe(|dice| u16::try_from(dice.below(600)).unwrap()),
        code: dice.maybe(Dice::text),
        param: dice.maybe(Dice::text),
        duration_ms: 12,
        is_replay: dice.is_true(),
    }
}

pub(super) fn requests_seen(dice: &mut Dice) -> RequestsSeen {
    RequestsSeen { requests: dice.many(request_seen) }
}

pub(super) fn use_of_key(dice: &mut Dice) -> UseOfKey {
    UseOfKey { at: dice.time() }
}

pub(super) fn feed_stand(dice: &mut Dice) -> FeedStand {
    let count = |dice: &mut Dice| u64::from(dice.below(1_000));
    FeedStand {
        address: dice.text(),
        generation: dice.below(9),
        feed: dice.maybe(Dice::text),
        batches: count(dice),
        lease: dice.maybe(|dice| Lease { until: dice.time(), epoch: dice.number() }),
        due: dice.time(),
        failures: dice.below(9),
        trouble: dice.maybe(Dice::text),
        last: dice.maybe(|dice| FeedRound {
            at: dice.time(),
            products: count(dice),
            told: count(dice),
            gone: count(dice),
            refused: count(dice),
        }),
        update: dice.maybe(Dice::text),
    }
}

pub(super) fn told_product(dice: &mut Dice) -> ToldProduct {
    ToldProduct {
        generation: dice.below(9),
        digest: dice.text(),
        items: dice.many(|dice| GoneItem { id: ItemId::new(dice.text()), title: dice.text() }),
        is_refused: dice.is_true(),
    }
}

pub(super) fn act(dice: &mut Dice) -> Act {
    Act {
        number: u64::from(dice.below(1_000)),
        at: dice.time(),
        actor: dice.text(),
        what: dice.text(),
        subject: dice.maybe(Dice::text),
        status: dice.maybe(|dice| u16::try_from(dice.below(600)).unwrap()),
        continues: dice.maybe(|dice| u64::from(dice.below(1_000))),
    }
}

pub(super) fn sealed_key(dice: &mut Dice) -> SealedKey {
    SealedKey { sealed: dice.bytes::<72>().to_vec() }
}

pub(super) fn view(dice: &mut Dice) -> View {
    View {
        owner: owner(dice),
        channel: channel(dice),
        expires_at: dice.maybe(Dice::time),
        body: dice.text().as_bytes().into(),
    }
}

fn intent_id(dice: &mut Dice) -> IntentId {
    IntentId::new(dice.partition(), dice.random128())
}

pub(super) fn count(dice: &mut Dice) -> Count {
    Count::new(dice.below(999).saturating_add(1)).unwrap()
}

fn open_question(dice: &mut Dice) -> Open {
    let purpose = match dice.below(4) {
        0 => Purpose::Add,
        1 => Purpose::Remove(dice.maybe(count)),
        2 => Purpose::Set(count(dice)),
        _ => Purpose::Replace(item_id(dice)),
    };
    Open {
        slot: dice.word(),
        purpose,
        quantity: count(dice),
        is_counted: dice.is_true(),
        candidates: dice.many(item_id),
    }
}

pub(super) fn conversation(dice: &mut Dice) -> Conversation {
    Conversation {
        id: ConversationId::new(dice.partition(), dice.random128()),
        owner: owner(dice),
        cart: dice.maybe(|dice| CartId::new(dice.partition(), dice.random128())),
        session: dice.maybe(session_id),
        mandate: dice.maybe(|dice| MandateId::new(dice.partition(), dice.random128())),
        plan: dice.maybe(|dice| acp_core::ids::PlanId::new(dice.partition(), dice.random128())),
        wishes: vec![acp_core::plan::Operation::Checkout],
        basket: dice.many(|dice| Wanted {
            item: item_id(dice),
            quantity: Quantity::new(dice.below(9) + 1).unwrap(),
        }),
        orders: dice.many(order_id),
        salience: dice.many(item_id),
        latest: dice.below(9),
        results: dice.many(item_id),
        open: dice.maybe(open_question),
        turns: dice.below(9),
        last: dice.many(|dice| Turn {
            intent: intent_id(dice),
            at: dice.time(),
            operations: dice.many(Dice::text),
            issues: dice.many(Dice::text),
            key: dice.maybe(Dice::text),
            is_first: dice.is_true(),
            text: dice.maybe(Dice::text),
            deeds: dice.many(|dice| Deed {
                name: dice.text(),
                items: dice.many(item_id),
                quantity: dice.maybe(|dice| Count::new(dice.below(9) + 1).unwrap()),
            }),
            asked: dice.maybe(Dice::word),
        }),
        opened_at: dice.time(),
        changed_at: dice.time(),
        expires_at: dice.time(),
    }
}

pub(super) fn mandate(dice: &mut Dice) -> Mandate {
    let currency = dice.currency();
    Mandate {
        id: MandateId::new(dice.partition(), dice.random128()),
        version: dice.below(9),
        tenant: TenantId::new(dice.text()),
        principal: dice.text(),
        agents: dice.many(|dice| AgentId::new(dice.text())),
        currency,
        per_order: dice.money(currency),
        per_unit: dice.maybe(|dice| dice.money(currency)),
        budget: Budget {
            limit: dice.money(currency),
            orders: dice.maybe(|dice| dice.below(9)),
            window: dice.word(),
            time_zone: dice.text(),
        },
        approval_above: dice.maybe(|dice| dice.money(currency)),
        restriction: Restriction {
            items: dice.many(item_id),
            categories: dice.many(Dice::text),
            countries: dice.many(Dice::text),
            denied_items: dice.many(item_id),
            denied_categories: dice.many(Dice::text),
            stored_value: dice.is_true(),
        },
        valid_from: dice.time(),
        valid_until: dice.time(),
        standing: dice.word(),
        is_for_one_plan: false,
    }
}

pub(super) fn mandate_ledger(dice: &mut Dice) -> acp_core::mandate::Ledger {
    let currency = dice.currency();
    let entries = dice.many(|dice| Entry {
        key: dice.text(),
        plan: PlanDigest(dice.bytes()),
        session: session_id(dice),
        amount: dice.money(currency),
        at: dice.time(),
        expires_at: dice.time(),
        approval: dice.maybe(Dice::text),
        spending: match dice.below(3) {
            0 => Spending::Held,
            1 => Spending::Committed { refunded: dice.money(currency).minor() },
            _ => Spending::Released,
        },
    });
    let folded = Folded { spent: dice.money(currency).minor(), orders: dice.below(99) };
    acp_core::mandate::Ledger::from_parts(entries, folded)
}

pub(super) fn vault_token(dice: &mut Dice) -> acp_core::vault::VaultToken {
    let currency = dice.currency();
    acp_core::vault::VaultToken {
        id: acp_core::ids::VaultTokenId::new(dice.partition(), dice.random128()),
        owner: owner(dice),
        allowance: acp_core::vault::Allowance {
            amount_max: dice.money(currency),
            session: dice.text(),
            merchant: dice.text(),
            expires_at: dice.time(),
        },
        credential: dice.bytes::<32>().to_vec(),
        brand: dice.maybe(Dice::text),
        last4: dice.text(),
        made_at: dice.time(),
        spent: dice
            .maybe(|dice| acp_core::vault::Spending { attempt: dice.below(9), at: dice.time() }),
    }
}
