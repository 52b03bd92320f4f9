//! A gateway that is frozen in the middle of its work for longer than its leases last. Another one
//! does the work; when the first wakes up, it is too late for it to change anything.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::task::JoinSet;

use super::evidence::{close, inspected, lines};
use super::figures::{Figures, tell};
use super::receipts::{Call, Receipts};
use super::shop::{BEYOND_LEASE, CABLE, HONEY, Shop};
use super::shopper::{payment, ready};
use crate::support::{Client, RedisServer, Running, is_redis_wanted};

/// How many completions are sent at once.
const COMPLETIONS: u64 = 40;
/// How long the one that woke up is watched.
const WATCHED: Duration = Duration::from_millis(1_500);

/// A completion that was sent to the one that is frozen, and what it said in the end.
type Sent = (Call, Option<(u16, Bytes)>);

/// Freezes a gateway while it does not keep the provider's books to itself: nobody else could
/// write to them then, which is true of files only.
async fn freeze(gateway: &Running, books: &Path) {
    let file = OpenOptions::new().append(true).open(books).unwrap();
    loop {
        gateway.freeze();
        if file.try_lock().is_ok() {
            return;
        }
        gateway.thaw();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Everything the store has of these sessions.
async fn seen(gateway: &Running, sessions: &[String]) -> Vec<Value> {
    let mut operator = gateway.operator().await;
    let mut seen = Vec::new();
    for session in sessions {
        seen.push(inspected(&mut operator, session).await);
    }
    seen
}

async fn send_all(gateway: &Running, calls: &[Call]) -> JoinSet<Sent> {
    let mut sent = JoinSet::new();
    for call in calls {
        let (mut client, call) = (gateway.client().await, call.clone());
        sent.spawn(async move {
            let response = call.send(&mut client).await;
            (call, response.map(|response| (response.status, response.body)))
        });
    }
    sent
}

/// Sessions that are ready to be paid for, and the calls that pay for them.
async fn ready_ones(client: &mut Client, receipts: &Receipts, round: u64) -> Vec<(String, Call)> {
    let mut calls = Vec::new();
    for number in 0..COMPLETIONS {
        let name = format!("{round}-{number}");
        let lines = [(HONEY, 1), (CABLE, 2)];
        let path = ready(client, receipts, &name, &lines).await.unwrap();
        let token = if number % 4 == 3 { "tok_timeout" } else { "tok_visa" };
        let call = Call::new(&format!("{path}/complete"), &name, "pay", payment(token));
        calls.push((path.rsplit('/').next().unwrap().to_owned(), call));
    }
    calls
}

/// One night of a zombie; gives how many completions it was in the middle of.
async fn rise(
    (shop, receipts): (&mut Shop, &Receipts),
    (zombie, other): (&Running, &Running),
    (round, is_clock_moved): (u64, bool),
) -> usize {
    let mut client = other.client().await;
    let ready = ready_ones(&mut client, receipts, round).await;
    let (sessions, calls): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
    let mut sent = send_all(zombie, &calls).await;
    let mut told = vec![sent.join_next().await.unwrap().unwrap()];
    freeze(zombie, &shop.books()).await;
    if is_clock_moved {
        shop.outlast_leases();
        shop.set_clock(other).await;
    } else {
        tokio::time::sleep(BEYOND_LEASE).await;
    }
    // The old connection was idle for so long that it may be closed.
    let mut client = other.client().await;
    for call in &calls {
        let paid = receipts.call(&mut client, call.clone()).await.unwrap();
        assert_eq!(paid["status"], "completed", "{paid:#}");
    }
    assert_eq!(other.until_quiet().await, 0);
    told.extend(std::iter::from_fn(|| sent.try_join_next()).map(Result::unwrap));
    let unfinished = sent.len();
    let before = (seen(other, &sessions).await, lines(&shop.books()).len());

    zombie.thaw();
    told.extend(sent.join_all().await);
    tokio::time::sleep(WATCHED).await;
    let after = (seen(other, &sessions).await, lines(&shop.books()).len());
    assert!(before == after, "who was overtaken writes nothing any more");
    // Who slept through the time limits of its connections may say nothing at all.
    for (call, (status, body)) in told.into_iter().filter_map(|(call, said)| Some((call, said?))) {
        match status {
            200 => {
                let known = call.send(&mut client).await.unwrap();
                assert_eq!(known.body, body, "who wakes up says what was said meanwhile");
            }
            status => assert!(matches!(status, 409 | 503), "{status}: {body:?}"),
        }
    }
    shop.set_clock(zombie).await;
    unfinished
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_was_overtaken_in_its_sleep_changes_nothing() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let mut shop = Shop::over(&server);
    let (zombie, other) = (shop.open(0).await, shop.open(1).await);
    shop.stock_up(&other).await;
    let receipts = Receipts::default();
    let (nights, mut overtaken) = (Figures::asked().zombies, 0);
    for round in 0..nights {
        // One night in five is as long as it says.
        let is_clock_moved = round % 5 != 4;
        let who = (&zombie, &other);
        overtaken += rise((&mut shop, &receipts), who, (round, is_clock_moved)).await;
    }
    zombie.stop();
    let report = close(&shop, &receipts, other).await;
    let tally = receipts.tally();
    tell(&format!("{nights} zombies, {overtaken} completions overtaken: {tally:?}; {report}"));
    assert!(overtaken > 0, "nobody was in the middle of anything");
    assert_eq!(report.violations, Vec::<String>::new());
}
