//! Rules of what whoever looks after the shop changes: items and counts, each with its answer.

use acp_core::catalog::{CatalogItem, ChangeItem, Offer};
use acp_core::ports::{
    AnswerKey, Assortment, Catalog, Counts, Decision, Keeper, KeyState, Operation,
};
use acp_core::stock::{Count, Hold, Ledger, ReservationId, Reserved};
use acp_core::time::Timestamp;
use acp_gateway::store::record::{StoreCatalog, StoreStock};
use tokio::task::JoinSet;

use super::catalog::item;
use super::record_rig::{RecordRig, answered, first, item_id, owner, tenant, usd};

const LATER: Timestamp = Timestamp::from_unix_ms(9_000_000);

fn key(operation: Operation, key: &str) -> AnswerKey {
    AnswerKey { owner: owner(), operation, about: None, key: key.into() }
}

async fn load(rig: &RecordRig) -> StoreCatalog {
    StoreCatalog::load(rig.records.clone(), tenant()).await.unwrap()
}

/// Changes the milk, and says what was known of the key.
async fn change(
    catalog: &StoreCatalog,
    name: &str,
    wanted: &ChangeItem,
) -> (Option<CatalogItem>, Option<KeyState>) {
    let key = key(Operation::ChangeItem, name);
    let mut seen = (None, None);
    let mut decide = |found: Option<CatalogItem>, known: Option<KeyState>| {
        seen = (found.clone(), known.clone());
        let after = found?.changed(wanted.clone()).unwrap();
        let answer = first(key.clone(), answered("as it is now"));
        known.is_none().then_some(Decision { after: Some(after), answer: Some(answer) })
    };
    catalog.change(&tenant(), &item_id("milk"), Some(&key), &mut decide).await.unwrap();
    seen
}

fn priced(minor: i64) -> ChangeItem {
    ChangeItem { price: Some(usd(minor)), ..ChangeItem::default() }
}

pub(super) async fn an_item_is_changed_together_with_its_answer(rig: &RecordRig) {
    let catalog = load(rig).await;
    assert_eq!(change(&catalog, "a", &priced(5)).await, (None, None), "there is no such item");
    catalog.put(vec![item("milk")]).await.unwrap();
    assert_eq!(change(&catalog, "a", &priced(5)).await, (Some(item("milk")), None));
    let cheaper = CatalogItem { price: usd(5), ..item("milk") };
    let told = (Some(cheaper.clone()), Some(answered("as it is now")));
    assert_eq!(change(&catalog, "a", &priced(7)).await, told, "and nothing is written again");
    let others = load(rig).await;
    for catalog in [&catalog, &others] {
        let found = catalog.find(&tenant(), &[&item_id("milk")]).await.unwrap();
        assert_eq!(found[0].as_deref(), Some(&cheaper));
    }
    // Who loaded the catalogue before still changes what is there now.
    change(&others, "b", &priced(6)).await;
    let max = ChangeItem { title: Some("Fresh milk".into()), ..ChangeItem::default() };
    change(&catalog, "c", &max).await;
    let now = CatalogItem { price: usd(6), title: "Fresh milk".into(), ..item("milk") };
    assert_eq!(catalog.get(&item_id("milk")).as_deref(), Some(&now));
    assert_eq!(load(rig).await.get(&item_id("milk")).as_deref(), Some(&now));
}

pub(super) async fn what_is_withdrawn_is_kept_and_not_sold(rig: &RecordRig) {
    let catalog = load(rig).await;
    catalog.put(vec![item("milk"), item("honey")]).await.unwrap();
    let offered = |offer| ChangeItem { offer: Some(offer), ..ChangeItem::default() };
    change(&catalog, "a", &offered(Offer::Withdrawn)).await;
    for catalog in [&catalog, &load(rig).await] {
        assert_eq!(catalog.find(&tenant(), &[&item_id("milk")]).await.unwrap(), [None]);
        let kept = catalog.item(&tenant(), &item_id("milk")).await.unwrap().unwrap();
        assert!(kept.is_withdrawn);
        let listed = Assortment::list(catalog, &tenant(), None, 10).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|item| item.id.to_string()).collect();
        assert_eq!(ids, ["honey", "milk"]);
    }
    change(&catalog, "b", &offered(Offer::OnSale)).await;
    let found = catalog.find(&tenant(), &[&item_id("milk")]).await.unwrap();
    assert_eq!(found[0].as_deref(), Some(&item("milk")));
}

pub(super) async fn many_who_change_an_item_lose_nothing(rig: &RecordRig) {
    let catalog = load(rig).await;
    catalog.put(vec![item("milk")]).await.unwrap();
    let others = load(rig).await;
    let (title, most) = (
        ChangeItem { title: Some("Fresh milk".into()), ..ChangeItem::default() },
        ChangeItem { max_per_order: acp_core::session::Patch::Set(3), ..ChangeItem::default() },
    );
    tokio::join!(change(&catalog, "a", &title), change(&others, "b", &most));
    let now = CatalogItem { title: "Fresh milk".into(), max_per_order: Some(3), ..item("milk") };
    assert_eq!(load(rig).await.get(&item_id("milk")).as_deref(), Some(&now));
}

/// Counts the milk, and says what was known of the key and whether it was taken.
async fn count(stock: &StoreStock, name: &str, count: Count) -> (Option<KeyState>, bool) {
    let key = key(Operation::CountStock, name);
    let mut seen = (None, false);
    let mut decide = |found: Option<Ledger>, known: Option<KeyState>| {
        let counted = Ledger::counted(found, count).ok();
        seen = (known.clone(), counted.is_some());
        let answer = first(key.clone(), answered("counted"));
        known.is_none().then_some(Decision { after: counted, answer: Some(answer) })
    };
    stock.count(&tenant(), &item_id("milk"), Some(&key), &mut decide).await.unwrap();
    seen
}

async fn ledger(stock: &StoreStock) -> Option<Ledger> {
    stock.ledgers(&tenant(), &[&item_id("milk")]).await.unwrap().pop().unwrap()
}

fn hold(number: u32) -> Hold {
    let reservation = ReservationId(format!("cs|{number}|li").into());
    Hold { item: item_id("milk"), reservation, units: 1 }
}

pub(super) async fn stock_is_counted_once_for_a_key(rig: &RecordRig) {
    let stock = StoreStock::new(rig.records.clone());
    assert_eq!(count(&stock, "a", Count::By(3)).await, (None, false), "nobody counted it");
    assert_eq!(ledger(&stock).await, None);
    assert_eq!(count(&stock, "a", Count::By(3)).await.0, Some(answered("counted")));
    assert_eq!(count(&stock, "b", Count::Free(Some(7))).await, (None, true));
    assert_eq!(count(&stock, "c", Count::By(3)).await, (None, true));
    for _ in 0..2 {
        assert_eq!(count(&stock, "c", Count::By(3)).await.0, Some(answered("counted")));
    }
    assert_eq!(ledger(&stock).await.unwrap().free, Some(10));
    assert_eq!(stock.reserve(&tenant(), &hold(1), LATER).await.unwrap(), Reserved::Held);
    assert_eq!(count(&stock, "d", Count::By(-10)).await, (None, false), "one is promised");
    assert_eq!(count(&stock, "e", Count::By(-9)).await, (None, true));
    let now = ledger(&stock).await.unwrap();
    assert_eq!((now.free, now.reserved()), (Some(0), 1));
}

pub(super) async fn counts_and_promises_meet_and_none_is_lost(rig: &RecordRig) {
    let shops = [(); 2].map(|()| StoreStock::new(rig.records.clone()));
    count(&shops[0], "first", Count::Free(Some(100))).await;
    let mut at_work = JoinSet::new();
    for number in 0..16 {
        for shop in &shops {
            let (buyer, counter) = (shop.clone(), shop.clone());
            let name = at_work.len();
            let number = u32::try_from(name).unwrap() + number;
            at_work.spawn(async move {
                buyer.reserve(&tenant(), &hold(number * 1_000), LATER).await.unwrap();
            });
            at_work.spawn(async move {
                count(&counter, &name.to_string(), Count::By(2)).await;
            });
        }
    }
    at_work.join_all().await;
    let now = ledger(&shops[0]).await.unwrap();
    assert_eq!(u64::from(now.free.unwrap()) + now.reserved(), 100 + 2 * 32);
    assert_eq!(now.reserved(), 32);
}
