//! Loops that look after what no request looks after: each calls a use case and waits.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acp_core::catalog::FeedKey;
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::{App, Feeds, Push, Pushed, Relay};

/// A piece of work that is done again and again.
#[async_trait]
pub trait Chore: Send + Sync {
    /// What it is, for the log.
    fn name(&self) -> &'static str;

    /// Does it once.
    ///
    /// # Errors
    /// It could not be done now; it is tried again.
    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>>;
}

/// Takes up completions nobody is at work on any more.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Resuming(pub Arc<App>);

#[async_trait]
impl Chore for Resuming {
    fn name(&self) -> &'static str {
        "taking up completions"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let resumed = self.0.resume_stalled().await?;
        if resumed > 0 {
            tracing::info!(resumed, "completions nobody was at work on were taken up");
        }
        Ok(())
    }
}

/// Does what is still to be done for orders. A loop of its own: a merchant who takes orders slowly
/// holds up no completion.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct RunningErrands(pub Arc<App>);

#[async_trait]
impl Chore for RunningErrands {
    fn name(&self) -> &'static str {
        "doing what is to be done for orders"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let errands = self.0.resume_errands().await?;
        if errands > 0 {
            tracing::debug!(errands, "orders with something to be done were taken up");
        }
        Ok(())
    }
}

/// Goes on with plans nobody is at work on any more, lets plans expire, and forgets old ones. A loop
/// of its own: a plan waits for the completion it has begun, which is taken up by another one.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct RunningPlans(pub Arc<App>);

#[async_trait]
impl Chore for RunningPlans {
    fn name(&self) -> &'static str {
        "looking after plans"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let plans = self.0.resume_plans().await?;
        let forgotten = self.0.tend_plans().await?;
        if plans > 0 || forgotten > 0 {
            tracing::debug!(plans, forgotten, "plans were looked after");
        }
        Ok(())
    }
}

/// Tells agents of their orders. A loop of its own: an agent who does not listen holds up nothing
/// else.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Relaying(pub Arc<Relay>);

#[async_trait]
impl Chore for Relaying {
    fn name(&self) -> &'static str {
        "telling agents of their orders"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let deliveries = self.0.relay().await?;
        if deliveries > 0 {
            tracing::debug!(deliveries, "agents with something to be told were told");
        }
        Ok(())
    }
}

/// Tells one agent of all that is sold. A loop for each: an agent who is slow holds up no other. What
/// it is told of when the gateway stops is told again.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct TellingOfGoods {
    feeds: Arc<Feeds>,
    /// Which of the agents.
    place: usize,
    stopping: CancellationToken,
    /// Whether it was said that the feed rests: it would be said again and again.
    is_resting: AtomicBool,
}

impl TellingOfGoods {
    /// Tells the agent at this place.
    pub const fn to(place: usize, feeds: Arc<Feeds>, stopping: CancellationToken) -> Self {
        Self { feeds, place, stopping, is_resting: AtomicBool::new(false) }
    }

    /// Says once that a feed rests, and once that it goes on.
    fn say(&self, key: &FeedKey, pushed: Pushed) {
        let (feed, tenant) = (&*key.name, key.tenant.as_str());
        match pushed {
            Pushed::Resting(rest) if !self.is_resting.swap(true, Ordering::Relaxed) => {
                let why = rest.why();
                tracing::warn!(
                    feed.name = feed,
                    tenant,
                    "a feed rests: {why}; it goes on by itself once the tenant is served"
                );
            }
            Pushed::Done(_) if self.is_resting.swap(false, Ordering::Relaxed) => {
                tracing::info!(feed.name = feed, tenant, "a feed that has rested goes on");
            }
            _ => {}
        }
        if let Pushed::Done(round) = pushed
            && round.told > 0
        {
            let (told, gone) = (round.told, round.gone);
            tracing::info!(feed.name = feed, told, gone, "an agent was told of goods");
        }
    }
}

#[async_trait]
impl Chore for TellingOfGoods {
    fn name(&self) -> &'static str {
        "telling an agent of all that is sold"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let Some(target) = self.feeds.targets().get(self.place) else { return Ok(()) };
        let pushed = tokio::select! {
            () = self.stopping.cancelled() => return Ok(()),
            pushed = self.feeds.push(target, Push::WhenDue) => pushed?,
        };
        self.say(&target.key, pushed);
        Ok(())
    }
}

/// Forgets what agents were told in feeds nobody keeps any more. A loop of its own: there may be none
/// that is kept.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct ForgettingFeeds(pub Arc<Feeds>);

#[async_trait]
impl Chore for ForgettingFeeds {
    fn name(&self) -> &'static str {
        "forgetting feeds nobody keeps any more"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.0.forget_left().await?;
        Ok(())
    }
}

/// Compares payments with orders after a loss of the store.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Recovering(pub Arc<App>);

#[async_trait]
impl Chore for Recovering {
    fn name(&self) -> &'static str {
        "comparing payments with orders"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        if let Some(reconciled) = self.0.recover().await? {
            tracing::warn!(
                payments = reconciled.looked_at,
                strays = reconciled.strays.len(),
                "the store lacks what came after a moment: payments were compared with orders, \
                 and completions go on"
            );
        }
        Ok(())
    }
}

/// Lets sessions expire, forgets old ones, and asks whether promises of stock still hold.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Tending(pub Arc<App>);

#[async_trait]
impl Chore for Tending {
    fn name(&self) -> &'static str {
        "looking after sessions"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let tended = self.0.tend_sessions().await?;
        if tended != crate::app::Tended::default() {
            tracing::info!(
                asked = tended.asked,
                expired = tended.expired,
                forgotten = tended.forgotten,
                "sessions were looked after"
            );
        }
        Ok(())
    }
}

/// Forgets carts whose time is over.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct TendingCarts(pub Arc<App>);

#[async_trait]
impl Chore for TendingCarts {
    fn name(&self) -> &'static str {
        "looking after carts"
    }

    async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let forgotten = self.0.tend_carts().await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "carts were forgotten");
        }
        Ok(())
    }
}

/// Does a chore every `period` until the gateway stops.
pub fn repeat(
    tasks: &TaskTracker,
    stopping: CancellationToken,
    period: Duration,
    chore: impl Chore + 'static,
) {
    tasks.spawn(async move {
        let mut fails = false;
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(period) => {}
            }
            let (name, done) = (chore.name(), chore.once().await);
            match &done {
                Ok(()) if fails => tracing::info!("{name} works again"),
                Ok(()) => {}
                // While a store is away it would be told several times a second.
                Err(error) if fails => {
                    tracing::debug!(error = error.as_ref(), "{name} failed again");
                }
                Err(error) => {
                    tracing::warn!(error = error.as_ref(), "{name} failed; it is tried again");
                }
            }
            fails = done.is_err();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    use tracing::Level;

    use super::*;

    const PERIOD: Duration = Duration::from_secs(1);

    /// Fails in some of its turns.
    struct Moody {
        turns: Arc<AtomicUsize>,
        fails_in: &'static [usize],
    }

    #[async_trait]
    impl Chore for Moody {
        fn name(&self) -> &'static str {
            "watering the plants"
        }

        async fn once(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
            let turn = self.turns.fetch_add(1, Ordering::Relaxed);
            if self.fails_in.contains(&turn) { Err("the can is empty".into()) } else { Ok(()) }
        }
    }

    /// What is said, as the log has it.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_told_once_and_so_is_its_end() {
        let log = Log::default();
        let written = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::INFO)
            .with_ansi(false)
            .with_writer(move || written.clone());
        let _guard = tracing::subscriber::set_default(subscriber.finish());
        let (tasks, stopping) = (TaskTracker::new(), CancellationToken::new());
        let turns = Arc::new(AtomicUsize::new(0));
        let chore = Moody { turns: Arc::clone(&turns), fails_in: &[1, 2, 3, 6] };
        repeat(&tasks, stopping.clone(), PERIOD, chore);
        tokio::time::sleep(PERIOD * 8 + PERIOD / 2).await;
        stopping.cancel();
        tasks.close();
        tasks.wait().await;

        assert_eq!(turns.load(Ordering::Relaxed), 8, "it is done whether it fails or not");
        let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = said.lines().map(|line| line.contains("failed")).collect();
        assert_eq!(lines, [true, false, true, false], "{said}");
        assert_eq!(said.matches("watering the plants works again").count(), 2, "{said}");
        assert_eq!(said.matches("the can is empty").count(), 2, "with its cause: {said}");
    }
}
