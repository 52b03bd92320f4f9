use acp_core::ids::OrderId;
use acp_core::money::Money;
use acp_core::order::{AdjustmentStatus, Order, OrderCommand, decide};
use acp_core::payment::{PaymentFault, PaymentStatus, ProviderKey};
use acp_core::refusal::Broken;
use acp_core::run::{Standing, Trouble};
use tokio::time::Instant;

use super::{Duty, Errand, Errands, Progress};
use crate::app::Failure;
use crate::app::completing::trouble_of;

/// The name of the operation by which money goes back, so that it goes back once.
fn refund_key(order: &OrderId, number: u32) -> ProviderKey {
    ProviderKey(format!("{order}|refund|{number}").into())
}

impl Errands {
    /// Gives money back until the step has no more time for calls, and writes down what came of it.
    pub(super) async fn give_back(
        &self,
        errand: &mut Errand,
        order: &Order,
        number: u32,
        amount: Money,
        end: Instant,
    ) -> Result<Progress, Failure> {
        let key = refund_key(&order.id, number);
        let given = self.0.provider_until(end).refund(&order.payment, &key, amount).await;
        match &given {
            Ok(_) => {}
            // Banks may take days for it.
            Err(PaymentFault::InFlight) => errand.duty = Duty::AwaitingRefund,
            Err(fault) => warn(order, number, *fault),
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
        let lease = self.0.fresh(errand.standing.lease).await?;
        let anew = errand.standing.wanted_anew();
        // What is left is tried anew, and whoever does it knows whether it was tried before.
        let tries = if errand.hand_over_pending { anew.tries } else { 0 };
        let head = errand.head_with(Standing { tries, ..anew.at_work(lease) });
        self.write(errand, head, events).await?;
        Ok(Progress::On)
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
