//! To which of several accounts a payment goes, when the one it was to go to cannot take it.

use acp_core::payment::{PaymentFault, Route};
use acp_core::ports::{Change, RunWrite};
use acp_core::run::Run;

use super::Hand;
use crate::app::{App, Failure};

impl App {
    /// Has the payment made at another account than those that refused, if there is one, and writes
    /// that down before it is. Only where it is certain that nothing has happened: a payment that
    /// somebody may have tried to make before, and never heard of, stays where it is.
    pub(super) async fn reroute(
        &self,
        hand: &mut Hand,
        fault: PaymentFault,
        refused: &[Option<Route>],
    ) -> Result<bool, Failure> {
        let standing = &hand.run.standing;
        let was_tried = standing.fence.number > 1 || standing.tries > 0;
        if was_tried || !has_not_happened(fault) {
            return Ok(false);
        }
        let routes = self.ports.payments.routes(hand.run.amount);
        let Some(route) = routes.into_iter().find(|route| !refused.contains(route)) else {
            return Ok(false);
        };
        tracing::warn!(
            session.id = %hand.run.session,
            from = hand.run.route.as_ref().map(|Route(name)| &**name),
            to = route.as_ref().map(|Route(name)| &**name),
            "{fault}: the payment of session {} is made at another account", hand.run.session
        );
        let step = hand.run.step.clone();
        let next = Run { route, ..self.at_step(&hand.run, step).await? };
        let change = Change { run: Some(RunWrite::Advance(next.clone())), ..Change::default() };
        self.commit_ours(hand, change).await?;
        hand.run = next;
        Ok(true)
    }
}

const fn has_not_happened(fault: PaymentFault) -> bool {
    match fault {
        PaymentFault::NotSent | PaymentFault::Throttled | PaymentFault::Config => true,
        PaymentFault::InFlight
        | PaymentFault::Ambiguous
        | PaymentFault::StoredServerError
        | PaymentFault::AuthorizationExpired
        | PaymentFault::Unpayable
        | PaymentFault::CallerBug => false,
    }
}
