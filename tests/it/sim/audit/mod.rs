//! The auditor: what must be true of every world that has come to rest, whatever happened in it.
//!
//! Each rule is a function that writes down what it found wrong, in words somebody can act on. The
//! rules are those of the reliability plan, I1 to I12; I13 is about mandates, U about what is unclear,
//! and P about what was promised to clients.

mod answers;
mod books;
mod money;
mod orders;
mod plans;
mod sessions;
mod stock;

pub(super) use books::Books;

/// What was found wrong.
type Findings = Vec<String>;

/// Looks at one thing, and writes down what is wrong with it.
type Rule = fn(&Books, &mut Findings);

const RULES: [(&str, Rule); 27] = [
    ("I1", money::no_more_is_taken_than_was_held_and_ordered),
    ("I1", money::in_the_end_the_order_says_what_was_taken),
    ("I12", money::what_was_promised_back_went_back_once),
    ("I2", money::a_session_never_has_two_holds),
    ("I2", money::nothing_stays_held),
    ("I2", money::no_declined_payment_stays_open),
    ("U", money::no_hold_is_let_go_of_without_need),
    ("I3", stock::what_there_was_is_free_promised_or_sold),
    ("I3", stock::what_was_sold_is_what_was_ordered),
    ("I3", stock::both_books_of_goods_agree),
    ("I4", stock::nothing_stays_promised),
    ("I4", stock::what_is_promised_is_kept),
    ("I5", sessions::there_is_an_order_exactly_where_it_was_paid),
    ("I5", answers::no_acknowledged_order_is_lost),
    ("I6", sessions::every_event_of_an_order_is_told_once_and_in_order),
    ("I6", orders::every_order_that_is_kept_is_handed_over_once),
    ("I7", answers::a_key_means_one_answer),
    ("I8", sessions::revisions_grow_and_nothing_comes_between),
    ("I8", answers::no_acknowledged_change_is_lost),
    ("I8", sessions::no_session_is_forgotten_early),
    ("I9", money::the_sums_agree),
    ("I10", sessions::nothing_is_under_way),
    ("I10", plans::no_plan_is_under_way),
    ("I11", answers::no_token_lies_readable),
    ("I13", plans::mandates_spend_what_was_ordered),
    ("P", answers::a_failure_of_ours_is_no_answer),
    ("P", answers::nothing_is_unsaid_and_nothing_is_broken),
];

/// Looks at everything.
pub(super) fn audit(books: &Books) -> Vec<String> {
    let mut all = Vec::new();
    for (name, rule) in RULES {
        let mut findings = Vec::new();
        rule(books, &mut findings);
        all.extend(findings.into_iter().map(|finding| format!("{name}: {finding}")));
    }
    all
}
