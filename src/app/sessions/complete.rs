use std::sync::Arc;

use acp_core::catalog::Promotion;
use acp_core::ids::SessionId;
use acp_core::limits::RACES_MAX;
use acp_core::mandate::SpendPermit;
use acp_core::payment::ProviderKey;
use acp_core::ports::{
    AnswerKey, AnswerWrite, Change, Channel, Committed, Digests, KeyState, Operation, Revision,
    RunWrite, Seen, Subject,
};
use acp_core::pricing::AppliedDiscount;
use acp_core::refusal::Refusal;
use acp_core::run::{Run, RunStep};
use acp_core::session::{
    ChangeSession, CompleteSession, Patch, Readiness, Session, SessionEvent, Stage,
};
use acp_core::stock::{Hold, ReservationId};
use acp_core::time::Timestamp;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::alter::Found;
use super::read::as_of;
use crate::app::ask::bounded;
use crate::app::completing::{Hand, Teller, seal_request};
use crate::app::{App, Ask, Capture, Failure, Said, Telling};
use crate::runs::{say, take_over};

/// What a delivery that comes along with the payment leads to.
enum Redirected {
    /// To nothing new to look at.
    No(Box<Session>),
    /// To a session the client has to look at first.
    Refused(Said),
    /// Somebody else was faster.
    Raced,
}

/// Whom a completion is answered to, and how.
pub(in crate::app) struct Asker {
    pub(in crate::app) key: Option<AnswerKey>,
    pub(in crate::app) digests: Digests,
    pub(in crate::app) channel: Channel,
}

/// By whose leave money is spent.
pub(in crate::app) enum Leave {
    /// The buyer's, who gave the agent what it pays with.
    Buyers,
    /// A mandate's, for one session and just this amount. It is spent once.
    Mandates {
        permit: Option<SpendPermit>,
        /// The state of the session that was looked at: it is paid for as it was then.
        at: Revision,
    },
}

impl Leave {
    /// Whether it is good for this state of a session.
    fn is_for(&self, found_at: Revision) -> bool {
        match self {
            Self::Buyers => true,
            Self::Mandates { at, .. } => *at == found_at,
        }
    }

    /// Uses it up for a completion that is about to begin.
    fn spend(&mut self, session: &Session, now: Timestamp) -> Result<(), Failure> {
        let Self::Mandates { permit, .. } = self else { return Ok(()) };
        let Stage::Completing(completion) = &session.stage else { return Ok(()) };
        // It was used up for a commit that lost a race: whoever has the mandate gets it again.
        let permit = permit.take().ok_or(Failure::Contended)?;
        let spent = permit.spend(&session.id, completion.amount, now);
        Ok(spent.map_err(|_not_covered| Refusal::SessionNotReady)?)
    }
}

/// What a call to complete a session comes to at first.
enum Claimed {
    /// It has its answer.
    Said(Said),
    /// It is ours to finish.
    Run(Box<Hand>),
}

impl App {
    /// Pays for a session and turns it into an order.
    ///
    /// Everything, from the claim on, happens on a task of its own, so that a caller who hangs up
    /// never stops it halfway.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(session.id = %id))]
    pub async fn complete_session(
        self: &Arc<Self>,
        id: &SessionId,
        ask: Ask<CompleteSession>,
    ) -> Result<Said, Failure> {
        self.complete_by(Leave::Buyers, id, ask).await
    }

    /// The same by somebody's leave, which is for the amount the session has and no other.
    pub(in crate::app) async fn complete_by(
        self: &Arc<Self>,
        leave: Leave,
        id: &SessionId,
        ask: Ask<CompleteSession>,
    ) -> Result<Said, Failure> {
        let (tell, told) = oneshot::channel();
        let (app, id) = (Arc::clone(self), id.clone());
        let work_on = async move { app.complete(leave, &id, ask, tell).await };
        self.tasks.spawn(work_on.in_current_span());
        match told.await {
            Ok(outcome) => outcome,
            // The task ended without a word: the journal knows how far it came, and the answer
            // will be there when the caller asks again.
            Err(oneshot::error::RecvError { .. }) => Err(Failure::KeyBusy),
        }
    }

    async fn complete(
        self: Arc<Self>,
        leave: Leave,
        id: &SessionId,
        ask: Ask<CompleteSession>,
        tell: Teller,
    ) {
        match self.settle_or_claim(leave, id, &ask).await {
            Ok(Claimed::Run(hand)) => self.drive(*hand, Some(tell)).await,
            Ok(Claimed::Said(said)) => say(tell, Ok(said)),
            Err(failure) => say(tell, Err(failure)),
        }
    }

    /// Answers a call that is settled already, or makes it ours to finish.
    async fn settle_or_claim(
        &self,
        mut leave: Leave,
        id: &SessionId,
        ask: &Ask<CompleteSession>,
    ) -> Result<Claimed, Failure> {
        let key = ask.answer_key(Operation::Complete, Some(Subject::Session(id.clone())));
        // Whatever else comes of it may be so no more; whoever looks will know.
        if let Some(found) = self.recalled_for(&leave, id, key.as_ref())
            && let Ok(Some(claimed)) = self.claim(&mut leave, ask, Some(found), key.clone()).await
        {
            return Ok(claimed);
        }
        for _ in 0..RACES_MAX {
            let Seen { session, key: known } =
                self.ports.checkouts.look(id.partition(), Some(id), key.as_ref()).await?;
            match ask.settled(known) {
                Ok(None) => {}
                Ok(Some(said)) => return Ok(Claimed::Said(said)),
                Err(Failure::KeyBusy) => return self.rejoin(id).await,
                Err(failure) => return Err(failure),
            }
            if let Some(said) = self.said_before(ask, session.as_ref()) {
                return Ok(Claimed::Said(said));
            }
            let refusal = match self.claim(&mut leave, ask, session, key.clone()).await {
                Ok(Some(claimed)) => return Ok(claimed),
                Ok(None) => continue,
                Err(Failure::Refused(refusal)) => refusal,
                Err(failure) => return Err(failure),
            };
            if let Some(said) = self.refuse(ask, id.partition(), key.clone(), refusal).await? {
                return Ok(Claimed::Said(said));
            }
        }
        Err(Failure::Contended)
    }

    /// The session as it was written here last. A permit is good for one attempt, which is not
    /// spent on what may be out of date.
    fn recalled_for(
        &self,
        leave: &Leave,
        id: &SessionId,
        key: Option<&AnswerKey>,
    ) -> Option<Found> {
        match leave {
            Leave::Buyers => self.ports.checkouts.recall(id, key),
            Leave::Mandates { .. } => None,
        }
    }

    /// A caller without a key who repeats the request that became the order is told the same.
    fn said_before(&self, ask: &Ask<CompleteSession>, session: Option<&Found>) -> Option<Said> {
        let (session, _) = session.filter(|(session, _)| ask.principal.owns(&session.owner))?;
        let Stage::Completed(order) = &session.stage else {
            return None;
        };
        let is_repeated = ask.key.is_none() && order.asked_by == Some(ask.digests.canonical);
        let answer = || self.ports.answers.completed(&ask.channel, session);
        is_repeated.then(|| Said { answer: answer(), telling: Telling::Again })
    }

    /// Begins a completion: from this commit on it is ours to finish. Or asks for the approval it
    /// needs first. `None` when somebody else was faster.
    async fn claim(
        &self,
        leave: &mut Leave,
        ask: &Ask<CompleteSession>,
        session: Option<Found>,
        key: Option<AnswerKey>,
    ) -> Result<Option<Claimed>, Failure> {
        let now = self.ports.clock.now();
        let (session, revision) = ask.own(session)?;
        if !leave.is_for(revision) {
            return Err(Failure::Contended);
        }
        let session = as_of(session, now)?;
        let command = ask.command.clone().map_err(Refusal::Faulty)?;
        let session = match self.redirected(ask, &command, (session, revision), key.clone()).await?
        {
            Redirected::No(session) => *session,
            Redirected::Refused(said) => return Ok(Some(Claimed::Said(said))),
            Redirected::Raced => return Ok(None),
        };
        self.must_be_whole()?;
        let event = session.begin_completion(&command, &self.shop, now)?;
        let event = event.asked_by(ask.principal.provenance());
        self.check_discounts(&session, &command).await?;
        let after = session.after(event.clone(), now)?;
        let answer = self.ports.answers.shown(&ask.channel, &after);
        let place = after.id.partition();
        let words = (&ask.channel, &answer);
        if matches!(event, SessionEvent::ApprovalAsked { .. }) {
            let change = Change {
                session: Some(self.session_write(Some(revision), after, Some(event), words)),
                answer: ask.answered(key, &answer, self.keeping.answers),
                ..Change::default()
            };
            return Ok(match self.ports.checkouts.commit(place, change).await? {
                Committed::At(_) => Some(Claimed::Said(Said::anew(answer))),
                Committed::Raced => None,
            });
        }
        leave.spend(&after, now)?;
        let asker = Asker { key: key.clone(), digests: ask.digests, channel: ask.channel.clone() };
        let run = self.begin_run(asker, &command, &after).await?;
        let change = Change {
            session: Some(self.session_write(Some(revision), after.clone(), Some(event), words)),
            answer: key.map(|key| AnswerWrite {
                key,
                state: Some(KeyState::Running { digests: ask.digests }),
                kept_for: self.keeping.answers,
                is_first: true,
            }),
            run: Some(RunWrite::Begin(run.clone())),
            ..Change::default()
        };
        Ok(match self.ports.checkouts.commit(place, change).await? {
            Committed::At(revision) => Some(Claimed::Run(Box::new(Hand {
                run,
                found_at: None,
                session: Some((after, revision)),
            }))),
            Committed::Raced => None,
        })
    }

    /// What is taken off for one buyer is not for another who comes along with the payment, unless
    /// whoever knows says so.
    async fn check_discounts(
        &self,
        session: &Session,
        command: &CompleteSession,
    ) -> Result<(), Failure> {
        let buyer = command.buyer.as_ref();
        let another = buyer.filter(|buyer| session.is_discounted_for_another(buyer));
        let Some(buyer) = another else { return Ok(()) };
        let promotions = match session.inquiry_for(buyer) {
            Some(inquiry) => self.ports.terms.promotions.promotions(&inquiry).await?,
            None => [].into(),
        };
        Ok(session.check_discounts_for(buyer, &promotions)?)
    }

    /// Takes the delivery that came along with the payment into account, where one did. One that
    /// changes the price is not paid for unseen: it is kept, and the client has to look.
    async fn redirected(
        &self,
        ask: &Ask<CompleteSession>,
        command: &CompleteSession,
        (session, revision): Found,
        key: Option<AnswerKey>,
    ) -> Result<Redirected, Failure> {
        let Some(said) = command.contact.clone() else {
            return Ok(Redirected::No(Box::new(session)));
        };
        let contact = match &session.basket.contact {
            Some(known) => said.or(known),
            None => said,
        };
        // Another delivery is no way around an authentication.
        let is_challenged = matches!(session.stage, Stage::AuthenticationRequired(_));
        if session.basket.contact.as_deref() == Some(&contact)
            || is_challenged && command.authentication.is_none()
        {
            return Ok(Redirected::No(Box::new(session)));
        }
        let now = self.ports.clock.now();
        let change = ChangeSession {
            profile: command.profile,
            contact: Patch::Set(contact),
            ..ChangeSession::default()
        };
        let planned = session.basket_after(change);
        let about = (&session.owner.tenant, session.id.as_str());
        let stores = self.stores(about, &planned.0.wishes()).await?;
        let event = session.change(planned, &stores, &self.setting(now))?;
        let after = session.after(event.clone(), now)?;
        let is_same_price = after.quote.totals.total() == session.quote.totals.total();
        if is_same_price && matches!(after.stage, Stage::Open(Readiness::Ready { .. })) {
            return Ok(Redirected::No(Box::new(after)));
        }
        let shown = bounded(self.ports.answers.shown(&ask.channel, &after))?;
        let words = (&ask.channel, &shown);
        let place = after.id.partition();
        let refusal = self.ports.answers.refused(&ask.channel, &Refusal::FulfillmentChanged);
        let change = Change {
            session: Some(self.session_write(Some(revision), after, Some(event), words)),
            // Together: whoever repeats the request is refused again, and never charged.
            answer: ask.answered(key, &refusal, self.keeping.answers),
            ..Change::default()
        };
        Ok(match self.ports.checkouts.commit(place, change).await? {
            Committed::At(_) => Redirected::Refused(Said::anew(refusal)),
            Committed::Raced => Redirected::Raced,
        })
    }

    pub(in crate::app) async fn begin_run(
        &self,
        asker: Asker,
        command: &CompleteSession,
        session: &Session,
    ) -> Result<Run, Failure> {
        let Stage::Completing(completion) = &session.stage else {
            return Err(acp_core::refusal::Broken("a claimed session is completing").into());
        };
        let attempt = completion.attempt;
        let reservation = |what: &str| ReservationId::of(&session.id, attempt, what);
        let goods = session.quote.lines.iter().map(|line| Hold {
            item: line.item.id.clone(),
            reservation: reservation(line.id.as_str()),
            units: line.quantity,
        });
        let applied = session.quote.discounts.applied.iter();
        let is_spent =
            |discount: &&AppliedDiscount| discount.is_limited && !discount.amount.is_zero();
        let redeemed = applied.filter(is_spent).map(|discount| {
            let item = Promotion::ledger_of(&discount.promotion);
            Hold { reservation: reservation(item.as_str()), item, units: 1 }
        });
        Ok(Run {
            session: session.id.clone(),
            attempt,
            standing: self.standing().await?,
            began_at: Some(completion.began_at),
            step: RunStep::Reserving,
            amount: completion.amount,
            is_captured_later: self.paying.capture != Capture::AtOnce,
            // Derived from session and attempt, never from the caller's key: two keys on one
            // session can never charge twice.
            provider_key: ProviderKey(format!("{}|complete|{attempt}", session.id).into()),
            sealed_request: seal_request(self.ports.sealer.as_ref(), &session.id, command),
            tenant: Some(session.owner.tenant.clone()),
            holds: goods.chain(redeemed).collect(),
            answer_key: asker.key,
            digests: asker.digests,
            channel: asker.channel,
            route: self.ports.payments.routes(completion.amount).into_iter().next().flatten(),
            refused: None,
        })
    }

    /// The key is at work already. If nobody is at work on its run any more, we go on with it;
    /// the caller has been told how it stood and waits for the end of it.
    async fn rejoin(&self, id: &SessionId) -> Result<Claimed, Failure> {
        match take_over(self, id).await? {
            Some(hand) => Ok(Claimed::Run(Box::new(hand))),
            None => Err(Failure::KeyBusy),
        }
    }
}
