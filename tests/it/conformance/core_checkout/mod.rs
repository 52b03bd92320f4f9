//! Sessions from the first request to the order.

mod authentication;
mod content;
mod headers;
mod lifecycle;
mod versions;

use super::beside::orders;
use super::registry::section;
use super::version::Version;
use super::wishes::Payment;
use super::world::World;
use crate::attacks::secrecy;
use crate::support::are_backends_remote;

section! {
    CORE_CHECKOUT = "Core checkout";
    ac_01 Must "Agentic checkout 2.1" check(versions::every_version_is_known_and_others_are_not)
        "A version the server speaks is taken, any other refused.";
    ac_02 Should "Agentic checkout 2.1" check(versions::a_refused_version_comes_with_those_spoken)
        "A missing or unknown version is answered with 400 and the list of versions spoken.";
    ac_03 Recommended "Agentic checkout 2.1" check(versions::a_refused_version_has_a_code)
        "The codes of these refusals are `missing_api_version` and `unsupported_api_version`.";
    ac_04 Recommended "Agentic checkout, Error" check(versions::the_newest_version_is_listed_first)
        "The list of versions begins with the newest.";
    ac_05 Must "Agentic checkout 3.1" check(headers::every_answer_is_json)
        "Every answer is JSON, refusals too. HTTPS is row 32.";
    ac_06 Must "Agentic checkout 3.1" check(content::money_is_whole_minor_units)
        "Money is a whole number of the smallest units of its currency.";
    ac_07 Must "Agentic checkout 3.1, 7" check(headers::nobody_is_served_without_a_key)
        "Nobody is served without a valid bearer token.";
    ac_08 Must "Agentic checkout 3.1" check(headers::the_idempotency_key_comes_back)
        "Every answer to a POST repeats the idempotency key it was sent.";
    ac_09 Must "Agentic checkout 3.1" check(headers::the_request_id_comes_back)
        "Every answer repeats the request id it was sent.";
    ac_10 Must "Agentic checkout 3.1" check(headers::every_refusal_is_one_flat_object)
        "Every refusal is one flat object whose type is one the version knows.";
    ac_11 Should "Agentic checkout 3.1, 8" check(content::what_is_wrong_is_pointed_at_by_a_path)
        "What a refusal or a message is about is said as a JSONPath of RFC 9535.";
    ac_12 Must "Agentic checkout 4.1" check(lifecycle::opening_tells_the_whole_session)
        "Opening a session answers 201 with all of it.";
    ac_13 Must "Agentic checkout 4.2" check(lifecycle::changing_tells_the_session_with_new_totals)
        "Changing a session answers 200 with all of it, and the totals follow the change.";
    ac_14 Must "Agentic checkout 4.3" check(lifecycle::a_session_is_read_or_not_found)
        "Reading answers 200 for a session there is, and 404 for any other.";
    ac_15 Must "Agentic checkout 4.4" check(lifecycle::paying_makes_an_order)
        "A payment that succeeds answers 200, a completed session and an order with its links.";
    ac_16 Must "Agentic checkout 2.2, 4.4" check(lifecycle::a_session_makes_one_order_at_most)
        "A session makes one order, however often and however much at once it is completed.";
    ac_17 Must "Agentic checkout 4.4" check(authentication::a_challenge_is_told)
        "When the payment has to be authenticated, the status says so.";
    ac_18 Must "Agentic checkout 8" check(authentication::a_challenge_says_whom_to_ask)
        "A session in that status says what the authentication needs to know.";
    ac_19 Must "Agentic checkout 4.4, 9.7" check(authentication::a_challenge_wants_its_result)
        "Completing it without the result is refused with `requires_3ds`, naming what is missing.";
    ac_20 Must "Agentic checkout 4.5" check(lifecycle::every_open_session_can_be_canceled)
        "Every open session can be canceled, which answers 200.";
    ac_21 Must "Agentic checkout 4.5" check(lifecycle::a_closed_session_cannot_be_canceled)
        "Canceling what is completed or canceled is refused with 405.";
    ac_22 Must "Agentic checkout 8" check(content::only_offered_options_are_chosen)
        "A chosen way of delivery is one of those offered.";
    ac_23 Should "Agentic checkout 8" check(content::there_is_one_total)
        "Exactly one row of the totals is the total.";
    ac_24 Must "Agentic checkout 8" check(lifecycle::every_status_is_one_the_version_knows)
        "The status is one the asked version knows, whatever became of the session.";
    ac_25 Recommended "Agentic checkout 8" check(content::currencies_are_small_letters)
        "Currencies are the three letters of ISO 4217, in lower case.";
    ac_26 Must "Agentic checkout 5.1" check(content::no_answer_carries_markup)
        "Text in Markdown has no raw HTML in it.";
    ac_27 Must "Agentic checkout 5.1" check(content::no_markup_is_taken_in)
        "Raw HTML that somebody puts into the texts of the shop is not taken in.";
    ac_28 Should "Agentic checkout 5" check(authentication::a_demand_that_cannot_be_met_is_told)
        "An agent that cannot do what the shop always demands is told so in a message.";
    ac_29 Recommended "Agentic checkout 5" check(content::who_can_help_goes_with_the_code)
        "Who can do something about a message fits what the message is about.";
    ac_30 Must "Agentic checkout 1" check(content::every_answer_is_the_session_itself)
        "Every answer is the session as it now is: reading it gives the same.";
    ac_31 Must "Agentic checkout 7" check(content::no_card_number_is_logged)
        "No card number and no security code is logged.";
    ac_32 Must "Agentic checkout 7" check(secrecy::the_newest_tls_alone_is_spoken)
        "Connections are encrypted with TLS 1.3, by the gateway or a proxy in front of it.";
    ac_33 Must "Agentic checkout 2.3" check(orders::orders_are_reported)
        "New and changed orders are reported to the agent.";
    ac_34 Should "Agentic checkout 2.1" check(headers::the_algorithms_of_signatures_are_published)
        "The signature algorithms the server takes are published.";
    ac_35 Must "Checkout session schema" check(content::ready_means_that_nothing_is_missing)
        "A session is ready for payment only when nothing stands in the way.";
    ac_36 Must "Checkout OpenAPI" check(lifecycle::an_expired_session_cannot_be_paid_for)
        "A session whose time is over cannot be completed.";
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_needs_every_service_the_merchant_has() {
    let world = World::open();
    let mut agent = world.agent(Version::NEWEST).await;
    let ready = agent.ready().await;
    agent.complete(ready.id(), &Payment::with("tok_visa")).await.stands("completed");
    let calls = world.calls_of_backends();
    assert_eq!(calls.is_some(), are_backends_remote());
    assert!(calls.is_none_or(|calls| calls.iter().all(|calls| *calls > 0)), "{calls:?}");
}
