//! The contract of everything that is kept as records: every rule, over every backend.
//!
//! A backend joins with one line at the end of this file. What a rule says is written in the file
//! of its subject, beside this one.

use super::record_rig::RecordRig;
use super::store::rig::Rig;

mod rules {
    pub(super) use crate::contract::assortment::*;
    pub(super) use crate::contract::callers::keyring::*;
    pub(super) use crate::contract::callers::requests::*;
    pub(super) use crate::contract::callers::signatures::*;
    pub(super) use crate::contract::callers::tenants::*;
    pub(super) use crate::contract::carts::*;
    pub(super) use crate::contract::catalog::*;
    pub(super) use crate::contract::checkouts::*;
    pub(super) use crate::contract::inspecting::*;
    pub(super) use crate::contract::mandates::*;
    pub(super) use crate::contract::orders::*;
    pub(super) use crate::contract::runs::*;
    pub(super) use crate::contract::stock::*;
    pub(super) use crate::contract::trail::*;
    pub(super) use crate::contract::wanted::authentications::*;
    pub(super) use crate::contract::wanted::conversations::*;
    pub(super) use crate::contract::wanted::feeds::*;
    pub(super) use crate::contract::wanted::news::*;
    pub(super) use crate::contract::wanted::plans::*;
    pub(super) use crate::contract::wanted::vault::*;
    pub(super) use crate::contract::webhooks::*;
}

/// Makes one test of each rule for one backend. A rig that is not there is not tested.
macro_rules! tests_of {
    ($backend:ident, $rig:expr; $($rule:ident)+) => {
        mod $backend {
            use super::*;

            $(
                #[tokio::test]
                async fn $rule() {
                    if let Some(rig) = $rig {
                        rules::$rule(&rig).await;
                    }
                }
            )+
        }
    };
}

/// Holds each backend to every rule.
macro_rules! contract {
    ($($backend:ident => $rig:expr;)+) => {
        $(
            tests_of! {
                $backend, $rig.map(RecordRig::over);
                an_authentication_and_the_answer_to_its_call_are_one
                the_second_writer_of_an_authentication_loses
                an_authentication_is_forgotten_some_time_after_its_end
                what_an_agent_asked_for_is_told_in_the_order_of_time
                the_latest_requests_stay_and_some_days_later_none
                gateways_that_note_requests_at_once_lose_none
                a_mandate_is_there_for_its_tenant_and_principal
                a_mandate_and_the_answer_to_it_are_written_together
                the_second_writer_of_a_mandate_loses
                what_is_taken_from_a_mandate_is_there_at_once_for_everybody
                nothing_is_taken_from_a_mandate_that_changed_meanwhile
                many_who_take_at_once_take_no_more_than_there_is
                a_token_reads_back_at_its_revision
                a_token_and_the_answer_to_it_are_written_together
                of_many_who_spend_a_token_at_once_one_does
                a_token_is_overdue_when_nobody_asks_for_it_any_more
                the_tokens_of_a_session_are_shown_and_erased_with_it
                a_plan_reads_back_at_its_revision
                the_second_writer_of_a_plan_loses
                a_plan_and_the_answer_to_its_call_are_one
                a_plan_under_way_is_stalled_when_its_lease_ends
                a_plan_is_overdue_when_its_time_is_over
                plans_are_listed_from_the_newest_on
                a_plan_is_forgotten_whole
                what_happens_to_a_plan_is_untold_until_somebody_has_looked
                a_new_plan_is_found_by_the_callers_key
                a_conversation_reads_back_at_its_revision
                the_second_sentence_of_a_moment_loses
                a_conversation_and_the_answer_to_a_sentence_are_one
                a_sentence_and_the_plan_it_came_to_are_one
                an_erased_conversation_leaves_no_answer
                a_conversation_is_forgotten_at_its_time
                a_new_conversation_is_found_by_the_callers_key
                a_session_reads_back_at_its_revision
                the_second_writer_of_a_session_loses
                sessions_are_found_by_when_they_were_opened
                the_sessions_of_a_tenant_are_found_beside_nobody_elses
                a_session_of_the_list_of_all_tenants_is_found_by_its_buyer
                what_was_written_here_is_recalled_until_it_is_known_to_be_old
                whoever_is_often_too_late_looks_for_a_while
                the_first_answer_wins
                a_replay_is_byte_for_byte
                an_answer_is_forgotten_in_time_but_not_while_the_call_runs
                a_failed_call_leaves_its_key_as_new
                a_lost_race_writes_nothing
                a_view_is_what_was_committed
                a_key_has_one_place_and_no_key_has_any
                a_session_is_overdue_at_its_time
                a_look_is_one_read_and_a_change_one_commit
                a_change_stays_in_its_partition
                forgetting_leaves_nothing_but_the_order
                a_cart_reads_back_at_its_revision
                the_second_writer_of_a_cart_loses
                a_cart_and_the_answer_to_its_call_are_one
                a_cart_is_forgotten_whole
                a_cart_is_overdue_at_its_time
                a_cart_and_a_session_of_one_key_are_two
                what_is_in_a_cart_is_put_in_taken_out_and_replaced
                a_look_at_a_cart_is_one_read_and_a_change_one_commit
                a_change_of_a_cart_stays_in_its_partition
                a_run_begins_once
                an_overtaken_worker_can_do_nothing
                a_run_is_taken_over_as_it_is_and_not_as_it_was
                a_run_is_stalled_when_its_lease_ends
                an_answer_that_continues_a_call_needs_the_fence_of_its_run
                order_events_are_told_in_order_and_without_gaps
                the_payment_book_is_read_in_order
                what_was_ordered_is_written_once
                an_order_is_decided_about_one_after_the_other
                nothing_is_decided_about_an_order_before_its_run_is_over
                an_errand_is_due_when_its_lease_is_over
                orders_are_listed_from_the_last_one_back
                an_order_is_listed_by_its_agent_and_its_merchant
                the_order_of_a_forgotten_session_is_found
                a_session_with_an_unfinished_run_is_not_forgotten
                many_reservers_never_oversell
                many_processes_never_oversell
                a_sale_is_taken_back_once
                the_owner_of_an_old_promise_is_asked
                what_is_known_by_heart_is_checked_before_it_is_used
                stock_far_away_is_asked_now_and_then
                stock_nobody_else_writes_is_told_without_asking
                what_nobody_counts_never_runs_out
                a_change_of_stock_may_be_repeated
                what_was_given_back_cannot_be_had_again
                how_a_reservation_ended_is_known_for_a_while
                what_was_promised_before_the_count_is_sold
                a_count_keeps_what_is_promised
                who_stops_waiting_for_stock_harms_nobody
                what_is_in_doubt_is_found_until_it_is_settled
                what_is_in_doubt_is_listed_to_the_last
                the_catalogue_is_asked_in_memory
                a_reload_finds_what_others_wrote
                a_refresh_finds_what_others_changed_and_costs_one_read
                a_price_is_set_on_an_item_that_is_there
                the_catalogue_is_listed_in_pages
                products_are_read_whole_whatever_the_pages
                how_far_an_agent_was_told_is_written_with_what_it_was_told
                what_an_agent_was_told_is_listed_beside_nobody_elses
                what_an_agent_need_not_be_told_of_again_is_forgotten
                a_feed_nobody_keeps_is_forgotten_page_by_page
                an_item_is_changed_together_with_its_answer
                what_is_withdrawn_is_kept_and_not_sold
                many_who_change_an_item_lose_nothing
                stock_is_counted_once_for_a_key
                counts_and_promises_meet_and_none_is_lost
                an_api_key_is_kept_once
                a_revoked_api_key_stays_revoked
                an_api_key_makes_way_for_the_next_in_one_step
                the_latest_use_of_an_api_key_stays
                what_a_key_signs_with_is_changed_by_one_at_a_time
                a_store_is_that_of_whoever_began_with_it
                of_many_who_begin_with_a_store_one_does
                a_tenant_is_enrolled_once_and_there_are_so_many_at_most
                changes_of_tenants_meet_and_none_is_lost
                each_tenant_has_a_catalogue_of_its_own
                what_others_write_into_any_catalogue_is_found
                a_spoilt_catalogue_keeps_nobody_elses_from_being_read
                the_first_use_of_a_signature_counts
                of_many_uses_at_once_one_is_the_first
                a_use_is_known_for_as_long_as_it_is_asked_for
                a_use_is_forgotten_when_the_signature_is_too_old
                what_was_sealed_opens_in_its_context_only
                a_mark_is_the_same_for_the_same_and_nobody_makes_it_without_the_keys
                what_was_tampered_with_does_not_open
                another_master_key_is_refused
                a_rotated_master_key_opens_what_was_sealed_before
                two_who_open_an_empty_keyring_share_its_key
                a_person_finds_everything_about_a_checkout
                what_is_erased_leaves_an_order_without_its_buyer
                an_act_is_there_before_it_is_done_and_says_how_it_ended
                an_act_goes_on_in_further_ones
                of_many_acts_at_once_none_is_lost
                old_acts_make_room_and_are_forgotten_in_time
                an_endpoint_belongs_to_its_agent_and_reads_back
                changes_of_endpoints_meet_and_none_is_lost
                what_happens_is_untold_until_somebody_has_looked
                a_delivery_is_due_until_it_is_told_or_held
                a_delivery_that_waits_is_looked_at_later_and_one_that_is_gone_never
            }
        )+
    };
}

contract! {
    memory => Some(Rig::memory());
    embedded => Some(Rig::embedded());
    redis => Rig::redis().await;
}

// What a look and a change cost is only asked of stores.
tests_of! {
    carts_at_merchant, Some(RecordRig::with_carts_at_merchant(Rig::memory()).await);
    a_cart_reads_back_at_its_revision
    the_second_writer_of_a_cart_loses
    a_cart_and_the_answer_to_its_call_are_one
    a_cart_is_forgotten_whole
    a_cart_is_overdue_at_its_time
    a_cart_and_a_session_of_one_key_are_two
    a_change_of_a_cart_stays_in_its_partition
    what_is_in_a_cart_is_put_in_taken_out_and_replaced
}
