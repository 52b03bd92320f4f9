//! Rules of what is remembered of requests.

use std::time::Duration;

use acp_core::ids::AgentId;
use acp_core::limits::{REQUESTS_SEEN_KEPT, REQUESTS_SEEN_MAX};
use acp_core::ports::RequestLog;
use acp_core::request::RequestSeen;
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_gateway::store::record::StoreRequests;
use futures_util::future::join_all;

use crate::contract::record_rig::{RecordRig, tenant};

fn agent(name: &str) -> Owner {
    Owner { tenant: tenant(), agent: AgentId::new(name) }
}

fn request(id: &str, at: i64) -> RequestSeen {
    RequestSeen {
        at: Timestamp::from_unix_ms(at),
        id: id.into(),
        key: Some("k1".into()),
        method: "POST".into(),
        path: "/checkout_sessions".into(),
        version: Some("2026-04-17".into()),
        status: Some(422),
        code: Some("out_of_stock".into()),
        param: Some("$.items[0]".into()),
        duration_ms: 7,
        is_replay: false,
    }
}

fn ids(requests: &[RequestSeen]) -> Vec<&str> {
    requests.iter().map(|request| &*request.id).collect()
}

pub(in crate::contract) async fn what_an_agent_asked_for_is_told_in_the_order_of_time(
    rig: &RecordRig,
) {
    let log = StoreRequests::new(rig.records.clone());
    assert_eq!(log.last(&agent("a")).await.unwrap(), []);
    log.add(&agent("a"), &[request("1", 10), request("3", 30)]).await.unwrap();
    // Another gateway notes later what it answered before.
    log.add(&agent("a"), &[request("2", 20)]).await.unwrap();
    log.add(&agent("b"), &[request("4", 5)]).await.unwrap();
    let of_a = log.last(&agent("a")).await.unwrap();
    assert_eq!(of_a, [request("1", 10), request("2", 20), request("3", 30)]);
    assert_eq!(ids(&log.last(&agent("b")).await.unwrap()), ["4"]);
}

pub(in crate::contract) async fn the_latest_requests_stay_and_some_days_later_none(
    rig: &RecordRig,
) {
    let log = StoreRequests::new(rig.records.clone());
    let many = (0..REQUESTS_SEEN_MAX + 5).map(|n| request(&n.to_string(), 0));
    log.add(&agent("a"), &many.collect::<Vec<_>>()).await.unwrap();
    let kept = log.last(&agent("a")).await.unwrap();
    assert_eq!((kept.len(), &*kept[0].id), (REQUESTS_SEEN_MAX, "5"));
    rig.wait(REQUESTS_SEEN_KEPT + Duration::from_secs(1));
    assert_eq!(log.last(&agent("a")).await.unwrap(), []);
}

pub(in crate::contract) async fn gateways_that_note_requests_at_once_lose_none(rig: &RecordRig) {
    let log = StoreRequests::new(rig.records.clone());
    let writers = (0..4).map(|n| {
        let (log, n) = (log.clone(), n.to_string());
        async move { log.add(&agent("a"), &[request(&n, 0)]).await }
    });
    for written in join_all(writers).await {
        written.unwrap();
    }
    let mut kept = log.last(&agent("a")).await.unwrap();
    kept.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(ids(&kept), ["0", "1", "2", "3"]);
}
