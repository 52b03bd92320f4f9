use async_trait::async_trait;

use crate::catalog::{FeedKey, FeedStand, GoneItem, OfferedProduct, ToldProduct};
use crate::ports::{Committed, PortError, Revision};

/// How a product feed is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeedForm {
    /// A product on each line.
    #[default]
    JsonLines,
    /// One document with all of them.
    Json,
    /// A variant on each line, for tables.
    Csv,
}

/// A product as an agent is told of it: opaque to the core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenProduct {
    /// What is said.
    pub json: Box<[u8]>,
    /// The same when the same is said.
    pub digest: Box<str>,
}

/// Writes product feeds in the protocol's words. Fulfilled by the rim.
pub trait FeedWriter: Send + Sync {
    /// What a feed begins with.
    fn opening(&self, form: FeedForm) -> &'static str;
    /// Adds the product that comes after so many others.
    fn add(&self, form: FeedForm, product: &OfferedProduct, before: usize, to: &mut Vec<u8>);
    /// What a feed ends with.
    fn closing(&self, form: FeedForm) -> &'static str;
    /// A product for itself, and with it what is gone of it.
    fn product(&self, product: &OfferedProduct, gone: &[GoneItem]) -> WrittenProduct;
}

/// What somebody was told of each product.
pub type ToldProducts = Vec<(Box<str>, ToldProduct)>;

/// What becomes of what somebody was told of a product: it is written, or forgotten.
pub type ToldNow = (Box<str>, Option<ToldProduct>);

/// How much of a feed is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// A part; there is more.
    Part,
    /// All of it.
    All,
    /// Nothing: somebody has written to it.
    Raced,
}

/// Keeps what agents were told of products.
///
/// What this trait means is written in `tests/it/contract/wanted/feeds.rs`; it holds over every store.
#[async_trait]
pub trait FeedBook: Send + Sync {
    /// How far an agent was told.
    async fn stand(&self, feed: &FeedKey) -> Result<Option<(FeedStand, Revision)>, PortError>;

    /// Writes how far it was told on top of what was looked at, and in the same step what it was
    /// told of some products, or that nothing is to be known of them any more.
    async fn write(
        &self,
        feed: &FeedKey,
        before: Option<Revision>,
        after: &FeedStand,
        told: &[ToldNow],
    ) -> Result<Committed, PortError>;

    /// What it was told of these products, in that order.
    async fn told(
        &self,
        feed: &FeedKey,
        products: &[&str],
    ) -> Result<Vec<Option<ToldProduct>>, PortError>;

    /// What it was told of products behind this one, in the order of ids, a page of them.
    async fn all_told(
        &self,
        feed: &FeedKey,
        after: Option<&str>,
    ) -> Result<ToldProducts, PortError>;

    /// Feeds that are to be forgotten by now ([`FeedStand::forgotten_at`]), the first ones of them.
    async fn left(&self) -> Result<Vec<FeedKey>, PortError>;

    /// Forgets a page of what an agent was told, and with the last one how far, as long as nobody
    /// has written on top of what was looked at.
    async fn forget(&self, feed: &FeedKey, at: Revision) -> Result<Forgotten, PortError>;
}

/// Why an agent did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum FeedFailure {
    /// It knows no such feed.
    #[error("the agent knows no such feed")]
    NoFeed,
    /// It does not take what it was sent.
    #[error("the agent does not take it: {0}")]
    Refused(Box<str>),
    /// It could not be asked, or could not answer.
    #[error("the agent could not be told")]
    Failed(#[source] PortError),
}

/// The feeds an agent keeps. Every call may be repeated.
#[async_trait]
pub trait FeedHost: Send + Sync {
    /// Where it is.
    fn address(&self) -> &str;

    /// Begins a feed, and says what it is called there. The same key means the same feed.
    async fn open(&self, key: &str) -> Result<Box<str>, FeedFailure>;

    /// Looks whether there is such a feed.
    async fn look(&self, feed: &str) -> Result<(), FeedFailure>;

    /// Tells of products in the place of what was told of them before, all or none; says what the
    /// agent calls that, where it has a name for it.
    async fn tell(
        &self,
        feed: &str,
        key: &str,
        products: &[&WrittenProduct],
    ) -> Result<Option<Box<str>>, FeedFailure>;
}
