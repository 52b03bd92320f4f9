use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::{Region, TaxRule, TaxTable};
use acp_core::limits::{RATES_REMEMBERED_MAX, TAX_PLACES_MAX};
use acp_core::ports::{Clock, Entropy, PortError, TaxRates};
use acp_core::session::{Address, Inquiry};
use async_trait::async_trait;
use http::Method;

use super::asked::{Place, RatesAsked};
use super::told_rates::RatesTold;
use crate::adapters::memory::{MemoryOptions, Remembered, Source};
use crate::adapters::outward::{Backend, BackendOptions, NoRoots};

/// Taxes that a service of the merchant's knows. They depend on the place alone, so that a place is
/// asked for once in a while and not for every session.
#[derive(Debug)]
pub struct RemoteRates(Remembered<Region, TaxRule>);

/// Where rates are asked for.
struct Desk(Backend);

impl Desk {
    async fn rules(&self, places: &[&Region]) -> Result<Vec<TaxRule>, PortError> {
        let asked = RatesAsked { places: places.iter().map(|region| Place::of(region)).collect() };
        let call = self.0.call(Method::POST, "/tax/rates".to_owned(), Some(&asked));
        Ok(self.0.ask_for(call, |told: RatesTold| told.read(places)).await?)
    }
}

#[async_trait]
impl Source<Region, TaxRule> for Desk {
    async fn ask(&self, places: &[&Region]) -> Result<Vec<Option<Arc<TaxRule>>>, PortError> {
        let mut rules = Vec::with_capacity(places.len());
        for chunk in places.chunks(TAX_PLACES_MAX) {
            rules.extend(self.rules(chunk).await?.into_iter().map(|rule| Some(Arc::new(rule))));
        }
        Ok(rules)
    }
}

impl RemoteRates {
    /// The service at an address, which is believed for so long.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(
        options: &BackendOptions,
        fresh: Duration,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, NoRoots> {
        let desk = Arc::new(Desk(Backend::at("tax", options, entropy)?));
        // An old rate is no rate, whether or not the service can be asked.
        let stale = Duration::ZERO;
        let options = MemoryOptions { entries_max: RATES_REMEMBERED_MAX, fresh, stale };
        Ok(Self(Remembered::of(desk, "the tax service", options, clock)))
    }
}

#[async_trait]
impl TaxRates for RemoteRates {
    async fn rates(
        &self,
        _inquiry: &Inquiry<'_>,
        places: &[&Address],
    ) -> Result<Arc<TaxTable>, PortError> {
        let regions: BTreeSet<Region> = places.iter().map(|address| Region::of(address)).collect();
        let told = self.0.find(&regions.iter().collect::<Vec<_>>()).await?;
        // There is a rule for each, or there is no answer.
        let rules = told.into_iter().flatten().map(|rule| TaxRule::clone(&rule));
        Ok(Arc::new(TaxTable::new(rules.collect())))
    }
}
