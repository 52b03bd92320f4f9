//! Plans that are paid for under mandates while gateways die: at every boundary of a step, and at
//! any moment. A plan charges once or not at all, comes to an end, and leaves its mandate with just
//! what was taken.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use acp_wire::scalar::DateTime;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::auditor::{Evidence, Line, Report, audit};
use super::evidence::inspected;
use super::figures::{Figures, tell};
use super::shop::{CABLE, HONEY, Shop};
use super::shopper::payment;
use crate::support::{Client, Response, Running};

const PERSON: &str = "acp_demo_principal";
/// How many plan at once, every second time; else it is one.
const CROWD: u64 = 4;
/// The calls a gateway can die at, and at how many of them a plan has a boundary.
const CALLS: [(&str, u64); 7] = [
    ("plan", 7),
    ("spend", 2),
    ("run", 4),
    ("stock", 2),
    ("create", 1),
    ("confirm", 1),
    ("capture", 1),
];
/// Deaths by our hand, beside each round of boundaries.
const MOMENTS: usize = 4;
/// How long it may take until somebody dies, and until a plan is over.
const PATIENCE: Duration = Duration::from_secs(40);
const REST: Duration = Duration::from_millis(20);
const TRIES_MAX: u32 = 3_000;

/// How a gateway dies.
#[derive(Clone, Debug)]
enum Death {
    At(String),
    After(Duration),
}

/// All there is to die of.
fn deaths() -> Vec<Death> {
    let places = CALLS.iter().flat_map(|(call, most)| {
        (1..=*most).flat_map(move |number| {
            ["before", "after"].map(|moment| Death::At(format!("{call}:{moment}:{number}")))
        })
    });
    let moments = (0..MOMENTS as u64).map(|turn| {
        let spread = 15 + turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 150;
        Death::After(Duration::from_millis(spread))
    });
    places.chain(moments).collect()
}

/// The same in every run, spread over everything also where there are few.
fn death_of(round: u64) -> Death {
    const STRIDE: u64 = 17;
    let deaths = deaths();
    let all = deaths.len() as u64;
    assert!(!all.is_multiple_of(STRIDE), "all of them come");
    deaths[usize::try_from(round * STRIDE % all).unwrap()].clone()
}

/// How a plan goes.
struct Way {
    token: &'static str,
    has_two_lines: bool,
    is_called_off: bool,
}

const fn way(token: &'static str, has_two_lines: bool, is_called_off: bool) -> Way {
    Way { token, has_two_lines, is_called_off }
}

const WAYS: [Way; 5] = [
    way("tok_visa", false, false),
    way("tok_visa", true, false),
    way("tok_declined", false, false),
    way("tok_timeout", false, false),
    way("tok_visa", false, true),
];

/// Somebody's plan, and what was heard of it.
#[derive(Clone, Debug)]
struct Errand {
    name: String,
    way: usize,
    mandate: String,
    /// As it was made.
    plan: Option<Value>,
    /// What was said when it was begun.
    begun: Option<Bytes>,
    /// As it ended.
    end: Option<Value>,
}

impl Errand {
    const fn new(name: String, way: usize, mandate: String) -> Self {
        Self { name, way, mandate, plan: None, begun: None, end: None }
    }

    const fn way(&self) -> &'static Way {
        &WAYS[self.way % WAYS.len()]
    }

    fn wish(&self) -> Value {
        let mut actions = vec![json!({"op": "add", "item_id": HONEY, "quantity": 1})];
        if self.way().has_two_lines {
            actions.push(json!({"op": "add", "item_id": CABLE, "quantity": 2}));
        }
        actions.push(json!({"op": "checkout"}));
        json!({
            "actions": actions, "mandate_id": self.mandate, "mode": "autopilot",
            "buyer": {"email": "ada@example.com"},
            "fulfillment_details": {"address": {
                "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
                "state": "CA", "country": "US", "postal_code": "94105",
            }},
        })
    }

    fn path(&self) -> String {
        format!("/plans/{}", self.plan.as_ref().unwrap()["id"].as_str().unwrap())
    }

    /// Makes the plan and begins it; nothing where the shop fell over before that was said. What
    /// was said before is said again.
    async fn begin(&mut self, client: &mut Client) -> Option<()> {
        let wish = Call {
            path: "/plans".to_owned(),
            key: format!("{}-make", self.name),
            seen: None,
            body: self.wish(),
        };
        let made = wish.until_answered(client).await?;
        assert_eq!(made.status, 201, "{}", made.text());
        let plan = made.json();
        assert_eq!(plan["status"], "ready", "{plan:#}");
        assert_eq!(*self.plan.get_or_insert(plan.clone()), plan, "a plan that was made is made");
        let word = Call {
            path: format!("{}/execute", self.path()),
            key: format!("{}-begin", self.name),
            seen: Some(plan["digest"].as_str().unwrap().to_owned()),
            body: payment(self.way().token),
        };
        let begun = word.until_answered(client).await?;
        assert_eq!(begun.status, 202, "{}", begun.text());
        let known = self.begun.get_or_insert(begun.body.clone());
        assert_eq!(*known, begun.body, "what was begun is begun once");
        if self.way().is_called_off {
            let (path, key) = (format!("{}/cancel", self.path()), format!("{}-off", self.name));
            let off = client.post(&path, &key, &json!({})).await?;
            assert!(matches!(off.status, 200 | 409 | 503), "{}: {}", off.status, off.text());
        }
        Some(())
    }

    /// How the plan stands, once it is over; `Err` where it still is not after this many looks.
    async fn wait(&mut self, client: &mut Client, looks: u32) -> Option<Result<(), Value>> {
        let mut plan = Value::Null;
        for _ in 0..looks {
            let shown = client.get(&self.path()).await?;
            assert_eq!(shown.status, 200, "{}", shown.text());
            plan = shown.json();
            if plan["status"] != "running" {
                self.end = Some(plan);
                return Some(Ok(()));
            }
            tokio::time::sleep(REST).await;
        }
        Some(Err(plan))
    }
}

/// A call about a plan, and the digest of what was seen, where it is about that.
struct Call {
    path: String,
    key: String,
    seen: Option<String>,
    body: Value,
}

impl Call {
    /// Calls until it is not told to come back later; nothing where the shop fell over.
    async fn until_answered(&self, client: &mut Client) -> Option<Response> {
        let Self { path, key, seen, body } = self;
        for _ in 0..TRIES_MAX {
            let response = match seen {
                Some(seen) => client.post_seeing(path, (key, seen), body).await?,
                None => client.post(path, key, body).await?,
            };
            let is_later = matches!(response.status, 409 | 503);
            if !(is_later && response.headers.contains_key("retry-after")) {
                return Some(response);
            }
            tokio::time::sleep(REST).await;
        }
        panic!("a call to {path} is never answered");
    }
}

/// Plans again and again until the shop falls over; says what was wanted.
async fn plan_on(address: SocketAddr, name: String, first: usize, mandate: String) -> Vec<Errand> {
    let mut errands = Vec::new();
    let Some(mut client) = Client::connect(address).await else { return errands };
    for turn in 0.. {
        let name = format!("{name}-{turn}");
        let mut errand = Errand::new(name, first + turn, mandate.clone());
        let mut is_there = errand.begin(&mut client).await.is_some();
        is_there = is_there && errand.wait(&mut client, TRIES_MAX).await.is_some();
        errands.push(errand);
        if !is_there {
            break;
        }
    }
    errands
}

/// Leave to spend, for one round; nothing where the shop fell over.
async fn mandate(shop: &Shop, gateway: &Running, round: u64) -> Option<String> {
    let mut person = Client::connect(gateway.address()).await?.with_token(PERSON);
    let until = shop.now().plus(Duration::from_hours(48));
    let body = json!({
        "agent_ids": ["demo_agent"], "currency": "usd", "max_per_order": 100_000,
        "budget": {"limit": 10_000_000, "window": "total", "time_zone": "UTC"},
        "valid_until": DateTime(until),
    });
    let given = person.post("/mandates", &format!("mandate-{round}"), &body).await?;
    assert_eq!(given.status, 201, "{}", given.text());
    Some(given.json()["id"].as_str().unwrap().to_owned())
}

/// One death; says what was wanted meanwhile.
async fn die(shop: &Shop, round: u64, mandate: &str) -> Vec<Errand> {
    let death = death_of(round);
    let mut gateway = match &death {
        Death::At(failpoint) => shop.open_to_die(failpoint).await,
        Death::After(_) => shop.open(0).await,
    };
    let turn = round / deaths().len() as u64 + round;
    let mut planning = JoinSet::new();
    for number in 0..if turn.is_multiple_of(2) { 1 } else { CROWD } {
        let name = format!("{round}-{number}");
        let first = usize::try_from(turn / 2 + number).unwrap();
        planning.spawn(plan_on(gateway.address(), name, first, mandate.to_owned()));
    }
    match death {
        Death::At(failpoint) => {
            assert!(gateway.dies_within(PATIENCE), "nobody ever dies at {failpoint}");
        }
        Death::After(moment) => {
            tokio::time::sleep(moment).await;
            gateway.kill();
        }
    }
    planning.join_all().await.into_iter().flatten().collect()
}

/// Sees every plan to its end with a gateway that lives.
async fn see_through(shop: &mut Shop, gateway: &Running, errands: &mut [Errand]) {
    let mut client = gateway.client().await;
    for errand in errands {
        errand.begin(&mut client).await.unwrap();
        let known = errand.end.take();
        for look in 1.. {
            match errand.wait(&mut client, 100).await.unwrap() {
                Ok(()) => break,
                Err(plan) => assert!(look < 20, "it never ends: {plan:#}\n{}", gateway.log()),
            }
            if look > 2 {
                shop.outlast_rests();
                shop.set_clock(gateway).await;
            }
        }
        if let Some(known) = known {
            assert_eq!(errand.end, Some(known), "how a plan ended stays");
        }
    }
}

/// What was charged for a session and not given back: how often, and how much.
fn charges(lines: &[Line]) -> BTreeMap<String, (usize, i64)> {
    let mut payments = BTreeMap::new();
    for line in lines.iter().filter(|line| line.state == "captured") {
        payments.insert(&line.payment, (&line.session, line.amount - line.refunded));
    }
    let mut charges = BTreeMap::<_, (usize, i64)>::new();
    for (session, kept) in payments.into_values().filter(|(_, kept)| *kept > 0) {
        let charge = charges.entry(session.clone()).or_default();
        *charge = (charge.0 + 1, charge.1 + kept);
    }
    charges
}

/// What the mandates have of it: what was spent for each session, and which sessions hold anything.
#[derive(Default)]
struct Ledgers {
    spent: BTreeMap<String, (usize, i64)>,
    held: Vec<String>,
}

async fn ledgers(gateway: &Running, mandates: &[String]) -> Ledgers {
    let mut person = gateway.client().await.with_token(PERSON);
    let mut ledgers = Ledgers::default();
    for mandate in mandates {
        let told = person.get(&format!("/mandates/{mandate}/ledger")).await.unwrap();
        assert_eq!(told.status, 200, "{}", told.text());
        let told = told.json();
        for entry in told["entries"].as_array().unwrap() {
            let session = entry["checkout_session_id"].as_str().unwrap().to_owned();
            let kept = entry["amount"].as_i64().unwrap() - entry["refunded"].as_i64().unwrap();
            match entry["status"].as_str().unwrap() {
                "held" => ledgers.held.push(session),
                "spent" if kept > 0 => {
                    let spent = ledgers.spent.entry(session).or_default();
                    *spent = (spent.0 + 1, spent.1 + kept);
                }
                _ => {}
            }
        }
        assert!(told["held"] == 0 || !ledgers.held.is_empty(), "{told:#}");
    }
    ledgers
}

/// Holds plans, mandates and the books of the provider against each other.
fn audit_plans(errands: &[Errand], ledgers: &Ledgers, lines: &[Line]) -> Vec<String> {
    let charges = charges(lines);
    let mut violations = Vec::new();
    let mut ordered = BTreeSet::new();
    for errand in errands {
        let plan = errand.end.as_ref().unwrap();
        let status = plan["status"].as_str().unwrap();
        let session = plan["session_id"].as_str().unwrap_or_default();
        let charge = charges.get(session).copied();
        let expected = match status {
            "completed" => Some((1, plan["total"].as_i64().unwrap())),
            "blocked" | "failed" | "canceled" => None,
            _ => {
                violations.push(format!("{}: it is {status} in the end", errand.name));
                None
            }
        };
        if charge != expected {
            violations.push(format!("{}: {status}, and charged {charge:?}", errand.name));
        }
        if status == "completed" && !ordered.insert(session.to_owned()) {
            violations.push(format!("{}: its checkout is another plan's", errand.name));
        }
    }
    let strangers = charges.keys().filter(|session| !ordered.contains(*session));
    violations.extend(strangers.map(|session| format!("{session}: charged for no plan")));
    violations.extend(ledgers.held.iter().map(|session| format!("{session}: held for ever")));
    if ledgers.spent != charges {
        let taken = sum(&charges);
        violations.push(format!("{} are spent, and {taken} taken", sum(&ledgers.spent)));
    }
    violations
}

fn sum(of: &BTreeMap<String, (usize, i64)>) -> i64 {
    of.values().map(|(_, kept)| kept).sum()
}

/// What the store has of all checkouts that came of plans.
async fn collect(shop: &Shop, gateway: Running, errands: &[Errand]) -> Evidence {
    let unfinished = gateway.until_quiet().await;
    let counted = shop.counted().clone();
    let mut evidence = Evidence { counted, unfinished, ..Evidence::default() };
    let mut operator = gateway.operator().await;
    evidence.lines = shop.lines().await;
    let mut sessions: BTreeSet<String> =
        evidence.lines.iter().map(|line| line.session.clone()).collect();
    for plan in errands.iter().filter_map(|errand| errand.end.as_ref()) {
        let Some(session) = plan["session_id"].as_str() else { continue };
        sessions.insert(session.to_owned());
        if plan["status"] == "completed" {
            let order = plan["order_id"].as_str().unwrap().to_owned();
            evidence.acknowledged.insert(session.to_owned(), order);
        }
    }
    for session in sessions {
        let found = inspected(&mut operator, &session).await;
        evidence.sessions.insert(session, found);
    }
    drop(operator);
    gateway.kill();
    evidence.lines = shop.lines().await;
    evidence
}

/// How many plans ended how.
fn tally(errands: &[Errand]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for plan in errands.iter().filter_map(|errand| errand.end.as_ref()) {
        let reason = plan["reason"].as_str().map(|reason| format!(" ({reason})"));
        let how = format!("{}{}", plan["status"].as_str().unwrap(), reason.unwrap_or_default());
        *tally.entry(how).or_default() += 1;
    }
    tally
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_charges_once_or_not_at_all_however_often_gateways_die() {
    let kills = Figures::asked().kills_while_planning;
    let mut shop = Shop::embedded();
    let mut gateway = shop.open(0).await;
    shop.stock_up(&gateway).await;
    let (mut all, mut mandates) = (Vec::new(), Vec::new());
    for round in 0..kills {
        let mandate = mandate(&shop, &gateway, round).await.unwrap();
        gateway.kill();
        let mut errands = die(&shop, round, &mandate).await;
        mandates.push(mandate);
        gateway = shop.open(0).await;
        see_through(&mut shop, &gateway, &mut errands).await;
        all.extend(errands);
    }
    assert_eq!(gateway.until_quiet().await, 0, "every completion ends");
    let ledgers = ledgers(&gateway, &mandates).await;
    let evidence = collect(&shop, gateway, &all).await;
    let violations = audit_plans(&all, &ledgers, &evidence.lines);
    let report: Report = audit(&evidence);
    let taken = sum(&ledgers.spent);
    let plans = all.len();
    let how = tally(&all);
    tell(&format!(
        "{kills} kills while planning: {plans} plans, {how:?}, {taken} spent under {} mandates, \
         {} violations; {report}",
        mandates.len(),
        violations.len()
    ));
    assert_eq!(violations, Vec::<String>::new());
    assert_eq!(report.violations, Vec::<String>::new());
    assert!(how.contains_key("completed"), "{how:?}");
}

/// A plan that is paid for, as everybody tells it.
fn balanced() -> (Errand, Ledgers, Vec<Line>) {
    let mut errand = Errand::new("one".to_owned(), 0, "a mandate".to_owned());
    errand.end = Some(json!({"status": "completed", "session_id": "s", "total": 500}));
    let spent = BTreeMap::from([("s".to_owned(), (1, 500))]);
    let line = json!({"payment": "p", "session": "s", "amount": 500, "state": "captured"});
    let lines = vec![serde_json::from_value(line).unwrap()];
    (errand, Ledgers { spent, held: Vec::new() }, lines)
}

#[test]
fn what_does_not_fit_a_plan_is_noticed() {
    type Tampering = fn(&mut Errand, &mut Ledgers, &mut Vec<Line>);
    let found = |tamper: Tampering| {
        let (mut errand, mut ledgers, mut lines) = balanced();
        tamper(&mut errand, &mut ledgers, &mut lines);
        audit_plans(&[errand], &ledgers, &lines)
    };
    assert_eq!(found(|_, _, _| {}), Vec::<String>::new());
    let tamperings: [Tampering; 7] = [
        |_, _, lines| lines.push(Line { payment: "q".to_owned(), ..lines[0].clone() }),
        |_, _, lines| lines.clear(),
        |_, _, lines| lines[0].refunded = 100,
        |errand, _, _| errand.end.as_mut().unwrap()["status"] = json!("blocked"),
        |errand, _, _| errand.end.as_mut().unwrap()["status"] = json!("running"),
        |_, ledgers, _| ledgers.held.push("s".to_owned()),
        |_, ledgers, _| ledgers.spent.clear(),
    ];
    for (number, tamper) in tamperings.into_iter().enumerate() {
        assert_ne!(found(tamper), Vec::<String>::new(), "tampering {number}");
    }
}
