//! Figures on their way to a collector, where one is told any, and what it was not told.

use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::{GAUGES_TIMEOUT, LOSSES_LOOK_PERIOD};
use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::gauges::Gauges;
use crate::boot::{BootError, World};
use crate::jobs::{Chore, repeat};
use crate::telemetry::{FiguresCarrier, FiguresExport, say_losses};

/// How long the last of it may take: the store is looked at, and it is told.
const LAST_TOLD_WITHIN: Duration = GAUGES_TIMEOUT.saturating_mul(2);

/// Tells a collector how figures stand.
#[derive(Clone)]
pub(in crate::boot) struct TellingFigures {
    told: Arc<(FiguresCarrier, Gauges)>,
    stopping: CancellationToken,
}

#[async_trait]
impl Chore for TellingFigures {
    fn name(&self) -> &'static str {
        "telling the collector figures"
    }

    /// A collector that does not answer keeps nobody from stopping: the last of it is told then.
    async fn once(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => Ok(()),
            told = self.tell() => told,
        }
    }
}

impl TellingFigures {
    /// Begins to, time and again; nothing where nobody is told any.
    pub(in crate::boot) fn begin(
        world: &World,
        gauges: &Gauges,
    ) -> Result<Option<Self>, BootError> {
        let Some(wanted) = &world.config.otlp.metrics else { return Ok(None) };
        let to = FiguresExport {
            url: wanted.url.clone(),
            headers: wanted.headers.clone(),
            patience: wanted.patience,
        };
        let carrier = FiguresCarrier::new(to, Handle::current()).map_err(BootError::Collector)?;
        let stopping = world.stopping.clone();
        let telling = Self { told: Arc::new((carrier, gauges.clone())), stopping };
        repeat(&world.tasks, world.stopping.clone(), wanted.interval, telling.clone());
        Ok(Some(telling))
    }

    async fn tell(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let (carrier, gauges) = &*self.told;
        Ok(carrier.tell(&gauges.now().await).await?)
    }

    /// Tells the last of it, when everything else has ended.
    pub(in crate::boot) async fn end(self) {
        match timeout(LAST_TOLD_WITHIN, self.tell()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let error = &*error as &dyn std::error::Error;
                tracing::warn!(error, "the collector was not told the last figures");
            }
            Err(_) => tracing::warn!("the collector took too long over the last figures"),
        }
    }
}

/// Says what is lost on its way to a collector.
struct SayingLosses;

#[async_trait]
impl Chore for SayingLosses {
    fn name(&self) -> &'static str {
        "looking for what a collector was not told"
    }

    async fn once(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        say_losses();
        Ok(())
    }
}

/// Begins to say what is lost, where anything can be.
pub(in crate::boot) fn say_what_is_lost(world: &World) {
    if world.config.otlp.has_spans_or_lines() {
        repeat(&world.tasks, world.stopping.clone(), LOSSES_LOOK_PERIOD, SayingLosses);
    }
}
