//! One call to the inventory: how it is written, and what its answer says.

use std::fmt;
use std::sync::Arc;

use acp_core::ids::ItemId;
use acp_core::limits::{HOLDS_AT_ONCE_MAX, INVENTORY_ITEMS_MAX};
use acp_core::ports::{Entropy, PortError};
use acp_core::stock::{Availability, Hold};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::objects::{Reason, Refusal, StockAnswer, StockLevel, StockQuery};
use crate::adapters::outward::{
    self, Backend, BackendOptions, Call, NoAnswer, NoRoots, Transport, Tries, Why, segment,
};

/// What it is called, here and in the configuration.
const NAME: &str = "inventory";
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How the inventory is reached, and what it can do.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct InventoryOptions {
    /// Where it is, and as whom it is asked.
    pub backend: BackendOptions,
    /// Whether it can be asked for many items at once.
    pub is_bulk: bool,
}

/// Where the inventory is asked.
#[derive(Debug)]
pub struct Desk {
    backend: Backend,
    is_bulk: bool,
}

/// What is answered to a wish.
pub(super) type Answered<T> = outward::Answered<T, Refusal>;

/// How a call is known to the inventory, however often it is made.
pub(super) struct Step<'a> {
    pub(super) hold: &'a Hold,
    /// Nothing where the address says it all, and the same call may say something new.
    pub(super) name: Option<&'static str>,
}

impl Step<'_> {
    fn headers(&self, into: &mut HeaderMap) {
        let reservation = &self.hold.reservation;
        // What cannot stand in a header is left out of it: it only helps whoever reads a log.
        if let Some(name) = self.name
            && let Ok(key) = HeaderValue::from_str(&format!("{}|{name}", reservation.0))
        {
            into.insert(IDEMPOTENCY_KEY, key);
        }
        if let Some((session, _)) = reservation.owner() {
            outward::correlate(into, session.as_str());
        }
    }
}

impl Desk {
    /// Where the inventory at an address is asked.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &InventoryOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        let backend = Backend::at(NAME, &options.backend, entropy)?;
        Ok(Self { backend, is_bulk: options.is_bulk })
    }

    /// The same inventory, reached in another way than over the network.
    #[must_use]
    pub fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { backend: self.backend.over(transport), ..self }
    }

    /// How much there is of each item, in that order.
    pub(super) async fn available(
        &self,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        if self.is_bulk {
            let mut available = Vec::with_capacity(items.len());
            for chunk in items.chunks(INVENTORY_ITEMS_MAX) {
                available.extend(self.all_available(chunk).await?);
            }
            return Ok(available);
        }
        let asked = items.iter().map(|item| self.one_available(item)).collect::<Vec<_>>();
        Ok(stream::iter(asked).buffered(HOLDS_AT_ONCE_MAX).try_collect().await?)
    }

    async fn all_available(&self, items: &[&ItemId]) -> Result<Vec<Availability>, NoAnswer> {
        let query = StockQuery { items: items.iter().map(|item| item.as_str()).collect() };
        let call = self.call(Method::POST, "/stock/query".into(), None, Some(&query));
        match self.ask::<StockAnswer>(call, Tries::Several).await? {
            Answered::Done(StockAnswer { stock }) => {
                let of = |item: &&ItemId| stock.iter().find(|level| level.is_of(item));
                // What it does not know cannot be had.
                let level =
                    |item| of(item).map_or(Availability::Units(0), StockLevel::availability);
                Ok(items.iter().map(level).collect())
            }
            Answered::Refused(refusal) => Err(unfit(&refusal, "POST /stock/query")),
        }
    }

    async fn one_available(&self, item: &ItemId) -> Result<Availability, NoAnswer> {
        let path = format!("/stock/{}", segment(item.as_str()));
        let call = self.call::<()>(Method::GET, path, None, None);
        match self.ask::<StockLevel>(call, Tries::Several).await? {
            Answered::Done(level) => Ok(level.availability()),
            Answered::Refused(Refusal { error: Reason::UnknownItem, .. }) => {
                Ok(Availability::Units(0))
            }
            Answered::Refused(refusal) => Err(unfit(&refusal, "GET /stock/{item}")),
        }
    }

    pub(super) fn call<B: Serialize>(
        &self,
        method: Method,
        path: String,
        step: Option<&Step<'_>>,
        body: Option<&B>,
    ) -> Call {
        let mut call = self.backend.call(method, path, body);
        if let Some(step) = step {
            step.headers(&mut call.headers);
        }
        call
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        call: Call,
        tries: Tries,
    ) -> Result<Answered<T>, NoAnswer> {
        self.backend.wish(call, tries).await
    }
}

/// A refusal that makes no sense for what was asked.
pub(super) fn unfit(refusal: &Refusal, call: &str) -> NoAnswer {
    tracing::debug!(?refusal, call, "the inventory refuses what cannot be refused like this");
    let why = Why::Mistake {
        status: StatusCode::CONFLICT,
        call: call.to_owned(),
        advice: "the contract for backends knows no such refusal here".to_owned(),
    };
    NoAnswer { service: NAME, why }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("hold", &self.hold).field("name", &self.name).finish()
    }
}
