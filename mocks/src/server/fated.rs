use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::StatusCode;
use axum::http::request::Parts;
use tokio::sync::oneshot;

use super::{Switches, Tasks};
use crate::faults::{Fate, Spoiled};

/// Why a request is not even begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TurnedAway {
    /// The connection is closed without a word.
    Cut,
    /// Only this is said.
    Answered(StatusCode),
}

/// Counts a request, and decides what becomes of it. One that hangs does so in here.
pub(crate) async fn meet_fate(switches: &Switches, head: &Parts) -> Result<Fate, TurnedAway> {
    if let Some(route) = head.extensions.get::<MatchedPath>() {
        switches.count(format!("{} {}", head.method, route.as_str()));
    }
    let fate = switches.fate(&format!("{} {}", head.method, head.uri.path()));
    match fate.spoiled {
        Some(Spoiled::Reset) => Err(TurnedAway::Cut),
        Some(Spoiled::Hang(time)) => {
            tokio::time::sleep(time).await;
            Err(TurnedAway::Cut)
        }
        Some(Spoiled::Answered(status)) => Err(TurnedAway::Answered(status)),
        Some(Spoiled::Failed | Spoiled::FailedAfterEffect | Spoiled::CutAfterEffect) | None => {
            Ok(fate)
        }
    }
}

/// Does something when the latency of a request is over, and also when its caller has lost
/// patience and is gone by then, as a server would. There is nothing when the mock is gone.
pub(crate) async fn after<T: Send + 'static>(
    latency: Duration,
    tasks: &Tasks,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if latency.is_zero() {
        return Some(work());
    }
    let (sender, receiver) = oneshot::channel();
    tasks.start(async move {
        tokio::time::sleep(latency).await;
        drop(sender.send(work()));
    });
    receiver.await.ok()
}
