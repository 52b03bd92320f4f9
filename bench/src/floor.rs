//! The floor: what is left when nothing is done but the work itself. The same accept loop, a bare
//! handler, and the same reads and commits on the same kind of store.

use std::net::Ipv4Addr;
use std::sync::Arc;

use acp_core::ids::Partition;
use acp_core::ports::Entropy as _;
use acp_gateway::adapters::system::{SystemClock, SystemEntropy};
use acp_gateway::config::{Config, Server};
use acp_gateway::http::{Serving, serve as serve_http};
use acp_gateway::store::Store;
use acp_gateway::store::embedded::Embedded;
use acp_gateway::store::redis::{Options, Redis, ServerTime, Servers};
use axum::Router;
use axum::extract::{Path as InPath, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::place::Place;
use crate::server::{Ready, announce, stop_with_parent};
use crate::shape::{Shape, view_key};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

/// Where nothing is read, and where sessions are opened.
pub(crate) const BARE: &str = "/bare";
pub(crate) const OPENED: &str = "/opened";

/// The partition and the id of a session.
type Named = (u16, Box<str>);

struct Floor {
    store: Arc<dyn Store>,
    shape: Shape,
}

type Shared = State<Arc<Floor>>;
type Answer = Result<Response, StatusCode>;

/// Opens a store; a write into an embedded one that fails ends the process.
pub(crate) async fn open(place: &Place) -> anyhow::Result<Arc<dyn Store>> {
    let clock = Arc::new(SystemClock::default());
    let Some(url) = &place.redis else {
        let on_fatal = Box::new(|_: &str| std::process::abort());
        return Ok(Arc::new(Embedded::open(&place.data_dir, clock, [0; 32], on_fatal)?));
    };
    let like_the_gateway = Config::default().redis;
    let options = Options {
        servers: Servers::Standalone { url: url.clone() },
        username: None,
        password: None,
        database: like_the_gateway.database,
        prefix: like_the_gateway.prefix,
        replicas: like_the_gateway.replicas,
        fsync: like_the_gateway.fsync,
        durable_connections: like_the_gateway.durable_connections,
        time: ServerTime::Ahead(Arc::new(|| 0)),
    };
    Ok(Arc::new(Redis::open(options, [0; 32], SystemEntropy.random128()).await?))
}

/// Serves until the parent wants it to end.
pub(crate) async fn serve(place: &Place) -> anyhow::Result<()> {
    let store = open(place).await?;
    let shape = match &place.like {
        None => Shape::of(store.as_ref()).await?,
        Some(dir) => {
            let like = open(&dir.as_path().into()).await?;
            Shape::of(like.as_ref()).await?.over(store.as_ref(), &place.named()?).await?
        }
    };
    let router = Router::new()
        .route(BARE, get(bare))
        .route(OPENED, post(open_one))
        .route("/{partition}/{id}", get(read).post(write))
        .route("/{partition}/{id}/complete", post(complete))
        .with_state(Arc::new(Floor { store, shape }));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let stopping = CancellationToken::new();
    let like_the_gateway = Server::default();
    let serving = Serving {
        connections_max: like_the_gateway.connections_max,
        per_address_max: like_the_gateway.per_address_max(),
        certificates: None,
        drain_timeout: like_the_gateway.drain_timeout(),
        stopping: stopping.clone(),
    };
    stop_with_parent(stopping);
    // Nobody is asked for it here, but both servers are sent the same.
    let token = format!("acp_{:012}_{:032}", 0, 0);
    announce(&Ready { address, token, neighbour: String::new() })?;
    Ok(serve_http(listener, router, serving).await?)
}

/// Shows a document as it lies in the store: the body of the gateway's answer and, before it, the
/// few bytes the gateway keeps for itself.
async fn read(State(floor): Shared, InPath(place): InPath<Named>) -> Answer {
    let (partition, id) = place;
    let partition = Partition::new(partition).ok_or(StatusCode::NOT_FOUND)?;
    let found = floor.store.read(partition, &[view_key(&id)]).await;
    let found = found.or(Err(BROKEN))?.pop().flatten();
    Ok(shown(found.ok_or(StatusCode::NOT_FOUND)?.value))
}

/// Shows a session without looking for it: what HTTP alone costs.
async fn bare(State(floor): Shared) -> Response {
    shown(floor.shape.view())
}

/// Takes a body, and commits as much as the gateway does for a new session.
async fn open_one(State(floor): Shared, body: Bytes) -> Answer {
    let answer = floor.answer(&body, floor.shape.open(floor.store.as_ref())).await?;
    Ok((StatusCode::CREATED, answer).into_response())
}

/// Takes a body, and commits as much as the gateway does for a change.
async fn write(State(floor): Shared, InPath((_, id)): InPath<Named>, body: Bytes) -> Answer {
    floor.answer(&body, floor.shape.change(floor.store.as_ref(), &id)).await
}

/// Takes a body, and commits as much as the gateway does for a completion.
async fn complete(State(floor): Shared, InPath((_, id)): InPath<Named>, body: Bytes) -> Answer {
    floor.answer(&body, floor.shape.complete(floor.store.as_ref(), &id)).await
}

impl Floor {
    async fn answer(
        &self,
        body: &Bytes,
        commits: impl Future<Output = anyhow::Result<()>>,
    ) -> Answer {
        if body.is_empty() {
            return Err(StatusCode::BAD_REQUEST);
        }
        commits.await.or(Err(BROKEN))?;
        Ok(shown(self.shape.view()))
    }
}

fn shown(body: Bytes) -> Response {
    ([(CONTENT_TYPE, JSON)], body).into_response()
}
