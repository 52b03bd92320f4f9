use std::time::Duration;

use super::refusal::Refusal;

/// Something a buyer pays with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) id: String,
    pub(super) behaviour: Behaviour,
    /// How long it takes until money that goes back is there.
    pub(super) refunded_after: Duration,
    pub(super) brand: &'static str,
    pub(super) last4: String,
    /// The shared payment token it comes from, with the limits of that.
    pub(super) token: Option<String>,
}

/// What becomes of a payment with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behaviour {
    Approve,
    Challenge,
    Decline(Decline),
}

/// Why a card is declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decline {
    pub(super) code: &'static str,
    pub(super) reason: &'static str,
    pub(super) advice_code: Option<&'static str>,
    pub(super) message: &'static str,
}

/// How long a refund is pending at a card that is slow.
const REFUND_PENDING: Duration = Duration::from_mins(1);

const AGAIN: Option<&str> = Some("try_again_later");
const NEVER: Option<&str> = Some("do_not_try_again");

const fn declined(reason: &'static str, advice_code: Option<&'static str>) -> Decline {
    let message = "Your card was declined.";
    Decline { code: "card_declined", reason, advice_code, message }
}

pub(super) const GENERIC: Decline = declined("generic_decline", AGAIN);

/// The buyer would have to prove who he is, and nobody is there to ask him.
pub(super) const UNPROVEN: Decline = Decline {
    message: "Your card was declined. This transaction requires authentication.",
    code: "authentication_required",
    ..declined("authentication_required", None)
};

const DECLINES: [(&str, Decline); 8] = [
    (
        "chargeDeclinedInsufficientFunds",
        Decline {
            message: "Your card has insufficient funds.",
            ..declined("insufficient_funds", AGAIN)
        },
    ),
    ("chargeDeclinedLostCard", declined("lost_card", NEVER)),
    ("chargeDeclinedStolenCard", declined("stolen_card", NEVER)),
    ("chargeDeclinedFraudulent", declined("fraudulent", NEVER)),
    ("chargeDeclinedVelocityLimitExceeded", declined("card_velocity_exceeded", AGAIN)),
    (
        "chargeDeclinedExpiredCard",
        Decline {
            code: "expired_card",
            message: "Your card has expired.",
            ..declined("expired_card", NEVER)
        },
    ),
    (
        "chargeDeclinedIncorrectCvc",
        Decline {
            code: "incorrect_cvc",
            message: "Your card's security code is incorrect.",
            ..declined("incorrect_cvc", None)
        },
    ),
    (
        "chargeDeclinedProcessingError",
        Decline {
            code: "processing_error",
            message: "An error occurred while processing your card. Try again in a little bit.",
            ..declined("processing_error", AGAIN)
        },
    ),
];

const BRANDS: [(&str, &str, &str); 4] = [
    ("mastercard", "mastercard", "4444"),
    ("amex", "amex", "8431"),
    ("discover", "discover", "1117"),
    ("visa", "visa", "4242"),
];

/// The numbers of test cards that do not simply pay, with their names.
const NUMBERS: [(&str, &str); 9] = [
    ("4000000000000002", "chargeDeclined"),
    ("4000000000009995", "chargeDeclinedInsufficientFunds"),
    ("4000000000009987", "chargeDeclinedLostCard"),
    ("4000000000009979", "chargeDeclinedStolenCard"),
    ("4000000000000069", "chargeDeclinedExpiredCard"),
    ("4000000000000127", "chargeDeclinedIncorrectCvc"),
    ("4000000000000119", "chargeDeclinedProcessingError"),
    ("4000002500003155", "threeDSecure2Required"),
    ("4000002760003184", "authenticationRequired"),
];

impl Behaviour {
    /// By the name of a test card, as in `pm_card_visa_chargeDeclined` or `tok_chargeDeclined`.
    fn of(name: &str) -> Self {
        if let Some((_, decline)) = DECLINES.iter().find(|(known, _)| name.ends_with(known)) {
            return Self::Decline(*decline);
        }
        if name.contains("chargeDeclined") {
            return Self::Decline(GENERIC);
        }
        if name.contains("threeDSecure2Required") || name.contains("authenticationRequired") {
            return Self::Challenge;
        }
        Self::Approve
    }
}

impl Method {
    /// The method a caller names; `id` is what it is called when it is only a test name for one.
    pub(super) fn named(name: &str, param: &str, id: String) -> Result<Self, Refusal> {
        const PREFIXES: [&str; 4] = ["pm_", "tok_", "card_", "spt_"];
        if !PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(Refusal::no_such("PaymentMethod", name, param));
        }
        let is_shared = |(part, _, _): &&(&str, &str, &str)| name.contains(*part);
        let (_, brand, last4) =
            BRANDS.iter().find(is_shared).copied().unwrap_or(("visa", "visa", "4242"));
        let is_test_name = name.starts_with("pm_card_") || !name.starts_with("pm_");
        let id = if is_test_name { id } else { name.to_owned() };
        let is_slow = name.ends_with("pendingRefund");
        let refunded_after = if is_slow { REFUND_PENDING } else { Duration::ZERO };
        let (behaviour, last4) = (Behaviour::of(name), last4.to_owned());
        Ok(Self { id, behaviour, refunded_after, brand, last4, token: None })
    }

    /// The method a card becomes whose number is sent. The numbers of test cards do what their names
    /// do, and all others pay.
    pub(super) fn of_number(number: &str, id: String) -> Self {
        let name = NUMBERS.iter().find(|(known, _)| *known == number);
        let behaviour = Behaviour::of(name.map_or("", |(_, name)| name));
        let brand = match number.as_bytes() {
            [b'3', ..] => "amex",
            [b'2' | b'5', ..] => "mastercard",
            [b'6', ..] => "discover",
            _ => "visa",
        };
        let last4 = number.chars().skip(number.len().saturating_sub(4)).collect();
        Self { id, behaviour, refunded_after: Duration::ZERO, brand, last4, token: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str) -> Option<&'static str> {
        match Method::named(name, "payment_method", "pm_1".into()).unwrap().behaviour {
            Behaviour::Decline(decline) => Some(decline.reason),
            Behaviour::Challenge => Some("challenge"),
            Behaviour::Approve => None,
        }
    }

    #[test]
    fn names_do_what_stripe_says_they_do() {
        let expected = [
            ("pm_card_visa", None),
            ("tok_visa", None),
            ("pm_card_mastercard", None),
            ("pm_1OxYz", None),
            ("spt_123", None),
            ("pm_card_visa_chargeDeclined", Some("generic_decline")),
            ("tok_chargeDeclined", Some("generic_decline")),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", Some("insufficient_funds")),
            ("tok_chargeDeclinedInsufficientFunds", Some("insufficient_funds")),
            ("pm_card_visa_chargeDeclinedLostCard", Some("lost_card")),
            ("pm_card_visa_chargeDeclinedStolenCard", Some("stolen_card")),
            ("pm_card_chargeDeclinedExpiredCard", Some("expired_card")),
            ("tok_chargeDeclinedProcessingError", Some("processing_error")),
            ("tok_chargeDeclinedFraudulent", Some("fraudulent")),
            ("pm_card_threeDSecure2Required", Some("challenge")),
            ("tok_threeDSecure2Required", Some("challenge")),
        ];
        for (name, outcome) in expected {
            assert_eq!(code(name), outcome, "{name}");
        }
    }

    #[test]
    fn only_test_names_get_an_id_of_their_own() {
        let id = |name| Method::named(name, "payment_method", "pm_9".into()).unwrap().id;
        assert_eq!(id("pm_card_visa"), "pm_9");
        assert_eq!(id("tok_visa"), "pm_9");
        assert_eq!(id("pm_1OxYz"), "pm_1OxYz");
        assert!(Method::named("visa", "payment_method", "pm_9".into()).is_err());
    }
}
