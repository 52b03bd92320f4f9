//! Cards that are handed over: each becomes a payment method, and its number is Stripe's from then
//! on.

use acp_core::payment::{PaymentFault, ProviderKey};
use acp_core::ports::{CardKeeper, CardNotKept, KeptCard};
use acp_core::session::PaymentToken;
use acp_core::vault::{BillingAddress, Card};
use async_trait::async_trait;

use super::StripePayments;
use super::client::{Form, Refused};
use super::objects::NewMethod;

const PATH: &str = "/v1/payment_methods";

#[async_trait]
impl CardKeeper for StripePayments {
    /// The account has to be allowed to take numbers as they are; Stripe says so where it is not.
    async fn hand_over(&self, key: &ProviderKey, card: &Card) -> Result<KeptCard, CardNotKept> {
        // Each payment says the number of a network and its proof anew, which nobody has kept.
        if card.is_network_token {
            return Err(CardNotKept::Refused("card_number_type"));
        }
        let form = form_of(card);
        let made = self.client.post::<NewMethod>(PATH, &form, Some(&key.0)).await;
        match made {
            Ok(made) => Ok(KeptCard {
                credential: PaymentToken::new(made.object.id),
                brand: made.object.card.map(|card| card.brand),
            }),
            Err(Refused::Instrument(_) | Refused::Authenticate) => {
                Err(CardNotKept::Refused("number"))
            }
            Err(refused) => Err(CardNotKept::Failed(match refused.fault() {
                // Nothing is held by it, so that it does not matter whether it was made.
                fault if fault.may_have_happened() => PaymentFault::NotSent,
                fault => fault,
            })),
        }
    }
}

fn form_of(card: &Card) -> Form {
    let mut form = Form::new().with("type", "card").with("card[number]", card.number.reveal());
    if let Some(expiry) = card.expiry {
        form = form
            .with("card[exp_month]", &expiry.month.to_string())
            .with("card[exp_year]", &expiry.year.to_string());
    }
    if let Some(cvc) = &card.cvc {
        form = form.with("card[cvc]", cvc.reveal());
    }
    let name = card.billing.as_ref().map(|billing| &billing.name).or(card.name.as_ref());
    if let Some(name) = name {
        form = form.with("billing_details[name]", name.reveal());
    }
    match &card.billing {
        Some(billing) => with_address(form, billing),
        None => form,
    }
}

fn with_address(form: Form, billing: &BillingAddress) -> Form {
    let named = |part: &str| format!("billing_details[address][{part}]");
    let lines = [("line1", Some(&billing.line_one)), ("line2", billing.line_two.as_ref())];
    let rest = [
        ("city", Some(&billing.city)),
        ("state", Some(&billing.state)),
        ("country", Some(&billing.country)),
        ("postal_code", Some(&billing.postal_code)),
    ];
    let said = lines.into_iter().chain(rest);
    let said = said.filter_map(|(part, text)| Some((part, text?.reveal())));
    said.filter(|(_, text)| !text.is_empty())
        .fold(form, |form, (part, text)| form.with(&named(part), text))
}
