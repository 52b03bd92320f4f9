use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::goods::MerchantCatalog;
use super::peers::PeerShown;
use crate::app::{AdviceCounts, CartCounts, HandOverCounts};

/// What kind of gateway this is, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    /// The name of the shop.
    pub shop: String,
    /// `embedded`, `memory` or `redis`.
    pub store: String,
    /// Grows with every start of the store.
    pub boot_epoch: u64,
    /// Whether no key was made yet, so that the demo keys open the shop.
    pub is_demo: bool,
    /// How many items the catalogue has; nothing where only the merchant knows.
    pub items: Option<usize>,
    /// How the memory of the merchant's catalogue serves, where the merchant keeps it.
    pub catalogue: Option<RememberedShown>,
    /// How carts ended since the start.
    pub carts: CartsShown,
    /// How the services fare that are called.
    pub peers: Vec<PeerShown>,
    /// How handing orders over to the merchant went since the start.
    pub orders: HandOversShown,
    /// What became of what a language model was asked, where there is one.
    pub planner: Option<AdviceShown>,
}

/// What became of what a language model was asked since the start of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceShown {
    /// How often its proposal was taken.
    pub taken: u64,
    /// How often the shopper was asked, because rules and model did not agree or neither was sure.
    pub asked_back: u64,
    /// How often the understanding of the rules held.
    pub kept: u64,
    /// How often something was wrong with its proposal.
    pub dropped: u64,
    /// How often it made none.
    pub failed: u64,
}

impl From<AdviceCounts> for AdviceShown {
    fn from(counts: AdviceCounts) -> Self {
        let AdviceCounts { taken, asked_back, kept, dropped, failed } = counts;
        Self { taken, asked_back, kept, dropped, failed }
    }
}

/// How handing orders over to the merchant's own system went since the start of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOversShown {
    /// How many were handed over.
    pub handed_over: u64,
    /// How often one could not be, and is tried again.
    pub failed: u64,
}

impl From<HandOverCounts> for HandOversShown {
    fn from(counts: HandOverCounts) -> Self {
        let HandOverCounts { handed_over, failed } = counts;
        Self { handed_over, failed }
    }
}

/// How carts ended since the start of this process. Each ends once: one a checkout came of is
/// neither canceled nor abandoned any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartsShown {
    /// How many were opened.
    pub opened: u64,
    /// Of how many a checkout session came.
    pub handed_over: u64,
    /// How many were given up.
    pub canceled: u64,
    /// How many ran out of time.
    pub abandoned: u64,
}

impl From<CartCounts> for CartsShown {
    fn from(counts: CartCounts) -> Self {
        let CartCounts { opened, handed_over, canceled, abandoned } = counts;
        Self { opened, handed_over, canceled, abandoned }
    }
}

/// What is remembered of a merchant's catalogue, and how that served those who asked for items
/// since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedShown {
    /// How many items are remembered.
    pub entries: usize,
    /// How often an item was known well enough.
    pub hits: u64,
    /// How often one had to be asked for.
    pub misses: u64,
    /// How often an old one was good enough, because the service could not be asked.
    pub stale: u64,
    /// How often the service was asked.
    pub calls: u64,
    /// How many items were forgotten because they had changed.
    pub forgotten: u64,
}

impl From<&MerchantCatalog> for RememberedShown {
    fn from(merchant: &MerchantCatalog) -> Self {
        let counts = merchant.remembered.counts();
        Self {
            entries: counts.entries,
            hits: counts.hits,
            misses: counts.misses,
            stale: counts.stale,
            calls: counts.calls,
            forgotten: counts.forgotten,
        }
    }
}

/// Says how the gateway stands.
pub(super) async fn status(State(admin): State<Admin>) -> Json<Status> {
    let merchant = admin.sold_elsewhere.as_ref();
    Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shop: admin.shop.name.to_string(),
        store: admin.backend.name().to_owned(),
        boot_epoch: admin.store.boot_epoch(),
        is_demo: admin.identity.is_demo(),
        items: merchant.is_none().then(|| admin.catalogs.shop().len()),
        catalogue: merchant.map(RememberedShown::from),
        carts: admin.app.cart_counts().into(),
        peers: admin.peers.figures().into_iter().map(PeerShown::from).collect(),
        orders: admin.app.hand_over_counts().into(),
        planner: admin.app.advisor().counts().map(AdviceShown::from),
    })
}
