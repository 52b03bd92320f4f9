use serde_json::Value;

use super::{Books, Call};
use crate::stripe::charge::payment_method;
use crate::stripe::methods::Method;
use crate::stripe::refusal::Refusal;

const COUNTRY: &str = "billing_details[address][country]";

impl Books {
    /// Makes a payment method of a card. Its number is looked at and not kept.
    pub(super) fn create_method(&mut self, call: &Call) -> Result<Value, Refusal> {
        let form = call.form;
        if form.required("type")? != "card" {
            let message = "This mock makes payment methods of cards alone.".to_owned();
            return Err(Refusal::invalid(message).param("type"));
        }
        let number = form.required("card[number]")?;
        if !(13..=19).contains(&number.len()) || !adds_up(number) {
            let refusal = Refusal::card("Your card number is incorrect.");
            return Err(refusal.code("incorrect_number").param("number"));
        }
        let month = form.number("card[exp_month]")?.unwrap_or_default();
        if !(1..=12).contains(&month) {
            let refusal = Refusal::card("Your card's expiration month is invalid.");
            return Err(refusal.code("invalid_expiry_month").param("exp_month"));
        }
        form.required("card[exp_year]")?;
        let is_code = |code: &str| matches!(code.len(), 3 | 4) && code.bytes().all(is_digit);
        if form.get("card[cvc]").is_some_and(|code| !is_code(code)) {
            let refusal = Refusal::card("Your card's security code is invalid.");
            return Err(refusal.code("invalid_cvc").param("cvc"));
        }
        if let Some(country) = form.get(COUNTRY).filter(|country| !is_country(country)) {
            let message = format!("Country '{country}' is unknown: it has a code of two letters.");
            return Err(Refusal::invalid(message).code("country_code_invalid").param(COUNTRY));
        }
        let method = Method::of_number(number, self.fresh("pm_"));
        self.methods.insert(method.id.clone(), method.clone());
        Ok(payment_method(&method, call.now))
    }
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

/// Whether a country can have this code: some are nobody's, for everybody's own use.
fn is_country(code: &str) -> bool {
    let code = code.to_ascii_uppercase();
    match code.as_bytes() {
        // Everybody means the same by this one.
        [b'X', b'K'] => true,
        [b'A', b'A'] | [b'Q', b'M'..=b'Z'] | [b'X', b'A'..=b'Z'] | [b'Z', b'Z'] => false,
        letters => letters.len() == 2 && letters.iter().all(u8::is_ascii_uppercase),
    }
}

/// Whether the last digit of a number fits to the others.
fn adds_up(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().rev().map(|c| c.to_digit(10)).collect();
    let weighed = digits.unwrap_or_else(|| vec![1]).into_iter().zip([1, 2].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| digit * weight).map(|it| it / 10 + it % 10).sum();
    sum.is_multiple_of(10)
}
