use acp_core::catalog::FeedKey;
use acp_core::ids::{Partition, TenantId};

use super::{PartitionKey, escaped, unescaped};
use crate::store::Key;

impl PartitionKey {
    /// Where everything about a feed lies.
    pub(in crate::store::record) fn feed(&self, feed: &FeedKey) -> Partition {
        self.place(&["feed", feed.tenant.as_str(), &feed.name])
    }
}

fn own(feed: &FeedKey) -> String {
    format!("f/{}/{}", escaped(feed.tenant.as_str()), escaped(&feed.name))
}

/// What a feed is called in the queue of those that are forgotten some time.
pub(in crate::store::record) fn feed(feed: &FeedKey) -> Key {
    own(feed).into()
}

/// Which feed that is.
pub(in crate::store::record) fn of_feed(id: &str) -> Option<FeedKey> {
    let (tenant, name) = id.strip_prefix("f/")?.split_once('/')?;
    Some(FeedKey { tenant: TenantId::new(unescaped(tenant)), name: unescaped(name).into() })
}

/// How far an agent was told.
pub(in crate::store::record) fn stand(feed: &FeedKey) -> Key {
    format!("{}/s", own(feed)).into()
}

/// What the names of all it was told begin with.
pub(in crate::store::record) fn told_products(feed: &FeedKey) -> Key {
    format!("{}/p/", own(feed)).into()
}

/// What it was told of a product.
pub(in crate::store::record) fn told_product(feed: &FeedKey, product: &str) -> Key {
    format!("{}{}", told_products(feed), escaped(product)).into()
}

/// Which product that is.
pub(in crate::store::record) fn of_told_product(key: &str, feed: &FeedKey) -> Option<Box<str>> {
    key.strip_prefix(&*told_products(feed)).map(|product| unescaped(product).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_feeds_stay_as_they_are() {
        let feed = FeedKey { tenant: TenantId::new("a/b"), name: "chatgpt".into() };
        assert_eq!(&*stand(&feed), "f/a%2fb/chatgpt/s");
        assert_eq!(of_feed(&super::feed(&feed)), Some(feed.clone()));
        let name = told_product(&feed, "c/d");
        assert_eq!(&*name, "f/a%2fb/chatgpt/p/c%2fd");
        assert_eq!(of_told_product(&name, &feed).as_deref(), Some("c/d"));
    }
}
