//! What the answers of a provider to a confirmation mean for the run: one table.

use acp_core::money::Money;
use acp_core::payment::{Decline, PaymentFault, PaymentStatus};
use acp_core::run::{Trouble, UndoReason};

use super::forward::trouble_of;
use crate::seeded::{Bug, has};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Confirmed {
    /// The money is held: on with it.
    Held(Money),
    /// It was declined: everything is given back.
    Declined(Decline),
    /// No order will come of it: everything is given back.
    TurnBack(UndoReason),
    /// Nothing is clear: look again in a while, and undo nothing.
    Rest(Trouble),
}

/// Reads what a confirmation, or the question about a lost one, came to. `is_unclear` says that
/// some confirmation of this payment may have been heard though nobody knows of it: then a call
/// that failed proves nothing, and only what the provider says of the payment counts.
pub(super) fn confirmed(
    outcome: Result<PaymentStatus, PaymentFault>,
    is_unclear: bool,
) -> Confirmed {
    match outcome {
        // It was taken before a store lost the order, and went back since: nothing is paid with it.
        Ok(PaymentStatus::Captured { refunded, .. }) if !refunded.is_zero() => {
            Confirmed::TurnBack(UndoReason::Failed)
        }
        Ok(PaymentStatus::Authorized { amount } | PaymentStatus::Captured { amount, .. }) => {
            Confirmed::Held(amount)
        }
        Ok(PaymentStatus::Declined(decline)) => Confirmed::Declined(decline),
        Ok(PaymentStatus::ActionRequired(challenge)) => {
            Confirmed::TurnBack(UndoReason::Challenge(challenge))
        }
        // The confirmation may still be on its way.
        Ok(PaymentStatus::Created | PaymentStatus::Pending) => Confirmed::Rest(Trouble::Unclear),
        Err(_) if has(Bug::AmbiguousUndone) => Confirmed::TurnBack(UndoReason::Failed),
        Err(fault) if fault.may_have_happened() => Confirmed::Rest(Trouble::Unclear),
        Err(fault) if is_unclear => Confirmed::Rest(match trouble_of(fault) {
            Trouble::Unreachable => Trouble::Unclear,
            trouble => trouble,
        }),
        Ok(PaymentStatus::Canceled) | Err(_) => Confirmed::TurnBack(UndoReason::Failed),
    }
}

#[cfg(test)]
mod tests {
    use acp_core::money::Currency;

    use super::*;

    fn money() -> Money {
        Money::new(500, Currency::parse("usd").unwrap()).unwrap()
    }

    #[test]
    fn nothing_is_undone_while_it_is_unclear() {
        for fault in PaymentFault::ALL {
            let came = confirmed(Err(fault), true);
            assert!(matches!(came, Confirmed::Rest(_)), "{fault}: {came:?}");
            let came = confirmed(Err(fault), false);
            assert_eq!(matches!(came, Confirmed::Rest(_)), fault.may_have_happened(), "{fault}");
        }
        for status in [PaymentStatus::Created, PaymentStatus::Pending] {
            assert_eq!(confirmed(Ok(status), true), Confirmed::Rest(Trouble::Unclear));
        }
    }

    #[test]
    fn what_the_provider_says_of_the_payment_counts_either_way() {
        for is_unclear in [true, false] {
            for (status, expected) in [
                (PaymentStatus::Authorized { amount: money() }, Confirmed::Held(money())),
                (PaymentStatus::taken(money()), Confirmed::Held(money())),
                (PaymentStatus::Declined(Decline::Soft), Confirmed::Declined(Decline::Soft)),
                (PaymentStatus::Declined(Decline::Hard), Confirmed::Declined(Decline::Hard)),
                (PaymentStatus::Canceled, Confirmed::TurnBack(UndoReason::Failed)),
                (
                    PaymentStatus::Captured { amount: money(), refunded: money() },
                    Confirmed::TurnBack(UndoReason::Failed),
                ),
            ] {
                assert_eq!(confirmed(Ok(status), is_unclear), expected);
            }
        }
    }
}
