use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use acp_core::ids::TenantId;
use acp_core::ports::{Clock, PortError, PublishedKeys, Retry};
use acp_core::principal::{Principal, Proof, Role, Scope};
use acp_mocks::StillClock;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde_json::{Value, json};

use super::{JwtOptions, Jwts};
use crate::identity::Unproven;

/// A key of 2048 bits, made for this test and thrown away, and a token signed with it.
const RSA_N: &str = "mv7WVNsGFEy3K5ncrNogAuMR5CgbrcORGFHDv9-Lus7EgowYfmoYs_DlvL2RudygkyTYIo-xbzhZnWt5\
    9cFi9Oo5wmWU0mgeXmvi4k50YTVdxTGnUqQWw9QBBEK15FsLGsXlDr1ytMY7yX-YJPiZYb5zeTITRDGQ\
    NPpMQYXVdWr1D805E6GZoQ33NFsVNVFufozaL93SnZyrzOCmo37TeJMLLQRTm5AyfD3-N6PHsdMqiXuv\
    QM4IVvxI1ETuwidskGOdb9OXKkT6WwlY94LzmQTFKx0QNIclu_FX-83gpPiKSPkfvIoSsnIEJ5NMk8wA\
    yGH8QqZkotWBLpp4j08CAw";
const RSA_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2l\
    uLmV4YW1wbGUiLCJhdWQiOiJnYXRld2F5Iiwic3ViIjoiYWRhIiwiZXhwIjo0MTAyNDQ0ODAwLCJzY29\
    wZSI6InNob3A6cmVhZCJ9.iWCJmJStI7IOVZ42BENcRN4AFj_5gGGVVAB9ac1o57lci_Pai75Y4XRsj2\
    PqtHvt9tfXENXbLSqRR8iNzd9ZzDUDiF_EjWT00Iz34fcprJsqzadaE_GYDybQU_u7XX6qHYUeKcmwoS\
    9DhYFs5xFlinm9xEuxedWNhxVVK8V-LJp5hZheMN9KVsYjgMiIpIbpAJauaP0VCJuBc-MK48ptFXU3JQ\
    0lum-xkC0geQk5LTPum2GCIztSQ_e3LaPu-W1R4vU6JS2hkjffi4GyapIAzYcIkopQU6dPiilCoYc007\
    SjA3oQXlkIKyndr6cvuEU6siAx0_fELvUkvn5iOPk86w";
/// The same with a key of 1024 bits.
const WEAK_N: &str = "nozRL3LNQyazGgsdqEgI-6ROGA0c8neXSjiN_Og4GUQw_3KgvufC0jq5n8_-d53xeyVubkB0oIljMCm4\
    nYYM8LUozj0Un1WBm9b8nnBixrdYAmRrA0zF6v_dB6Q7xQKiApRI1WxHAgYsOEkOD5wxHag8XnwHcLrt\
    YwiYfmWfvws";
const WEAK_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2l\
    uLmV4YW1wbGUiLCJhdWQiOiJnYXRld2F5Iiwic3ViIjoiYWRhIiwiZXhwIjo0MTAyNDQ0ODAwLCJzY29\
    wZSI6InNob3A6cmVhZCJ9.OaGa1Cu3cPmRcWDZPi3nuTDxcwiG7dBZkzrjxUidMY2v2sLK5wtsv4MSkI\
    S1pMbmVMHVyKa-9lq_FHonrOKLvx37ppO-Nk0ZOVW-Ujzsr6ZPSFzKg9xIv1HB5MBh77CHTHsGMueOci\
    fLuY-WY86zuHL_TGDQP7DkwRYgEdBL94o";

/// What an issuer publishes, and how often it was asked.
#[derive(Default)]
struct Published {
    text: Mutex<Option<Vec<u8>>>,
    asked: AtomicUsize,
}

#[async_trait]
impl PublishedKeys for Published {
    async fn read(&self) -> Result<Vec<u8>, PortError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        // As an issuer far away, it does not answer at once.
        tokio::task::yield_now().await;
        let text = self.text.lock().unwrap().clone();
        text.ok_or(PortError { what: "asking", retry: Retry::Safe, cause: None })
    }
}

impl Published {
    fn publish(&self, keys: &[Value]) {
        *self.text.lock().unwrap() = Some(json!({"keys": keys}).to_string().into_bytes());
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn pair(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

fn jwk(kid: &str, seed: u8) -> Value {
    let x = encoded(pair(seed).public_key());
    json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig"})
}

fn rsa(kid: &str, n: &str) -> Value {
    json!({"kty": "RSA", "n": n, "e": "AQAB", "kid": kid, "alg": "RS256"})
}

fn signed(header: &Value, claims: &Value, seed: u8) -> String {
    let text = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
    let signature = encoded(pair(seed).sign(text.as_bytes()));
    format!("{text}.{signature}")
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": "one", "typ": "JWT"})
}

struct Rig {
    clock: Arc<StillClock>,
    published: Arc<Published>,
    jwts: Jwts,
}

impl Rig {
    fn new() -> Self {
        Self::wanting(|_| ())
    }

    fn wanting(change: impl FnOnce(&mut JwtOptions)) -> Self {
        let (clock, published) = (Arc::new(StillClock::default()), Arc::new(Published::default()));
        published.publish(&[jwk("one", 1)]);
        let mut options = JwtOptions {
            issuer: "https://login.example".to_owned(),
            audience: "gateway".to_owned(),
            roles_claim: "roles".to_owned(),
            tenant_claim: None,
            skew: Duration::from_mins(1),
        };
        change(&mut options);
        let dyn_published: Arc<dyn PublishedKeys> = Arc::<Published>::clone(&published);
        let dyn_clock: Arc<dyn Clock> = Arc::<StillClock>::clone(&clock);
        let jwts = Jwts::new(options, dyn_published, dyn_clock);
        Self { clock, published, jwts }
    }

    /// The claims of somebody who may look at the shop, good for ten minutes from now on.
    fn claims(&self) -> Value {
        let now = self.clock.now().unix_ms() / 1_000;
        json!({
            "iss": "https://login.example", "aud": "gateway", "sub": "ada", "iat": now, "nbf": now,
            "exp": now + 600, "scope": "openid shop:read",
        })
    }

    async fn prove(&self, token: &str) -> Result<Principal, Unproven> {
        self.jwts.prove(token, &TenantId::new("shop"), self.clock.now()).await
    }

    async fn why_not(&self, token: &str) -> &'static str {
        match self.prove(token).await {
            Err(Unproven::Token(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn asked(&self) -> usize {
        self.published.asked.load(Ordering::Relaxed)
    }
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_token_names_somebody_with_the_roles_it_says() {
    let rig = Rig::new();
    let token = signed(&header(), &rig.claims(), 1);
    assert!(Jwts::is_one(&token));
    let caller = rig.prove(&token).await.unwrap();
    assert_eq!((caller.subject(), caller.agent.as_str()), (Some("ada"), "jwt:ada"));
    assert_eq!((caller.scope, caller.tenant), (Scope::Merchant, TenantId::new("shop")));
    let [Proof::Jwt { issuer, roles, .. }] = caller.proofs.as_slice() else { panic!() };
    assert_eq!((&**issuer, roles.as_slice()), ("https://login.example", &[Role::ShopRead][..]));

    for (claim, value, scope, roles) in [
        ("scope", json!(""), Scope::Admin, vec![]),
        ("scope", json!("Shop:read shop:readx"), Scope::Admin, vec![]),
        ("scope", json!("admin"), Scope::Admin, vec![Role::Admin]),
        (
            "roles",
            json!(["orders:write", 7]),
            Scope::Merchant,
            vec![Role::ShopRead, Role::OrdersWrite],
        ),
        (
            "roles",
            json!("admin shop:write"),
            Scope::Merchant,
            vec![Role::ShopRead, Role::ShopWrite, Role::Admin],
        ),
        ("groups", json!("admin"), Scope::Merchant, vec![Role::ShopRead]),
    ] {
        let token = signed(&header(), &with(&rig.claims(), claim, value.clone()), 1);
        let caller = rig.prove(&token).await.unwrap();
        let [Proof::Jwt { roles: told, .. }] = caller.proofs.as_slice() else { panic!() };
        let mut told = told.clone();
        told.sort_by_key(|role| Role::ALL.iter().position(|one| one == role));
        assert_eq!((caller.scope, told), (scope, roles), "{claim} {value}");
    }
}

#[tokio::test]
async fn a_token_is_of_the_issuer_for_us_and_of_now() {
    let rig = Rig::new();
    let now = rig.clock.now().unix_ms() / 1_000;
    for (claim, value, why) in [
        ("iss", json!("https://login.example/"), "it is of another issuer"),
        ("iss", Value::Null, "iss, sub, aud or exp is missing or malformed"),
        ("aud", json!("other"), "it is for another audience"),
        ("aud", json!(["other", "gateway2"]), "it is for another audience"),
        ("aud", json!([]), "it is for another audience"),
        ("exp", json!(now - 60), "it has expired"),
        ("exp", Value::Null, "iss, sub, aud or exp is missing or malformed"),
        ("exp", json!("4102444800"), "iss, sub, aud or exp is missing or malformed"),
        ("exp", json!(1e300), "its exp, nbf or iat is not a number of seconds"),
        ("nbf", json!(now + 61), "it is not good yet"),
        ("iat", json!(now + 61), "it is of the future"),
        ("sub", json!(""), "its sub is empty, too long, or not plain text"),
        ("sub", json!("a\nb"), "its sub is empty, too long, or not plain text"),
        ("sub", json!("a".repeat(129)), "its sub is empty, too long, or not plain text"),
    ] {
        let token = signed(&header(), &with(&rig.claims(), claim, value.clone()), 1);
        assert_eq!(rig.why_not(&token).await, why, "{claim} {value}");
    }
    for (claim, value) in [
        ("aud", json!(["other", "gateway"])),
        ("exp", json!(now - 59)),
        ("exp", json!(4_102_444_800.5_f64)),
        ("nbf", json!(now + 60)),
        ("iat", json!(now + 60)),
        ("unknown", json!({"a": [1]})),
    ] {
        let token = signed(&header(), &with(&rig.claims(), claim, value.clone()), 1);
        assert!(rig.prove(&token).await.is_ok(), "{claim} {value}");
    }
    let bare = json!({"iss": "https://login.example", "aud": "gateway", "sub": "ada"});
    let why = rig.why_not(&signed(&header(), &bare, 1)).await;
    assert_eq!(why, "iss, sub, aud or exp is missing or malformed", "a token that never ends");
}

#[tokio::test]
async fn where_tokens_name_a_shop_it_is_this_one() {
    let rig = Rig::wanting(|options| options.tenant_claim = Some("org".to_owned()));
    for (value, is_taken) in
        [(json!("shop"), true), (json!("other"), false), (json!(["shop"]), false)]
    {
        let token = signed(&header(), &with(&rig.claims(), "org", value), 1);
        assert_eq!(rig.prove(&token).await.is_ok(), is_taken);
    }
    assert_eq!(rig.why_not(&signed(&header(), &rig.claims(), 1)).await, "it is for another shop");
}

#[tokio::test]
async fn the_algorithm_is_the_keys_and_never_none_or_a_secret() {
    let rig = Rig::new();
    let algorithm = "it is not signed with RS256, ES256 or EdDSA";
    let not_by_it = "its signature is not by the key it names";
    for (alg, why) in [
        ("none", algorithm),
        ("None", algorithm),
        ("HS256", algorithm),
        ("HS512", algorithm),
        ("RS512", algorithm),
        ("PS256", algorithm),
        ("eddsa", algorithm),
        ("ES256", not_by_it),
        ("RS256", not_by_it),
    ] {
        let token = signed(&with(&header(), "alg", json!(alg)), &rig.claims(), 1);
        assert_eq!(rig.why_not(&token).await, why, "{alg}");
    }
    // The public key as a secret, which whoever knows it could sign with.
    let text = format!(
        "{}.{}",
        encoded(json!({"alg": "HS256", "kid": "one"}).to_string()),
        encoded(rig.claims().to_string())
    );
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, pair(1).public_key().as_ref());
    let forged = format!("{text}.{}", encoded(ring::hmac::sign(&secret, text.as_bytes())));
    assert_eq!(rig.why_not(&forged).await, algorithm);
    for (name, value) in [("crit", json!(["exp"])), ("b64", json!(false))] {
        let token = signed(&with(&header(), name, value), &rig.claims(), 1);
        assert_eq!(rig.why_not(&token).await, "it demands extensions that are not known here");
    }
    for (kind, is_taken) in
        [("at+jwt", true), ("application/at+JWT", true), ("logout+jwt", false), ("", false)]
    {
        let token = signed(&with(&header(), "typ", json!(kind)), &rig.claims(), 1);
        assert_eq!(rig.prove(&token).await.is_ok(), is_taken, "{kind}");
    }
    // A token that brings its own key is held against the issuer's.
    let own = with(&header(), "jwk", jwk("one", 2));
    assert_eq!(rig.why_not(&signed(&own, &rig.claims(), 2)).await, not_by_it);
}

#[tokio::test]
async fn rsa_of_2048_bits_and_p_256_are_taken_and_weak_keys_are_not() {
    let rig = Rig::new();
    rig.published.publish(&[rsa("rsa", RSA_N), jwk("one", 1)]);
    assert_eq!(rig.prove(RSA_TOKEN).await.unwrap().subject(), Some("ada"));
    rig.published.publish(&[rsa("rsa", WEAK_N), jwk("one", 1)]);
    rig.jwts.refresh().await.unwrap();
    let unknown = "the key it names is not one of its issuer's";
    assert_eq!(rig.why_not(WEAK_TOKEN).await, unknown);

    let (rng, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
    let made = EcdsaKeyPair::generate_pkcs8(kind, &rng).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &rng).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = (encoded(&point[1..33]), encoded(&point[33..]));
    let key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "ec"});
    rig.published.publish(&[key, jwk("one", 1)]);
    rig.jwts.refresh().await.unwrap();
    let text = format!(
        "{}.{}",
        encoded(json!({"alg": "ES256", "kid": "ec"}).to_string()),
        encoded(rig.claims().to_string())
    );
    let signature = pair.sign(&rng, text.as_bytes()).unwrap();
    assert!(rig.prove(&format!("{text}.{}", encoded(signature.as_ref()))).await.is_ok());
    let claimed = text.replacen(
        &encoded(json!({"alg": "ES256", "kid": "ec"}).to_string()),
        &encoded(json!({"alg": "EdDSA", "kid": "ec"}).to_string()),
        1,
    );
    let claimed = format!("{claimed}.{}", encoded(signature.as_ref()));
    assert_eq!(rig.why_not(&claimed).await, "its signature is not by the key it names");
}

#[tokio::test]
async fn keys_are_read_when_one_is_missing_and_not_more_often_than_a_bound() {
    let rig = Rig::new();
    let one = signed(&header(), &rig.claims(), 1);
    let other = signed(&with(&header(), "kid", json!("two")), &rig.claims(), 2);
    rig.prove(&one).await.unwrap();
    rig.prove(&one).await.unwrap();
    assert_eq!(rig.asked(), 1);

    rig.published.publish(&[jwk("one", 1), jwk("two", 2)]);
    assert!(rig.prove(&other).await.is_err(), "they were read just now");
    rig.clock.advance(Duration::from_secs(30));
    rig.prove(&other).await.unwrap();
    assert_eq!(rig.asked(), 2);
    for number in 0..50 {
        let made_up = with(&header(), "kid", json!(format!("made up {number}")));
        assert!(rig.prove(&signed(&made_up, &rig.claims(), 2)).await.is_err());
    }
    assert_eq!(rig.asked(), 2, "inventing names makes nobody ask");

    // Without a name there has to be one key that can be meant.
    let nameless = signed(&json!({"alg": "EdDSA"}), &rig.claims(), 1);
    assert!(rig.prove(&nameless).await.is_err());
    rig.published.publish(&[jwk("one", 1)]);
    rig.jwts.refresh().await.unwrap();
    rig.prove(&nameless).await.unwrap();
    assert!(rig.prove(&other).await.is_err(), "a key that is not published any more is not good");
}

/// Whoever hangs up must not keep everybody else from being known.
#[tokio::test]
async fn keys_that_were_asked_for_by_somebody_who_hung_up_are_read() {
    let rig = Rig::new();
    let token = signed(&header(), &rig.claims(), 1);
    assert!(rig.prove(&token).now_or_never().is_none(), "it takes an answer");
    rig.prove(&token).await.unwrap();
    assert_eq!(rig.asked(), 1);
}

#[tokio::test]
async fn keys_that_cannot_be_read_stay_good_for_a_day() {
    let rig = Rig::new();
    let long = |rig: &Rig| with(&rig.claims(), "exp", json!(4_102_444_800_i64));
    let token = signed(&header(), &long(&rig), 1);
    *rig.published.text.lock().unwrap() = None;
    assert_eq!(rig.why_not(&token).await, "the keys of its issuer cannot be read now");
    rig.published.publish(&[jwk("one", 1)]);
    rig.jwts.refresh().await.unwrap();
    rig.prove(&token).await.unwrap();

    for broken in ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#] {
        *rig.published.text.lock().unwrap() = Some(broken.into());
        assert!(rig.jwts.refresh().await.is_err(), "{broken}");
        rig.prove(&token).await.unwrap();
    }
    *rig.published.text.lock().unwrap() = None;
    rig.clock.advance(Duration::from_hours(24));
    rig.prove(&token).await.unwrap();
    rig.clock.advance(Duration::from_secs(1));
    assert_eq!(rig.why_not(&token).await, "the keys of its issuer cannot be read now");
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let rig = Rig::new();
    let token = signed(&header(), &rig.claims(), 1);
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "acp_1_2",
        "e.y.",
        &format!("{token}.x"),
        &format!("{token}="),
    ] {
        assert!(rig.prove(text).await.is_err(), "{text}");
    }
    assert!(!Jwts::is_one("acp_0a1b_2c3d") && !Jwts::is_one("ey.ey") && !Jwts::is_one("x.y.z"));
    let long = with(&rig.claims(), "note", json!("a".repeat(8 * 1024)));
    assert_eq!(rig.why_not(&signed(&header(), &long, 1)).await, "it is too long");
    let stranger = signed(&header(), &rig.claims(), 3);
    assert_eq!(rig.why_not(&stranger).await, "its signature is not by the key it names");
    let twice = format!(
        "{}.{}",
        encoded(r#"{"alg":"none","alg":"EdDSA","kid":"one"}"#),
        encoded(rig.claims().to_string())
    );
    let twice = format!("{twice}.{}", encoded(pair(1).sign(twice.as_bytes())));
    assert_eq!(rig.why_not(&twice).await, "its header cannot be read");
}

proptest! {
    /// Whatever is changed, left out or put in, it is no token any more.
    #[test]
    fn no_mutated_token_is_accepted(
        place: prop::sample::Index,
        other in "[A-Za-z0-9._=+/-]{0,3}",
        cut in 0_usize..4,
    ) {
        let rig = Rig::new();
        let token = signed(&header(), &rig.claims(), 1);
        let begin = place.index(token.len());
        let end = (begin + cut).min(token.len());
        let (front, rest) = token.split_at(begin);
        let mutated = format!("{front}{other}{}", rest.split_at(end - begin).1);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let outcome = runtime.block_on(rig.prove(&mutated));
        prop_assert_eq!(outcome.is_ok(), mutated == token, "{}", mutated);
    }

    /// Nothing that arrives makes it panic.
    #[test]
    fn any_text_is_refused(header in ".{0,40}", claims in ".{0,80}", signature: [u8; 8]) {
        let rig = Rig::new();
        let token = format!("{}.{}.{}", encoded(header), encoded(claims), encoded(signature));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert!(runtime.block_on(rig.prove(&token)).is_err());
    }
}
