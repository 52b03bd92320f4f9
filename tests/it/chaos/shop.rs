use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acp_core::limits::{RUN_REST_MAX, STOCK_STALENESS_MAX};
use acp_core::time::Timestamp;
use acp_mocks::faults::Faults;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::auditor::Line;
use super::evidence::lines;
use super::mocked_catalogue::MockedCatalogue;
use super::mocked_inventory::{MockedInventory, Shape};
use super::mocked_stripe::MockedStripe;
use super::shopper::Tokens;
use crate::support::{Program, RedisServer, Running, Sentinels, token_at_stripe};

/// What everybody buys.
pub(super) const HONEY: &str = "honey-wildflower-350g";
/// What some buy two of beside it.
pub(super) const CABLE: &str = "cable-usb-c-1m";
/// So much of both that it never runs out.
const PLENTY: u32 = 10_000_000;
/// Longer than a worker may hold a run.
pub(super) const BEYOND_LEASE: Duration = Duration::from_secs(31);
/// What gateways that share a store share as well.
/// How often a gateway is told the time whose store is away.
const CLOCK_TRIES: u32 = 500;
const MASTER_KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A store, a payment provider with its books, and as many gateways as somebody opens.
pub(super) struct Shop {
    home: TempDir,
    settings: Vec<(&'static str, String)>,
    is_shared: bool,
    /// How far the clocks of the gateways are ahead.
    ahead: Duration,
    /// How many units the merchant has counted, sold ones included.
    counted: BTreeMap<String, u64>,
    /// Who moves the money, where that is not the demo provider.
    stripe: Option<MockedStripe>,
    /// Who keeps the stock, where that is not the gateway.
    inventory: Option<MockedInventory>,
    /// Who knows what is sold, where that is not the gateway.
    catalogue: Option<MockedCatalogue>,
}

impl Shop {
    /// One that only one gateway at a time can open.
    pub(super) fn embedded() -> Self {
        Self::of(false, Vec::new())
    }

    /// One on a Redis server.
    pub(super) fn over(server: &RedisServer) -> Self {
        Self::of(true, vec![("REDIS__URLS", format!("[{:?}]", server.url()))])
    }

    /// One that only one gateway at a time can open, and that is paid at a Stripe with faults.
    pub(super) async fn at_stripe(faults: Faults) -> Self {
        let stripe = MockedStripe::start(faults).await;
        let shop = Self::of(false, stripe.settings());
        Self { stripe: Some(stripe), ..shop }
    }

    /// The same with an inventory and a catalogue of the merchant's, with faults as well.
    pub(super) async fn at_merchant(shape: Shape, faults: Faults) -> Self {
        let inventory = MockedInventory::start(shape, faults.clone()).await;
        let catalogue = MockedCatalogue::start(faults.clone()).await;
        let mut shop = Self::at_stripe(faults).await;
        shop.settings.extend(inventory.settings());
        shop.settings.extend(catalogue.settings());
        Self { inventory: Some(inventory), catalogue: Some(catalogue), ..shop }
    }

    pub(super) const fn inventory(&self) -> Option<&MockedInventory> {
        self.inventory.as_ref()
    }

    pub(super) const fn stripe(&self) -> Option<&MockedStripe> {
        self.stripe.as_ref()
    }

    pub(super) const fn catalogue(&self) -> Option<&MockedCatalogue> {
        self.catalogue.as_ref()
    }

    pub(super) const fn is_at_stripe(&self) -> bool {
        self.stripe.is_some()
    }

    /// What tokens are called where it is paid.
    pub(super) const fn tokens(&self) -> Tokens {
        if self.stripe.is_some() { token_at_stripe } else { |token| token }
    }

    /// How often somebody pays who is told that goods are gone that are there.
    pub(super) fn insists(&self) -> u32 {
        let may_doubt = self.inventory.as_ref().is_some_and(MockedInventory::may_lose_units);
        if may_doubt { 5 } else { 0 }
    }

    /// What the provider has written down, oldest line first.
    pub(super) async fn lines(&self) -> Vec<Line> {
        match &self.stripe {
            Some(stripe) => stripe.lines().await,
            None => lines(&self.books()),
        }
    }

    /// One on a primary that sentinels watch.
    pub(super) fn watched_by(sentinels: &Sentinels) -> Self {
        let settings = vec![
            ("REDIS__URLS", format!("{:?}", sentinels.urls())),
            ("REDIS__MODE", "sentinel".to_owned()),
            ("REDIS__SENTINEL_PRIMARY", Sentinels::PRIMARY.to_owned()),
            ("REDIS__REPLICAS", "1".to_owned()),
        ];
        Self::of(true, settings)
    }

    fn of(is_shared: bool, mut settings: Vec<(&'static str, String)>) -> Self {
        let home = TempDir::new().unwrap();
        let kind = if is_shared { "redis" } else { "embedded" };
        settings.push(("STORE__KIND", kind.to_owned()));
        settings.push(("SECRETS__MASTER_KEY", MASTER_KEY.to_owned()));
        let books = home.path().join("books.jsonl");
        settings.push(("PAYMENT__DEMO_BOOKS", books.to_str().unwrap().to_owned()));
        let ahead = Duration::ZERO;
        Self {
            home,
            settings,
            is_shared,
            ahead,
            counted: BTreeMap::new(),
            stripe: None,
            inventory: None,
            catalogue: None,
        }
    }

    /// The file the payment provider keeps its books in.
    pub(super) fn books(&self) -> PathBuf {
        self.home.path().join("books.jsonl")
    }

    pub(super) const fn counted(&self) -> &BTreeMap<String, u64> {
        &self.counted
    }

    /// Opens a gateway; the number says which of several it is.
    pub(super) async fn open(&self, number: u64) -> Running {
        self.start(number, None).await
    }

    /// Opens one that dies at a failpoint.
    pub(super) async fn open_to_die(&self, failpoint: &str) -> Running {
        self.start(0, Some(failpoint)).await
    }

    async fn start(&self, number: u64, failpoint: Option<&str>) -> Running {
        let directory = self.home.path().join(number.to_string());
        fs::create_dir_all(&directory).unwrap();
        // The shoppers are one agent, and call as fast as they can.
        let mut program = Program::on(&directory).setting("LIMITS__ENABLED", "false");
        for (key, value) in &self.settings {
            program = program.setting(key, value);
        }
        if let Some(failpoint) = failpoint {
            program = program.dying_at(failpoint);
        }
        let gateway = Running::start_as(&directory, program);
        if !self.ahead.is_zero() {
            let told = self.tell_time(&gateway).await;
            // One that is to die may do so at the first thing it takes up.
            assert!(told.is_some() || failpoint.is_some(), "{}", gateway.log());
        }
        gateway
    }

    /// From now on, whoever held a run holds it no longer. A store of one process knows that by
    /// itself with each start.
    pub(super) fn outlast_leases(&mut self) {
        if self.is_shared {
            self.ahead += BEYOND_LEASE;
        }
    }

    /// From now on, whoever rests has rested enough.
    pub(super) fn outlast_rests(&mut self) {
        self.ahead += RUN_REST_MAX;
    }

    /// What time its gateways think it is.
    pub(super) fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + self.ahead;
        Timestamp::from_unix_ms(i64::try_from(since_1970.as_millis()).unwrap())
    }

    /// Tells a gateway how late it is.
    pub(super) async fn set_clock(&self, gateway: &Running) {
        self.tell_time(gateway).await.unwrap();
    }

    /// The same; nothing where it is dead.
    async fn tell_time(&self, gateway: &Running) -> Option<()> {
        let offset = json!({"offset_ms": u64::try_from(self.ahead.as_millis()).unwrap()});
        // That it is done is written down, so it takes a store that is there.
        for _ in 0..CLOCK_TRIES {
            let moved = gateway.try_operator().await?.post("/clock", "k", &offset).await?;
            if moved.status != 503 {
                assert_eq!(moved.status, 200, "{}", moved.text());
                return Some(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the clock of a gateway cannot be set: {}", gateway.log());
    }

    /// Puts more of everything on the shelves than anybody can buy.
    pub(super) async fn stock_up(&mut self, gateway: &Running) {
        for item in [HONEY, CABLE] {
            self.count(gateway, item, PLENTY).await;
        }
    }

    /// The merchant counts: so many are free now. Gateways that share a store may tell of what was
    /// there before for a while; not after this.
    pub(super) async fn count(&mut self, gateway: &Running, item: &str, units: u32) {
        if let Some(inventory) = &self.inventory {
            inventory.count(item, units);
            self.counted.insert(item.to_owned(), u64::from(units));
            return;
        }
        let mut operator = gateway.operator().await;
        let path = format!("/catalog/{item}/stock");
        let set = operator.post(&path, "k", &json!({"units": units})).await.unwrap();
        assert_eq!(set.status, 200, "{}", set.text());
        let stock: Value = set.json()["stock"].take();
        let of = |field: &str| stock[field].as_u64().unwrap();
        self.counted.insert(item.to_owned(), of("free") + of("reserved") + of("sold"));
        if self.is_shared {
            tokio::time::sleep(STOCK_STALENESS_MAX).await;
        }
    }
}
