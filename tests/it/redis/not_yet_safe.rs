//! What lies on a server and on no replica yet: nobody is told of it, and nothing is built on it.

use acp_core::ids::{ItemId, Partition, Random128, SessionId, TenantId};
use acp_core::ports::Keeper as _;
use acp_core::stock::{Hold, ReservationId, Reserved};
use acp_core::time::Timestamp;
use acp_gateway::store::record::{PartitionKey, Records, StoreStock};
use acp_gateway::store::redis::{Options, Redis, ServerTime, Servers};
use acp_gateway::store::{Outcome, Store};
use acp_mocks::{SeededEntropy, StillClock};
use serde_json::json;
use std::sync::Arc;
use tempfile::TempDir;

use crate::contract::store::rig::{Draft, commit, partition};
use crate::support::{Program, RedisServer, Running, is_redis_wanted, open, options};

/// A server and its replica.
struct Pair {
    primary: RedisServer,
    replica: RedisServer,
}

impl Pair {
    async fn start() -> Self {
        let primary = RedisServer::start();
        let of = format!("127.0.0.1 {}", primary.address().port());
        let replica = RedisServer::with(&["--replicaof", &of]);
        replica.until_info("master_link_status", "up").await;
        primary.until_info("connected_slaves", "1").await;
        Self { primary, replica }
    }

    async fn store(&self) -> Redis {
        let servers = Servers::Standalone { url: self.primary.url() };
        open(Options { replicas: 1, ..options(servers, ServerTime::own()) }).await
    }
}

#[tokio::test]
async fn a_document_is_sure_once_a_replica_has_it() {
    if !is_redis_wanted() {
        return;
    }
    let mut pair = Pair::start().await;
    let (writer, reader) = (pair.store().await, pair.store().await);
    let safe = writer.commit(commit().puts("a", "1")).await.unwrap();
    let Outcome::Applied(safe) = safe else { panic!("{safe:?}") };
    reader.make_sure(partition(), "a", safe).await.unwrap();

    pair.replica.hang();
    let unclear = writer.commit(commit().puts("a", "2")).await.unwrap_err();
    assert_eq!(unclear.retry, acp_core::ports::Retry::AskFirst);
    let found = reader.read(partition(), &["a".into()]).await.unwrap().pop().flatten().unwrap();
    assert!(found.version > safe);
    let unsure = reader.make_sure(partition(), "a", found.version).await.unwrap_err();
    assert!(matches!(unsure.retry, acp_core::ports::Retry::After(_)), "{unsure:?}");

    pair.replica.go_on();
    pair.primary.until_info("connected_slaves", "1").await;
    reader.make_sure(partition(), "a", found.version).await.unwrap();
    let asked = reader.round_trips();
    reader.make_sure(partition(), "a", found.version).await.unwrap();
    reader.make_sure(partition(), "a", safe).await.unwrap();
    assert_eq!(reader.round_trips(), asked, "what is known to be sure is not asked for again");
    reader.make_sure(partition(), "b", found.version).await.unwrap();
    let other = acp_gateway::store::Version(found.version.0 + 1);
    assert!(reader.make_sure(partition(), "a", other).await.is_err(), "it was never there");
}

/// A gateway that has heard nothing of a failover yet, say, because nobody asked it anything.
#[tokio::test]
async fn a_connection_that_broke_while_nobody_waited_leaves_nothing_unsure() {
    if !is_redis_wanted() {
        return;
    }
    let pair = Pair::start().await;
    let (writer, reader) = (pair.store().await, pair.store().await);
    for round in ["1", "2", "3"] {
        let safe = writer.commit(commit().puts("a", round)).await.unwrap();
        let Outcome::Applied(safe) = safe else { panic!("{safe:?}") };
        reader.make_sure(partition(), "a", safe).await.unwrap();
        pair.primary.insist("CLIENT KILL TYPE normal").await;
    }
}

#[tokio::test]
async fn a_promise_of_stock_that_may_get_lost_is_none() {
    if !is_redis_wanted() {
        return;
    }
    let mut pair = Pair::start().await;
    let store: Arc<dyn Store> = Arc::new(pair.store().await);
    let clock = Arc::new(StillClock::default());
    let entropy = Arc::new(SeededEntropy::new(1));
    let stock = StoreStock::new(Records::new(store, clock, entropy, PartitionKey::new(&[7; 32])));
    let (tenant, item) = (TenantId::new("t"), ItemId::new("honey"));
    stock.set(&tenant, &item, Some(5)).await.unwrap();
    let session = SessionId::new(Partition::new(1).unwrap(), Random128([1; 16]));
    let reservation = ReservationId::of(&session, 1, "honey");
    let until = Timestamp::from_unix_ms(i64::MAX / 2);
    let hold = Hold { item: item.clone(), reservation, units: 2 };
    let reserve = || stock.reserve(&tenant, &hold, until);

    pair.replica.hang();
    for _ in 0..2 {
        assert!(reserve().await.is_err(), "no replica has it");
    }
    pair.replica.go_on();
    pair.primary.until_info("connected_slaves", "1").await;
    assert_eq!(reserve().await.unwrap(), Reserved::Held);
    let ledger = stock.get(&tenant, &item).await.unwrap().unwrap();
    assert_eq!((ledger.free, ledger.reserved()), (Some(3), 2));
}

#[tokio::test]
async fn an_end_that_may_get_lost_is_told_to_nobody() {
    if !is_redis_wanted() {
        return;
    }
    let mut pair = Pair::start().await;
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path())
        .setting("STORE__KIND", "redis")
        .setting("REDIS__URLS", &format!("[{:?}]", pair.primary.url()))
        .setting("REDIS__REPLICAS", "1");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    let basket = json!({
        "currency": "usd",
        "capabilities": {"interventions": {"supported": ["3ds"]}},
        "line_items": [{"id": "honey-wildflower-350g", "quantity": 2}],
        "buyer": {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com"},
    });
    let opened = client.post("/checkout_sessions", "k1", &basket).await.unwrap();
    let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
    let cancel = format!("{path}/cancel");

    pair.replica.hang();
    for _ in 0..2 {
        let answer = client.post(&cancel, "k2", &json!({})).await.unwrap();
        assert_eq!(answer.status, 503, "{}", answer.text());
        let shown = client.get(&path).await.unwrap();
        assert_eq!(shown.status, 503, "{}", shown.text());
    }
    pair.replica.go_on();
    pair.primary.until_info("connected_slaves", "1").await;
    let answer = client.post(&cancel, "k2", &json!({})).await.unwrap();
    assert_eq!((answer.status, &*answer.json()["status"].to_string()), (200, "\"canceled\""));
    assert!(answer.is_replay());
    assert_eq!(client.get(&path).await.unwrap().json()["status"], "canceled");
}
