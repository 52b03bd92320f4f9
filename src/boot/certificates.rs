//! The certificate of the gateway, as configured, and how it is renewed.

use std::sync::{Arc, Mutex, PoisonError};

use acp_core::limits::{CERTIFICATE_LOOK_PERIOD, CERTIFICATE_WARNED_PERIOD};
use acp_core::ports::Clock as _;
use acp_core::time::Timestamp;
use async_trait::async_trait;
use tokio::signal::unix::{SignalKind, signal};

use super::{BootError, World};
use crate::adapters::system::SystemClock;
use crate::config;
use crate::http::{BadCertificate, Certificates};
use crate::jobs::{Chore, repeat};

/// Looks whether there is another certificate.
struct Renewing {
    certificates: Arc<Certificates>,
    clock: Arc<SystemClock>,
    /// When it was last said what is wrong with it.
    said_at: Mutex<Timestamp>,
}

impl Renewing {
    fn is_renewed(&self) {
        tracing::info!("there is another certificate: new connections are greeted with it");
        self.warn();
    }

    /// Whoever reads the log of a gateway that runs for months reads the last days of it.
    fn remind(&self) {
        let now = self.clock.now();
        let mut said_at = self.said_at.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(*said_at) >= CERTIFICATE_WARNED_PERIOD {
            *said_at = now;
            drop(said_at);
            self.warn();
        }
    }

    fn warn(&self) {
        for finding in self.certificates.findings(self.clock.now()) {
            tracing::warn!("{finding}");
        }
    }
}

fn complain(error: &BadCertificate) {
    tracing::error!(
        error = error as &dyn std::error::Error,
        "the new certificate cannot be used, so the old one is kept"
    );
}

#[async_trait]
impl Chore for Renewing {
    fn name(&self) -> &'static str {
        "looking for another certificate"
    }

    async fn once(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        match self.certificates.renew_if_changed() {
            Ok(false) => self.remind(),
            Ok(true) => self.is_renewed(),
            Err(error) => complain(&error),
        }
        Ok(())
    }
}

/// The certificate that is configured, if one is.
///
/// # Errors
/// It cannot be used.
pub fn certificates(server: &config::Server) -> Result<Option<Certificates>, BadCertificate> {
    // The configuration demands both or none.
    let Some((certificate, key)) = server.tls() else { return Ok(None) };
    Certificates::read(certificate.to_path_buf(), key.to_path_buf()).map(Some)
}

/// The same, looked after for as long as the gateway runs: every few seconds, and when it is told
/// to by SIGHUP.
pub(super) fn tended(world: &World) -> Result<Option<Arc<Certificates>>, BootError> {
    let Some(certificates) = certificates(&world.config.server)?.map(Arc::new) else {
        return Ok(None);
    };
    let renewing = |certificates: &Arc<Certificates>| Renewing {
        certificates: Arc::clone(certificates),
        clock: Arc::clone(&world.clock),
        said_at: Mutex::new(world.clock.now()),
    };
    let told = renewing(&certificates);
    told.warn();
    let mut hangup = signal(SignalKind::hangup()).map_err(BootError::Serve)?;
    let stopping = world.stopping.clone();
    world.tasks.spawn(async move {
        loop {
            tokio::select! {
                biased;
                () = stopping.cancelled() => return,
                _ = hangup.recv() => {}
            }
            match told.certificates.renew() {
                Ok(()) => told.is_renewed(),
                Err(error) => complain(&error),
            }
        }
    });
    let looked = renewing(&certificates);
    repeat(&world.tasks, world.stopping.clone(), CERTIFICATE_LOOK_PERIOD, looked);
    Ok(Some(certificates))
}
