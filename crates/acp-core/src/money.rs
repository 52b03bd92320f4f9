//! Money: whole minor units of one currency, added and multiplied with every check on.

use std::fmt;

use crate::limits::AMOUNT_MINOR_MAX;

/// Active ISO 4217 codes whose smallest unit is a hundredth.
const HUNDREDTHS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL \
    BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP \
    GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK \
    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR \
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
    SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW \
    ZWG";
/// Active codes without a smaller unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Active codes whose smallest unit is a thousandth.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// A currency of ISO 4217, with the number of decimals its minor unit stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// Reads a code in either case.
    ///
    /// # Errors
    /// Refuses what is not an active ISO 4217 code.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let Ok(code) = <[u8; 3]>::try_from(text.as_bytes()) else {
            return Err(MoneyError::UnknownCurrency);
        };
        let code = code.map(|byte| byte.to_ascii_uppercase());
        // Each code of a list takes four bytes with the space behind it.
        let listed = |list: &str| list.as_bytes().chunks(4).any(|known| known.starts_with(&code));
        let exponent = if listed(HUNDREDTHS) {
            2
        } else if listed(WHOLE) {
            0
        } else if listed(THOUSANDTHS) {
            3
        } else {
            return Err(MoneyError::UnknownCurrency);
        };
        Ok(Self { code, exponent })
    }

    /// How many decimals separate the minor from the major unit: 2 for USD, 0 for JPY.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// The code as most of the protocol writes it: `usd`.
    pub fn lowercase(self) -> String {
        let mut code = String::with_capacity(self.code.len());
        code.extend(self.code.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
        code
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.iter().try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why money could not be made or added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Larger than any amount the gateway handles, or than the machine can count.
    #[error("the amount is larger than {AMOUNT_MINOR_MAX} minor units")]
    TooLarge,
    /// An amount below zero where there is no such thing.
    #[error("the amount is below zero")]
    Negative,
    /// Two currencies met.
    #[error("amounts of different currencies cannot be combined")]
    MixedCurrencies,
    /// Not a code of ISO 4217.
    #[error("this is not an ISO 4217 currency code")]
    UnknownCurrency,
}

/// An amount that is at least zero and at most [`AMOUNT_MINOR_MAX`], in minor units of one
/// currency. What is taken off is kept unsigned too; its kind says that it is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// This many minor units.
    ///
    /// # Errors
    /// Refuses amounts below zero or above the cap.
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        match minor {
            i64::MIN..0 => Err(MoneyError::Negative),
            0..=AMOUNT_MINOR_MAX => Ok(Self { minor, currency }),
            _ => Err(MoneyError::TooLarge),
        }
    }

    /// Nothing.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::MixedCurrencies) }
    }

    /// Both together.
    ///
    /// # Errors
    /// Refuses mixed currencies and sums above the cap.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Self::new(minor, self.currency)
    }

    /// What is left after `other` is taken off.
    ///
    /// # Errors
    /// Refuses mixed currencies and results below zero.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Negative)?;
        Self::new(minor, self.currency)
    }

    /// The smaller of the two.
    ///
    /// # Errors
    /// Refuses mixed currencies.
    pub fn at_most(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Ok(if other.minor < self.minor { other } else { self })
    }

    /// This amount that many times.
    ///
    /// # Errors
    /// Refuses results above the cap.
    pub fn times(self, factor: u32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(factor)).ok_or(MoneyError::TooLarge)?;
        Self::new(minor, self.currency)
    }

    /// The share `rate` of this amount, rounded half up to a whole minor unit.
    ///
    /// # Errors
    /// Refuses results above the cap.
    pub fn share(self, rate: Rate) -> Result<Self, MoneyError> {
        let scaled =
            i128::from(self.minor).checked_mul(i128::from(rate.0)).ok_or(MoneyError::TooLarge)?;
        let rounded = scaled
            .checked_add(i128::from(Rate::ONE.0 >> 1_u32))
            .and_then(|sum| sum.checked_div_euclid(i128::from(Rate::ONE.0)))
            .and_then(|rounded| i64::try_from(rounded).ok())
            .ok_or(MoneyError::TooLarge)?;
        Self::new(rounded, self.currency)
    }

    /// Adds up a list; zero of `currency` when it is empty.
    ///
    /// # Errors
    /// Refuses mixed currencies and sums above the cap.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::from(self.currency.exponent);
        if decimals == 0 {
            return write!(f, "{} {}", self.minor, self.currency);
        }
        let digits = format!("{:0>width$}", self.minor, width = decimals.saturating_add(1));
        let (major, minor) = digits.split_at(digits.len().saturating_sub(decimals));
        write!(f, "{major}.{minor} {}", self.currency)
    }
}

/// A fraction in millionths: 0.0825 is 82,500.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u32);

impl Rate {
    /// The whole: a million millionths.
    pub const ONE: Self = Self(1_000_000);
    /// Nothing of it.
    pub const ZERO: Self = Self(0);

    /// This many millionths; `None` above the whole.
    pub fn from_millionths(millionths: u32) -> Option<Self> {
        (millionths <= Self::ONE.0).then_some(Self(millionths))
    }

    /// Reads a decimal fraction from `0` to `1` with at most six decimals, such as `0.0825`;
    /// `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        const DECIMALS_MAX: usize = 6;
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = decimals.bytes().all(|byte| byte.is_ascii_digit());
        if !matches!(whole, "0" | "1")
            || !is_digits
            || !(1..=DECIMALS_MAX).contains(&decimals.len())
        {
            return None;
        }
        let millionths = format!("{whole}{decimals:0<DECIMALS_MAX$}").parse().ok()?;
        Self::from_millionths(millionths)
    }

    /// The fraction in millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
    }

    #[test]
    fn a_currency_knows_its_decimals() {
        for (code, exponent) in [("usd", 2), ("JPY", 0), ("KWD", 3), ("eur", 2), ("Isk", 0)] {
            assert_eq!(Currency::parse(code).unwrap().exponent(), exponent, "{code}");
        }
        for bad in ["", "us", "usdd", "XXX", "ABC", "\u{20ac}"] {
            assert_eq!(Currency::parse(bad), Err(MoneyError::UnknownCurrency), "{bad:?}");
        }
    }

    #[test]
    fn money_is_shown_with_its_decimals() {
        assert_eq!(usd(5).to_string(), "0.05 USD");
        assert_eq!(usd(123_456).to_string(), "1234.56 USD");
        let yen = Money::new(100, Currency::parse("jpy").unwrap()).unwrap();
        assert_eq!(yen.to_string(), "100 JPY");
    }

    #[test]
    fn currencies_never_mix() {
        let yen = Money::new(1, Currency::parse("jpy").unwrap()).unwrap();
        assert_eq!(usd(1).plus(yen), Err(MoneyError::MixedCurrencies));
        assert_eq!(usd(1).minus(yen), Err(MoneyError::MixedCurrencies));
        assert_eq!(usd(1).at_most(yen), Err(MoneyError::MixedCurrencies));
    }

    #[test]
    fn the_cap_holds_at_its_edge() {
        assert!(usd(AMOUNT_MINOR_MAX - 1).plus(usd(1)).is_ok());
        assert_eq!(usd(AMOUNT_MINOR_MAX).plus(usd(1)), Err(MoneyError::TooLarge));
        assert_eq!(usd(1).minus(usd(2)), Err(MoneyError::Negative));
        assert_eq!(usd(AMOUNT_MINOR_MAX).times(u32::MAX), Err(MoneyError::TooLarge));
    }

    #[test]
    fn rates_are_read_exactly_or_not_at_all() {
        for (text, millionths) in [
            ("0", 0),
            ("0.0", 0),
            ("0.0825", 82_500),
            ("0.000001", 1),
            ("1", 1_000_000),
            ("1.000000", 1_000_000),
        ] {
            assert_eq!(Rate::parse(text).map(Rate::millionths), Some(millionths), "{text}");
        }
        for text in ["", ".", "0.", ".5", "-0.1", "+0.1", "1.000001", "2", "00.1", "0.1234567"] {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
        for text in ["8.25%", "0,2", "1e-2", "0.1 ", "NaN", "0.1.1"] {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn shares_round_half_up() {
        let rate = |millionths| Rate::from_millionths(millionths).unwrap();
        for (minor, millionths, expected) in [
            (100, 82_500, 8),
            (1000, 82_500, 83),
            (50, 10_000, 1),
            (49, 10_000, 0),
            (7, 1_000_000, 7),
        ] {
            assert_eq!(usd(minor).share(rate(millionths)), Ok(usd(expected)), "{minor}");
        }
    }

    proptest! {
        #[test]
        fn adding_and_taking_off_again_changes_nothing(a in 0..=40_000_000_i64, b in 0..=40_000_000_i64) {
            prop_assert_eq!(usd(a).plus(usd(b)).unwrap().minus(usd(b)), Ok(usd(a)));
        }

        #[test]
        fn a_rate_is_read_as_it_is_written(millionths in 0..=1_000_000_u32) {
            let digits = format!("{millionths:07}");
            let (whole, decimals) = digits.split_at(1);
            let long = format!("{whole}.{decimals}");
            let short = long.trim_end_matches('0').trim_end_matches('.');
            for text in [long.as_str(), short] {
                prop_assert_eq!(Rate::parse(text), Rate::from_millionths(millionths), "{}", text);
            }
        }

        #[test]
        fn a_share_is_never_more_than_the_whole(minor in 0..=AMOUNT_MINOR_MAX, millionths in 0..=1_000_000_u32) {
            let share = usd(minor).share(Rate::from_millionths(millionths).unwrap()).unwrap();
            prop_assert!(share.minor() <= minor);
        }
    }
}
