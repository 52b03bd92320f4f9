use std::time::Duration;

use super::allowance::Allowance;
use super::card::Card;
use super::digits::shows_a_card;
use crate::refusal::{Fault, FaultKind};
use crate::time::Timestamp;

/// What whoever watches for fraud says is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the actions name themselves")]
pub enum RiskAction {
    Blocked,
    ManualReview,
    Authorized,
}

/// A card is to be entrusted to the gateway.
#[derive(Debug)]
pub struct Delegate {
    /// The card.
    pub card: Card,
    /// What it may be used for.
    pub allowance: Allowance,
    /// What is said of the risk.
    pub risks: Vec<RiskAction>,
    /// What the agent wants to read in the answer again.
    pub metadata: Vec<(Box<str>, Box<str>)>,
}

/// Why a card is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDelegated {
    /// The request has not the form it should have.
    #[error("the delegation is malformed at {}: {}", .0.path, .0.text)]
    Malformed(Fault),
    /// The request has the form, and means nothing that can be.
    #[error("the delegation is refused at {}: {}", .0.path, .0.text)]
    Unfit(Fault),
}

/// What a card is taken by.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// What the merchant is called.
    pub merchant: Option<&'a str>,
    /// How long an allowance may last.
    pub longest: Duration,
    /// What time it is.
    pub now: Timestamp,
}

fn unfit(path: impl Into<String>, text: impl Into<String>) -> NotDelegated {
    NotDelegated::Unfit(Fault { kind: FaultKind::BadValue, path: path.into(), text: text.into() })
}

impl Delegate {
    /// Whether it can be done at all.
    ///
    /// # Errors
    /// Says what cannot be.
    pub fn check(&self, key: Option<&str>, terms: Terms<'_>) -> Result<(), NotDelegated> {
        self.check_texts(key)?;
        if let Some(nth) = self.risks.iter().position(|risk| *risk == RiskAction::Blocked) {
            return Err(unfit(
                format!("$.risk_signals[{nth}].action"),
                "A card that is blocked is not taken.",
            ));
        }
        self.card
            .check(terms.now)
            .map_err(|(part, text)| unfit(format!("$.payment_method.{part}"), text))?;
        self.allowance
            .check(terms.now, terms.longest)
            .map_err(|(part, text)| unfit(format!("$.allowance.{part}"), text))?;
        if terms.merchant != Some(&*self.allowance.merchant) {
            return Err(unfit(
                "$.allowance.merchant_id",
                "This merchant is not served here. Use the merchant_id of the payment handler.",
            ));
        }
        Ok(())
    }

    /// What comes back in the answer is kept to be repeated, and the number must not be in it.
    fn check_texts(&self, key: Option<&str>) -> Result<(), NotDelegated> {
        let number = self.card.number.reveal();
        let shows = |text: &str| shows_a_card(text, number);
        let text = "This looks like the number of a card, which belongs in \
                    $.payment_method.number alone.";
        if self.metadata.iter().any(|(name, value)| shows(name) || shows(value)) {
            return Err(unfit("$.metadata", text));
        }
        let allowance = &self.allowance;
        for (part, value) in
            [("checkout_session_id", &allowance.session), ("merchant_id", &allowance.merchant)]
        {
            if shows(value) {
                return Err(unfit(format!("$.allowance.{part}"), text));
            }
        }
        if key.is_some_and(shows) {
            return Err(unfit("$", "The Idempotency-Key looks like the number of a card."));
        }
        Ok(())
    }
}
