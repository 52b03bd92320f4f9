//! Everything that belongs to a checkout, for a person to read.

use acp_core::ids::{OrderId, SessionId};
use acp_core::order::{OrderEvent, OrderHead, Recorded};
use acp_core::payment::PaymentNote;
use acp_core::ports::PortError;
use acp_core::run::Run;
use acp_core::session::{Session, Stage};
use acp_core::stock::Ledger;
use serde_json::{Map, Value, json};

use super::names;
use super::records::Records;
use super::stored::{Document, HistoryEntry, Misfit, OutboxEntry, shape};

/// Looks into records without changing them. Amounts come with their currency, times as people
/// write them, and of what is sealed only its length.
#[derive(Clone, Debug)]
pub struct Inspector {
    records: Records,
}

impl Inspector {
    /// Looks into these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    /// Everything that belongs to a session or an order; `None` when there is no such thing.
    ///
    /// # Errors
    /// Fails when the store does, and when a record is damaged.
    pub async fn inspect(&self, id: &str) -> Result<Option<Value>, PortError> {
        if let Ok(session) = SessionId::parse(id) {
            return self.session(&session).await;
        }
        let Ok(order) = OrderId::parse(id) else {
            return Ok(None);
        };
        match self.events(&order).await?.first() {
            Some((_, Recorded { event: OrderEvent::Placed { session, .. }, .. })) => {
                match self.session(session).await? {
                    Some(found) => Ok(Some(found)),
                    // An order outlives its session.
                    None => Ok(Some(json!({ "order": self.order(&order).await? }))),
                }
            }
            Some(_) => self.order(&order).await.map(Some),
            None => Ok(None),
        }
    }

    async fn session(&self, id: &SessionId) -> Result<Option<Value>, PortError> {
        let partition = id.partition();
        let found = self.records.read::<Session>(partition, names::session(id)).await?;
        let Some((session, version)) = found else {
            return Ok(None);
        };
        let run = self.records.read::<Run>(partition, names::run(id)).await?;
        let run = run.map(|(run, _)| shown(&run)).transpose()?;
        let history = self.records.log::<HistoryEntry>(partition, &names::history(id)).await?;
        let payments = names::payments(id);
        let payments = self.records.log::<Recorded<PaymentNote>>(partition, &payments).await?;
        let order = match &session.stage {
            Stage::Completed(placed) => self.order(&placed.id).await?,
            _ => Value::Null,
        };
        Ok(Some(json!({
            "session": shown(&session)?,
            "revision": version.0,
            "run": run,
            "history": numbered(&history)?,
            "payments": numbered(&payments)?,
            "order": order,
            "stock": self.ledgers(&session).await?,
        })))
    }

    async fn order(&self, id: &OrderId) -> Result<Value, PortError> {
        let outbox = self.records.log::<OutboxEntry>(id.partition(), &names::outbox(id)).await?;
        let head = self.records.read::<OrderHead>(id.partition(), names::order_head(id)).await?;
        Ok(json!({
            "id": id.as_str(),
            "head": head.map(|(head, _)| shown(&head)).transpose()?,
            "events": numbered(&self.events(id).await?)?,
            "outbox": numbered(&outbox)?,
        }))
    }

    async fn events(&self, id: &OrderId) -> Result<Vec<(u64, Recorded<OrderEvent>)>, PortError> {
        self.records.log(id.partition(), &names::order_events(id)).await
    }

    /// The ledgers of the items in a session; `null` for those nobody counts.
    async fn ledgers(&self, session: &Session) -> Result<Value, PortError> {
        let tenant = &session.owner.tenant;
        let mut ledgers = Map::new();
        for line in &session.quote.lines {
            let item = &line.item.id;
            let partition = self.records.partition_key.stock(tenant, item);
            let found = self.records.read::<Ledger>(partition, names::ledger(tenant, item)).await?;
            let ledger = found.map(|(ledger, _)| shown(&ledger)).transpose()?;
            ledgers.insert(item.to_string(), ledger.unwrap_or(Value::Null));
        }
        Ok(Value::Object(ledgers))
    }
}

/// A record in the shape it is stored in, which writes itself for people when it is asked for
/// JSON.
pub(super) fn shown<T: Document>(record: &T) -> Result<Value, Misfit> {
    Ok(serde_json::to_value(shape(record)?)?)
}

fn numbered<T: Document>(entries: &[(u64, T)]) -> Result<Value, Misfit> {
    let shown = entries.iter().map(|(number, entry)| {
        Ok::<_, Misfit>(json!({ "number": number, "entry": shown(entry)? }))
    });
    shown.collect()
}
