//! What a payment provider is to the gateway: every call may be repeated, a payment is made once
//! for its key, and nothing is held, taken or given back but what was asked for.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{Partition, PaymentId, Random128, SessionId, TenantId};
use acp_core::limits::PEER_CALLS_DEFAULT;
use acp_core::money::{Currency, Money};
use acp_core::payment::{Decline, PaymentFault, PaymentStatus, ProviderKey, Route};
use acp_core::ports::{
    AuthenticationDemand, Clock as _, Confirmation, Means, NewPayment, PaymentProvider,
};
use acp_core::session::{Authentication, AuthenticationOutcome, AuthenticationProof, PaymentToken};
use acp_gateway::adapters::outward::Peers;
use acp_gateway::adapters::payment::{
    Account, Acquirer, DemoPayments, RoutedPayments, StripeOptions, StripePayments, Taken,
};
use acp_gateway::adapters::system::SystemClock;
use acp_mocks::SeededEntropy;
use acp_mocks::server::{Mock as _, Running};
use acp_mocks::stripe::{Settings, StripeMock};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::support::Client;

/// A provider, and what pays there.
struct Place {
    provider: Arc<dyn PaymentProvider>,
    fine: &'static str,
    poor: &'static str,
    lost: &'static str,
    challenged: &'static str,
    /// What the provider needs as long as it is asked.
    behind: Behind,
}

enum Behind {
    Books(#[expect(dead_code, reason = "the directory goes with it")] TempDir),
    Mock(Running<StripeMock>),
}

impl Place {
    fn demo() -> Self {
        let home = TempDir::new().unwrap();
        let clock = Arc::new(SystemClock::default());
        let demo = DemoPayments::keeping_books(&home.path().join("books"), clock).unwrap();
        Self {
            provider: Arc::new(demo),
            fine: "tok_visa",
            poor: "tok_insufficient_funds",
            lost: "tok_declined",
            challenged: "tok_requires_3ds",
            behind: Behind::Books(home),
        }
    }

    async fn stripe() -> Self {
        let mock = StripeMock::start(Settings::default()).await.unwrap();
        Self {
            provider: Arc::new(stripe_at(&mock.url(), None)),
            fine: "tok_visa",
            poor: "tok_chargeDeclinedInsufficientFunds",
            lost: "tok_chargeDeclinedLostCard",
            challenged: "tok_threeDSecure2Required",
            behind: Behind::Mock(mock),
        }
    }

    /// One of several accounts: nobody who is paid at it notices that there are others.
    async fn one_of_several() -> Self {
        let stripe = Self::stripe().await;
        let Behind::Mock(mock) = &stripe.behind else { panic!("a mock stands behind it") };
        let route = Route("eu".into());
        let at_stripe = stripe_at(&mock.url(), Some(route.clone()));
        let watched = Some(Arc::clone(at_stripe.watched()));
        let named = Account::named(route, Taken::default(), Arc::new(at_stripe), watched);
        let usual = Account::unnamed(Arc::new(DemoPayments::default()), None);
        let clock = Arc::new(SystemClock::default());
        let provider = Arc::new(RoutedPayments::at(vec![named], usual, clock));
        Self { provider, ..stripe }
    }

    /// A payment where this one goes first.
    fn payment(&self, number: u8, minor: i64) -> NewPayment {
        let route = self.provider.routes(usd(minor)).into_iter().next().flatten();
        NewPayment { route, ..new(number, minor) }
    }
}

fn stripe_at(url: &str, route: Option<Route>) -> StripePayments {
    stripe_of("shop", url, route)
}

fn stripe_of(shop: &str, url: &str, route: Option<Route>) -> StripePayments {
    let acquirer = Acquirer {
        bin: "455555".into(),
        country: "US".into(),
        merchant_id: "m-1".into(),
        merchant_name: "Shop".into(),
    };
    let options = StripeOptions {
        base_url: url.to_owned(),
        secret_key: Zeroizing::new("sk_test_1".to_owned()),
        api_version: "2026-04-22.preview".to_owned(),
        acquirer: Some(acquirer),
        shop: TenantId::new(shop),
        route,
        calls_at_once: PEER_CALLS_DEFAULT,
        peers: Peers::default(),
    };
    let entropy = Arc::new(SeededEntropy::new(1));
    StripePayments::new(&options, Arc::new(SystemClock::default()), entropy).unwrap()
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

fn session(number: u8) -> SessionId {
    SessionId::new(Partition::new(9).unwrap(), Random128([number; 16]))
}

fn key(text: &str) -> ProviderKey {
    ProviderKey(text.into())
}

fn new(number: u8, minor: i64) -> NewPayment {
    NewPayment {
        session: session(number),
        amount: usd(minor),
        means: Means::Instrument,
        route: None,
    }
}

fn with(token: &str) -> Confirmation {
    Confirmation {
        token: PaymentToken::new(token),
        authentication: None,
        risk: None,
        demand: AuthenticationDemand::ByProvider,
    }
}

fn authenticated(token: &str, outcome: AuthenticationOutcome) -> Confirmation {
    let proof = AuthenticationProof {
        cryptogram: "AAIBBYNoEwAAACcKhAJkdQAAAAA=".into(),
        electronic_commerce_indicator: "05".into(),
        transaction_id: "f38e6948-5388-41a6-bca4-b49723c19437".into(),
        version: "2.2.0".into(),
    };
    Confirmation {
        authentication: Some(Authentication { outcome, proof: Some(proof) }),
        ..with(token)
    }
}

impl Place {
    async fn made(&self, number: u8) -> PaymentId {
        let key = key(&format!("made-{number}"));
        let payment = self.provider.create(&key, &self.payment(number, 1_000)).await.unwrap();
        assert_eq!(payment.status, PaymentStatus::Created);
        payment.id
    }

    async fn held(&self, number: u8) -> PaymentId {
        let id = self.made(number).await;
        assert_eq!(self.confirm(&id, &with(self.fine)).await, held(1_000));
        id
    }

    async fn confirm(&self, id: &PaymentId, confirmation: &Confirmation) -> PaymentStatus {
        let payment = self.provider.confirm(id, confirmation).await.unwrap();
        assert_eq!(payment.id, *id);
        payment.status
    }

    async fn status(&self, id: &PaymentId) -> PaymentStatus {
        self.provider.lookup(id).await.unwrap().status
    }
}

fn held(minor: i64) -> PaymentStatus {
    PaymentStatus::Authorized { amount: usd(minor) }
}

fn taken(amount: i64, refunded: i64) -> PaymentStatus {
    PaymentStatus::Captured { amount: usd(amount), refunded: usd(refunded) }
}

async fn a_key_makes_one_payment(place: &Place) {
    let first = place.provider.create(&key("a"), &place.payment(1, 1_000)).await.unwrap();
    let again = place.provider.create(&key("a"), &place.payment(1, 1_000)).await.unwrap();
    assert_eq!(first, again);
    let other = place.provider.create(&key("b"), &place.payment(1, 1_000)).await.unwrap();
    assert_ne!(first.id, other.id);
    let changed = place.provider.create(&key("a"), &place.payment(1, 2_000)).await;
    assert!(changed.is_err(), "a key is for one amount: {changed:?}");
}

async fn a_payment_is_held_once_and_taken_once(place: &Place) {
    let id = place.held(2).await;
    assert_eq!(place.confirm(&id, &with(place.fine)).await, held(1_000), "again");
    for _ in 0..2 {
        let payment = place.provider.capture(&id, usd(1_000)).await.unwrap();
        assert_eq!(payment.status, taken(1_000, 0));
    }
    assert_eq!(place.confirm(&id, &with(place.fine)).await, taken(1_000, 0), "only shown");
    let released = place.provider.cancel(&id).await.unwrap();
    assert_eq!(released.status, taken(1_000, 0), "what was taken is not let go of");
    assert_eq!(place.status(&id).await, taken(1_000, 0));
}

async fn a_part_may_be_taken_and_the_rest_is_let_go_of(place: &Place) {
    let id = place.held(3).await;
    let beyond = place.provider.capture(&id, usd(1_001)).await.unwrap_err();
    assert!(matches!(beyond, PaymentFault::CallerBug | PaymentFault::Unpayable), "{beyond}");
    let payment = place.provider.capture(&id, usd(400)).await.unwrap();
    assert_eq!(payment.status, taken(400, 0));
    let more = place.provider.capture(&id, usd(600)).await;
    assert_eq!(more.unwrap_err(), PaymentFault::CallerBug);
}

async fn what_is_let_go_of_stays_so(place: &Place) {
    let (unheld, id) = (place.made(4).await, place.held(5).await);
    for id in [&unheld, &id] {
        for _ in 0..2 {
            let payment = place.provider.cancel(id).await.unwrap();
            assert_eq!(payment.status, PaymentStatus::Canceled);
        }
        assert_eq!(place.confirm(id, &with(place.fine)).await, PaymentStatus::Canceled);
        let late = place.provider.capture(id, usd(1_000)).await;
        assert_eq!(late.unwrap_err(), PaymentFault::AuthorizationExpired);
        assert_eq!(place.status(id).await, PaymentStatus::Canceled);
    }
}

async fn a_decline_holds_nothing_and_can_be_let_go_of(place: &Place) {
    for (number, token, decline) in [(6, place.poor, Decline::Soft), (7, place.lost, Decline::Hard)]
    {
        let id = place.made(number).await;
        for _ in 0..2 {
            let status = place.confirm(&id, &with(token)).await;
            assert_eq!(status, PaymentStatus::Declined(decline), "{token}");
        }
        assert_eq!(place.status(&id).await, PaymentStatus::Declined(decline));
        let nothing = place.provider.capture(&id, usd(1_000)).await;
        assert_eq!(nothing.unwrap_err(), PaymentFault::CallerBug);
        let payment = place.provider.cancel(&id).await.unwrap();
        assert_eq!(payment.status, PaymentStatus::Canceled);
    }
}

async fn a_refund_is_made_once_for_its_key_and_never_above_what_was_taken(place: &Place) {
    let id = place.held(8).await;
    let early = place.provider.refund(&id, &key("early"), usd(1)).await;
    assert_eq!(early.unwrap_err(), PaymentFault::CallerBug, "nothing was taken yet");
    place.provider.capture(&id, usd(1_000)).await.unwrap();
    for _ in 0..2 {
        let payment = place.provider.refund(&id, &key("part"), usd(300)).await.unwrap();
        assert_eq!(payment.status, taken(1_000, 300));
    }
    let beyond = place.provider.refund(&id, &key("beyond"), usd(701)).await;
    assert_eq!(beyond.unwrap_err(), PaymentFault::CallerBug);
    let payment = place.provider.refund(&id, &key("rest"), usd(700)).await.unwrap();
    assert_eq!(payment.status, taken(1_000, 1_000));
    assert_eq!(place.status(&id).await, taken(1_000, 1_000));
}

async fn a_buyer_may_have_to_authenticate(place: &Place) {
    let id = place.made(9).await;
    let PaymentStatus::ActionRequired(challenge) =
        place.confirm(&id, &with(place.challenged)).await
    else {
        panic!("the bank asks");
    };
    assert_eq!(&*challenge.directory_server, "visa");
    assert!(matches!(place.status(&id).await, PaymentStatus::ActionRequired(_)));
    place.provider.cancel(&id).await.unwrap();

    let id = place.made(10).await;
    let proven = authenticated(place.challenged, AuthenticationOutcome::Authenticated);
    assert_eq!(place.confirm(&id, &proven).await, held(1_000));

    let id = place.made(11).await;
    let refused = authenticated(place.challenged, AuthenticationOutcome::Denied);
    assert_eq!(place.confirm(&id, &refused).await, PaymentStatus::Declined(Decline::Hard));

    let id = place.made(12).await;
    let demanded = Confirmation { demand: AuthenticationDemand::Always, ..with(place.fine) };
    let asked = place.confirm(&id, &demanded).await;
    assert!(matches!(asked, PaymentStatus::ActionRequired(_)), "the shop asks: {asked:?}");
}

async fn what_was_made_is_listed(place: &Place) {
    let before = SystemClock::default().now().minus(Duration::from_mins(1));
    let ids = [place.made(13).await, place.held(14).await];
    let listed = place.provider.made_since(before).await.unwrap();
    let ours: Vec<_> = listed.iter().filter(|it| ids.contains(&it.payment.id)).collect();
    assert_eq!(ours.len(), 2, "{listed:?}");
    assert_eq!((&ours[0].session, &ours[1].session), (&session(13), &session(14)));
    assert_eq!(ours[1].key, key("made-14"));
    assert_eq!(ours[1].payment.status, held(1_000));
    let after = SystemClock::default().now().plus(Duration::from_mins(1));
    assert_eq!(place.provider.made_since(after).await.unwrap(), []);
}

async fn nobody_is_charged_by_a_made_up_id(place: &Place) {
    let made_up = PaymentId::new("pi_made_up");
    assert!(place.provider.lookup(&made_up).await.is_err());
    assert!(place.provider.capture(&made_up, usd(1)).await.is_err());
}

/// Who may say that a buyer authenticated is the bank, and it says so with a proof.
#[tokio::test]
async fn stripe_believes_no_authentication_without_a_proof() {
    let place = Place::stripe().await;
    let said = Authentication { outcome: AuthenticationOutcome::Authenticated, proof: None };
    let demanded = Confirmation {
        authentication: Some(said),
        demand: AuthenticationDemand::Always,
        ..with(place.fine)
    };
    let id = place.made(1).await;
    let asked = place.confirm(&id, &demanded).await;
    assert!(matches!(asked, PaymentStatus::ActionRequired(_)), "{asked:?}");
}

#[tokio::test]
async fn a_granted_token_pays_within_its_limits_at_stripe() {
    let place = Place::stripe().await;
    let id = place.made(1).await;
    for not_granted in ["spt_never_granted", "spt_../../v1/refunds"] {
        let status = place.confirm(&id, &with(not_granted)).await;
        assert_eq!(status, PaymentStatus::Declined(Decline::Hard), "{not_granted}");
    }
    let Behind::Mock(mock) = &place.behind else { panic!("it is at Stripe") };
    for (limit, expected) in [(999, PaymentStatus::Declined(Decline::Soft)), (1_000, held(1_000))] {
        let token = granted(mock, limit).await;
        assert_eq!(place.confirm(&id, &with(&token)).await, expected, "a limit of {limit}");
    }
}

#[tokio::test]
async fn a_refund_that_is_pending_at_stripe_is_not_done_yet() {
    let place = Place::stripe().await;
    let Behind::Mock(mock) = &place.behind else { panic!("it is at Stripe") };
    let id = place.made(1).await;
    assert_eq!(place.confirm(&id, &with("tok_pendingRefund")).await, held(1_000));
    place.provider.capture(&id, usd(1_000)).await.unwrap();
    for _ in 0..2 {
        let pending = place.provider.refund(&id, &key("part"), usd(300)).await;
        assert_eq!(pending.unwrap_err(), PaymentFault::InFlight);
    }
    mock.switches().clock.advance(Duration::from_mins(1));
    let done = place.provider.refund(&id, &key("part"), usd(300)).await.unwrap();
    assert_eq!(done.status, taken(1_000, 300), "it was made once");
    // It counts from when it is asked for, so that only its key tells whether it is done.
    let pending = place.provider.refund(&id, &key("rest"), usd(700)).await;
    assert_eq!(pending.unwrap_err(), PaymentFault::InFlight);
    assert_eq!(place.status(&id).await, taken(1_000, 1_000));
    for amount in [700, 1_000] {
        let pending = place.provider.refund(&id, &key("rest"), usd(amount)).await;
        assert_eq!(pending.unwrap_err(), PaymentFault::InFlight);
    }
    let of_nobody = place.provider.refund(&id, &key("more"), usd(1_000)).await;
    assert_eq!(of_nobody.unwrap_err(), PaymentFault::CallerBug);
    mock.switches().clock.advance(Duration::from_mins(1));
    let done = place.provider.refund(&id, &key("rest"), usd(1_000)).await.unwrap();
    assert_eq!(done.status, taken(1_000, 1_000));
}

#[tokio::test]
async fn what_is_too_little_or_too_fine_cannot_be_paid_at_stripe() {
    let place = Place::stripe().await;
    let kwd = Money::new(1_234, Currency::parse("kwd").unwrap()).unwrap();
    for (number, amount) in [(1, usd(49)), (2, kwd)] {
        let new = NewPayment { amount, ..place.payment(number, 1) };
        let refused = place.provider.create(&key(&format!("little-{number}")), &new).await;
        assert_eq!(refused.unwrap_err(), PaymentFault::Unpayable, "{amount}");
    }
}

/// Whoever compares payments with orders would let go of one that is there a second time.
#[tokio::test]
async fn two_names_of_one_account_list_each_payment_once_at_stripe() {
    let place = Place::stripe().await;
    let Behind::Mock(mock) = &place.behind else { panic!("a mock stands behind it") };
    let route = Route("eu".into());
    let named = Arc::new(stripe_at(&mock.url(), Some(route.clone())));
    let named = Account::named(route.clone(), Taken::default(), named, None);
    let usual = Account::unnamed(Arc::new(stripe_at(&mock.url(), None)), None);
    let clock = Arc::new(SystemClock::default());
    let routed = RoutedPayments::at(vec![named], usual, clock);
    let mut made = Vec::new();
    for (number, route) in [(1, Some(route)), (2, None)] {
        let new = NewPayment { route, ..new(number, 1_000) };
        let payment = routed.create(&key(&format!("key-{number}")), &new).await.unwrap();
        made.push(payment.id);
    }
    let listed = routed.made_since(SystemClock::default().now().minus(Duration::from_hours(1)));
    let mut listed: Vec<_> =
        listed.await.unwrap().into_iter().map(|listed| listed.payment.id).collect();
    listed.sort();
    made.sort();
    assert_eq!(listed, made);
}

#[tokio::test]
async fn a_payment_method_that_paid_elsewhere_is_declined_and_no_fault_of_ours() {
    let place = Place::stripe().await;
    let (first, second) = (place.made(1).await, place.made(2).await);
    assert_eq!(place.confirm(&first, &with("pm_1Nobodys")).await, held(1_000));
    let again = place.confirm(&second, &with("pm_1Nobodys")).await;
    assert_eq!(again, PaymentStatus::Declined(Decline::Hard));
}

/// A trial and the shop itself, or two shops, at one account: what this one knows nothing of is not
/// what it has lost.
#[tokio::test]
async fn payments_of_other_shops_at_the_same_account_are_left_alone() {
    let mock = StripeMock::start(Settings::default()).await.unwrap();
    let mut ours = Vec::new();
    for (number, shop) in [(1, "shop"), (2, "trial"), (3, "shop")] {
        let provider = stripe_of(shop, &mock.url(), None);
        let payment = provider.create(&key(&format!("key-{number}")), &new(number, 1_000)).await;
        ours.extend((shop == "shop").then_some(payment.unwrap().id));
    }
    let since = SystemClock::default().now().minus(Duration::from_hours(1));
    let listed = stripe_of("shop", &mock.url(), None).made_since(since).await.unwrap();
    let mut listed: Vec<_> = listed.into_iter().map(|listed| listed.payment.id).collect();
    listed.sort();
    ours.sort();
    assert_eq!(listed, ours);
}

/// A token somebody granted the shop.
async fn granted(mock: &Running<StripeMock>, limit: i64) -> String {
    let form = format!(
        "payment_method=pm_card_visa&usage_limits[currency]=usd&usage_limits[max_amount]={limit}\
         &usage_limits[expires_at]=4102444800"
    );
    let request = Request::post("/v1/test_helpers/shared_payment/granted_tokens")
        .header("host", "stripe")
        .header("authorization", "Bearer sk_test_1")
        .header("content-type", "application/x-www-form-urlencoded");
    let mut client = Client::connect(mock.address()).await.unwrap();
    let made = client.send(request.body(Full::new(Bytes::from(form))).unwrap()).await.unwrap();
    assert_eq!(made.status, 200, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

macro_rules! rules {
    ($($rule:ident),* $(,)?) => {
        mod demo {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule(&super::Place::demo()).await;
            })*
        }
        mod one_of_several {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule(&super::Place::one_of_several().await).await;
            })*
        }
        mod stripe {
            $(#[tokio::test]
            async fn $rule() {
                super::$rule(&super::Place::stripe().await).await;
            })*
        }
    };
}

rules! {
    a_key_makes_one_payment,
    a_payment_is_held_once_and_taken_once,
    a_part_may_be_taken_and_the_rest_is_let_go_of,
    what_is_let_go_of_stays_so,
    a_decline_holds_nothing_and_can_be_let_go_of,
    a_refund_is_made_once_for_its_key_and_never_above_what_was_taken,
    a_buyer_may_have_to_authenticate,
    what_was_made_is_listed,
    nobody_is_charged_by_a_made_up_id,
}
