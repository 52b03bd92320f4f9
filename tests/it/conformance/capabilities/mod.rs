//! What both sides can do, which extensions are in use, and what can be paid with.

mod agreed;
mod handlers;
mod wallets;

use super::registry::section;

section! {
    CAPABILITIES = "Capabilities and extensions";
    cn_01 Must "Capability negotiation 7.1" check(agreed::every_session_says_what_both_can)
        "Every session says what both sides can do.";
    cn_02 Must "Capability negotiation 10" check(handlers::there_is_a_way_to_pay)
        "The shop says how it can be paid.";
    cn_03 Must "Capability negotiation 4.5.1" check(agreed::what_is_supported_is_what_both_can)
        "The supported interventions are those both sides can do.";
    cn_04 Must "Capability negotiation 4.6.2, 6.4" check(agreed::unknown_capabilities_are_passed_over)
        "Capabilities nobody knows are passed over.";
    cn_05 Must "Capability negotiation 6.2, 10" check(agreed::claims_of_an_agent_switch_nothing_off)
        "What an agent says it can do switches no protection off.";
    cn_06 Must "Capability negotiation 10" check(handlers::only_offered_handlers_are_taken)
        "The shop itself checks that a payment comes by a way it offered.";
    cn_07 Should "Capability negotiation 10" check(agreed::an_agent_that_cannot_go_on_is_told)
        "An agent that cannot do what is needed is told so.";
    cn_08 Must "Capability negotiation 4.4.2" check(agreed::the_surroundings_of_the_agent_are_not_repeated)
        "What an agent says about its surroundings is not repeated to it.";
    cn_09 Should "Capability negotiation 6.1" check(wallets::guests_are_offered_no_wallets)
        "Only what matters to a session is offered in it.";
    ex_01 Should "Extensions 3.2" check(agreed::a_named_extension_is_switched_on)
        "An extension both sides know is in use once the agent names it.";
    ex_02 Must "Extensions 4.1" check(agreed::no_extension_is_fine_too)
        "An agent that names no extension is served without any.";
    ex_03 Must "Extensions 3.5.2" check(agreed::schemas_of_extensions_are_fetched_safely)
        "The schema of an extension lies behind an https address.";
    ex_04 Must "Extensions 5.3" check(agreed::extensions_leave_the_core_alone)
        "An extension changes nothing about what the core requires.";
    ex_05 Must "Extensions 7" check(agreed::members_of_extensions_are_checked)
        "What belongs to an extension is checked like everything else.";
    ex_06 Should "Extensions 3.6" check(agreed::names_of_extensions_have_a_form)
        "Extensions of others are named like domains, in reverse.";
}

pub(in crate::conformance) use rows_of_handlers::HANDLERS;

mod rows_of_handlers {
    use super::{handlers, wallets};
    use crate::conformance::beside::cards;
    use crate::conformance::registry::section;

    section! {
        HANDLERS = "Payment handlers and wallets";
        ph_01 Must "Payment handlers 5.1" check(handlers::a_handler_says_everything)
            "A payment handler says everything its schema asks for.";
        ph_02 Must "Payment handlers 10" check(handlers::a_handler_names_shop_and_provider)
            "It names the shop and the payment provider.";
        ph_03 Must "Payment handlers 6.1" check(handlers::a_raw_credential_is_refused)
            "Where a payment has to be delegated, no other credential is taken.";
        ph_04 Should "Payment handlers 6" check(handlers::payments_are_delegated)
            "Payments are delegated, so that agents handle no card data.";
        ph_05 Must "Payment handlers 6.3" check(cards::no_more_is_charged_than_is_allowed)
            "No more is charged than the delegation allows.";
        sb_01 Must "Seller-backed payment 3.1" check(wallets::a_wallet_is_kept_by_the_shop)
            "What the shop itself keeps for a buyer is marked as such.";
        sb_02 Must "Seller-backed payment 6.3" check(wallets::a_buyer_is_offered_what_is_theirs_and_suffices)
            "A buyer is offered only what is theirs, valid, and enough.";
        sb_03 Must "Seller-backed payment 4.3" check(wallets::the_handler_says_what_is_used)
            "The id of the handler says which of them is used, and only its owner may.";
        sb_04 Should "Seller-backed payment 9.3" waits("refunds and disputes of the shop")
            "Refunds and disputes are reported back.";
        sb_05 Must "Seller-backed payment 6.4" check(wallets::numbers_of_gift_cards_are_not_logged)
            "Numbers and secrets of gift cards are never logged.";
    }
}
