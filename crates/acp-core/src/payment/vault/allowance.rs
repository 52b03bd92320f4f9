use std::time::Duration;

use crate::money::Money;
use crate::time::Timestamp;

/// What a card may be used for: one payment, within all of this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How much at the most.
    pub amount_max: Money,
    /// For which session, as the agent names it.
    pub session: Box<str>,
    /// At which merchant, as its payment handlers name it.
    pub merchant: Box<str>,
    /// From then on, not at all.
    pub expires_at: Timestamp,
}

impl Allowance {
    /// What is wrong with it, as the part of it and a sentence.
    ///
    /// # Errors
    /// Refuses one that allows nothing, is over, or lasts longer than anybody should wait.
    pub fn check(&self, now: Timestamp, longest: Duration) -> Result<(), (&'static str, String)> {
        if self.amount_max.is_zero() {
            return Err(("max_amount", "Allow an amount above 0.".to_owned()));
        }
        if self.expires_at <= now {
            return Err(("expires_at", "This time is over.".to_owned()));
        }
        if self.expires_at > now.plus(longest) {
            let hours = longest.as_secs().checked_div(3_600).unwrap_or_default();
            let text = format!("An allowance ends within {hours} hours here.");
            return Err(("expires_at", text));
        }
        Ok(())
    }
}
