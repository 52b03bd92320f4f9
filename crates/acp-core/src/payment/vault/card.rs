use super::digits::DigitsOf;
use super::secret::SecretText;
use crate::time::Timestamp;

/// The last month a card is good in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// From 1 to 12.
    pub month: u8,
    /// With four digits.
    pub year: u16,
}

/// Where the bills of a card go. It is handed on and not kept.
#[derive(Debug)]
#[expect(missing_docs, reason = "the parts of an address name themselves")]
pub struct BillingAddress {
    pub name: SecretText,
    pub line_one: SecretText,
    pub line_two: Option<SecretText>,
    pub city: SecretText,
    pub state: SecretText,
    pub country: SecretText,
    pub postal_code: SecretText,
}

/// A card as an agent hands it over, as far as anybody here hands it on: what is only to be shown, and
/// the proof of a network's number, which no provider here takes, are not held. It exists while it is
/// handed on, and is overwritten then.
#[derive(Debug)]
pub struct Card {
    /// The number, digits and nothing else.
    pub number: SecretText,
    /// Whether the number stands for another one at a network.
    pub is_network_token: bool,
    /// The last month it is good in.
    pub expiry: Option<Expiry>,
    /// Who it belongs to, as it says itself.
    pub name: Option<SecretText>,
    /// The security code.
    pub cvc: Option<SecretText>,
    /// Where its bills go.
    pub billing: Option<BillingAddress>,
}

impl Card {
    /// What is wrong with it, as the part of it and a sentence; its form is known to be right.
    ///
    /// # Errors
    /// Refuses a card that cannot exist, or cannot pay any more.
    pub fn check(&self, now: Timestamp) -> Result<(), (&'static str, &'static str)> {
        if !DigitsOf(self.number.reveal()).add_up() {
            return Err(("number", "This is not the number of a card."));
        }
        let Some(expiry) = self.expiry else {
            return Err(("exp_month", "A card pays with the month and year it is good until."));
        };
        if !(1..=12).contains(&expiry.month) {
            return Err(("exp_month", "The month is from 01 to 12."));
        }
        if expiry.is_over(now) {
            return Err(("exp_year", "The card has expired."));
        }
        Ok(())
    }
}
