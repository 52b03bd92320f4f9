use std::time::Duration;

use acp_core::ids::{SessionId, VaultTokenId};
use acp_core::limits::{COMPLETION_LEASE, VAULT_TOKEN_KEPT};
use acp_core::payment::{Decline, PaymentFault};
use acp_core::ports::{Checkouts as _, Vault as _};
use acp_core::principal::Scope;
use acp_core::session::Challenge;
use acp_gateway::app::Paying;
use acp_mocks::{Operation, Outcome, Turn};
use serde_json::json;

use super::{DELEGATE, VISA, delegation, with};
use crate::http::app::{Answer, HONEY, TestApp, Wishes, basket, payment, standard_shipping};
use crate::http::held::Holdup;

const ALL_FREE: (u32, u64, u64) = (140, 0, 0);

/// What the demo makes of a card that pays.
const BEHIND: &str = "tok_card";

async fn handed_over(app: &TestApp, session: &str, number: &str) -> String {
    let taken = app.post(DELEGATE, &delegation(session, number)).key("handed over").send().await;
    assert_eq!(taken.status, 201, "{:#}", taken.body);
    taken.id()
}

async fn token_for(app: &TestApp, session: &str) -> String {
    let taken = app.post(DELEGATE, &delegation(session, VISA)).key(session).send().await;
    assert_eq!(taken.status, 201, "{:#}", taken.body);
    taken.id()
}

fn is_declined(answer: &Answer) -> bool {
    answer.status == 200
        && answer.body["status"] == "ready_for_payment"
        && answer.body["messages"][0]["code"] == "payment_declined"
}

async fn is_spent(app: &TestApp, token: &str) -> bool {
    let id = VaultTokenId::parse(token).unwrap();
    app.vault.find(&id).await.unwrap().unwrap().0.spent.is_some()
}

#[tokio::test]
async fn a_token_pays_for_its_session_with_what_stands_behind_it() {
    let app = TestApp::start().await;
    app.payments.on_token(BEHIND, Outcome::Hold);
    let session = app.ready("k").await;
    let token = token_for(&app, &session).await;
    app.payments.on_token(&token, Outcome::Decline(Decline::Hard));
    let paid = app.complete(&session, &token).key("1").send().await;
    assert_eq!(paid.body["status"], "completed", "{:#}", paid.body);
    app.settle().await;
    assert_eq!((app.payments.captures().len(), app.payments.holds().len()), (1, 0));
    assert!(is_spent(&app, &token).await);
    assert!(!paid.body.to_string().contains("4242"), "nothing of the card is told");
}

#[tokio::test]
async fn row_40_a_token_pays_nothing_beyond_its_allowance() {
    let app = TestApp::start().await;
    let (session, other) = (app.ready("k").await, app.ready("other").await);
    let total = app.get(&format!("/checkout_sessions/{session}")).send().await.total("total");
    let fine = delegation(&session, VISA);
    let mut bodies = vec![
        ("another session", delegation(&other, VISA)),
        ("too little", with(fine.clone(), "/allowance/max_amount", json!(total - 1))),
        ("another currency", with(fine.clone(), "/allowance/currency", json!("eur"))),
    ];
    bodies.push(("just enough", with(fine, "/allowance/max_amount", json!(total))));
    for (what, body) in bodies {
        let taken = app.post(DELEGATE, &body).key(what).send().await;
        let tried = app.complete(&session, &taken.id()).key(what).send().await;
        if what == "just enough" {
            assert_eq!(tried.body["status"], "completed", "{:#}", tried.body);
            continue;
        }
        assert!(is_declined(&tried), "{what}: {:#}", tried.body);
        assert!(!is_spent(&app, &taken.id()).await, "{what}");
        assert_eq!(app.payments.calls(), [], "{what}: nobody was asked");
        assert_eq!(app.ledger(HONEY).await, ALL_FREE, "{what}");
    }
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn row_40_a_token_of_nobody_and_one_of_another_merchant_pay_nothing() {
    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let lost = app.complete(&session, "vt_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z").key("1").send().await;
    assert!(is_declined(&lost), "{:#}", lost.body);

    let app = TestApp::start().await;
    let tenant = app.tenant("bakery", 5).await;
    let theirs = app.key_at(Some(&tenant), "agent", Scope::Agent).await;
    let ours = app.key_of("agent", Scope::Agent).await;
    let opened = app.post("/checkout_sessions", &basket()).token(&ours).key("o").send().await;
    let path = format!("/checkout_sessions/{}", opened.id());
    app.post(&path, &standard_shipping()).token(&ours).key("s").send().await;
    let body = delegation(&opened.id(), VISA);
    let taken = app.post(DELEGATE, &body).token(&theirs).key("t").send().await;
    assert_eq!(taken.status, 201, "{:#}", taken.body);
    let tried = app.complete(&opened.id(), &taken.id()).token(&ours).key("c").send().await;
    assert!(is_declined(&tried), "{:#}", tried.body);
    assert!(!is_spent(&app, &taken.id()).await);
    assert_eq!(app.payments.calls(), []);
}

#[tokio::test]
async fn a_token_is_good_for_nothing_at_and_after_its_time() {
    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let token = token_for(&app, &session).await;
    app.clock.advance(Duration::from_hours(12));
    let late = app.complete(&session, &token).key("1").send().await;
    assert!(is_declined(&late), "at this very moment: {:#}", late.body);

    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let token = token_for(&app, &session).await;
    app.clock.advance(Duration::from_hours(12) - Duration::from_millis(1));
    let last = app.complete(&session, &token).key("1").send().await;
    assert_eq!(last.body["status"], "completed", "{:#}", last.body);
    app.settle().await;
}

#[tokio::test]
async fn a_token_that_was_declined_has_had_its_one_use() {
    let app = TestApp::start().await;
    app.payments.on_token("tok_insufficient_funds", Outcome::Decline(Decline::Soft));
    let session = app.ready("k").await;
    let token = handed_over(&app, &session, "4000000000009995").await;
    assert!(is_declined(&app.complete(&session, &token).key("1").send().await));
    assert!(is_spent(&app, &token).await);
    let asked = app.payments.calls().len();
    assert!(is_declined(&app.complete(&session, &token).key("2").send().await));
    assert_eq!(app.payments.calls().len(), asked, "nobody is asked about a token that is used up");
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
}

#[tokio::test]
async fn a_token_comes_back_when_the_buyer_has_to_authenticate_and_pays_then() {
    let app = TestApp::start().await;
    app.payments.on_token(
        "tok_requires_3ds",
        Outcome::Challenge(Challenge {
            acquirer_bin: "412345".into(),
            acquirer_country: "US".into(),
            acquirer_merchant_id: "merchant".into(),
            merchant_name: "Harbour".into(),
            directory_server: "visa".into(),
            browser: None,
        }),
    );
    let session = app.ready("k").await;
    let token = handed_over(&app, &session, "4000002500003155").await;
    let asked = app.complete(&session, &token).key("1").send().await;
    assert_eq!(asked.body["status"], "authentication_required", "{:#}", asked.body);
    assert!(!is_spent(&app, &token).await, "nothing was held by it");
    let mut body = payment(&token);
    body["authentication_result"] = json!({"outcome": "authenticated", "outcome_details": {
        "three_ds_cryptogram": "c", "electronic_commerce_indicator": "05",
        "transaction_id": "t", "version": "2.2.0",
    }});
    let path = format!("/checkout_sessions/{session}/complete");
    let paid = app.post(&path, &body).key("2").send().await;
    assert_eq!(paid.body["status"], "completed", "{:#}", paid.body);
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn a_token_comes_back_when_there_is_too_little_or_we_fail_before_money_moves() {
    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let token = token_for(&app, &session).await;
    app.payments.script(Operation::Create, [Turn::FailBefore(PaymentFault::CallerBug)]);
    let failed = app.complete(&session, &token).key("1").send().await;
    assert_eq!(failed.status, 503, "{:#}", failed.body);
    assert!(!is_spent(&app, &token).await);
    let paid = app.complete(&session, &token).key("1").send().await;
    assert_eq!(paid.body["status"], "completed", "{:#}", paid.body);
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1);
}

/// The provider's answer to the confirmation is lost, and the run is taken up by somebody else: it
/// finds the token spent by itself.
#[tokio::test]
async fn a_run_that_was_interrupted_goes_on_with_the_token_it_has_spent() {
    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let token = token_for(&app, &session).await;
    app.payments.script(Operation::Confirm, [Turn::FailBefore(PaymentFault::Ambiguous)]);
    let waits = app.complete(&session, &token).key("1").send().await;
    assert_eq!(waits.body["status"], "complete_in_progress", "{:#}", waits.body);
    assert!(is_spent(&app, &token).await);
    // Its time is over by now; it was spent before.
    app.clock.advance(Duration::from_mins(2));
    app.app.tend().await.unwrap();
    app.settle().await;
    let shown = app.get(&format!("/checkout_sessions/{session}")).send().await;
    assert_eq!(shown.body["status"], "completed", "{:#}", shown.body);
    assert_eq!((app.payments.captures().len(), app.payments.holds().len()), (1, 0));
}

/// A worker stands still before it looks at the token, and the run is taken over and taken back
/// meanwhile: because it is too late, or after the token was spent and handed back.
#[tokio::test]
async fn who_was_overtaken_spends_no_token_for_a_try_that_is_over() {
    const LIFE: Duration = Duration::from_mins(1);
    for (is_confirming, is_late) in [(false, true), (false, false), (true, true)] {
        let what = format!("confirming: {is_confirming}, late: {is_late}");
        let holdup = Holdup::default();
        let paying = Paying { authorization_life: LIFE, ..Paying::default() };
        let wishes = Wishes { holdup: holdup.clone(), paying, ..Wishes::default() };
        let app = TestApp::wishing(wishes).await;
        let session = app.ready("k").await;
        let token = token_for(&app, &session).await;
        let run = SessionId::parse(&session).unwrap();
        if !is_late {
            app.payments.script(Operation::Create, [Turn::FailBefore(PaymentFault::CallerBug)]);
        }
        let mut looking = holdup.of("/t");
        let meanwhile = async {
            looking.reached().await;
            if is_confirming {
                let made = std::mem::replace(&mut looking, holdup.of("/t"));
                made.open();
                looking.reached().await;
            }
            app.clock.advance(if is_late { LIFE } else { COMPLETION_LEASE });
            app.app.tend().await.unwrap();
            while app.checkouts.run(&run).await.unwrap().is_some() {
                tokio::task::yield_now().await;
            }
            looking.open();
        };
        let overtaken = app.complete(&session, &token).key("1").send();
        let (overtaken, ()) = tokio::join!(overtaken, meanwhile);
        assert_eq!(overtaken.status, 409, "{what}: {:#}", overtaken.body);
        app.settle().await;
        assert!(!is_spent(&app, &token).await, "{what}");
        let paid = app.complete(&session, &token).key("2").send().await;
        assert_eq!(paid.body["status"], "completed", "{what}: {:#}", paid.body);
        app.settle().await;
        assert_eq!((app.payments.captures().len(), app.payments.holds().len()), (1, 0), "{what}");
    }
}

#[tokio::test]
async fn however_many_pay_with_a_token_at_once_one_does() {
    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let token = token_for(&app, &session).await;
    let keys: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let asks = keys.iter().map(|key| app.complete(&session, &token).key(key).send());
    let said = futures_util::future::join_all(asks).await;
    let completed = said.iter().filter(|answer| answer.body["status"] == "completed").count();
    assert!(completed >= 1, "somebody did");
    app.settle().await;
    assert_eq!((app.payments.captures().len(), app.payments.holds_ever().len()), (1, 1));
}

#[tokio::test]
async fn tokens_are_forgotten_when_nobody_asks_for_them_any_more() {
    let app = TestApp::start().await;
    let session = app.ready("k").await;
    let token = VaultTokenId::parse(&token_for(&app, &session).await).unwrap();
    let end = Duration::from_hours(12) + VAULT_TOKEN_KEPT;
    app.clock.advance(end.saturating_sub(Duration::from_millis(1)));
    assert_eq!(app.app.tend().await.unwrap().tokens, 0);
    app.clock.advance(Duration::from_millis(1));
    assert_eq!(app.app.tend().await.unwrap().tokens, 1);
    assert_eq!(app.vault.find(&token).await.unwrap(), None);
    assert_eq!(app.app.tend().await.unwrap().tokens, 0, "once is enough");
}
