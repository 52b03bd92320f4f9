use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use acp_core::ids::PaymentId;
use acp_core::money::Money;
use acp_core::payment::{ListedPayment, Payment, PaymentFault, ProviderKey};
use acp_core::ports::{Confirmation, NewPayment, PaymentProvider};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use crate::gate::Gate;
use crate::ledger::{Booking, Ledger, Outcome};

/// A call of the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are those of the port")]
pub enum Operation {
    Create,
    Confirm,
    Capture,
    Cancel,
    Refund,
    Lookup,
    List,
}

impl Operation {
    /// Every call, for a test that breaks each.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Confirm,
        Self::Capture,
        Self::Cancel,
        Self::Refund,
        Self::Lookup,
        Self::List,
    ];
}

/// What happens to one call.
#[derive(Clone, Debug)]
pub enum Turn {
    /// It goes as it should.
    Normally,
    /// It fails, and nothing has happened.
    FailBefore(PaymentFault),
    /// It happens, and then it fails.
    FailAfter(PaymentFault),
    /// It waits at a gate, and then it happens.
    WaitBefore(Gate),
    /// It happens, and its answer waits at a gate.
    WaitAfter(Gate),
}

/// A payment provider that does what a test tells it, and keeps books.
///
/// Each operation has a queue of [`Turn`]s; a call takes the next one, and goes normally when
/// none is left. What a confirmation comes to is said by token.
#[derive(Debug)]
pub struct ScriptedPayments {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ledger: Ledger,
    calls: Vec<Operation>,
    turns: BTreeMap<Operation, VecDeque<Turn>>,
    tokens: BTreeMap<Box<str>, Outcome>,
    otherwise: Outcome,
}

impl Default for ScriptedPayments {
    /// A provider that holds the money for every token.
    fn default() -> Self {
        Self::answering(Outcome::Hold)
    }
}

impl ScriptedPayments {
    /// A provider where this becomes of every token a test says nothing about.
    pub fn answering(otherwise: Outcome) -> Self {
        let state = State {
            ledger: Ledger::default(),
            calls: Vec::new(),
            turns: BTreeMap::new(),
            tokens: BTreeMap::new(),
            otherwise,
        };
        Self { state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what becomes of a token from now on.
    pub fn on_token(&self, token: &str, outcome: Outcome) {
        self.state().tokens.insert(token.into(), outcome);
    }

    /// Says how the next calls of an operation go, after those that were said before.
    pub fn script(&self, operation: Operation, turns: impl IntoIterator<Item = Turn>) {
        self.state().turns.entry(operation).or_default().extend(turns);
    }

    /// How many turns nobody has taken: a test whose fault never happened proves nothing.
    pub fn turns_left(&self) -> usize {
        self.state().turns.values().map(VecDeque::len).sum()
    }

    /// Every call so far, in order, also those that failed.
    pub fn calls(&self) -> Vec<Operation> {
        self.state().calls.clone()
    }

    /// How often an operation was called.
    pub fn count(&self, operation: Operation) -> usize {
        self.state().calls.iter().filter(|called| **called == operation).count()
    }

    /// The money that is held at this moment.
    pub fn holds(&self) -> Vec<Booking> {
        self.state().ledger.holds()
    }

    /// Every hold there ever was, also those that were taken or let go of.
    pub fn holds_ever(&self) -> Vec<Booking> {
        self.state().ledger.holds_ever.clone()
    }

    /// Every time money was taken.
    pub fn captures(&self) -> Vec<Booking> {
        self.state().ledger.captures.clone()
    }

    /// Every time money was given back.
    pub fn refunds(&self) -> Vec<Booking> {
        self.state().ledger.refunds.clone()
    }

    fn next_turn(&self, operation: Operation) -> Turn {
        let mut state = self.state();
        state.calls.push(operation);
        let turn = state.turns.get_mut(&operation).and_then(VecDeque::pop_front);
        turn.unwrap_or(Turn::Normally)
    }

    async fn play<T: Send>(
        &self,
        operation: Operation,
        effect: impl FnOnce(&mut State) -> Result<T, PaymentFault> + Send,
    ) -> Result<T, PaymentFault> {
        match self.next_turn(operation) {
            Turn::Normally => effect(&mut self.state()),
            Turn::FailBefore(fault) => Err(fault),
            Turn::FailAfter(fault) => effect(&mut self.state()).and(Err(fault)),
            Turn::WaitBefore(gate) => {
                gate.pass().await;
                effect(&mut self.state())
            }
            Turn::WaitAfter(gate) => {
                let outcome = effect(&mut self.state());
                gate.pass().await;
                outcome
            }
        }
    }
}

#[async_trait]
impl PaymentProvider for ScriptedPayments {
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        self.play(Operation::Create, |state| state.ledger.create(key, new)).await
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        let effect = |state: &mut State| {
            let token = confirmation.token.reveal();
            let outcome = state.tokens.get(token).unwrap_or(&state.otherwise).clone();
            state.ledger.confirm(id, outcome, confirmation.authentication.as_ref())
        };
        self.play(Operation::Confirm, effect).await
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        self.play(Operation::Capture, |state| state.ledger.capture(id, amount)).await
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.play(Operation::Cancel, |state| state.ledger.cancel(id)).await
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        self.play(Operation::Refund, |state| state.ledger.refund(id, key, amount)).await
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.play(Operation::Lookup, |state| state.ledger.lookup(id)).await
    }

    async fn made_since(&self, _: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        self.play(Operation::List, |state| Ok(state.ledger.listed())).await
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use acp_core::ids::{Partition, Random128, SessionId};
    use acp_core::money::Currency;
    use acp_core::payment::{Decline, PaymentStatus};
    use acp_core::ports::{AuthenticationDemand, Means};
    use acp_core::session::{Authentication, AuthenticationOutcome, Challenge, PaymentToken};

    use super::*;

    /// The outcome of a call that has nothing to wait for.
    fn at_once<T>(call: impl Future<Output = T>) -> T {
        match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => panic!("this call waits for something"),
        }
    }

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
    }

    fn key(text: &str) -> ProviderKey {
        ProviderKey(text.into())
    }

    fn new_payment() -> NewPayment {
        let session = SessionId::new(Partition::new(1).unwrap(), Random128([1; 16]));
        NewPayment { session, amount: usd(500), means: Means::Instrument, route: None }
    }

    fn created(payments: &ScriptedPayments) -> PaymentId {
        at_once(payments.create(&key("k1"), &new_payment())).unwrap().id
    }

    fn confirm(
        payments: &ScriptedPayments,
        id: &PaymentId,
        token: &str,
        outcome: Option<AuthenticationOutcome>,
    ) -> Result<PaymentStatus, PaymentFault> {
        at_once(payments.confirm(id, &confirmation(token, outcome))).map(|payment| payment.status)
    }

    fn confirmation(token: &str, outcome: Option<AuthenticationOutcome>) -> Confirmation {
        Confirmation {
            token: PaymentToken::new(token),
            authentication: outcome.map(|outcome| Authentication { outcome, proof: None }),
            risk: None,
            demand: AuthenticationDemand::ByProvider,
        }
    }

    fn booking(id: &PaymentId) -> Booking {
        let NewPayment { session, amount, .. } = new_payment();
        Booking { session, key: key("k1"), payment: id.clone(), amount }
    }

    #[test]
    fn the_books_tell_what_was_held_and_what_was_taken() {
        let payments = ScriptedPayments::default();
        let id = created(&payments);
        assert_eq!(created(&payments), id, "the same key, the same payment");
        assert_eq!((payments.holds(), payments.captures()), (vec![], vec![]));

        for _ in 0..2 {
            let held = PaymentStatus::Authorized { amount: usd(500) };
            assert_eq!(confirm(&payments, &id, "tok", None), Ok(held));
        }
        assert_eq!(payments.holds(), [booking(&id)]);
        for _ in 0..2 {
            let taken = at_once(payments.capture(&id, usd(500))).unwrap();
            assert_eq!(taken.status, PaymentStatus::taken(usd(500)));
        }
        assert_eq!(at_once(payments.capture(&id, usd(1))), Err(PaymentFault::CallerBug));
        assert_eq!((payments.holds(), payments.captures()), (vec![], vec![booking(&id)]));
        assert_eq!(payments.holds_ever(), [booking(&id)]);
        assert_eq!(payments.count(Operation::Capture), 3, "every call counts");
    }

    #[test]
    fn a_second_key_is_a_second_charge_and_the_books_show_it() {
        let payments = ScriptedPayments::default();
        for attempt in ["k1", "k2"] {
            let id = at_once(payments.create(&key(attempt), &new_payment())).unwrap().id;
            confirm(&payments, &id, "tok", None).unwrap();
            at_once(payments.capture(&id, usd(500))).unwrap();
        }
        let keys: Vec<_> = payments.captures().into_iter().map(|taken| taken.key).collect();
        assert_eq!(keys, [key("k1"), key("k2")]);
    }

    #[test]
    fn a_fault_comes_before_or_after_the_effect() {
        let payments = ScriptedPayments::default();
        let id = created(&payments);
        payments.script(
            Operation::Confirm,
            [Turn::FailBefore(PaymentFault::NotSent), Turn::FailAfter(PaymentFault::Ambiguous)],
        );
        assert_eq!(confirm(&payments, &id, "tok", None), Err(PaymentFault::NotSent));
        assert_eq!((payments.holds(), payments.turns_left()), (vec![], 1));
        assert_eq!(confirm(&payments, &id, "tok", None), Err(PaymentFault::Ambiguous));
        assert_eq!((payments.holds(), payments.turns_left()), (vec![booking(&id)], 0));
        let found = at_once(payments.lookup(&id)).unwrap().status;
        assert_eq!(found, PaymentStatus::Authorized { amount: usd(500) });
    }

    #[test]
    fn a_gate_holds_a_call_before_or_after_its_effect() {
        for (waits_after, held) in [(false, 0), (true, 1)] {
            let payments = ScriptedPayments::default();
            let id = created(&payments);
            let gate = Gate::closed();
            let turn = if waits_after { Turn::WaitAfter } else { Turn::WaitBefore };
            payments.script(Operation::Confirm, [turn(gate.clone())]);

            let mut context = Context::from_waker(Waker::noop());
            let confirmation = confirmation("tok", None);
            let mut reached = pin!(gate.reached());
            assert!(reached.as_mut().poll(&mut context).is_pending(), "nobody is there yet");
            let mut call = pin!(payments.confirm(&id, &confirmation));
            assert!(call.as_mut().poll(&mut context).is_pending());
            assert!(reached.as_mut().poll(&mut context).is_ready());
            assert_eq!(payments.holds().len(), held);

            gate.open();
            assert!(call.as_mut().poll(&mut context).is_ready());
            assert_eq!(payments.holds().len(), 1);
        }
    }

    #[test]
    fn an_open_gate_lets_everybody_through() {
        let payments = ScriptedPayments::default();
        let gate = Gate::closed();
        gate.open();
        payments.script(Operation::Create, [Turn::WaitBefore(gate)]);
        created(&payments);
    }

    #[test]
    fn a_token_comes_to_what_the_test_says() {
        let challenge = Challenge {
            acquirer_bin: "400000".into(),
            acquirer_country: "US".into(),
            acquirer_merchant_id: "m".into(),
            merchant_name: "Shop".into(),
            directory_server: "visa".into(),
            browser: None,
        };
        let payments = ScriptedPayments::answering(Outcome::Decline(Decline::Hard));
        payments.on_token("rich", Outcome::Hold);
        payments.on_token("poor", Outcome::Decline(Decline::Soft));
        payments.on_token("careful", Outcome::Challenge(challenge.clone()));
        let id = created(&payments);
        let confirm = |token, shown| confirm(&payments, &id, token, shown).unwrap();

        assert_eq!(confirm("other", None), PaymentStatus::Declined(Decline::Hard));
        assert_eq!(confirm("poor", None), PaymentStatus::Declined(Decline::Soft));
        assert_eq!(confirm("careful", None), PaymentStatus::ActionRequired(challenge));
        let denied = Some(AuthenticationOutcome::Denied);
        assert_eq!(confirm("careful", denied), PaymentStatus::Declined(Decline::Hard));
        let held = PaymentStatus::Authorized { amount: usd(500) };
        let authenticated = Some(AuthenticationOutcome::Authenticated);
        assert_eq!(confirm("careful", authenticated), held);
        assert_eq!(confirm("poor", None), held, "what is held is only shown");
    }

    #[test]
    fn what_was_canceled_stays_canceled() {
        use Operation::{Cancel, Capture, Confirm, Create};
        let payments = ScriptedPayments::default();
        let id = created(&payments);
        confirm(&payments, &id, "tok", None).unwrap();
        assert_eq!(at_once(payments.cancel(&id)).unwrap().status, PaymentStatus::Canceled);
        assert_eq!(confirm(&payments, &id, "tok", None), Ok(PaymentStatus::Canceled));
        let taken = at_once(payments.capture(&id, usd(500)));
        assert_eq!(taken, Err(PaymentFault::AuthorizationExpired));
        assert_eq!((payments.holds(), payments.captures()), (vec![], vec![]));
        assert_eq!(payments.holds_ever().len(), 1);
        assert_eq!(payments.calls(), [Create, Confirm, Cancel, Confirm, Capture]);
    }

    #[test]
    fn what_was_taken_is_given_back_once_for_a_key() {
        let payments = ScriptedPayments::default();
        let id = created(&payments);
        confirm(&payments, &id, "tok", None).unwrap();
        let refund = |by: &str, minor| at_once(payments.refund(&id, &key(by), usd(minor)));
        assert_eq!(refund("r1", 500), Err(PaymentFault::CallerBug), "nothing was taken");
        at_once(payments.capture(&id, usd(500))).unwrap();
        for _ in 0..2 {
            let status = refund("r1", 200).unwrap().status;
            let expected = PaymentStatus::Captured { amount: usd(500), refunded: usd(200) };
            assert_eq!(status, expected);
        }
        assert_eq!(refund("r2", 301), Err(PaymentFault::CallerBug), "more than was taken");
        refund("r3", 300).unwrap();
        assert_eq!(payments.refunds().len(), 2);
    }

    #[test]
    fn calls_that_make_no_sense_are_refused() {
        let payments = ScriptedPayments::default();
        let id = created(&payments);
        let other_amount = NewPayment { amount: usd(501), ..new_payment() };
        let again = at_once(payments.create(&key("k1"), &other_amount));
        assert_eq!(again, Err(PaymentFault::CallerBug));
        let not_held = at_once(payments.capture(&id, usd(500)));
        assert_eq!(not_held, Err(PaymentFault::CallerBug));
        confirm(&payments, &id, "tok", None).unwrap();
        let too_much = at_once(payments.capture(&id, usd(501)));
        assert_eq!(too_much, Err(PaymentFault::CallerBug));
        let nobody = at_once(payments.lookup(&PaymentId::new("pay_9")));
        assert_eq!(nobody, Err(PaymentFault::CallerBug));
        assert_eq!(payments.captures(), []);
    }
}
