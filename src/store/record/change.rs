//! A change of a checkout as the one commit that makes it true.

use std::borrow::Cow;

use acp_core::ids::{OrderId, Partition, SessionId, TenantId};
use acp_core::order::OrderEvent;
use acp_core::ports::{
    AnswerWrite, CartChange, CartWrite, Change, KeyState, Operation, OrderTurn, OrderWrite,
    PaymentWrite, PortError, Retry, Revision, RunWrite, SessionWrite, Whose,
};
use acp_core::refusal::Broken;
use acp_core::run::{Run, RunFence};
use acp_core::session::{Owner, SessionEvent};
use acp_core::time::Timestamp;
use bytes::Bytes;

use super::names;
use super::records::Records;
use super::stored::{HistoryEntry, OutboxEntry, to_bytes, view_to_bytes};
use crate::seeded::{Bug, has};
use crate::store::{
    Append, Commit, Demand, Durability, Expectation, Fence, Key, Put, SetTimer, Version,
};

/// Whether a change is of a basket alone: no end of a session, no word of a person who approves,
/// and no answer to more than an edit.
fn is_edit(change: &Change) -> bool {
    let is_edit_of_session = change.session.as_ref().is_none_or(|it| {
        let is_open = !it.after.stage.kind().is_terminal();
        is_open && matches!(it.event, None | Some(SessionEvent::Changed { .. }))
    });
    let is_answer_to_edit = change.answer.as_ref().is_none_or(|it| is_small(it.key.operation));
    is_edit_of_session && is_answer_to_edit
}

/// Whether an answer that gets lost with a machine does no harm: the call is made again.
pub(super) const fn is_small(operation: Operation) -> bool {
    match operation {
        Operation::Open
        | Operation::Change
        | Operation::OpenCart
        | Operation::ReplaceCart
        | Operation::CancelCart
        | Operation::MakePlan
        | Operation::AnswerPlan
        | Operation::Understand
        | Operation::BeginAuthentication
        | Operation::Authenticate => true,
        Operation::Complete
        | Operation::Cancel
        | Operation::Fulfill
        | Operation::MoveFulfillment
        | Operation::CancelLines
        | Operation::ReturnLines
        | Operation::Refund
        | Operation::ExecutePlan
        | Operation::ApprovePlan
        | Operation::RejectPlan
        | Operation::CancelPlan
        | Operation::ChangeItem
        | Operation::CountStock
        | Operation::Judge
        | Operation::GiveMandate
        | Operation::ChangeMandate
        | Operation::RevokeMandate
        | Operation::Delegate => false,
    }
}

/// The commit of a change of a cart. No money hangs on it.
pub(super) fn commit_of_cart(
    records: &Records,
    partition: Partition,
    change: CartChange,
) -> Result<Commit, PortError> {
    let mut draft = Draft { records, commit: records.draft(partition) };
    draft.commit.durability = Durability::Ordinary;
    if let Some(answer) = change.answer {
        draft.answer(&answer, None)?;
    }
    draft.cart(&change.cart)?;
    Ok(draft.commit)
}

/// The same commit with an answer in it, which is the first thing known of its key.
pub(super) fn answering(
    records: &Records,
    commit: Commit,
    write: &AnswerWrite,
) -> Result<Commit, PortError> {
    let mut draft = Draft { records, commit };
    draft.answer(write, None)?;
    Ok(draft.commit)
}

/// The commit of a change.
pub(super) fn commit_of(
    records: &Records,
    partition: Partition,
    change: Change,
) -> Result<Commit, PortError> {
    let mut draft = Draft { records, commit: records.draft(partition) };
    // What money or an order hangs on must survive the loss of a machine; an edit of a basket that
    // is lost with one is made again.
    let is_of_basket = change.run.is_none() && change.orders.is_empty() && change.turn.is_none();
    if is_of_basket && is_edit(&change) {
        draft.commit.durability = Durability::Ordinary;
    }
    if let Some(answer) = change.answer {
        draft.answer(&answer, change.run.as_ref())?;
    }
    if let Some(session) = change.session {
        draft.session(&session)?;
    }
    if let Some(run) = change.run {
        draft.run(&run)?;
    }
    if let Some(payment) = change.payment {
        draft.payment(&payment)?;
    }
    for order in change.orders {
        draft.order(order)?;
    }
    if let Some(turn) = change.turn {
        draft.turn(&turn)?;
    }
    Ok(draft.commit)
}

/// The revision a version is.
pub(super) const fn revision(version: Version) -> Revision {
    Revision(version.0)
}

/// The version a revision is.
pub(super) const fn version(revision: Revision) -> Version {
    Version(revision.0)
}

/// Every queue a session may stand in.
pub(super) fn queues_of(tenant: &TenantId) -> [Cow<'static, str>; 5] {
    let named = [names::SESSIONS, names::RUNS, names::APPROVALS, names::OPENED_TOGETHER];
    let [sessions, runs, approvals, together] = named.map(Cow::Borrowed);
    [sessions, runs, approvals, together, Cow::Owned(names::opened_of(tenant))]
}

/// What a session's timers do: nothing looks at it any more.
pub(super) fn cleared(queue: impl Into<Cow<'static, str>>, session: &SessionId) -> SetTimer {
    SetTimer { queue: queue.into(), id: session.as_str().into(), due: None }
}

struct Draft<'a> {
    records: &'a Records,
    commit: Commit,
}

impl Draft<'_> {
    fn session(&mut self, write: &SessionWrite) -> Result<(), PortError> {
        let id = &write.after.id;
        self.must_be_here(id.partition())?;
        let demand = write.before.map_or(Demand::Absent, |before| Demand::At(version(before)));
        if !(has(Bug::RevisionUnchecked) && matches!(demand, Demand::At(_))) {
            self.expect(names::session(id), demand);
        }
        self.put(names::session(id), to_bytes(&write.after)?, None);
        self.put(names::view(id), view_to_bytes(&write.view)?, None);
        self.wake(names::SESSIONS, id, write.wake_at);
        if write.before.is_none() {
            // It stays where it is through all changes, so that only the opening writes this.
            let queue = names::opened_of(&write.after.owner.tenant);
            self.wake(queue, id, write.after.opened_at);
        }
        self.list_approval(write);

        let at = write.after.changed_at;
        let entry = match (&write.event, write.before) {
            (Some(event), _) => HistoryEntry::of(event, at),
            (None, None) => HistoryEntry::opened(at),
            (None, Some(_)) => return Ok(()),
        };
        self.append(names::history(id), to_bytes(&entry)?);
        Ok(())
    }

    /// A cart has one document, and one timer that says when its time is over.
    fn cart(&mut self, write: &CartWrite) -> Result<(), PortError> {
        let (id, due) = match write {
            CartWrite::Keep { before, after } => {
                let name = names::cart(&after.id);
                self.expect(
                    name.clone(),
                    before.map_or(Demand::Absent, |at| Demand::At(version(at))),
                );
                self.put(name, to_bytes(after.as_ref())?, None);
                (&after.id, Some(after.expires_at))
            }
            CartWrite::Forget { cart, at } => {
                self.expect(names::cart(cart), Demand::At(version(*at)));
                self.commit.deletes.push(names::cart(cart));
                (cart, None)
            }
        };
        self.must_be_here(id.partition())?;
        let (queue, id) = (names::CARTS.into(), id.as_str().into());
        self.commit.timers.push(SetTimer { queue, id, due });
        Ok(())
    }

    /// Who waits for an approval stands in a queue of its own, to be found by those who approve.
    fn list_approval(&mut self, write: &SessionWrite) {
        let id = &write.after.id;
        match &write.event {
            Some(SessionEvent::ApprovalAsked { .. }) => {
                self.wake(names::APPROVALS, id, write.after.expires_at);
            }
            Some(
                SessionEvent::Approved { .. }
                | SessionEvent::NotApproved
                | SessionEvent::Canceled { .. }
                | SessionEvent::Expired,
            ) => self.commit.timers.push(cleared(names::APPROVALS, id)),
            Some(SessionEvent::Changed { .. }) if write.awaited_approval => {
                self.commit.timers.push(cleared(names::APPROVALS, id));
            }
            Some(
                SessionEvent::Changed { .. }
                | SessionEvent::CompletionBegan { .. }
                | SessionEvent::ChallengeRaised(_)
                | SessionEvent::PaymentDeclined { .. }
                | SessionEvent::StockGone { .. }
                | SessionEvent::CompletionAbandoned
                | SessionEvent::Completed(_),
            )
            | None => {}
        }
    }

    /// An answer is either the first thing known of its key, or it ends the running record of a
    /// completion; then the fence of the run speaks for it.
    fn answer(&mut self, write: &AnswerWrite, run: Option<&RunWrite>) -> Result<(), PortError> {
        let key = names::answer(&write.key);
        if write.is_first {
            if !has(Bug::KeyUnclaimed) {
                self.expect(key.clone(), Demand::Absent);
            }
        } else if !matches!(
            run,
            Some(RunWrite::Advance(_) | RunWrite::End(_) | RunWrite::TakeOver { .. })
        ) {
            return Err(broken("an answer that continues a call without the fence of its run"));
        }
        let Some(state) = &write.state else {
            self.commit.deletes.push(key);
            return Ok(());
        };
        let expires_at = match state {
            KeyState::Running { .. } => None,
            KeyState::Answered { .. } => Some(self.records.clock.now().plus(write.kept_for)),
        };
        let value = to_bytes(state)?;
        self.commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
        Ok(())
    }

    fn run(&mut self, write: &RunWrite) -> Result<(), PortError> {
        match write {
            RunWrite::Begin(run) => self.keep_run(run, Demand::Absent),
            RunWrite::Advance(run) => {
                self.keep_run(run, Demand::FencedBy(fence(run.standing.fence)))
            }
            RunWrite::TakeOver { at, run } => self.keep_run(run, Demand::At(version(*at))),
            RunWrite::End(run) => {
                self.must_be_here(run.session.partition())?;
                self.expect(names::run(&run.session), Demand::FencedBy(fence(run.standing.fence)));
                self.commit.deletes.push(names::run(&run.session));
                self.commit.timers.push(cleared(names::RUNS, &run.session));
                Ok(())
            }
        }
    }

    fn keep_run(&mut self, run: &Run, demand: Demand) -> Result<(), PortError> {
        self.must_be_here(run.session.partition())?;
        let is_unchecked = match demand {
            Demand::FencedBy(_) => has(Bug::FenceUnchecked),
            Demand::At(_) => has(Bug::TakenOverBlindly),
            Demand::Absent => false,
        };
        if !is_unchecked {
            self.expect(names::run(&run.session), demand);
        }
        self.put(names::run(&run.session), to_bytes(run)?, Some(fence(run.standing.fence)));
        if has(Bug::OpenRecordExpires)
            && let Some(put) = self.commit.puts.last_mut()
        {
            put.expires_at = Some(run.standing.lease.until);
        }
        if !has(Bug::TimerForgotten) {
            self.wake(names::RUNS, &run.session, run.standing.lease.until);
        }
        Ok(())
    }

    fn payment(&mut self, write: &PaymentWrite) -> Result<(), PortError> {
        self.must_be_here(write.session.partition())?;
        self.append(names::payments(&write.session), to_bytes(&write.note)?);
        Ok(())
    }

    /// Both logs of an order grow together, so that an entry has the same number in both. What was
    /// ordered, and who asked for it, is written once.
    fn order(&mut self, mut write: OrderWrite) -> Result<(), PortError> {
        self.must_be_here(write.order.partition())?;
        self.append(names::order_events(&write.order), to_bytes(&write.event)?);
        if let OrderEvent::Placed { ordered, provenance, .. } = &mut write.event.event {
            *provenance = None;
            if let Some(ordered) = ordered.take() {
                self.list_order(&ordered.owner, &write.order, write.event.at);
            }
        }
        let event_id = self.records.entropy.random128();
        let entry = OutboxEntry { event_id, recorded: write.event };
        if !has(Bug::OutboxDropped) {
            self.append(names::outbox(&write.order), to_bytes(&entry)?);
        }
        // A timer of its own for each event: whoever looked at one has not looked at the next.
        let id = names::news(&write.order.clone().into(), &names::hex(&event_id.0));
        let due = Some(entry.recorded.at);
        self.commit.timers.push(SetTimer { queue: names::NEWS.into(), id, due });
        Ok(())
    }

    /// Whoever decides about an order writes its head on top of what was looked at. The run it came
    /// from writes it once, when the order is to be handed over; nobody decides anything before
    /// that.
    fn turn(&mut self, write: &OrderTurn) -> Result<(), PortError> {
        self.must_be_here(write.order.partition())?;
        let key = names::order_head(&write.order);
        let demand = write.before.map_or(Demand::Absent, |before| Demand::At(version(before)));
        self.expect(key.clone(), demand);
        if let Some(session) = &write.completed {
            self.must_be_here(session.partition())?;
            self.expect(names::run(session), Demand::Absent);
        }
        self.put(key, to_bytes(&write.head)?, None);
        let (queue, id) = (names::ERRANDS.into(), write.order.as_str().into());
        let due = write.head.errand.map(|errand| errand.lease.until);
        self.commit.timers.push(SetTimer { queue, id, due });
        Ok(())
    }

    /// An order stands in two queues, by the time it was placed: that of its agent and that of the
    /// merchant. It is never looked after because of that, and stays there for good.
    fn list_order(&mut self, owner: &Owner, order: &OrderId, placed_at: Timestamp) {
        for whose in [Whose::Agent(owner.clone()), Whose::Tenant(owner.tenant.clone())] {
            let (queue, id) = (names::orders_of(&whose).into(), order.as_str().into());
            self.commit.timers.push(SetTimer { queue, id, due: Some(placed_at) });
        }
    }

    fn must_be_here(&self, partition: Partition) -> Result<(), PortError> {
        if partition == self.commit.partition {
            Ok(())
        } else {
            Err(broken("a change that reaches beyond its partition"))
        }
    }

    fn expect(&mut self, key: Key, demand: Demand) {
        self.commit.expectations.push(Expectation { key, demand });
    }

    fn put(&mut self, key: Key, value: Bytes, fence: Option<Fence>) {
        self.commit.puts.push(Put { key, value, fence, expires_at: None, is_listed: false });
    }

    fn append(&mut self, log: Key, entry: Bytes) {
        self.commit.appends.push(Append { log, entry });
    }

    fn wake(&mut self, queue: impl Into<Cow<'static, str>>, session: &SessionId, due: Timestamp) {
        let (queue, id) = (queue.into(), session.as_str().into());
        self.commit.timers.push(SetTimer { queue, id, due: Some(due) });
    }
}

const fn fence(fence: RunFence) -> Fence {
    Fence { number: fence.number, owner: fence.owner }
}

pub(super) fn broken(promise: &'static str) -> PortError {
    let cause = Box::new(Broken(promise));
    PortError { what: "putting a commit together", retry: Retry::Never, cause: Some(cause) }
}
