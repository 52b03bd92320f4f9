//! Where a payment stands, read from what Stripe says of it.

use acp_core::ids::PaymentId;
use acp_core::money::Money;
use acp_core::payment::{Decline, Payment, PaymentFault, PaymentStatus};
use acp_core::session::Challenge;

use super::objects::{Expandable, Intent};
use super::{Acquirer, amounts, declines};

/// How answers are read.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) acquirer: Option<Acquirer>,
}

impl Reading {
    /// The payment an object speaks of.
    ///
    /// # Errors
    /// It speaks of something we never asked for, so that nobody knows what it means.
    pub(super) fn payment(&self, intent: &Intent) -> Result<Payment, PaymentFault> {
        let money = |amount: i64| amount_of(intent, amount);
        let status = match &*intent.status {
            "requires_payment_method" => match &intent.last_payment_error {
                Some(complaint) if complaint.wants_authentication() => self.challenge(intent),
                Some(complaint) => PaymentStatus::Declined(declines::read(complaint)),
                None => PaymentStatus::Created,
            },
            "requires_confirmation" => PaymentStatus::Created,
            "requires_action" => self.challenge(intent),
            "requires_capture" => {
                PaymentStatus::Authorized { amount: money(intent.amount_capturable)? }
            }
            "succeeded" => PaymentStatus::Captured {
                amount: money(intent.amount_received)?,
                refunded: money(refunded(intent))?,
            },
            "canceled" => PaymentStatus::Canceled,
            // `processing`, and whatever there will be: it may still go either way.
            _ => PaymentStatus::Pending,
        };
        Ok(Payment { id: PaymentId::new(intent.id.clone()), status })
    }

    /// What an agent needs to authenticate its buyer. Without it nobody can.
    pub(super) fn challenge(&self, intent: &Intent) -> PaymentStatus {
        let Some(acquirer) = &self.acquirer else {
            tracing::warn!(
                payment = &*intent.id,
                "the buyer's bank wants an authentication, and agents cannot be told how: set \
                 stripe.acquirer_bin and the keys beside it"
            );
            return PaymentStatus::Declined(Decline::Soft);
        };
        let Some(directory_server) = directory_server(intent) else {
            tracing::warn!(
                payment = &*intent.id,
                "the buyer's bank wants an authentication by a network agents have no word for"
            );
            return PaymentStatus::Declined(Decline::Soft);
        };
        PaymentStatus::ActionRequired(Challenge {
            acquirer_bin: acquirer.bin.clone(),
            acquirer_country: acquirer.country.clone(),
            acquirer_merchant_id: acquirer.merchant_id.clone(),
            merchant_name: acquirer.merchant_name.clone(),
            directory_server: directory_server.into(),
            browser: None,
        })
    }
}

fn amount_of(intent: &Intent, amount: i64) -> Result<Money, PaymentFault> {
    amounts::from_stripe(amount, &intent.currency).ok_or(PaymentFault::CallerBug)
}

fn refunded(intent: &Intent) -> i64 {
    let charge = intent.latest_charge.as_ref().and_then(Expandable::whole);
    charge.map_or(0, |charge| charge.amount_refunded)
}

/// The network that authenticates the card, as the protocol names it; nothing where it has no name
/// there. A card Stripe does not show is taken for what most cards are.
fn directory_server(intent: &Intent) -> Option<&'static str> {
    let refused = intent.last_payment_error.as_ref().and_then(|it| it.payment_method.as_ref());
    let method = intent.payment_method.as_ref().and_then(Expandable::whole).or(refused);
    match method.and_then(|method| method.card.as_ref()).map(|card| &*card.brand) {
        None | Some("" | "visa") => Some("visa"),
        Some("mastercard") => Some("mastercard"),
        Some("amex" | "american_express") => Some("american_express"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use acp_core::money::Currency;
    use serde_json::{Value, json};

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
    }

    fn status(more: &Value) -> PaymentStatus {
        let mut intent = json!({"id": "pi_1", "currency": "usd", "amount": 1_000});
        let members = intent.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let acquirer = Acquirer {
            bin: "455555".into(),
            country: "US".into(),
            merchant_id: "m".into(),
            merchant_name: "Shop".into(),
        };
        let reading = Reading { acquirer: Some(acquirer) };
        reading.payment(&serde_json::from_value(intent).unwrap()).unwrap().status
    }

    #[test]
    fn every_status_says_where_the_payment_stands() {
        let soft = json!({"code": "card_declined", "decline_code": "insufficient_funds"});
        for (more, expected) in [
            (json!({"status": "requires_payment_method"}), PaymentStatus::Created),
            (json!({"status": "requires_confirmation"}), PaymentStatus::Created),
            (
                json!({"status": "requires_payment_method", "last_payment_error": soft}),
                PaymentStatus::Declined(Decline::Soft),
            ),
            (json!({"status": "processing"}), PaymentStatus::Pending),
            (json!({"status": "made_up_later"}), PaymentStatus::Pending),
            (
                json!({"status": "requires_capture", "amount_capturable": 900}),
                PaymentStatus::Authorized { amount: usd(900) },
            ),
            (
                json!({"status": "succeeded", "amount_received": 900, "latest_charge": "ch_1"}),
                PaymentStatus::taken(usd(900)),
            ),
            (
                json!({
                    "status": "succeeded",
                    "amount_received": 900,
                    "latest_charge": {"id": "ch_1", "amount_refunded": 400},
                }),
                PaymentStatus::Captured { amount: usd(900), refunded: usd(400) },
            ),
            (json!({"status": "canceled"}), PaymentStatus::Canceled),
        ] {
            assert_eq!(status(&more), expected, "{more}");
        }
    }

    #[test]
    fn an_authentication_is_asked_of_the_network_of_the_card() {
        let network = |brand: &str| {
            let method = json!({"id": "pm_1", "card": {"brand": brand}});
            match status(&json!({"status": "requires_action", "payment_method": method})) {
                PaymentStatus::ActionRequired(challenge) => challenge.directory_server,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(&*network("visa"), "visa");
        assert_eq!(&*network("mastercard"), "mastercard");
        assert_eq!(&*network("amex"), "american_express");
        let of_other = json!({"id": "pm_1", "card": {"brand": "discover"}});
        let other = status(&json!({"status": "requires_action", "payment_method": of_other}));
        assert_eq!(other, PaymentStatus::Declined(Decline::Soft), "agents have no word for it");
        let wanted = json!({
            "status": "requires_payment_method",
            "last_payment_error": {
                "code": "authentication_required",
                "payment_method": {"id": "pm_1", "card": {"brand": "mastercard"}},
            },
        });
        assert!(matches!(status(&wanted), PaymentStatus::ActionRequired(challenge)
            if &*challenge.directory_server == "mastercard"));
        let nobody = Reading { acquirer: None };
        let intent = json!({"id": "pi_1", "currency": "usd", "status": "requires_action"});
        let payment = nobody.payment(&serde_json::from_value(intent).unwrap()).unwrap();
        assert_eq!(payment.status, PaymentStatus::Declined(Decline::Soft), "the card may be fine");
    }
}
