//! What the merchant's catalogue tells unasked: which items are not as they were.

use std::sync::Arc;

use acp_core::ids::ItemId;
use acp_core::ports::{CatalogNews, Forged};
use serde::Deserialize;
use serde_json::Value;

use crate::adapters::catalog::memory::RememberedCatalog;
use crate::adapters::signed::Signed;

const CHANGED: &str = "catalogue.changed";

/// Has items forgotten that the merchant says have changed.
#[derive(Debug)]
pub struct ChangedItems {
    signed: Signed,
    remembered: Arc<RememberedCatalog>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    items: Value,
}

impl ChangedItems {
    /// Changes of what is remembered here, told by whoever can sign them.
    pub const fn of(remembered: Arc<RememberedCatalog>, signed: Signed) -> Self {
        Self { signed, remembered }
    }
}

impl CatalogNews for ChangedItems {
    fn take(&self, signature: &str, message: &[u8]) -> Result<(), Forged> {
        self.signed.prove(signature, message)?;
        // It is the merchant's, so that what we cannot read is none of our business.
        let event: Option<Event> = serde_json::from_slice(message).ok();
        let Some(Event { items, .. }) = event.filter(|event| event.kind == CHANGED) else {
            return Ok(());
        };
        // Whoever does not say which may mean all of them.
        match Vec::<String>::deserialize(items) {
            Ok(ids) if !ids.is_empty() => {
                let ids: Vec<_> = ids.into_iter().map(ItemId::new).collect();
                self.remembered.forget(&ids);
            }
            Ok(_) | Err(_) => self.remembered.forget_all(),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acp_core::catalog::CatalogItem;
    use acp_core::ids::TenantId;
    use acp_core::ports::{Catalog, PortError};
    use acp_mocks::StillClock;
    use async_trait::async_trait;

    use super::*;
    use crate::adapters::memory::MemoryOptions;
    use crate::adapters::signed::tests::{header, signed};

    /// Sells nothing.
    struct Nothing;

    #[async_trait]
    impl Catalog for Nothing {
        async fn find(
            &self,
            _tenant: &TenantId,
            ids: &[&ItemId],
        ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
            Ok(vec![None; ids.len()])
        }
    }

    /// Remembers three items, and tells what is left of them after a message.
    async fn left_after(message: &str, signature: &str) -> (usize, Result<(), Forged>) {
        let hour = Duration::from_hours(1);
        let options = MemoryOptions { entries_max: 10, fresh: hour, stale: hour };
        let (tenant, clock) = (TenantId::new("shop"), Arc::new(StillClock::default()));
        let memory = RememberedCatalog::of(Arc::new(Nothing), tenant.clone(), options, clock);
        let remembered = Arc::new(memory);
        let ids = ["a", "b", "c"].map(ItemId::new);
        remembered.find(&tenant, &ids.iter().collect::<Vec<_>>()).await.unwrap();
        let news = ChangedItems::of(Arc::clone(&remembered), signed());
        let taken = news.take(signature, message.as_bytes());
        (remembered.counts().entries, taken)
    }

    #[tokio::test]
    async fn what_is_said_to_have_changed_is_forgotten() {
        for (message, left) in [
            (r#"{"type": "catalogue.changed", "items": ["a", "x"]}"#, 2),
            (r#"{"type": "catalogue.changed", "items": ["a", "b", "c"], "more": 1}"#, 0),
            (r#"{"type": "catalogue.changed", "items": []}"#, 0),
            (r#"{"type": "catalogue.changed", "items": null}"#, 0),
            (r#"{"type": "catalogue.changed", "items": "a"}"#, 0),
            (r#"{"type": "catalogue.changed"}"#, 0),
            (r#"{"type": "catalogue.moved", "items": ["a"]}"#, 3),
            (r#"{"items": ["a"]}"#, 3),
            ("no json", 3),
        ] {
            let outcome = left_after(message, &header(message.as_bytes())).await;
            assert_eq!(outcome, (left, Ok(())), "{message}");
        }
    }

    #[tokio::test]
    async fn what_anybody_else_says_changes_nothing() {
        let message = r#"{"type": "catalogue.changed"}"#;
        for signature in [header(b"another message"), String::new()] {
            assert_eq!(left_after(message, &signature).await, (3, Err(Forged)), "{signature}");
        }
    }
}
