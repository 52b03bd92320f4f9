//! Accepts connections, bounds them, and lets the last requests finish when the gateway stops.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::{HEADER_BYTES_MAX, HEADER_READ_TIMEOUT, HEADERS_MAX};
use axum::Router;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{Service, ServiceExt as _};

use super::layers::Peer;

/// How connections are served.
#[derive(Debug)]
pub struct Serving {
    /// Most connections at a time; more wait in the listener's queue.
    pub connections_max: usize,
    /// How long the last requests may take once the gateway stops.
    pub drain_timeout: Duration,
    /// Cancelled when the gateway stops.
    pub stopping: CancellationToken,
}

fn protocol() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .half_close(false);
    builder
}

/// Serves until the gateway stops, then waits for the last requests.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, router: Router, serving: Serving) -> io::Result<()> {
    let connections = Arc::new(Semaphore::new(serving.connections_max));
    let graceful = GracefulShutdown::new();
    let tasks = TaskTracker::new();
    let protocol = protocol();
    loop {
        let permit = tokio::select! {
            biased;
            () = serving.stopping.cancelled() => break,
            permit = Arc::clone(&connections).acquire_owned() => permit,
        };
        let Ok(permit) = permit else { break };
        let (stream, peer) = tokio::select! {
            biased;
            () = serving.stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    wait_out(&error).await?;
                    continue;
                }
            },
        };
        set_no_delay(&stream);
        let service = TowerToHyperService::new(coming_from(peer, router.clone()));
        let connection = protocol.serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tasks.spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    let drained = tokio::time::timeout(serving.drain_timeout, graceful.shutdown()).await;
    if drained.is_err() {
        tracing::warn!("some requests were cut off: they took longer than the drain timeout");
    }
    tasks.close();
    Ok(())
}

/// Leaves with each request where it came from.
fn coming_from(
    peer: SocketAddr,
    router: Router,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone
{
    router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request
    })
}

fn set_no_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection stays slow");
    }
}

/// A connection that failed while it was accepted is its own business; running out of files is
/// ours, and passes.
async fn wait_out(error: &io::Error) -> io::Result<()> {
    let is_theirs = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    );
    if !is_theirs {
        tracing::error!(error = error as &dyn std::error::Error, "accepting connections failed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
