//! Several accounts payments are made at: which of them a payment goes to, and that it stays there.
//!
//! A payment's id begins with the name of the account that made it (`eu:pi_1`), so that whatever
//! is done to it later is done there, whoever does it and however the gateway is configured by
//! then. An id without a name is of the account that needs none. Which account a payment goes to
//! is said once, before it is made; a payment that may have been made is never made elsewhere.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::PaymentId;
use acp_core::limits::REFUSED_ROUTE_REST;
use acp_core::money::{Currency, Money};
use acp_core::payment::{ListedPayment, Payment, PaymentFault, ProviderKey, Route};
use acp_core::ports::{Clock, Confirmation, NewPayment, PaymentProvider};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use futures_util::future::{join_all, try_join_all};
use tokio::time::Instant;

use crate::adapters::outward::{BreakerStand, Watched};

/// What stands between the name of an account and the id of a payment there.
const SEPARATOR: char = ':';

/// What an account takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// In which currencies; in all where none is named.
    pub currencies: Vec<Currency>,
    /// From which amount on, in minor units.
    pub amount_min: Option<i64>,
    /// Up to which amount, in minor units.
    pub amount_max: Option<i64>,
    /// Nothing new at all: what it has is settled there.
    pub is_nothing: bool,
}

impl Taken {
    fn is(&self, amount: Money) -> bool {
        let currency = amount.currency();
        let is_of_ours = self.currencies.is_empty() || self.currencies.contains(&currency);
        let is_enough = self.amount_min.is_none_or(|min| amount.minor() >= min);
        !self.is_nothing
            && is_of_ours
            && is_enough
            && self.amount_max.is_none_or(|max| amount.minor() <= max)
    }
}

/// An account payments are made at.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Account {
    name: Option<Route>,
    taken: Taken,
    provider: Arc<dyn PaymentProvider>,
    /// Whoever is called for it, where anybody is.
    watched: Option<Arc<Watched>>,
    /// When it last did not take our credentials.
    refused_at: Mutex<Option<Instant>>,
}

impl Account {
    /// An account by its name, and what it takes.
    pub const fn named(
        name: Route,
        taken: Taken,
        provider: Arc<dyn PaymentProvider>,
        watched: Option<Arc<Watched>>,
    ) -> Self {
        Self { name: Some(name), taken, provider, watched, refused_at: Mutex::new(None) }
    }

    /// The account that needs no name and takes everything.
    pub fn unnamed(provider: Arc<dyn PaymentProvider>, watched: Option<Arc<Watched>>) -> Self {
        let (taken, refused_at) = (Taken::default(), Mutex::new(None));
        Self { name: None, taken, provider, watched, refused_at }
    }

    /// Whether it is asked, and takes our credentials, as far as anybody knows.
    fn is_well(&self) -> bool {
        let is_asked = self.stand().is_none_or(|stand| stand == BreakerStand::Closed);
        let is_refused = self.refused_at().is_some_and(|at| at.elapsed() < REFUSED_ROUTE_REST);
        is_asked && !is_refused
    }

    /// Whether it does not take our credentials, as far as anybody knows.
    fn refuses_us(&self) -> bool {
        self.watched.as_ref().is_some_and(|watched| watched.refuses_us())
    }

    fn stand(&self) -> Option<BreakerStand> {
        self.watched.as_ref().map(|watched| watched.breaker())
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn refused_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.refused_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns from what a call came to whether our credentials are taken.
    fn learned<T>(&self, outcome: Result<T, PaymentFault>) -> Result<T, PaymentFault> {
        match &outcome {
            Ok(_) => *self.refused_at() = None,
            Err(PaymentFault::Config) => *self.refused_at() = Some(Instant::now()),
            Err(_) => {}
        }
        outcome
    }

    /// The same with the payment by its id here.
    fn told(&self, outcome: Result<Payment, PaymentFault>) -> Result<Payment, PaymentFault> {
        let payment = self.learned(outcome)?;
        Ok(Payment { id: self.ours(&payment.id), ..payment })
    }

    /// The id here of a payment there.
    fn ours(&self, id: &PaymentId) -> PaymentId {
        match &self.name {
            None => id.clone(),
            Some(Route(name)) => PaymentId::new(format!("{name}{SEPARATOR}{id}")),
        }
    }
}

/// Payments at several accounts.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct RoutedPayments {
    /// In the order in which they are preferred; the one without a name comes last.
    accounts: Vec<Account>,
    clock: Arc<dyn Clock>,
}

impl RoutedPayments {
    /// Payments at these accounts, the first one preferred, and at the one that needs no name where
    /// none of them takes a payment.
    pub fn at(mut named: Vec<Account>, unnamed: Account, clock: Arc<dyn Clock>) -> Self {
        named.push(unnamed);
        Self { accounts: named, clock }
    }

    /// Looks whether accounts that are left alone are back, so that no buyer has to find out. Where
    /// there is only one, every payment goes there anyway; unless it does not take our credentials,
    /// because then this gateway is not ready and nobody comes.
    pub async fn look_after(&self) {
        let is_alone = self.accounts.len() == 1;
        let is_due = |account: &&Account| {
            account.stand() == Some(BreakerStand::HalfOpen) && (!is_alone || account.refuses_us())
        };
        let now = self.clock.now();
        let looks = self.accounts.iter().filter(is_due).map(|account| async move {
            drop(account.learned(account.provider.made_since(now).await));
        });
        join_all(looks).await;
    }

    fn account(&self, name: Option<&Route>) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name.as_ref() == name)
    }

    /// The account a payment is at, and its id there. A payment is at no other account because its
    /// own is not configured any more.
    fn home(&self, id: &PaymentId) -> Result<(&Account, PaymentId), PaymentFault> {
        let (name, there) = match id.as_str().split_once(SEPARATOR) {
            Some((name, there)) => (Some(Route(name.into())), PaymentId::new(there)),
            None => (None, id.clone()),
        };
        match self.account(name.as_ref()) {
            Some(account) => Ok((account, there)),
            None => Err(not_configured(name.as_ref(), id.as_str())),
        }
    }
}

/// Says that nobody can be asked for a payment.
fn not_configured(name: Option<&Route>, about: &str) -> PaymentFault {
    let route = name.map_or("", |Route(name)| &**name);
    tracing::error!(
        payment.route = route,
        "payment {about} is at the account {route:?}, which is not configured: put the entry with \
         name = {route:?} back into payment.routes until all its payments are settled"
    );
    PaymentFault::Config
}

/// Says at which account payments cannot be compared with orders: nothing is compared without it.
fn cannot_be_compared(account: &Account, fault: PaymentFault) {
    let route = account.name.as_ref().map_or("", |Route(name)| &**name);
    tracing::error!(
        payment.route = route,
        "the account {route:?} does not list its payments ({fault}), and nothing is compared \
         without it: see to it, or take the entry out of payment.routes if all its payments are \
         settled"
    );
}

#[async_trait]
impl PaymentProvider for RoutedPayments {
    fn routes(&self, amount: Money) -> Vec<Option<Route>> {
        let taking = || self.accounts.iter().filter(|account| account.taken.is(amount));
        let names = |accounts: Vec<&Account>| -> Vec<Option<Route>> {
            accounts.into_iter().map(|account| account.name.clone()).collect()
        };
        let well: Vec<_> = taking().filter(|account| account.is_well()).collect();
        // Where none is well, the preferred one says so itself.
        if well.is_empty() { names(taking().take(1).collect()) } else { names(well) }
    }

    fn refused_by(&self) -> Vec<Box<str>> {
        let in_use = || self.accounts.iter().filter(|account| !account.taken.is_nothing);
        if !in_use().all(Account::refuses_us) {
            return Vec::new();
        }
        in_use().filter_map(|it| Some(it.watched.as_ref()?.name().into())).collect()
    }

    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        let Some(account) = self.account(new.route.as_ref()) else {
            return Err(not_configured(new.route.as_ref(), &key.0));
        };
        account.told(account.provider.create(key, new).await)
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        let (account, there) = self.home(id)?;
        account.told(account.provider.confirm(&there, confirmation).await)
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        let (account, there) = self.home(id)?;
        account.told(account.provider.capture(&there, amount).await)
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let (account, there) = self.home(id)?;
        account.told(account.provider.cancel(&there).await)
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        let (account, there) = self.home(id)?;
        account.told(account.provider.refund(&there, key, amount).await)
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        let (account, there) = self.home(id)?;
        account.told(account.provider.lookup(&there).await)
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        let listing = self.accounts.iter().map(|account| async move {
            let listed = account.learned(account.provider.made_since(since).await);
            let listed = listed.inspect_err(|fault| cannot_be_compared(account, *fault))?;
            let ours = |listed: ListedPayment| {
                let id = account.ours(&listed.payment.id);
                ListedPayment { payment: Payment { id, ..listed.payment }, ..listed }
            };
            Ok(listed.into_iter().map(ours).collect::<Vec<_>>())
        });
        let mut listed = try_join_all(listing).await?.concat();
        listed.sort_by_key(|listed| listed.made_at);
        Ok(listed)
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128, SessionId};
    use acp_core::payment::PaymentStatus;
    use acp_core::ports::{AuthenticationDemand, Means};
    use acp_core::session::PaymentToken;
    use acp_mocks::StillClock;

    use super::super::DemoPayments;
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, currency(code)).unwrap()
    }

    fn route(name: &str) -> Route {
        Route(name.into())
    }

    fn named(name: &str, taken: Taken) -> Account {
        Account::named(route(name), taken, Arc::new(DemoPayments::default()), None)
    }

    fn of(codes: &[&str]) -> Taken {
        let currencies = codes.iter().map(|code| currency(code)).collect();
        Taken { currencies, ..Taken::default() }
    }

    fn unnamed() -> Account {
        Account::unnamed(Arc::new(DemoPayments::default()), None)
    }

    fn routed(named: Vec<Account>) -> RoutedPayments {
        RoutedPayments::at(named, unnamed(), Arc::new(StillClock::default()))
    }

    fn new(route: Option<Route>) -> NewPayment {
        let session = SessionId::new(Partition::new(1).unwrap(), Random128([1; 16]));
        NewPayment { session, amount: money(500, "usd"), means: Means::Instrument, route }
    }

    fn names(routes: Vec<Option<Route>>) -> Vec<String> {
        routes.into_iter().map(|route| route.map_or("-".into(), |it| it.0.into())).collect()
    }

    #[test]
    fn the_first_account_that_takes_a_payment_is_preferred() {
        let large = Taken { amount_min: Some(10_000), ..of(&["eur"]) };
        let some = Taken { amount_min: Some(500), amount_max: Some(700), ..of(&["jpy"]) };
        let routed = routed(vec![
            named("large", large),
            named("eu", of(&["eur", "chf"])),
            named("jp", some),
            named("old", Taken { is_nothing: true, ..Taken::default() }),
        ]);
        for (minor, code, expected) in [
            (9_999, "eur", vec!["eu", "-"]),
            (10_000, "eur", vec!["large", "eu", "-"]),
            (10_000, "chf", vec!["eu", "-"]),
            (10_000, "usd", vec!["-"]),
            (499, "jpy", vec!["-"]),
            (500, "jpy", vec!["jp", "-"]),
            (700, "jpy", vec!["jp", "-"]),
            (701, "jpy", vec!["-"]),
        ] {
            assert_eq!(names(routed.routes(money(minor, code))), expected, "{minor} {code}");
        }
    }

    #[tokio::test]
    async fn a_payment_stays_at_the_account_that_made_it() {
        let ours = routed(vec![named("eu", Taken::default())]);
        let key = ProviderKey("a key".into());
        let there = ours.create(&key, &new(Some(route("eu")))).await.unwrap();
        assert!(there.id.as_str().starts_with("eu:pay_"), "{}", there.id);
        let here = ours.create(&key, &new(None)).await.unwrap();
        assert!(here.id.as_str().starts_with("pay_"), "as it has always been: {}", here.id);

        let token = PaymentToken::new("tok_visa");
        let demand = AuthenticationDemand::ByProvider;
        let confirmation = Confirmation { token, authentication: None, risk: None, demand };
        let held = ours.confirm(&there.id, &confirmation).await.unwrap();
        let amount = money(500, "usd");
        assert_eq!(held.status, PaymentStatus::Authorized { amount });
        assert_eq!(held.id, there.id);
        assert_eq!(ours.lookup(&here.id).await.unwrap().status, PaymentStatus::Created);
        assert_eq!(ours.capture(&there.id, amount).await.unwrap().id, there.id);
        let given = ours.refund(&there.id, &key, amount).await.unwrap();
        assert_eq!(given.status, PaymentStatus::Captured { amount, refunded: amount });
        assert_eq!(ours.cancel(&here.id).await.unwrap().status, PaymentStatus::Canceled);
        let mut listed = Vec::new();
        for payment in ours.made_since(Timestamp::EPOCH).await.unwrap() {
            listed.push(payment.payment.id);
        }
        listed.sort();
        assert_eq!(listed, [there.id, here.id]);
    }

    #[tokio::test]
    async fn a_payment_at_an_account_that_is_gone_is_at_no_other() {
        let before = routed(vec![named("eu", Taken::default())]);
        let key = ProviderKey("a key".into());
        let made = before.create(&key, &new(Some(route("eu")))).await.unwrap();
        let after = routed(vec![named("us", Taken::default())]);
        let amount = money(500, "usd");
        for outcome in [
            after.lookup(&made.id).await,
            after.capture(&made.id, amount).await,
            after.cancel(&made.id).await,
            after.refund(&made.id, &key, amount).await,
            after.create(&key, &new(Some(route("eu")))).await,
        ] {
            assert_eq!(outcome, Err(PaymentFault::Config), "a person has to look");
        }
        assert_eq!(before.lookup(&made.id).await.unwrap().status, PaymentStatus::Created);
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_does_not_take_our_credentials_is_passed_over_for_a_while() {
        let routed = routed(vec![named("eu", Taken::default())]);
        let eu = routed.account(Some(&route("eu"))).unwrap();
        let amount = money(500, "usd");
        assert_eq!(eu.learned(Err::<(), _>(PaymentFault::Config)), Err(PaymentFault::Config));
        assert_eq!(names(routed.routes(amount)), ["-"]);
        tokio::time::advance(REFUSED_ROUTE_REST).await;
        assert_eq!(names(routed.routes(amount)), ["eu", "-"], "somebody may have seen to it");
        assert_eq!(eu.learned(Err::<(), _>(PaymentFault::Config)), Err(PaymentFault::Config));
        assert_eq!(eu.learned(Ok(())), Ok(()));
        assert_eq!(names(routed.routes(amount)), ["eu", "-"]);
    }
}
