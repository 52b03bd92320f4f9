use std::fmt;

use crate::money::Money;
use crate::refusal::{Fault, FaultKind};
use crate::time::Timestamp;
use crate::vault::{BillingAddress, DigitsOf, Expiry, NotDelegated, SecretText, shows_a_card};

/// The card of the shopper, while it is handed on.
#[derive(Debug)]
pub struct CardAsked {
    /// The number, digits and nothing else.
    pub number: SecretText,
    /// The last month it is good in.
    pub expiry: Expiry,
    /// Who it belongs to.
    pub name: SecretText,
}

/// The bank of the merchant, as the networks of cards know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquirer {
    /// Its number at the network.
    pub bin: Box<str>,
    /// Its country, two letters of ISO 3166-1.
    pub country: Box<str>,
    /// The merchant's number at it.
    pub merchant_id: Box<str>,
    /// What the shopper is shown.
    pub merchant_name: Box<str>,
    /// What some networks ask for beside it.
    pub requestor_id: Option<Box<str>>,
}

/// What a browser that runs scripts knows besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Bits of a color.
    pub color_depth: u32,
    /// Whether Java runs in it.
    pub has_java: bool,
    /// In pixels.
    pub height: u32,
    /// In pixels.
    pub width: u32,
    /// How far its clock is from UTC, in minutes.
    pub utc_offset: i32,
}

/// The browser of the shopper. What it says is about a person, and is not printed.
pub struct Browser {
    /// What it accepts.
    pub accept: Box<str>,
    /// Where it is.
    pub address: Box<str>,
    /// Its language.
    pub language: Box<str>,
    /// What it is.
    pub user_agent: Box<str>,
    /// The rest, where it runs scripts.
    pub screen: Option<Screen>,
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").finish_non_exhaustive()
    }
}

/// How the agent would like it to be done; the issuer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowWish {
    /// The shopper is asked.
    Challenge {
        /// Whether that has to be.
        is_mandated: Option<bool>,
    },
    /// Nobody is asked.
    Frictionless,
}

/// Who the shopper is, as far as the agent knows.
#[derive(Debug)]
pub struct Shopper {
    /// The name.
    pub name: Option<SecretText>,
    /// The address of mail.
    pub email: Option<SecretText>,
    /// The telephone number.
    pub phone: Option<SecretText>,
    /// Where the shopper lives.
    pub address: Option<BillingAddress>,
}

/// Somebody wants to know whether a shopper is who the card says.
#[derive(Debug)]
pub struct BeginAuthentication {
    /// For which merchant, as its payment handlers name it.
    pub merchant: Box<str>,
    /// The card.
    pub card: CardAsked,
    /// What is to be paid.
    pub amount: Money,
    /// The bank of the merchant.
    pub acquirer: Option<Acquirer>,
    /// The browser, unless it is told later.
    pub browser: Option<Browser>,
    /// Which checkout session it is for, as the agent names it.
    pub session: Option<Box<str>>,
    /// How it is to be done.
    pub wish: Option<FlowWish>,
    /// Where the browser is to say how the challenge ended, unless it is told later.
    pub notification_url: Option<Box<str>>,
    /// Who the shopper is.
    pub shopper: Option<Shopper>,
}

/// What became of looking at the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fingerprinted {
    /// It was looked at.
    Done,
    /// It took too long.
    TimedOut,
    /// It could not be looked at.
    Unavailable,
}

/// The browser was looked at, or not: now the issuer is asked.
#[derive(Debug)]
pub struct Authenticate {
    /// What became of it.
    pub fingerprint: Fingerprinted,
    /// The browser, where it was not told before.
    pub browser: Option<Browser>,
    /// Where the browser is to say how the challenge ended, where that was not told before.
    pub notification_url: Option<Box<str>>,
    /// Who the shopper is, where more is known by now.
    pub shopper: Option<Shopper>,
}

fn fault(path: &str, text: &str) -> Fault {
    Fault { kind: FaultKind::BadValue, path: path.to_owned(), text: text.to_owned() }
}

impl BeginAuthentication {
    /// Whether it can be found out at all, where somebody asks with this key at this merchant; its
    /// form is known to be right.
    ///
    /// # Errors
    /// Says what cannot be.
    pub fn check(
        &self,
        key: Option<&str>,
        merchant: Option<&str>,
        now: Timestamp,
    ) -> Result<(), NotDelegated> {
        let malformed = |path, text| Err(NotDelegated::Malformed(fault(path, text)));
        let unfit = |path, text| Err(NotDelegated::Unfit(fault(path, text)));
        if self.amount.is_zero() {
            return malformed("$.amount.value", "There is nothing to be paid.");
        }
        let number = self.card.number.reveal();
        let texts = [Some(&self.merchant), self.session.as_ref(), self.notification_url.as_ref()];
        if texts.into_iter().flatten().any(|text| shows_a_card(text, number)) {
            let text = "The number of a card belongs in $.payment_method.number alone.";
            return malformed("$", text);
        }
        // It is kept for longer than anything else of the request.
        if key.is_some_and(|key| shows_a_card(key, number)) {
            return unfit("$", "The Idempotency-Key looks like the number of a card.");
        }
        if merchant != Some(&*self.merchant) {
            let text =
                "This merchant is not served here. Use the merchant_id of the payment handler.";
            return unfit("$.merchant_id", text);
        }
        if !DigitsOf(number).add_up() {
            return unfit("$.payment_method.number", "This is not the number of a card.");
        }
        if !(1..=12).contains(&self.card.expiry.month) {
            return unfit("$.payment_method.exp_month", "The month is from 01 to 12.");
        }
        if self.card.expiry.is_over(now) {
            return unfit("$.payment_method.exp_year", "The card has expired.");
        }
        Ok(())
    }
}
