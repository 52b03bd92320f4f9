use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use acp_core::limits::{ADMIN_CALL_TIMEOUT, ADMIN_LONG_CALL_TIMEOUT, ADMIN_REACH_TIMEOUT};
use axum::body::Body;
use axum::http::header::HOST;
use axum::http::{Method, Request, Response};
use bytes::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::time::Instant;
use tower::ServiceExt as _;

use super::answer::CommandError;
use super::serve::start_log;
use super::wire::{exchange, granted, write_down};
use crate::boot::World;
use crate::config::{Config, Loaded, Origin, StoreKind};

/// How long to rest before looking again whether a store is free.
const LOOK_PERIOD: Duration = Duration::from_millis(50);
/// What a command logs that works on a store itself, unless it is told otherwise.
const LOG_LEVEL: &str = "warn";

/// Where the operator's wishes are taken: a running gateway, or this process when none runs.
pub(super) enum Desk {
    /// At this admin socket.
    Running(PathBuf),
    /// In this process, which has the store until it ends.
    Here(Box<World>),
}

/// Whether a store may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    /// A command a shop may begin with.
    MayBeNew,
    /// There is nothing to do in a new store; that there is none is a mistake.
    MustExist,
}

/// What the gateway answered.
#[derive(Clone, Debug)]
pub(super) struct Answer(Bytes);

impl Answer {
    /// The answer as it came, in one line.
    pub(super) fn raw(&self) -> String {
        format!("{}\n", String::from_utf8_lossy(&self.0))
    }

    /// What it says.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, CommandError> {
        serde_json::from_slice(&self.0).map_err(CommandError::Strange)
    }
}

/// Does a piece of work at the desk.
pub(super) fn at_desk<T>(
    loaded: &Loaded,
    store: Store,
    work: impl AsyncFnOnce(&Desk) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    runtime.block_on(async {
        let desk = Desk::find(loaded, store).await?;
        work(&desk).await
    })
}

impl Desk {
    /// Finds a running gateway, or opens the store. Whoever has the store may be just starting or
    /// about to end, so both are tried for a moment.
    async fn find(loaded: &Loaded, store: Store) -> Result<Self, CommandError> {
        let config = &loaded.config;
        let socket = config.admin_socket();
        let deadline = Instant::now() + ADMIN_REACH_TIMEOUT;
        loop {
            if does_answer(&socket).await? {
                return Ok(Self::Running(socket));
            }
            check_store(config, store)?;
            start_log(config, log_level(loaded))?;
            match World::open_as_it_is(config.clone()).await {
                Ok(world) => return Ok(Self::Here(Box::new(world))),
                Err(error) if !error.is_in_use() => return Err(error.into()),
                Err(_) if Instant::now() < deadline => tokio::time::sleep(LOOK_PERIOD).await,
                Err(_) => {
                    let dir = config.store.data_dir.clone();
                    return Err(CommandError::Unreachable { dir, socket });
                }
            }
        }
    }

    /// Asks for something.
    pub(super) async fn get(&self, address: &str) -> Result<Answer, CommandError> {
        self.call((Method::GET, address), Body::empty(), ADMIN_CALL_TIMEOUT).await
    }

    /// Wants something done.
    pub(super) async fn post(
        &self,
        address: &str,
        wish: &(impl Serialize + Sync),
    ) -> Result<Answer, CommandError> {
        let body = serde_json::to_vec(wish).map_err(CommandError::Unsayable)?;
        self.call((Method::POST, address), body.into(), ADMIN_CALL_TIMEOUT).await
    }

    /// Wants something done that takes its time.
    pub(super) async fn post_long(
        &self,
        address: &str,
        body: Vec<u8>,
    ) -> Result<Answer, CommandError> {
        self.call((Method::POST, address), body.into(), ADMIN_LONG_CALL_TIMEOUT).await
    }

    /// Writes what is answered while it comes, however much it is.
    pub(super) async fn download(
        &self,
        address: &str,
        to: &mut (dyn Write + Send),
    ) -> Result<(), CommandError> {
        let request = Request::builder().uri(address).header(HOST, "admin").body(Body::empty());
        let request = request.map_err(CommandError::Unaddressable)?;
        match self {
            Self::Running(socket) => {
                let at = || socket.clone();
                let stream = UnixStream::connect(socket)
                    .await
                    .map_err(|source| CommandError::Socket { socket: at(), source })?;
                let open = http1::handshake(TokioIo::new(stream)).await;
                let broke_off = |source| CommandError::BrokeOff { socket: at(), source };
                let (mut sender, connection) = open.map_err(broke_off)?;
                let answer = async {
                    let answered = sender.send_request(request).await.map_err(broke_off)?;
                    write_down(answered, to).await
                };
                // The connection only moves while it is looked at, and ends after the answer.
                let (mut answer, mut connection) = (pin!(answer), pin!(connection));
                tokio::select! {
                    answer = &mut answer => return answer,
                    ended = &mut connection => ended.map_err(broke_off)?,
                }
                answer.await
            }
            Self::Here(world) => {
                let Ok(answered) = world.admin_router().oneshot(request).await;
                write_down(answered, to).await
            }
        }
    }

    async fn call(
        &self,
        (method, address): (Method, &str),
        body: Body,
        patience: Duration,
    ) -> Result<Answer, CommandError> {
        let request = Request::builder().method(method).uri(address).header(HOST, "admin");
        let request = request.body(body).map_err(CommandError::Unaddressable)?;
        let answered = match self {
            Self::Running(socket) => over(socket, request, patience).await?,
            Self::Here(world) => in_process(world, request).await?,
        };
        Ok(Answer(granted(answered)?))
    }
}

async fn does_answer(socket: &Path) -> Result<bool, CommandError> {
    match UnixStream::connect(socket).await {
        Ok(_) => Ok(true),
        Err(source) => match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Ok(false),
            _ => Err(CommandError::Socket { socket: socket.to_path_buf(), source }),
        },
    }
}

fn check_store(config: &Config, store: Store) -> Result<(), CommandError> {
    if config.store.kind == StoreKind::Memory {
        return Err(CommandError::NothingRuns { socket: config.admin_socket() });
    }
    if store == Store::MustExist && !World::has_store(config) {
        return Err(CommandError::NoStore { dir: config.store.data_dir.clone() });
    }
    Ok(())
}

fn log_level(loaded: &Loaded) -> &str {
    match loaded.origin("log.level") {
        Origin::Default => LOG_LEVEL,
        Origin::File { .. } | Origin::Environment(_) | Origin::Flag(_) => &loaded.config.log.level,
    }
}

async fn over(
    socket: &Path,
    request: Request<Body>,
    patience: Duration,
) -> Result<Response<Bytes>, CommandError> {
    let at = || socket.to_path_buf();
    let stream = UnixStream::connect(socket)
        .await
        .map_err(|source| CommandError::Socket { socket: at(), source })?;
    match tokio::time::timeout(patience, exchange(stream, request)).await {
        Ok(answered) => answered.map_err(|source| CommandError::BrokeOff { socket: at(), source }),
        Err(_) => Err(CommandError::TooSlow { socket: at() }),
    }
}

async fn in_process(
    world: &World,
    request: Request<Body>,
) -> Result<Response<Bytes>, CommandError> {
    let Ok(answered) = world.admin_router().oneshot(request).await;
    // What was begun here ends here: this process is the only one with the store.
    world.tasks.close();
    if tokio::time::timeout(ADMIN_CALL_TIMEOUT, world.tasks.wait()).await.is_err() {
        tracing::warn!("not everything came to an end; the next start takes it up again");
    }
    let (head, body) = answered.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(CommandError::CutShort)?;
    Ok(Response::from_parts(head, body))
}
