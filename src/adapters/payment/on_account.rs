//! Promises of businesses the shop has an account for: nothing is held at any provider, and the
//! bill is the merchant's own matter.

use std::sync::Arc;

use acp_core::ids::PaymentId;
use acp_core::money::Money;
use acp_core::payment::{ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey, Route};
use acp_core::ports::{Confirmation, Means, NewPayment, PaymentProvider};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::reference::Reference;

/// What the id of a promise begins with; the rest is a [`Reference`].
const PREFIX: &str = "account_";

/// Takes promises by itself, and leaves everything else to a provider.
///
/// A promise holds no money, so that there is nothing to remember of it: its id says how much it
/// is for, it is authorized by being confirmed, and captured and canceled by being asked to.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct WithAccounts {
    provider: Arc<dyn PaymentProvider>,
}

impl WithAccounts {
    /// Promises beside this provider.
    pub const fn beside(provider: Arc<dyn PaymentProvider>) -> Self {
        Self { provider }
    }
}

/// The amount of a promise; `None` for a payment at a provider.
fn promised(id: &PaymentId) -> Option<Money> {
    let reference = PaymentId::new(id.as_str().strip_prefix(PREFIX)?);
    Reference::parse(&reference).map(|reference| reference.amount)
}

fn at(id: &PaymentId, status: PaymentStatus) -> Payment {
    Payment { id: id.clone(), status }
}

#[async_trait]
impl PaymentProvider for WithAccounts {
    fn routes(&self, amount: Money) -> Vec<Option<Route>> {
        self.provider.routes(amount)
    }

    fn refused_by(&self) -> Vec<Box<str>> {
        self.provider.refused_by()
    }

    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        // What costs nothing is no payment, whatever was offered for it.
        if new.means == Means::Instrument && !new.amount.is_zero() {
            return self.provider.create(key, new).await;
        }
        let id = format!("{PREFIX}{}", Reference::of(key, new.amount).id());
        Ok(at(&PaymentId::new(id), PaymentStatus::Created))
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        match promised(id) {
            Some(amount) => Ok(at(id, PaymentStatus::Authorized { amount })),
            None => self.provider.confirm(id, confirmation).await,
        }
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        match promised(id) {
            Some(_) => Ok(at(id, PaymentStatus::taken(amount))),
            None => self.provider.capture(id, amount).await,
        }
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        match promised(id) {
            Some(_) => Ok(at(id, PaymentStatus::Canceled)),
            None => self.provider.cancel(id).await,
        }
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        match promised(id) {
            Some(_) => Ok(at(id, PaymentStatus::Captured { amount, refunded: amount })),
            None => self.provider.refund(id, key, amount).await,
        }
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        match promised(id) {
            Some(amount) => Ok(at(id, PaymentStatus::Authorized { amount })),
            None => self.provider.lookup(id).await,
        }
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        // A promise holds no money that could be forgotten.
        self.provider.made_since(since).await
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128, SessionId};
    use acp_core::money::Currency;
    use acp_core::ports::AuthenticationDemand;
    use acp_core::session::PaymentToken;

    use super::super::DemoPayments;
    use super::*;

    fn confirmation(token: &str) -> Confirmation {
        Confirmation {
            token: PaymentToken::new(token),
            authentication: None,
            risk: None,
            demand: AuthenticationDemand::Always,
        }
    }

    #[tokio::test]
    async fn a_promise_never_reaches_the_provider_and_a_card_always_does() {
        let payments = WithAccounts::beside(Arc::new(DemoPayments::default()));
        let amount = Money::new(700, Currency::parse("usd").unwrap()).unwrap();
        let session = SessionId::new(Partition::new(1).unwrap(), Random128([1; 16]));
        let new = |means| NewPayment { session: session.clone(), amount, means, route: None };
        let key = ProviderKey("a key".into());

        let promise = payments.create(&key, &new(Means::OnAccount)).await.unwrap();
        assert_eq!(promise, payments.create(&key, &new(Means::OnAccount)).await.unwrap());
        let held = payments.confirm(&promise.id, &confirmation("")).await.unwrap();
        assert_eq!(held.status, PaymentStatus::Authorized { amount });
        let taken = payments.capture(&promise.id, amount).await.unwrap();
        assert_eq!(taken.status, PaymentStatus::taken(amount));
        assert_eq!(payments.cancel(&promise.id).await.unwrap().status, PaymentStatus::Canceled);

        let nothing = Money::zero(amount.currency());
        let free = NewPayment { amount: nothing, ..new(Means::Instrument) };
        let free = payments.create(&key, &free).await.unwrap();
        let held = payments.confirm(&free.id, &confirmation("tok_declined")).await.unwrap();
        assert_eq!(held.status, PaymentStatus::Authorized { amount: nothing });

        let card = payments.create(&key, &new(Means::Instrument)).await.unwrap();
        let asked = payments.confirm(&card.id, &confirmation("tok_visa")).await.unwrap();
        assert!(matches!(asked.status, PaymentStatus::ActionRequired(_)), "the provider decides");
    }
}
