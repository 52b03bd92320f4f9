use std::time::Duration;

use acp_core::ids::{PaymentId, SessionId};
use acp_core::money::Money;
use acp_core::payment::{
    Decline, ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey,
};
use acp_core::ports::NewPayment;
use acp_core::session::Authentication;
use acp_core::time::Timestamp;

use crate::ledger::Outcome;

/// How long a key is remembered: a payment made with it later is another one.
const KEY_KEPT: Duration = Duration::from_hours(24);

/// Which way money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is held for the shop.
    Held,
    /// The hold is over, and the money is the buyer's again.
    LetGo,
    /// It was taken.
    Taken,
    /// What was taken is the buyer's again.
    GivenBack,
}

/// A line in the bank's books. None is ever crossed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When it moved.
    pub at: Timestamp,
    /// For which session.
    pub session: SessionId,
    /// The payment.
    pub payment: PaymentId,
    /// Which way.
    pub way: Move,
    /// How much.
    pub amount: Money,
}

#[derive(Clone, Debug)]
struct Account {
    key: ProviderKey,
    made_at: Timestamp,
    new: NewPayment,
    payment: Payment,
}

/// A provider that lives in time: it forgets keys after a day as real ones do, can lose a hold,
/// and writes down every movement of money. It keeps what it promises: canceled is for good, and
/// what is held is taken once.
///
/// It is told the time with each call, so that a simulated world can keep it.
#[derive(Debug, Default)]
pub struct Bank {
    accounts: Vec<Account>,
    movements: Vec<Movement>,
    refunds: Vec<ProviderKey>,
}

impl Bank {
    /// Every movement of money there ever was, in order.
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Every payment there ever was, with the session it is for.
    pub fn payments(&self) -> impl Iterator<Item = (&SessionId, &Payment)> {
        self.accounts.iter().map(|account| (&account.new.session, &account.payment))
    }

    /// Makes a payment; the same one for the same key, as long as the key is remembered.
    ///
    /// # Errors
    /// Refuses a key that was used for something else.
    pub fn create(
        &mut self,
        now: Timestamp,
        key: &ProviderKey,
        new: &NewPayment,
    ) -> Result<Payment, PaymentFault> {
        let is_known =
            |account: &&Account| account.key == *key && now < account.made_at.plus(KEY_KEPT);
        if let Some(known) = self.accounts.iter().find(is_known) {
            let is_same = known.new.amount == new.amount && known.new.session == new.session;
            return if is_same { Ok(known.payment.clone()) } else { Err(PaymentFault::CallerBug) };
        }
        let id = PaymentId::new(format!("pay_{}", self.accounts.len().saturating_add(1)));
        let payment = Payment { id, status: PaymentStatus::Created };
        let account =
            Account { key: key.clone(), made_at: now, new: new.clone(), payment: payment.clone() };
        self.accounts.push(account);
        Ok(payment)
    }

    /// Confirms a payment; one that is beyond this is only shown.
    ///
    /// # Errors
    /// Knows no such payment.
    pub fn confirm(
        &mut self,
        now: Timestamp,
        id: &PaymentId,
        outcome: Outcome,
        authentication: Option<&Authentication>,
    ) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        match account.payment.status {
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Declined(_) => {}
            PaymentStatus::Authorized { .. }
            | PaymentStatus::Captured { .. }
            | PaymentStatus::Canceled => return Ok(account.payment.clone()),
        }
        let amount = account.new.amount;
        let shown = authentication.map(|shown| shown.outcome.lets_payment_continue());
        let status = match (outcome, shown) {
            (Outcome::Decline(decline), _) => PaymentStatus::Declined(decline),
            (Outcome::Challenge(challenge), None) => PaymentStatus::ActionRequired(challenge),
            (Outcome::Challenge(_), Some(false)) => PaymentStatus::Declined(Decline::Hard),
            (Outcome::Challenge(_), Some(true)) | (Outcome::Hold, _) => {
                PaymentStatus::Authorized { amount }
            }
        };
        let way = matches!(status, PaymentStatus::Authorized { .. }).then_some(Move::Held);
        self.stand(now, id, status, way.map(|way| (way, amount)))
    }

    /// Takes what is held; less of it lets the rest go.
    ///
    /// # Errors
    /// Refuses what is not held.
    pub fn capture(
        &mut self,
        now: Timestamp,
        id: &PaymentId,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        match account.payment.status {
            PaymentStatus::Authorized { amount: held } if held.minus(amount).is_ok() => {
                let status = PaymentStatus::taken(amount);
                self.stand(now, id, status, Some((Move::Taken, amount)))
            }
            PaymentStatus::Captured { amount: taken, .. } if taken == amount => {
                Ok(account.payment.clone())
            }
            PaymentStatus::Canceled => Err(PaymentFault::AuthorizationExpired),
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Declined(_)
            | PaymentStatus::Authorized { .. }
            | PaymentStatus::Captured { .. } => Err(PaymentFault::CallerBug),
        }
    }

    /// Lets go of what is held, for good. What was taken stays taken, and the answer says so.
    ///
    /// # Errors
    /// Knows no such payment.
    pub fn cancel(&mut self, now: Timestamp, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        let let_go = match account.payment.status {
            PaymentStatus::Captured { .. } => return Ok(account.payment.clone()),
            PaymentStatus::Authorized { amount } => Some((Move::LetGo, amount)),
            PaymentStatus::Created
            | PaymentStatus::Pending
            | PaymentStatus::ActionRequired(_)
            | PaymentStatus::Canceled
            | PaymentStatus::Declined(_) => None,
        };
        self.stand(now, id, PaymentStatus::Canceled, let_go)
    }

    /// Gives back what was taken, once for each key.
    ///
    /// # Errors
    /// Refuses more than was taken.
    pub fn refund(
        &mut self,
        now: Timestamp,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let is_known = self.refunds.contains(key);
        let account = self.account(id)?;
        if is_known {
            return Ok(account.payment.clone());
        }
        let PaymentStatus::Captured { amount: taken, refunded } = account.payment.status else {
            return Err(PaymentFault::CallerBug);
        };
        let given = refunded.plus(amount).ok().filter(|given| taken.minus(*given).is_ok());
        let refunded = given.ok_or(PaymentFault::CallerBug)?;
        self.refunds.push(key.clone());
        let status = PaymentStatus::Captured { amount: taken, refunded };
        self.stand(now, id, status, Some((Move::GivenBack, amount)))
    }

    /// The payments that were made since.
    pub fn made_since(&self, since: Timestamp) -> Vec<ListedPayment> {
        let made = self.accounts.iter().filter(|account| account.made_at >= since);
        let listed = made.map(|account| ListedPayment {
            payment: account.payment.clone(),
            session: account.new.session.clone(),
            key: account.key.clone(),
            made_at: account.made_at,
        });
        listed.collect()
    }

    /// Where a payment stands.
    ///
    /// # Errors
    /// Knows no such payment.
    pub fn lookup(&mut self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.account(id).map(|account| account.payment.clone())
    }

    fn account(&mut self, id: &PaymentId) -> Result<&mut Account, PaymentFault> {
        let mut accounts = self.accounts.iter_mut();
        accounts.find(|account| account.payment.id == *id).ok_or(PaymentFault::CallerBug)
    }

    fn stand(
        &mut self,
        now: Timestamp,
        id: &PaymentId,
        status: PaymentStatus,
        moved: Option<(Move, Money)>,
    ) -> Result<Payment, PaymentFault> {
        let account = self.account(id)?;
        account.payment.status = status;
        let (payment, session) = (account.payment.clone(), account.new.session.clone());
        if let Some((way, amount)) = moved {
            self.movements.push(Movement { at: now, session, payment: id.clone(), way, amount });
        }
        Ok(payment)
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128};
    use acp_core::money::Currency;
    use acp_core::ports::Means;

    use super::*;

    const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
    }

    fn made(bank: &mut Bank, at: Timestamp) -> PaymentId {
        let session = SessionId::new(Partition::new(1).unwrap(), Random128([1; 16]));
        let new = NewPayment { session, amount: usd(500), means: Means::Instrument, route: None };
        bank.create(at, &ProviderKey("k".into()), &new).unwrap().id
    }

    fn ways(bank: &Bank) -> Vec<Move> {
        bank.movements().iter().map(|movement| movement.way).collect()
    }

    #[test]
    fn a_key_is_the_same_payment_for_a_day() {
        let mut bank = Bank::default();
        let id = made(&mut bank, NOON);
        assert_eq!(made(&mut bank, NOON.plus(Duration::from_hours(23))), id);
        assert_ne!(made(&mut bank, NOON.plus(Duration::from_hours(24))), id);
    }

    #[test]
    fn every_movement_of_money_is_written_down_once() {
        let mut bank = Bank::default();
        let id = made(&mut bank, NOON);
        for _ in 0..2 {
            bank.confirm(NOON, &id, Outcome::Hold, None).unwrap();
        }
        assert_eq!(ways(&bank), [Move::Held]);
        for _ in 0..2 {
            bank.capture(NOON, &id, usd(500)).unwrap();
        }
        bank.cancel(NOON, &id).unwrap();
        assert_eq!(ways(&bank), [Move::Held, Move::Taken], "what was taken is not let go of");
    }

    #[test]
    fn what_was_taken_is_given_back_once_for_a_key() {
        let mut bank = Bank::default();
        let id = made(&mut bank, NOON);
        bank.confirm(NOON, &id, Outcome::Hold, None).unwrap();
        bank.capture(NOON, &id, usd(500)).unwrap();
        for _ in 0..2 {
            bank.refund(NOON, &id, &ProviderKey("r".into()), usd(500)).unwrap();
        }
        let more = bank.refund(NOON, &id, &ProviderKey("r2".into()), usd(1));
        assert_eq!(more, Err(PaymentFault::CallerBug));
        assert_eq!(ways(&bank), [Move::Held, Move::Taken, Move::GivenBack]);
        assert_eq!(bank.made_since(NOON).len(), 1);
    }

    #[test]
    fn what_was_let_go_of_is_never_held_again() {
        let mut bank = Bank::default();
        let id = made(&mut bank, NOON);
        bank.confirm(NOON, &id, Outcome::Hold, None).unwrap();
        bank.cancel(NOON, &id).unwrap();
        let late = bank.confirm(NOON, &id, Outcome::Hold, None).unwrap();
        assert_eq!(late.status, PaymentStatus::Canceled);
        assert_eq!(bank.capture(NOON, &id, usd(500)), Err(PaymentFault::AuthorizationExpired));
        assert_eq!(ways(&bank), [Move::Held, Move::LetGo]);
    }

    #[test]
    fn what_is_not_held_cannot_be_taken() {
        let mut bank = Bank::default();
        let id = made(&mut bank, NOON);
        assert_eq!(bank.capture(NOON, &id, usd(500)), Err(PaymentFault::CallerBug));
        bank.confirm(NOON, &id, Outcome::Hold, None).unwrap();
        assert_eq!(bank.capture(NOON, &id, usd(501)), Err(PaymentFault::CallerBug));
        assert_eq!(ways(&bank), [Move::Held]);
        assert_eq!(bank.payments().count(), 1);
    }
}
