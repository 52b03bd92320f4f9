use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// What somebody found out lately. Of all who want to know it at once, one finds out and the others
/// wait, so that however many ask, and however often, whoever is asked has little to do with it.
#[derive(Debug)]
pub(super) struct Lately<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Lately<T> {
    /// What is known for no longer than this, or is found out now.
    pub(super) async fn told(&self, kept: Duration, asked: impl Future<Output = T>) -> T {
        let mut lately = self.0.lock().await;
        if let Some((at, known)) = &*lately
            && at.elapsed() < kept
        {
            return known.clone();
        }
        let known = asked.await;
        *lately = Some((Instant::now(), known.clone()));
        known
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    const KEPT: Duration = Duration::from_secs(2);

    #[tokio::test(start_paused = true)]
    async fn one_of_many_asks_and_asks_again_when_it_is_old() {
        let (lately, asked) = (Lately::default(), AtomicUsize::new(0));
        let ask = || {
            lately.told(KEPT, async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                asked.fetch_add(1, Ordering::Relaxed) + 1
            })
        };
        assert_eq!(join_all((0..50).map(|_| ask())).await, [1; 50]);
        tokio::time::advance(KEPT).await;
        assert_eq!((ask().await, ask().await), (2, 2));
    }
}
