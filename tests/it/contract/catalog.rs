//! Rules of the catalogue and of the keys that let somebody call.

use acp_core::catalog::{CatalogItem, Kind, TaxClass};
use acp_core::ids::{AgentId, ItemId, TenantId};
use acp_core::limits::PAGE_ROWS_MAX;
use acp_core::ports::{Assortment as _, Catalog, Decision, Keys, Products};
use acp_core::principal::{ApiKey, Habits, Maker, Scope};
use acp_core::signing::Signing;
use acp_gateway::store::record::{StoreCatalog, StoreKeys};

use super::record_rig::{RecordRig, Used, item_id, tenant, usd};

pub(super) fn item(id: &str) -> CatalogItem {
    CatalogItem {
        id: item_id(id),
        product_id: id.into(),
        title: "Milk".into(),
        description: "White.".into(),
        brand: None,
        category: "food".into(),
        kind: Kind::Physical,
        price: usd(199),
        options: Vec::new(),
        tags: vec!["milk".into()],
        images: Vec::new(),
        sku: None,
        sold_as: None,
        max_per_order: None,
        tax_class: TaxClass::Reduced,
        weight_grams: Some(1_000),
        seller: None,
        disclosures: Vec::new(),
        is_withdrawn: false,
    }
}

async fn load(rig: &RecordRig) -> StoreCatalog {
    StoreCatalog::load(rig.records.clone(), tenant()).await.unwrap()
}

async fn find(catalog: &StoreCatalog, id: &str) -> Option<CatalogItem> {
    let found = catalog.find(&tenant(), &[&item_id(id)]).await.unwrap();
    found[0].as_deref().cloned()
}

pub(super) async fn the_catalogue_is_asked_in_memory(rig: &RecordRig) {
    let catalog = load(rig).await;
    assert!(catalog.is_empty());
    catalog.put(vec![item("milk"), item("honey")]).await.unwrap();
    rig.store.used();

    let wanted = [&item_id("honey"), &item_id("gold"), &item_id("milk")];
    let found = catalog.find(&tenant(), &wanted).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|item| item.map(|item| item.id.clone())).collect();
    assert_eq!(found, [Some(item_id("honey")), None, Some(item_id("milk"))]);
    let other = catalog.find(&TenantId::new("other"), &[&item_id("milk")]).await.unwrap();
    assert_eq!(other, [None]);
    assert_eq!(rig.store.used(), []);
}

pub(super) async fn a_reload_finds_what_others_wrote(rig: &RecordRig) {
    let catalog = load(rig).await;
    let others = load(rig).await;
    let many: Vec<_> = (0..=PAGE_ROWS_MAX).map(|number| item(&format!("item/{number}"))).collect();
    others.put(many).await.unwrap();
    assert_eq!((catalog.len(), others.len()), (0, PAGE_ROWS_MAX + 1));

    catalog.reload().await.unwrap();
    assert_eq!(catalog.len(), PAGE_ROWS_MAX + 1);
    assert_eq!(find(&catalog, "item/7").await, Some(item("item/7")));
    assert_eq!(load(rig).await.len(), PAGE_ROWS_MAX + 1);
    let longer = TenantId::new("shop/item");
    assert!(StoreCatalog::load(rig.records.clone(), longer).await.unwrap().is_empty());
}

pub(super) async fn a_refresh_finds_what_others_changed_and_costs_one_read(rig: &RecordRig) {
    let catalog = load(rig).await;
    let others = load(rig).await;
    others.put(vec![item("milk"), item("honey")]).await.unwrap();
    catalog.refresh().await.unwrap();
    assert_eq!(find(&catalog, "milk").await, Some(item("milk")));

    assert!(others.set_price(&item_id("milk"), usd(5)).await.unwrap());
    let mut decide = |found: Option<CatalogItem>, _| {
        let after = CatalogItem { is_withdrawn: true, ..found? };
        Some(Decision { after: Some(after), answer: None })
    };
    others.change(&tenant(), &item_id("honey"), None, &mut decide).await.unwrap();
    assert_eq!(find(&catalog, "milk").await, Some(item("milk")));
    catalog.refresh().await.unwrap();
    assert_eq!(find(&catalog, "milk").await, Some(CatalogItem { price: usd(5), ..item("milk") }));
    assert_eq!(find(&catalog, "honey").await, None, "it is withdrawn");

    rig.store.used();
    catalog.refresh().await.unwrap();
    assert_eq!(rig.store.used(), [Used::Read(1)]);
}

pub(super) async fn a_price_is_set_on_an_item_that_is_there(rig: &RecordRig) {
    let catalog = load(rig).await;
    assert!(!catalog.set_price(&item_id("milk"), usd(5)).await.unwrap());
    catalog.put(vec![item("milk")]).await.unwrap();
    assert!(catalog.set_price(&item_id("milk"), usd(5)).await.unwrap());

    let cheaper = CatalogItem { price: usd(5), ..item("milk") };
    assert_eq!(find(&catalog, "milk").await, Some(cheaper.clone()));
    assert_eq!(find(&load(rig).await, "milk").await, Some(cheaper));
}

pub(super) async fn the_catalogue_is_listed_in_pages(rig: &RecordRig) {
    let catalog = load(rig).await;
    catalog.put(["c", "a", "b"].map(item).into()).await.unwrap();
    let ids = |after: Option<&ItemId>, limit| {
        let page = catalog.list(after, limit);
        page.iter().map(|item| item.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 2), ["a", "b"]);
    assert_eq!(ids(Some(&item_id("b")), 2), ["c"]);
    assert_eq!(ids(Some(&item_id("c")), 2), Vec::<String>::new());
}

pub(super) fn api_key(rig: &RecordRig, id: &str) -> ApiKey {
    ApiKey {
        id: id.into(),
        secret_hash: [3; 32],
        tenant: tenant(),
        agent: AgentId::new("agent"),
        scope: Scope::Merchant,
        label: "till".into(),
        created_at: rig.now(),
        expires_at: None,
        revoked_at: None,
        habits: Habits::default(),
        signing: Signing::default(),
        follows: None,
        made_by: Maker::Operator,
        revoked_by: Maker::Operator,
    }
}

pub(super) async fn an_api_key_is_kept_once(rig: &RecordRig) {
    let keys = StoreKeys::new(rig.records.clone());
    assert_eq!(keys.all().await.unwrap(), []);
    let (first, second) = (api_key(rig, "k1"), api_key(rig, "k2"));
    assert!(keys.insert(&second).await.unwrap());
    assert!(keys.insert(&first).await.unwrap());
    let taken = ApiKey { label: "thief".into(), ..api_key(rig, "k1") };
    assert!(!keys.insert(&taken).await.unwrap());
    assert_eq!(keys.all().await.unwrap(), [first, second]);
}

pub(super) async fn a_revoked_api_key_stays_revoked(rig: &RecordRig) {
    let keys = StoreKeys::new(rig.records.clone());
    assert!(!keys.revoke("k1", rig.now()).await.unwrap());
    keys.insert(&api_key(rig, "k1")).await.unwrap();
    let first = rig.now();
    assert!(keys.revoke("k1", first).await.unwrap());
    rig.wait(std::time::Duration::from_mins(1));
    assert!(keys.revoke("k1", rig.now()).await.unwrap());

    let key = keys.all().await.unwrap().remove(0);
    assert_eq!(key.revoked_at, Some(first));
    assert!(!key.is_good(rig.now()));
}

pub(super) async fn an_api_key_makes_way_for_the_next_in_one_step(rig: &RecordRig) {
    let keys = StoreKeys::new(rig.records.clone());
    let before = api_key(rig, "k1");
    let next = ApiKey { follows: Some("k1".into()), ..api_key(rig, "k2") };
    let ending = ApiKey { expires_at: Some(rig.now()), ..before.clone() };
    assert!(!keys.replace(&before, &ending, Some(&next)).await.unwrap(), "there is no such key");
    assert_eq!(keys.all().await.unwrap(), [], "and nothing took its place");

    keys.insert(&before).await.unwrap();
    assert!(keys.replace(&before, &ending, Some(&next)).await.unwrap());
    assert_eq!(keys.all().await.unwrap(), [ending.clone(), next.clone()]);
    let third = ApiKey { label: "late".into(), ..api_key(rig, "k3") };
    assert!(!keys.replace(&before, &ending, Some(&third)).await.unwrap(), "it is not so any more");
    assert!(!keys.replace(&ending, &before, Some(&next)).await.unwrap(), "that id is taken");
    assert_eq!(keys.all().await.unwrap(), [ending.clone(), next.clone()]);

    let renamed = ApiKey { label: "renamed".into(), ..ending.clone() };
    assert!(keys.replace(&ending, &renamed, None).await.unwrap());
    assert_eq!(keys.all().await.unwrap(), [renamed, next]);
}

pub(super) async fn the_latest_use_of_an_api_key_stays(rig: &RecordRig) {
    let keys = StoreKeys::new(rig.records.clone());
    let ids: Vec<Box<str>> = (0..150).map(|number| format!("k{number}").into()).collect();
    assert!(keys.last_used(&ids).await.unwrap().iter().all(Option::is_none));
    let (early, late) = (rig.now(), rig.now().plus(std::time::Duration::from_mins(3)));
    let note = |at, ids: &[Box<str>]| ids.iter().map(|id| (id.clone(), at)).collect::<Vec<_>>();
    keys.note_used(&note(late, &ids[..100])).await.unwrap();
    keys.note_used(&note(early, &ids)).await.unwrap();
    keys.note_used(&[]).await.unwrap();
    let noted = keys.last_used(&ids).await.unwrap();
    assert_eq!(noted.len(), 150);
    assert!(noted[..100].iter().all(|at| *at == Some(late)), "an earlier one changes nothing");
    assert!(noted[100..].iter().all(|at| *at == Some(early)));
    assert_eq!(keys.all().await.unwrap(), [], "a use makes no key");
}

fn of_product(product: &str, id: &str) -> CatalogItem {
    CatalogItem { product_id: product.into(), ..item(id) }
}

/// Every product, read with so many items at a time.
pub(super) async fn products_of(
    products: &dyn Products,
    limit: usize,
) -> Vec<(String, Vec<String>)> {
    let (mut found, mut from) = (Vec::new(), None);
    loop {
        let page = products.page(&tenant(), from, limit).await.unwrap();
        for product in page.products {
            let ids = product.items.iter().map(|item| item.id.to_string()).collect();
            found.push((product.id.to_string(), ids));
        }
        let Some(next) = page.next else { return found };
        from = Some(next);
    }
}

pub(super) async fn products_are_read_whole_whatever_the_pages(rig: &RecordRig) {
    let catalog = load(rig).await;
    let names =
        [("cup", "z"), ("tee", "b"), ("cup", "a"), ("tee.2", "c"), ("tee", "d"), ("a", "e")];
    catalog.put(names.map(|(product, id)| of_product(product, id)).into()).await.unwrap();
    let product = |id: &str, ids: &[&str]| {
        (id.to_owned(), ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>())
    };
    let all = [
        product("a", &["e"]),
        product("cup", &["a", "z"]),
        product("tee", &["b", "d"]),
        product("tee.2", &["c"]),
    ];
    for limit in 1..=7 {
        assert_eq!(products_of(&catalog, limit).await, all, "{limit}");
        assert_eq!(products_of(&load(rig).await, limit).await, all, "{limit}");
    }
    let other = Products::page(&catalog, &TenantId::new("other"), None, 10).await.unwrap();
    assert_eq!((other.products, other.next), (Vec::new(), None));

    // An item that moves to another product is there alone, and what is withdrawn is told, too.
    let moved = CatalogItem { is_withdrawn: true, ..of_product("a", "z") };
    catalog.put(vec![moved]).await.unwrap();
    let now = [product("a", &["e", "z"]), product("cup", &["a"])];
    assert_eq!(products_of(&catalog, 2).await[..2], now);
}
