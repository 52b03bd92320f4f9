use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use acp_core::catalog::{FeedRound, FeedStand, GoneItem, OfferedProduct, ToldProduct};
use acp_core::ids::ItemId;
use acp_core::limits::{FEED_BATCH_BYTES_MAX, FEED_LEASE, PAGE_ROWS_MAX, PRODUCT_ITEMS_MAX};
use acp_core::ports::{
    Committed, FeedFailure, PortError, Retry, Revision, ToldNow, WrittenProduct,
};
use acp_core::time::Timestamp;
use tokio::time::Instant;

use super::pushing::Push;
use super::walk::Walk;
use super::{FeedTarget, Feeds};

/// Why a round ends before its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Somebody else has the feed now.
    Overtaken,
    Failed(FeedFailure),
}

impl From<FeedFailure> for Stopped {
    fn from(failure: FeedFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<PortError> for Stopped {
    fn from(error: PortError) -> Self {
        Self::Failed(FeedFailure::Failed(error))
    }
}

/// So many products that are refused one by one, and none taken, say that nothing is wrong with each
/// of them.
const REFUSED_AT_FIRST_MAX: u64 = 64;

/// A product whose items do not stand side by side would be told in pieces, each of which takes the
/// others for gone.
fn out_of_order(product: &str) -> PortError {
    let what = "reading the catalogue in the order of products";
    let why = format!("the items of product {product} do not stand side by side");
    PortError { what, retry: Retry::Never, cause: Some(why.into()) }
}

/// A product that waits to be told.
struct Waiting {
    id: Box<str>,
    written: WrittenProduct,
    told: ToldProduct,
    /// Whether it is not sold any more: once that is told, nothing has to be known of it.
    is_gone: bool,
}

impl Waiting {
    /// What is to be known of it once the agent has taken it.
    fn taken(&self) -> ToldNow {
        (self.id.clone(), (!self.is_gone).then(|| self.told.clone()))
    }
}

/// All products, held against what an agent was told.
pub(super) struct Round<'a> {
    feeds: &'a Feeds,
    target: &'a FeedTarget,
    stand: FeedStand,
    at: Revision,
    push: Push,
    batch: Vec<Waiting>,
    bytes: usize,
    /// Which products there are, by a hash: a million of them are some megabytes.
    seen: HashSet<u64>,
    hasher: RandomState,
    count: FeedRound,
    leased: Instant,
}

impl<'a> Round<'a> {
    pub(super) fn new(
        feeds: &'a Feeds,
        target: &'a FeedTarget,
        stand: FeedStand,
        at: Revision,
        push: Push,
    ) -> Self {
        let count = FeedRound { at: Timestamp::EPOCH, products: 0, told: 0, gone: 0, refused: 0 };
        Self {
            feeds,
            target,
            stand,
            at,
            push,
            batch: Vec::new(),
            bytes: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            count,
            leased: Instant::now(),
        }
    }

    pub(super) fn into_stand(self) -> (FeedStand, Revision) {
        (self.stand, self.at)
    }

    /// Goes through everything once.
    pub(super) async fn run(&mut self) -> Result<FeedRound, Stopped> {
        self.find_feed().await?;
        let mut walk = Walk::through(self.target.key.tenant.clone());
        while !walk.is_over() {
            let products = walk.next(self.feeds).await?;
            self.compare(products).await?;
            self.keep_up().await?;
        }
        self.flush().await?;
        self.look_for_gone().await?;
        Ok(self.count)
    }

    /// Begins a feed where there is none. One that somebody named has to be there.
    async fn find_feed(&mut self) -> Result<(), Stopped> {
        let host = &self.target.host;
        if let Some(feed) = &self.stand.feed {
            if self.target.feed.is_some() && self.stand.batches == 0 {
                host.look(feed).await?;
            }
            return Ok(());
        }
        let key = self.key("feed");
        self.stand.feed = Some(host.open(&key).await?);
        self.write(&[]).await
    }

    /// Names a call, so that it does the same when it comes again.
    fn key(&self, what: &str) -> String {
        let FeedStand { generation, batches, .. } = self.stand;
        let key = &self.target.key;
        format!("{}.{}.{generation}.{what}.{batches}", key.tenant, key.name)
    }

    /// Products of a page that are not as they were told.
    async fn compare(&mut self, products: Vec<OfferedProduct>) -> Result<(), Stopped> {
        let ids: Vec<&str> = products.iter().map(|product| &*product.id).collect();
        let told = self.feeds.ports.book.told(&self.target.key, &ids).await?;
        for (product, told) in products.into_iter().zip(told) {
            if !self.seen.insert(self.hasher.hash_one(&*product.id)) {
                return Err(Stopped::Failed(FeedFailure::Failed(out_of_order(&product.id))));
            }
            self.count.products = self.count.products.saturating_add(1);
            self.offer(&product, told).await?;
        }
        Ok(())
    }

    /// Products that were told and are not sold any more. What was told somewhere else, or told to
    /// be gone before, is forgotten.
    async fn look_for_gone(&mut self) -> Result<(), Stopped> {
        let mut after: Option<Box<str>> = None;
        loop {
            let book = &self.feeds.ports.book;
            let page = book.all_told(&self.target.key, after.as_deref()).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            after = page.last().map(|(id, _)| id.clone());
            let mut known: Vec<ToldNow> = Vec::new();
            for (id, told) in page {
                if self.seen.contains(&self.hasher.hash_one(&*id)) {
                    continue;
                }
                let is_ours = told.generation == self.stand.generation;
                let nothing = OfferedProduct { id: id.clone(), items: Vec::new() };
                if is_ours && self.offer(&nothing, Some(told)).await? {
                    self.count.gone = self.count.gone.saturating_add(1);
                } else {
                    known.push((id, None));
                }
            }
            self.flush().await?;
            if !known.is_empty() {
                self.write(&known).await?;
            }
            self.keep_up().await?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Has a product told, unless just that was told before; says whether it is.
    async fn offer(
        &mut self,
        product: &OfferedProduct,
        told: Option<ToldProduct>,
    ) -> Result<bool, Stopped> {
        let generation = self.stand.generation;
        let told = told.filter(|told| told.generation == generation);
        // What was refused is offered again: the agent may have mended what was wrong with it.
        let digest = told.as_ref().filter(|told| !told.is_refused).map(|told| told.digest.clone());
        let is_known = |written: &WrittenProduct| {
            self.push != Push::Everything && digest.as_ref() == Some(&written.digest)
        };
        let is_gone = |item: &GoneItem| !product.items.iter().any(|it| it.item.id == item.id);
        let room = PRODUCT_ITEMS_MAX.saturating_sub(product.items.len());
        let known = told.map(|told| told.items).unwrap_or_default();
        let mut gone: Vec<GoneItem> = known.into_iter().filter(is_gone).take(room).collect();
        let mut written = self.feeds.ports.writer.product(product, &gone);
        if is_known(&written) {
            return Ok(false);
        }
        if !gone.is_empty() {
            gone = self.not_sold(gone).await?;
            written = self.feeds.ports.writer.product(product, &gone);
            if is_known(&written) {
                return Ok(false);
            }
        }
        let here = product.items.iter().map(|offered| GoneItem {
            id: offered.item.id.clone(),
            title: offered.item.title.clone(),
        });
        let digest = written.digest.clone();
        let items = here.chain(gone).collect();
        let told = ToldProduct { generation, digest, items, is_refused: false };
        let bytes = written.json.len();
        if self.bytes.saturating_add(bytes) > FEED_BATCH_BYTES_MAX {
            self.flush().await?;
        }
        self.bytes = self.bytes.saturating_add(bytes);
        let is_gone = product.items.is_empty();
        self.batch.push(Waiting { id: product.id.clone(), written, told, is_gone });
        if self.batch.len() >= self.feeds.pace.batch {
            self.flush().await?;
        }
        Ok(true)
    }

    /// Those of them that are sold nowhere. What is sold in another product by now is told there, and
    /// must not be said to be gone here: its id is one for the whole shop.
    async fn not_sold(&self, gone: Vec<GoneItem>) -> Result<Vec<GoneItem>, Stopped> {
        let ids: Vec<&ItemId> = gone.iter().map(|item| &item.id).collect();
        let catalog = &self.feeds.app.ports.catalog;
        let found = catalog.find(&self.target.key.tenant, &ids).await?;
        let is_sold: Vec<bool> = found.iter().map(Option::is_some).collect();
        Ok(gone.into_iter().zip(is_sold).filter(|(_, sold)| !sold).map(|(item, _)| item).collect())
    }

    /// Tells what waits. Where the agent does not take a piece, its halves are tried, so that one
    /// bad product spoils no other: that one is offered again the next time.
    async fn flush(&mut self) -> Result<(), Stopped> {
        self.bytes = 0;
        let mut pieces = vec![std::mem::take(&mut self.batch)];
        while let Some(mut piece) = pieces.pop() {
            if piece.is_empty() {
                continue;
            }
            let why = match self.tell(&piece).await {
                Ok(()) => continue,
                Err(Stopped::Failed(FeedFailure::Refused(why))) => why,
                Err(stopped) => return Err(stopped),
            };
            if piece.len() > 1 {
                let rest = piece.split_off(piece.len().div_ceil(2));
                pieces.push(rest);
                pieces.push(piece);
                continue;
            }
            for Waiting { id, told, .. } in piece {
                if self.count.told == 0 && self.count.refused >= REFUSED_AT_FIRST_MAX {
                    return Err(Stopped::Failed(FeedFailure::Refused(why)));
                }
                tracing::warn!(
                    feed.name = &*self.target.key.name,
                    product.id = &*id,
                    why = &*why,
                    "an agent does not take a product; it is offered again the next time"
                );
                self.count.refused = self.count.refused.saturating_add(1);
                self.stand.batches = self.stand.batches.saturating_add(1);
                self.write(&[(id, Some(ToldProduct { is_refused: true, ..told }))]).await?;
            }
        }
        Ok(())
    }

    /// Tells a piece, and writes down that it was taken.
    async fn tell(&mut self, piece: &[Waiting]) -> Result<(), Stopped> {
        let feed = self.stand.feed.clone().unwrap_or_default();
        let written: Vec<_> = piece.iter().map(|waiting| &waiting.written).collect();
        let key = self.key("products");
        let update = self.target.host.tell(&feed, &key, &written).await?;
        self.stand.batches = self.stand.batches.saturating_add(1);
        // It is not the agent's fault where something breaks now and then on a long way.
        (self.stand.failures, self.stand.trouble) = (0, None);
        self.stand.update = update.or_else(|| self.stand.update.take());
        let count = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.count.told = self.count.told.saturating_add(count);
        let told: Vec<_> = piece.iter().map(Waiting::taken).collect();
        self.write(&told).await
    }

    /// Keeps the feed for longer where nothing was written for a while.
    async fn keep_up(&mut self) -> Result<(), Stopped> {
        if self.leased.elapsed() > FEED_LEASE / 2 { self.write(&[]).await } else { Ok(()) }
    }

    async fn write(&mut self, told: &[ToldNow]) -> Result<(), Stopped> {
        self.stand.lease = Some(self.feeds.feed_lease().await?);
        let book = &self.feeds.ports.book;
        match book.write(&self.target.key, Some(self.at), &self.stand, told).await? {
            Committed::At(at) => self.at = at,
            Committed::Raced => return Err(Stopped::Overtaken),
        }
        self.leased = Instant::now();
        Ok(())
    }
}
