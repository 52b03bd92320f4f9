//! A merchant who gives money back while gateways die and the payment provider misbehaves. What was
//! promised goes back once, and never more than was taken.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::evidence::close;
use super::figures::{Figures, tell};
use super::misbehaving::{sell, ten_in_a_hundred};
use super::receipts::Receipts;
use super::shop::Shop;
use crate::support::{Client, Running};

const MERCHANT: &str = "acp_demo_merchant";
/// How many orders the merchant is at when a gateway dies.
const ORDERS_AT_ONCE: usize = 2;
/// How many calls a purchase takes, at the most.
const CALLS_OF_A_PURCHASE: u64 = 6;
/// Where gateways die; the last one by our hand.
const DEATHS: [Option<&str>; 6] = [
    Some("refund:after:1"),
    Some("refund:before:2"),
    None,
    Some("refund:after:3"),
    Some("refund:before:1"),
    Some("refund:after:2"),
];
/// How long a gateway may take to die, and money to go back.
const PATIENCE: Duration = Duration::from_secs(40);
const REST: Duration = Duration::from_millis(20);
const TRIES_MAX: u32 = 3_000;

/// An order, and what it cost.
struct Sold {
    order: String,
    total: i64,
}

impl Sold {
    fn all(receipts: &Receipts) -> Vec<Self> {
        let said = receipts.sessions().into_values();
        let said = said.map(|said| serde_json::from_slice::<Value>(&said).unwrap());
        let paid = said.filter(|session| session["status"] == "completed");
        let sold = paid.map(|session| {
            let totals = session["totals"].as_array().unwrap();
            let total = totals.iter().find(|row| row["type"] == "total").unwrap();
            let order = session["order"]["id"].as_str().unwrap().to_owned();
            Self { order, total: total["amount"].as_i64().unwrap() }
        });
        sold.collect()
    }

    /// Twice more than half of it, of which one is too much, and twice a little.
    fn wishes(&self) -> Vec<Wish> {
        let wish = |(number, amount)| Wish {
            order: self.order.clone(),
            key: format!("{}-{number}", self.order),
            amount,
        };
        let half = self.total / 2 + 1;
        [(1, half), (2, half), (3, 100), (4, 100)].map(wish).into()
    }

    /// What goes back of it in the end.
    const fn given_back(&self) -> i64 {
        self.total / 2 + 1 + 100 + 100
    }
}

/// A word for money of an order, with its key.
#[derive(Clone, Debug)]
struct Wish {
    order: String,
    key: String,
    amount: i64,
}

impl Wish {
    /// Whether the money goes back; nothing where nobody answered any more.
    async fn ask(&self, address: SocketAddr) -> Option<bool> {
        let mut client = Client::connect(address).await?.with_token(MERCHANT);
        let path = format!("/orders/{}/refunds", self.order);
        let body = json!({"amount": self.amount, "currency": "usd", "reason": "damaged"});
        for _ in 0..TRIES_MAX {
            let said = client.post(&path, &self.key, &body).await?;
            match said.status {
                200 => return Some(true),
                422 => {
                    assert_eq!(said.json()["code"], "refund_exceeds_payment", "{}", said.text());
                    return Some(false);
                }
                409 | 503 => tokio::time::sleep(REST).await,
                status => panic!("{status}: {}", said.text()),
            }
        }
        panic!("{self:?} is never answered");
    }
}

/// What was answered, by key.
type Answers = BTreeMap<String, bool>;

/// Everything at once; gives back what nobody answered.
async fn ask_all(address: SocketAddr, wishes: Vec<Wish>, answers: &mut Answers) -> Vec<Wish> {
    let mut asking = JoinSet::new();
    for wish in wishes {
        asking.spawn(async move { (wish.ask(address).await, wish) });
    }
    let mut unheard = Vec::new();
    for (answer, wish) in asking.join_all().await {
        match answer {
            Some(answer) => drop(answers.insert(wish.key, answer)),
            None => unheard.push(wish),
        }
    }
    unheard
}

/// The refunds of an order, once none is under way any more.
async fn settled(shop: &mut Shop, gateway: &Running, order: &str) -> Vec<(String, i64)> {
    let mut merchant = gateway.client().await.with_token(MERCHANT);
    for look in 1..=PATIENCE.as_millis() / REST.as_millis() {
        let said = merchant.get(&format!("/orders/{order}")).await.unwrap();
        assert_eq!(said.status, 200, "{}", said.text());
        let order = said.json();
        let made = order["adjustments"].as_array().cloned().unwrap_or_default();
        let refunds = made
            .iter()
            .map(|it| (it["status"].as_str().unwrap().to_owned(), it["amount"].as_i64().unwrap()));
        let refunds: Vec<_> = refunds.collect();
        if refunds.iter().all(|(status, _)| status != "pending") {
            return refunds;
        }
        if look % 50 == 0 {
            shop.outlast_rests();
            shop.set_clock(gateway).await;
        }
        tokio::time::sleep(REST).await;
    }
    panic!("the money for {order} never goes back: {}", gateway.log());
}

/// One gateway, which dies while money goes back.
async fn die(shop: &mut Shop, round: usize, wishes: Vec<Wish>, answers: &mut Answers) -> Vec<Wish> {
    shop.outlast_rests();
    let Some(failpoint) = DEATHS[round % DEATHS.len()] else {
        let gateway = shop.open(0).await;
        let address = gateway.address();
        let (unheard, ()) = tokio::join!(ask_all(address, wishes, answers), async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            gateway.kill();
        });
        return unheard;
    };
    let mut gateway = shop.open_to_die(failpoint).await;
    let unheard = ask_all(gateway.address(), wishes, answers).await;
    assert!(gateway.dies_within(PATIENCE), "nobody ever dies at {failpoint}");
    unheard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_goes_back_once_however_often_gateways_die() {
    let deaths = usize::try_from(Figures::asked().kills_while_refunding).unwrap();
    let mut shop = Shop::at_stripe(ten_in_a_hundred()).await;
    let gateway = shop.open(0).await;
    shop.stock_up(&gateway).await;
    let enough = u64::try_from(deaths * ORDERS_AT_ONCE).unwrap() * CALLS_OF_A_PURCHASE;
    let receipts = sell(&shop, &gateway, enough).await;
    assert_eq!(gateway.until_quiet().await, 0);
    gateway.kill();

    let sold = Sold::all(&receipts);
    let (mut answers, mut unheard) = (Answers::new(), Vec::new());
    let at_once = sold.chunks(ORDERS_AT_ONCE).take(deaths);
    for (round, sold) in at_once.clone().enumerate() {
        unheard.extend(sold.iter().flat_map(Sold::wishes));
        unheard = die(&mut shop, round, unheard, &mut answers).await;
    }
    shop.outlast_rests();
    let gateway = shop.open(0).await;
    let unheard = ask_all(gateway.address(), unheard, &mut answers).await;
    assert!(unheard.is_empty(), "{unheard:?}");

    for sold in at_once.flatten() {
        let refunds = settled(&mut shop, &gateway, &sold.order).await;
        let all = refunds.iter().all(|(status, _)| status == "completed");
        let sum: i64 = refunds.iter().map(|(_, amount)| amount).sum();
        let granted = sold.wishes().iter().filter(|wish| answers[&wish.key]).count();
        let what = format!("{}: {refunds:?}, {granted} were granted", sold.order);
        assert!(all && refunds.len() == granted && sum == sold.given_back(), "{what}");
    }
    let report = close(&shop, &receipts, gateway).await;
    tell(&format!("{deaths} kills while money goes back: {} answers; {report}", answers.len()));
    assert_eq!(report.violations, Vec::<String>::new());
    assert!(report.refunds >= deaths * ORDERS_AT_ONCE, "{report}");
}
