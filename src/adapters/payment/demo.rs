//! A payment provider inside the process, for trying things out. It moves no money.
//!
//! What becomes of a payment depends on the token alone, so that everything goes the same way
//! again after a restart:
//!
//! | token | what comes of it |
//! |---|---|
//! | `tok_declined` | declined for good |
//! | `tok_insufficient_funds` | declined, another try may work |
//! | `tok_requires_3ds` | the buyer has to authenticate first |
//! | `tok_timeout` | the money is held, and the first answer is lost |
//! | `tok_unavailable` | the provider cannot be reached |
//! | any other `tok_…`, `spt_…` or `vt_…` | the money is held |
//! | anything else | declined for good |
//!
//! The ledger lives in memory, and in books on the disk where it is given some. A payment it does
//! not know was made before a restart without books, or so many payments ago that it was forgotten. Its id still says how much it is for, and each call then
//! does what lets an interrupted completion end well: it can be confirmed with its token once
//! more, it is captured as if it had been authorized, and it is canceled as if it had not. What
//! only the lost ledger knew is lost: such a payment can even be captured or confirmed after an
//! earlier process canceled it, which is one reason why this is not for real money.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::PaymentId;
use acp_core::money::Money;
use acp_core::payment::{
    Decline, ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey,
};
use acp_core::ports::{AuthenticationDemand, Clock, Confirmation, NewPayment, PaymentProvider};
use acp_core::session::{Challenge, PaymentToken};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::books::Books;
use super::ledger::{Entry, Ledger, entry_of, line_of};
use super::reference::Reference;

/// What a token that can be charged begins with.
const PREFIXES: [&str; 3] = ["tok_", "spt_", "vt_"];

/// The demo provider.
#[derive(Default)]
pub struct DemoPayments {
    desk: Mutex<Desk>,
    clock: Option<Arc<dyn Clock>>,
}

/// The ledger, and the books it is kept in.
#[derive(Debug, Default)]
struct Desk {
    ledger: Ledger,
    books: Option<Books>,
}

/// What a token makes of a confirmation.
enum Script {
    Hold,
    HoldAndLoseTheAnswer,
    Challenge,
    Decline(Decline),
    Unreachable,
}

impl Script {
    fn of(token: &PaymentToken) -> Self {
        match token.reveal() {
            "tok_declined" => Self::Decline(Decline::Hard),
            "tok_insufficient_funds" => Self::Decline(Decline::Soft),
            "tok_requires_3ds" => Self::Challenge,
            "tok_timeout" => Self::HoldAndLoseTheAnswer,
            "tok_unavailable" => Self::Unreachable,
            other if PREFIXES.iter().any(|prefix| other.starts_with(prefix)) => Self::Hold,
            _ => Self::Decline(Decline::Hard),
        }
    }
}

pub(super) fn challenge() -> Challenge {
    Challenge {
        acquirer_bin: "400000".into(),
        acquirer_country: "US".into(),
        acquirer_merchant_id: "demo_merchant".into(),
        merchant_name: "Demo Shop".into(),
        directory_server: "visa".into(),
        browser: None,
    }
}

impl DemoPayments {
    /// A provider that keeps its books in a file, which other gateways may share.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn keeping_books(path: &Path, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let desk = Desk { ledger: Ledger::default(), books: Some(Books::open(path)?) };
        Ok(Self { desk: Mutex::new(desk), clock: Some(clock) })
    }

    /// The ledger as it is now, with nobody else at it.
    fn ledger(&self) -> Result<Open<'_>, PaymentFault> {
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let Desk { ledger, books } = &mut *desk;
        if let Some(books) = books {
            let lines = books.turn_up().map_err(|error| unkept(&error, PaymentFault::NotSent))?;
            for entry in lines.iter().filter_map(entry_of) {
                ledger.enter(entry);
            }
        }
        let now = self.clock.as_ref().map_or(Timestamp::EPOCH, |clock| clock.now());
        Ok(Open { desk, now })
    }
}

impl std::fmt::Debug for DemoPayments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoPayments").finish_non_exhaustive()
    }
}

/// The ledger while nobody else is at it.
struct Open<'a> {
    desk: MutexGuard<'a, Desk>,
    now: Timestamp,
}

impl Open<'_> {
    fn status(&self, of: &Reference) -> Option<&PaymentStatus> {
        self.desk.ledger.entry(of).map(|entry| &entry.status)
    }

    /// Writes down where a payment stands now, and shows it.
    fn record(&mut self, of: &Reference, status: PaymentStatus) -> Result<Payment, PaymentFault> {
        let known = self.desk.ledger.entry(of).cloned();
        let entry = known.unwrap_or_else(|| Entry::forgotten(*of, self.now));
        self.enter(Entry { status, ..entry })
    }

    fn enter(&mut self, entry: Entry) -> Result<Payment, PaymentFault> {
        let Desk { ledger, books } = &mut *self.desk;
        let payment = Payment { id: entry.reference.id(), status: entry.status.clone() };
        if ledger.entry(&entry.reference) == Some(&entry) {
            return Ok(payment);
        }
        if let Some(books) = books {
            let line = line_of(&entry, self.now);
            books.write(&line).map_err(|error| unkept(&error, PaymentFault::Ambiguous))?;
        }
        ledger.enter(entry);
        Ok(payment)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(books) = &self.desk.books {
            books.close();
        }
    }
}

fn unkept(error: &io::Error, fault: PaymentFault) -> PaymentFault {
    tracing::error!(error = error as &dyn std::error::Error, "the demo books cannot be kept");
    fault
}

fn reference(id: &PaymentId) -> Result<Reference, PaymentFault> {
    Reference::parse(id).ok_or(PaymentFault::CallerBug)
}

#[async_trait]
impl PaymentProvider for DemoPayments {
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        let reference = Reference::of(key, new.amount);
        let mut ledger = self.ledger()?;
        match ledger.desk.ledger.entry(&reference).cloned() {
            None => {
                let made = Entry::forgotten(reference, ledger.now);
                let (session, key) = (Some(new.session.clone()), Some(key.clone()));
                ledger.enter(Entry { session, key, ..made })
            }
            Some(known) if known.reference.amount == new.amount => {
                Ok(Payment { id: reference.id(), status: known.status })
            }
            Some(_) => Err(PaymentFault::CallerBug),
        }
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        let reference = reference(id)?;
        let mut ledger = self.ledger()?;
        let status = ledger.status(&reference).cloned().unwrap_or(PaymentStatus::Created);
        let held = PaymentStatus::Authorized { amount: reference.amount };
        let declined = PaymentStatus::Declined;
        let shown = confirmation.authentication.as_ref();
        let was_authenticated = shown.map(|shown| shown.outcome.lets_payment_continue());
        let is_demanded = confirmation.demand == AuthenticationDemand::Always;
        let status = match (Script::of(&confirmation.token), was_authenticated) {
            (Script::Unreachable, _) => return Err(PaymentFault::NotSent),
            _ if is_beyond_confirmation(&status) => status,
            // A buyer who failed to authenticate pays with no token at all.
            (_, Some(false)) => declined(Decline::Hard),
            (Script::Challenge, None) => PaymentStatus::ActionRequired(challenge()),
            (Script::Hold, None) if is_demanded => PaymentStatus::ActionRequired(challenge()),
            (Script::Challenge | Script::Hold, _) => held,
            (Script::Decline(decline), _) => declined(decline),
            (Script::HoldAndLoseTheAnswer, _) => {
                ledger.record(&reference, held)?;
                return Err(PaymentFault::Ambiguous);
            }
        };
        ledger.record(&reference, status)
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        let reference = reference(id)?;
        let mut ledger = self.ledger()?;
        let most = match ledger.status(&reference) {
            None => reference.amount,
            Some(PaymentStatus::Authorized { amount: held }) => *held,
            Some(status @ PaymentStatus::Captured { amount: taken, .. }) if *taken == amount => {
                return Ok(Payment { id: id.clone(), status: status.clone() });
            }
            Some(PaymentStatus::Canceled) => return Err(PaymentFault::AuthorizationExpired),
            Some(
                PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Declined(_)
                | PaymentStatus::Captured { .. },
            ) => return Err(PaymentFault::CallerBug),
        };
        if most.minus(amount).is_err() {
            return Err(PaymentFault::CallerBug);
        }
        ledger.record(&reference, PaymentStatus::taken(amount))
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let reference = reference(id)?;
        let mut ledger = self.ledger()?;
        match ledger.status(&reference).cloned() {
            // What was taken cannot be let go of; the answer says so.
            Some(status @ PaymentStatus::Captured { .. }) => Ok(Payment { id: id.clone(), status }),
            None
            | Some(
                PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Authorized { .. }
                | PaymentStatus::Canceled
                | PaymentStatus::Declined(_),
            ) => ledger.record(&reference, PaymentStatus::Canceled),
        }
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let reference = reference(id)?;
        let mut ledger = self.ledger()?;
        // What was forgotten was taken whole, or nobody would want it back.
        let status = ledger.status(&reference).cloned();
        let status = status.unwrap_or_else(|| PaymentStatus::taken(reference.amount));
        let PaymentStatus::Captured { amount: taken, refunded } = status else {
            return Err(PaymentFault::CallerBug);
        };
        let known = ledger.desk.ledger.entry(&reference).cloned();
        let known = known.unwrap_or_else(|| Entry::forgotten(reference, ledger.now));
        if ledger.desk.ledger.was_refunded_by(key) {
            return Ok(Payment { id: id.clone(), status });
        }
        let given = refunded.plus(amount).ok().filter(|given| taken.minus(*given).is_ok());
        let refunded = given.ok_or(PaymentFault::CallerBug)?;
        let status = PaymentStatus::Captured { amount: taken, refunded };
        ledger.enter(Entry { status, refund_key: Some(key.clone()), ..known })
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let reference = reference(id)?;
        let status = self.ledger()?.status(&reference).cloned().unwrap_or(PaymentStatus::Created);
        Ok(Payment { id: id.clone(), status })
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        Ok(self.ledger()?.desk.ledger.made_since(since))
    }
}

const fn is_beyond_confirmation(status: &PaymentStatus) -> bool {
    match status {
        PaymentStatus::Authorized { .. }
        | PaymentStatus::Captured { .. }
        | PaymentStatus::Canceled => true,
        PaymentStatus::Created
        | PaymentStatus::Pending
        | PaymentStatus::ActionRequired(_)
        | PaymentStatus::Declined(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128, SessionId};
    use acp_core::limits::DEMO_PAYMENTS_MAX;
    use acp_core::money::Currency;
    use acp_core::ports::Means;
    use acp_core::session::{Authentication, AuthenticationOutcome};

    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, Currency::parse(currency).unwrap()).unwrap()
    }

    fn usd(minor: i64) -> Money {
        money(minor, "usd")
    }

    fn authorized() -> PaymentStatus {
        PaymentStatus::Authorized { amount: usd(1_000) }
    }

    fn captured() -> PaymentStatus {
        PaymentStatus::taken(usd(1_000))
    }

    async fn create(
        demo: &DemoPayments,
        key: &str,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let session = SessionId::new(Partition::new(1).unwrap(), Random128([1; 16]));
        let new = NewPayment { session, amount, means: Means::Instrument, route: None };
        demo.create(&ProviderKey(key.into()), &new).await
    }

    async fn payment(demo: &DemoPayments) -> PaymentId {
        create(demo, "key", usd(1_000)).await.unwrap().id
    }

    async fn confirm(
        demo: &DemoPayments,
        id: &PaymentId,
        token: &str,
        outcome: Option<AuthenticationOutcome>,
    ) -> Result<PaymentStatus, PaymentFault> {
        let confirmation = Confirmation {
            token: PaymentToken::new(token),
            authentication: outcome.map(|outcome| Authentication { outcome, proof: None }),
            risk: None,
            demand: AuthenticationDemand::ByProvider,
        };
        demo.confirm(id, &confirmation).await.map(|payment| payment.status)
    }

    async fn status(demo: &DemoPayments, id: &PaymentId) -> PaymentStatus {
        demo.lookup(id).await.unwrap().status
    }

    #[tokio::test]
    async fn every_token_does_what_it_says() {
        use AuthenticationOutcome::{Authenticated, Denied};
        let hard = PaymentStatus::Declined(Decline::Hard);
        let soft = PaymentStatus::Declined(Decline::Soft);
        for (token, shown, expected) in [
            ("tok_visa", None, Ok(authorized())),
            ("tok_mastercard", None, Ok(authorized())),
            ("tok_amex", None, Ok(authorized())),
            ("tok_anything", None, Ok(authorized())),
            ("spt_123", None, Ok(authorized())),
            ("vt_123", Some(Authenticated), Ok(authorized())),
            ("tok_visa", Some(Denied), Ok(hard.clone())),
            ("tok_declined", None, Ok(hard.clone())),
            ("tok_insufficient_funds", None, Ok(soft)),
            ("tok_requires_3ds", None, Ok(PaymentStatus::ActionRequired(challenge()))),
            ("tok_requires_3ds", Some(Authenticated), Ok(authorized())),
            ("tok_requires_3ds", Some(Denied), Ok(hard.clone())),
            ("tok_timeout", None, Err(PaymentFault::Ambiguous)),
            ("tok_unavailable", None, Err(PaymentFault::NotSent)),
            ("card_123", None, Ok(hard.clone())),
            ("", None, Ok(hard)),
        ] {
            let demo = DemoPayments::default();
            let id = payment(&demo).await;
            assert_eq!(confirm(&demo, &id, token, shown).await, expected, "{token}, {shown:?}");
            let restarted = DemoPayments::default();
            let again = confirm(&restarted, &id, token, shown).await;
            assert_eq!(again, expected, "{token}, {shown:?}, after a restart");
        }
    }

    #[tokio::test]
    async fn only_some_outcomes_of_an_authentication_let_a_payment_continue() {
        use AuthenticationOutcome::{Abandoned, AttemptAcknowledged, Informational, Rejected};
        for (outcome, expected) in [
            (AttemptAcknowledged, authorized()),
            (Informational, authorized()),
            (Abandoned, PaymentStatus::Declined(Decline::Hard)),
            (Rejected, PaymentStatus::Declined(Decline::Hard)),
        ] {
            let demo = DemoPayments::default();
            let id = payment(&demo).await;
            let token = "tok_requires_3ds";
            for _ in 0..2 {
                let challenged = PaymentStatus::ActionRequired(challenge());
                assert_eq!(confirm(&demo, &id, token, None).await, Ok(challenged));
            }
            assert_eq!(confirm(&demo, &id, token, Some(outcome)).await, Ok(expected));
        }
    }

    #[tokio::test]
    async fn a_lost_answer_is_found_by_asking() {
        let demo = DemoPayments::default();
        let id = payment(&demo).await;
        let first = confirm(&demo, &id, "tok_timeout", None).await;
        assert_eq!(first, Err(PaymentFault::Ambiguous));
        assert_eq!(status(&demo, &id).await, authorized(), "the money is held all the same");
        assert_eq!(confirm(&demo, &id, "tok_timeout", None).await, Ok(authorized()));
    }

    #[tokio::test]
    async fn an_unreachable_provider_changes_nothing() {
        let demo = DemoPayments::default();
        let id = payment(&demo).await;
        for _ in 0..3 {
            let outcome = confirm(&demo, &id, "tok_unavailable", None).await;
            assert_eq!(outcome, Err(PaymentFault::NotSent));
            assert_eq!(status(&demo, &id).await, PaymentStatus::Created);
        }
    }

    #[tokio::test]
    async fn the_same_key_makes_the_same_payment() {
        let demo = DemoPayments::default();
        let id = payment(&demo).await;
        assert_eq!(confirm(&demo, &id, "tok_visa", None).await, Ok(authorized()));

        let again = create(&demo, "key", usd(1_000)).await.unwrap();
        assert_eq!(again, Payment { id: id.clone(), status: authorized() });
        assert_eq!(create(&demo, "key", usd(999)).await, Err(PaymentFault::CallerBug));
        assert_ne!(create(&demo, "another", usd(1_000)).await.unwrap().id, id);
        assert_eq!(payment(&DemoPayments::default()).await, id, "also after a restart");
    }

    #[tokio::test]
    async fn money_is_taken_once_and_never_more_than_is_held() {
        let demo = DemoPayments::default();
        let id = payment(&demo).await;
        assert_eq!(demo.capture(&id, usd(1_000)).await, Err(PaymentFault::CallerBug), "not held");
        confirm(&demo, &id, "tok_visa", None).await.unwrap();
        assert_eq!(demo.capture(&id, usd(1_001)).await, Err(PaymentFault::CallerBug));
        assert_eq!(demo.capture(&id, money(1_000, "eur")).await, Err(PaymentFault::CallerBug));
        for _ in 0..2 {
            assert_eq!(demo.capture(&id, usd(1_000)).await.unwrap().status, captured());
        }
        assert_eq!(demo.capture(&id, usd(1)).await, Err(PaymentFault::CallerBug), "once");
        assert_eq!(confirm(&demo, &id, "tok_visa", None).await, Ok(captured()));
        assert_eq!(demo.cancel(&id).await.unwrap().status, captured(), "too late");
    }

    #[tokio::test]
    async fn what_was_canceled_can_never_be_held_again() {
        for token in [None, Some("tok_declined"), Some("tok_requires_3ds"), Some("tok_visa")] {
            let demo = DemoPayments::default();
            let id = payment(&demo).await;
            if let Some(token) = token {
                confirm(&demo, &id, token, None).await.unwrap();
            }
            for _ in 0..2 {
                assert_eq!(demo.cancel(&id).await.unwrap().status, PaymentStatus::Canceled);
            }
            let late = confirm(&demo, &id, "tok_visa", None).await;
            assert_eq!(late, Ok(PaymentStatus::Canceled), "{token:?}");
            let taken = demo.capture(&id, usd(1_000)).await;
            assert_eq!(taken, Err(PaymentFault::AuthorizationExpired));
        }
    }

    #[tokio::test]
    async fn a_declined_payment_can_still_be_confirmed() {
        let demo = DemoPayments::default();
        let id = payment(&demo).await;
        confirm(&demo, &id, "tok_insufficient_funds", None).await.unwrap();
        assert_eq!(confirm(&demo, &id, "tok_visa", None).await, Ok(authorized()));
    }

    #[tokio::test]
    async fn a_restart_forgets_and_lets_every_run_end_well() {
        let id = payment(&DemoPayments::default()).await;
        let restarted = DemoPayments::default;

        assert_eq!(status(&restarted(), &id).await, PaymentStatus::Created);
        let taking = restarted();
        assert_eq!(taking.capture(&id, usd(1_001)).await, Err(PaymentFault::CallerBug));
        assert_eq!(taking.capture(&id, usd(1_000)).await.unwrap().status, captured());
        assert_eq!(status(&taking, &id).await, captured(), "and remembers it from then on");
        let undoing = restarted();
        assert_eq!(undoing.cancel(&id).await.unwrap().status, PaymentStatus::Canceled);
        let late = confirm(&undoing, &id, "tok_visa", None).await;
        assert_eq!(late, Ok(PaymentStatus::Canceled), "the cancellation holds");
    }

    #[tokio::test]
    async fn an_id_of_somebody_else_is_refused() {
        let demo = DemoPayments::default();
        let id = PaymentId::new("pi_123");
        let refused = PaymentFault::CallerBug;
        assert_eq!(confirm(&demo, &id, "tok_visa", None).await, Err(refused));
        assert_eq!(demo.capture(&id, usd(1)).await, Err(refused));
        assert_eq!(demo.cancel(&id).await, Err(refused));
        assert_eq!(demo.lookup(&id).await, Err(refused));
    }

    #[tokio::test]
    async fn the_ledger_keeps_the_newest_payments_only() {
        let demo = DemoPayments::default();
        let first = payment(&demo).await;
        confirm(&demo, &first, "tok_visa", None).await.unwrap();
        for number in 1..DEMO_PAYMENTS_MAX {
            create(&demo, &format!("key {number}"), usd(1)).await.unwrap();
        }
        assert_eq!(status(&demo, &first).await, authorized(), "still there");
        let last = create(&demo, "one more", usd(1)).await.unwrap().id;
        assert_eq!(status(&demo, &first).await, PaymentStatus::Created, "forgotten");
        demo.cancel(&last).await.unwrap();
        let ledger = demo.ledger().unwrap();
        assert_eq!(ledger.desk.ledger.len(), (DEMO_PAYMENTS_MAX, DEMO_PAYMENTS_MAX));
    }

    /// A clock that stands at the beginning.
    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH
        }
    }

    #[tokio::test]
    async fn what_is_in_the_books_outlives_the_process_and_is_shared() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("books");
        let demo = || DemoPayments::keeping_books(&path, Arc::new(Stopped)).unwrap();
        let (one, other) = (demo(), demo());
        let id = payment(&one).await;
        assert_eq!(confirm(&one, &id, "tok_visa", None).await, Ok(authorized()));
        assert_eq!(status(&other, &id).await, authorized());
        for provider in [&other, &one, &demo()] {
            assert_eq!(provider.capture(&id, usd(900)).await.unwrap().status, taken(900, 0));
        }
        // Somebody died over a line.
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        io::Write::write_all(&mut file, b"{\"at\": 5, \"pay").unwrap();
        let key = ProviderKey("back".into());
        for provider in [&one, &other, &demo()] {
            let refunded = provider.refund(&id, &key, usd(400)).await.unwrap();
            assert_eq!(refunded.status, taken(900, 400));
        }
        let listed = demo().made_since(Timestamp::EPOCH).await.unwrap();
        assert_eq!((listed.len(), &listed[0].payment.status), (1, &taken(900, 400)));
        assert_eq!(listed[0].key, ProviderKey("key".into()));
        let lines = std::fs::read_to_string(&path).unwrap();
        let states = ["created", "authorized", "captured", "captured"];
        assert_eq!(lines.lines().count(), states.len(), "repeated calls are not booked: {lines}");
    }

    fn taken(amount: i64, refunded: i64) -> PaymentStatus {
        PaymentStatus::Captured { amount: usd(amount), refunded: usd(refunded) }
    }
}
