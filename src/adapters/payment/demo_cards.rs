//! What the demo provider makes of cards: by its number, each does what the card of that number
//! does at Stripe in test mode. Nothing of a card is kept; what pays in its place is one of the
//! demo's own tokens, and says no more than which kind of card it was.

use acp_core::payment::ProviderKey;
use acp_core::ports::{CardKeeper, CardNotKept, KeptCard};
use acp_core::session::PaymentToken;
use acp_core::vault::Card;
use async_trait::async_trait;

/// A card whose security code never fits.
const WRONG_CODE: &str = "4000000000000127";

/// What the cards do that do not simply pay.
const SCRIPTED: [(&str, &str); 6] = [
    ("4000000000000002", "tok_declined"),
    ("4000000000000069", "tok_declined"),
    ("4000000000009995", "tok_insufficient_funds"),
    ("4000002500003155", "tok_requires_3ds"),
    ("4000002760003184", "tok_requires_3ds"),
    ("4000000000003220", "tok_requires_3ds"),
];

/// Takes cards for the demo provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct DemoCards;

fn brand_of(number: &str) -> Option<&'static str> {
    const BRANDS: [(&str, &str); 6] = [
        ("34", "amex"),
        ("37", "amex"),
        ("4", "visa"),
        ("5", "mastercard"),
        ("2", "mastercard"),
        ("6", "discover"),
    ];
    BRANDS.iter().find(|(first, _)| number.starts_with(first)).map(|(_, brand)| *brand)
}

#[async_trait]
impl CardKeeper for DemoCards {
    async fn hand_over(&self, _key: &ProviderKey, card: &Card) -> Result<KeptCard, CardNotKept> {
        let number = card.number.reveal();
        if number == WRONG_CODE && card.cvc.is_some() {
            return Err(CardNotKept::Refused("$.payment_method.cvc"));
        }
        let scripted = SCRIPTED.iter().find(|(known, _)| *known == number);
        let token = scripted.map_or("tok_card", |(_, token)| token);
        let brand = brand_of(number).map(Into::into);
        Ok(KeptCard { credential: PaymentToken::new(token), brand })
    }
}
