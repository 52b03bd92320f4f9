//! People others vouch for: what their roles are good for, and what tokens are not.

use std::io;
use std::sync::{Arc, Mutex};

use acp_core::principal::Scope;
use acp_gateway::identity::demo;
use serde_json::json;
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

use super::issuer::{AUDIENCE, ISSUER, Issuer};
use crate::http::app::{Answer, Ask, HONEY, TestApp, Wishes, basket};
use crate::support::are_backends_remote;

async fn shop(issuer: &Issuer) -> TestApp {
    let issuer = Some(issuer.believed());
    TestApp::wishing(Wishes { issuer, ..Wishes::default() }).await
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default())
}

async fn with(ask: Ask<'_>, token: &str) -> (u16, String) {
    let answer = ask.token(token).send().await;
    let (status, code) = refusal(&answer);
    (status, code.to_owned())
}

#[tokio::test]
async fn row_02_a_token_that_proves_nothing_is_401_everywhere() {
    let issuer = Issuer::new(1);
    let app = shop(&issuer).await;
    let good = issuer.token("ada", "shop:read shop:write orders:write admin");
    let stranger = Issuer::new(2).token("ada", "shop:read shop:write orders:write admin");
    let claims = |name: &str, value: serde_json::Value| {
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": 4_102_444_800_i64,
            "scope": "shop:read",
        });
        claims[name] = value;
        issuer.signed(&claims)
    };
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    for token in [
        stranger,
        claims("exp", json!(1_600_000_000)),
        claims("aud", json!("another")),
        claims("iss", json!("https://login.other.example")),
        unsigned,
        good.split_at(good.len() - 4).0.to_owned(),
        good.replacen('.', "..", 1),
        // Where people are known by tokens this is no demo, also while no key was made.
        demo::MERCHANT_KEY.to_owned(),
        demo::PRINCIPAL_KEY.to_owned(),
        demo::AGENT_KEY.to_owned(),
    ] {
        for ask in [
            app.get("/orders"),
            app.get("/catalog/items"),
            app.post("/checkout_sessions", &basket()),
            app.post(&format!("/catalog/items/{HONEY}/stock"), &json!({"free": 1})),
        ] {
            let answer = ask.token(&token).send().await;
            assert_eq!(refusal(&answer), (401, "unauthorized"), "{token}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert!(
                !answer
                    .raw
                    .windows(20)
                    .any(|part| token.as_bytes().windows(20).any(|it| it == part))
            );
        }
    }
    let in_address = app.get(&format!("/orders?access_token={good}"));
    let nobody = in_address.without("authorization").send().await;
    assert_eq!(refusal(&nobody), (401, "unauthorized"), "a token in the address is not looked at");
    if !are_backends_remote() {
        assert_eq!(app.ledger(HONEY).await, (140, 0, 0), "nothing was counted");
    }
}

#[tokio::test]
async fn row_04_a_role_is_good_for_what_it_says_and_a_token_never_buys() {
    if are_backends_remote() {
        return;
    }
    let issuer = Issuer::new(1);
    let app = shop(&issuer).await;
    let forbidden = || (403, "forbidden".to_owned());
    let stock = format!("/catalog/items/{HONEY}/stock");
    for (roles, may_read, may_write, may_decide) in [
        ("shop:read", true, false, false),
        ("shop:write", true, true, false),
        ("orders:write", true, false, true),
        ("shop:write orders:write", true, true, true),
        ("admin", false, false, false),
        ("agent", false, false, false),
        ("", false, false, false),
    ] {
        let token = issuer.token("ada", roles);
        for path in ["/catalog/items", "/orders", "/checkout_sessions", "/approvals"] {
            let (status, _) = with(app.get(path), &token).await;
            assert_eq!(status, if may_read { 200 } else { 403 }, "{roles}: {path}");
        }
        let count = app.post(&stock, &json!({"adjust": 0})).key(&format!("count {roles}"));
        let counted = with(count, &token).await;
        assert_eq!(counted == forbidden(), !may_write, "{roles}: {counted:?}");
        // There is no such order and no such session, which only those are told who may decide.
        for (path, body) in [
            ("/orders/ord_nothing/refunds", json!({"reason": "other"})),
            ("/orders/ord_nothing/cancellations", json!({})),
            ("/checkout_sessions/cs_nothing/approval", json!({"verdict": "approved"})),
        ] {
            let decided = with(app.post(path, &body).key(&format!("decide {roles}")), &token).await;
            assert_eq!(decided == forbidden(), !may_decide, "{roles}: {path} {decided:?}");
        }
        let bought = with(app.post("/checkout_sessions", &basket()).key("buy"), &token).await;
        assert_eq!(bought, forbidden(), "{roles}");
        let cart = json!({"line_items": [{"id": HONEY, "quantity": 1}]});
        assert_eq!(
            with(app.post("/carts", &cart).key("cart"), &token).await,
            forbidden(),
            "{roles}"
        );
    }
    // The first key ends the demo, and tokens are as good as before.
    app.key_of("agent", Scope::Agent).await;
    assert_eq!(with(app.get("/orders"), &issuer.token("ada", "shop:read")).await.0, 200);
}

#[tokio::test]
async fn row_05_the_same_key_of_two_people_is_two_keys() {
    if are_backends_remote() {
        return;
    }
    let issuer = Issuer::new(1);
    let app = shop(&issuer).await;
    let (ada, bob) = (issuer.token("ada", "shop:write"), issuer.token("bob", "shop:write"));
    let merchant = app.key_of("ada", Scope::Merchant).await;
    let stock = format!("/catalog/items/{HONEY}/stock");
    let count = async |token: &str| {
        app.post(&stock, &json!({"adjust": 1})).key("the same").token(token).send().await
    };
    for token in [&ada, &bob, &merchant] {
        let counted = count(token).await;
        assert_eq!((counted.status.as_u16(), counted.is_replay()), (200, false));
    }
    assert!(count(&ada).await.is_replay());
    assert_eq!(app.ledger(HONEY).await.0, 143);
}

#[tokio::test]
async fn where_nobody_vouches_no_token_is_taken() {
    let app = TestApp::start().await;
    let token = Issuer::new(1).token("ada", "shop:read");
    assert_eq!(with(app.get("/orders"), &token).await, (401, "unauthorized".to_owned()));
}

/// What is said, as the log has it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn whom_a_token_names_is_in_the_log_and_the_token_is_not() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let issuer = Issuer::new(1);
    let app = shop(&issuer).await;
    let token = issuer.token("ada@shop.example", "shop:read");
    assert_eq!(with(app.get("/orders"), &token).await.0, 200);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("caller.subject=\"ada@shop.example\""), "{said}");
    assert!(!said.contains(token.rsplit('.').next().unwrap()), "{said}");
}
