//! What happens to a plan, told while it happens, as server-sent events.
//!
//! A piece is only made once the one before it was taken, so that whoever reads slowly costs no
//! more than one. Nothing here counts against the time a request may take: the answer is there
//! with its head.

use std::convert::Infallible;
use std::sync::Arc;

use acp_core::ids::PlanId;
use acp_core::limits::{PLAN_FOLLOWED_MAX, PLAN_HEARTBEAT};
use acp_core::plan::Plan;
use acp_core::principal::Principal;
use acp_wire::problem::Problem;
use acp_wire::shape::plan::{PlanEvent, render_snapshot, snapshot_of};
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use tokio::time::Instant;

use super::followers::{Follower, Followers};
use crate::http::extract::{HeardAlready, Id, PlanReader};
use crate::http::problem::Rejection;
use crate::http::reply::NO_STORE;
use crate::http::router::Gateway;

const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
/// Asks proxies not to gather what should arrive at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// When to come back, in milliseconds, and how the stream begins.
const OPENING: &[u8] = b"retry: 1000\n\n";
const HEARTBEAT: &[u8] = b": nothing is new\n\n";

/// Tells what happens to a plan, until nothing more does.
pub(in crate::http) async fn follow(
    State(gateway): State<Arc<Gateway>>,
    Extension(followers): Extension<Arc<Followers>>,
    PlanReader(call): PlanReader,
    Id(id): Id<PlanId>,
    HeardAlready(after): HeardAlready,
) -> Result<Response, Rejection> {
    let plan = gateway.app.read_plan(&call.principal, &id).await?;
    if after.is_some_and(|after| has_ended(&plan, after)) {
        // By this, a reader that reconnects by itself knows that it need not come back.
        return Ok(([(CACHE_CONTROL, NO_STORE)], StatusCode::NO_CONTENT).into_response());
    }
    let follower = match followers.enter(&call.principal) {
        Ok(follower) => follower,
        Err(problem) => return Ok(turned_away(problem)),
    };
    let mut following = Following {
        first: None,
        heard: after,
        is_over: false,
        end: Instant::now() + PLAN_FOLLOWED_MAX,
        _follower: follower,
        principal: Arc::clone(&call.principal),
        gateway,
        id,
    };
    following.first = Some([OPENING, &following.news(&plan)].concat().into());
    let headers = [
        (CONTENT_TYPE, EVENT_STREAM),
        (CACHE_CONTROL, NO_STORE),
        (BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(stream::unfold(following, next))).into_response())
}

fn turned_away(problem: Problem) -> Response {
    let mut response = Rejection::from(problem).into_response();
    let headers = response.headers_mut();
    headers.entry(RETRY_AFTER).or_insert(HeaderValue::from_static("5"));
    response
}

/// Whether nothing more comes for somebody who has heard so much.
fn has_ended(plan: &Plan, after: u32) -> bool {
    plan.status.is_over() && last_of(plan) == after
}

fn last_of(plan: &Plan) -> u32 {
    plan.timeline.last().map_or(0, |last| last.seq)
}

/// Somebody who follows a plan.
struct Following {
    /// What there was to tell when it began.
    first: Option<Bytes>,
    /// The number of the last event it was told of.
    heard: Option<u32>,
    /// Whether it was told how the plan ended.
    is_over: bool,
    /// Until when it is told anything.
    end: Instant,
    principal: Arc<Principal>,
    gateway: Arc<Gateway>,
    id: PlanId,
    _follower: Follower,
}

impl Following {
    /// What it has not heard yet.
    fn news(&mut self, plan: &Plan) -> Vec<u8> {
        let mut piece = Vec::new();
        let last = last_of(plan);
        let heard = self.heard.filter(|after| !snapshot_of(plan, *after));
        // A plan whose time is over may have come to its end without anybody writing it down.
        let is_silent = !plan.timeline.last().is_some_and(|last| last.kind.is_last());
        if let Some(after) = heard {
            for moment in plan.timeline.iter().filter(|moment| moment.seq > after) {
                let event = PlanEvent::of(moment);
                put(&mut piece, moment.seq, moment.kind.name(), &event.render());
            }
        }
        self.is_over = plan.status.is_over();
        if heard.is_none() || (self.is_over && is_silent) {
            put(&mut piece, last, "plan.snapshot", &render_snapshot(plan));
        }
        self.heard = Some(last);
        piece
    }

    /// What comes next, once there is something; nothing when nothing more does.
    async fn piece(&mut self) -> Option<Bytes> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let left = self.end.saturating_duration_since(Instant::now());
        if self.is_over || left.is_zero() {
            return None;
        }
        let (after, patience) = (self.heard.unwrap_or(0), PLAN_HEARTBEAT.min(left));
        let news = self.gateway.app.follow_plan(&self.principal, &self.id, (after, patience));
        let found = tokio::select! {
            biased;
            () = self.gateway.stopping.cancelled() => return None,
            found = news => found,
        };
        // Whoever comes back is told why.
        let plan = found.ok()?;
        let piece = self.news(&plan);
        Some(if piece.is_empty() { Bytes::from_static(HEARTBEAT) } else { piece.into() })
    }
}

async fn next(mut following: Following) -> Option<(Result<Bytes, Infallible>, Following)> {
    let piece = following.piece().await?;
    Some((Ok(piece), following))
}

/// Adds an event. What it says is in one line: it is JSON.
fn put(piece: &mut Vec<u8>, id: u32, kind: &str, data: &[u8]) {
    piece.extend_from_slice(format!("id: {id}\nevent: {kind}\ndata: ").as_bytes());
    piece.extend_from_slice(data);
    piece.extend_from_slice(b"\n\n");
}
