//! What agents tell a shop about a sale that is no part of it: who led the buyer there, why a
//! buyer left, and what a buyer wants to hear of later. None of it is ever told to agents again.

mod attribution;
mod consent;
mod traces;

use super::registry::section;

section! {
    CLAIMS = "Attribution, intent traces and marketing consent";
    af_01 Must "Affiliate attribution 10" check(attribution::it_is_taken_at_both_ends)
        "Attribution is taken when a session is opened and when it is completed.";
    af_02 Must "Affiliate attribution 4.2.3" check(attribution::a_provider_is_needed)
        "It names a provider.";
    af_03 Must "Affiliate attribution 4.2.3" check(attribution::a_token_or_a_publisher_is_needed)
        "It names a token or a publisher.";
    af_04 Must "Affiliate attribution 4.2.2" check(attribution::its_metadata_are_flat)
        "Its metadata are flat.";
    af_05 Must "Affiliate attribution 4.3.4" check(attribution::it_is_never_told_again)
        "It is never told to anybody again.";
    af_06 Must "Affiliate attribution 10" check(attribution::a_replay_adds_nothing)
        "A repeated request adds no second one.";
    af_07 Must "Affiliate attribution 7.6" check(attribution::it_takes_part_in_the_comparison)
        "The same key with another attribution is a conflict.";
    af_08 Must "Affiliate attribution 4.3.3" check(attribution::a_dispute_stops_no_sale)
        "Attributions that contradict each other stop no sale.";
    af_09 Must "Affiliate attribution 10" check(attribution::both_ends_are_kept)
        "The first and the last touch are both kept.";
    af_10 Should "Affiliate attribution 10" check(attribution::the_first_claim_stands)
        "Of several claims to the same touch, the first one stands.";
    af_11 Should "Affiliate attribution 6.2" check(attribution::people_are_not_named_in_it)
        "An attribution that names a person is refused with `pii_not_allowed`.";
    af_12 Must "Affiliate attribution 7.1" check(attribution::its_tokens_are_not_logged)
        "Its tokens are not logged.";
    af_13 Must "Affiliate attribution 6.3" check(attribution::any_provider_is_fine)
        "A provider the shop does not know is fine.";
    af_14 Should "Affiliate attribution 8.2" check(attribution::unknown_members_are_passed_over)
        "Members nobody knows are passed over.";
    it_01 Must "Intent traces 3.1" check(traces::a_cancellation_needs_no_body)
        "A cancellation needs no body, and an empty one will do.";
    it_02 Must "Intent traces 3.1" check(traces::a_trace_stops_no_cancellation)
        "A trace that cannot be used does not stop the cancellation.";
    it_03 Must "Intent traces 3.1" check(traces::a_cancellation_tells_the_whole_session)
        "A cancellation answers with the whole session, which is canceled.";
    it_04 Must "Intent traces 3.1" check(traces::it_is_never_told_again)
        "A trace is never told to anybody again.";
    it_05 Should "Intent traces 7.2" check(traces::an_unknown_reason_is_some_other_reason)
        "A reason nobody knows counts as some other reason.";
    it_06 Should "Intent traces 5" check(traces::nested_metadata_are_refused)
        "Metadata that are not flat are refused, and the session stays open.";
    it_07 Must "Intent traces 6" check(traces::a_replay_adds_nothing)
        "A repeated cancellation adds no second trace.";
    it_08 Must "Intent traces 3.3" check(traces::a_summary_has_500_characters_at_most)
        "A summary has at most 500 characters.";
    mc_01 Must "Marketing consent 10" check(consent::silence_says_nothing)
        "What is left out is neither given nor taken back.";
    mc_02 Must "Marketing consent 10" check(consent::a_yes_is_a_yes_and_a_no_is_a_no)
        "What the buyer said is what is kept.";
    mc_03 Must "Marketing consent 10" check(consent::a_channel_that_was_not_offered_is_passed_over)
        "A channel that was not offered is passed over.";
    mc_04 Must "Marketing consent 3.5" check(consent::without_an_address_there_is_no_consent)
        "A channel the buyer cannot be reached by is passed over.";
    mc_05 Must "Marketing consent 3.5" check(consent::the_buyer_comes_before_the_recipient)
        "The address is the buyer's, and only without one the recipient's.";
    mc_06 Should "Marketing consent 10" check(consent::only_what_the_shop_asks_for_is_offered)
        "The shop offers only what it wants to ask for.";
}
