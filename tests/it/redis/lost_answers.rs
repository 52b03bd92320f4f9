//! A commit that was done and whose answer was lost.

use acp_core::ports::Retry;
use acp_gateway::store::redis::{ServerTime, Servers};
use acp_gateway::store::{Demand, Outcome, Store};

use crate::contract::store::rig::{Draft, apply, commit, partition};
use crate::support::{Proxy, RedisServer, is_redis_wanted, open, options, url_of};

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_done_once() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let proxy = Proxy::before(server.address()).await;
    let servers = Servers::Standalone { url: url_of(proxy.address()) };
    let store = open(options(servers, ServerTime::own())).await;
    // The server knows the script from now on.
    apply(&store, commit().puts("guard", "1")).await;

    for lost in [1, 3] {
        let log = format!("log {lost}");
        proxy.swallow_answers(lost);
        let key = format!("key {lost}");
        let once = commit().demands(&key, Demand::Absent).puts(&key, "1").appends(&log, "1");
        let version = apply(&store, once.clone()).await;
        assert_eq!(proxy.left_to_swallow(), 0);
        assert_eq!(store.log(partition(), &log, 0, 10).await.unwrap().len(), 1);
        assert_eq!(store.commit(once).await.unwrap(), Outcome::Applied(version));
    }

    proxy.swallow_answers(1);
    let raced = commit().demands("guard", Demand::Absent).puts("other", "1");
    let outcome = store.commit(raced).await.unwrap();
    assert_eq!(outcome, Outcome::Raced { key: "guard".into() });
}

#[tokio::test]
async fn who_never_gets_an_answer_is_told_that_nobody_knows() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let proxy = Proxy::before(server.address()).await;
    let servers = Servers::Standalone { url: url_of(proxy.address()) };
    let store = open(options(servers, ServerTime::own())).await;
    apply(&store, commit().puts("guard", "1")).await;

    proxy.swallow_answers(u32::MAX);
    let unknown = commit().appends("log", "1");
    let error = store.commit(unknown.clone()).await.unwrap_err();
    assert_eq!(error.retry, Retry::AskFirst);

    proxy.swallow_answers(0);
    assert!(matches!(store.commit(unknown).await.unwrap(), Outcome::Applied(_)));
    assert_eq!(store.log(partition(), "log", 0, 10).await.unwrap().len(), 1);
}
