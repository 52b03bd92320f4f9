//! Whether a declined instrument may be tried again.

use acp_core::payment::Decline;

use super::objects::Complaint;

/// Declines after which the same instrument pays nothing for this session. Every other may be about
/// the amount, the moment or what the buyer has to tell the bank, and so may one nobody has heard
/// of: whoever remembered it would refuse a card that pays.
const HARD: [&str; 11] = [
    "card_not_supported",
    "currency_not_supported",
    "do_not_honor",
    "expired_card",
    "fraudulent",
    "generic_decline",
    "invalid_account",
    "lost_card",
    "pickup_card",
    "stolen_card",
    "transaction_not_allowed",
];

/// What a decline was. What the network advises counts more than its reason.
pub(super) fn read(complaint: &Complaint) -> Decline {
    match complaint.advice_code.as_deref() {
        Some("do_not_try_again") => return Decline::Hard,
        Some("try_again_later" | "confirm_card_data") => return Decline::Soft,
        _ => {}
    }
    let reason = complaint.decline_code.as_deref().or(complaint.code.as_deref());
    if reason.is_some_and(|reason| HARD.contains(&reason)) { Decline::Hard } else { Decline::Soft }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declined(reason: &str, advice: Option<&str>) -> Decline {
        read(&Complaint {
            code: Some("card_declined".into()),
            decline_code: Some(reason.into()),
            advice_code: advice.map(Into::into),
            ..Complaint::default()
        })
    }

    #[test]
    fn the_reason_says_whether_to_try_again_unless_the_network_does() {
        for hard in HARD {
            assert_eq!(declined(hard, None), Decline::Hard, "{hard}");
            assert_eq!(declined(hard, Some("try_again_later")), Decline::Soft, "{hard}");
        }
        for soft in ["insufficient_funds", "call_issuer", "incorrect_cvc", "made_up_later"] {
            assert_eq!(declined(soft, None), Decline::Soft, "{soft}");
            assert_eq!(declined(soft, Some("made_up_later")), Decline::Soft, "{soft}");
            assert_eq!(declined(soft, Some("do_not_try_again")), Decline::Hard, "{soft}");
        }
    }

    #[test]
    fn without_a_reason_the_code_counts() {
        let read =
            |code: &str| read(&Complaint { code: Some(code.into()), ..Complaint::default() });
        for soft in ["processing_error", "card_declined"] {
            assert_eq!(read(soft), Decline::Soft, "{soft}");
        }
        assert_eq!(read("expired_card"), Decline::Hard);
    }
}
