use std::sync::Arc;

use tokio::sync::Semaphore;

/// A place where calls wait until a test lets them through. It starts closed; once open it stays
/// open. Clones are the same gate.
#[derive(Clone, Debug)]
pub struct Gate {
    /// A permit for each call that has come here and was not yet waited for.
    arrivals: Arc<Semaphore>,
    /// Never has a permit: who waits for one waits until it is closed, which opens the gate.
    bar: Arc<Semaphore>,
}

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Self { arrivals: Arc::new(Semaphore::new(0)), bar: Arc::new(Semaphore::new(0)) }
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.bar.close();
    }

    /// Waits until a call has come to the gate. Each arrival is told once.
    pub async fn reached(&self) {
        if let Ok(arrival) = self.arrivals.acquire().await {
            arrival.forget();
        }
    }

    /// Comes to the gate, and waits until it is open.
    pub async fn pass(&self) {
        self.arrivals.add_permits(1);
        drop(self.bar.acquire().await);
    }
}
