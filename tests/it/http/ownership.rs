use acp_core::ids::AgentId;
use acp_core::principal::Scope;
use acp_core::session::Owner;
use serde_json::json;

use super::app::{TestApp, Wishes, basket};
use super::held::Holdup;

const PATH: &str = "/checkout_sessions";

#[tokio::test]
async fn another_agents_session_is_not_there() {
    let app = TestApp::start().await;
    let (mine, theirs) =
        (app.key_of("mine", Scope::Agent).await, app.key_of("theirs", Scope::Agent).await);
    let opened = app.post(PATH, &basket()).token(&mine).send().await;
    let unknown = "/checkout_sessions/cs_0001_00000000000000000000000000";
    let nowhere = app.get(unknown).token(&theirs).send().await;
    let path = format!("{PATH}/{}", opened.id());

    let read = app.get(&path).token(&theirs).send().await;
    assert_eq!(
        (read.status.as_u16(), &read.raw),
        (404, &nowhere.raw),
        "the same answer as for no session"
    );
    for (key, path) in
        [("1", path.clone()), ("2", format!("{path}/complete")), ("3", format!("{path}/cancel"))]
    {
        let answer =
            app.post(&path, &super::app::payment("tok_visa")).token(&theirs).key(key).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "session_not_found"), "{path}");
    }
    assert_eq!(app.get(&path).token(&mine).send().await.raw, opened.raw, "nothing has changed");
    assert_eq!(app.payments.calls(), []);
}

#[tokio::test]
async fn the_same_key_of_two_agents_is_two_keys() {
    let app = TestApp::start().await;
    let (one, other) =
        (app.key_of("one", Scope::Agent).await, app.key_of("other", Scope::Agent).await);
    let first = app.post(PATH, &basket()).token(&one).key("k").send().await;
    let second = app.post(PATH, &basket()).token(&other).key("k").send().await;
    assert!(!second.is_replay());
    assert_ne!(first.id(), second.id());
}

#[tokio::test]
async fn a_new_key_of_the_same_agent_sees_the_same_sessions() {
    let app = TestApp::start().await;
    let (old, new) = (app.key_of("a", Scope::Agent).await, app.key_of("a", Scope::Agent).await);
    let opened = app.post(PATH, &basket()).token(&old).key("k").send().await;
    let again = app.post(PATH, &basket()).token(&new).key("k").send().await;
    assert!(again.is_replay(), "keys rotate, the agent stays");
    assert_eq!(app.get(&format!("{PATH}/{}", opened.id())).token(&new).send().await.status, 200);
}

#[tokio::test]
async fn a_token_that_opens_nothing_is_401() {
    let app = TestApp::start().await;
    let good = app.key_of("a", Scope::Agent).await;
    let cut = good.strip_suffix(|_| true).unwrap();
    let revoked = app.key_of("b", Scope::Agent).await;
    app.identity.revoke(revoked.split('_').nth(1).unwrap()).await.unwrap();
    for bad in ["", "x", cut, &revoked, "acp_demo_agent", &format!("{good}0"), &good.to_uppercase()]
    {
        let answer = app.post(PATH, &basket()).token(bad).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "unauthorized"), "{bad}");
    }
    let in_query = app.ask("POST", &format!("{PATH}?access_token={good}")).without("authorization");
    assert_eq!(in_query.key("k").body(basket().to_string()).send().await.status, 401);
    let two = app.post(PATH, &basket()).token(&good).and_header("authorization", b"Bearer x");
    assert_eq!(two.send().await.status, 401, "one of two is not chosen");
    let basic = app.post(PATH, &basket()).header("authorization", &format!("Basic {good}"));
    assert_eq!(basic.send().await.status, 401);
    assert_eq!(app.post(PATH, &basket()).token(&good).send().await.status, 201);
}

#[tokio::test]
async fn a_merchants_key_buys_nothing() {
    let app = TestApp::start().await;
    let merchant = app.key_of("m", Scope::Merchant).await;
    let answer = app.post(PATH, &json!({})).token(&merchant).send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "forbidden"));
}

/// Whoever has stolen a key need not wait for an answer to have what it asked for.
#[tokio::test]
async fn whoever_hangs_up_is_remembered_as_well() {
    let holdup = Holdup::default();
    let app = TestApp::wishing(Wishes { holdup: holdup.clone(), ..Wishes::default() }).await;
    let key = app.key_of("mine", Scope::Agent).await;
    let opened = app.post(PATH, &basket()).token(&key).send().await;
    let path = format!("{PATH}/{}", opened.id());
    let looking = holdup.of("/v");
    tokio::select! {
        answer = app.get(&path).token(&key).send() => panic!("it was answered: {answer:?}"),
        () = looking.reached() => {}
    }
    looking.open();
    let agent = Owner { tenant: app.shop.tenant.clone(), agent: AgentId::new("mine") };
    let seen = app.identity.requests_of(&agent).await.unwrap();
    let seen: Vec<_> = seen.iter().map(|it| (&*it.method, &*it.path, it.status)).collect();
    assert_eq!(seen, [("POST", PATH, Some(201)), ("GET", &*path, None)]);
    assert_eq!(app.get(&path).token(&key).send().await.status, 200);
}
