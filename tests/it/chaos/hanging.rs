//! Somebody the gateway asks who does not answer any more, neither yes nor no. Whoever does not need
//! him is served as always, and what waits for him is finished when he is there again.

use std::sync::Arc;
use std::time::Duration;

use acp_mocks::faults::Faults;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::evidence::close;
use super::figures::{Figures, tell};
use super::mocked_inventory::Shape;
use super::receipts::{Call, Receipts};
use super::shop::{HONEY, Shop};
use super::shopper::{payment, ready};
use crate::support::Running;

/// How often others want something meanwhile.
const CALLS: u64 = 20;
/// How long all of that may take, and until somebody is asked at all. Whoever waited for him with
/// each call would not be done by then.
const PATIENCE: Duration = Duration::from_secs(8);

/// Who does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silent {
    /// The payment provider, whatever it is asked.
    Provider,
    /// The payment provider, when it is asked to hold money.
    Hold,
    Inventory,
}

impl Silent {
    /// From now on he takes calls and says nothing, for longer than anybody waits.
    fn falls_silent(self, shop: &Shop) {
        let faults = Faults { hang_ratio: 1.0, ..Faults::default() };
        match self {
            Self::Provider => shop.stripe().unwrap().misbehave(faults),
            Self::Hold => {
                let only = Some("/confirm".to_owned());
                shop.stripe().unwrap().misbehave(Faults { only, ..faults });
            }
            Self::Inventory => shop.inventory().unwrap().misbehave(faults),
        }
    }

    fn speaks_again(self, shop: &Shop) {
        match self {
            Self::Provider | Self::Hold => shop.stripe().unwrap().misbehave(Faults::default()),
            Self::Inventory => shop.inventory().unwrap().misbehave(Faults::default()),
        }
    }

    /// How often he was asked.
    fn calls(self, shop: &Shop) -> u64 {
        match self {
            Self::Provider | Self::Hold => shop.stripe().unwrap().calls(),
            Self::Inventory => shop.inventory().unwrap().calls(),
        }
    }
}

/// Pays for sessions that are ready, all at once, until each is paid for.
async fn pay(
    gateway: &Running,
    receipts: &Arc<Receipts>,
    shop: &Shop,
    paths: &[String],
) -> JoinSet<()> {
    let mut paying = JoinSet::new();
    for path in paths {
        let body = payment((shop.tokens())("tok_visa"));
        let call = Call::new(&format!("{path}/complete"), path, "pay", body);
        let (mut client, receipts) = (gateway.client().await, receipts.clone());
        paying.spawn(async move {
            let paid = receipts.call(&mut client, call).await.unwrap();
            assert_eq!(paid["status"], "completed", "{paid:#}");
        });
    }
    paying
}

/// What others want, and get: sessions are read as they were, and baskets are filled.
async fn go_on(gateway: &Running, receipts: &Receipts, who: Silent) {
    let mut client = gateway.client().await;
    let said = receipts.sessions();
    for (number, (session, _)) in (0..CALLS).zip(said.iter().cycle()) {
        let shown = client.get(&format!("/checkout_sessions/{session}")).await.unwrap();
        assert_eq!(shown.status, 200, "{}", shown.text());
        if who != Silent::Inventory {
            let basket = json!({
                "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
                "line_items": [{"id": HONEY, "quantity": 1}],
            });
            let key = format!("meanwhile-{number}");
            let opened = client.post("/checkout_sessions", &key, &basket).await.unwrap();
            assert_eq!(opened.status, 201, "{}", opened.text());
        }
    }
}

async fn somebody_falls_silent(mut shop: Shop, who: Silent) {
    let gateway = shop.open(0).await;
    shop.stock_up(&gateway).await;
    let receipts = Arc::<Receipts>::default();
    let (mut client, mut paths) = (gateway.client().await, Vec::new());
    for number in 0..Figures::asked().kept_waiting {
        let name = format!("waiting-{number}");
        paths.push(ready(&mut client, &receipts, &name, &[(HONEY, 1)]).await.unwrap());
    }
    who.falls_silent(&shop);
    let before = who.calls(&shop);
    let mut paying = pay(&gateway, &receipts, &shop, &paths).await;
    let until = Instant::now() + PATIENCE;
    while who.calls(&shop) == before {
        assert!(Instant::now() < until, "{who:?} is never asked");
        sleep(Duration::from_millis(5)).await;
    }
    let served = timeout(PATIENCE, go_on(&gateway, &receipts, who)).await;
    assert!(served.is_ok(), "others wait for {who:?}");
    assert!(paying.try_join_next().is_none(), "nobody can have paid");
    who.speaks_again(&shop);
    while let Some(paid) = paying.join_next().await {
        paid.unwrap();
    }
    let report = close(&shop, &receipts, gateway).await;
    tell(&format!("{who:?} is silent: {:?}; {report}", receipts.tally()));
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!(report.captures, paths.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_says_nothing_keeps_nobody_else_waiting() {
    somebody_falls_silent(Shop::at_stripe(Faults::default()).await, Silent::Provider).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_nobody_hears_of_keeps_nobody_else_waiting() {
    somebody_falls_silent(Shop::at_stripe(Faults::default()).await, Silent::Hold).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_that_says_nothing_keeps_nobody_else_waiting() {
    let shop = Shop::at_merchant(Shape::Reservations, Faults::default()).await;
    somebody_falls_silent(shop, Silent::Inventory).await;
}
