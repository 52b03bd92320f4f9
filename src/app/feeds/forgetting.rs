use acp_core::catalog::FeedKey;
use acp_core::limits::FEED_FORGET_PAGES_MAX;
use acp_core::ports::{Committed, Forgotten};

use super::Feeds;
use crate::app::Failure;

impl Feeds {
    /// Forgets what agents were told in feeds nobody keeps any more: none of the configuration here,
    /// and looked at by no other gateway for a good while. Says of how many all is forgotten; what is
    /// left of a large one is forgotten the next time.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn forget_left(&self) -> Result<usize, Failure> {
        let mut forgotten: usize = 0;
        for key in self.ports.book.left().await? {
            // What nobody has looked at because its gateways were away is still wanted.
            if self.targets.iter().any(|target| target.key == key) {
                continue;
            }
            if self.is_forgotten(&key).await? {
                forgotten = forgotten.saturating_add(1);
                let (feed, tenant) = (&*key.name, key.tenant.as_str());
                tracing::info!(
                    feed.name = feed,
                    tenant,
                    "what an agent was told of goods is forgotten: nobody keeps the feed any more"
                );
            }
        }
        Ok(forgotten)
    }

    /// Forgets pages of a feed. It is begun anew before: should somebody want it after all, what is
    /// left is not taken for all that was told.
    async fn is_forgotten(&self, key: &FeedKey) -> Result<bool, Failure> {
        let book = &self.ports.book;
        let Some((stand, mut at)) = book.stand(key).await? else { return Ok(false) };
        // Somebody may have come meanwhile.
        if stand.forgotten_at() > self.app.ports.checkouts.now().await? {
            return Ok(false);
        }
        if stand.feed.is_some() {
            let address = stand.address.clone();
            match book.write(key, Some(at), &stand.begun_anew(&address), &[]).await? {
                Committed::At(anew) => at = anew,
                Committed::Raced => return Ok(false),
            }
        }
        for _ in 0..FEED_FORGET_PAGES_MAX {
            match book.forget(key, at).await? {
                Forgotten::Part => {}
                Forgotten::All => return Ok(true),
                Forgotten::Raced => return Ok(false),
            }
        }
        Ok(false)
    }
}
