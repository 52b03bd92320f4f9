//! The wire between a client and the gateways: one call, and what came of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::ids::{OrderId, PlanId, SessionId};
use acp_core::mandate::PlanDigest;
use acp_core::money::Money;
use acp_core::order::OrderCommand;
use acp_core::plan::PlanWish;
use acp_core::ports::{Channel, Checkouts as _, Digests, Operation, Retry};
use acp_core::principal::{Habits, Principal, Scope};
use acp_core::refusal::Refusal;
use acp_core::session::{CancelSession, ChangeSession, CompleteSession, OpenSession, Patch};
use acp_gateway::app::{App, Ask, ExecutePlan, Failure, Said, Telling};
use acp_wire::shape::plan::render_plan;

use super::core::{Core, at_once};
use super::dice::Dice;
use super::fleet::Fleet;
use super::goods::principal;
use super::others::Card;

/// How long a call may take before the door is shut on it, as the HTTP room does.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);

/// How many of its answered calls a client makes once more in the end.
const ASKED_AGAIN_MAX: usize = 3;

/// What a client asks for.
#[derive(Clone)]
pub(super) enum Wish {
    Open(Box<OpenSession>),
    Change(SessionId, Box<ChangeSession>),
    Complete(SessionId, Box<CompleteSession>),
    Cancel(SessionId),
    Read(SessionId),
    /// What the merchant does: money goes back.
    GiveBack(OrderId, Money),
    Plan(Box<PlanWish>),
    Execute(PlanId, PlanDigest, Arc<[u8]>),
    LookAtPlan(PlanId),
}

impl Wish {
    const fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Open(_)
            | Self::GiveBack(..)
            | Self::Plan(_)
            | Self::Execute(..)
            | Self::LookAtPlan(_) => None,
            Self::Change(id, _) | Self::Complete(id, _) | Self::Cancel(id) | Self::Read(id) => {
                Some(id)
            }
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Change(..) => "change",
            Self::Complete(..) => "complete",
            Self::Cancel(_) => "cancel",
            Self::Read(_) => "read",
            Self::GiveBack(..) => "give back",
            Self::Plan(_) => "plan",
            Self::Execute(..) => "execute",
            Self::LookAtPlan(_) => "look at plan",
        }
    }
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was answered, with words that are kept where it came with a key.
    Said { status: u16, stage: String, body: Arc<[u8]>, is_again: bool },
    /// Its key was used for another body.
    Reused,
    /// Somebody is at work: 409.
    Busy,
    /// Not now: 503.
    Unavailable,
    /// It was refused in words nobody keeps.
    Refused,
    /// A promise of our own was broken: 500.
    Broken(String),
    /// The connection broke, or patience did.
    Nothing,
}

/// A call, for the auditor.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) client: u64,
    pub(super) wish: &'static str,
    pub(super) session: Option<String>,
    pub(super) key: Option<String>,
    pub(super) body: u8,
    /// By which a change is known again in the session; of money that goes back, the order.
    pub(super) note: Option<String>,
    /// Before and after everything else that was called.
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) end: End,
}

impl Call {
    /// Whether it was answered by a session in this stage.
    pub(super) fn says(&self, wanted: &str) -> bool {
        matches!(&self.end, End::Said { status, stage, .. } if *status < 300 && stage == wanted)
    }
}

/// Everything that was called in a world.
#[derive(Default)]
pub(super) struct Calls {
    turn: AtomicU64,
    made: Mutex<Vec<Call>>,
}

impl Calls {
    fn next(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::SeqCst)
    }

    pub(super) fn made(&self) -> Vec<Call> {
        self.made.lock().unwrap().clone()
    }
}

/// Somebody who calls.
pub(super) struct Client {
    pub(super) core: Arc<Core>,
    pub(super) fleet: Arc<Fleet>,
    pub(super) calls: Arc<Calls>,
    pub(super) number: u64,
    name: String,
    principal: Arc<Principal>,
    dice: Mutex<Dice>,
    /// What was asked with a key, and answered.
    answered: Mutex<Vec<(Wish, String, u8)>>,
}

impl Client {
    pub(super) fn new(
        core: Arc<Core>,
        fleet: Arc<Fleet>,
        calls: Arc<Calls>,
        (seed, number): (u64, u64),
    ) -> Self {
        let dice = Mutex::new(Dice::apart(seed, 100 + number));
        let (name, principal) = (format!("c{number}"), principal(number));
        let answered = Mutex::default();
        Self { core, fleet, calls, number, name, principal, dice, answered }
    }

    pub(super) fn ms(&self, from: u64, to: u64) -> Duration {
        self.dice.lock().unwrap().ms(from, to)
    }

    pub(super) async fn wait(&self, from: u64, to: u64) {
        tokio::time::sleep(self.ms(from, to)).await;
    }

    /// What pays with a card: where there is somebody to grant it, a token for what the session
    /// costs and not for a cent more.
    pub(super) fn granted(&self, card: Card, session: &SessionId) -> String {
        let Some(services) = &self.core.services else { return card.token() };
        let look = self.core.checkouts.look(session.partition(), Some(session), None);
        let (session, _) = at_once(look).unwrap().session.unwrap();
        services.grant(card, session.quote.totals.total())
    }

    /// Calls once, at any gateway that runs, and no longer than patience lasts.
    pub(super) async fn once(
        &self,
        wish: &Wish,
        (key, body): (Option<&str>, u8),
        patience: Duration,
    ) -> End {
        let turn = self.dice.lock().unwrap().below(64);
        let Some(gateway) = self.fleet.any(turn) else {
            return End::Nothing;
        };
        let began = self.calls.next();
        self.core
            .note(&self.name, format_args!("{} {key:?} at {}", wish.name(), gateway.node.name));
        let end = tokio::select! {
            biased;
            () = gateway.node.died() => End::Nothing,
            end = self.ask(&gateway.app, wish, key, body) => end,
            () = tokio::time::sleep(patience) => End::Nothing,
        };
        self.keep(wish, (key, body), began, &end);
        end
    }

    fn keep(&self, wish: &Wish, (key, body): (Option<&str>, u8), began: u64, end: &End) {
        let told = match end {
            End::Said { status, stage, is_again, .. } => format!("{status} {stage} {is_again}"),
            other => format!("{other:?}"),
        };
        self.core.note(&self.name, format_args!("{} {key:?} = {told}", wish.name()));
        let note = match wish {
            Wish::Change(_, change) => match &change.order_notes {
                Patch::Set(note) => Some(note.to_string()),
                Patch::Keep | Patch::Clear => None,
            },
            Wish::GiveBack(order, _) => Some(order.to_string()),
            _ => None,
        };
        self.calls.made.lock().unwrap().push(Call {
            client: self.number,
            wish: wish.name(),
            session: wish.session().map(ToString::to_string),
            key: key.map(Into::into),
            body,
            note,
            began,
            ended: self.calls.next(),
            end: end.clone(),
        });
    }

    async fn ask(&self, app: &Arc<App>, wish: &Wish, key: Option<&str>, body: u8) -> End {
        let said = match wish.clone() {
            Wish::Open(open) => app.open_session(self.asking(*open, key, body)).await,
            Wish::Change(id, change) => {
                app.change_session(&id, self.asking(*change, key, body)).await
            }
            Wish::Complete(id, complete) => {
                app.complete_session(&id, self.asking(*complete, key, body)).await
            }
            Wish::Cancel(id) => {
                let cancel = CancelSession::default();
                app.cancel_session(&id, self.asking(cancel, key, body)).await
            }
            Wish::GiveBack(order, amount) => {
                let refund =
                    OrderCommand::Refund { amount: Some(amount), lines: Vec::new(), reason: None };
                let mut ask = self.asking(refund, key, body);
                let scope = Scope::Merchant;
                ask.principal = Arc::new(Principal { scope, ..(*self.principal).clone() });
                app.command_order(&order, Operation::Refund, ask).await
            }
            Wish::Plan(wish) => app.make_plan(self.asking(*wish, key, body)).await,
            Wish::Execute(id, digest, payment) => {
                let execute = ExecutePlan { digest, payment: Some(payment) };
                app.execute_plan(&id, self.asking(execute, key, body)).await
            }
            Wish::LookAtPlan(id) => {
                return match app.read_plan(&self.principal, &id).await {
                    Ok(plan) => self.heard(200, render_plan(&plan).into(), Telling::Anew),
                    Err(failure) => self.failed(&failure),
                };
            }
            Wish::Read(id) => {
                let read = app.read_session(&self.principal, &channel(), &id).await;
                return match read {
                    Ok(body) => self.heard(200, body, Telling::Anew),
                    Err(failure) => self.failed(&failure),
                };
            }
        };
        match said {
            Ok(Said { answer, telling }) => self.heard(answer.status, answer.body, telling),
            Err(failure) => self.failed(&failure),
        }
    }

    fn asking<C>(&self, command: C, key: Option<&str>, body: u8) -> Ask<C> {
        let number = u8::try_from(self.number % 16).unwrap();
        let mut digest = [body; 32];
        digest[0] = number;
        Ask {
            principal: self.principal.clone(),
            key: key.map(Into::into),
            digests: Digests { raw: digest, canonical: digest },
            channel: channel(),
            command: Ok(command),
        }
    }

    fn heard(&self, status: u16, body: Arc<[u8]>, telling: Telling) -> End {
        #[derive(serde::Deserialize)]
        struct Told {
            #[serde(default, alias = "code")]
            status: String,
        }
        self.core.watch.lock().unwrap().said("an answer", &body);
        let told: Told = serde_json::from_slice(&body).unwrap();
        End::Said { status, stage: told.status, body, is_again: telling == Telling::Again }
    }

    fn failed(&self, failure: &Failure) -> End {
        let text = format!("{failure:?}");
        self.core.watch.lock().unwrap().said("the text of a failure", text.as_bytes());
        match failure {
            Failure::Refused(Refusal::CompletionRunning | Refusal::OrderUnderWay)
            | Failure::KeyBusy
            | Failure::Crowded
            | Failure::TooOften
            | Failure::Contended => End::Busy,
            Failure::Refused(_) => End::Refused,
            Failure::KeyReused(_) => End::Reused,
            Failure::Unavailable(error) if error.retry == Retry::Never => End::Broken(text),
            Failure::Unavailable(_)
            | Failure::Undone
            | Failure::Provider(_)
            | Failure::Unpayable(_)
            | Failure::Recovering => End::Unavailable,
            Failure::Broken(_) => End::Broken(text),
        }
    }

    /// Calls until there is an answer; nothing when there will never be one.
    pub(super) async fn insist(&self, wish: &Wish, key: Option<&str>, body: u8) -> Option<End> {
        loop {
            let end = self.once(wish, (key, body), REQUEST_TIMEOUT).await;
            match &end {
                End::Said { stage, .. }
                    if stage == "complete_in_progress" && matches!(wish, Wish::Complete(..)) => {}
                End::Said { .. } => {
                    if let Some(key) = key {
                        self.answered.lock().unwrap().push((wish.clone(), key.to_owned(), body));
                    }
                    return Some(end);
                }
                End::Reused | End::Refused | End::Broken(_) => return None,
                End::Busy | End::Unavailable | End::Nothing => {}
            }
            self.wait(700, 2_500).await;
            tokio::time::sleep(self.core.is_down_for()).await;
        }
    }

    /// Asks again what was answered last under a key; the auditor compares.
    pub(super) async fn ask_again(&self) {
        let answered = std::mem::take(&mut *self.answered.lock().unwrap());
        for (wish, key, body) in answered.into_iter().rev().take(ASKED_AGAIN_MAX) {
            let mut end = End::Nothing;
            while matches!(end, End::Nothing | End::Unavailable) {
                self.wait(1, 500).await;
                end = self.once(&wish, (Some(&key), body), REQUEST_TIMEOUT).await;
            }
            if !matches!(end, End::Said { is_again: true, .. }) {
                let text = format!("{} with key {key} was forgotten: {end:?}", wish.name());
                self.core.watch.lock().unwrap().forgotten.push(text);
            }
        }
    }
}

pub(super) fn channel() -> Channel {
    Channel { version: "2026-04-17".into(), locale: "en-US".into(), habits: Habits::default() }
}
