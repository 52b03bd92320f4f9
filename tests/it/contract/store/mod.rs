//! The contract of the store: every rule, run against every backend.
//!
//! A backend joins with one line at the end of this file. What a rule says is written in the file
//! of its subject, beside this one.

mod commits;
mod documents;
mod embedded_alone;
mod expiry;
mod logs;
mod model;
pub(crate) mod rig;
mod timers;

use rig::Rig;

mod rules {
    pub(super) use crate::contract::store::commits::*;
    pub(super) use crate::contract::store::documents::*;
    pub(super) use crate::contract::store::expiry::*;
    pub(super) use crate::contract::store::logs::*;
    pub(super) use crate::contract::store::timers::*;
}

/// Hands all rules to a macro, behind what it is given.
macro_rules! with_all_rules {
    ($then:ident! $($given:tt)*) => {
        $then! {
            $($given)*;
            what_was_written_is_read_back
            documents_come_in_the_order_they_were_asked_for
            a_put_replaces_all_of_a_document
            a_deleted_document_is_gone
            partitions_are_separate
            a_scan_finds_a_prefix_in_key_order
            a_scan_goes_on_after_a_key
            names_are_found_of_what_is_listed_and_what_is_not
            what_is_too_large_is_refused_whole
            a_document_is_created_once
            the_second_writer_loses
            a_fence_is_compared_for_equality
            every_demand_fails_on_a_missing_document_but_absence
            the_first_unmet_demand_is_named
            everything_in_a_commit_becomes_true_together
            a_raced_commit_leaves_nothing_behind
            a_commit_may_demand_and_write_nothing
            a_commit_may_delete_and_write_anew
            a_version_is_never_used_twice
            a_repeated_commit_returns_its_first_outcome
            concurrent_writers_lose_no_update
            a_running_store_is_healthy
            a_log_is_numbered_without_gaps
            a_log_is_read_in_pages
            a_dropped_log_begins_again_at_one
            logs_with_similar_names_are_separate
            a_timer_is_due_at_its_time_and_stays_due
            the_timer_that_waited_longest_comes_first
            a_timer_can_be_seen_coming
            timers_are_listed_from_the_last_one_back
            setting_a_timer_again_moves_it
            a_cleared_timer_never_comes
            queues_and_partitions_have_timers_of_their_own
            store_time_never_runs_backwards
            an_expired_document_is_as_good_as_deleted
            a_renewed_document_outlives_its_first_end
            a_sweep_removes_what_has_expired_and_nothing_else
        }
    };
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
        $(with_all_rules! { tests_of! $backend, $rig })+
    };
}

/// Makes a function that holds a backend to every rule, one after the other.
macro_rules! all_of {
    ($name:ident; $($rule:ident)+) => {
        pub(crate) async fn $name(fresh: impl AsyncFn(&'static str) -> Rig) {
            $(rules::$rule(&fresh(stringify!($rule)).await).await;)+
        }
    };
}

contract! {
    memory => Some(Rig::memory());
    embedded => Some(Rig::embedded());
    redis => Rig::redis().await;
}

with_all_rules! { all_of! keeps_every_rule }
