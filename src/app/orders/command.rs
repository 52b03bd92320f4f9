use std::sync::Arc;

use acp_core::ids::OrderId;
use acp_core::limits::RACES_MAX;
use acp_core::order::{CancelReason, Order, OrderCommand, OrderEvent, OrderHead, Recorded, decide};
use acp_core::ports::{
    AnswerKey, Change, Committed, Operation, OrderTurn, OrderWrite, Revision, RunWrite, Subject,
};
use acp_core::refusal::Refusal;
use acp_core::run::{Run, RunStep};
use tracing::Instrument as _;

use super::errands::{Errand, Errands};
use super::read::seen_by;
use crate::app::completing::Hand;
use crate::app::{App, Ask, Capture, Failure, Said};
use crate::runs::{self, Work as _};

/// What is looked at before something is decided about an order. The head comes first, because
/// whoever decides writes it, and the order last, when its run is over or waits: what was read then
/// still stands when both are as they were.
struct Looked {
    head: Option<(OrderHead, Revision)>,
    run: Option<(Run, Revision)>,
    order: Order,
}

impl Looked {
    /// Whether the run still has something to do for the order, and writes it whenever it likes.
    fn is_under_way(&self) -> bool {
        let waits = |run: &Run| matches!(run.step, RunStep::AwaitingCapture { .. });
        self.run.as_ref().is_some_and(|(run, _)| !waits(run))
    }
}

/// An order as it was decided, and who goes on with it once that is written down.
struct Decided {
    turn: OrderTurn,
    run: Option<RunWrite>,
    /// The head with the errand, where that is ours.
    errand: Option<OrderHead>,
    /// The run, where it goes on and is ours.
    capturing: Option<Run>,
}

/// The run as it goes on by what was decided: the money is taken when the first goods leave, where
/// that is how it is taken, and let go of when nothing is left to be sent. `None` where it goes on
/// waiting.
fn going_on(run: &Run, order: &Order, capture: Capture) -> Option<Run> {
    let RunStep::AwaitingCapture { payment, order: id } = run.step.clone() else {
        return None;
    };
    if order.is_sent() && capture == Capture::OnShipment {
        let step = RunStep::Capturing { payment, order: id };
        return Some(Run { step, amount: order.due(), ..run.clone() });
    }
    let reason = CancelReason::CalledOff;
    let step = RunStep::FailingForward { payment, order: id, reason };
    let step = order.is_called_off().then_some(step)?;
    Some(Run { step, ..run.clone() })
}

impl App {
    /// Does what the merchant wants of an order. Money goes back afterwards, by an errand that is
    /// written down with the word for it.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer: orders that do not exist or are somebody else's, and
    /// those that are still being completed.
    #[tracing::instrument(level = "debug", skip_all, fields(order.id = %id))]
    pub async fn command_order(
        self: &Arc<Self>,
        id: &OrderId,
        operation: Operation,
        ask: Ask<OrderCommand>,
    ) -> Result<Said, Failure> {
        for _ in 0..RACES_MAX {
            let looked = self.look_at_order(id, &ask).await?;
            let subject = Subject::Session(looked.order.session.clone());
            let key = ask.answer_key(operation, Some(subject));
            let seen = self.ports.checkouts.look(id.partition(), None, key.as_ref()).await?;
            if let Some(said) = ask.settled(seen.key)? {
                return Ok(said);
            }
            if looked.is_under_way() {
                return Err(Refusal::OrderUnderWay.into());
            }
            let decided = match ask.command.clone() {
                Ok(command) => decide(&looked.order, command).map_err(Refusal::OrderNotChanged),
                Err(fault) => Err(Refusal::Faulty(fault)),
            };
            let said = match decided {
                Ok(events) => self.keep_order(&ask, key, looked, events).await?,
                Err(refusal) => self.refuse(&ask, id.partition(), key, refusal).await?,
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    async fn look_at_order(
        &self,
        id: &OrderId,
        ask: &Ask<OrderCommand>,
    ) -> Result<Looked, Failure> {
        let checkouts = &self.ports.checkouts;
        let head = checkouts.order_head(id).await?;
        let known = seen_by(&ask.principal, id, checkouts.order(id).await?)?;
        let run = checkouts.run(&known.session).await?;
        let order = seen_by(&ask.principal, id, checkouts.order(id).await?)?;
        Ok(Looked { head, run, order })
    }

    /// Commits what was decided about an order together with the answer, and goes on with it;
    /// `None` when somebody else was faster.
    async fn keep_order(
        self: &Arc<Self>,
        ask: &Ask<OrderCommand>,
        key: Option<AnswerKey>,
        looked: Looked,
        events: Vec<OrderEvent>,
    ) -> Result<Option<Said>, Failure> {
        let at = self.ports.clock.now();
        let Looked { head, run: waiting, order } = looked;
        let write = |event| OrderWrite { order: order.id.clone(), event: Recorded { at, event } };
        let orders: Vec<_> = events.into_iter().map(write).collect();
        let after = orders.iter().fold(order, |order, write| order.after(&write.event));
        let answer = self.ports.answers.changed_order(&ask.channel, &after);
        let mut change = Change {
            answer: ask.answered(key, &answer, self.keeping.answers),
            ..Change::default()
        };
        let mut decided = None;
        if !orders.is_empty() {
            let Decided { turn, run, errand, capturing } = self.turn(head, waiting, &after).await?;
            change = Change { orders, turn: Some(turn), run, ..change };
            decided = Some((errand, capturing));
        }
        let Committed::At(at) = self.ports.checkouts.commit(after.id.partition(), change).await?
        else {
            return Ok(None);
        };
        if let Some((errand, capturing)) = decided {
            let errand = errand.and_then(|head| Errand::of(after.id, head, at));
            self.go_on_with(errand, capturing);
        }
        Ok(Some(Said::anew(answer)))
    }

    async fn turn(
        &self,
        head: Option<(OrderHead, Revision)>,
        waiting: Option<(Run, Revision)>,
        order: &Order,
    ) -> Result<Decided, Failure> {
        let (was, before) = head.map_or((OrderHead::default(), None), |(was, at)| (was, Some(at)));
        let ours = match order.refund_under_way() {
            Some(_) => self.errand_to_begin(was.errand).await?,
            None => None,
        };
        let (run, capturing) = match waiting {
            None => (None, None),
            // It is written even where it goes on waiting, so that nothing is decided about an
            // order it gives up at the same moment.
            Some((run, at)) => match going_on(&run, order, self.paying.capture) {
                None => (Some(RunWrite::TakeOver { at, run: Box::new(run) }), None),
                Some(next) => {
                    let next = Run { standing: self.taken(run.standing).await?, ..next };
                    let run = RunWrite::TakeOver { at, run: Box::new(next.clone()) };
                    (Some(run), Some(next))
                }
            },
        };
        let head = OrderHead { errand: ours.or(was.errand), ..was };
        let turn = OrderTurn {
            order: order.id.clone(),
            before,
            head: if ours.is_some() { self.trying_to_hand_over(head) } else { head },
            completed: run.is_none().then(|| order.session.clone()),
        };
        let errand = ours.map(|_| turn.head);
        Ok(Decided { turn, run, errand, capturing })
    }

    fn go_on_with(self: &Arc<Self>, errand: Option<Errand>, capturing: Option<Run>) {
        if let Some(errand) = errand {
            let errands = Errands(Arc::clone(self));
            let work_on = async move { runs::drive(&errands, errand, None).await };
            self.tasks.spawn(work_on.in_current_span());
        }
        if let Some(run) = capturing {
            let hand = Hand { run, found_at: None, session: None };
            let app = Arc::clone(self);
            let work_on = async move { app.drive(hand, None).await };
            self.tasks.spawn(work_on.in_current_span());
        }
    }
}
