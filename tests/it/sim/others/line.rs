//! The line from one gateway to a service: what it carries fails as everything else does here.

use std::sync::Arc;

use acp_gateway::adapters::outward::{Missed, Reply, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use serde::Deserialize;
use tokio::sync::oneshot;

use crate::sim::fault::Place;
use crate::sim::node::{Answer, Lost, Wire};

/// Who is at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Service {
    Stripe,
    Inventory,
}

impl Service {
    const fn place(self) -> Place {
        match self {
            Self::Stripe => Place::Provider,
            Self::Inventory => Place::Inventory,
        }
    }

    /// What a lost call looks like from the gateway's end.
    fn lost(self, lost: Lost) -> Result<Reply, Missed> {
        match (lost, self) {
            (Lost::Unreached, _) => Err(Missed::NotSent),
            (Lost::Ambiguous, _) => Err(Missed::Lost),
            (Lost::Throttled, _) => {
                Ok(no(429, r#"{"error":{"type":"invalid_request_error","code":"rate_limit"}}"#))
            }
            (Lost::InFlight, Self::Stripe) => Ok(no(
                409,
                r#"{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}"#,
            )),
            // Somebody on the way has lost patience.
            (Lost::InFlight, Self::Inventory) => Ok(no(503, "")),
        }
    }
}

fn no(status: u16, body: &'static str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap();
    Reply { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
}

/// What came of a request.
enum Came {
    Back(Reply),
    Not(Lost),
}

impl Answer for Came {
    fn lost(lost: Lost) -> Self {
        Self::Not(lost)
    }

    fn told(&self) -> String {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Told {
            id: String,
            status: String,
            state: String,
            error: serde_json::Value,
        }
        let reply = match self {
            Self::Not(lost) => return format!("{lost:?}"),
            Self::Back(reply) => reply,
        };
        let Told { id, status, state, error } =
            serde_json::from_slice(&reply.body).unwrap_or_default();
        let error = error.get("code").unwrap_or(&error).as_str().unwrap_or_default();
        let is_replayed = reply.headers.contains_key("idempotent-replayed");
        let again = if is_replayed { "again" } else { "" };
        let said = [reply.status.as_str(), &id, &status, &state, error, again];
        said.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The line of one gateway.
pub(in crate::sim) struct Line {
    pub(in crate::sim) wire: Wire,
    pub(in crate::sim) service: Service,
}

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Reply, Missed> {
        let request = whole(request);
        self.look_at(&request);
        let (tell, told) = oneshot::channel();
        tokio::spawn(carry(self.wire.clone(), self.service, request, tell));
        match told.await {
            Ok(Came::Back(reply)) => Ok(reply),
            Ok(Came::Not(lost)) => self.service.lost(lost),
            // Who asked is dead.
            Err(_) => std::future::pending().await,
        }
    }
}

/// What was sent goes its way, whether or not somebody still waits for it.
async fn carry(
    wire: Wire,
    service: Service,
    request: Request<Bytes>,
    mut tell: oneshot::Sender<Came>,
) {
    let (name, core) = (name_of(&request), wire.core.clone());
    let effect = move || Came::Back(core.services().answer(&core, service, &request));
    let carried = wire.carry(service.place(), &name, Arc::new(effect));
    let mut carried = std::pin::pin!(carried);
    tokio::select! {
        biased;
        () = wire.node.died() => {}
        came = &mut carried => drop(tell.send(came)),
        () = tell.closed() => {
            let on_its_way = wire.core.on_its_way();
            tokio::select! {
                biased;
                () = wire.node.died() => {}
                _ = carried => {}
            }
            drop(on_its_way);
        }
    }
}

impl Line {
    /// What pays stands in the body of a request, and nowhere where somebody would log it. Only who
    /// asks about a token that was granted has to name it.
    fn look_at(&self, request: &Request<Bytes>) {
        let mut watch = self.wire.core.watch.lock().unwrap();
        if !request.uri().path().starts_with("/v1/shared_payment/granted_tokens/") {
            watch.said("the address of a call", request.uri().to_string().as_bytes());
        }
        for value in request.headers().values() {
            watch.said("a header of a call", value.as_bytes());
        }
    }
}

/// The request with its body in one piece, as it was given to the line.
fn whole(request: Request<Full<Bytes>>) -> Request<Bytes> {
    let (head, body) = request.into_parts();
    let body = body.collect().now_or_never().unwrap().unwrap();
    Request::from_parts(head, body.to_bytes())
}

/// What a request is called: its method and its path, without the names in it.
fn name_of(request: &Request<Bytes>) -> String {
    const WORDS: [&str; 14] = [
        "cancel",
        "capture",
        "confirm",
        "granted_tokens",
        "payment_intents",
        "query",
        "refunds",
        "release",
        "reservations",
        "return",
        "shared_payment",
        "stock",
        "v1",
        "",
    ];
    let shown = |part| if WORDS.contains(&part) { part } else { "…" };
    let parts: Vec<_> = request.uri().path().split('/').map(shown).collect();
    format!("{} {}", request.method(), parts.join("/"))
}
