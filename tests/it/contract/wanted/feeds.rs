//! Rules of what is kept of agents that are told of goods.

use std::slice;

use acp_core::catalog::{FeedKey, FeedRound, FeedStand, GoneItem, ToldProduct};
use acp_core::ids::TenantId;
use acp_core::limits::{FEED_LEFT_AFTER, PAGE_ROWS_MAX};
use acp_core::ports::{Committed, FeedBook as _, Forgotten, Revision, ToldNow};
use acp_core::run::Lease;
use acp_gateway::store::record::StoreFeeds;

use crate::contract::record_rig::{RecordRig, item_id, tenant};

fn feed(name: &str) -> FeedKey {
    FeedKey { tenant: tenant(), name: name.into() }
}

fn told(digest: &str) -> ToldProduct {
    let items = vec![GoneItem { id: item_id("milk"), title: "Milk".into() }];
    ToldProduct { generation: 1, digest: digest.into(), items, is_refused: false }
}

async fn written(
    book: &StoreFeeds,
    feed: &FeedKey,
    (before, stand): (Option<Revision>, &FeedStand),
    products: &[(Box<str>, ToldProduct)],
) -> Option<Revision> {
    let told = products.iter().cloned().map(|(id, told)| (id, Some(told)));
    noted(book, feed, (before, stand), &told.collect::<Vec<_>>()).await
}

async fn noted(
    book: &StoreFeeds,
    feed: &FeedKey,
    (before, stand): (Option<Revision>, &FeedStand),
    products: &[ToldNow],
) -> Option<Revision> {
    match book.write(feed, before, stand, products).await.unwrap() {
        Committed::At(at) => Some(at),
        Committed::Raced => None,
    }
}

pub(in crate::contract) async fn how_far_an_agent_was_told_is_written_with_what_it_was_told(
    rig: &RecordRig,
) {
    let (book, feed) = (StoreFeeds::new(rig.records.clone()), feed("chatgpt"));
    assert_eq!(book.stand(&feed).await.unwrap(), None);
    let round = FeedRound { at: rig.now(), products: 3, told: 2, gone: 1, refused: 0 };
    let stand = FeedStand {
        feed: Some("feed_1".into()),
        lease: Some(Lease { until: rig.now(), epoch: 7 }),
        trouble: Some("it is away".into()),
        last: Some(round),
        ..FeedStand::new("https://agent.example")
    };
    let products = [("milk".into(), told("a")), ("a/b".into(), told("b"))];
    let at = written(&book, &feed, (None, &stand), &products).await.unwrap();
    assert_eq!(book.stand(&feed).await.unwrap(), Some((stand.clone(), at)));
    let found = book.told(&feed, &["a/b", "gold", "milk"]).await.unwrap();
    assert_eq!(found, [Some(told("b")), None, Some(told("a"))]);

    // Who was overtaken writes nothing, neither of how far nor of what.
    let late = [("milk".into(), told("late"))];
    assert_eq!(written(&book, &feed, (None, &stand), &late).await, None);
    let next = FeedStand { batches: 1, ..stand };
    let at = written(&book, &feed, (Some(at), &next), &[]).await.unwrap();
    assert_eq!(book.told(&feed, &["milk"]).await.unwrap(), [Some(told("a"))]);
    assert_eq!(book.stand(&feed).await.unwrap(), Some((next, at)));
}

pub(in crate::contract) async fn what_an_agent_was_told_is_listed_beside_nobody_elses(
    rig: &RecordRig,
) {
    let book = StoreFeeds::new(rig.records.clone());
    let many: Vec<_> = (0..=PAGE_ROWS_MAX).map(|n| format!("p{n:04}").into()).collect();
    let many: Vec<(Box<str>, _)> = many.into_iter().map(|id| (id, told("x"))).collect();
    let stand = FeedStand::new("https://agent.example");
    written(&book, &feed("a"), (None, &stand), &many).await.unwrap();
    let others = FeedKey { tenant: TenantId::new("other"), name: "a".into() };
    for other in [feed("a.b"), others] {
        let product = [("other".into(), told("y"))];
        written(&book, &other, (None, &stand), &product).await.unwrap();
        assert_eq!(book.all_told(&other, None).await.unwrap(), product);
    }
    let page = book.all_told(&feed("a"), None).await.unwrap();
    assert_eq!(page[..], many[..PAGE_ROWS_MAX]);
    let rest = book.all_told(&feed("a"), page.last().map(|(id, _)| &**id)).await.unwrap();
    assert_eq!(rest[..], many[PAGE_ROWS_MAX..]);
}

pub(in crate::contract) async fn what_an_agent_need_not_be_told_of_again_is_forgotten(
    rig: &RecordRig,
) {
    let (book, feed) = (StoreFeeds::new(rig.records.clone()), feed("chatgpt"));
    let stand = FeedStand::new("https://agent.example");
    let products = [("milk".into(), told("a")), ("gold".into(), told("b"))];
    let at = written(&book, &feed, (None, &stand), &products).await;
    let now = [("milk".into(), None), ("gold".into(), Some(told("c")))];
    let at = noted(&book, &feed, (at, &stand), &now).await;
    assert_eq!(book.told(&feed, &["milk", "gold"]).await.unwrap(), [None, Some(told("c"))]);
    assert_eq!(book.all_told(&feed, None).await.unwrap(), [("gold".into(), told("c"))]);
    // What is not there can be forgotten as well.
    assert!(noted(&book, &feed, (at, &stand), &[("milk".into(), None)]).await.is_some());
}

pub(in crate::contract) async fn a_feed_nobody_keeps_is_forgotten_page_by_page(rig: &RecordRig) {
    let book = StoreFeeds::new(rig.records.clone());
    let (left, kept) = (feed("left"), feed("kept"));
    let many: Vec<(Box<str>, _)> =
        (0..=PAGE_ROWS_MAX).map(|n| (format!("p{n:04}").into(), told("x"))).collect();
    let long_ago = rig.now().minus(FEED_LEFT_AFTER);
    let stand = FeedStand { due: long_ago, ..FeedStand::new("https://agent.example") };
    let at = written(&book, &left, (None, &stand), &many).await.unwrap();
    let lively = FeedStand { due: rig.now(), ..stand.clone() };
    written(&book, &kept, (None, &lively), &many).await.unwrap();
    assert_eq!(book.left().await.unwrap(), slice::from_ref(&left));

    // Who looks at it meanwhile keeps it.
    let anew = written(&book, &left, (Some(at), &lively), &[]).await.unwrap();
    assert_eq!(book.forget(&left, at).await.unwrap(), Forgotten::Raced);
    assert_eq!(book.left().await.unwrap(), []);
    let at = written(&book, &left, (Some(anew), &stand), &[]).await.unwrap();
    assert_eq!(book.forget(&left, at).await.unwrap(), Forgotten::Part);
    assert_eq!(book.all_told(&left, None).await.unwrap()[..], many[PAGE_ROWS_MAX..]);
    assert_eq!(book.left().await.unwrap(), slice::from_ref(&left), "there is more of it");
    assert_eq!(book.forget(&left, at).await.unwrap(), Forgotten::All);
    assert_eq!(book.all_told(&left, None).await.unwrap(), []);
    assert_eq!(book.left().await.unwrap(), []);
    assert_eq!(
        book.stand(&left).await.unwrap(),
        Some((stand, at)),
        "its pieces are not counted anew"
    );
    assert_eq!(book.all_told(&kept, None).await.unwrap()[..], many[..PAGE_ROWS_MAX]);
}
