use acp_core::limits::{METADATA_ENTRIES_MAX, RISK_SIGNALS_MAX};
use acp_core::money::{Currency, Money};
use acp_core::refusal::Fault;
use acp_core::vault::{
    Allowance, BillingAddress, Card, Delegate, DigitsOf, Expiry, RiskAction, SecretText,
};

use super::asked::{
    AllowanceReason, CardBillingAddress, CardNumberWord, DelegatePaymentRequest, MethodWord,
    PaymentAllowance, PaymentMethodCard, RiskActionWord,
};
use crate::problem::is_own_place;
use crate::read::{UnknownFields, read};
use crate::scalar::Text;
use crate::shape::told_fault;
use crate::version::Version;

/// Reads a delegation.
///
/// # Errors
/// The first fault, without anything that was sent.
pub fn read_delegation(
    body: &[u8],
    unknown: UnknownFields,
    version: Version,
) -> Result<Delegate, Fault> {
    let request = read::<DelegatePaymentRequest<'_>>(body, unknown).map_err(in_our_words)?;
    let DelegatePaymentRequest {
        payment_method,
        allowance,
        billing_address,
        risk_signals,
        metadata,
    } = request;
    if risk_signals.is_empty() && version.demands_risk_signals() {
        return Err(told_fault("$.risk_signals", "At least one is needed in this version."));
    }
    if risk_signals.len() > RISK_SIGNALS_MAX {
        let text = format!("At most {RISK_SIGNALS_MAX} are possible.");
        return Err(told_fault("$.risk_signals", text));
    }
    if metadata.len() > METADATA_ENTRIES_MAX {
        let text = format!("At most {METADATA_ENTRIES_MAX} members are possible.");
        return Err(told_fault("$.metadata", text));
    }
    let place = "$.billing_address.country";
    let address = billing_address.as_ref();
    let billing = address.map(|address| billing(address, place)).transpose()?;
    Ok(Delegate {
        card: card(payment_method, billing)?,
        allowance: allowed(allowance)?,
        risks: risk_signals.iter().map(|signal| signal.action.into()).collect(),
        metadata: metadata.into_iter().map(|(name, value)| (name.boxed(), value.boxed())).collect(),
    })
}

/// A sentence of ours has a bound or a version in it, and no more digits than that.
const TOLD_DIGITS_MAX: usize = 8;

/// A fault is told, logged and kept, and may name a member as the caller did: after the number of a
/// card, grouped or not. Nothing is told of one that is not in our words alone.
pub(super) fn in_our_words(fault: Fault) -> Fault {
    let digits = fault.text.chars().filter(char::is_ascii_digit).count();
    if is_own_place(&fault.path) && digits <= TOLD_DIGITS_MAX {
        return fault;
    }
    Fault { path: "$".to_owned(), text: "It is not understood.".to_owned(), ..fault }
}

pub(super) fn secret<const MAX: usize>(text: &Text<'_, MAX>) -> SecretText {
    SecretText::new(text.0.as_ref().to_owned())
}

fn are_digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn wrong(part: &str, text: &str) -> Fault {
    told_fault(format!("$.payment_method.{part}"), text)
}

pub(super) fn number(asked: &Text<'_>) -> Result<SecretText, Fault> {
    if DigitsOf(&asked.0).are_a_number() {
        return Ok(secret(asked));
    }
    Err(wrong("number", "The number has 13 to 19 digits, and nothing else."))
}

pub(super) fn expiry(month: Option<&Text<'_>>, year: Option<&Text<'_>>) -> Result<Expiry, Fault> {
    let month = month.filter(|text| are_digits(&text.0, 2..=2));
    let month = month.and_then(|text| text.0.parse().ok());
    let year = year.filter(|text| are_digits(&text.0, 4..=4));
    let year = year.and_then(|text| text.0.parse().ok());
    Ok(Expiry {
        month: month.ok_or_else(|| wrong("exp_month", "The month has two digits."))?,
        year: year.ok_or_else(|| wrong("exp_year", "The year has four digits."))?,
    })
}

fn card(asked: PaymentMethodCard<'_>, billing: Option<BillingAddress>) -> Result<Card, Fault> {
    let MethodWord::Card = asked.kind;
    let number = number(&asked.number)?;
    let parts = [
        ("cvc", asked.cvc.as_ref().map(|text| &text.0), 3..=4, "The code has 3 or 4 digits."),
        ("display_last4", asked.display_last4.as_ref().map(|text| &text.0), 4..=4, "Four digits."),
        ("iin", asked.iin.as_ref().map(|text| &text.0), 1..=8, "Up to 8 digits."),
    ];
    for (part, said, lengths, text) in parts {
        if said.is_some_and(|said| !are_digits(said, lengths)) {
            return Err(wrong(part, text));
        }
    }
    let expiry = match (asked.exp_month, asked.exp_year) {
        (None, None) => None,
        (month, year) => Some(expiry(month.as_ref(), year.as_ref())?),
    };
    Ok(Card {
        number,
        is_network_token: asked.card_number_type == CardNumberWord::NetworkToken,
        expiry,
        name: asked.name.as_ref().map(secret),
        cvc: asked.cvc.as_ref().map(secret),
        billing,
    })
}

fn allowed(asked: PaymentAllowance<'_>) -> Result<Allowance, Fault> {
    let AllowanceReason::OneTime = asked.reason;
    let is_small = asked.currency.0.bytes().all(|byte| byte.is_ascii_lowercase());
    let currency = Currency::parse(&asked.currency.0).ok().filter(|_| is_small);
    let currency = currency.ok_or_else(|| {
        told_fault("$.allowance.currency", "Use three small letters of ISO 4217, such as usd.")
    })?;
    let amount_max = Money::new(asked.max_amount.0, currency).ok();
    let amount_max = amount_max.ok_or_else(|| {
        told_fault("$.allowance.max_amount", "This amount is below zero, or too large.")
    })?;
    Ok(Allowance {
        amount_max,
        session: asked.checkout_session_id.boxed(),
        merchant: asked.merchant_id.boxed(),
        expires_at: asked.expires_at.0,
    })
}

/// A country, as it stands at a place.
pub(super) fn country<'a>(asked: &'a Text<'_>, place: &str) -> Result<&'a str, Fault> {
    let letters = asked.0.as_bytes();
    if letters.len() == 2 && letters.iter().all(u8::is_ascii_alphabetic) {
        return Ok(&asked.0);
    }
    Err(told_fault(place, "Use the two letters of ISO 3166-1, such as US."))
}

pub(super) fn billing(
    asked: &CardBillingAddress<'_>,
    place_of_country: &str,
) -> Result<BillingAddress, Fault> {
    country(&asked.country, place_of_country)?;
    Ok(BillingAddress {
        name: secret(&asked.name),
        line_one: secret(&asked.line_one),
        line_two: asked.line_two.as_ref().map(secret),
        city: secret(&asked.city),
        state: secret(&asked.state),
        country: secret(&asked.country),
        postal_code: secret(&asked.postal_code),
    })
}

impl From<RiskActionWord> for RiskAction {
    fn from(word: RiskActionWord) -> Self {
        match word {
            RiskActionWord::Blocked => Self::Blocked,
            RiskActionWord::ManualReview => Self::ManualReview,
            RiskActionWord::Authorized => Self::Authorized,
        }
    }
}
