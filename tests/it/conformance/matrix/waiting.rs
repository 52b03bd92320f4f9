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
