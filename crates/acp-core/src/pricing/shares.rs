use crate::money::{Money, MoneyError};

/// Splits an amount in proportion to weights, to the last minor unit: what rounding leaves goes to
/// the largest remainders, and among equals to the first.
///
/// The amount must be at most the sum of the weights; then no share is above its weight.
///
/// # Errors
/// Refuses amounts of another currency.
pub(super) fn shares(amount: Money, weights: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let all = weights.iter().try_fold(0_i128, |sum, weight| {
        sum.checked_add(i128::from(weight.minor())).ok_or(MoneyError::TooLarge)
    })?;
    let mut floors = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().enumerate() {
        let scaled = i128::from(amount.minor())
            .checked_mul(i128::from(weight.minor()))
            .ok_or(MoneyError::TooLarge)?;
        let floor = scaled.checked_div(all).unwrap_or(0);
        remainders.push((scaled.checked_rem(all).unwrap_or(0), place));
        floors.push(i64::try_from(floor).ok().ok_or(MoneyError::TooLarge)?);
    }
    let given: i64 = floors
        .iter()
        .try_fold(0_i64, |sum, floor| sum.checked_add(*floor).ok_or(MoneyError::TooLarge))?;
    let mut left = amount.minor().checked_sub(given).ok_or(MoneyError::Negative)?;
    remainders.sort_by_key(|(remainder, place)| (std::cmp::Reverse(*remainder), *place));
    for (remainder, place) in remainders {
        if left == 0 || remainder == 0 {
            break;
        }
        if let Some(floor) = floors.get_mut(place) {
            *floor = floor.saturating_add(1);
            left = left.saturating_sub(1);
        }
    }
    floors.into_iter().map(|minor| Money::new(minor, amount.currency())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
    }

    #[test]
    fn the_largest_remainders_get_what_rounding_leaves() {
        let split = |amount, weights: &[i64]| {
            let weights: Vec<_> = weights.iter().copied().map(usd).collect();
            let shares = shares(usd(amount), &weights).unwrap();
            shares.into_iter().map(Money::minor).collect::<Vec<_>>()
        };
        assert_eq!(split(100, &[100, 100, 100]), [34, 33, 33]);
        assert_eq!(split(10, &[1, 99]), [0, 10]);
        assert_eq!(split(5, &[0, 7, 3]), [0, 4, 1]);
        assert_eq!(split(0, &[0, 0]), [0, 0]);
        assert_eq!(split(0, &[]), [0_i64; 0]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_none_is_above_its_weight(
            weights in proptest::collection::vec(0..500_000_i64, 1..20),
            millionths in 0..=1_000_000_u32,
        ) {
            let weights: Vec<_> = weights.into_iter().map(usd).collect();
            let all = Money::sum(weights[0].currency(), weights.iter().copied()).unwrap();
            let amount = all.share(crate::money::Rate::from_millionths(millionths).unwrap()).unwrap();
            let shares = shares(amount, &weights).unwrap();
            prop_assert_eq!(Money::sum(all.currency(), shares.iter().copied()), Ok(amount));
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(share.minor() <= weight.minor());
            }
        }
    }
}
