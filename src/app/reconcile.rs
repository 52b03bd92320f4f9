use acp_core::ids::PaymentId;
use acp_core::limits::RECONCILED_MARGIN;
use acp_core::money::Money;
use acp_core::order::{OrderEvent, Recorded};
use acp_core::payment::{ListedPayment, PaymentStatus, ProviderKey};
use acp_core::session::Stage;
use acp_core::time::Timestamp;

use super::{App, Failure};

/// What is done with money that was taken and belongs to no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strays {
    /// It is told, and stays where it is: a buyer who asks again gets the order for it.
    Told,
    /// It is given back.
    GivenBack,
}

/// A payment at the provider that no run and no order here knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The payment, as the provider lists it.
    pub listed: ListedPayment,
    /// How much is held or taken.
    pub amount: Money,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a stray payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The hold was let go of.
    LetGo,
    /// The money was given back.
    GivenBack,
    /// It is still there: somebody has to look.
    StillThere,
}

/// What a comparison with the provider came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// How many payments were looked at.
    pub looked_at: usize,
    /// Those nobody here knows of.
    pub strays: Vec<Stray>,
}

impl App {
    /// Nothing new is completed while the store may lack what it had acknowledged.
    pub(super) fn must_be_whole(&self) -> Result<(), Failure> {
        match self.ports.checkouts.whole_until() {
            None => Ok(()),
            Some(_) => Err(Failure::Recovering),
        }
    }

    /// Compares payments with orders after a loss of the store, and lets completions go on.
    ///
    /// # Errors
    /// The provider or the store cannot be asked now; it has to be tried again.
    pub async fn recover(&self) -> Result<Option<Reconciled>, Failure> {
        let Some(whole_until) = self.ports.checkouts.whole_until() else {
            return Ok(None);
        };
        let since = whole_until.minus(RECONCILED_MARGIN);
        let reconciled = self.reconcile(since, Strays::Told).await?;
        self.ports.checkouts.settle().await?;
        Ok(Some(reconciled))
    }

    /// Compares what the provider has with what is known here: after a store has lost writes,
    /// money may be held or taken that no order accounts for. A hold is let go of. What was taken
    /// is told, because whoever paid may ask again, and then gets the order for the same money.
    ///
    /// # Errors
    /// The provider does not list its payments now, or the store cannot be asked.
    pub async fn reconcile(&self, since: Timestamp, strays: Strays) -> Result<Reconciled, Failure> {
        let listed = self.provider().made_since(since).await.map_err(Failure::Provider)?;
        let mut reconciled = Reconciled { looked_at: listed.len(), strays: Vec::new() };
        for listed in listed {
            let amount = match listed.payment.status {
                PaymentStatus::Authorized { amount } => amount,
                PaymentStatus::Captured { amount, refunded } if amount != refunded => amount,
                PaymentStatus::Captured { .. }
                | PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Canceled
                | PaymentStatus::Declined(_) => continue,
            };
            if self.is_accounted_for(&listed).await? {
                continue;
            }
            let fate = self.settle_stray(&listed, strays).await;
            tracing::error!(
                payment.id = %listed.payment.id,
                session.id = %listed.session,
                ?fate,
                "payment {} belongs to no order of session {}", listed.payment.id, listed.session
            );
            reconciled.strays.push(Stray { listed, amount, fate });
        }
        Ok(reconciled)
    }

    /// Whether a run goes on with the payment, or an order was paid with it.
    async fn is_accounted_for(&self, listed: &ListedPayment) -> Result<bool, Failure> {
        let session = &listed.session;
        let run = self.ports.checkouts.run(session).await?;
        if run.is_some_and(|(run, _)| run.provider_key == listed.key) {
            return Ok(true);
        }
        let seen = self.ports.checkouts.look(session.partition(), Some(session), None).await?;
        let Some((session, _)) = seen.session else {
            return Ok(false);
        };
        let Stage::Completed(order) = &session.stage else {
            return Ok(false);
        };
        let events = self.ports.checkouts.order(&order.id).await?;
        Ok(events.first().is_some_and(|first| was_paid_with(first, &listed.payment.id)))
    }

    async fn settle_stray(&self, listed: &ListedPayment, strays: Strays) -> Fate {
        let (provider, payment) = (self.provider(), &listed.payment);
        match payment.status {
            PaymentStatus::Authorized { .. } => match provider.cancel(&payment.id).await {
                Ok(canceled) if canceled.status == PaymentStatus::Canceled => Fate::LetGo,
                Ok(_) | Err(_) => Fate::StillThere,
            },
            PaymentStatus::Captured { amount, refunded } if strays == Strays::GivenBack => {
                let Ok(rest) = amount.minus(refunded) else {
                    return Fate::StillThere;
                };
                let key = ProviderKey(format!("{}|stray", listed.key.0).into());
                match provider.refund(&payment.id, &key, rest).await {
                    Ok(_) => Fate::GivenBack,
                    Err(_) => Fate::StillThere,
                }
            }
            PaymentStatus::Captured { .. }
            | PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Canceled
            | PaymentStatus::Declined(_) => Fate::StillThere,
        }
    }
}

fn was_paid_with(first: &Recorded<OrderEvent>, payment: &PaymentId) -> bool {
    matches!(&first.event, OrderEvent::Placed { payment: known, .. } if known == payment)
}
