use acp_core::ids::PaymentId;
use acp_core::limits::RECONCILED_MARGIN;
use acp_core::money::Money;
use acp_core::order::{OrderEvent, Recorded};
use acp_core::payment::{ListedPayment, PaymentStatus, ProviderKey};
use acp_core::run::Run;
use acp_core::session::Stage;
use acp_core::time::Timestamp;

use crate::app::{App, Failure};

/// What is done with money that was taken and belongs to no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strays {
    /// It is told, and stays where it is: a buyer who asks again gets the order for it.
    Told,
    /// It is given back where its session can still be paid for. With several accounts, whoever asks
    /// again may pay at another one, where nobody knows of the first payment.
    GivenBackWhilePayable,
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

/// Who a listed payment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// A run goes on with it, or an order was paid with it.
    Known,
    /// A session that can still be paid for.
    PayableSession,
    /// A session that is over, or forgotten.
    Nobody,
}

impl App {
    /// Nothing new is completed while the store may lack what it had acknowledged.
    pub(in crate::app) fn must_be_whole(&self) -> Result<(), Failure> {
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
        let reconciled = self.reconcile(since, self.paying.strays).await?;
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
            let is_given_back = match (self.owner(&listed).await?, strays) {
                (Owner::Known, _) => continue,
                (Owner::PayableSession, Strays::GivenBackWhilePayable) | (_, Strays::GivenBack) => {
                    true
                }
                (_, Strays::Told | Strays::GivenBackWhilePayable) => false,
            };
            let fate = self.settle_stray(&listed, is_given_back).await;
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

    async fn owner(&self, listed: &ListedPayment) -> Result<Owner, Failure> {
        let session = &listed.session;
        let run = self.ports.checkouts.run(session).await?;
        if run.is_some_and(|(run, _)| is_paid_by(&run, listed)) {
            return Ok(Owner::Known);
        }
        let seen = self.ports.checkouts.look(session.partition(), Some(session), None).await?;
        let Some((session, _)) = seen.session else {
            return Ok(Owner::Nobody);
        };
        let Stage::Completed(order) = &session.stage else {
            let is_over = session.stage.kind().is_terminal();
            return Ok(if is_over { Owner::Nobody } else { Owner::PayableSession });
        };
        let events = self.ports.checkouts.order(&order.id).await?;
        let is_of_order = |first| was_paid_with(first, &listed.payment.id);
        Ok(if events.first().is_some_and(is_of_order) { Owner::Known } else { Owner::Nobody })
    }

    async fn settle_stray(&self, listed: &ListedPayment, is_given_back: bool) -> Fate {
        let (provider, payment) = (self.provider(), &listed.payment);
        match payment.status {
            PaymentStatus::Authorized { .. } => match provider.cancel(&payment.id).await {
                Ok(canceled) if canceled.status == PaymentStatus::Canceled => Fate::LetGo,
                Ok(_) | Err(_) => Fate::StillThere,
            },
            PaymentStatus::Captured { amount, refunded } if is_given_back => {
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

/// Whether a run goes on with a payment. Its key is known at every account, its id at one.
fn is_paid_by(run: &Run, listed: &ListedPayment) -> bool {
    let is_this = |payment: &PaymentId| payment == &listed.payment.id;
    run.provider_key == listed.key && run.step.payment().is_none_or(is_this)
}

fn was_paid_with(first: &Recorded<OrderEvent>, payment: &PaymentId) -> bool {
    matches!(&first.event, OrderEvent::Placed { payment: known, .. } if known == payment)
}
