//! What an act is done to, written down before it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::limits::URI_BYTES_MAX;
use acp_core::ports::PortError;

use crate::store::record::{Act, StoreTrail};

/// The act that is at work, left with its request for a route that finds out by and by what it is
/// done to.
///
/// An act holds some thirty ids. Where there are more, further acts go on with it.
#[derive(Clone)]
pub(in crate::admin) struct Naming {
    trail: StoreTrail,
    acts: Arc<Mutex<Acts>>,
}

#[derive(Clone)]
struct Acts {
    full: Vec<Act>,
    last: Act,
}

impl Naming {
    pub(super) fn of(trail: StoreTrail, act: Act) -> Self {
        let acts = Arc::new(Mutex::new(Acts { full: Vec::new(), last: act }));
        Self { trail, acts }
    }

    /// Writes down that it is done to these as well. What cannot be written down must not be done.
    ///
    /// # Errors
    /// Fails when the store does.
    pub(in crate::admin) async fn name(&self, ids: &[String]) -> Result<(), PortError> {
        // One route names one after the other, so that nobody else writes meanwhile.
        let mut acts = self.acts().clone();
        let named = self.name_in(&mut acts, ids).await;
        *self.acts() = acts;
        named
    }

    async fn name_in(&self, acts: &mut Acts, ids: &[String]) -> Result<(), PortError> {
        for id in ids {
            let subject = match acts.last.subject.as_deref() {
                None => bounded(id.clone()),
                Some(before) if before.len() + 1 + id.len() <= URI_BYTES_MAX => {
                    format!("{before} {id}")
                }
                Some(_) => {
                    self.trail.end(&acts.last).await?;
                    let next = self.trail.go_on(&acts.last).await?;
                    acts.full.push(std::mem::replace(&mut acts.last, next));
                    bounded(id.clone())
                }
            };
            acts.last.subject = Some(subject.into());
        }
        self.trail.end(&acts.last).await
    }

    /// Writes down how it ended, and the id of what it made, if it made something.
    pub(super) async fn end(&self, status: u16, made: Option<String>) {
        let Acts { full, mut last } = self.acts().clone();
        last.subject = made.map(|made| bounded(made).into()).or(last.subject);
        for mut act in full.into_iter().chain([last]) {
            act.status = Some(status);
            if let Err(error) = self.trail.end(&act).await {
                // It is done, and that it began is written down.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    act.number = act.number,
                    "act {} of an operator is done, but the trail does not say so",
                    act.number
                );
            }
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn acts(&self) -> MutexGuard<'_, Acts> {
        self.acts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As much of a text as is kept.
pub(super) fn bounded(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(URI_BYTES_MAX));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_letters() {
        let cut = bounded("ä".repeat(URI_BYTES_MAX));
        assert_eq!(cut.len(), URI_BYTES_MAX);
        assert_eq!(bounded(format!("a{}", "ä".repeat(URI_BYTES_MAX))).len(), 2_047);
    }
}
