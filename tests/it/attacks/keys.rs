//! Keys that are replaced, configured, and used: what the old ones open, and for how long.

use std::time::Duration;

use acp_core::ids::AgentId;
use acp_core::ports::Clock as _;
use acp_core::principal::{ApiKey, Habits, Maker, Scope};
use acp_core::signing::{SignaturePolicy, SignedForm, SigningProfile};
use acp_core::time::Timestamp;
use acp_gateway::identity::{ConfiguredError, RotationError, WantedKey, strong_token};
use serde_json::json;

use super::signer::{Asked, Signer};
use crate::http::app::{TestApp, basket};

const DAY: Duration = Duration::from_hours(24);
const TOKENS: [&str; 3] = [
    "5f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "0f9e8d7c6b5a49382716f5e4d3c2b1a0",
    "a8b7c6d5e4f30213243546576879801b",
];

async fn opens(app: &TestApp, token: &str) -> bool {
    match app.get("/orders").token(token).send().await.status.as_u16() {
        200 => true,
        401 => false,
        status => panic!("{status}"),
    }
}

async fn key(app: &TestApp, id: &str) -> ApiKey {
    let keys = app.identity.list().await.unwrap();
    keys.into_iter().find(|key| *key.id == *id).unwrap()
}

fn id_of(token: &str) -> String {
    token.split('_').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn row_02_a_replaced_key_opens_nothing_after_the_overlap() {
    let app = TestApp::start().await;
    let old = app.key_of("agent", Scope::Agent).await;
    let rotated = app.identity.rotate(&id_of(&old), DAY, None).await.unwrap();
    assert_ne!(rotated.token, old);
    let before = key(&app, &id_of(&old)).await;
    let next = key(&app, &id_of(&rotated.token)).await;
    assert_eq!(next, rotated.next);
    let expected = ApiKey {
        id: next.id.clone(),
        secret_hash: next.secret_hash,
        follows: Some(before.id.clone()),
        expires_at: None,
        ..before.clone()
    };
    assert_eq!(next, expected, "everything else stays as it was");
    assert_eq!(before.expires_at, Some(app.clock.now().plus(DAY)));

    assert!(opens(&app, &old).await && opens(&app, &rotated.token).await);
    app.clock.advance(DAY);
    assert!(!opens(&app, &old).await && opens(&app, &rotated.token).await);
    let again = app.identity.rotate(&id_of(&old), DAY, None).await;
    assert!(matches!(again, Err(RotationError::Ended)), "what has ended is not replaced");

    let third = app.identity.rotate(&next.id, Duration::ZERO, None).await.unwrap();
    assert!(!opens(&app, &rotated.token).await, "without an overlap it ends at once");
    assert!(opens(&app, &third.token).await);
    let nobody = app.identity.rotate("nobody", DAY, None).await;
    assert!(matches!(nobody, Err(RotationError::NoKey)));
}

#[tokio::test]
async fn a_replaced_key_never_lives_longer_than_it_was_to() {
    let app = TestApp::start().await;
    let end = app.clock.now().plus(Duration::from_hours(1));
    let new = acp_gateway::identity::NewKey {
        tenant: None,
        agent: AgentId::new("trial"),
        scope: Scope::Agent,
        label: "trial".into(),
        expires_at: Some(end),
        habits: Habits::default(),
    };
    let (made, _) = app.identity.create(new).await.unwrap();
    let rotated = app.identity.rotate(&made.id, DAY, None).await.unwrap();
    assert_eq!((rotated.before.expires_at, rotated.next.expires_at), (Some(end), Some(end)));
    let later = end.plus(DAY);
    let longer = app.identity.rotate(&rotated.next.id, DAY, Some(later)).await.unwrap();
    assert_eq!((longer.before.expires_at, longer.next.expires_at), (Some(end), Some(later)));
    let over = app.identity.rotate(&longer.next.id, DAY, Some(app.clock.now())).await;
    assert!(matches!(over, Err(RotationError::NeverGood)));
}

#[tokio::test]
async fn what_is_signed_with_is_handed_on_and_still_demanded() {
    let app = TestApp::start().await;
    let mut signer = Signer::of(&app, "signer", SigningProfile::Full, SignedForm::Raw).await;
    let body = basket().to_string();
    let rotated = app.identity.rotate(&signer.id, DAY, None).await.unwrap();
    assert_eq!(rotated.next.signing.policy, SignaturePolicy::Required);
    assert_ne!(
        rotated.next.signing.keys[0].material, rotated.before.signing.keys[0].material,
        "a secret is sealed for its holder"
    );
    let unsigned = app.post("/checkout_sessions", &basket()).token(&rotated.token).send().await;
    assert_eq!((unsigned.status.as_u16(), unsigned.code()), (401, "missing_signature"));
    let asked = |key| Asked { method: "POST", path: "/checkout_sessions", key, body: &body };
    let opened = signer.signed(&app, asked("old")).send().await;
    assert_eq!(opened.status.as_u16(), 201, "{}", opened.body);
    signer.token = rotated.token;
    let opened = signer.signed(&app, asked("new")).send().await;
    assert_eq!(opened.status.as_u16(), 201, "{}", opened.body);
    // Both are the same agent: what was answered under the old key is answered again.
    app.clock.advance(Duration::from_secs(1));
    assert!(signer.signed(&app, asked("old")).send().await.is_replay());
}

#[tokio::test]
async fn a_key_is_replaced_once_however_many_want_it() {
    let app = TestApp::start().await;
    let old = id_of(&app.key_of("agent", Scope::Agent).await);
    let turns = (0..4).map(|_| app.identity.rotate(&old, Duration::ZERO, None));
    let outcomes = futures_util::future::join_all(turns).await;
    let done: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    assert_eq!(done.len(), 1, "the others find that it has ended");
    assert_eq!(app.identity.list().await.unwrap().len(), 2);
}

async fn used(app: &TestApp, id: &str) -> Option<Timestamp> {
    let key = key(app, id).await;
    app.identity.last_used(&[key]).await.unwrap()[0]
}

#[tokio::test]
async fn the_last_use_of_a_key_is_known_to_the_minute_and_noted_together() {
    let app = TestApp::start().await;
    let (one, other) =
        (app.key_of("one", Scope::Agent).await, app.key_of("other", Scope::Agent).await);
    let (one_id, other_id) = (id_of(&one), id_of(&other));
    app.identity.note_uses().await.unwrap();
    assert_eq!(used(&app, &one_id).await, None);

    let minute = app.clock.advance(Duration::from_mins(7));
    app.clock.advance(Duration::from_secs(59));
    assert!(opens(&app, &one).await && !opens(&app, &format!("{one}x")).await);
    assert_eq!(used(&app, &one_id).await, Some(minute), "before it is noted, too");
    app.identity.note_uses().await.unwrap();
    // A gateway that starts anew, or another one, reads what was noted.
    app.identity.refresh().await.unwrap();
    assert_eq!(used(&app, &one_id).await, Some(minute));
    assert_eq!(used(&app, &other_id).await, None, "who was only mentioned was not used");
    app.clock.advance(Duration::from_secs(1));
    assert!(opens(&app, &one).await);
    assert_eq!(used(&app, &one_id).await, Some(minute.plus(Duration::from_mins(1))));
}

fn wanted(agent: &str, scope: Scope, token: &str) -> WantedKey {
    let hash = strong_token(token).unwrap();
    WantedKey { agent: AgentId::new(agent), scope, label: "configured".into(), hash }
}

#[tokio::test]
async fn configured_keys_are_there_and_end_with_their_entries() {
    let app = TestApp::start().await;
    let [one, two, three] = TOKENS;
    let first = [wanted("a", Scope::Agent, one), wanted("m", Scope::Merchant, two)];
    assert!(opens(&app, "acp_demo_agent").await);
    for _ in 0..3 {
        app.identity.configure(&first).await.unwrap();
        let keys = app.identity.list().await.unwrap();
        assert_eq!(keys.len(), 2, "they are made once");
        assert!(keys.iter().all(|key| key.made_by == Maker::Configuration));
    }
    assert!(opens(&app, one).await && opens(&app, two).await);
    assert!(!opens(&app, "acp_demo_agent").await, "with them it is no demo");

    let by_hand = app.key_of("by hand", Scope::Agent).await;
    let changed = [wanted("a", Scope::Agent, three), wanted("m2", Scope::Merchant, two)];
    app.identity.configure(&changed).await.unwrap();
    assert!(!opens(&app, one).await, "its token is not configured any more");
    assert!(opens(&app, three).await && opens(&app, two).await && opens(&app, &by_hand).await);
    let keys = app.identity.list().await.unwrap();
    assert!(keys.iter().any(|key| key.agent.as_str() == "m2" && key.revoked_at.is_none()));

    app.identity.configure(&first).await.unwrap();
    assert!(opens(&app, one).await, "the configuration brings back what it had ended");
    assert!(!opens(&app, three).await, "and ends what it does not want");
    app.identity.configure(&[]).await.unwrap();
    assert!(!opens(&app, two).await && opens(&app, &by_hand).await);
    assert!(!opens(&app, "acp_demo_agent").await, "the last one gone brings no demo back");
}

#[tokio::test]
async fn a_configured_key_that_was_ended_stays_so() {
    let app = TestApp::start().await;
    let wish = [wanted("a", Scope::Agent, TOKENS[0])];
    app.identity.configure(&wish).await.unwrap();
    let id = app.identity.list().await.unwrap()[0].id.clone();
    let rotated = app.identity.rotate(&id, DAY, None).await;
    assert!(matches!(rotated, Err(RotationError::Configured)));
    assert!(app.identity.revoke(&id).await.unwrap());
    app.identity.configure(&wish).await.unwrap();
    assert!(!opens(&app, TOKENS[0]).await);
}

/// Of two gateways on one store the one with the older list starts last.
#[tokio::test]
async fn an_older_configuration_ends_no_key_for_good() {
    let app = TestApp::start().await;
    let [one, two, _] = TOKENS;
    let old = [wanted("a", Scope::Agent, one)];
    let new = [wanted("a", Scope::Agent, two)];
    for wish in [&new, &old] {
        app.identity.configure(wish).await.unwrap();
    }
    assert!(opens(&app, one).await && !opens(&app, two).await);
    let before = app.identity.list().await.unwrap();
    let ended = before.iter().find(|key| key.revoked_at.is_some()).unwrap().clone();
    assert_eq!(ended.revoked_by, Maker::Configuration);
    app.identity.configure(&new).await.unwrap();
    assert!(!opens(&app, one).await && opens(&app, two).await);
    let back = ApiKey { revoked_at: None, revoked_by: Maker::Operator, ..ended.clone() };
    assert_eq!(key(&app, &ended.id).await, back, "it is the same key");

    // What somebody has ended is ended, also when the configuration had done so before.
    app.identity.configure(&old).await.unwrap();
    let since = key(&app, &ended.id).await.revoked_at;
    app.clock.advance(DAY);
    assert!(app.identity.revoke(&ended.id).await.unwrap());
    app.identity.configure(&new).await.unwrap();
    assert!(!opens(&app, two).await);
    assert_eq!(key(&app, &ended.id).await.revoked_at, since);
}

#[tokio::test]
async fn a_token_belongs_to_one_key() {
    let app = TestApp::start().await;
    let by_hand = app.key_of("by hand", Scope::Agent).await;
    let twice = [wanted("a", Scope::Agent, TOKENS[0]), wanted("b", Scope::Agent, TOKENS[0])];
    let refused = app.identity.configure(&twice).await;
    assert!(matches!(refused, Err(ConfiguredError::Twice)));
    let refused = app.identity.configure(&[wanted("a", Scope::Agent, &by_hand)]).await;
    assert!(matches!(refused, Err(ConfiguredError::Taken { .. })), "{refused:?}");
    assert_eq!(app.identity.list().await.unwrap().len(), 1);
    let nothing = app.post("/checkout_sessions", &json!({})).token(TOKENS[0]).send().await;
    assert_eq!(nothing.status.as_u16(), 401);
}
