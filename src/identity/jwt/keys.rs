use std::sync::{Arc, PoisonError, RwLock};

use acp_core::limits::{JWT_KEYS_ASKED_PERIOD, JWT_KEYS_KEPT};
use acp_core::ports::{PortError, PublishedKeys, Retry};
use acp_core::time::Timestamp;
use acp_signature::key::{NotByThem, TokenKeys};
use tokio_util::task::TaskTracker;

/// The keys of the issuer, as they were read last. They are read again every few minutes, and when
/// a token names one that is not among them: but not more often than a bound, so that nobody can
/// make us ask by inventing names.
pub(super) struct IssuerKeys {
    kept: Arc<Kept>,
    /// What is begun for somebody who hangs up is finished and remembered: it is not begun again
    /// for a while. Each is over within the bounds of whoever reads, so nobody waits in the end.
    reads: TaskTracker,
}

struct Kept {
    published: Arc<dyn PublishedKeys>,
    known: RwLock<Known>,
    /// Held while they are read, so that many who miss the same key ask once.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<TokenKeys>,
    /// When they were read; never, where they could not be so far.
    read_at: Option<Timestamp>,
    /// When somebody asked for them because one was missing.
    asked_at: Option<Timestamp>,
}

impl IssuerKeys {
    pub(super) fn new(published: Arc<dyn PublishedKeys>) -> Self {
        let (known, reading) = (RwLock::default(), tokio::sync::Mutex::default());
        Self { kept: Arc::new(Kept { published, known, reading }), reads: TaskTracker::new() }
    }

    /// Reads them again. Where that fails, those of before stay.
    pub(super) async fn refresh(&self, now: Timestamp) -> Result<(), PortError> {
        let _turn = self.kept.reading.lock().await;
        self.kept.read(now).await
    }

    /// Whether a token is signed by one of them.
    pub(super) async fn verify(
        &self,
        named: (Option<&str>, &str),
        (signed, signature): (&[u8], &[u8]),
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let told = self.kept.verdict(named, (signed, signature), now);
        if told != Err(Told::Not(NotByThem::UnknownKey)) && told != Err(Told::Unread) {
            return told.map_err(Told::why);
        }
        let kept = Arc::clone(&self.kept);
        if let Err(error) = self.reads.spawn(async move { kept.ask_anew(now).await }).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "reading the keys of the issuer of tokens broke off");
        }
        self.kept.verdict(named, (signed, signature), now).map_err(Told::why)
    }
}

impl Kept {
    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, learn: impl FnOnce(&mut Known)) {
        learn(&mut self.known.write().unwrap_or_else(PoisonError::into_inner));
    }

    async fn read(&self, now: Timestamp) -> Result<(), PortError> {
        let text = self.published.read().await?;
        let unusable = |cause: Option<acp_signature::key::KeySetError>| PortError {
            what: "reading the keys of the issuer of tokens: there is none of use here",
            retry: Retry::Safe,
            cause: cause.map(Into::into),
        };
        let keys = TokenKeys::read(&text).map_err(|error| unusable(Some(error)))?;
        // An empty set is rather a mistake than the wish to lock everybody out.
        if keys.is_empty() {
            return Err(unusable(None));
        }
        self.learn(|known| {
            known.keys = Arc::new(keys);
            known.read_at = Some(now);
        });
        Ok(())
    }

    /// Reads them because one is missing, unless somebody did so a moment ago.
    async fn ask_anew(&self, now: Timestamp) {
        let _turn = self.reading.lock().await;
        let since_asked = self.known().asked_at.map(|at| now.since(at));
        if since_asked.is_none_or(|span| span >= JWT_KEYS_ASKED_PERIOD) {
            self.learn(|known| known.asked_at = Some(now));
            if let Err(error) = self.read(now).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the keys of the issuer of tokens cannot be read");
            }
        }
    }

    fn verdict(
        &self,
        named: (Option<&str>, &str),
        (signed, signature): (&[u8], &[u8]),
        now: Timestamp,
    ) -> Result<(), Told> {
        let known = self.known();
        if known.read_at.is_none_or(|at| now.since(at) > JWT_KEYS_KEPT) {
            return Err(Told::Unread);
        }
        known.keys.verify(named, signed, signature).map_err(Told::Not)
    }
}

/// Why a signature proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Not(NotByThem),
    /// The keys could not be read for so long that they are not believed any more.
    Unread,
}

impl Told {
    fn why(self) -> &'static str {
        match self {
            Self::Not(NotByThem::Algorithm) => "it is not signed with RS256, ES256 or EdDSA",
            Self::Not(NotByThem::UnknownKey) => "the key it names is not one of its issuer's",
            Self::Not(NotByThem::Signature) => "its signature is not by the key it names",
            Self::Unread => "the keys of its issuer cannot be read now",
        }
    }
}
