//! The same request twice: what is the same, what is answered, and for how long.

mod bodies;
mod crashes;
mod keys;
mod replays;

use super::beside::{authentications, cards};
use super::registry::section;

section! {
    IDEMPOTENCY = "Idempotency";
    id_01 Must "Agentic checkout 6.1" check(keys::every_change_needs_a_key)
        "A POST without an idempotency key is refused with `idempotency_key_required`.";
    id_02 Must "Agentic checkout 6.1" check(keys::a_key_may_be_255_characters_long)
        "A key may have up to 255 characters.";
    id_03 Must "Agentic checkout 6.1" check(keys::a_key_belongs_to_one_caller_and_one_path)
        "A key counts for one caller and one path.";
    id_04 Must "Agentic checkout 6.2" check(bodies::the_order_of_members_does_not_matter)
        "The order of the members of a body does not matter.";
    id_05 Must "Agentic checkout 6.2" check(bodies::the_way_of_writing_does_not_matter)
        "Neither space nor the way characters are written matters.";
    id_06 Must "Agentic checkout 6.2" check(bodies::equal_numbers_are_the_same)
        "Numbers are the same when their values are.";
    id_07 Must "Agentic checkout 6.2" check(bodies::nothing_is_not_null)
        "A member that is null is not one that is left out.";
    id_08 Must "Agentic checkout 6.2" check(bodies::the_order_of_a_list_matters)
        "The order of a list matters.";
    id_09 Must "Agentic checkout 6.2" check(bodies::headers_do_not_matter)
        "Headers take no part in the comparison.";
    id_10 Must "Agentic checkout 6.3" check(replays::a_replay_is_the_answer_itself)
        "The same request again is answered in the same words, with the same status.";
    id_11 Should "Agentic checkout 6.3" check(replays::only_a_replay_says_that_it_is_one)
        "An answer that is repeated says so in a header, and no other does.";
    id_12 Must "Agentic checkout 6.3" check(replays::a_replay_changes_nothing)
        "An answer that is repeated has no effect of its own.";
    id_13 Must "Agentic checkout 6.4" check(keys::a_key_is_good_for_one_body)
        "A key that was used for another body is refused with `idempotency_conflict`.";
    id_14 Must "Agentic checkout 6.4" check(replays::a_call_under_way_is_not_made_again)
        "While the first call is under way, the same call is refused with `idempotency_in_flight`.";
    id_15 Should "Agentic checkout 6.4" check(replays::who_comes_too_early_is_told_when_to_come)
        "That refusal says when to come again.";
    id_16 Must "Agentic checkout 6.5" check(replays::a_failure_of_the_server_is_not_kept)
        "An answer of 500 and above is not kept: the same call runs anew.";
    id_17 Must "Agentic checkout 6.6" check(replays::an_answer_is_kept_for_a_day)
        "Answers are kept for 24 hours at least.";
    id_18 Must "Agentic checkout 6.6" check(replays::a_forgotten_key_is_a_new_one)
        "Once its answer is forgotten, a key is new.";
    id_19 Must "Agentic checkout 6.7" check(bodies::members_of_extensions_take_part)
        "What belongs to extensions takes part in the comparison.";
    id_20 Should "Agentic checkout 6.8" check(crashes::an_answer_and_its_effect_are_kept_together)
        "The answer and its effect are kept in one step: both survive a crash, or neither does.";
    id_21 Should "Agentic checkout 6.8" check(crashes::a_payment_is_taken_up_after_a_crash)
        "A payment a crash interrupted is taken up where it was, and made once.";
    id_22 Must "Agentic checkout 6.3" check(replays::changes_follow_the_same_rules)
        "Changes of a session follow the same rules.";
    id_23 Must "Agentic checkout 6, earlier versions" check(keys::earlier_versions_have_rules_of_their_own)
        "Up to 2026-01-30 keys are optional, and a conflict answers 409.";
    id_24 Must "Delegated authentication 7" check(authentications::a_key_is_good_for_one_body)
        "In delegated authentication, a conflict answers 409.";
    id_25 Must "Delegated payment 5.3" check(cards::a_repeated_delegation_makes_no_second_token)
        "A repeated delegation makes no second token.";
}
