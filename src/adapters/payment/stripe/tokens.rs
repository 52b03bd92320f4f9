//! What an agent may pay with: a payment method, a card token, or a granted token.

use acp_core::ids::PaymentId;
use acp_core::payment::{Decline, PaymentFault};
use acp_core::session::PaymentToken;
use acp_core::time::Timestamp;

use super::client::{Form, Refused, StripeClient};
use super::objects::{Captured, GrantedToken, Intent};

/// What a token is, by how it begins.
enum Kind {
    /// A token an agent granted this shop: `spt_…`.
    Granted,
    /// A card: `tok_…`.
    Card,
    /// A payment method: `pm_…`, and whatever else Stripe may know.
    Method,
}

impl Kind {
    fn of(token: &str) -> Self {
        match token.split('_').next() {
            Some("spt") => Self::Granted,
            Some("tok") => Self::Card,
            _ => Self::Method,
        }
    }
}

/// The same form, paying with this token.
pub(super) fn paying_with(form: Form, token: &PaymentToken) -> Form {
    let token = token.reveal();
    match Kind::of(token) {
        Kind::Granted => form.with("payment_method_data[shared_payment_granted_token]", token),
        Kind::Card => form
            .with("payment_method_data[type]", "card")
            .with("payment_method_data[card][token]", token),
        Kind::Method => form.with("payment_method", token),
    }
}

/// Why a token cannot pay for this payment, if that is known beforehand: what was granted is too
/// little, over, or in another currency. Nothing is paid by looking, so that a look that failed
/// is as good as none that was sent.
pub(super) async fn refusal(
    client: &StripeClient,
    token: &PaymentToken,
    payment: &PaymentId,
    now: Timestamp,
) -> Result<Option<Decline>, PaymentFault> {
    let token = token.reveal();
    if !matches!(Kind::of(token), Kind::Granted) {
        return Ok(None);
    }
    // It stands in an address, and came from outside.
    if !token.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(Some(Decline::Hard));
    }
    let path = format!("/v1/shared_payment/granted_tokens/{token}");
    let granted: GrantedToken = match client.get(&path, &Form::new()).await {
        Ok(granted) => granted,
        Err(Refused::Missing) => return Ok(Some(Decline::Hard)),
        Err(Refused::Instrument(decline, _)) => return Ok(Some(decline)),
        Err(refused) => return Err(unsent(refused.fault())),
    };
    let path = format!("/v1/payment_intents/{payment}");
    let intent: Intent =
        client.get(&path, &Form::new()).await.map_err(|refused| unsent(refused.fault()))?;
    Ok(granted.declines(&intent, now))
}

const fn unsent(fault: PaymentFault) -> PaymentFault {
    if fault.may_have_happened() { PaymentFault::NotSent } else { fault }
}

impl GrantedToken {
    /// Why it does not pay for this: it is over for good, or what was granted is not enough, which
    /// it may be for a basket with less in it.
    fn declines(&self, intent: &Intent, now: Timestamp) -> Option<Decline> {
        let limits = &self.usage_limits;
        let captured = self.usage_details.as_ref().and_then(|used| used.amount_captured.as_ref());
        let left = limits.max_amount.saturating_sub(captured.map_or(0, Captured::amount));
        let is_over = limits.expires_at.is_some_and(|at| at.saturating_mul(1_000) <= now.unix_ms());
        if is_over || self.deactivated_at.is_some() {
            return Some(Decline::Hard);
        }
        let is_enough =
            limits.currency.eq_ignore_ascii_case(&intent.currency) && intent.amount <= left;
        (!is_enough).then_some(Decline::Soft)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_granted_token_covers_what_its_limits_say() {
        let now = Timestamp::from_unix_ms(1_000_000);
        let intent = |amount: i64, currency: &str| -> Intent {
            serde_json::from_value(json!({
                "id": "pi_1", "status": "requires_payment_method",
                "amount": amount, "currency": currency,
            }))
            .unwrap()
        };
        let granted = |more: serde_json::Value| -> GrantedToken {
            let mut token = json!({
                "id": "spt_1",
                "usage_limits": {"currency": "usd", "max_amount": 1_000, "expires_at": 1_001},
                "usage_details": {"amount_captured": 0},
                "deactivated_at": null,
            });
            token.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value(token).unwrap()
        };
        let declines = |token: &GrantedToken, intent: &Intent| token.declines(intent, now);
        let fresh = granted(json!({}));
        let (soft, hard) = (Some(Decline::Soft), Some(Decline::Hard));
        assert_eq!(declines(&fresh, &intent(1_000, "usd")), None);
        assert_eq!(declines(&fresh, &intent(1_001, "usd")), soft, "more than was granted");
        assert_eq!(declines(&fresh, &intent(1_000, "eur")), soft, "another currency");
        let late = Timestamp::from_unix_ms(1_001_000);
        assert_eq!(fresh.declines(&intent(1, "usd"), late), hard, "too late");
        let revoked = granted(json!({"deactivated_at": 5}));
        assert_eq!(declines(&revoked, &intent(1, "usd")), hard);
        let used = granted(json!({"usage_details": {"amount_captured": 600}}));
        assert_eq!(declines(&used, &intent(400, "usd")), None);
        assert_eq!(declines(&used, &intent(401, "usd")), soft, "some of it was spent");
        let used = json!({"usage_details": {"amount_captured": {"currency": "usd", "value": 600}}});
        assert_eq!(declines(&granted(used), &intent(401, "usd")), soft);
    }

    #[test]
    fn a_token_pays_by_what_it_is() {
        let form = |token: &str| paying_with(Form::new(), &PaymentToken::new(token));
        assert_eq!(form("pm_1").as_str(), "payment_method=pm_1");
        let card = "payment_method_data%5Btype%5D=card\
                    &payment_method_data%5Bcard%5D%5Btoken%5D=tok_1";
        assert_eq!(form("tok_1").as_str(), card);
        let granted = "payment_method_data%5Bshared_payment_granted_token%5D=spt_1";
        assert_eq!(form("spt_1").as_str(), granted);
    }
}
