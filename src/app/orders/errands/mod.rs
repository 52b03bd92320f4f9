//! What is still to be done for an order when everybody has been answered: money goes back, and the
//! order goes to the merchant's own system.
//!
//! The order itself is the journal. That money is to go back stands in it before anybody is asked
//! for it, under a number that makes the provider's key, so that it goes back once however often
//! it is asked for; that it went back is written on top of what was read. That the order is to be
//! handed over stands in its head, and its id is the key.

mod giving_back;
mod handing_over;

pub(in crate::app) use handing_over::HandOverTally;
pub use handing_over::{HandOverCounts, OrderKeeper};

use std::sync::Arc;

use acp_core::ids::OrderId;
use acp_core::limits::{HAND_OVER_REST_MAX, RACES_MAX, RUN_STEP_TIMEOUT, RUNS_AT_ONCE_MAX};
use acp_core::order::{Order, OrderEvent, OrderHead, Recorded};
use acp_core::ports::{Change, Committed, OrderTurn, OrderWrite, Revision};
use acp_core::refusal::Broken;
use acp_core::run::{Standing, Trouble};
use async_trait::async_trait;
use tokio::time::Instant;

use crate::app::completing::step_end;
use crate::app::{App, Failure};
use crate::runs::{self, Work};

type Progress = runs::Progress<(), Failure>;

/// What an errand is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duty {
    GivingBack,
    /// The provider has taken the refund on, and takes its time.
    AwaitingRefund,
    HandingOver,
}

/// An errand at work.
#[derive(Clone, Debug)]
pub(in crate::app) struct Errand {
    order: OrderId,
    standing: Standing,
    hand_over_pending: bool,
    /// What the head says: that it is tried to hand the order over, or was.
    hand_over_tried: bool,
    /// Whether that was tried before this, so that the merchant may have the order.
    was_tried: bool,
    duty: Duty,
    /// The head it was last written to.
    at: Revision,
}

impl Errand {
    /// The errand at the head of an order, if there is one.
    pub(super) fn of(order: OrderId, head: OrderHead, at: Revision) -> Option<Self> {
        let OrderHead { errand, hand_over_pending, hand_over_tried } = head;
        let duty = if hand_over_pending { Duty::HandingOver } else { Duty::GivingBack };
        let was_tried = hand_over_tried;
        errand.map(|standing| Self {
            order,
            standing,
            hand_over_pending,
            hand_over_tried,
            was_tried,
            duty,
            at,
        })
    }

    /// The head it was written to, if it stood like this.
    const fn head_with(&self, standing: Standing) -> OrderHead {
        OrderHead {
            errand: Some(standing),
            hand_over_pending: self.hand_over_pending,
            hand_over_tried: self.hand_over_tried,
        }
    }
}

/// Errands as durable runs.
pub(in crate::app) struct Errands(pub(in crate::app) Arc<App>);

/// What became of a write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// It is true now.
    Yes,
    /// Somebody wanted something else of the order meanwhile; the errand is still ours.
    NotOnThis,
}

impl App {
    /// How the errand of an order stands that begins now; `None` where somebody who is alive is at
    /// work on it, and will see what there is to do.
    pub(super) async fn errand_to_begin(
        &self,
        was: Option<Standing>,
    ) -> Result<Option<Standing>, Failure> {
        let Some(standing) = was else {
            return Ok(Some(self.standing().await?));
        };
        let is_at_work = standing.trouble.is_none() && self.is_held(&standing).await?;
        if is_at_work { Ok(None) } else { Ok(Some(self.taken(standing.wanted_anew()).await?)) }
    }

    /// Goes on with the errands nobody is at work on any more; says how many.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn resume_errands(self: &Arc<Self>) -> Result<usize, Failure> {
        let errands = Arc::new(Errands(Arc::clone(self)));
        let mut resumed = 0_usize;
        loop {
            let due = self.ports.checkouts.errands().await?;
            let is_all = due.len() < RUNS_AT_ONCE_MAX;
            let taken = runs::resume(&errands, &self.tasks, &self.errand_turns, due).await;
            resumed = resumed.saturating_add(taken);
            // What was taken over is due later; what could not be is left for the next look.
            if is_all || taken == 0 {
                return Ok(resumed);
            }
        }
    }
}

impl App {
    /// Goes on with the errands that an earlier life of this process left behind; says how many.
    pub(in crate::app) async fn take_up_errands(self: &Arc<Self>) -> Result<usize, Failure> {
        let errands = Arc::new(Errands(Arc::clone(self)));
        let mut resumed = 0_usize;
        loop {
            let unfinished = self.ports.checkouts.unfinished_errands().await?;
            let taken = runs::resume(&errands, &self.tasks, &self.errand_turns, unfinished).await;
            if taken == 0 {
                return Ok(resumed);
            }
            resumed = resumed.saturating_add(taken);
        }
    }
}

impl Errands {
    /// Writes what happened, and how the head stands from now on. Losing to whoever else wanted
    /// something of the order is no harm: it is looked at again. Losing the errand itself is.
    async fn write(
        &self,
        errand: &mut Errand,
        head: OrderHead,
        events: Vec<OrderEvent>,
    ) -> Result<Written, Failure> {
        let checkouts = &self.0.ports.checkouts;
        let (order, at) = (errand.order.clone(), self.0.ports.clock.now());
        let event = |event| OrderWrite { order: order.clone(), event: Recorded { at, event } };
        let change = Change {
            orders: events.into_iter().map(event).collect(),
            turn: Some(OrderTurn {
                order: order.clone(),
                before: Some(errand.at),
                head,
                completed: None,
            }),
            ..Change::default()
        };
        if let Committed::At(at) = checkouts.commit(order.partition(), change).await? {
            errand.standing = head.errand.unwrap_or(errand.standing);
            errand.hand_over_pending = head.hand_over_pending;
            errand.hand_over_tried = head.hand_over_tried;
            errand.at = at;
            return Ok(Written::Yes);
        }
        let head = checkouts.order_head(&order).await?;
        let found = head.and_then(|(head, at)| Errand::of(order, head, at));
        let ours = found.filter(|found| found.standing.fence == errand.standing.fence);
        let Errand { was_tried, duty, .. } = *errand;
        *errand = Errand { was_tried, duty, ..ours.ok_or(Failure::KeyBusy)? };
        Ok(Written::NotOnThis)
    }
}

#[async_trait]
impl Work for Errands {
    const KIND: &'static str = "errand";

    type Id = OrderId;
    type Hand = Errand;
    type Word = ();
    type Failure = Failure;

    fn id(&self, errand: &Errand) -> OrderId {
        errand.order.clone()
    }

    fn standing(&self, errand: &Errand) -> Standing {
        errand.standing
    }

    fn step_name(&self, errand: &Errand) -> &'static str {
        match errand.duty {
            Duty::GivingBack | Duty::AwaitingRefund => "refunding",
            Duty::HandingOver => "handing_over",
        }
    }

    fn hint(&self, errand: &Errand) -> String {
        let order = &errand.order;
        match errand.duty {
            Duty::GivingBack | Duty::AwaitingRefund => {
                format!("look at order {order} and its payment")
            }
            Duty::HandingOver => format!("look at order {order} and the service that takes orders"),
        }
    }

    async fn taken(&self, standing: Standing) -> Result<Standing, Failure> {
        self.0.taken(standing).await
    }

    async fn is_held(&self, standing: &Standing) -> Result<bool, Failure> {
        self.0.is_held(standing).await
    }

    async fn load(&self, id: &OrderId) -> Result<Option<Errand>, Failure> {
        let head = self.0.ports.checkouts.order_head(id).await?;
        Ok(head.and_then(|(head, at)| Errand::of(id.clone(), head, at)))
    }

    async fn take(&self, errand: Errand, standing: Standing) -> Result<Option<Errand>, Failure> {
        let head = self.0.trying_to_hand_over(errand.head_with(standing));
        let mut errand = errand;
        match self.write(&mut errand, head, Vec::new()).await {
            Ok(Written::Yes) => Ok(Some(errand)),
            Ok(Written::NotOnThis) | Err(Failure::KeyBusy) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn step(&self, errand: &mut Errand) -> Result<Progress, Failure> {
        let events = self.0.ports.checkouts.order(&errand.order).await?;
        let placed = Order::replay(errand.order.clone(), events.first().cloned());
        let order = Order::replay(errand.order.clone(), events);
        let (placed, order) = placed.zip(order).ok_or(Broken("an errand has an order"))?;
        let is_to_hand_over = errand.hand_over_pending && order.is_to_hand_over(errand.was_tried);
        let end = step_end();
        let mut rested = None;
        if let Some((number, amount)) = order.refund_under_way() {
            errand.duty = Duty::GivingBack;
            // Where both are waited for, each has half of the step.
            let half = Instant::now() + RUN_STEP_TIMEOUT / 2;
            let end = if is_to_hand_over { half } else { end };
            match self.give_back(errand, &order, number, amount, end).await? {
                Progress::Rest(trouble) => rested = Some(trouble),
                progress => return Ok(progress),
            }
        }
        // Money that cannot go back now does not keep the order from the merchant.
        if is_to_hand_over {
            if rested.is_none() {
                errand.duty = Duty::HandingOver;
            }
            return self.hand_over(errand, &placed, &order, rested, end).await;
        }
        if let Some(trouble) = rested {
            return Ok(Progress::Rest(trouble));
        }
        Ok(match self.write(errand, OrderHead::default(), Vec::new()).await? {
            Written::Yes => Progress::Over(None),
            Written::NotOnThis => Progress::On,
        })
    }

    async fn rest(&self, errand: &mut Errand, trouble: Trouble) -> Result<(), Failure> {
        for _ in 0..RACES_MAX {
            let (now, standing) = (self.0.ports.checkouts.now().await?, errand.standing);
            let resting = match errand.duty {
                Duty::GivingBack => standing.resting(now, trouble),
                Duty::AwaitingRefund => standing.awaiting_up_to(now, trouble, HAND_OVER_REST_MAX),
                Duty::HandingOver => standing.resting_up_to(now, trouble, HAND_OVER_REST_MAX),
            };
            let head = errand.head_with(resting);
            if self.write(errand, head, Vec::new()).await? == Written::Yes {
                return Ok(());
            }
        }
        Err(Failure::Contended)
    }

    fn trouble(&self, failure: &Failure) -> Option<Trouble> {
        self.0.trouble(failure)
    }
}
