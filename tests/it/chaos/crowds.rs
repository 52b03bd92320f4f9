//! Everybody at once: the same call again and again, many keys for one session, and more buyers
//! than there are goods.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::evidence::close;
use super::figures::{Figures, tell};
use super::receipts::{Call, Receipts};
use super::shop::{HONEY, Shop};
use super::shopper::{payment, ready};
use crate::support::{Client, RedisServer, Response, Running, is_redis_wanted};

/// How many want the last units, and how many there are.
const BUYERS: u64 = 40;
const UNITS: u32 = 5;

/// A crowd: so many connections, spread over all gateways.
async fn gather(gateways: &[Running], people: u64) -> Vec<Client> {
    let mut clients = Vec::new();
    for (_, gateway) in (0..people).zip(gateways.iter().cycle()) {
        clients.push(gateway.client().await);
    }
    clients
}

/// Somebody of the crowd, what he called, and what he was answered.
type Answered = (Client, Call, Response);

/// Everybody calls at once.
async fn call_at_once(crowd: Vec<Client>, calls: Vec<Call>) -> Vec<Answered> {
    let mut calling = JoinSet::new();
    for (mut client, call) in crowd.into_iter().zip(calls) {
        calling.spawn(async move {
            let answer = call.send(&mut client).await.unwrap();
            (client, call, answer)
        });
    }
    calling.join_all().await
}

fn is_busy(answer: &Response) -> bool {
    answer.status == 409 && answer.headers.contains_key("retry-after")
}

/// All send the same call: one is at work, the others wait, are told so, or hear the same words.
async fn all_alike(gateways: &[Running], receipts: &Receipts, figures: &Figures) {
    let mut crowd = gather(gateways, figures.alike).await;
    for round in 0..figures.crowded {
        let name = format!("alike-{round}");
        let path = ready(&mut crowd[0], receipts, &name, &[(HONEY, 1)]).await.unwrap();
        let call = Call::new(&format!("{path}/complete"), &name, "pay", payment("tok_visa"));
        let calls = vec![call.clone(); crowd.len()];
        let answered = call_at_once(crowd, calls).await;
        let mut words = BTreeSet::new();
        let mut firsts = 0;
        for (_, _, answer) in answered.iter().filter(|(_, _, answer)| !is_busy(answer)) {
            assert_eq!(answer.status, 200, "{}", answer.text());
            words.insert(answer.body.clone());
            firsts += usize::from(!answer.is_replay());
        }
        crowd = answered.into_iter().map(|(client, _, _)| client).collect();
        assert!(words.len() <= 1 && firsts <= 1, "{firsts} first answers, {} words", words.len());
        let paid = receipts.call(&mut crowd[0], call).await.unwrap();
        assert_eq!(paid["status"], "completed", "{paid:#}");
    }
}

/// All pay for one session, each with a key of their own: one of them has paid.
async fn all_different(gateways: &[Running], receipts: &Receipts, figures: &Figures) {
    let mut crowd = gather(gateways, figures.different).await;
    for round in 0..figures.crowded {
        let name = format!("different-{round}");
        let path = ready(&mut crowd[0], receipts, &name, &[(HONEY, 1)]).await.unwrap();
        let pay = |number| {
            let step = format!("pay-{number}");
            Call::new(&format!("{path}/complete"), &name, &step, payment("tok_visa"))
        };
        let calls: Vec<_> = (0..crowd.len()).map(pay).collect();
        let (mut paid, answered) = (0, call_at_once(crowd, calls).await);
        crowd = Vec::new();
        for (client, call, answer) in answered {
            crowd.push(client);
            match answer.status {
                200 => {
                    paid += 1;
                    let session = receipts.file(call, answer);
                    assert_eq!(session["status"], "completed", "{session:#}");
                }
                400..500 => {}
                status => panic!("{status}: {}", answer.text()),
            }
        }
        assert_eq!(paid, 1, "one of them pays, and is told");
    }
}

/// More buyers than units: every unit is sold, and not one more.
async fn all_for_the_last(
    shop: &mut Shop,
    gateways: &[Running],
    receipts: &Receipts,
    figures: &Figures,
) {
    let mut crowd = gather(gateways, BUYERS).await;
    for round in 0..figures.races {
        let mut calls = Vec::new();
        for (number, client) in crowd.iter_mut().enumerate() {
            let name = format!("last-{round}-{number}");
            let path = ready(client, receipts, &name, &[(HONEY, 1)]).await.unwrap();
            let call = Call::new(&format!("{path}/complete"), &name, "pay", payment("tok_visa"));
            calls.push(call);
        }
        shop.count(&gateways[0], HONEY, UNITS).await;
        let (mut sold, answered) = (0, call_at_once(crowd, calls).await);
        crowd = Vec::new();
        for (mut client, call, answer) in answered {
            assert!(answer.status == 200 || is_busy(&answer), "{}", answer.text());
            let session = receipts.call(&mut client, call).await.unwrap();
            sold += u32::from(session["status"] == "completed");
            crowd.push(client);
        }
        assert_eq!(sold, UNITS, "every unit is sold, and not one more");
        shop.count(&gateways[0], HONEY, 1_000).await;
    }
}

async fn crowd_in(mut shop: Shop, gateways: Vec<Running>, figures: Figures) {
    let receipts = Receipts::default();
    shop.stock_up(&gateways[0]).await;
    all_alike(&gateways, &receipts, &figures).await;
    all_different(&gateways, &receipts, &figures).await;
    all_for_the_last(&mut shop, &gateways, &receipts, &figures).await;
    let mut gateways = gateways;
    let last = gateways.pop().unwrap();
    for gateway in gateways {
        gateway.stop();
    }
    let report = close(&shop, &receipts, last).await;
    let Figures { crowded, alike, different, races, .. } = figures;
    tell(&format!(
        "crowds: {crowded} sessions for {alike} alike, {crowded} for {different} different, \
         {races} races; {report}"
    ));
    assert_eq!(report.violations, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_buys_no_more_than_one_by_one() {
    let shop = Shop::embedded();
    let gateways = vec![shop.open(0).await];
    crowd_in(shop, gateways, Figures::asked()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_at_two_gateways_buys_no_more_than_one_by_one() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let shop = Shop::over(&server);
    let gateways = vec![shop.open(0).await, shop.open(1).await];
    let figures = Figures::asked();
    let figures = Figures { crowded: figures.crowded_on_redis, ..figures };
    crowd_in(shop, gateways, figures).await;
}
