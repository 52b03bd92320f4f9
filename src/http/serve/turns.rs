use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::ready;

use tokio::sync::Semaphore;
use tokio_util::sync::PollSemaphore;

/// Does some work with a turn for each piece of it: no more of it is worked on at once than there
/// are turns, and what waits for somebody has none.
pub(super) async fn in_turn<T>(turns: &Arc<Semaphore>, work: impl Future<Output = T>) -> T {
    let mut turns = PollSemaphore::new(Arc::clone(turns));
    let mut work = pin!(work);
    poll_fn(|context| {
        // Turns never come to an end; if they did, nobody would have to wait for one.
        let _turn = ready!(turns.poll_acquire(context));
        work.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::sync::Notify;
    use tokio::task::JoinSet;

    use super::*;

    /// Work that stops in the middle, as a handshake does that has to be begun anew.
    async fn work(at_work: Arc<AtomicUsize>) {
        for _ in 0..3 {
            assert_eq!(at_work.fetch_add(1, Ordering::SeqCst), 0, "another is at work");
            std::thread::sleep(Duration::from_millis(2));
            at_work.fetch_sub(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_is_worked_on_at_once_than_there_are_turns() {
        let (turns, at_work) = (Arc::new(Semaphore::new(1)), Arc::new(AtomicUsize::new(0)));
        let mut workers = JoinSet::new();
        for _ in 0..8 {
            let (turns, at_work) = (Arc::clone(&turns), Arc::clone(&at_work));
            workers.spawn(async move { in_turn(&turns, work(at_work)).await });
        }
        assert_eq!(workers.join_all().await.len(), 8);
    }

    #[tokio::test]
    async fn whoever_waits_keeps_nobody() {
        let (turns, words) = (Arc::new(Semaphore::new(1)), Arc::new(Notify::new()));
        let (slow_turns, slow_words) = (Arc::clone(&turns), Arc::clone(&words));
        let mut slow = JoinSet::new();
        slow.spawn(async move { in_turn(&slow_turns, slow_words.notified()).await });
        tokio::task::yield_now().await;
        assert_eq!(in_turn(&turns, async { 1 }).await, 1);
        assert!(slow.try_join_next().is_none());
        words.notify_one();
        slow.join_next().await.unwrap().unwrap();
    }
}
