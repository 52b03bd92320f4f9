//! Accepts connections, bounds them, and lets the last requests finish when the gateway stops.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::attending::Attendant;
use super::certificates::Certificates;
use super::crowd::{Crowd, Place};

/// How long nothing more is said of addresses with too many connections.
const CROWD_SAID_PERIOD: Duration = Duration::from_mins(1);

/// How long connections stay when the gateway stops. Whoever asks meanwhile is answered, and told to
/// come back on another one; whom we hung up on in that moment would not know whether he was heard.
pub(super) const FAREWELL: Duration = Duration::from_millis(250);

/// The gateway stops, and whoever had just come has had time to say what it wants.
pub(super) async fn left(stopping: &CancellationToken) {
    stopping.cancelled().await;
    sleep(FAREWELL).await;
}

/// How connections are served.
#[derive(Debug)]
pub struct Serving {
    /// Most connections at a time; more wait in the listener's queue.
    pub connections_max: usize,
    /// Most of them from one address; no bound where everybody comes by way of a proxy.
    pub per_address_max: Option<usize>,
    /// What TLS is spoken with, where it is.
    pub certificates: Option<Arc<Certificates>>,
    /// How long the last requests may take once the gateway stops.
    pub drain_timeout: Duration,
    /// Cancelled when the gateway stops.
    pub stopping: CancellationToken,
}

/// Lets connections in while there is room.
struct Door {
    listener: TcpListener,
    room: Arc<Semaphore>,
    crowd: Option<Arc<Crowd>>,
    said: Option<Instant>,
}

/// A connection that was let in, and its room.
struct Guest {
    stream: TcpStream,
    peer: SocketAddr,
    room: (OwnedSemaphorePermit, Option<Place>),
}

impl Door {
    /// The next connection that may come in. One that may not is closed at once: it costs us
    /// nothing, and nothing was read of it.
    async fn next(&mut self) -> io::Result<Guest> {
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(io::Error::other)?;
        loop {
            let (stream, peer) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    wait_out(&error).await;
                    continue;
                }
            };
            let place = self.crowd.as_ref().map(|crowd| crowd.enter(peer.ip()));
            if let Some(None) = place {
                self.turn_away(peer.ip());
                continue;
            }
            set_no_delay(&stream);
            return Ok(Guest { stream, peer, room: (permit, place.flatten()) });
        }
    }

    /// Says it now and then: whoever does this would fill the log.
    fn turn_away(&mut self, address: IpAddr) {
        if self.said.is_some_and(|said| said.elapsed() < CROWD_SAID_PERIOD) {
            return;
        }
        self.said = Some(Instant::now());
        tracing::warn!(
            %address,
            "an address has as many connections as it may have, and more of it are closed: where \
             it is a proxy, set server.proxy_hops, otherwise see \
             server.connections_per_address_max"
        );
    }
}

/// Serves until the gateway stops, then waits for the last requests.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, router: Router, serving: Serving) -> io::Result<()> {
    let Serving { connections_max, per_address_max, certificates, drain_timeout, stopping } =
        serving;
    let mut door = Door {
        listener,
        room: Arc::new(Semaphore::new(connections_max)),
        crowd: per_address_max.map(Crowd::of),
        said: None,
    };
    let attendant = Arc::new(Attendant::new(router, certificates, stopping.clone()));
    let tasks = TaskTracker::new();
    loop {
        let guest = tokio::select! {
            biased;
            () = stopping.cancelled() => break,
            guest = door.next() => guest?,
        };
        let attendant = Arc::clone(&attendant);
        tasks.spawn(async move {
            attendant.attend(guest.stream, guest.peer).await;
            drop(guest.room);
        });
    }
    drop(door);
    tasks.close();
    if tokio::time::timeout(drain_timeout, tasks.wait()).await.is_err() {
        tracing::warn!("some requests were cut off: they took longer than the drain timeout");
    }
    Ok(())
}

fn set_no_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection stays slow");
    }
}

/// A connection that failed while it was accepted is its own business; running out of files is
/// ours, and passes.
async fn wait_out(error: &io::Error) {
    let is_theirs = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    );
    if !is_theirs {
        tracing::error!(error = error as &dyn std::error::Error, "accepting connections failed");
        sleep(Duration::from_millis(100)).await;
    }
}
