//! Amounts as Stripe writes them: not always in the minor unit of the currency.

use acp_core::money::{Currency, Money};
use acp_core::payment::PaymentFault;

/// Currencies Stripe counts with another number of decimals than ISO 4217 gives them.
const COUNTED_OTHERWISE: [(&str, u8); 3] = [("isk", 2), ("mga", 0), ("ugx", 2)];

fn decimals_at_stripe(currency: Currency) -> u8 {
    let name = currency.lowercase();
    let otherwise = COUNTED_OTHERWISE.iter().find(|(other, _)| *other == name);
    otherwise.map_or(currency.exponent(), |(_, decimals)| *decimals)
}

/// An amount for Stripe.
///
/// # Errors
/// Stripe cannot say it: it is finer than what can be paid.
pub(super) fn at_stripe(amount: Money) -> Result<i64, PaymentFault> {
    let (ours, theirs) = (amount.currency().exponent(), decimals_at_stripe(amount.currency()));
    let minor = amount.minor();
    let scaled = if theirs >= ours {
        minor.checked_mul(ten_to(theirs - ours))
    } else {
        minor.checked_div(ten_to(ours - theirs)).filter(|_| minor % ten_to(ours - theirs) == 0)
    };
    // The last of three decimals is always zero there.
    let is_payable = |scaled: &i64| theirs < 3 || scaled % 10 == 0;
    scaled.filter(is_payable).ok_or_else(|| {
        tracing::warn!(%amount, "Stripe cannot charge an amount that fine: change the prices");
        PaymentFault::Unpayable
    })
}

/// An amount of Stripe's. Nothing where it is none of ours.
pub(super) fn from_stripe(amount: i64, currency: &str) -> Option<Money> {
    let currency = Currency::parse(currency).ok()?;
    let (ours, theirs) = (currency.exponent(), decimals_at_stripe(currency));
    let minor = if theirs >= ours {
        let unit = ten_to(theirs - ours);
        amount.checked_div(unit).filter(|_| amount % unit == 0)?
    } else {
        amount.checked_mul(ten_to(ours - theirs))?
    };
    Money::new(minor, currency).ok()
}

const fn ten_to(power: u8) -> i64 {
    10_i64.pow(power as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, currency: &str) -> Money {
        Money::new(minor, Currency::parse(currency).unwrap()).unwrap()
    }

    #[test]
    fn an_amount_goes_to_stripe_and_comes_back_as_it_was() {
        for (minor, currency, theirs) in [
            (1_999, "usd", 1_999),
            (500, "jpy", 500),
            (500, "isk", 50_000),
            (7, "ugx", 700),
            (12_300, "mga", 123),
            (1_230, "kwd", 1_230),
        ] {
            let amount = money(minor, currency);
            assert_eq!(at_stripe(amount).unwrap(), theirs, "{currency}");
            assert_eq!(from_stripe(theirs, currency), Some(amount), "{currency}");
        }
    }

    #[test]
    fn what_nobody_can_pay_is_refused() {
        assert_eq!(at_stripe(money(1_234, "kwd")), Err(PaymentFault::Unpayable));
        assert_eq!(at_stripe(money(12_345, "mga")), Err(PaymentFault::Unpayable));
        assert_eq!(from_stripe(50_050, "isk"), None);
        assert_eq!(from_stripe(1, "no currency"), None);
    }
}
