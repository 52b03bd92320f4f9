//! What no sequence of commands can break.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::shop::{
    NOW, buyer, completing_with, contact, opened, opening, selections, setting, shop, stores_with,
    terms, wanted,
};
use super::walk::{challenge, expected, placed, triggers};
use crate::catalog::{Kind, Region};
use crate::money::{Money, Rate};
use crate::pricing::{LineTotals, TotalKind};
use crate::refusal::Refusal;
use crate::session::{
    Address, Authentication, AuthenticationOutcome, CancelSession, ChangeSession, FreshSelections,
    MethodKind, Notice, NoticeCode, Patch, Quote, Readiness, Session, SessionEvent, Stage,
    StageKind, Verdict, quote,
};
use crate::time::Timestamp;

const BASKETS: [&str; 10] = [
    "1 mug",
    "1 song",
    "2 song + 1 ebook",
    "2 mug + 1 tea + 3 mug",
    "1 ebook",
    "1 mug + 1 ebook + 1 book",
    "2 lamp + 1 mug_2",
    "6 tea",
    "1 vase + 1 song",
    "1 furoshiki",
];
const PLACES: [&str; 5] = ["San Francisco", "Portland", "Toronto", "Paris", "Seattle"];
const CHOICES: [&str; 9] = [
    "shipping:standard",
    "shipping:express",
    "pickup:counter",
    "local:courier",
    "digital:download",
    "shipping:express(mug); local:courier(tea)",
    "pickup:counter(li_mug); shipping:express",
    "shipping:express(lamp mug_2)",
    "shipping:drone",
];

/// What a run of the completion ends in.
#[derive(Clone, Copy, Debug)]
enum End {
    Paid,
    Challenged,
    Declined,
    StockGone,
    Abandoned,
}

#[derive(Clone, Debug)]
enum Step {
    Change(Box<ChangeSession>),
    Complete { has_buyer: bool, is_authenticated: bool },
    End(End),
    Cancel,
    Expire,
    Restock(u32),
}

fn any_patch<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Patch<T>> {
    prop_oneof![6 => Just(Patch::Keep), 6 => value.prop_map(Patch::Set), 1 => Just(Patch::Clear)]
}

fn any_change() -> impl Strategy<Value = ChangeSession> {
    (
        prop::option::of(prop::sample::select(&BASKETS)),
        any_patch(Just(buyer())),
        any_patch(prop::sample::select(&PLACES).prop_map(|place| contact(place).unwrap())),
        any_patch(prop::sample::select(&CHOICES).prop_map(|text| selections(text).unwrap())),
        any_patch(Just("ring twice".into())),
    )
        .prop_map(|(items, buyer, contact, selections, order_notes)| ChangeSession {
            wanted: items.map(wanted),
            buyer,
            contact,
            selections,
            order_notes,
            ..ChangeSession::default()
        })
}

fn any_step() -> impl Strategy<Value = Step> {
    let ends = [End::Paid, End::Challenged, End::Declined, End::StockGone, End::Abandoned];
    prop_oneof![
        10 => any_change().prop_map(|change| Step::Change(Box::new(change))),
        16 => any::<(bool, bool)>().prop_map(|(has_buyer, is_authenticated)| Step::Complete {
            has_buyer,
            is_authenticated,
        }),
        16 => prop::sample::select(ends.to_vec()).prop_map(Step::End),
        1 => Just(Step::Cancel),
        1 => Just(Step::Expire),
        3 => prop::sample::select(vec![0, 3, 50, 50]).prop_map(Step::Restock),
    ]
}

/// A session that is acted upon, and the record of what happened to it.
struct World {
    opened: Session,
    session: Session,
    record: Vec<(SessionEvent, Timestamp)>,
    left: u32,
    now: Timestamp,
}

impl World {
    fn open(items: &str, place: &str) -> Self {
        let opened = opened(opening(items, place));
        Self { session: opened.clone(), opened, record: Vec::new(), left: 10, now: NOW }
    }

    fn quoted_anew(&self) -> Quote {
        let basket = &self.session.basket;
        let stocked = stores_with(basket, self.left);
        quote(basket, &stocked, &shop(), FreshSelections::Pruned, self.now).unwrap()
    }

    fn change(&self, change: ChangeSession) -> Result<SessionEvent, Refusal> {
        let after = self.session.basket_after(change);
        let stocked = stores_with(&after.0, self.left);
        self.session.change(after, &stocked, &setting(&shop(), self.now))
    }

    fn begin(&self, has_buyer: bool, is_authenticated: bool) -> Result<SessionEvent, Refusal> {
        let mut command = completing_with(has_buyer.then(buyer));
        let outcome = AuthenticationOutcome::Authenticated;
        command.authentication =
            is_authenticated.then_some(Authentication { outcome, proof: None });
        self.session.begin_completion(&command, &shop(), self.now)
    }

    fn ended(&self, end: End) -> SessionEvent {
        match end {
            End::Paid => SessionEvent::Completed(placed()),
            End::Challenged => SessionEvent::ChallengeRaised(challenge()),
            End::Declined => SessionEvent::PaymentDeclined { refused: None },
            End::StockGone => SessionEvent::StockGone { quote: Arc::new(self.quoted_anew()) },
            End::Abandoned => SessionEvent::CompletionAbandoned,
        }
    }

    fn take(&mut self, step: Step) {
        self.now = self.now.plus(Duration::from_mins(1));
        let decided = match step {
            Step::Change(change) => self.change(*change),
            Step::Complete { has_buyer, is_authenticated } => {
                self.begin(has_buyer, is_authenticated)
            }
            Step::Cancel => self.session.cancel(CancelSession::default()),
            Step::Expire => self.session.expire(),
            Step::End(end) => return self.throw(self.ended(end)),
            Step::Restock(left) => return self.left = left,
        };
        if let Ok(event) = decided {
            assert!(!self.session.stage.kind().is_terminal(), "terminal is terminal");
            self.session.after(event.clone(), self.now).expect("what is decided can happen");
            self.throw(event);
        }
    }

    /// Lets something happen that was not asked for; only what the table knows does.
    fn throw(&mut self, event: SessionEvent) {
        let before = self.session.clone();
        let Ok(after) = before.after(event.clone(), self.now) else { return };
        assert!(is_a_step(&before, &event, after.stage.kind()), "{before:?} {event:?}");
        assert_eq!(before.after(event.clone(), self.now).as_ref(), Ok(&after), "same again");
        self.session = after;
        self.record.push((event, self.now));
    }

    fn replayed(&self) -> Session {
        self.record.iter().cloned().fold(self.opened.clone(), |session, (event, at)| {
            session.after(event, at).expect("what happened once happens again")
        })
    }
}

/// Whether the written table has this step.
fn is_a_step(before: &Session, event: &SessionEvent, after: StageKind) -> bool {
    let from = match (before.stage.kind(), event) {
        // The buyer was all that was missing, and came along.
        (StageKind::Incomplete, SessionEvent::CompletionBegan { basket, .. })
            if before.basket.buyer.is_none() && basket.buyer.is_some() =>
        {
            StageKind::Ready
        }
        (stage, _) => stage,
    };
    let is_open = [StageKind::Incomplete, StageKind::NotReady, StageKind::Ready].contains(&after);
    triggers(event).iter().any(|trigger| match expected(from, *trigger) {
        Verdict::Becomes(stage) => stage == after,
        Verdict::Recomputed => is_open,
        Verdict::NotReady
        | Verdict::Requires3ds
        | Verdict::CompletionRunning
        | Verdict::Terminal
        | Verdict::NotCancelable
        | Verdict::Impossible => false,
    })
}

fn assert_totals_add_up(quote: &Quote, address: Option<&Address>) {
    let of = |kind| quote.totals.of(kind).unwrap().minor();
    let sum = |part: fn(&LineTotals) -> Money| -> i64 {
        quote.lines.iter().map(|line| part(&line.totals).minor()).sum()
    };
    let chosen: Vec<_> = quote
        .methods
        .iter()
        .flat_map(|method| method.groups.iter().map(move |group| (method, group)))
        .map(|(method, group)| {
            let option = method.options.iter().find(|option| option.id == group.option);
            option.expect("AC-22: what is chosen is offered")
        })
        .collect();
    let delivery = quote.totals.of(TotalKind::Fulfillment).unwrap();
    let delivery_tax: i64 = chosen
        .iter()
        .map(|option| {
            let pickup = option.pickup.as_ref().map(|location| &location.address);
            let rate = pickup
                .or(address)
                .map(Region::of)
                .map_or(Rate::ZERO, |region| terms().taxes.delivery_rate(&region));
            option.price.share(rate).unwrap().minor()
        })
        .sum();

    assert_eq!(of(TotalKind::ItemsBaseAmount), sum(|line| line.base), "T1");
    let net = of(TotalKind::ItemsBaseAmount) - of(TotalKind::ItemsDiscount);
    assert_eq!(of(TotalKind::Subtotal), net, "T2");
    assert_eq!(of(TotalKind::Tax), sum(|line| line.tax) + delivery_tax, "T3");
    let added = of(TotalKind::Subtotal) + of(TotalKind::Fulfillment) + of(TotalKind::Tax);
    assert_eq!(of(TotalKind::Total), added - of(TotalKind::Discount), "T4");
    let prices: i64 = chosen.iter().map(|option| option.price.minor()).sum();
    assert_eq!(delivery.minor(), prices, "T5");
    for line in &quote.lines {
        let totals = &line.totals;
        assert_eq!(totals.base, line.item.price.times(line.quantity).unwrap());
        assert_eq!(totals.subtotal.minor(), totals.base.minor() - totals.discount.minor(), "T6");
        assert_eq!(totals.total.minor(), totals.subtotal.minor() + totals.tax.minor(), "T6");
    }
    assert_eq!(of(TotalKind::ItemsDiscount), sum(|line| line.discount), "T7");
}

fn assert_every_line_goes_one_way(quote: &Quote) {
    let mut carried = Vec::new();
    for method in &quote.methods {
        let fitting = match method.kind {
            MethodKind::Digital => Kind::Digital,
            MethodKind::Shipping | MethodKind::Pickup | MethodKind::LocalDelivery => Kind::Physical,
        };
        for id in method.groups.iter().flat_map(|group| &group.lines) {
            let line = quote.lines.iter().find(|line| line.id == *id);
            assert_eq!(line.expect("a line of this quote").item.kind, fitting);
            assert!(!carried.contains(&id), "{id} goes two ways");
            carried.push(id);
        }
    }
    let is_ready = matches!(quote.readiness(), Readiness::Ready { .. });
    assert!(!is_ready || carried.len() == quote.lines.len(), "ready, and a line is left behind");
}

fn assert_sound(session: &Session) {
    let quote = &session.quote;
    let contact = session.basket.contact.as_ref();
    assert_totals_add_up(quote, contact.and_then(|contact| contact.address.as_ref()));
    assert_every_line_goes_one_way(quote);
    let quoted = quote.lines.iter().map(|line| (&line.item.id, line.quantity));
    let wanted = session.basket.wanted.iter().map(|line| (&line.item, line.quantity.get()));
    assert!(quoted.eq(wanted), "the quote is of this basket");

    let total = quote.totals.total();
    let is_blocked = quote.notices.iter().any(Notice::is_blocking);
    match &session.stage {
        Stage::Open(Readiness::Ready { total: shown }) => {
            assert!(!is_blocked, "AC-35: ready, and blocked");
            assert_eq!(*shown, total);
        }
        Stage::Open(_) => assert!(is_blocked, "not ready, and nobody says why"),
        Stage::Completing(completion) => {
            assert!(!is_blocked, "paid for, and blocked");
            assert_eq!((completion.amount, completion.attempt), (total, session.attempts), "T8");
        }
        Stage::AuthenticationRequired(_) | Stage::Completed(_) => assert!(!is_blocked),
        Stage::PendingApproval(_) | Stage::Canceled | Stage::Expired => {}
    }
    let declines = quote.notices.iter().filter(|n| n.code == NoticeCode::PaymentDeclined).count();
    assert!(declines <= 1, "a decline is told once");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_session_stays_sound_whatever_is_done_to_it(
        items in prop::sample::select(&BASKETS),
        place in prop::sample::select(&PLACES),
        steps in prop::collection::vec(any_step(), 1..24),
    ) {
        let mut world = World::open(items, place);
        assert_sound(&world.session);
        for step in steps {
            let (was, attempts) = (world.session.clone(), world.session.attempts);
            world.take(step);
            assert_sound(&world.session);
            prop_assert!(world.session.attempts >= attempts);
            if was.stage.kind().is_terminal() {
                prop_assert_eq!(&was, &world.session, "terminal is terminal");
            }
        }
        let begun = |event: &SessionEvent| matches!(event, SessionEvent::CompletionBegan { .. });
        let begun = world.record.iter().filter(|(event, _)| begun(event)).count();
        prop_assert_eq!(usize::try_from(world.session.attempts), Ok(begun));
        prop_assert_eq!(world.replayed(), world.session, "replay is live");
    }
}
