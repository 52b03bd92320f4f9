//! Completions that do not end at once: what they wait for, what ends them, and who helps.

use std::time::Duration;

use acp_core::ids::{ItemId, OrderId, PaymentId, SessionId};
use acp_core::limits::{HAND_OVER_REST_MAX, RUN_OVERDUE_AFTER, RUN_REST_MAX, STOCK_HOLD};
use acp_core::money::Money;
use acp_core::order::{CancelReason, OrderEvent};
use acp_core::payment::{PaymentFault, PaymentState};
use acp_core::ports::{Checkouts as _, NewPayment, PaymentProvider as _};
use acp_core::run::Trouble;
use acp_core::stock::{Hold, ReservationId};
use acp_core::time::Timestamp;
use acp_gateway::app::{Capture, Fate, Judged, Paying, Strays, Word};
use acp_mocks::{Gate, Operation, Turn};

use super::app::{HONEY, TestApp, Wishes};

pub(super) const ALL_FREE: (u32, u64, u64) = (140, 0, 0);
pub(super) const SOLD: (u32, u64, u64) = (138, 0, 2);

async fn capturing_later() -> TestApp {
    capturing(Capture::Later).await
}

pub(super) async fn capturing(capture: Capture) -> TestApp {
    let paying = Paying { capture, ..Paying::default() };
    TestApp::wishing(Wishes { paying, ..Wishes::default() }).await
}

fn session(id: &str) -> SessionId {
    SessionId::parse(id).unwrap()
}

/// What happened to the order of a completed session, by name.
pub(super) async fn told(app: &TestApp, order: &str) -> Vec<String> {
    let events = app.checkouts.order(&OrderId::parse(order).unwrap()).await.unwrap();
    let name = |event: OrderEvent| match event {
        OrderEvent::Placed { .. } => "placed".to_owned(),
        OrderEvent::PaymentCaptured { .. } => "captured".to_owned(),
        OrderEvent::PaymentRefunded { .. } => "refunded".to_owned(),
        OrderEvent::Canceled { reason: CancelReason::PaymentFailed } => "payment failed".to_owned(),
        OrderEvent::Canceled { reason: CancelReason::OutOfStock } => "out of stock".to_owned(),
        OrderEvent::Canceled { reason: CancelReason::CalledOff } => "called off".to_owned(),
        OrderEvent::FulfillmentMade(_)
        | OrderEvent::FulfillmentMoved(_)
        | OrderEvent::Adjusted(_)
        | OrderEvent::AdjustmentSettled { .. } => "afterwards".to_owned(),
        OrderEvent::HandedOver { .. } => "handed over".to_owned(),
    };
    events.into_iter().map(|recorded| name(recorded.event)).collect()
}

/// The states in the payment book of a session.
async fn book(app: &TestApp, id: &str) -> Vec<PaymentState> {
    let notes = app.checkouts.payments(&session(id)).await.unwrap();
    notes.into_iter().map(|note| note.event.state).collect()
}

/// How many completions wait for a person, and how many for anybody to look at them.
async fn stuck(app: &TestApp) -> (u64, u64) {
    let kinds = app.app.stuck_runs().await.unwrap();
    assert_eq!(kinds.map(|it| it.kind), ["completion", "plan", "errand"]);
    (kinds[0].needs_person, kinds[0].overdue)
}

/// Lets time pass and what is due be taken up.
pub(super) async fn later(app: &TestApp, span: Duration) {
    app.clock.advance(span);
    app.app.tend().await.unwrap();
    app.settle().await;
}

#[tokio::test]
async fn the_payment_book_tells_every_attempt() {
    use PaymentState::{Authorized, Captured, Created, Failed};
    let app = TestApp::start().await;
    app.payments.on_token("tok_no", acp_mocks::Outcome::Decline(acp_core::payment::Decline::Soft));
    let id = app.ready("k").await;
    app.complete(&id, "tok_no").key("1").send().await;
    app.complete(&id, "tok_visa").key("2").send().await;
    app.settle().await;
    assert_eq!(book(&app, &id).await, [Created, Failed, Created, Authorized, Captured]);
    let notes = app.checkouts.payments(&session(&id)).await.unwrap();
    let attempts: Vec<_> = notes.iter().map(|note| note.event.attempt).collect();
    assert_eq!(attempts, [1, 1, 2, 2, 2]);
    assert_ne!(notes[0].event.key, notes[2].event.key, "each attempt has a key of its own");
}

#[tokio::test]
async fn money_that_is_taken_later_waits_for_the_word() {
    let app = capturing_later().await;
    let id = app.ready("k").await;
    let paid = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!(paid.body["status"], "completed");
    app.settle().await;
    assert_eq!((app.payments.holds().len(), app.payments.captures().len()), (1, 0));
    assert_eq!(app.ledger(HONEY).await, SOLD, "the goods are sold");
    later(&app, Duration::from_hours(24)).await;
    assert_eq!(app.payments.captures(), [], "nobody said anything");

    let taken = app.app.judge_run(&session(&id), Word::Capture).await.unwrap();
    assert!(matches!(taken, Judged::Taken(_)), "{taken:?}");
    app.settle().await;
    assert_eq!((app.payments.holds().len(), app.payments.captures().len()), (0, 1));
    let order = paid.body["order"]["id"].as_str().unwrap();
    assert_eq!(told(&app, order).await, ["placed", "captured"]);
    let again = app.app.judge_run(&session(&id), Word::Capture).await.unwrap();
    assert_eq!(again, Judged::NoRun);
}

#[tokio::test]
async fn a_hold_that_runs_out_ends_the_order() {
    let app = capturing_later().await;
    let id = app.ready("k").await;
    let paid = app.complete(&id, "tok_visa").key("1").send().await;
    app.settle().await;
    later(&app, Paying::default().capture_window).await;
    assert_eq!((app.payments.holds(), app.payments.captures()), (vec![], vec![]));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE, "the goods are back on the shelf");
    let order = paid.body["order"]["id"].as_str().unwrap();
    assert_eq!(told(&app, order).await, ["placed", "payment failed"]);
    let shown = app.get(&format!("/checkout_sessions/{id}")).send().await;
    assert_eq!(shown.body["status"], "completed", "and the session stays what it was");
}

#[tokio::test]
async fn what_nobody_takes_up_is_counted_and_what_waits_in_its_time_is_not() {
    let app = capturing_later().await;
    let id = app.ready("k").await;
    app.complete(&id, "tok_visa").key("1").send().await;
    app.settle().await;
    assert_eq!(stuck(&app).await, (0, 0), "it waits for the word");
    app.clock.advance(Paying::default().capture_window);
    assert_eq!(stuck(&app).await, (0, 0), "whoever looks next takes it up");
    app.clock.advance(RUN_OVERDUE_AFTER + Duration::from_secs(1));
    assert_eq!(stuck(&app).await, (0, 1));
    later(&app, Duration::ZERO).await;
    assert_eq!(stuck(&app).await, (0, 0));
}

/// Pays for an order whose stock is given away while the money is taken; gives session and order.
async fn given_away(app: &TestApp) -> (String, String) {
    let gate = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitAfter(gate.clone())]);
    let id = app.ready("k").await;
    let paid = app.complete(&id, "tok_visa").key("1").send().await;
    gate.reached().await;
    let (tenant, item) = (&app.shop.tenant, ItemId::new(HONEY));
    let reservation = ReservationId::of(&session(&id), 1, &format!("li_{HONEY}"));
    let hold = Hold { item, reservation, units: 2 };
    app.stock.release(tenant, &hold).await.unwrap();
    gate.open();
    app.settle().await;
    (id, paid.body["order"]["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn an_order_whose_stock_was_given_away_is_refunded() {
    let app = TestApp::start().await;
    // The refund happens, and nobody hears of it.
    app.payments.script(Operation::Refund, [Turn::FailAfter(PaymentFault::Ambiguous)]);
    let (id, order) = given_away(&app).await;
    assert_eq!(app.payments.refunds().len(), 1);
    later(&app, Duration::from_secs(2)).await;
    assert_eq!((app.payments.captures().len(), app.payments.refunds().len()), (1, 1));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
    assert_eq!(told(&app, &order).await, ["placed", "captured", "refunded", "out of stock"]);
    assert_eq!(book(&app, &id).await.last(), Some(&PaymentState::Refunded));
}

#[tokio::test]
async fn an_order_is_refunded_when_its_refund_is_and_not_when_it_is_pending() {
    const LOOKS: usize = 12;
    let app = TestApp::start().await;
    // The provider counts it from now on.
    app.payments.script(Operation::Refund, [Turn::FailAfter(PaymentFault::InFlight)]);
    let pending = vec![Turn::FailBefore(PaymentFault::InFlight); LOOKS];
    app.payments.script(Operation::Refund, pending);
    let (_, order) = given_away(&app).await;
    for look in 0..LOOKS {
        later(&app, HAND_OVER_REST_MAX).await;
        assert_eq!(told(&app, &order).await, ["placed", "captured"], "after {look}");
        let [run] = <[_; 1]>::try_from(app.app.unfinished_runs().await.unwrap()).unwrap();
        assert!(!run.standing.is_alarming(), "banks take their time");
    }
    let looked = app.payments.count(Operation::Refund);
    later(&app, RUN_REST_MAX).await;
    assert_eq!((app.payments.count(Operation::Refund), looked), (LOOKS + 1, LOOKS + 1));
    later(&app, HAND_OVER_REST_MAX).await;
    assert_eq!(told(&app, &order).await, ["placed", "captured", "refunded", "out of stock"]);
    assert_eq!((app.payments.refunds().len(), app.ledger(HONEY).await), (1, ALL_FREE));
}

#[tokio::test]
async fn an_order_whose_money_somebody_else_gave_back_ends_as_refunded() {
    let app = TestApp::start().await;
    app.payments.script(Operation::Refund, [Turn::FailBefore(PaymentFault::Config)]);
    let (_, order) = given_away(&app).await;
    let taken = app.payments.captures()[0].clone();
    let by_hand = acp_core::payment::ProviderKey("by hand".into());
    let [run] = <[_; 1]>::try_from(app.app.unfinished_runs().await.unwrap()).unwrap();
    let payment = run.step.payment().unwrap();
    app.payments.refund(payment, &by_hand, taken.amount).await.unwrap();
    later(&app, RUN_REST_MAX).await;
    assert_eq!(told(&app, &order).await, ["placed", "captured", "refunded", "out of stock"]);
    assert_eq!(app.payments.refunds().len(), 1);
}

#[tokio::test]
async fn an_authorization_that_takes_too_long_is_let_go_of() {
    let app = TestApp::start_paused().await;
    let lost = |count| vec![Turn::FailBefore(PaymentFault::Ambiguous); count];
    app.payments.script(Operation::Confirm, [Turn::FailAfter(PaymentFault::Ambiguous)]);
    app.payments.script(Operation::Confirm, lost(2));
    app.payments.script(Operation::Lookup, lost(3));
    let id = app.ready("k").await;
    let interim = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!(interim.body["status"], "complete_in_progress");
    later(&app, Duration::from_secs(30)).await;
    later(&app, Duration::from_secs(30)).await;
    assert_eq!(book(&app, &id).await, [PaymentState::Created, PaymentState::Unknown]);
    assert_eq!((app.payments.holds().len(), app.payments.turns_left()), (1, 0));

    later(&app, Paying::default().authorization_life).await;
    assert_eq!((app.payments.holds(), app.payments.captures()), (vec![], vec![]));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
    assert_eq!(book(&app, &id).await.last(), Some(&PaymentState::Canceled));
    let paid = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((paid.is_replay(), &paid.body["status"]), (false, &"completed".into()));
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn a_run_that_does_not_end_by_itself_waits_for_a_person() {
    let app = TestApp::start_paused().await;
    let refused = vec![Turn::FailBefore(PaymentFault::Config); 3];
    app.payments.script(Operation::Capture, refused);
    let id = app.ready("k").await;
    app.complete(&id, "tok_visa").key("1").send().await;
    app.settle().await;
    let [run] = <[_; 1]>::try_from(app.app.unfinished_runs().await.unwrap()).unwrap();
    assert_eq!(run.standing.trouble, Some(Trouble::NotAccepted));
    assert!(run.standing.is_alarming());
    assert_eq!(stuck(&app).await, (1, 0));

    assert!(matches!(
        app.app.judge_run(&session(&id), Word::Retry).await.unwrap(),
        Judged::Taken(_)
    ));
    app.settle().await;
    assert_eq!(app.payments.count(Operation::Capture), 2, "it was tried at once");
    app.app.judge_run(&session(&id), Word::Compensate).await.unwrap();
    app.settle().await;
    assert_eq!((app.payments.holds(), app.payments.captures()), (vec![], vec![]));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
    assert_eq!(app.app.unfinished_runs().await.unwrap(), []);
    let none = app.app.judge_run(&session(&id), Word::Retry).await.unwrap();
    assert_eq!(none, Judged::NoRun);
}

#[tokio::test]
async fn nobody_takes_a_run_from_somebody_at_work() {
    let app = TestApp::start().await;
    let gate = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitBefore(gate.clone())]);
    let id = app.ready("k").await;
    app.complete(&id, "tok_visa").key("1").send().await;
    gate.reached().await;
    for word in [Word::Retry, Word::Compensate] {
        assert_eq!(app.app.judge_run(&session(&id), word).await.unwrap(), Judged::AtWork);
    }
    let no_wait = app.app.judge_run(&session(&id), Word::Capture).await.unwrap();
    assert_eq!(no_wait, Judged::NotWaiting);
    gate.open();
    app.settle().await;
    assert_eq!((app.payments.captures().len(), app.ledger(HONEY).await), (1, SOLD));
}

#[tokio::test]
async fn a_run_rests_longer_each_time_and_goes_on_by_itself() {
    let app = TestApp::start_paused().await;
    let away = |count| vec![Turn::FailBefore(PaymentFault::NotSent); count];
    // Each look sends the call four times before it rests.
    app.payments.script(Operation::Capture, away(4 * 12));
    let id = app.ready("k").await;
    app.complete(&id, "tok_visa").key("1").send().await;
    app.settle().await;
    let mut looks = 1;
    while app.payments.turns_left() > 0 {
        later(&app, RUN_REST_MAX).await;
        looks += 1;
    }
    assert_eq!(looks, 12);
    let [run] = <[_; 1]>::try_from(app.app.unfinished_runs().await.unwrap()).unwrap();
    assert!(run.standing.is_alarming(), "somebody was told");
    assert_eq!(run.standing.trouble, Some(Trouble::Unreachable));
    later(&app, RUN_REST_MAX).await;
    assert_eq!((app.payments.captures().len(), app.ledger(HONEY).await), (1, SOLD));
}

#[tokio::test]
async fn stock_stays_promised_as_long_as_its_run_is_unclear() {
    let app = TestApp::start_paused().await;
    let lost = || vec![Turn::FailBefore(PaymentFault::Ambiguous); 200];
    app.payments.script(Operation::Confirm, lost());
    app.payments.script(Operation::Lookup, lost());
    let id = app.ready("k").await;
    app.complete(&id, "tok_visa").key("1").send().await;
    for _ in 0..3 {
        later(&app, STOCK_HOLD).await;
        assert_eq!(app.ledger(HONEY).await, (138, 2, 0));
    }
}

#[tokio::test]
async fn a_promise_without_a_run_is_given_back() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let (tenant, item) = (&app.shop.tenant, ItemId::new(HONEY));
    let until = app.clock.advance(Duration::ZERO).plus(STOCK_HOLD);
    let lost = ReservationId::of(&session(&id), 1, "li_1");
    let hold = Hold { item, reservation: lost, units: 3 };
    app.stock.reserve(tenant, &hold, until).await.unwrap();
    later(&app, Duration::from_secs(1)).await;
    assert_eq!(app.ledger(HONEY).await, (137, 3, 0), "its time is not over yet");
    app.clock.advance(STOCK_HOLD);
    assert_eq!(app.app.tend().await.unwrap().asked, 1);
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
}

/// Money that is held for a session, and that a store has forgotten.
async fn forgotten(app: &TestApp, id: &str, amount: Money, key: &str) -> PaymentId {
    let means = acp_core::ports::Means::Instrument;
    let new = NewPayment { session: session(id), amount, means, route: None };
    let confirmation = acp_core::ports::Confirmation {
        token: acp_core::session::PaymentToken::new("tok_visa"),
        authentication: None,
        risk: None,
        demand: acp_core::ports::AuthenticationDemand::ByProvider,
    };
    let key = acp_core::payment::ProviderKey(key.into());
    let payment = app.payments.create(&key, &new).await.unwrap();
    app.payments.confirm(&payment.id, &confirmation).await.unwrap();
    payment.id
}

#[tokio::test]
async fn whoever_was_given_the_money_back_pays_again_for_the_goods() {
    for given_by_hand in [None, Some(100)] {
        let app = TestApp::start().await;
        let first = app.ready("first").await;
        app.complete(&first, "tok_visa").key("0").send().await;
        app.settle().await;
        let amount = app.payments.captures()[0].amount;
        // A store forgot that somebody paid, and gave back what was paid, or somebody a part of it.
        let id = app.ready("k").await;
        let lost = forgotten(&app, &id, amount, &format!("{id}|complete|1")).await;
        app.payments.capture(&lost, amount).await.unwrap();
        match given_by_hand {
            None => {
                let given = app.app.reconcile(Timestamp::EPOCH, Strays::GivenBack).await.unwrap();
                assert_eq!(given.strays.len(), 1);
            }
            Some(part) => {
                let part = Money::new(part, amount.currency()).unwrap();
                let key = acp_core::payment::ProviderKey("by hand".into());
                app.payments.refund(&lost, &key, part).await.unwrap();
            }
        }

        let refused = app.complete(&id, "tok_visa").key("1").send().await;
        app.settle().await;
        assert_eq!(refused.status, 503, "{:#}", refused.body);
        assert_eq!(app.ledger(HONEY).await, SOLD, "what was promised is free again");
        let given: i64 = app.payments.refunds().iter().map(|it| it.amount.minor()).sum();
        assert_eq!(given, amount.minor(), "all of it is the buyer's again");

        let paid = app.complete(&id, "tok_visa").key("1").send().await;
        app.settle().await;
        assert_eq!(paid.body["status"], "completed", "{:#}", paid.body);
        let order = paid.body["order"]["id"].as_str().unwrap();
        assert_eq!(told(&app, order).await, ["placed", "captured"]);
        assert_eq!(app.payments.captures().len(), 3, "for new money");
        assert_eq!(app.ledger(HONEY).await, (136, 0, 4));
    }
}

#[tokio::test]
async fn a_payment_nobody_knows_of_is_found_and_let_go_of() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    app.complete(&id, "tok_visa").key("1").send().await;
    app.settle().await;
    // What a store forgot: a hold, and money that was taken.
    let other = app.ready("other").await;
    let amount = app.payments.captures()[0].amount;
    forgotten(&app, &other, amount, "lost 1").await;
    let lost = forgotten(&app, &other, amount, "lost 2").await;
    app.payments.capture(&lost, amount).await.unwrap();

    let told = app.app.reconcile(Timestamp::EPOCH, Strays::Told).await.unwrap();
    let fates: Vec<_> = told.strays.iter().map(|stray| stray.fate).collect();
    assert_eq!((told.looked_at, fates), (3, vec![Fate::LetGo, Fate::StillThere]));
    assert_eq!((app.payments.holds(), app.payments.refunds()), (vec![], vec![]));
    let given = app.app.reconcile(Timestamp::EPOCH, Strays::GivenBack).await.unwrap();
    assert_eq!(given.strays.len(), 1);
    assert_eq!(app.payments.refunds().len(), 1);
    let clean = app.app.reconcile(Timestamp::EPOCH, Strays::GivenBack).await.unwrap();
    assert_eq!((clean.looked_at, clean.strays), (3, vec![]));
}
