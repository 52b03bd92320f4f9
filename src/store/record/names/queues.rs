//! The queues: what waits in each, and what is named in it.

use acp_core::ids::{EndpointId, TenantId};
use acp_core::ports::Whose;
use acp_core::session::Owner;
use sha2::{Digest as _, Sha256};

use super::{absorb, hex};

/// Timers of sessions somebody has to look at; the id is that of the session.
pub(in crate::store::record) const SESSIONS: &str = "sessions";
/// Carts, due when their time is over; the id is that of the cart.
pub(in crate::store::record) const CARTS: &str = "carts";
/// What pays in the place of cards, due when nobody asks for it any more; the id is that of the
/// token.
pub(in crate::store::record) const VAULT: &str = "vault";
/// Timers of leases of completions; the id is that of the session.
pub(in crate::store::record) const RUNS: &str = "runs";
/// Ledgers with a promise whose owner has to be asked about it; the id is the ledger's key.
pub(in crate::store::record) const HOLDS: &str = "holds";
/// Feeds agents are told of, due when they are forgotten, which everybody who tells one puts off; the
/// id is that of the feed.
pub(in crate::store::record) const FEEDS: &str = "feeds";
/// Sessions that asked for an approval, due when they expire; the id is that of the session.
pub(in crate::store::record) const APPROVALS: &str = "approvals";

/// Units in doubt, by when they came to be; the id is the name of the adjustment.
pub(in crate::store::record) const DOUBTS: &str = "doubts";
/// Where sessions of all tenants stood together, by when they were opened, before each tenant had a
/// queue of its own. Nothing is written there any more; what is there ends with its session.
pub(in crate::store::record) const OPENED_TOGETHER: &str = "opened";

/// Leases of plans under way; the id is that of the plan.
pub(in crate::store::record) const PLAN_RUNS: &str = "plan_runs";
/// Plans that are not under way, due when their time is over; the id is that of the plan.
pub(in crate::store::record) const PLANS: &str = "plans";

/// Timers of orders for which there is something to do; the id is that of the order.
pub(in crate::store::record) const ERRANDS: &str = "errands";

/// What happened to orders and plans and nobody has looked yet who is to be told; the id is the
/// order and the event, or the plan and the number of the moment.
pub(in crate::store::record) const NEWS: &str = "news";

/// Deliveries with something to tell, and those of plans, which are looked after until the plan is
/// forgotten; the id is that of the delivery.
pub(in crate::store::record) const DELIVERIES: &str = "deliveries";

/// The queues of what has to be done soon after it is due: whoever watches sees by them whether
/// somebody is at work.
pub const LOOKED_AFTER: [&str; 7] = [SESSIONS, RUNS, HOLDS, PLAN_RUNS, ERRANDS, NEWS, DELIVERIES];

/// Deliveries to an endpoint that are kept back, by when that began.
pub(in crate::store::record) fn held_of(endpoint: &EndpointId) -> String {
    format!("held/{endpoint}")
}

/// Deliveries to an endpoint, by when they were last tried.
pub(in crate::store::record) fn tried_of(endpoint: &EndpointId) -> String {
    format!("tried/{endpoint}")
}

/// The queue of the orders of an agent or a merchant, by the time they were placed; the id is that
/// of the order.
pub(in crate::store::record) fn orders_of(whose: &Whose) -> String {
    let mut hash = Sha256::new();
    match whose {
        Whose::Agent(owner) => absorb(&mut hash, &[owner.tenant.as_str(), owner.agent.as_str()]),
        Whose::Tenant(tenant) => absorb(&mut hash, &[tenant.as_str()]),
    }
    // Half of the hash is enough to tell them apart, and stands in every order's commit.
    let short = hash.finalize();
    format!("orders/{}", hex(short.get(..16).unwrap_or_default()))
}

/// The queue of the plans of an agent, by the time they were made; the id is that of the plan.
pub(in crate::store::record) fn plans_of(owner: &Owner) -> String {
    let mut hash = Sha256::new();
    absorb(&mut hash, &[owner.tenant.as_str(), owner.agent.as_str()]);
    let short = hash.finalize();
    format!("plans/{}", hex(short.get(..16).unwrap_or_default()))
}

/// The queue of the sessions of a tenant, by when they were opened, never due to anybody; the id is
/// that of the session.
pub(in crate::store::record) fn opened_of(tenant: &TenantId) -> String {
    let mut hash = Sha256::new();
    absorb(&mut hash, &[tenant.as_str()]);
    let short = hash.finalize();
    format!("opened/{}", hex(short.get(..16).unwrap_or_default()))
}
