//! Compares what is left when all processes are gone: sessions, orders, outboxes, stock, and the
//! books of the payment provider. It knows the promises of `docs/RELIABILITY.md`, and nothing of
//! how they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// A line of the provider's books.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    pub(super) payment: String,
    pub(super) session: String,
    pub(super) amount: i64,
    pub(super) state: String,
    #[serde(default)]
    pub(super) refunded: i64,
}

/// Everything there is to look at.
#[derive(Clone, Default)]
pub(super) struct Evidence {
    /// What the store has of each session, by its id.
    pub(super) sessions: BTreeMap<String, Value>,
    /// The provider's books, oldest line first.
    pub(super) lines: Vec<Line>,
    /// How many units of each item the merchant has counted.
    pub(super) counted: BTreeMap<String, u64>,
    /// The order each acknowledged completion told of, by session.
    pub(super) acknowledged: BTreeMap<String, String>,
    /// Completions under way.
    pub(super) unfinished: usize,
    /// How many units of each item may be missing that nobody has: it was never heard whether they
    /// were taken, and the store says so.
    pub(super) in_doubt: BTreeMap<String, u64>,
}

/// What the auditor found.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) sessions: usize,
    pub(super) orders: usize,
    pub(super) captures: usize,
    pub(super) refunds: usize,
    pub(super) holds_left: usize,
    pub(super) reservations_left: usize,
    /// Units that are missing and nobody has, where that may be.
    pub(super) units_lost: u64,
    pub(super) violations: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sessions, orders, captures, refunds, .. } = self;
        write!(
            f,
            "{sessions} sessions, {orders} orders, {captures} captures, {refunds} refunds, "
        )?;
        let (holds, reservations) = (self.holds_left, self.reservations_left);
        write!(f, "{holds} holds left, {reservations} reservations left, ")?;
        if self.units_lost > 0 {
            write!(f, "{} units lost, ", self.units_lost)?;
        }
        write!(f, "{} violations", self.violations.len())
    }
}

/// What became of a payment, as the provider tells it.
#[derive(Debug, Default)]
struct Payment {
    session: String,
    state: String,
    authorized: i64,
    captured: i64,
    refunded: i64,
}

impl Payment {
    const fn kept(&self) -> i64 {
        self.captured - self.refunded
    }

    fn is_held(&self) -> bool {
        self.state == "authorized"
    }
}

/// What the store has of a session.
struct Checkout<'a> {
    id: &'a str,
    all: &'a Value,
}

impl<'a> Checkout<'a> {
    fn total(&self) -> i64 {
        let totals = self.all["session"]["quote"]["totals"].as_array().unwrap();
        totals.iter().find(|row| row["kind"] == "total").map_or(0, |row| minor(&row["amount"]))
    }

    fn order(&self) -> Option<&'a str> {
        self.all["session"]["stage"]["completed"]["id"].as_str()
    }

    /// What happened to its order, by name.
    fn events(&self) -> Vec<(String, Value)> {
        let events = entries(&self.all["order"]["events"]).into_iter();
        let named = events.filter_map(|(_, entry)| {
            let (name, event) = entry["event"].as_object()?.iter().next()?;
            Some((name.clone(), event.clone()))
        });
        named.collect()
    }

    fn event(&self, name: &str) -> Option<Value> {
        self.events().into_iter().find(|(found, _)| found == name).map(|(_, event)| event)
    }

    /// What was taken for it and not given back, as the order says.
    fn paid(&self) -> i64 {
        let sum = |name| self.event(name).map(|event| minor(&event["amount"]));
        let refunded = sum("payment_refunded").unwrap_or_else(|| self.given_back());
        sum("payment_captured").unwrap_or(0) - refunded
    }

    /// What the merchant gave back of it, as the order says.
    fn given_back(&self) -> i64 {
        let events = self.events();
        let named = |name: &'static str| {
            events.iter().filter(move |(found, _)| found == name).map(|(_, event)| event)
        };
        let is_done = |number: &Value| {
            named("adjustment_settled")
                .any(|end| end["number"] == *number && end["status"] == "completed")
        };
        let refunds = named("adjusted").filter(|made| made["kind"] == "refund");
        refunds.filter(|made| is_done(&made["number"])).map(|made| minor(&made["amount"])).sum()
    }

    /// What the shop has of it in the end.
    fn worth(&self) -> i64 {
        if self.is_live() { self.total() - self.given_back() } else { 0 }
    }

    fn is_live(&self) -> bool {
        self.order().is_some() && self.event("canceled").is_none()
    }
}

/// The entries of a log, with their numbers.
fn entries(log: &Value) -> Vec<(u64, Value)> {
    let entries = log.as_array().map_or(&[][..], Vec::as_slice);
    entries.iter().map(|it| (it["number"].as_u64().unwrap(), it["entry"].clone())).collect()
}

/// An event of an order, as it is told.
fn as_told(event: &Value) -> Value {
    let mut event = event.clone();
    if let Some(placed) = event.pointer_mut("/event/placed").and_then(Value::as_object_mut) {
        placed.remove("ordered");
        placed.remove("provenance");
    }
    event
}

/// An amount as it is shown, such as `7.99 USD`, in minor units.
fn minor(shown: &Value) -> i64 {
    let text = shown.as_str().unwrap();
    let digits = text.chars().take_while(|c| *c != ' ').filter(|c| *c != '.');
    digits.collect::<String>().parse().unwrap()
}

/// Looks at everything and says what does not fit.
pub(super) fn audit(evidence: &Evidence) -> Report {
    let mut auditor = Auditor { evidence, payments: BTreeMap::new(), report: Report::default() };
    auditor.read_books();
    let mut event_ids = BTreeSet::new();
    for (id, all) in &evidence.sessions {
        let checkout = Checkout { id, all };
        auditor.check_money(&checkout);
        auditor.check_order(&checkout);
        auditor.check_outbox(&checkout, &mut event_ids);
        auditor.check_history(&checkout);
    }
    auditor.check_stock();
    auditor.check_acknowledged();
    auditor.check_sums();
    auditor.report.sessions = evidence.sessions.len();
    auditor.report
}

struct Auditor<'a> {
    evidence: &'a Evidence,
    payments: BTreeMap<&'a str, Payment>,
    report: Report,
}

impl Auditor<'_> {
    fn demand(&mut self, holds: bool, promise: &str, id: &str, what: impl fmt::Display) {
        if !holds {
            self.report.violations.push(format!("{promise}: {id}: {what}"));
        }
    }

    /// Follows each payment through the books.
    fn read_books(&mut self) {
        for line in &self.evidence.lines {
            let payment = self.payments.entry(&line.payment).or_default();
            let before = std::mem::replace(&mut payment.state, line.state.clone());
            payment.session.clone_from(&line.session);
            let mut is_possible = true;
            match line.state.as_str() {
                "authorized" => payment.authorized = line.amount,
                "captured" => {
                    is_possible = matches!(before.as_str(), "authorized" | "captured")
                        && (payment.captured == 0 || payment.captured == line.amount);
                    payment.captured = line.amount;
                    payment.refunded = line.refunded;
                }
                "canceled" => is_possible = payment.captured == 0,
                _ => is_possible = payment.authorized == 0,
            }
            let Payment { authorized, captured, refunded, .. } = *payment;
            let what = format!("{} after {before}", line.state);
            self.demand(is_possible, "I1", &line.payment, what);
            let fits = captured <= authorized && (0..=captured).contains(&refunded);
            let what = format!("{refunded} of {captured} given back, {authorized} authorized");
            self.demand(fits, "I1", &line.payment, what);
        }
        let of = |is: fn(&Payment) -> bool| self.payments.values().filter(|it| is(it)).count();
        self.report.captures = of(|payment| payment.captured > 0);
        self.report.refunds = of(|payment| payment.refunded > 0);
        self.report.holds_left = of(Payment::is_held);
    }

    /// The provider, the session and its order agree about money.
    fn check_money(&mut self, checkout: &Checkout<'_>) {
        let mine = self.payments.values().filter(|payment| payment.session == checkout.id);
        let (mut held, mut kept, mut authorized, mut refunded) = (0, 0, 0, 0);
        for payment in mine {
            held += usize::from(payment.is_held());
            kept += payment.kept();
            refunded += payment.refunded;
            authorized = authorized.max(if payment.kept() > 0 { payment.authorized } else { 0 });
        }
        self.demand(held < 2, "I2", checkout.id, format!("{held} live holds"));
        let is_quiet = checkout.all["run"].is_null();
        self.demand(held == 0 || !is_quiet, "I2", checkout.id, "a hold nobody will take");
        let expected = checkout.worth();
        let what = format!("{kept} are kept, its order is worth {expected}");
        self.demand(kept == expected || !is_quiet, "I1", checkout.id, what);
        let total = if checkout.is_live() { checkout.total() } else { 0 };
        let what = format!("{authorized} authorized for {total}");
        self.demand(authorized <= total, "I1", checkout.id, what);
        let given_back = checkout.given_back();
        let what = format!("{refunded} went back, its order says {given_back}");
        let is_one = refunded == given_back || !checkout.is_live();
        self.demand(is_one || !is_quiet, "I12", checkout.id, what);
        let told = checkout.paid();
        self.demand(
            told == kept || !is_quiet,
            "I9",
            checkout.id,
            format!("{told} told, {kept} kept"),
        );
        self.check_notes(checkout);
    }

    /// The payment book of a session says what the provider says.
    fn check_notes(&mut self, checkout: &Checkout<'_>) {
        let notes = entries(&checkout.all["payments"]);
        let mut last = BTreeMap::new();
        for (_, note) in notes {
            if let Some(payment) = note["event"]["payment"].as_str() {
                last.insert(payment.to_owned(), note["event"]["state"].clone());
            }
        }
        for (id, noted) in last {
            let Some(payment) = self.payments.get(id.as_str()) else {
                self.demand(false, "I9", checkout.id, format!("nobody made payment {id}"));
                continue;
            };
            let agrees = match noted.as_str().unwrap_or_default() {
                "captured" => payment.captured > 0 && payment.refunded == checkout.given_back(),
                "refunded" => payment.captured > 0 && payment.kept() == 0,
                "failed" | "canceled" => payment.state == "canceled",
                _ => !checkout.all["run"].is_null(),
            };
            let what = format!("{id} is {noted} here and {} there", payment.state);
            self.demand(agrees, "I9", checkout.id, what);
        }
    }

    /// There is an order exactly when it is paid for.
    fn check_order(&mut self, checkout: &Checkout<'_>) {
        let placed = checkout.event("placed");
        let (has_order, was_placed) = (checkout.order().is_some(), placed.is_some());
        self.demand(has_order == was_placed, "I5", checkout.id, "an order without its beginning");
        let Some(placed) = placed.filter(|_| has_order) else { return };
        self.report.orders += 1;
        let once = checkout.events().iter().filter(|(name, _)| name == "placed").count();
        self.demand(once == 1, "I5", checkout.id, "an order that was placed twice");
        let payment = placed["payment"].as_str().unwrap_or_default();
        let owner = self.payments.get(payment).map(|payment| payment.session.clone());
        let is_ours = owner.as_deref() == Some(checkout.id);
        self.demand(is_ours, "I5", checkout.id, format!("an order without payment {payment}"));
        let authorized = self.payments.get(payment).map_or(0, |payment| payment.authorized);
        let told = minor(&placed["authorized"]);
        let total = checkout.total();
        let what = format!("{authorized} authorized, {told} told, {total} to be paid");
        self.demand(authorized == told && told == total, "I9", checkout.id, what);
    }

    /// Every event of an order is in its outbox once, in order, with an id of its own. What was
    /// ordered, and who asked for it, stands in the order's own log alone.
    fn check_outbox(&mut self, checkout: &Checkout<'_>, event_ids: &mut BTreeSet<String>) {
        let events = entries(&checkout.all["order"]["events"]);
        let outbox = entries(&checkout.all["order"]["outbox"]);
        let expected: Vec<_> = (1..).zip(events.iter().map(|(_, event)| as_told(event))).collect();
        let recorded = |(number, it): &(u64, Value)| (*number, it["recorded"].clone());
        let told: Vec<_> = outbox.iter().map(recorded).collect();
        self.demand(told == expected, "I6", checkout.id, "its events are not told as they were");
        for (_, entry) in &outbox {
            let id = entry["event_id"].as_str().unwrap_or_default().to_owned();
            let is_new = event_ids.insert(id.clone());
            self.demand(is_new, "I6", checkout.id, format!("event {id} is told of twice"));
        }
    }

    /// Nothing that happened to a session was overwritten.
    fn check_history(&mut self, checkout: &Checkout<'_>) {
        let history = entries(&checkout.all["history"]);
        let has_gaps = history.iter().zip(1_u64..).any(|((number, _), at)| *number != at);
        self.demand(!has_gaps, "I8", checkout.id, "its history has gaps");
        let times = |what: &str| history.iter().filter(|(_, entry)| entry["what"] == what).count();
        let attempts = checkout.all["session"]["attempts"].as_u64().unwrap_or(0);
        let began = times("completion_began");
        let what = format!("{began} completions began, {attempts} are counted");
        self.demand(began as u64 == attempts, "I8", checkout.id, what);
        let is_completed = checkout.order().is_some();
        let completed = times("completed");
        let what = format!("it was completed {completed} times");
        self.demand(completed == usize::from(is_completed), "I8", checkout.id, what);
        let ends = completed + times("canceled") + times("expired");
        self.demand(ends < 2, "I8", checkout.id, "it ended more than once");
    }

    /// What was counted is free, promised or sold, and nothing was oversold.
    fn check_stock(&mut self) {
        let mut ledgers = BTreeMap::new();
        let mut ordered: BTreeMap<String, u64> = BTreeMap::new();
        for (id, all) in &self.evidence.sessions {
            let is_live = Checkout { id, all }.is_live();
            for line in all["session"]["quote"]["lines"].as_array().unwrap() {
                let item = line["item"]["id"].as_str().unwrap();
                let units = if is_live { line["quantity"].as_u64().unwrap() } else { 0 };
                *ordered.entry(item.to_owned()).or_default() += units;
                ledgers.insert(item, &all["stock"][item]);
            }
        }
        for (item, counted) in &self.evidence.counted {
            let Some(ledger) = ledgers.get(item.as_str()) else { continue };
            let held = ledger["reservations"].as_object().into_iter().flat_map(|it| it.values());
            let held: Vec<_> = held.filter_map(|it| it["held"]["units"].as_u64()).collect();
            self.report.reservations_left += held.len();
            let (free, sold) = (ledger["free"].as_u64(), ledger["sold"].as_u64().unwrap_or(0));
            let reserved: u64 = held.iter().sum();
            let sum = free.map(|free| free + reserved + sold);
            let what = format!("{free:?} free, {reserved} reserved, {sold} sold of {counted}");
            let lost = sum.and_then(|sum| counted.checked_sub(sum));
            let in_doubt = self.evidence.in_doubt.get(item).copied().unwrap_or(0);
            let what = format!("{what}, {in_doubt} in doubt");
            let is_fine = lost.is_some_and(|lost| lost <= in_doubt);
            self.report.units_lost += lost.unwrap_or(0);
            self.demand(is_fine, "I3", item, what);
            let ordered = ordered.get(item).copied().unwrap_or(0);
            let is_quiet = self.evidence.unfinished == 0;
            let what = format!("{sold} sold, {ordered} ordered");
            self.demand(sold == ordered || !is_quiet, "I3", item, what);
            let what = format!("{} promises to nobody", held.len());
            self.demand(held.is_empty() || !is_quiet, "I4", item, what);
        }
    }

    /// Nobody was told of an order that is not there.
    fn check_acknowledged(&mut self) {
        for (session, order) in &self.evidence.acknowledged {
            let all = self.evidence.sessions.get(session).unwrap_or(&Value::Null);
            let found = Checkout { id: session, all }.order();
            let what = format!("order {order} was acknowledged, there is {found:?}");
            self.demand(found == Some(order), "I5", session, what);
        }
        let unfinished = self.evidence.unfinished;
        self.demand(unfinished == 0, "I10", "store", format!("{unfinished} runs never end"));
    }

    /// The provider has what the orders are worth, and knows nobody we do not know.
    fn check_sums(&mut self) {
        let sessions = &self.evidence.sessions;
        let kept: i64 = self.payments.values().map(Payment::kept).sum();
        let checkouts = sessions.iter().map(|(id, all)| Checkout { id, all });
        let worth: i64 = checkouts.map(|it| it.worth()).sum();
        let what = format!("the provider kept {kept}, the orders are worth {worth}");
        self.demand(kept == worth || self.evidence.unfinished > 0, "I9", "all", what);
        let payers = self.payments.values().map(|payment| payment.session.clone());
        let strangers: BTreeSet<_> = payers.filter(|payer| !sessions.contains_key(payer)).collect();
        for session in strangers {
            self.demand(false, "I9", &session, "paid for, and not known");
        }
    }
}
