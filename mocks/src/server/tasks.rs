use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

/// Work that goes on when the request that started it is gone, until the mock is.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Mutex<JoinSet<()>>);

impl Tasks {
    /// Starts work.
    pub(crate) fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.locked();
        // What has ended is forgotten here, so that the set does not grow for ever.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    fn locked(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
