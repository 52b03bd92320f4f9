//! How long a signature is good for.

use std::time::Duration;

use acp_core::limits;
use acp_core::time::Timestamp;

use crate::refused::Refused;
use crate::signed::Parameters;

/// How long signatures may be good for, and how far clocks may be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The longest time from making to expiry.
    pub longest: Duration,
    /// How far the clock of a signer may be off, in either direction.
    pub skew: Duration,
}

impl Window {
    /// A window of this length, with the usual allowance for clocks.
    pub const fn of(longest: Duration) -> Self {
        Self { longest, skew: limits::MESSAGE_SIGNATURE_SKEW }
    }

    /// When a signature expires that has to say so itself.
    pub(crate) fn stated(
        self,
        parameters: &Parameters,
        now: Timestamp,
    ) -> Result<Timestamp, Refused> {
        let created = seconds(parameters.created.ok_or(Refused::Parameter("created"))?);
        let expires = seconds(parameters.expires.ok_or(Refused::Parameter("expires"))?);
        if expires <= created {
            return Err(Refused::Parameter("expires"));
        }
        if expires.since(created) > self.longest {
            return Err(Refused::GoodForTooLong(self.longest.as_secs()));
        }
        self.open(created, expires, now)
    }

    /// When a signature expires that only has to say when it was made.
    pub(crate) fn implied(
        self,
        parameters: &Parameters,
        now: Timestamp,
    ) -> Result<Timestamp, Refused> {
        let created = seconds(parameters.created.ok_or(Refused::Parameter("created"))?);
        let last = created.plus(self.longest);
        let expires = parameters.expires.map_or(last, |expires| seconds(expires).min(last));
        self.open(created, expires, now)
    }

    fn open(
        self,
        created: Timestamp,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<Timestamp, Refused> {
        if created > now.plus(self.skew) {
            return Err(Refused::FromTheFuture);
        }
        if now >= expires.plus(self.skew) {
            return Err(Refused::Expired);
        }
        Ok(expires)
    }
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_unix_ms(seconds.saturating_mul(1_000))
}
