use acp_core::ids::EndpointId;
use acp_core::limits::{DELIVERIES_REPLAYED_MAX, DELIVERIES_SHOWN_MAX, PAGE_ROWS_MAX, RACES_MAX};
use acp_core::ports::{Committed, DeliveryWrite};
use acp_core::webhook::{Delivery, DeliveryId, DeliveryState, Endpoint};

use super::Relay;
use crate::app::Failure;

impl Relay {
    /// Tells an endpoint what was kept back from it, as if it had never been tried; says how many
    /// orders that is about. Where there are very many, the latest ones.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn replay(&self, endpoint: &Endpoint) -> Result<usize, Failure> {
        let mut replayed = 0_usize;
        while replayed < DELIVERIES_REPLAYED_MAX {
            let held = self.ports.outbox.held(&endpoint.id, PAGE_ROWS_MAX).await?;
            let is_all = held.len() < PAGE_ROWS_MAX;
            let mut put_back = 0_usize;
            for id in held {
                put_back = put_back.saturating_add(usize::from(self.put_back(&id).await?));
            }
            replayed = replayed.saturating_add(put_back);
            if is_all || put_back == 0 {
                break;
            }
        }
        Ok(replayed)
    }

    async fn put_back(&self, id: &DeliveryId) -> Result<bool, Failure> {
        for _ in 0..RACES_MAX {
            let found = self.ports.outbox.delivery(id).await?;
            let Some((delivery, at)) = found else { return Ok(false) };
            if !matches!(delivery.state, DeliveryState::Held(_)) {
                return Ok(false);
            }
            let after = delivery.wanted_anew(self.due_now().await?);
            let write = DeliveryWrite { before: Some(at), after };
            if let Committed::At(_) = self.ports.outbox.write(write).await? {
                return Ok(true);
            }
        }
        Err(Failure::Contended)
    }

    /// The last deliveries to an endpoint that were tried, the latest in front.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn last_deliveries(&self, endpoint: &EndpointId) -> Result<Vec<Delivery>, Failure> {
        let tried = self.ports.outbox.tried(endpoint, DELIVERIES_SHOWN_MAX).await?;
        self.deliveries(&tried).await
    }

    /// The last deliveries to an endpoint that do not go on by themselves.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn held_deliveries(&self, endpoint: &EndpointId) -> Result<Vec<Delivery>, Failure> {
        let held = self.ports.outbox.held(endpoint, PAGE_ROWS_MAX).await?;
        self.deliveries(&held).await
    }

    async fn deliveries(&self, ids: &[DeliveryId]) -> Result<Vec<Delivery>, Failure> {
        let mut deliveries = Vec::with_capacity(ids.len());
        for id in ids {
            let found = self.ports.outbox.delivery(id).await?;
            deliveries.extend(found.map(|(delivery, _)| delivery));
        }
        Ok(deliveries)
    }

    /// Forgets what was told to an endpoint that is gone. What somebody is at work on is forgotten
    /// by them.
    pub(super) async fn forget_deliveries(&self, endpoint: &EndpointId) -> Result<(), Failure> {
        let mut forgotten = 0_usize;
        while forgotten < DELIVERIES_REPLAYED_MAX {
            let outbox = &self.ports.outbox;
            let mut ids = outbox.tried(endpoint, PAGE_ROWS_MAX).await?;
            ids.extend(outbox.held(endpoint, PAGE_ROWS_MAX).await?);
            let before = forgotten;
            for id in ids {
                if let Some((_, at)) = outbox.delivery(&id).await?
                    && let Committed::At(_) = outbox.forget(&id, at).await?
                {
                    forgotten = forgotten.saturating_add(1);
                }
            }
            if forgotten == before {
                break;
            }
        }
        Ok(())
    }
}
