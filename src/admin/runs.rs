//! Runs that a person has to look at, and payments nobody here knows of.

use acp_core::ids::SessionId;
use acp_core::limits::RECONCILED_SPAN_DEFAULT;
use acp_core::order::Recorded;
use acp_core::payment::PaymentNote;
use acp_core::refusal::Refusal;
use acp_core::run::{Run, Trouble};
use acp_wire::problem::{Code, Problem};
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::{Asked, Named};
use super::denial::Denial;
use crate::app::{Fate, Judged, Stray, Strays, Word};

/// A completion under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunShown {
    pub session: String,
    /// Which try of the session it is.
    pub attempt: u32,
    /// The step it is at.
    pub step: String,
    pub amount: String,
    pub began_at: Option<DateTime>,
    /// How often the step was tried in vain.
    pub tries: u32,
    /// Why it rests, if it does.
    pub trouble: Option<String>,
    /// Until when it is its worker's; of one that rests or waits, when it is looked at next.
    pub until: DateTime,
    /// Whether it does not end by itself.
    pub needs_person: bool,
    pub payment: Option<String>,
    pub order: Option<String>,
}

/// Every completion under way, the one that is looked at next in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunList {
    pub runs: Vec<RunShown>,
}

/// A line of a session's payment book.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentShown {
    pub at: DateTime,
    pub attempt: u32,
    pub state: String,
    pub amount: String,
    pub payment: Option<String>,
}

/// The completion of a session, and its payment book.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunPage {
    /// Nothing when none is under way.
    pub run: Option<RunShown>,
    pub payments: Vec<PaymentShown>,
}

/// How far back payments are compared, and what is done with those nobody knows of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReconcileAsked {
    /// Since when; the last day, if it is not said.
    #[serde(default)]
    pub since: Option<DateTime>,
    /// Whether money that was taken for no order is given back.
    #[serde(default)]
    pub give_back: bool,
}

/// A payment at the provider that no order accounts for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StrayShown {
    pub payment: String,
    pub session: String,
    pub amount: String,
    pub made_at: DateTime,
    /// `let_go`, `given_back` or `still_there`.
    pub fate: String,
}

/// What the comparison came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReconciledShown {
    pub looked_at: usize,
    pub strays: Vec<StrayShown>,
}

const fn told(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unclear => "unclear",
        Trouble::Unreachable => "unreachable",
        Trouble::NotAccepted => "not_accepted",
        Trouble::Broken => "broken",
    }
}

impl RunShown {
    fn of(run: &Run) -> Self {
        Self {
            session: run.session.to_string(),
            attempt: run.attempt,
            step: run.step.name().to_owned(),
            amount: run.amount.to_string(),
            began_at: run.began_at.map(DateTime),
            tries: run.standing.tries,
            trouble: run.standing.trouble.map(|trouble| told(trouble).to_owned()),
            until: DateTime(run.standing.lease.until),
            needs_person: run.standing.is_alarming(),
            payment: run.step.payment().map(ToString::to_string),
            order: run.step.order().map(ToString::to_string),
        }
    }
}

impl PaymentShown {
    fn of(note: &Recorded<PaymentNote>) -> Self {
        let Recorded { at, event } = note;
        Self {
            at: DateTime(*at),
            attempt: event.attempt,
            state: event.state.name().to_owned(),
            amount: event.amount.to_string(),
            payment: event.payment.as_ref().map(ToString::to_string),
        }
    }
}

impl StrayShown {
    fn of(stray: &Stray) -> Self {
        Self {
            payment: stray.listed.payment.id.to_string(),
            session: stray.listed.session.to_string(),
            amount: stray.amount.to_string(),
            made_at: DateTime(stray.listed.made_at),
            fate: match stray.fate {
                Fate::LetGo => "let_go",
                Fate::GivenBack => "given_back",
                Fate::StillThere => "still_there",
            }
            .to_owned(),
        }
    }
}

fn session_id(text: &str) -> Result<SessionId, Denial> {
    let unknown = || Denial::from(Problem::from(&Refusal::SessionNotFound));
    SessionId::parse(text).ok().ok_or_else(unknown)
}

/// Lists every completion under way.
pub(super) async fn list(State(admin): State<Admin>) -> Result<Json<RunList>, Denial> {
    let runs = admin.app.unfinished_runs().await?;
    Ok(Json(RunList { runs: runs.iter().map(RunShown::of).collect() }))
}

/// Shows the completion of a session and its payments.
pub(super) async fn show(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<RunPage>, Denial> {
    let (run, payments) = admin.app.run_of(&session_id(&id)?).await?;
    if run.is_none() && payments.is_empty() {
        let message = format!("Session {id} has no completion under way and never had a payment.");
        return Err(Denial::new(Code::NotFound, message));
    }
    let payments = payments.iter().map(PaymentShown::of).collect();
    Ok(Json(RunPage { run: run.as_ref().map(RunShown::of), payments }))
}

async fn judge(admin: &Admin, id: &str, word: Word) -> Result<Json<RunShown>, Denial> {
    match admin.app.judge_run(&session_id(id)?, word).await? {
        Judged::Taken(run) => Ok(Json(RunShown::of(&run))),
        Judged::NoRun => {
            let message = format!("Session {id} has no completion under way.");
            Err(Denial::new(Code::NotFound, message))
        }
        Judged::AtWork => {
            let message = format!("Somebody is at work on session {id}. Ask again in a while.");
            Err(Denial::new(Code::CompletionInProgress, message))
        }
        Judged::NotWaiting => {
            let message = format!("The completion of session {id} does not wait for a capture.");
            Err(Denial::new(Code::Invalid, message))
        }
    }
}

/// Tries the step of a completion again, now.
pub(super) async fn retry(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<RunShown>, Denial> {
    judge(&admin, &id, Word::Retry).await
}

/// Gives everything back that a completion holds or took.
pub(super) async fn compensate(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<RunShown>, Denial> {
    judge(&admin, &id, Word::Compensate).await
}

/// Takes the money that is held for an order.
pub(super) async fn capture(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<RunShown>, Denial> {
    judge(&admin, &id, Word::Capture).await
}

/// Compares the provider's payments with the orders here.
pub(super) async fn reconcile(
    State(admin): State<Admin>,
    Asked(asked): Asked<ReconcileAsked>,
) -> Result<Json<ReconciledShown>, Denial> {
    let since = match asked.since {
        Some(DateTime(since)) => since,
        None => admin.clock.now().minus(RECONCILED_SPAN_DEFAULT),
    };
    let strays = if asked.give_back { Strays::GivenBack } else { Strays::Told };
    let reconciled = admin.app.reconcile(since, strays).await?;
    Ok(Json(ReconciledShown {
        looked_at: reconciled.looked_at,
        strays: reconciled.strays.iter().map(StrayShown::of).collect(),
    }))
}
