use async_trait::async_trait;

use crate::ids::{PaymentId, SessionId};
use crate::money::Money;
use crate::payment::{Payment, PaymentFault, ProviderKey};
use crate::session::{Authentication, PaymentToken};

/// A payment to be made, before any money is held.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The session it is for; providers carry it, so that their events find their way back.
    pub session: SessionId,
    /// How much.
    pub amount: Money,
}

/// Holds and takes money, in steps that can each be repeated: a payment is made unconfirmed, and
/// from then on everything happens by its id.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// Makes an unconfirmed payment. The same key makes the same payment.
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault>;

    /// Confirms it: asks for the money to be held. A payment that is beyond this is only shown.
    async fn confirm(
        &self,
        id: &PaymentId,
        token: &PaymentToken,
        authentication: Option<&Authentication>,
    ) -> Result<Payment, PaymentFault>;

    /// Takes what is held.
    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault>;

    /// Lets go of what is held; afterwards nothing can be held any more.
    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault>;

    /// Where it stands.
    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault>;
}
