use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::NOT_SOLD_BELIEVED_MAX;
use acp_core::ports::{Catalog, Clock as _, PortError, Retry};
use acp_core::time::Timestamp;
use acp_mocks::StillClock;
use async_trait::async_trait;
use futures_util::future::join_all;
use proptest::prelude::*;
use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::time::timeout;

use super::RememberedCatalog;
use crate::adapters::catalog::DemoShop;
use crate::adapters::memory::MemoryOptions;

const FRESH: Duration = Duration::from_mins(1);
const STALE: Duration = Duration::from_mins(10);
const MOMENT: Duration = Duration::from_millis(1);
const AGAIN_IN: Duration = Duration::from_secs(3);

/// A catalogue that sells what it is told to, for prices, and remembers what it was asked.
struct Source {
    like: CatalogItem,
    sold: Mutex<BTreeMap<ItemId, i64>>,
    asked: Mutex<Vec<Vec<String>>>,
    is_away: AtomicBool,
    /// Answers wait for it, as they are.
    gate: RwLock<()>,
}

#[async_trait]
impl Catalog for Source {
    async fn find(
        &self,
        _tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        self.asked.lock().unwrap().push(ids.iter().map(ToString::to_string).collect());
        let sold = self.sold.lock().unwrap().clone();
        drop(self.gate.read().await);
        if self.is_away.load(Ordering::Relaxed) {
            return Err(PortError { what: "asking", retry: Retry::After(AGAIN_IN), cause: None });
        }
        let told = |id: &&ItemId| {
            let price = self.like.price.currency();
            let price = acp_core::money::Money::new(*sold.get(*id)?, price).unwrap();
            Some(Arc::new(CatalogItem { id: (*id).clone(), price, ..self.like.clone() }))
        };
        Ok(ids.iter().map(told).collect())
    }
}

/// A memory, the catalogue behind it, and the time.
struct Rig {
    source: Arc<Source>,
    clock: Arc<StillClock>,
    memory: RememberedCatalog,
}

impl Rig {
    fn new(entries_max: usize) -> Self {
        let like = DemoShop::Usd.import().unwrap().rows.remove(0).item;
        let source = Arc::new(Source {
            like,
            sold: Mutex::default(),
            asked: Mutex::default(),
            is_away: AtomicBool::new(false),
            gate: RwLock::new(()),
        });
        let clock = Arc::new(StillClock::default());
        let options = MemoryOptions { entries_max, fresh: FRESH, stale: STALE };
        let asked = Arc::<Source>::clone(&source);
        let time = Arc::<StillClock>::clone(&clock);
        let memory = RememberedCatalog::of(asked, tenant(), options, time);
        Self { source, clock, memory }
    }

    fn sell(&self, id: &str, price: i64) {
        self.source.sold.lock().unwrap().insert(ItemId::new(id), price);
    }

    fn be_away(&self, is_away: bool) {
        self.source.is_away.store(is_away, Ordering::Relaxed);
    }

    /// What it was asked since this was last looked at.
    fn asked(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut *self.source.asked.lock().unwrap())
    }

    fn times_asked(&self) -> usize {
        self.source.asked.lock().unwrap().len()
    }

    async fn prices(&self, ids: &[&str]) -> Result<Vec<Option<i64>>, PortError> {
        let ids: Vec<_> = ids.iter().map(|id| ItemId::new(*id)).collect();
        let found = self.memory.find(&tenant(), &ids.iter().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().map(|item| item.map(|item| item.price.minor())).collect())
    }

    async fn price(&self, id: &str) -> Option<i64> {
        self.prices(&[id]).await.unwrap()[0]
    }

    async fn close_gate(&self) -> RwLockWriteGuard<'_, ()> {
        self.source.gate.write().await
    }
}

fn tenant() -> TenantId {
    TenantId::new("shop")
}

#[tokio::test]
async fn what_is_young_is_believed_and_what_is_not_is_asked_again() {
    let rig = Rig::new(10);
    rig.sell("mug", 100);
    assert_eq!(rig.price("mug").await, Some(100));
    rig.sell("mug", 120);
    rig.clock.advance(FRESH.saturating_sub(MOMENT));
    assert_eq!(rig.price("mug").await, Some(100));
    rig.clock.advance(MOMENT);
    assert_eq!(rig.price("mug").await, Some(120));
    assert_eq!(rig.asked(), [["mug"], ["mug"]]);
    let counts = rig.memory.counts();
    assert_eq!((counts.hits, counts.misses, counts.calls, counts.entries), (1, 2, 2, 1));
}

#[tokio::test]
async fn only_what_is_not_known_is_asked_for_and_in_one_call() {
    let rig = Rig::new(10);
    for (price, id) in ["a", "b", "c"].into_iter().enumerate() {
        rig.sell(id, i64::try_from(price).unwrap());
    }
    assert_eq!(rig.prices(&["b"]).await.unwrap(), [Some(1)]);
    let all = rig.prices(&["c", "b", "x", "a", "c"]).await.unwrap();
    assert_eq!(all, [Some(2), Some(1), None, Some(0), Some(2)]);
    assert_eq!(rig.asked(), [vec!["b"], vec!["a", "c", "x"]]);
    assert_eq!(rig.prices(&[]).await.unwrap(), []);
    assert_eq!(rig.times_asked(), 0);
}

#[tokio::test]
async fn that_something_is_not_sold_is_not_believed_for_long() {
    let rig = Rig::new(10);
    assert_eq!(rig.price("mug").await, None);
    rig.sell("mug", 100);
    rig.clock.advance(NOT_SOLD_BELIEVED_MAX.saturating_sub(MOMENT));
    assert_eq!(rig.price("mug").await, None);
    assert_eq!(rig.times_asked(), 1);
    rig.clock.advance(MOMENT);
    assert_eq!(rig.price("mug").await, Some(100));
}

#[tokio::test]
async fn what_was_told_not_too_long_ago_is_good_enough_when_nobody_answers() {
    let rig = Rig::new(10);
    rig.sell("mug", 100);
    assert_eq!(rig.prices(&["mug", "gone"]).await.unwrap(), [Some(100), None]);
    rig.be_away(true);
    rig.clock.advance(FRESH);
    assert_eq!(rig.price("mug").await, Some(100));
    rig.clock.advance(STALE.saturating_sub(FRESH));
    assert_eq!(rig.price("mug").await, Some(100));
    assert_eq!(rig.memory.counts().stale, 2);
    for other in ["gone", "never"] {
        let refused = rig.prices(&["mug", other]).await.unwrap_err();
        assert_eq!(refused.retry, Retry::After(AGAIN_IN), "{other}: nobody knows");
    }
    rig.clock.advance(MOMENT);
    assert_eq!(rig.prices(&["mug"]).await.unwrap_err().retry, Retry::After(AGAIN_IN));
    rig.be_away(false);
    rig.sell("mug", 120);
    assert_eq!(rig.prices(&["mug", "gone"]).await.unwrap(), [Some(120), None]);
}

#[tokio::test]
async fn whoever_was_not_asked_for_the_longest_makes_room() {
    let rig = Rig::new(2);
    for id in ["a", "b", "c"] {
        rig.sell(id, 1);
    }
    for id in ["a", "b", "a", "c"] {
        rig.price(id).await;
        assert!(rig.memory.counts().entries <= 2);
    }
    assert_eq!(rig.asked(), [["a"], ["b"], ["c"]]);
    assert_eq!(rig.prices(&["a", "b", "c"]).await.unwrap(), [Some(1); 3]);
    assert_eq!(rig.asked(), [["b"]]);

    let none = Rig::new(0);
    none.sell("a", 1);
    assert_eq!([none.price("a").await, none.price("a").await], [Some(1); 2]);
    assert_eq!((none.times_asked(), none.memory.counts().entries), (2, 0));
}

#[tokio::test]
async fn what_has_changed_is_forgotten_and_nothing_else() {
    let rig = Rig::new(10);
    for id in ["a", "b", "c"] {
        rig.sell(id, 1);
    }
    rig.prices(&["a", "b"]).await.unwrap();
    rig.asked();
    rig.memory.forget(&[ItemId::new("a"), ItemId::new("c")]);
    assert_eq!(rig.memory.counts().forgotten, 1);
    rig.prices(&["a", "b"]).await.unwrap();
    assert_eq!(rig.asked(), [["a"]]);
    rig.memory.forget_all();
    assert_eq!(rig.memory.counts().forgotten, 3);
    rig.be_away(true);
    rig.prices(&["a"]).await.unwrap_err();
    assert_eq!(rig.asked(), [["a"]], "and what has changed is not sold as it was");
}

#[tokio::test]
async fn what_changes_while_it_is_asked_for_is_asked_for_again() {
    let rig = Rig::new(10);
    rig.sell("mug", 100);
    let gate = rig.close_gate().await;
    let mut early = Box::pin(rig.price("mug"));
    assert!(timeout(Duration::ZERO, &mut early).await.is_err(), "on its way");
    rig.sell("mug", 120);
    rig.memory.forget(&[ItemId::new("mug")]);
    let mut late = Box::pin(rig.price("mug"));
    assert!(timeout(Duration::ZERO, &mut late).await.is_err(), "on its way");
    drop(gate);
    // The one that was told late must not be replaced by what was told early.
    assert_eq!((late.await, early.await), (Some(120), Some(100)));
    assert_eq!(rig.price("mug").await, Some(120));
    assert_eq!(rig.times_asked(), 2);
}

#[tokio::test]
async fn however_many_want_an_item_it_is_asked_for_once() {
    let rig = Rig::new(10);
    rig.sell("mug", 100);
    let gate = rig.close_gate().await;
    let all = join_all((0..64).map(|_| rig.price("mug")));
    let (told, ()) = tokio::join!(all, async { drop(gate) });
    assert_eq!(told, [Some(100); 64]);
    assert_eq!(rig.times_asked(), 1);
}

#[tokio::test]
async fn they_are_all_told_that_nobody_answers() {
    let rig = Rig::new(10);
    rig.be_away(true);
    let gate = rig.close_gate().await;
    let all = join_all((0..8).map(|_| rig.prices(&["mug"])));
    let (told, ()) = tokio::join!(all, async { drop(gate) });
    assert!(told.iter().all(|told| told.as_ref().unwrap_err().retry == Retry::After(AGAIN_IN)));
    assert_eq!(rig.times_asked(), 1);
}

#[tokio::test]
async fn who_waits_for_somebody_that_goes_asks_then() {
    let rig = Rig::new(10);
    rig.sell("mug", 100);
    let gate = rig.close_gate().await;
    let mut first = Box::pin(rig.price("mug"));
    assert!(timeout(Duration::ZERO, &mut first).await.is_err());
    let mut second = Box::pin(rig.price("mug"));
    assert!(timeout(Duration::ZERO, &mut second).await.is_err());
    assert_eq!(rig.times_asked(), 1);
    drop(first);
    drop(gate);
    assert_eq!(second.await, Some(100));
    assert_eq!(rig.times_asked(), 2);
}

#[tokio::test]
async fn what_comes_out_of_the_future_is_not_believed() {
    let rig = Rig::new(10);
    rig.sell("mug", 100);
    rig.price("mug").await;
    rig.clock.set(Timestamp::from_unix_ms(rig.clock.now().unix_ms() - 1));
    rig.sell("mug", 120);
    assert_eq!(rig.price("mug").await, Some(120));
}

/// Something that happens in a random life.
#[derive(Clone, Debug)]
enum Happening {
    Wait(u64),
    Sell(usize),
    Stop(usize),
    Tell(usize),
    Away(bool),
    Ask(Vec<usize>),
}

const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let id = || 0..IDS.len();
    let one = prop_oneof![
        2 => (1_u64..400).prop_map(Happening::Wait),
        3 => id().prop_map(Happening::Sell),
        1 => id().prop_map(Happening::Stop),
        1 => id().prop_map(Happening::Tell),
        1 => any::<bool>().prop_map(Happening::Away),
        6 => prop::collection::vec(id(), 1..4).prop_map(Happening::Ask),
    ];
    prop::collection::vec(one, 1..60)
}

/// What an item ever was: since when, and for which price.
type History = Vec<(Timestamp, Option<i64>)>;

/// Whether the item was like this at some time between two moments.
fn was_so(history: &History, told: Option<i64>, from: Timestamp, until: Timestamp) -> bool {
    let ends = history.iter().skip(1).map(|(at, _)| *at).chain([until]);
    let mut times = history.iter().zip(ends);
    times.any(|((_, price), end)| *price == told && end >= from)
}

async fn live(happenings: Vec<Happening>, entries_max: usize) {
    let rig = Rig::new(entries_max);
    let (mut price, mut is_away) = (0, false);
    let mut histories: Vec<History> = vec![vec![(rig.clock.now(), None)]; IDS.len()];
    let mut told_of = [Timestamp::EPOCH; IDS.len()];
    for happening in happenings {
        let now = rig.clock.now();
        match happening {
            Happening::Wait(seconds) => drop(rig.clock.advance(Duration::from_secs(seconds))),
            Happening::Sell(id) => {
                price += 1;
                rig.sell(IDS[id], price);
                histories[id].push((now, Some(price)));
            }
            Happening::Stop(id) => {
                rig.source.sold.lock().unwrap().remove(&ItemId::new(IDS[id]));
                histories[id].push((now, None));
            }
            Happening::Tell(id) => {
                rig.memory.forget(&[ItemId::new(IDS[id])]);
                told_of[id] = now;
            }
            Happening::Away(away) => {
                is_away = away;
                rig.be_away(away);
            }
            Happening::Ask(ids) => {
                let names: Vec<_> = ids.iter().map(|id| IDS[*id]).collect();
                let Ok(told) = rig.prices(&names).await else {
                    assert!(is_away, "whoever can be asked answers");
                    continue;
                };
                for (id, told) in ids.into_iter().zip(told) {
                    let bound = match (told, is_away) {
                        (Some(_), true) => STALE,
                        (Some(_), false) => FRESH,
                        (None, _) => NOT_SOLD_BELIEVED_MAX,
                    };
                    let oldest = now.unix_ms() - i64::try_from(bound.as_millis()).unwrap();
                    let oldest = Timestamp::from_unix_ms(oldest).max(told_of[id]);
                    assert!(was_so(&histories[id], told, oldest, now), "{told:?}: too old");
                }
            }
        }
        assert!(rig.memory.counts().entries <= entries_max);
    }
}

proptest! {
    #[test]
    fn nothing_that_is_told_is_older_than_it_may_be(
        happenings in happenings(),
        entries_max in 0_usize..6,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(live(happenings, entries_max));
    }
}
