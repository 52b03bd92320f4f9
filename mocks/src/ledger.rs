use acp_core::ids::{PaymentId, SessionId};
use acp_core::money::Money;
use acp_core::payment::{
    Decline, ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey,
};
use acp_core::ports::NewPayment;
use acp_core::session::{Authentication, Challenge};
use acp_core::time::Timestamp;

/// What becomes of a token when a payment is confirmed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money is held.
    Hold,
    /// The buyer has to authenticate first. Then the money is held, or the payment declined, as
    /// the authentication went.
    Challenge(Challenge),
    /// It is declined.
    Decline(Decline),
}

/// A line in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// The session it is for.
    pub session: SessionId,
    /// The key the payment was made with.
    pub key: ProviderKey,
    /// The payment.
    pub payment: PaymentId,
    /// How much.
    pub amount: Money,
}

#[derive(Clone, Debug)]
struct Account {
    id: PaymentId,
    key: ProviderKey,
    new: NewPayment,
    status: PaymentStatus,
}

impl Account {
    fn booking(&self, amount: Money) -> Booking {
        let (session, key) = (self.new.session.clone(), self.key.clone());
        Booking { session, key, payment: self.id.clone(), amount }
    }

    fn shown(&self) -> Payment {
        Payment { id: self.id.clone(), status: self.status.clone() }
    }
}

/// The books of a decent provider: a key makes one payment, a payment is held and taken at most
/// once, and what was canceled stays so. Every hold and every capture is written down for good.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    accounts: Vec<Account>,
    pub(crate) holds_ever: Vec<Booking>,
    pub(crate) captures: Vec<Booking>,
    pub(crate) refunds: Vec<Booking>,
}

impl Ledger {
    fn account(&mut self, id: &PaymentId) -> Result<&mut Account, PaymentFault> {
        self.accounts.iter_mut().find(|account| account.id == *id).ok_or(PaymentFault::CallerBug)
    }

    pub(crate) fn create(
        &mut self,
        key: &ProviderKey,
        new: &NewPayment,
    ) -> Result<Payment, PaymentFault> {
        if let Some(known) = self.accounts.iter().find(|account| account.key == *key) {
            let is_same = known.new.amount == new.amount && known.new.session == new.session;
            return if is_same { Ok(known.shown()) } else { Err(PaymentFault::CallerBug) };
        }
        let id = PaymentId::new(format!("pay_{}", self.accounts.len().saturating_add(1)));
        let status = PaymentStatus::Created;
        let account = Account { id, key: key.clone(), new: new.clone(), status };
        let payment = account.shown();
        self.accounts.push(account);
        Ok(payment)
    }

    pub(crate) fn confirm(
        &mut self,
        id: &PaymentId,
        outcome: Outcome,
        authentication: Option<&Authentication>,
    ) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        match account.status {
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Declined(_) => {}
            PaymentStatus::Authorized { .. }
            | PaymentStatus::Captured { .. }
            | PaymentStatus::Canceled => return Ok(account.shown()),
        }
        let amount = account.new.amount;
        let was_authenticated = authentication.map(|shown| shown.outcome.lets_payment_continue());
        account.status = match (outcome, was_authenticated) {
            (Outcome::Decline(decline), _) => PaymentStatus::Declined(decline),
            (Outcome::Challenge(challenge), None) => PaymentStatus::ActionRequired(challenge),
            (Outcome::Challenge(_), Some(false)) => PaymentStatus::Declined(Decline::Hard),
            (Outcome::Challenge(_), Some(true)) | (Outcome::Hold, _) => {
                PaymentStatus::Authorized { amount }
            }
        };
        let (payment, booking) = (account.shown(), account.booking(amount));
        if let PaymentStatus::Authorized { .. } = payment.status {
            self.holds_ever.push(booking);
        }
        Ok(payment)
    }

    pub(crate) fn capture(
        &mut self,
        id: &PaymentId,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        match account.status {
            PaymentStatus::Authorized { amount: held } if held.minus(amount).is_ok() => {
                account.status = PaymentStatus::taken(amount);
                let (payment, booking) = (account.shown(), account.booking(amount));
                self.captures.push(booking);
                Ok(payment)
            }
            PaymentStatus::Captured { amount: taken, .. } if taken == amount => Ok(account.shown()),
            PaymentStatus::Canceled => Err(PaymentFault::AuthorizationExpired),
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Declined(_)
            | PaymentStatus::Authorized { .. }
            | PaymentStatus::Captured { .. } => Err(PaymentFault::CallerBug),
        }
    }

    pub(crate) fn cancel(&mut self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        match account.status {
            // What was taken cannot be let go of; the answer says so.
            PaymentStatus::Captured { .. } => {}
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Authorized { .. }
            | PaymentStatus::Canceled
            | PaymentStatus::Declined(_) => account.status = PaymentStatus::Canceled,
        }
        Ok(account.shown())
    }

    pub(crate) fn refund(
        &mut self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let is_done = self.refunds.iter().any(|refund| refund.key == *key);
        let account = self.account(id)?;
        if is_done {
            return Ok(account.shown());
        }
        let PaymentStatus::Captured { amount: taken, refunded } = account.status else {
            return Err(PaymentFault::CallerBug);
        };
        let given = refunded.plus(amount).ok().filter(|given| taken.minus(*given).is_ok());
        let refunded = given.ok_or(PaymentFault::CallerBug)?;
        account.status = PaymentStatus::Captured { amount: taken, refunded };
        let payment = account.shown();
        let booking = Booking { key: key.clone(), ..account.booking(amount) };
        self.refunds.push(booking);
        Ok(payment)
    }

    /// Every payment there is. The books know no time.
    pub(crate) fn listed(&self) -> Vec<ListedPayment> {
        let listed = |account: &Account| ListedPayment {
            payment: account.shown(),
            session: account.new.session.clone(),
            key: account.key.clone(),
            made_at: Timestamp::EPOCH,
        };
        self.accounts.iter().map(listed).collect()
    }

    pub(crate) fn lookup(&mut self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.account(id).map(|account| account.shown())
    }

    pub(crate) fn holds(&self) -> Vec<Booking> {
        let held = |account: &Account| match account.status {
            PaymentStatus::Authorized { amount } => Some(account.booking(amount)),
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Captured { .. }
            | PaymentStatus::Canceled
            | PaymentStatus::Declined(_) => None,
        };
        self.accounts.iter().filter_map(held).collect()
    }
}
