//! What clients do: buy, and everything else that clients do meanwhile.

use std::time::Duration;

use acp_core::ids::{OrderId, PlanId, SessionId};
use acp_core::mandate::PlanDigest;
use acp_core::money::{Currency, Money};
use acp_wire::shape::plan::parse_digest;
use futures_util::future::join_all;

use super::client::{Client, End, REQUEST_TIMEOUT, Wish};
use super::dice::Dice;
use super::goods::{
    CODE, LAMP, MUG, PRINT, choosing, give_mandate, opening, paying, paying_plan, planning,
};
use super::others::Card;

/// What else happens while a completion runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rival {
    Nobody,
    /// The same call with another key.
    OtherKey,
    /// The same call with the same key.
    SameKey,
    /// Another body with the same key.
    OtherBody,
    /// The session is given up.
    Cancel,
    /// The session is changed.
    Change,
    /// The session is looked at.
    Look,
}

const RIVALS: [(u64, Rival); 7] = [
    (40, Rival::Nobody),
    (12, Rival::OtherKey),
    (12, Rival::SameKey),
    (10, Rival::OtherBody),
    (10, Rival::Cancel),
    (10, Rival::Change),
    (6, Rival::Look),
];

/// How a client goes about it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is thrown by itself")]
pub(super) struct Script {
    pub(super) lines: Vec<(&'static str, u32)>,
    pub(super) has_code: bool,
    pub(super) has_keys: bool,
    pub(super) changes: u32,
    /// The cards it tries, one after the other.
    pub(super) cards: Vec<Card>,
    pub(super) rival: Rival,
    /// Whether it hangs up at first, and for how long it is gone then.
    pub(super) gone: Option<Duration>,
    /// How often the merchant gives some of the money back, at the same time.
    pub(super) refunds: u8,
    /// Whether it pays with what was granted this shop, as agents do, or with the card itself.
    pub(super) is_granted: bool,
    /// Whether it has a plan made that pays, under a mandate that is good for one order.
    pub(super) is_planned: bool,
}

impl Script {
    /// Buys two things at a reduced price, by one card after the other, and does nothing else.
    pub(super) fn plain(cards: &[Card]) -> Self {
        Self {
            lines: vec![(MUG, 2), (LAMP, 1)],
            has_code: true,
            has_keys: true,
            changes: 0,
            cards: cards.to_vec(),
            rival: Rival::Nobody,
            gone: None,
            refunds: 0,
            is_granted: true,
            is_planned: false,
        }
    }

    /// What is promised and not paid never reaches a provider.
    pub(super) fn pay_by_card(&mut self) {
        for card in &mut self.cards {
            if *card == Card::OnAccount {
                *card = Card::Good;
            }
        }
    }

    pub(super) fn any(dice: &mut Dice) -> Self {
        const GOODS: [&[(&str, u32)]; 5] = [
            &[(MUG, 2)],
            &[(LAMP, 1)],
            &[(MUG, 1), (LAMP, 2)],
            &[(LAMP, 1), (PRINT, 1), (MUG, 3)],
            &[(PRINT, 2)],
        ];
        use Card::{Challenged, Declined, Good, Lapsing, OnAccount, Robbed};
        const CARDS: [(u64, &[Card]); 8] = [
            (50, &[Good]),
            (6, &[OnAccount]),
            (12, &[Declined, Good]),
            (12, &[Challenged]),
            (5, &[Declined, Challenged]),
            (6, &[Lapsing]),
            (4, &[Robbed]),
            (5, &[Declined]),
        ];
        let gone = [(85, None), (10, Some(dice.ms(1, 5_000))), (5, Some(dice.ms(30_000, 90_000)))];
        Self {
            lines: dice.pick(&GOODS).to_vec(),
            has_code: dice.chance(40),
            has_keys: dice.chance(88),
            changes: u32::try_from(dice.below(3)).unwrap(),
            cards: dice.weighed(&CARDS).to_vec(),
            rival: dice.weighed(&RIVALS),
            gone: dice.weighed(&gone),
            refunds: dice.weighed(&[(70, 0), (15, 1), (15, 2)]),
            is_granted: dice.chance(60),
            is_planned: dice.chance(10),
        }
    }
}

/// What a try to pay came to.
enum Paid {
    Over,
    Again,
    NotReady,
}

impl Client {
    /// Plays a script to its end.
    pub(super) async fn shop(&self, script: &Script) {
        self.wait(0, 1_500).await;
        let codes: &[&str] = if script.has_code { &[CODE] } else { &[] };
        let opening = Wish::Open(Box::new(opening(&script.lines, codes)));
        let Some(end) = self.insist(&opening, self.key(script, "open").as_deref(), 1).await else {
            return;
        };
        let Some(id) = session_of(&end) else {
            return;
        };
        for change in 0..=script.changes {
            self.change(script, &id, change, None).await;
        }
        self.core.faults.lock().unwrap().arm();
        if script.is_planned {
            Box::pin(self.have_it_planned(script, &id)).await;
        }
        let cards = script.cards.iter().filter(|_| !script.is_planned);
        for (tries, card) in (1..).zip(cards) {
            match Box::pin(self.pay(script, &id, *card, tries)).await {
                Paid::Again => {}
                Paid::NotReady if tries == 1 => {
                    self.change(script, &id, 50, Some(&[(PRINT, 1)])).await;
                    let token = self.token(script, Card::Good, &id);
                    let paying = paying(Card::Good, &token, false);
                    let wish = Wish::Complete(id.clone(), Box::new(paying));
                    let key = self.key(script, "pay-for-less");
                    drop(self.insist(&wish, key.as_deref(), 50).await);
                    break;
                }
                Paid::Over | Paid::NotReady => break,
            }
        }
        let end = self.insist(&Wish::Read(id), None, 0).await;
        if let Some((order, total)) = end.as_ref().and_then(order_in) {
            // Where several want it, so much that it can be done once.
            let most =
                if script.refunds == 1 { total.minor() / 3 } else { total.minor() * 2 / 3 + 1 };
            let amount = Money::new(most, total.currency()).unwrap();
            join_all((0..script.refunds).map(|number| self.regret(&order, amount, number))).await;
        }
    }

    async fn regret(&self, order: &OrderId, amount: Money, number: u8) {
        self.wait(0, 1_000).await;
        let key = format!("{}-give-back-{number}", self.number);
        drop(self.insist(&Wish::GiveBack(order.clone(), amount), Some(&key), 200 + number).await);
    }

    fn token(&self, script: &Script, card: Card, id: &SessionId) -> String {
        if script.is_granted { self.granted(card, id) } else { card.token() }
    }

    fn key(&self, script: &Script, name: &str) -> Option<String> {
        script.has_keys.then(|| format!("{}-{name}", self.number))
    }

    async fn change(
        &self,
        script: &Script,
        id: &SessionId,
        change: u32,
        lines: Option<&[(&str, u32)]>,
    ) {
        let note = format!("note {} {change}", self.number);
        let wish = Wish::Change(id.clone(), Box::new(choosing(&note, lines)));
        let key = self.key(script, &format!("change-{change}"));
        drop(self.insist(&wish, key.as_deref(), 2).await);
    }

    async fn pay(&self, script: &Script, id: &SessionId, card: Card, tries: u8) -> Paid {
        let token = self.token(script, card, id);
        let wish = Wish::Complete(id.clone(), Box::new(paying(card, &token, false)));
        let key = self.key(script, &format!("pay-{tries}"));
        if let Some(gone) = script.gone {
            drop(self.once(&wish, (key.as_deref(), tries), self.ms(1, 300)).await);
            tokio::time::sleep(gone).await;
        }
        let rival = async {
            if tries == 1 {
                self.meddle(script, &wish, id, key.as_deref()).await;
            }
        };
        let (end, ()) = tokio::join!(self.insist(&wish, key.as_deref(), tries), rival);
        match stage_of(end.as_ref()) {
            "authentication_required" => {
                let wish = Wish::Complete(id.clone(), Box::new(paying(card, &token, true)));
                let key = self.key(script, &format!("pay-{tries}-authenticated"));
                let end = self.insist(&wish, key.as_deref(), 100 + tries).await;
                if stage_of(end.as_ref()) == "ready_for_payment" { Paid::Again } else { Paid::Over }
            }
            "ready_for_payment" => Paid::Again,
            "not_ready_for_payment" | "session_not_ready" => Paid::NotReady,
            _ => Paid::Over,
        }
    }

    /// Has the session paid for by one plan after the other, as long as there are cards to try.
    async fn have_it_planned(&self, script: &Script, id: &SessionId) {
        for (tries, card) in (1..).zip(&script.cards) {
            let wish =
                Wish::Plan(Box::new(planning(id, give_mandate(&self.core, self.number, tries))));
            let key = format!("{}-plan-{tries}", self.number);
            let made = self.insist(&wish, Some(&key), 100 + tries).await;
            let Some((plan, digest)) = made.as_ref().and_then(ready_in) else { return };
            let payment = paying_plan(&self.token(script, *card, id));
            let execute = Wish::Execute(plan.clone(), digest, payment);
            let key = format!("{}-execute-{tries}", self.number);
            drop(self.insist(&execute, Some(&key), 150 + tries).await);
            let look = Wish::LookAtPlan(plan);
            let mut end = self.insist(&look, None, 0).await;
            while stage_of(end.as_ref()) == "running" {
                self.wait(700, 2_500).await;
                end = self.insist(&look, None, 0).await;
            }
            if stage_of(end.as_ref()) == "completed" {
                return;
            }
        }
    }

    /// Comes between.
    async fn meddle(&self, script: &Script, wish: &Wish, id: &SessionId, key: Option<&str>) {
        self.wait(0, 400).await;
        match script.rival {
            Rival::Nobody => {}
            Rival::OtherKey => {
                let other = self.key(script, "pay-other");
                drop(self.insist(wish, other.as_deref(), 1).await);
            }
            Rival::SameKey => drop(self.insist(wish, key, 1).await),
            Rival::OtherBody => {
                let paying = paying(Card::Good, &Card::Good.token(), false);
                let other = Wish::Complete(id.clone(), Box::new(paying));
                for _ in 0..3 {
                    drop(self.once(&other, (key, 77), REQUEST_TIMEOUT).await);
                    self.wait(50, 2_000).await;
                }
            }
            Rival::Cancel => {
                let key = self.key(script, "cancel");
                drop(self.insist(&Wish::Cancel(id.clone()), key.as_deref(), 9).await);
            }
            Rival::Change => self.change(script, id, 60, None).await,
            Rival::Look => {
                for _ in 0..5 {
                    drop(self.once(&Wish::Read(id.clone()), (None, 0), REQUEST_TIMEOUT).await);
                    self.wait(50, 500).await;
                }
            }
        }
    }
}

fn stage_of(end: Option<&End>) -> &str {
    match end {
        Some(End::Said { stage, .. }) => stage,
        _ => "",
    }
}

/// The order in an answer, and what it cost.
fn order_in(end: &End) -> Option<(OrderId, Money)> {
    #[derive(serde::Deserialize)]
    struct Shown {
        currency: String,
        order: Option<Placed>,
        totals: Vec<Row>,
    }
    #[derive(serde::Deserialize)]
    struct Placed {
        id: String,
    }
    #[derive(serde::Deserialize)]
    struct Row {
        amount: i64,
    }
    let End::Said { body, .. } = end else {
        return None;
    };
    let shown: Shown = serde_json::from_slice(body).ok()?;
    let currency = Currency::parse(&shown.currency).unwrap();
    let total = Money::new(shown.totals.last()?.amount, currency).unwrap();
    Some((OrderId::parse(&shown.order?.id).unwrap(), total))
}

/// The session an answer made.
fn session_of(end: &End) -> Option<SessionId> {
    #[derive(serde::Deserialize)]
    struct Made {
        id: String,
    }
    let End::Said { status: 201, body, .. } = end else {
        return None;
    };
    let made: Made = serde_json::from_slice(body).unwrap();
    Some(SessionId::parse(&made.id).unwrap())
}

/// A plan that is good to be begun, by its digest.
fn ready_in(end: &End) -> Option<(PlanId, PlanDigest)> {
    #[derive(serde::Deserialize)]
    struct Made {
        id: String,
        digest: String,
        status: String,
    }
    let End::Said { status: 201, body, .. } = end else {
        return None;
    };
    let made: Made = serde_json::from_slice(body).unwrap();
    let digest = parse_digest(&format!("\"{}\"", made.digest)).unwrap();
    (made.status == "ready").then(|| (PlanId::parse(&made.id).unwrap(), digest))
}
