use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use acp_core::limits::{
    ADMIN_CONNECTIONS_MAX, CATALOG_REFRESH_PERIOD, FEED_FORGET_PERIOD, FEED_LOOK_PERIOD,
    JOB_PERIOD, KEYS_REFRESH_PERIOD, ROUTES_LOOK_PERIOD, STORE_BEAT_PERIOD, SWEEP_PERIOD,
    SWEPT_DOCUMENTS_MAX,
};
use async_trait::async_trait;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::certificates::tended;
use super::watching::{Gauges, TellingFigures, page_listener, say_what_is_lost, serve_page};
use super::{BootError, World, callers};
use crate::adapters::payment::RoutedPayments;
use crate::admin::{AdminSocket, with_proof};
use crate::app::{App, Relay};
use crate::http::{Serving, serve};
use crate::identity::Identity;
use crate::jobs::{
    Chore, ForgettingFeeds, Recovering, Relaying, Resuming, RunningErrands, RunningPlans,
    TellingOfGoods, Tending, TendingCarts, repeat,
};
use crate::store::record::StoreCatalogs;
use crate::store::redis::Redis;
use crate::store::{Backend, Store};

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Removes documents whose time is over.
struct Sweeping(Arc<dyn Store>);

#[async_trait]
impl Chore for Sweeping {
    fn name(&self) -> &'static str {
        "removing expired documents"
    }

    async fn once(&self) -> Outcome {
        // Where there are more than are taken at a time, more come in a second than that.
        while self.0.sweep(SWEPT_DOCUMENTS_MAX).await? == SWEPT_DOCUMENTS_MAX {}
        Ok(())
    }
}

/// Reads keys and tenants again, because another process may have changed them.
struct Refreshing(Arc<Identity>);

#[async_trait]
impl Chore for Refreshing {
    fn name(&self) -> &'static str {
        "reading the keys again"
    }

    async fn once(&self) -> Outcome {
        Ok(self.0.refresh().await?)
    }
}

/// Reads the catalogues again that another process has changed.
struct Shelving(Arc<StoreCatalogs>);

#[async_trait]
impl Chore for Shelving {
    fn name(&self) -> &'static str {
        "reading the catalogue again"
    }

    async fn once(&self) -> Outcome {
        Ok(self.0.refresh().await?)
    }
}

/// Looks whether accounts payments are not made at any more are back.
struct LookingAfter(Arc<RoutedPayments>);

#[async_trait]
impl Chore for LookingAfter {
    fn name(&self) -> &'static str {
        "looking after the accounts payments are made at"
    }

    async fn once(&self) -> Outcome {
        self.0.look_after().await;
        Ok(())
    }
}

/// Keeps in touch with the servers of the store.
struct Beating(Arc<Redis>);

#[async_trait]
impl Chore for Beating {
    fn name(&self) -> &'static str {
        "keeping in touch with Redis"
    }

    async fn once(&self) -> Outcome {
        Ok(self.0.beat().await?)
    }
}

/// Goes on with what an earlier life of this process left behind.
async fn take_up(app: Arc<App>) {
    match app.take_up().await {
        Ok(0) => {}
        Ok(count) => {
            tracing::info!(count, "completions and errands of before the start were taken up");
        }
        Err(failure) => tracing::error!(
            error = &failure as &dyn std::error::Error,
            "completions and errands of before the start wait for their leases to run out"
        ),
    }
}

/// Goes on telling what an earlier life of this process was about to tell.
async fn take_up_telling(relay: Arc<Relay>) {
    if let Err(failure) = relay.take_up().await {
        let error = &failure as &dyn std::error::Error;
        tracing::error!(error, "what agents are to be told waits for leases to run out");
    }
}

fn start_jobs(world: &World) {
    world.tasks.spawn(take_up(Arc::clone(&world.app)));
    world.tasks.spawn(take_up_telling(Arc::clone(&world.relay)));
    let stopping = || world.stopping.clone();
    repeat(&world.tasks, stopping(), JOB_PERIOD, Recovering(Arc::clone(&world.app)));
    repeat(&world.tasks, stopping(), JOB_PERIOD, Resuming(Arc::clone(&world.app)));
    repeat(&world.tasks, stopping(), JOB_PERIOD, RunningErrands(Arc::clone(&world.app)));
    repeat(&world.tasks, stopping(), JOB_PERIOD, RunningPlans(Arc::clone(&world.app)));
    repeat(&world.tasks, stopping(), JOB_PERIOD, Relaying(Arc::clone(&world.relay)));
    repeat(&world.tasks, stopping(), JOB_PERIOD, Tending(Arc::clone(&world.app)));
    repeat(&world.tasks, stopping(), JOB_PERIOD, TendingCarts(Arc::clone(&world.app)));
    repeat(&world.tasks, stopping(), SWEEP_PERIOD, Sweeping(Arc::clone(&world.store)));
    repeat(&world.tasks, stopping(), KEYS_REFRESH_PERIOD, Refreshing(Arc::clone(&world.identity)));
    for place in 0..world.feeds.targets().len() {
        let feeds = Arc::clone(&world.feeds);
        let telling = TellingOfGoods::to(place, feeds, stopping());
        repeat(&world.tasks, stopping(), FEED_LOOK_PERIOD, telling);
    }
    let forgetting = ForgettingFeeds(Arc::clone(&world.feeds));
    repeat(&world.tasks, stopping(), FEED_FORGET_PERIOD, forgetting);
    callers::look_after(world);
    repeat(&world.tasks, stopping(), ROUTES_LOOK_PERIOD, LookingAfter(Arc::clone(&world.routed)));
    if let Backend::Redis(redis) = &world.backend {
        repeat(&world.tasks, stopping(), STORE_BEAT_PERIOD, Beating(Arc::clone(redis)));
        let catalogs = Arc::clone(&world.catalogs);
        repeat(&world.tasks, stopping(), CATALOG_REFRESH_PERIOD, Shelving(catalogs));
    }
}

/// Listens, serves until the gateway is told to stop, and lets everything under way finish.
///
/// `announce` is called once, with the address that is listened on.
///
/// # Errors
/// The address cannot be listened on, or must not be.
pub async fn run(world: World, announce: impl FnOnce(&World, SocketAddr)) -> Result<(), BootError> {
    let wanted = world.config.server.listen;
    let drain_timeout = world.config.server.drain_timeout();
    world.may_listen(wanted)?;
    let certificates = tended(&world)?;
    let unheard = |source| BootError::Listen { address: wanted, source };
    let listener = TcpListener::bind(wanted).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    let socket = AdminSocket::bind(&world.config.admin_socket()).await?;
    let desk = admin_listener(&world).await?;
    let page = page_listener(&world).await?;
    let gauges = Gauges::of(&world);
    let telling = TellingFigures::begin(&world, &gauges)?;
    say_what_is_lost(&world);
    start_jobs(&world);
    announce(&world, address);
    let server = &world.config.server;
    let serving = Serving {
        connections_max: server.connections_max,
        per_address_max: server.per_address_max(),
        certificates,
        drain_timeout,
        stopping: world.stopping.clone(),
    };
    let public = async {
        let outcome = serve(listener, world.router(address), serving).await;
        world.stopping.cancel();
        outcome
    };
    let operator = socket.serve(world.admin_router(), world.stopping.clone(), drain_timeout);
    // Requests and what was begun by them have the same time from the moment of stopping.
    let over = async {
        world.stopping.cancelled().await;
        Instant::now() + drain_timeout
    };
    let (desk, page) = (serve_desk(&world, desk), serve_page(&world, gauges, page));
    let (public, operator, desk, page, over) = tokio::join!(public, operator, desk, page, over);
    world.tasks.close();
    if timeout_at(over, world.tasks.wait()).await.is_err() {
        tracing::warn!("some completions were cut off; the next start takes them up again");
    }
    callers::part(&world.identity).await;
    if let Some(telling) = telling {
        telling.end().await;
    }
    public.and(operator).and(desk).and(page).map_err(BootError::Serve)
}

/// Where operators with a key are listened to, if that is wanted.
async fn admin_listener(world: &World) -> Result<Option<TcpListener>, BootError> {
    let Some(address) = world.config.admin.listen else { return Ok(None) };
    let unheard = |source| BootError::ListenAdmin { address, source };
    let listener = TcpListener::bind(address).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    tracing::info!(%address, "operators with a key are listened to");
    Ok(Some(listener))
}

async fn serve_desk(world: &World, listener: Option<TcpListener>) -> io::Result<()> {
    let Some(listener) = listener else { return Ok(()) };
    let serving = Serving {
        connections_max: ADMIN_CONNECTIONS_MAX,
        per_address_max: None,
        certificates: None,
        drain_timeout: world.config.server.drain_timeout(),
        stopping: world.stopping.clone(),
    };
    let router = with_proof(world.admin_router(), Arc::clone(&world.identity));
    let outcome = serve(listener, router, serving).await;
    world.stopping.cancel();
    outcome
}

/// Cancels `stopping` at the first signal to end; what comes back is over at the second.
///
/// # Errors
/// The signals cannot be listened to.
pub fn until_stopped(stopping: CancellationToken) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way are finished, new ones are refused");
        stopping.cancel();
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
