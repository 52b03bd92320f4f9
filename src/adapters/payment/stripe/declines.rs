//! Whether a declined instrument may be tried again.

use acp_core::payment::Decline;

use super::objects::Complaint;

/// Declines after which the same instrument may work another time.
const SOFT: [&str; 13] = [
    "approve_with_id",
    "authentication_not_handled",
    "card_decline_rate_limit_exceeded",
    "card_velocity_exceeded",
    "duplicate_transaction",
    "insufficient_funds",
    "invalid_amount",
    "issuer_not_available",
    "payment_intent_authentication_failure",
    "processing_error",
    "reenter_transaction",
    "try_again_later",
    "withdrawal_count_limit_exceeded",
];

/// What a decline was. What the network advises counts more than its reason.
pub(super) fn read(complaint: &Complaint) -> Decline {
    match complaint.advice_code.as_deref() {
        Some("do_not_try_again") => return Decline::Hard,
        Some("try_again_later" | "confirm_card_data") => return Decline::Soft,
        _ => {}
    }
    let reason = complaint.decline_code.as_deref().or(complaint.code.as_deref());
    if reason.is_some_and(|reason| SOFT.contains(&reason)) { Decline::Soft } else { Decline::Hard }
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
        for soft in SOFT {
            assert_eq!(declined(soft, None), Decline::Soft, "{soft}");
            assert_eq!(declined(soft, Some("do_not_try_again")), Decline::Hard, "{soft}");
        }
        for hard in ["lost_card", "stolen_card", "fraudulent", "generic_decline", "made_up_later"] {
            assert_eq!(declined(hard, None), Decline::Hard, "{hard}");
            assert_eq!(declined(hard, Some("try_again_later")), Decline::Soft, "{hard}");
        }
    }

    #[test]
    fn without_a_reason_the_code_counts() {
        let read =
            |code: &str| read(&Complaint { code: Some(code.into()), ..Complaint::default() });
        assert_eq!(read("processing_error"), Decline::Soft);
        assert_eq!(read("expired_card"), Decline::Hard);
    }
}
