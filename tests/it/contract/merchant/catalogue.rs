//! What knows what is sold, whoever it is: a catalogue of our own, or one of the merchant's, asked
//! each time or remembered.

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::CATALOGUE_LOOKUP_MAX;
use acp_core::ports::{Catalog, Products, Retry};
use acp_gateway::adapters::catalog::{RememberedCatalog, RemoteCatalog, RowFormat, import};
use acp_gateway::adapters::memory::MemoryOptions;
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{PartitionKey, Records, StoreCatalog};
use acp_mocks::SeededEntropy;
use acp_mocks::catalog::{CatalogMock, Settings};
use acp_mocks::faults::Faults;
use acp_mocks::inventory::{InventoryMock, Settings as InventorySettings};
use acp_mocks::server::{Mock as _, Running};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::backend;
use crate::contract::catalog::products_of;
use crate::contract::record_rig::{item_id, tenant};

const TOKEN: &str = "tok_catalogue";
const LOOKUP: &str = "POST /catalogue/lookup";
const ASKERS: usize = 64;

/// Somebody who knows what is sold.
struct Place {
    name: &'static str,
    catalog: Arc<dyn Catalog>,
    keeper: Keeper,
}

/// Where it is changed.
enum Keeper {
    Ours(Arc<StoreCatalog>),
    Merchant(Running<CatalogMock>, Option<Arc<RememberedCatalog>>),
}

impl Place {
    async fn of_our_own() -> Self {
        let clock = Arc::new(SystemClock::default());
        let store = Arc::new(Memory::new(Arc::clone(&clock) as _));
        let entropy = Arc::new(SeededEntropy::new(1));
        let records = Records::new(store, clock, entropy, PartitionKey::new(&[7; 32]));
        let ours = Arc::new(StoreCatalog::load(records, tenant()).await.unwrap());
        ours.put(goods().iter().map(item).collect()).await.unwrap();
        Self { name: "ours", catalog: Arc::clone(&ours) as _, keeper: Keeper::Ours(ours) }
    }

    async fn at_merchant() -> Self {
        let mock = mock(goods()).await;
        let catalog = remote(mock.url(), Some(TOKEN));
        Self { name: "asked", catalog, keeper: Keeper::Merchant(mock, None) }
    }

    async fn remembered() -> Self {
        let mock = mock(goods()).await;
        let remembered = remembering(remote(mock.url(), Some(TOKEN)));
        let keeper = Keeper::Merchant(mock, Some(Arc::clone(&remembered)));
        Self { name: "remembered", catalog: remembered, keeper }
    }

    async fn each() -> [Self; 3] {
        [Self::of_our_own().await, Self::at_merchant().await, Self::remembered().await]
    }

    /// Sells something for another price, and tells who has to know.
    async fn reprice(&self, row: Value) {
        match &self.keeper {
            Keeper::Ours(ours) => {
                let item = item(&row);
                assert!(ours.set_price(&item.id, item.price).await.unwrap());
            }
            Keeper::Merchant(mock, remembered) => {
                let changed = mock.mock().put_items(vec![row]).unwrap();
                let changed: Vec<_> = changed.into_iter().map(ItemId::new).collect();
                if let Some(remembered) = remembered {
                    remembered.forget(&changed);
                }
            }
        }
    }

    async fn find(&self, ids: &[&str]) -> Vec<Option<CatalogItem>> {
        let ids: Vec<_> = ids.iter().map(|id| item_id(id)).collect();
        let found = self.catalog.find(&tenant(), &ids.iter().collect::<Vec<_>>()).await;
        found.unwrap().into_iter().map(|item| item.as_deref().cloned()).collect()
    }

    fn service(&self) -> &Running<CatalogMock> {
        match &self.keeper {
            Keeper::Merchant(mock, _) => mock,
            Keeper::Ours(_) => panic!("there is no mock"),
        }
    }

    fn calls(&self) -> u64 {
        self.service().switches().requests().get(LOOKUP).copied().unwrap_or_default()
    }
}

async fn mock(items: Vec<Value>) -> Running<CatalogMock> {
    let settings = Settings { token: Some(TOKEN.to_owned()), items, ..Settings::default() };
    CatalogMock::start(settings).await.unwrap()
}

fn remote(url: String, token: Option<&str>) -> Arc<RemoteCatalog> {
    let entropy = Arc::new(SeededEntropy::new(2));
    Arc::new(RemoteCatalog::at(&backend(url, token), tenant(), entropy).unwrap())
}

fn remembering(catalog: Arc<RemoteCatalog>) -> Arc<RememberedCatalog> {
    let hour = Duration::from_hours(1);
    let options = MemoryOptions { entries_max: 10_000, fresh: hour, stale: hour };
    let clock = Arc::new(SystemClock::default());
    Arc::new(RememberedCatalog::of(catalog, tenant(), options, clock))
}

fn row(id: &str, price: i64) -> Value {
    json!({
        "id": id, "product_id": "cups", "title": "Blue <b>Mug</b>", "description": "For *tea*.",
        "brand": "Harbour", "category": "kitchen", "kind": "physical", "price": price,
        "currency": "usd", "options": {"size": "L", "color": "blue"}, "tags": ["Tea", "gift"],
        "images": ["https://shop.example/mug.jpg"], "sku": "M-1", "sold_as": "pair",
        "max_per_order": 4, "tax_class": "reduced", "weight_grams": 410, "seller": "Potter",
        "disclosures": ["Fragile."],
    })
}

fn goods() -> Vec<Value> {
    let download = json!({
        "id": "recipes", "title": "Recipes", "kind": "digital", "price": 700, "currency": "USD",
        "tax_class": "exempt",
    });
    vec![row("mug", 1_200), row("cup.1", 900), download]
}

/// The item a row of a file stands for.
fn item(row: &Value) -> CatalogItem {
    let import = import(row.to_string().as_bytes(), RowFormat::JsonLines).unwrap();
    assert_eq!(import.report.problems.shown(), []);
    import.rows.into_iter().next().unwrap().item
}

#[tokio::test]
async fn items_are_told_in_the_order_they_are_asked_for() {
    for place in Place::each().await {
        let rows = goods();
        let (mug, cup, recipes) = (item(&rows[0]), item(&rows[1]), item(&rows[2]));
        let found = place.find(&["recipes", "gold", "mug", "cup.1", "mug", "no/id?"]).await;
        let expected = [Some(recipes), None, Some(mug.clone()), Some(cup), Some(mug), None];
        assert_eq!(found, expected, "{}", place.name);
        assert_eq!(place.find(&[]).await, [], "{}", place.name);
    }
}

/// The items of a product may lie on several pages.
#[tokio::test]
async fn products_of_a_service_are_read_whole_whatever_the_pages() {
    let of = |product: &str, id: &str| {
        let mut row = row(id, 5);
        row["product_id"] = product.into();
        row
    };
    let rows = vec![of("tee", "b"), of("cup", "z"), of("tee", "d"), of("cup", "a"), of("tee", "e")];
    let mock = mock(rows).await;
    let catalog = remote(mock.url(), Some(TOKEN));
    let all = [("cup", vec!["a", "z"]), ("tee", vec!["b", "d", "e"])];
    let owned = |(id, ids): (&str, Vec<&str>)| {
        (id.to_owned(), ids.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let all = all.map(owned);
    for limit in 1..=6 {
        assert_eq!(products_of(&*catalog, limit).await, all, "{limit}");
    }
    let other = Products::page(&*catalog, &TenantId::new("other"), None, 10).await.unwrap();
    assert_eq!((other.products, other.next), (Vec::new(), None));
}

#[tokio::test]
async fn nothing_is_sold_in_the_name_of_another() {
    for place in Place::each().await {
        for tenant in ["other", "shop/x"] {
            let found = place.catalog.find(&TenantId::new(tenant), &[&item_id("mug")]).await;
            assert_eq!(found.unwrap(), [None], "{}", place.name);
        }
    }
}

#[tokio::test]
async fn a_new_price_is_told_once_it_is_known_to_be_one() {
    for place in Place::each().await {
        assert_eq!(place.find(&["mug"]).await, [Some(item(&row("mug", 1_200)))], "{}", place.name);
        place.reprice(row("mug", 1_300)).await;
        assert_eq!(place.find(&["mug"]).await, [Some(item(&row("mug", 1_300)))], "{}", place.name);
    }
}

#[tokio::test]
async fn however_much_is_wanted_it_is_asked_for_in_as_few_calls_as_may_be() {
    for place in [Place::at_merchant().await, Place::remembered().await] {
        let ids: Vec<_> = (0..=CATALOGUE_LOOKUP_MAX).map(|n| format!("item-{n}")).collect();
        let rows = ids.iter().map(|id| row(id, 5)).collect();
        place.service().mock().put_items(rows).unwrap();
        let found = place.find(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert!(found.iter().all(Option::is_some), "{}", place.name);
        assert_eq!(place.calls(), 2, "{}", place.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_want_the_same_item_at_once_cost_one_call() {
    let place = Place::remembered().await;
    let slow = Faults { latency_ms: 50, ..Faults::default() };
    place.service().switches().set_faults(slow).unwrap();
    let mut askers = JoinSet::new();
    for _ in 0..ASKERS {
        let catalog = Arc::clone(&place.catalog);
        askers.spawn(async move { catalog.find(&tenant(), &[&item_id("mug")]).await });
    }
    let told = askers.join_all().await;
    let mug = item(&row("mug", 1_200));
    assert!(told.iter().all(|told| told.as_ref().unwrap()[0].as_deref() == Some(&mug)));
    assert_eq!(place.calls(), 1);
}

#[tokio::test]
async fn one_failure_is_noticed_by_nobody() {
    let once = || Faults { at_most: Some(1), ..Faults::default() };
    for faults in [
        Faults { reset_ratio: 1.0, ..once() },
        Faults { throttle_ratio: 1.0, ..once() },
        Faults { unavailable_ratio: 1.0, ..once() },
        Faults { error_ratio: 1.0, ..once() },
        Faults { timeout_after_effect_ratio: 1.0, ..once() },
    ] {
        for place in [Place::at_merchant().await, Place::remembered().await] {
            place.service().switches().set_faults(faults.clone()).unwrap();
            assert!(place.find(&["mug"]).await[0].is_some(), "{} {faults:?}", place.name);
        }
    }
}

#[tokio::test]
async fn a_service_that_fails_for_good_is_told_apart_from_one_that_sells_nothing() {
    for place in [Place::at_merchant().await, Place::remembered().await] {
        for (faults, retry) in [
            (Faults { throttle_ratio: 1.0, ..Faults::default() }, Retry::After(Duration::ZERO)),
            (Faults { error_ratio: 1.0, ..Faults::default() }, Retry::Safe),
        ] {
            place.service().switches().set_faults(faults).unwrap();
            let found = place.catalog.find(&tenant(), &[&item_id("mug")]).await;
            assert_eq!(found.unwrap_err().retry, retry, "{}", place.name);
        }
    }
}

#[tokio::test]
async fn a_service_that_does_not_want_us_or_is_another_is_a_mistake_of_ours() {
    let (mock, other) =
        (mock(goods()).await, InventoryMock::start(InventorySettings::default()).await);
    for (url, token, advice) in [
        (mock.url(), Some("tok_other"), "is catalogue.token still good?"),
        (mock.url(), None, "is catalogue.token still good?"),
        (other.unwrap().url(), None, "is catalogue.base_url the address of its API?"),
    ] {
        let remote = remote(url, token);
        let remembered = remembering(Arc::clone(&remote));
        for catalog in [remote as Arc<dyn Catalog>, remembered] {
            let refused = catalog.find(&tenant(), &[&item_id("mug")]).await.unwrap_err();
            assert_eq!(refused.retry, Retry::Never);
            let cause = refused.cause.unwrap();
            let told = cause.source().map_or_else(|| cause.to_string(), ToString::to_string);
            assert!(told.contains(advice), "{told}");
        }
    }
}

#[tokio::test]
async fn pages_show_everything_once() {
    let mock = mock(goods()).await;
    let remote = remote(mock.url(), Some(TOKEN));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = remote.page(after.as_deref(), 2).await.unwrap();
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, goods().iter().map(item).collect::<Vec<_>>());
}
