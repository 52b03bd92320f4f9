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

/// What of a card Stripe complains of, by the parameter it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Number,
    Month,
    Year,
    Code,
    Name,
    LineOne,
    LineTwo,
    City,
    State,
    Country,
    PostalCode,
}

impl Part {
    /// The part a parameter stands for. Where the bank says no, Stripe names it without what is around
    /// it.
    pub(super) fn of(parameter: &str) -> Option<Self> {
        let named = |group: &str| parameter.strip_prefix(group)?.strip_suffix(']');
        if let Some(part) = named("billing_details[address][") {
            return match part {
                "line1" => Some(Self::LineOne),
                "line2" => Some(Self::LineTwo),
                "city" => Some(Self::City),
                "state" => Some(Self::State),
                "country" => Some(Self::Country),
                "postal_code" => Some(Self::PostalCode),
                _ => None,
            };
        }
        match named("card[").or_else(|| named("billing_details[")).unwrap_or(parameter) {
            "number" => Some(Self::Number),
            "exp_month" => Some(Self::Month),
            "exp_year" => Some(Self::Year),
            "cvc" => Some(Self::Code),
            "name" => Some(Self::Name),
            "address_zip" => Some(Self::PostalCode),
            _ => None,
        }
    }

    /// Where an agent has written it.
    const fn place(self, card: &Card) -> &'static str {
        match self {
            Self::Number => "$.payment_method.number",
            Self::Month => "$.payment_method.exp_month",
            Self::Year => "$.payment_method.exp_year",
            Self::Code => "$.payment_method.cvc",
            Self::Name if card.billing.is_some() => "$.billing_address.name",
            Self::Name => "$.payment_method.name",
            Self::LineOne => "$.billing_address.line_one",
            Self::LineTwo => "$.billing_address.line_two",
            Self::City => "$.billing_address.city",
            Self::State => "$.billing_address.state",
            Self::Country => "$.billing_address.country",
            Self::PostalCode => "$.billing_address.postal_code",
        }
    }
}

#[async_trait]
impl CardKeeper for StripePayments {
    /// The account has to be allowed to take numbers as they are; Stripe says so where it is not.
    async fn hand_over(&self, key: &ProviderKey, card: &Card) -> Result<KeptCard, CardNotKept> {
        // Each payment says the number of a network and its proof anew, which nobody has kept.
        if card.is_network_token {
            return Err(CardNotKept::Refused("$.payment_method.card_number_type"));
        }
        let form = form_of(card);
        let made = self.client.post::<NewMethod>(PATH, &form, Some(&key.0)).await;
        match made {
            Ok(made) => Ok(KeptCard {
                credential: PaymentToken::new(made.object.id),
                brand: made.object.card.map(|card| card.brand),
            }),
            Err(Refused::Instrument(_, part)) => {
                let place = part.map_or("$.payment_method", |part| part.place(card));
                Err(CardNotKept::Refused(place))
            }
            Err(Refused::Authenticate) => Err(CardNotKept::Refused("$.payment_method")),
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

#[cfg(test)]
mod tests {
    use acp_core::vault::{Expiry, SecretText};

    use super::*;

    fn text(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    fn card(billing: Option<BillingAddress>) -> Card {
        Card {
            number: text("4242424242424242"),
            is_network_token: false,
            expiry: Some(Expiry { month: 11, year: 2034 }),
            name: Some(text("Ada Byron")),
            cvc: Some(text("987")),
            billing,
        }
    }

    fn address() -> BillingAddress {
        BillingAddress {
            name: text("Ada Byron"),
            line_one: text("4 Pier Road"),
            line_two: Some(text("2nd floor")),
            city: text("San Francisco"),
            state: text("CA"),
            country: text("US"),
            postal_code: text("94105"),
        }
    }

    /// Every parameter that is sent has a place in what the agent has sent.
    #[test]
    fn what_stripe_complains_of_is_named_as_the_agent_has_written_it() {
        let place = |parameter: &str, card: &Card| Part::of(parameter).map(|it| it.place(card));
        let (bare, whole) = (card(None), card(Some(address())));
        for card in [&bare, &whole] {
            let form = form_of(card);
            let sent = form_urlencoded::parse(form.as_str().as_bytes());
            for (parameter, _) in sent.filter(|(parameter, _)| parameter != "type") {
                assert!(place(&parameter, card).is_some(), "{parameter}");
            }
        }
        for (parameter, expected) in [
            ("number", Some("$.payment_method.number")),
            ("card[exp_year]", Some("$.payment_method.exp_year")),
            ("exp_month", Some("$.payment_method.exp_month")),
            ("cvc", Some("$.payment_method.cvc")),
            ("billing_details[name]", Some("$.billing_address.name")),
            ("billing_details[address][country]", Some("$.billing_address.country")),
            ("billing_details[address][line1]", Some("$.billing_address.line_one")),
            ("billing_details[address]", None),
            ("payment_method", None),
            ("", None),
        ] {
            assert_eq!(place(parameter, &whole), expected, "{parameter}");
        }
        assert_eq!(place("billing_details[name]", &bare), Some("$.payment_method.name"));
    }
}
