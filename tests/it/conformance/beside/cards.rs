//! Cards that are handed over for one payment.

use std::time::Duration;

use acp_wire::scalar::DateTime;
use serde_json::{Value, json};

use crate::attacks::secrecy;
use crate::conformance::agent::{Agent, Answer, Ask};
use crate::conformance::registry::section;
use crate::conformance::schemas;
use crate::conformance::signing::{Signer, now};
use crate::conformance::version::Version;
use crate::conformance::wishes::Payment;
use crate::conformance::world::World;
use crate::vault::hiding;

section! {
    DELEGATED_PAYMENT = "Delegated payment";
    dp_01 Must "Delegated payment 2.3" check(a_card_becomes_a_token)
        "A delegation answers 201 with a token.";
    dp_02 Must "Delegated payment 2.1" check(the_version_is_checked)
        "Its version is checked like that of every request.";
    dp_03 Must "Delegated payment 6" check(nobody_delegates_without_a_key)
        "Nobody delegates without a valid bearer token.";
    dp_04 Must "Delegated payment 3.2" check(one_card_is_delegated_at_a_time)
        "Exactly one card is delegated at a time.";
    dp_05 Must "Delegated payment 3.3" check(fields_of_a_card_have_their_form)
        "The fields of a card have their form.";
    dp_06 Must "Delegated payment 3.5" check(fields_of_an_allowance_have_their_form)
        "The fields of an allowance have their form.";
    dp_07 Must "Delegated payment 2.5" check(a_token_is_good_for_what_it_is_for)
        "A token is good for one amount, currency, session and merchant.";
    dp_08 Must "Delegated payment 2.5" check(a_token_ends_with_its_time)
        "A token is good for nothing once its time is over.";
    dp_09 Must "Delegated payment, allowance" check(a_token_pays_once)
        "A token is good for one payment.";
    dp_10 Must "Delegated payment 2.4" check(metadata_come_back)
        "Metadata come back with what they belong to.";
    dp_11 Must "Delegated payment 2.6" check(refusals_are_flat)
        "Every refusal is one flat object.";
    dp_12 Should "Delegated payment 2.6" check(statuses_say_what_kind_it_is)
        "The status of a refusal says what kind it is.";
    dp_13 Must "Delegated payment 6" check(hiding::nothing_of_a_card_is_left_in_logs_and_files)
        "No card number and no security code is logged.";
    dp_14 Should "Delegated payment 6" check(signatures_are_checked)
        "Signature and age of a request are checked.";
    dp_15 Must "Delegated payment, changes" check(signs_of_risk_may_be_empty_by_version)
        "Signs of risk may be left empty since 2026-04-17, and not before.";
    dp_16 Must "Delegated payment 6" check(secrecy::the_newest_tls_alone_is_spoken)
        "Connections are encrypted with TLS 1.3.";
    dp_17 Must "Delegated payment 5" check(the_rules_of_keys_hold)
        "The rules about the same request twice hold here, too.";
}

const DELEGATE: &str = "/agentic_commerce/delegate_payment";
const VISA: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";
const HOUR: Duration = Duration::from_hours(1);

/// A shop that takes cards.
fn shop() -> World {
    World::with("[vault]\nenabled = true\n")
}

/// A card for a session, for an hour and more than anything here costs.
fn delegation(session: &str) -> Value {
    let mut body = crate::vault::delegation(session, VISA);
    body["allowance"]["expires_at"] = json!(DateTime(now().plus(HOUR)).to_string());
    body
}

fn with(mut body: Value, pointer: &str, value: &Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value.clone();
    body
}

async fn sent(agent: &mut Agent, body: &Value) -> Answer {
    agent.send(Ask::post(DELEGATE, body)).await
}

/// Hands a card over, and gives its token.
async fn token(agent: &mut Agent, body: &Value) -> String {
    let taken = sent(agent, body).await;
    taken.is(201);
    taken.id().to_owned()
}

async fn pay(agent: &mut Agent, session: &str, token: &str) -> Answer {
    agent.complete(session, &Payment::with(token)).await
}

/// That a payment was declined, and nothing else became of it.
fn is_declined(answer: &Answer) {
    answer.is(200);
    answer.stands("ready_for_payment");
    answer.message("payment_declined");
}

async fn a_card_becomes_a_token() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let body = delegation("cs_1");
        schemas::check(version, "DelegatePaymentRequest", &body, "what is sent");
        let taken = sent(&mut agent, &body).await;
        taken.is(201);
        assert!(taken.id().starts_with("vt_"), "{taken}");
        assert!(taken.body["created"].is_string() && taken.body["metadata"].is_object());
    }
}

async fn the_version_is_checked() {
    let world = shop();
    let mut agent = world.agent(Version::NEWEST).await;
    let ask = || Ask::post(DELEGATE, &delegation("cs_1"));
    let none = agent.send(ask().without("api-version")).await;
    none.is_refusal(400, "missing_api_version");
    let strange = agent.send(ask().header("api-version", "2020-01-01")).await;
    strange.is_refusal(400, "unsupported_api_version");
    assert!(strange.body["supported_versions"].is_array(), "{strange}");
}

async fn nobody_delegates_without_a_key() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ask = || Ask::post(DELEGATE, &delegation("cs_1"));
        agent.send(ask().without("authorization")).await.is_refusal(401, "unauthorized");
        let strange = agent.send(ask().header("authorization", "Bearer acp_nobody")).await;
        strange.is_refusal(401, "unauthorized");
    }
}

async fn one_card_is_delegated_at_a_time() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let card = delegation("cs_1")["payment_method"].clone();
        for wrong in [json!({"type": "bank"}), json!([card, card]), json!(null)] {
            let body = with(delegation("cs_1"), "/payment_method", &wrong);
            sent(&mut agent, &body).await.is_refusal(400, "invalid_card");
        }
    }
}

/// Sends bodies that differ in one field of a part, and looks at what is said of each.
async fn each_is_refused(part: &str, cases: &[(&str, Value, u16)]) {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for (field, value, status) in cases {
            let body = with(delegation("cs_1"), &format!("/{part}/{field}"), value);
            let refused = sent(&mut agent, &body).await;
            refused.is_refusal(*status, "invalid_card");
            assert_eq!(refused.param(), format!("$.{part}.{field}"), "{refused}");
        }
    }
}

async fn fields_of_a_card_have_their_form() {
    let cases = [
        ("card_number_type", json!("pan"), 400),
        ("number", json!("4242"), 400),
        ("number", json!("4242424242424241"), 422),
        ("exp_month", json!("13"), 422),
        ("exp_month", json!("1"), 400),
        ("exp_year", json!("34"), 400),
        ("exp_year", json!("2020"), 422),
        ("cvc", json!("12345"), 400),
        ("iin", json!("424242424"), 400),
        ("eci_value", json!("055"), 400),
        ("display_last4", json!("242"), 400),
        ("display_card_funding_type", json!("charge"), 400),
    ];
    each_is_refused("payment_method", &cases).await;
}

async fn fields_of_an_allowance_have_their_form() {
    let cases = [
        ("reason", json!("recurring"), 400),
        ("max_amount", json!(1.5), 400),
        ("max_amount", json!(0), 422),
        ("currency", json!("USD"), 400),
        ("merchant_id", json!("m".repeat(257)), 400),
        ("expires_at", json!("tomorrow"), 400),
        ("expires_at", json!("2025-10-09T07:20:50.52Z"), 422),
    ];
    each_is_refused("allowance", &cases).await;
}

async fn a_token_is_good_for_what_it_is_for() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let session = agent.ready().await.id().to_owned();
        for (field, value) in [
            ("max_amount", json!(1)),
            ("currency", json!("eur")),
            ("checkout_session_id", json!("cs_another")),
        ] {
            let body = with(delegation(&session), &format!("/allowance/{field}"), &value);
            let token = token(&mut agent, &body).await;
            is_declined(&pay(&mut agent, &session, &token).await);
        }
        let other = with(delegation(&session), "/allowance/merchant_id", &json!("another"));
        sent(&mut agent, &other).await.is_refusal(422, "invalid_card");
        let token = token(&mut agent, &delegation(&session)).await;
        pay(&mut agent, &session, &token).await.stands("completed");
    }
}

pub(in crate::conformance) async fn no_more_is_charged_than_is_allowed() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let (session, total) = (ready.id().to_owned(), ready.total("total"));
        for (most, is_enough) in [(total - 1, false), (total, true)] {
            let body = with(delegation(&session), "/allowance/max_amount", &json!(most));
            let token = token(&mut agent, &body).await;
            let paid = pay(&mut agent, &session, &token).await;
            if is_enough { paid.stands("completed") } else { is_declined(&paid) }
        }
    }
}

async fn a_token_ends_with_its_time() {
    let world = shop();
    let mut ready = Vec::new();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let session = agent.ready().await.id().to_owned();
        let token = token(&mut agent, &delegation(&session)).await;
        ready.push((agent, session, token));
    }
    world.set_clock_ahead(HOUR + Duration::from_secs(1)).await;
    for (mut agent, session, token) in ready {
        is_declined(&pay(&mut agent, &session, &token).await);
    }
}

async fn a_token_pays_once() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let session = agent.ready().await.id().to_owned();
        let card = with(delegation(&session), "/payment_method/number", &json!(DECLINED));
        let token = token(&mut agent, &card).await;
        is_declined(&pay(&mut agent, &session, &token).await);
        is_declined(&pay(&mut agent, &session, &token).await);
    }
}

async fn metadata_come_back() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let key = format!("metadata-{version}");
        let taken = agent.send(Ask::post(DELEGATE, &delegation("cs_1")).key(&key)).await;
        let expected =
            json!({"campaign": "q4", "merchant_id": "merchant_demo", "idempotency_key": key});
        assert_eq!(taken.body["metadata"], expected, "{taken}");
    }
}

/// Every answer was held against the schema when it came.
async fn refusals_are_flat() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let mut refusals = vec![
            sent(&mut agent, &json!({})).await,
            sent(&mut agent, &with(delegation("cs_1"), "/payment_method/number", &json!("x")))
                .await,
            agent.send(Ask::post(DELEGATE, &delegation("cs_1")).without("authorization")).await,
            agent.send(Ask::text(DELEGATE, "{")).await,
        ];
        let key = format!("flat-{version}");
        agent.send(Ask::post(DELEGATE, &delegation("cs_1")).key(&key)).await.is(201);
        refusals.push(agent.send(Ask::post(DELEGATE, &delegation("cs_2")).key(&key)).await);
        for refusal in refusals {
            let members = refusal.body.as_object().unwrap().keys();
            let known = ["type", "code", "message", "param"];
            assert!(members.into_iter().all(|name| known.contains(&name.as_str())), "{refusal}");
        }
    }
}

async fn statuses_say_what_kind_it_is() {
    let limits = "[vault]\nenabled = true\n[limits]\ndelegations_burst = 2\n\
                  delegations_per_minute = 1\n";
    for version in Version::tried() {
        let world = World::with(limits);
        let mut agent = world.agent(version).await;
        let malformed = with(delegation("cs_1"), "/payment_method/number", &json!(7));
        sent(&mut agent, &malformed).await.is_refusal(400, "invalid_card");
        let unfit = with(delegation("cs_1"), "/payment_method/exp_month", &json!("13"));
        sent(&mut agent, &unfit).await.is_refusal(422, "invalid_card");
        let beyond = sent(&mut agent, &delegation("cs_1")).await;
        beyond.is_refusal(429, "too_many_requests");
        assert_eq!(beyond.body["type"], "rate_limit_exceeded", "{beyond}");
        assert!(beyond.header("retry-after").is_some(), "{beyond}");
    }
}

async fn signatures_are_checked() {
    let world = shop();
    let signer = Signer::of(&world, "a");
    for version in Version::tried() {
        let mut agent = world.agent_with_key(version, &signer.token).await;
        let body = delegation("cs_1").to_string();
        agent.send(Ask::text(DELEGATE, &body)).await.is_refusal(401, "missing_signature");
        let bent = signer.signed_to(DELEGATE, &body, now()).with_body(&body.replacen('4', "5", 1));
        agent.send(bent).await.is_refusal(401, "invalid_signature");
        let late = signer.signed_to(DELEGATE, &body, now().minus(Duration::from_mins(6)));
        agent.send(late).await.is_refusal(401, "timestamp_out_of_window");
        agent.send(signer.signed_to(DELEGATE, &body, now())).await.is(201);
    }
}

async fn signs_of_risk_may_be_empty_by_version() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let empty = sent(&mut agent, &with(delegation("cs_1"), "/risk_signals", &json!([]))).await;
        if version >= Version::V2026_04_17 {
            empty.is(201);
        } else {
            empty.is_refusal(400, "invalid_card");
        }
    }
}

pub(in crate::conformance) async fn a_repeated_delegation_makes_no_second_token() {
    let world = shop();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let key = format!("again-{version}");
        let body = delegation("cs_1");
        let first = agent.send(Ask::post(DELEGATE, &body).key(&key)).await;
        first.is(201);
        let again = agent.send(Ask::post(DELEGATE, &body).key(&key)).await;
        assert!(again.is_replay(), "{again}");
        assert_eq!(again.raw, first.raw);
    }
}

async fn the_rules_of_keys_hold() {
    let world = shop();
    let mut agent = world.agent(Version::NEWEST).await;
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ask = |body: &Value| Ask::post(DELEGATE, body).key(&format!("rules-{version}"));
        let body = delegation("cs_1");
        agent.send(ask(&body)).await.is(201);
        let spaced = agent.send(ask(&body).with_body(&format!("{body:#}"))).await;
        assert!(spaced.is_replay(), "{spaced}");
        let other = agent.send(ask(&delegation("cs_2"))).await;
        other.is_refusal(version.conflict(), "idempotency_conflict");
        let keyless =
            agent.send(Ask::post(DELEGATE, &delegation("cs_1")).without("idempotency-key")).await;
        if version.needs_key() {
            keyless.is_refusal(400, "idempotency_key_required");
        } else {
            keyless.is(201);
        }
        let long = Ask::post(DELEGATE, &delegation("cs_1")).key(&"k".repeat(256));
        agent.send(long).await.is_refusal(400, "idempotency_key_required");
    }
    // A key counts for one address, and what was refused stays refused.
    let session = agent.ready().await.id().to_owned();
    let token = token(&mut agent, &delegation(&session)).await;
    pay(&mut agent, &session, &token).await.stands("completed");
    let broken = with(delegation("cs_1"), "/payment_method/number", &json!("x"));
    let refused = agent.send(Ask::post(DELEGATE, &broken).key("broken")).await;
    let again = agent.send(Ask::post(DELEGATE, &broken).key("broken")).await;
    assert!(again.is_replay() && again.raw == refused.raw, "{again}");
}
