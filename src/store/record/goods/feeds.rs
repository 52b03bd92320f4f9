//! What agents were told of products. Everything about a feed lies in one partition, so that how
//! far an agent was told and what it was told become true together.

use acp_core::catalog::{FeedKey, FeedStand, ToldProduct};
use acp_core::limits::{DUE_TIMERS_MAX, PAGE_ROWS_MAX};
use acp_core::ports::{Committed, FeedBook, Forgotten, PortError, Revision, ToldNow, ToldProducts};
use async_trait::async_trait;

use crate::store::record::change::version;
use crate::store::record::checkouts::{committed, read_with_revision};
use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{from_bytes, to_bytes};
use crate::store::{Demand, Durability, Expectation, Key, Outcome, Put, SetTimer};

/// Keeps in a store what agents were told of products.
#[derive(Clone, Debug)]
pub struct StoreFeeds {
    records: Records,
}

impl StoreFeeds {
    /// Feeds among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

#[async_trait]
impl FeedBook for StoreFeeds {
    async fn stand(&self, feed: &FeedKey) -> Result<Option<(FeedStand, Revision)>, PortError> {
        let partition = self.records.partition_key.feed(feed);
        let name = [names::stand(feed)];
        let found = self.records.store.read(partition, &name).await?.pop().flatten();
        found.as_ref().map(read_with_revision).transpose()
    }

    /// What gets lost with a machine is told once more.
    async fn write(
        &self,
        feed: &FeedKey,
        before: Option<Revision>,
        after: &FeedStand,
        told: &[ToldNow],
    ) -> Result<Committed, PortError> {
        let mut commit = self.records.draft(self.records.partition_key.feed(feed));
        commit.durability = Durability::Ordinary;
        let key = names::stand(feed);
        let demand = before.map_or(Demand::Absent, |at| Demand::At(version(at)));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        let put =
            |key, value, is_listed| Put { key, value, fence: None, expires_at: None, is_listed };
        commit.puts.push(put(key, to_bytes(after)?, false));
        let due = Some(after.forgotten_at());
        commit.timers.push(SetTimer { queue: names::FEEDS.into(), id: names::feed(feed), due });
        for (product, told) in told {
            let key = names::told_product(feed, product);
            match told {
                Some(told) => commit.puts.push(put(key, to_bytes(told)?, true)),
                None => commit.deletes.push(key),
            }
        }
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn told(
        &self,
        feed: &FeedKey,
        products: &[&str],
    ) -> Result<Vec<Option<ToldProduct>>, PortError> {
        let partition = self.records.partition_key.feed(feed);
        let names: Vec<Key> =
            products.iter().map(|product| names::told_product(feed, product)).collect();
        let found = self.records.store.read(partition, &names).await?;
        let read = |found: Option<crate::store::Document>| {
            found.map(|found| Ok(from_bytes(&found.value)?)).transpose()
        };
        found.into_iter().map(read).collect()
    }

    async fn all_told(
        &self,
        feed: &FeedKey,
        after: Option<&str>,
    ) -> Result<ToldProducts, PortError> {
        let partition = self.records.partition_key.feed(feed);
        let prefix = names::told_products(feed);
        let after = after.map(|product| names::told_product(feed, product));
        let page = self.records.page::<ToldProduct>(partition, &prefix, after.as_deref()).await?;
        let named = |(key, told, _): (Key, ToldProduct, _)| {
            names::of_told_product(&key, feed).map(|product| (product, told))
        };
        Ok(page.into_iter().filter_map(named).collect())
    }

    async fn left(&self) -> Result<Vec<FeedKey>, PortError> {
        let due = self.records.store.due_timers(names::FEEDS, DUE_TIMERS_MAX).await?;
        Ok(due.iter().filter_map(|timer| names::of_feed(&timer.id)).collect())
    }

    async fn forget(&self, feed: &FeedKey, at: Revision) -> Result<Forgotten, PortError> {
        let partition = self.records.partition_key.feed(feed);
        let told = names::told_products(feed);
        let page = self.records.store.scan(partition, &told, None, PAGE_ROWS_MAX).await?;
        let is_last = page.len() < PAGE_ROWS_MAX;
        let mut commit = self.records.draft(partition);
        commit.durability = Durability::Ordinary;
        let (key, demand) = (names::stand(feed), Demand::At(version(at)));
        commit.expectations.push(Expectation { key, demand });
        commit.deletes.extend(page.into_iter().map(|(key, _)| key));
        // The stand stays: who names the feed again must not count its pieces from the first.
        if is_last {
            let (queue, id) = (names::FEEDS.into(), names::feed(feed));
            commit.timers.push(SetTimer { queue, id, due: None });
        }
        Ok(match self.records.store.commit(commit).await? {
            Outcome::Applied(_) if is_last => Forgotten::All,
            Outcome::Applied(_) => Forgotten::Part,
            Outcome::Raced { .. } => Forgotten::Raced,
        })
    }
}
