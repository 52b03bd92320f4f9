use async_trait::async_trait;

use crate::ids::{PaymentId, SessionId};
use crate::money::Money;
use crate::payment::{ListedPayment, Payment, PaymentFault, ProviderKey, Route};
use crate::session::{Authentication, PaymentToken, RiskSignals};
use crate::time::Timestamp;

/// A payment to be made, before any money is held.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The session it is for; providers carry it, so that their events find their way back.
    pub session: SessionId,
    /// How much.
    pub amount: Money,
    /// What pays.
    pub means: Means,
    /// At which account, where there are several; at the one that needs no name where none is said.
    pub route: Option<Route>,
}

/// What pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Something a provider can be paid by.
    Instrument,
    /// The promise of a business the shop has an account for.
    OnAccount,
}

/// With what a payment is confirmed.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// The proof that the client may pay.
    pub token: PaymentToken,
    /// The authentication that was asked for.
    pub authentication: Option<Authentication>,
    /// What the agent knows of the buyer's device.
    pub risk: Option<RiskSignals>,
    /// Whether the buyer has to authenticate in any case.
    pub demand: AuthenticationDemand,
}

/// Who decides whether a buyer has to authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationDemand {
    /// The provider.
    ByProvider,
    /// The shop wants it for every payment.
    Always,
}

/// Holds and takes money, in steps that can each be repeated: a payment is made unconfirmed, and
/// from then on everything happens by its id.
#[async_trait]
pub trait PaymentProvider: Send + Sync {
    /// The accounts a payment of this amount can be made at now, the best one first; there is
    /// always one. Whoever stands before another provider hands the question on.
    fn routes(&self, _amount: Money) -> Vec<Option<Route>> {
        vec![None]
    }

    /// Who does not take our credentials, where no payment can be made at all because of that, as
    /// far as anybody knows. Whoever stands before another provider hands the question on.
    fn refused_by(&self) -> Vec<Box<str>> {
        Vec::new()
    }

    /// Makes an unconfirmed payment. The same key makes the same payment.
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault>;

    /// Confirms it: asks for the money to be held. A payment that is beyond this is only shown.
    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault>;

    /// Takes what is held, or a part of it; the rest is let go of. Repeating it changes nothing.
    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault>;

    /// Lets go of what is held; afterwards nothing can be held any more.
    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault>;

    /// Gives back what was taken, or a part of it. The same key gives it back once.
    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault>;

    /// Where it stands.
    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault>;

    /// Every payment that was made since, oldest first: to find those that a store has forgotten.
    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault>;
}
