use super::TaxClass;
use crate::money::Rate;
use crate::session::Address;

/// Whether a part of an address names this place, as a [`Region`] would say it.
pub(super) fn names(text: &str, place: &str) -> bool {
    text.trim().chars().flat_map(char::to_uppercase).eq(place.chars())
}

/// Where something is taxed or delivered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region {
    /// Two letters, upper case.
    pub country: Box<str>,
    /// The state or province, upper case; empty where there is none.
    pub state: Box<str>,
    /// The postal code, upper case; empty where there is none.
    pub postal_code: Box<str>,
}

impl Region {
    /// The region an address lies in.
    pub fn of(address: &Address) -> Self {
        let plain = |text: &str| text.trim().to_uppercase().into();
        Self {
            country: plain(&address.country),
            state: plain(&address.state),
            postal_code: plain(&address.postal_code),
        }
    }
}

/// The rates of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRule {
    /// Two letters, upper case.
    pub country: Box<str>,
    /// The state it is for; `None` for the rest of the country.
    pub state: Option<Box<str>>,
    /// The postal code it is for; `None` for the rest of the state.
    pub postal_code: Option<Box<str>>,
    /// The ordinary rate.
    pub standard: Rate,
    /// The reduced rate.
    pub reduced: Rate,
    /// The rate for delivery.
    pub delivery: Rate,
}

/// Tax by place: the rule of a postal code wins over that of its state, and this one over that of
/// its country. A place nobody wrote a rule for is not taxed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxTable {
    rules: Vec<TaxRule>,
}

impl TaxTable {
    /// A table of these rules.
    pub const fn new(rules: Vec<TaxRule>) -> Self {
        Self { rules }
    }

    fn rule(&self, region: &Region) -> Option<&TaxRule> {
        let in_country = || self.rules.iter().filter(|rule| rule.country == region.country);
        let in_state = || in_country().filter(|rule| rule.state.as_ref() == Some(&region.state));
        in_state()
            .find(|rule| rule.postal_code.as_ref() == Some(&region.postal_code))
            .or_else(|| in_state().find(|rule| rule.postal_code.is_none()))
            .or_else(|| in_country().find(|rule| rule.state.is_none()))
    }

    /// The rate for things of a class, delivered there.
    pub fn rate(&self, region: &Region, class: TaxClass) -> Rate {
        self.rule(region).map_or(Rate::ZERO, |rule| match class {
            TaxClass::Standard => rule.standard,
            TaxClass::Reduced => rule.reduced,
            TaxClass::Exempt => Rate::ZERO,
        })
    }

    /// The rate for delivery there.
    pub fn delivery_rate(&self, region: &Region) -> Rate {
        self.rule(region).map_or(Rate::ZERO, |rule| rule.delivery)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address_in(country: &str) -> Address {
        Address {
            name: "A. Buyer".into(),
            line_one: "1 Main St".into(),
            line_two: None,
            city: "Portland".into(),
            state: "OR".into(),
            country: country.into(),
            postal_code: "97201".into(),
            company: None,
            phone_number: None,
        }
    }

    #[test]
    fn a_place_is_named_in_any_case_and_with_blanks_around_it() {
        for text in ["US", "us", " Us "] {
            assert!(names(text, "US"), "{text:?}");
        }
        for text in ["", "U", "USA", "U S", "CA"] {
            assert!(!names(text, "US"), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_address_names_the_country_of_its_region_and_no_other(
            text in "\\PC{0,4}", other in "[A-Z]{2}",
        ) {
            let region = Region::of(&address_in(&text));
            prop_assert!(names(&text, &region.country));
            prop_assert_eq!(names(&text, &other), *region.country == *other);
        }
    }
}
