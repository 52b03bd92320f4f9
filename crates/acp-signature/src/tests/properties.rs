//! What holds for every request: what is signed is proven, what is altered is not, and nothing
//! that is sent makes the verifier stumble.

use proptest::prelude::*;

use super::support::{Message, Signer, at, set, source};
use crate::algorithm::Algorithm;
use crate::coverage::Purpose;
use crate::key::{KeySet, Metadata, VerifyingKey};
use crate::profile::{Pinned, PinnedKey, TrustedAgents, WebBotAuth};
use crate::proof::Verdict;
use crate::source::{Discovery, KeyUrl};

const NOW: i64 = 1_790_000_000;

/// A change as an agent would send it.
#[derive(Clone, Debug)]
struct Call {
    method: String,
    path: String,
    query: String,
    note: String,
    body: String,
}

fn call() -> impl Strategy<Value = Call> {
    (
        "POST|PUT|DELETE",
        "/[a-z0-9/_-]{0,20}",
        "[a-z]{1,5}=[A-Za-z0-9]{0,9}",
        "[ -~]{1,30}",
        ".{1,60}",
    )
        .prop_map(|(method, path, query, note, body)| Call { method, path, query, note, body })
}

fn unsigned(call: &Call) -> Message {
    let target = format!("{}?{}", call.path, call.query);
    Message::new(&call.method, "shop.example", &target)
        .with("x-note", &call.note)
        .with("idempotency-key", "key-1")
        .with("signature-agent", r#"a="https://agent.example""#)
        .with_body(&call.body)
}

fn signed(call: &Call, signer: &Signer) -> Message {
    let message = unsigned(call);
    let digest = message.headers["content-digest"].to_str().unwrap().to_owned();
    let query = format!("?{}", call.query);
    let components = [
        (r#""x-note""#, call.note.trim_matches(' ')),
        (r#""@query""#, &query),
        (r#""@path""#, &call.path),
        (r#""@method""#, &call.method),
        (r#""@authority""#, "shop.example"),
        (r#""content-digest""#, &digest),
        (r#""idempotency-key""#, "key-1"),
        (r#""signature-agent";key="a""#, r#""https://agent.example""#),
    ];
    let keyid = signer.thumbprint();
    let expires = NOW + 60;
    let parameters =
        format!(r#";tag="web-bot-auth";created={NOW};expires={expires};keyid="{keyid}";x=1"#);
    signer.sign(message, "a", &components, &parameters)
}

fn is_proven(message: &Message, signer: &Signer) -> bool {
    let from = source(Discovery::Directory, "https://agent.example");
    let found = WebBotAuth::default().examine(&message.request(), Purpose::Change, at(NOW));
    found.is_ok_and(|found| {
        let keys = set(&from, &[&signer.jwk()]);
        found.into_iter().any(|one| matches!(one.verify(&keys), Ok(Verdict::Proven(_))))
    })
}

/// Another text of the same length, at one place.
fn altered(text: &str, at: prop::sample::Index, by: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let place = at.index(bytes.len());
    let old = bytes[place];
    // Stays a letter or a digit, so that what carries it stays what it is.
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let choices: Vec<_> = letters.iter().filter(|letter| **letter != old).collect();
    bytes[place] = *choices[usize::from(by) % choices.len()];
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #[test]
    fn what_is_signed_is_proven(call in call(), seed in 1_u8..) {
        let signer = Signer::of(seed);
        prop_assert!(is_proven(&signed(&call, &signer), &signer));
    }

    #[test]
    fn what_is_altered_is_not(
        call in call(), what in 0..8_u8, place: prop::sample::Index, by: u8
    ) {
        let signer = Signer::of(1);
        let mut message = signed(&call, &signer);
        let header = |name: &str| message.headers[name].to_str().unwrap().to_owned();
        match what {
            0 => message.method = altered(&call.method, place, by).parse().unwrap(),
            1 => {
                let target = format!("{}?{}", call.path, call.query);
                let target = target.strip_prefix('/').unwrap();
                message.target = format!("/{}", altered(target, place, by)).parse().unwrap();
            }
            2 => {
                let note = call.note.trim_matches(' ').to_owned() + ".";
                message = message.clone().but("x-note", &altered(&note, place, by));
            }
            3 => {
                let at = place.index(message.body.len());
                message.body[at] ^= by | 1;
            }
            4 => {
                let key = altered("key-1", place, by);
                message = message.clone().but("idempotency-key", &key);
            }
            5 => {
                let input = altered(&header("signature-input"), place, by);
                message = message.clone().but("signature-input", &input);
            }
            6 => {
                // The last two letters may carry bits that are not of the signature.
                let signature = header("signature");
                let inside = signature.get(3..signature.len() - 5).unwrap();
                let signature = signature.replace(inside, &altered(inside, place, by));
                message = message.clone().but("signature", &signature);
            }
            _ => {
                let agent = header("signature-agent");
                let inside = agent.get(3..agent.len() - 1).unwrap();
                let agent = agent.replace(inside, &altered(inside, place, by));
                message = message.clone().but("signature-agent", &agent);
            }
        }
        prop_assert!(!is_proven(&message, &signer), "{what}");
    }

    #[test]
    fn a_key_alone_proves_nothing(call in call()) {
        prop_assert!(!is_proven(&signed(&call, &Signer::of(1)), &Signer::of(2)));
        prop_assert!(!is_proven(&unsigned(&call), &Signer::of(2)));
    }
}

/// Texts in which much of what structured fields are made of comes up.
fn field() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("a=".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just(r#""@query-param";name="#.to_owned()),
        Just(r#""@path""#.to_owned()),
        Just(r#""@authority""#.to_owned()),
        Just(r#""signature-agent""#.to_owned()),
        Just(r#""content-digest""#.to_owned()),
        Just(";key=\"a\"".to_owned()),
        Just(";bs".to_owned()),
        Just(";created=1790000000;expires=1790000060;nonce=\"n\"".to_owned()),
        Just(";keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\"".to_owned()),
        Just(";tag=\"web-bot-auth\"".to_owned()),
        Just(";tag=\"agent-payer-auth\"".to_owned()),
        Just("\"https://agent.example\"".to_owned()),
        Just(":AAAA:".to_owned()),
        Just("sha-256=:AAAA:".to_owned()),
        Just(", ".to_owned()),
        "[ -~]{0,6}",
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn nothing_that_is_sent_makes_it_stumble(
        input in field(),
        signature in field(),
        agent in field(),
        digest in field(),
        target in "/[ -~&&[^#]]{0,20}",
        body: Vec<u8>,
    ) {
        let Ok(target) = target.parse() else { return Ok(()) };
        let mut message = Message::new("POST", "shop.example", "/")
            .with("signature-input", &format!("a=({input}"))
            .with("signature", &format!("a=:AAAA:{signature}"))
            .with("signature-agent", &agent)
            .with("content-digest", &digest);
        message.target = target;
        message.body = body;
        let request = message.request();
        let registry = source(Discovery::JwksUri, "https://registry.example/keys");
        let key = PinnedKey { keyid: "a".to_owned(), key: Signer::of(1).key() };
        for purpose in [Purpose::Read, Purpose::Change, Purpose::Pay] {
            let now = at(NOW);
            prop_assert!(Pinned::of(vec![key.clone()]).unwrap().verify(&request, purpose, now).is_err());
            let agents = WebBotAuth::default().examine(&request, purpose, now);
            let trusted = TrustedAgents::of(registry.clone()).examine(&request, purpose, now);
            for candidate in agents.into_iter().chain(trusted).flatten() {
                let from = candidate.need().source.clone();
                prop_assert!(candidate.verify(&set(&from, &[&Signer::of(1).jwk()])).is_err());
            }
        }
    }

    #[test]
    fn no_answer_makes_it_stumble(text: String, bytes: Vec<u8>, number in "[A-Za-z0-9_-]{0,90}") {
        let from = source(Discovery::Cimd, "https://agent.example/me");
        prop_assert!(KeyUrl::read(&text).is_err());
        prop_assert!(KeySet::read(&from, &bytes).is_err());
        prop_assert!(Metadata::read(&from, text.as_bytes()).is_err());
        for key in [
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{number}"}}"#),
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{number}","y":"{number}"}}"#),
            format!(r#"{{"kty":"EC","crv":"P-384","x":"{number}","y":"{number}"}}"#),
            format!(r#"{{"kty":"RSA","n":"{number}","e":"{number}"}}"#),
        ] {
            let Ok(key) = VerifyingKey::public(key.as_bytes()) else { continue };
            for algorithm in Algorithm::PUBLIC {
                prop_assert!(key.verify(*algorithm, text.as_bytes(), &bytes).is_err());
            }
        }
    }
}
