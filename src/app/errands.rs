//! What is still to be done for an order when the merchant has been answered: money goes back.
//!
//! The order itself is the journal. That money is to go back stands in it before anybody is asked
//! for it, under a number that makes the provider's key, so that it goes back once however often
//! it is asked for; that it went back is written on top of what was read.

use std::sync::Arc;

use acp_core::ids::OrderId;
use acp_core::limits::{RACES_MAX, RUNS_AT_ONCE_MAX};
use acp_core::money::Money;
use acp_core::order::{
    AdjustmentStatus, Order, OrderCommand, OrderEvent, OrderHead, Recorded, decide,
};
use acp_core::payment::{PaymentFault, PaymentStatus, ProviderKey};
use acp_core::ports::{Change, Committed, OrderTurn, OrderWrite, Revision};
use acp_core::refusal::Broken;
use acp_core::run::{Standing, Trouble};
use async_trait::async_trait;

use super::completing::trouble_of;
use super::{App, Failure};
use crate::runs::{self, Work};

type Progress = runs::Progress<(), Failure>;

/// An errand at work.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) order: OrderId,
    pub(super) standing: Standing,
    /// The head it was last written to.
    pub(super) at: Revision,
}

/// Errands as durable runs.
pub(super) struct Errands(pub(super) Arc<App>);

/// What became of a write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// It is true now.
    Yes,
    /// Somebody wanted something else of the order meanwhile; the errand is still ours.
    NotOnThis,
}

/// The name of the operation by which money goes back, so that it goes back once.
fn refund_key(order: &OrderId, number: u32) -> ProviderKey {
    ProviderKey(format!("{order}|refund|{number}").into())
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
        if is_at_work { Ok(None) } else { Ok(Some(self.taken(standing).await?)) }
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
            let taken = runs::resume(&errands, &self.tasks, &self.turns, due).await;
            resumed = resumed.saturating_add(taken);
            // What was taken over is due later; what could not be is left for the next look.
            if is_all || taken == 0 {
                return Ok(resumed);
            }
        }
    }
}

impl Errands {
    /// Writes what happened, and how the errand stands from now on. Losing to whoever else wanted
    /// something of the order is no harm: it is looked at again. Losing the errand itself is.
    async fn write(
        &self,
        errand: &mut Errand,
        standing: Option<Standing>,
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
                head: OrderHead { errand: standing },
                completed: None,
            }),
            ..Change::default()
        };
        if let Committed::At(at) = checkouts.commit(order.partition(), change).await? {
            *errand = Errand { order, standing: standing.unwrap_or(errand.standing), at };
            return Ok(Written::Yes);
        }
        let head = checkouts.order_head(&order).await?;
        let found = head.and_then(|(head, at)| head.errand.map(|standing| (standing, at)));
        let Some((standing, at)) = found.filter(|(found, _)| found.fence == errand.standing.fence)
        else {
            return Err(Failure::KeyBusy);
        };
        *errand = Errand { order, standing, at };
        Ok(Written::NotOnThis)
    }

    /// Gives money back, and writes down what came of it.
    async fn give_back(
        &self,
        errand: &mut Errand,
        order: &Order,
        number: u32,
        amount: Money,
    ) -> Result<Progress, Failure> {
        let key = refund_key(&order.id, number);
        let given = self.0.provider().refund(&order.payment, &key, amount).await;
        if let Err(fault) = &given {
            warn(order, number, *fault);
        }
        let status = match given.map(|payment| payment.status) {
            Ok(PaymentStatus::Captured { .. }) => AdjustmentStatus::Completed,
            Ok(
                PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Authorized { .. }
                | PaymentStatus::Declined(_)
                | PaymentStatus::Canceled,
            ) => return Ok(Progress::Rest(Trouble::NotAccepted)),
            // The provider will not, whenever it is asked: the merchant is told.
            Err(PaymentFault::Unpayable | PaymentFault::CallerBug) => AdjustmentStatus::Failed,
            Err(fault) => return Ok(Progress::Rest(trouble_of(fault))),
        };
        let settled = decide(order, OrderCommand::Settle { adjustment: number, status });
        let events = settled.map_err(|_refusal| Broken("money under way can be settled"))?;
        if events.is_empty() {
            return Ok(Progress::Rest(Trouble::Broken));
        }
        let standing = errand.standing.at_work(self.0.fresh(errand.standing.lease).await?);
        self.write(errand, Some(standing), events).await?;
        Ok(Progress::On)
    }
}

#[async_trait]
impl Work for Errands {
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

    fn step_name(&self, _errand: &Errand) -> &'static str {
        "refunding"
    }

    fn hint(&self, errand: &Errand) -> String {
        format!("look at order {} and its payment", errand.order)
    }

    async fn taken(&self, standing: Standing) -> Result<Standing, Failure> {
        self.0.taken(standing).await
    }

    async fn is_held(&self, standing: &Standing) -> Result<bool, Failure> {
        self.0.is_held(standing).await
    }

    async fn load(&self, id: &OrderId) -> Result<Option<Errand>, Failure> {
        let head = self.0.ports.checkouts.order_head(id).await?;
        Ok(head.and_then(|(head, at)| {
            head.errand.map(|standing| Errand { order: id.clone(), standing, at })
        }))
    }

    async fn take(&self, errand: Errand, standing: Standing) -> Result<Option<Errand>, Failure> {
        let mut taken = Errand { standing, ..errand };
        match self.write(&mut taken, Some(standing), Vec::new()).await {
            Ok(Written::Yes) => Ok(Some(taken)),
            Ok(Written::NotOnThis) | Err(Failure::KeyBusy) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn step(&self, errand: &mut Errand) -> Result<Progress, Failure> {
        let events = self.0.ports.checkouts.order(&errand.order).await?;
        let order = Order::replay(errand.order.clone(), events);
        let order = order.ok_or(Broken("an errand has an order"))?;
        if let Some((number, amount)) = order.refund_under_way() {
            return self.give_back(errand, &order, number, amount).await;
        }
        Ok(match self.write(errand, None, Vec::new()).await? {
            Written::Yes => Progress::Over(None),
            Written::NotOnThis => Progress::On,
        })
    }

    async fn rest(&self, errand: &mut Errand, trouble: Trouble) -> Result<(), Failure> {
        for _ in 0..RACES_MAX {
            let now = self.0.ports.checkouts.now().await?;
            let resting = errand.standing.resting(now, trouble);
            if self.write(errand, Some(resting), Vec::new()).await? == Written::Yes {
                return Ok(());
            }
        }
        Err(Failure::Contended)
    }

    fn trouble(&self, failure: &Failure) -> Option<Trouble> {
        self.0.trouble(failure)
    }
}

fn warn(order: &Order, number: u32, fault: PaymentFault) {
    let id = &order.id;
    if fault.needs_person() {
        tracing::error!(order.id = %id, "{fault}: refund {number} of order {id}");
    } else {
        tracing::warn!(order.id = %id, "{fault}: refund {number} of order {id}");
    }
}
