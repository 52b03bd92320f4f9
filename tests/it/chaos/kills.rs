//! Gateways that die, for real, again and again: before and after every call that matters, and at
//! any moment. What was acknowledged is there, what was not is there whole or not at all, and in
//! the end the books balance.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use acp_core::time::Timestamp;
use acp_wire::scalar::DateTime;
use serde_json::json;
use tokio::task::JoinSet;

use super::evidence::close;
use super::figures::{Figures, tell};
use super::receipts::{Call, Receipts};
use super::shop::{HONEY, Shop};
use super::shopper::Shopper;
use crate::support::{RedisServer, Running, is_redis_wanted};

const SHOPPERS: u64 = 6;
/// The calls a gateway can die at.
const CALLS: [&str; 8] =
    ["run", "stock", "create", "confirm", "capture", "cancel", "lookup", "refund"];
/// At which one of them, so that others are under way in every state.
const NUMBERS: [u64; 4] = [1, 3, 7, 2];
/// How long it may take until somebody dies.
const PATIENCE: Duration = Duration::from_secs(40);

/// How a gateway dies.
enum Death {
    /// By itself, at a call.
    At { call: &'static str, moment: &'static str, number: u64 },
    /// By our hand, whatever it does then.
    After(Duration),
}

impl Death {
    /// Spreads deaths over everything there is to die of; the same in every run.
    fn of_round(round: u64) -> Self {
        let kinds = CALLS.len() as u64 + 1;
        let (kind, turn) = (round % kinds, round / kinds);
        let Some(call) = CALLS.get(usize::try_from(kind).unwrap()) else {
            let spread = 20 + round.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 160;
            return Self::After(Duration::from_millis(spread));
        };
        let moment = if (kind + turn).is_multiple_of(2) { "before" } else { "after" };
        let number = NUMBERS[usize::try_from(turn / 2).unwrap() % NUMBERS.len()];
        Self::At { call, moment, number }
    }

    /// The same, or one that is possible in this shop: nobody can slip a payment into the books of
    /// a provider that is not the demo's.
    fn in_shop(self, shop: &Shop) -> Self {
        if shop.is_at_stripe() && self.strays() > 0 {
            Self::After(Duration::from_millis(250))
        } else {
            self
        }
    }

    /// How many payments have to be given back for it.
    const fn strays(&self) -> u64 {
        match self {
            Self::At { call, number, .. } if matches!(call.as_bytes(), b"refund") => *number + 1,
            _ => 0,
        }
    }
}

/// Money that was taken, and no order accounts for it: nothing else is ever given back here.
fn take_money(shop: &Shop, session: &str, mark: u64) {
    let mut lines = String::new();
    for state in ["created", "authorized", "captured"] {
        let line = json!({
            "at": shop.now().unix_ms(), "payment": format!("pay_{mark:032x}_799_usd"),
            "session": session, "key": format!("{session}|stray|{mark}"),
            "amount": 799, "currency": "usd", "state": state, "refunded": 0,
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    let mut file = OpenOptions::new().append(true).open(shop.books()).unwrap();
    file.lock().unwrap();
    file.write_all(lines.as_bytes()).unwrap();
}

/// Opens a session nobody pays for, and takes money for it.
async fn take_strays(shop: &Shop, receipts: &Receipts, gateway: &Running, round: u64, count: u64) {
    let mut client = gateway.client().await;
    let basket = json!({"currency": "usd", "capabilities": {}, "line_items": [{"id": HONEY}]});
    for number in 0..count {
        let name = format!("stray-{round}-{number}");
        let open = Call::new("/checkout_sessions", &name, "open", basket.clone());
        let opened = receipts.call(&mut client, open).await.unwrap();
        take_money(shop, opened["id"].as_str().unwrap(), round * 100 + number + 1);
    }
}

/// Has payments made since compared with orders, and what belongs to none given back. Whoever does
/// it may die.
async fn give_back(gateway: &Running, since: Timestamp) {
    let mut operator = gateway.operator().await;
    let asked = json!({"give_back": true, "since": DateTime(since)});
    if let Some(said) = operator.post("/reconcile", "k", &asked).await {
        assert_eq!(said.status, 200, "{}", said.text());
    }
}

fn send_shoppers(
    shop: &Shop,
    gateway: &Running,
    receipts: &Arc<Receipts>,
    round: u64,
) -> JoinSet<()> {
    let mut shoppers = JoinSet::new();
    for number in 0..SHOPPERS {
        let shopper = Shopper {
            address: gateway.address(),
            number: round * SHOPPERS + number,
            receipts: receipts.clone(),
            closing: Arc::<AtomicBool>::default(),
            tokens: shop.tokens(),
            insists: shop.insists(),
        };
        shoppers.spawn(shopper.shop());
    }
    shoppers
}

/// One death.
async fn die(shop: &Shop, receipts: &Arc<Receipts>, round: u64, death: &Death) {
    let shoppers = match death {
        Death::After(moment) => {
            let gateway = shop.open(0).await;
            let shoppers = send_shoppers(shop, &gateway, receipts, round);
            tokio::time::sleep(*moment).await;
            gateway.kill();
            shoppers
        }
        Death::At { call, moment, number } => {
            let failpoint = format!("{call}:{moment}:{number}");
            let mut gateway = shop.open_to_die(&failpoint).await;
            let (strays, since) = (death.strays(), shop.now());
            take_strays(shop, receipts, &gateway, round, strays).await;
            let shoppers = send_shoppers(shop, &gateway, receipts, round);
            if strays > 0 {
                give_back(&gateway, since).await;
            }
            assert!(gateway.dies_within(PATIENCE), "nobody ever dies at {failpoint}");
            shoppers
        }
    };
    shoppers.join_all().await;
}

pub(super) async fn die_again_and_again(mut shop: Shop, kills: u64, place: &str) {
    let receipts = Arc::<Receipts>::default();
    let first = shop.open(0).await;
    shop.stock_up(&first).await;
    first.kill();
    for round in 0..kills {
        let (death, since) = (Death::of_round(round).in_shop(&shop), shop.now());
        die(&shop, &receipts, round, &death).await;
        shop.outlast_leases();
        let gateway = shop.open(0).await;
        if death.strays() > 0 {
            give_back(&gateway, since).await;
        }
        receipts.check(gateway.address()).await;
        assert_eq!(gateway.until_quiet().await, 0, "every completion ends");
        gateway.kill();
    }
    let gateway = shop.open(0).await;
    let report = close(&shop, &receipts, gateway).await;
    tell(&format!("{kills} kills {place}: {:?}; {report}", receipts.tally()));
    assert_eq!(report.violations, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_dies_loses_nothing_it_has_acknowledged() {
    die_again_and_again(Shop::embedded(), Figures::asked().kills, "of embedded gateways").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_dies_beside_its_store_loses_nothing_it_has_acknowledged() {
    if is_redis_wanted() {
        let server = RedisServer::start();
        let kills = Figures::asked().kills_on_redis;
        die_again_and_again(Shop::over(&server), kills, "of gateways on Redis").await;
    }
}
