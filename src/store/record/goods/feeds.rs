//! What agents were told of products. Everything about a feed lies in one partition, so that how
//! far an agent was told and what it was told become true together.

use acp_core::catalog::{FeedKey, FeedStand, ToldProduct};
use acp_core::ports::{Committed, FeedBook, PortError, Revision, ToldProducts};
use async_trait::async_trait;

use crate::store::record::change::version;
use crate::store::record::checkouts::{committed, read_with_revision};
use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{from_bytes, to_bytes};
use crate::store::{Demand, Durability, Expectation, Key, Put};

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
        told: &[(Box<str>, ToldProduct)],
    ) -> Result<Committed, PortError> {
        let mut commit = self.records.draft(self.records.partition_key.feed(feed));
        commit.durability = Durability::Ordinary;
        let key = names::stand(feed);
        let demand = before.map_or(Demand::Absent, |at| Demand::At(version(at)));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        let put =
            |key, value, is_listed| Put { key, value, fence: None, expires_at: None, is_listed };
        commit.puts.push(put(key, to_bytes(after)?, false));
        for (product, told) in told {
            commit.puts.push(put(names::told_product(feed, product), to_bytes(told)?, true));
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
}
