//! What the protocol asks of parts of a shop that the gateway does not have yet. Each row says
//! what it waits for.

use super::registry::section;

section! {
    DELEGATED_AUTHENTICATION = "Delegated authentication";
    da_01 Must "Delegated authentication 2.1" waits("delegated authentication")
        "A session has an id, and the version is checked.";
    da_02 Must "Delegated authentication 4.1" waits("delegated authentication")
        "A new session says whether something has to be done, and what.";
    da_03 Must "Delegated authentication 4.2" waits("delegated authentication")
        "Channel and address for notifications come with one of the two calls.";
    da_04 Must "Delegated authentication 9" waits("delegated authentication")
        "A browser that runs scripts tells more about itself.";
    da_05 Must "Delegated authentication 4.3" waits("delegated authentication")
        "Once there is a result, it can be read.";
    da_06 Must "Delegated authentication 4.2" waits("delegated authentication")
        "A session whose time is over says so.";
    da_07 Must "Delegated authentication 8" waits("delegated authentication")
        "Only origins on a list are served.";
    da_08 Must "Delegated authentication 8" waits("delegated authentication")
        "Signatures are checked.";
    da_09 Must "Delegated authentication 9" waits("delegated authentication")
        "Amounts are positive, and currencies in capitals.";
    da_10 Must "Delegated authentication 3.1" waits("delegated authentication")
        "Every refusal is one flat object.";
    da_11 Must "Delegated authentication 8" waits("delegated authentication")
        "No card number is logged.";
}

section! {
    FEEDS = "Product feeds";
    pf_01 Must "Product feeds 10" waits("product feeds") "A feed keeps its id.";
    pf_02 Must "Product feeds 10" waits("product feeds") "What is known of a feed can be read.";
    pf_03 Must "Product feeds 10" waits("product feeds") "The products of a feed can be read.";
    pf_04 Must "Product feeds 10" waits("product feeds")
        "A change replaces the products it names and leaves the others alone.";
    pf_05 Must "Product feeds 10" waits("product feeds")
        "Products have ids and variants, and variants have ids and titles.";
    pf_06 Must "Product feeds 3.2" waits("product feeds")
        "The id of a variant is the id of the item in a checkout.";
    pf_07 Must "Product feeds 7" waits("product feeds") "A feed holds nothing about buyers.";
    pf_08 Must "Product feeds 10" waits("product feeds")
        "The shop sends its feed, and offers no feed for others to call.";
    pf_09 Should "Product feeds 10" waits("product feeds") "A change moves the time of the feed.";
    pf_10 Should "Product feeds 3.4" waits("product feeds")
        "Products are sent whole, and those that are gone are marked so.";
    pf_11 Must "Product feeds 3.4" waits("product feeds")
        "A full feed drops what it does not name.";
    pf_12 Must "Product feeds 7" waits("product feeds") "Only who may changes a feed.";
    pf_13 Should "Product feeds 10" waits("product feeds") "Ids of variants stay the same.";
}
