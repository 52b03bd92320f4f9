//! Plans with everything that can be in one and not be in one.

use acp_core::ids::{CartId, ItemId, MandateId, OptionId, PlanId};
use acp_core::mandate::{Approval, PlanDigest};
use acp_core::money::Currency;
use acp_core::plan::{
    AddressText, Alternative, At, Basis, Constraint, DeliveryWish, DiscountCode, Issue, Line, Made,
    Moment, Operation, OrderChoice, Plan, PlanDraft, PlanRun, PlanTerms, PlanWish, PlannedLine,
    Question, Step,
};
use acp_core::pricing::{TotalKind, TotalRow};
use acp_core::session::Selection;

use super::super::dice::Dice;
use super::{
    buyer, channel, contact, count, item_id, order_id, owner, provenance, session_id, standing,
};

fn cart_id(dice: &mut Dice) -> CartId {
    CartId::new(dice.partition(), dice.random128())
}

fn mandate_id(dice: &mut Dice) -> MandateId {
    MandateId::new(dice.partition(), dice.random128())
}

fn code(dice: &mut Dice) -> DiscountCode {
    DiscountCode::new(dice.pick(&["SAVE10", "B-2", "x_y"])).unwrap()
}

fn choice(dice: &mut Dice) -> OrderChoice {
    dice.maybe(Dice::text).map_or(OrderChoice::Latest, OrderChoice::Named)
}

fn operation(dice: &mut Dice) -> Operation {
    match dice.below(19) {
        0 => Operation::Add {
            item: item_id(dice),
            quantity: count(dice),
            fallbacks: dice.many(item_id),
        },
        1 => Operation::Remove { item: item_id(dice), quantity: dice.maybe(count) },
        2 => Operation::SetQuantity { item: item_id(dice), quantity: count(dice) },
        3 => {
            let old = item_id(dice);
            let new = ItemId::new(format!("not {old}"));
            Operation::Replace { old, new, quantity: count(dice) }
        }
        4 => Operation::ClearCart,
        5 => Operation::ViewCart,
        6 => {
            let currency = dice.currency();
            let unit_price_max = dice.maybe(|dice| dice.money(currency));
            Operation::Search { results: dice.many(item_id), unit_price_max }
        }
        7 => Operation::ApplyDiscount { code: code(dice), is_condition: dice.is_true() },
        8 => Operation::RemoveDiscount { code: dice.maybe(code) },
        9 => Operation::SetAddress(AddressText {
            line_one: dice.text(),
            city: dice.text(),
            state: dice.text(),
            postal_code: dice.text(),
        }),
        10 => Operation::SetDelivery(DeliveryWish::Named(dice.text())),
        11 => Operation::SetDelivery(DeliveryWish::Fastest),
        12 => Operation::SetDelivery(DeliveryWish::Cheapest),
        13 => Operation::OrderStatus(choice(dice)),
        14 => Operation::CancelOrder(choice(dice)),
        15 => Operation::CancelPlan,
        16 => Operation::Confirm,
        17 => Operation::Decline,
        _ => Operation::RepeatLast,
    }
}

fn draft(dice: &mut Dice) -> PlanDraft {
    let mut operations = dice.many(operation);
    operations.extend(dice.maybe(|_| Operation::Checkout));
    let limit = |dice: &mut Dice| {
        let currency = dice.currency();
        let most = dice.money(currency);
        if dice.is_true() {
            Constraint::TotalAtMost(most)
        } else {
            Constraint::UnitPriceAtMost(most)
        }
    };
    PlanDraft::new(operations, dice.many(limit)).unwrap()
}

fn wish(dice: &mut Dice) -> PlanWish {
    PlanWish {
        draft: draft(dice),
        basis: match dice.below(3) {
            0 => Basis::Nothing,
            1 => Basis::Cart(cart_id(dice)),
            _ => Basis::Session(session_id(dice)),
        },
        mode: dice.word(),
        mandate: dice.maybe(mandate_id),
        buyer: dice.maybe(buyer),
        contact: dice.maybe(contact),
        conversation: dice.maybe(Dice::text),
        planner: dice.word(),
    }
}

fn line(dice: &mut Dice) -> Line {
    Line { item: item_id(dice), quantity: dice.below(99) }
}

fn planned(dice: &mut Dice, currency: Currency) -> PlannedLine {
    PlannedLine {
        line: line(dice),
        title: dice.text(),
        unit_price: dice.money(currency),
        instead_of: dice.maybe(item_id),
        fallbacks: dice.many(item_id),
    }
}

fn issue(dice: &mut Dice) -> Issue {
    Issue {
        kind: dice.word(),
        message: dice.text(),
        items: dice.many(item_id),
        alternatives: dice.many(|dice| Alternative {
            item: item_id(dice),
            reasons: dice.many(|dice| String::from(dice.text()).into()),
        }),
        available: dice.maybe(|dice| dice.below(9)),
    }
}

/// A plan costs something in all wherever it costs anything.
fn terms(dice: &mut Dice, currency: Currency) -> PlanTerms {
    let other = dice.currency();
    let bare = PlanTerms {
        before: dice.many(line),
        codes: dice.many(Dice::text),
        selections: dice.many(|dice| Selection {
            kind: dice.maybe(Dice::word),
            option: OptionId::new(dice.text()),
            items: dice.many(Dice::text),
        }),
        contact: dice.maybe(contact),
        total_max: dice.maybe(|dice| dice.money(other)),
        mandate_version: dice.maybe(|dice| dice.below(9)),
        pays: dice.is_true(),
        steps: dice.many(|dice| Step { kind: dice.word(), status: dice.word() }),
        issues: dice.many(issue),
        questions: dice.many(|dice| Question {
            slot: dice.word(),
            prompt: dice.text(),
            candidates: dice.many(item_id),
            quantity: dice.maybe(count),
        }),
        ..PlanTerms::default()
    };
    if dice.is_true() {
        return bare;
    }
    let rows = dice.many(|dice| TotalRow {
        label: dice.maybe(Dice::text),
        ..TotalRow::new(dice.pick(&[TotalKind::Subtotal, TotalKind::Tax]), dice.money(currency))
    });
    let lines = dice.many(|dice| planned(dice, currency));
    PlanTerms { lines, rows, total: Some(dice.money(currency)), ..bare }
}

fn run(dice: &mut Dice) -> PlanRun {
    PlanRun {
        standing: standing(dice),
        at: match dice.below(7) {
            0 => At::ApplyingCart,
            1 => At::OpeningSession,
            2 => At::SelectingDelivery,
            3 => At::Paying,
            4 => At::Settling,
            5 => At::Replanning(dice.word()),
            _ => At::TurningBack(dice.word()),
        },
        deadline: dice.time(),
        sealed_request: dice.bytes::<9>().to_vec(),
        replans: dice.below(3),
        is_canceled: dice.is_true(),
    }
}

pub(in super::super) fn plan(dice: &mut Dice) -> Plan {
    let currency = dice.currency();
    let terms = terms(dice, currency);
    let approval = terms.total.filter(|_| dice.is_true()).map(|total| Approval {
        id: dice.text(),
        plan: PlanDigest(dice.bytes()),
        total,
        approver: dice.text(),
        at: dice.time(),
        expires_at: dice.time(),
    });
    Plan {
        id: PlanId::new(dice.partition(), dice.random128()),
        version: dice.below(9),
        owner: owner(dice),
        provenance: provenance(dice),
        channel: channel(dice),
        wish: wish(dice),
        terms,
        digest: PlanDigest(dice.bytes()),
        status: dice.word(),
        reason: dice.maybe(Dice::word),
        approval,
        own_mandate: dice.maybe(mandate_id),
        made: Made {
            cart: dice.maybe(cart_id),
            session: dice.maybe(session_id),
            order: dice.maybe(order_id),
        },
        run: dice.maybe(run),
        timeline: dice.many(|dice| Moment {
            seq: dice.below(99),
            at: dice.time(),
            kind: dice.word(),
            step: dice.maybe(Dice::word),
            say: dice.text(),
        }),
        created_at: dice.time(),
        changed_at: dice.time(),
        expires_at: dice.time(),
    }
}
