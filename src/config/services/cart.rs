//! `[cart]`: who keeps carts.

use serde::{Deserialize, Serialize};

use super::terms::{Kept, Table, TermService, keys};
use crate::config::keys::{Key, Section};

/// `[cart]`: who keeps carts, and how it is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CartService(pub TermService);

/// No table of the shop says what is in a cart.
const CART: Kept =
    Kept { name: CartService::NAME, base_url: &["cart.base_url"], table: "", keys: &[] };

impl CartService {
    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        self.0.contradictions(&CART, Table::Unwritten)
    }
}

impl Section for CartService {
    const NAME: &'static str = "cart";
    const ABOUT: &'static str = "Who keeps carts: the gateway, or a service of the merchant.";
    const KEYS: &'static [Key] =
        &keys("The gateway keeps carts (`\"embedded\"`), or a service does (`\"http\"`).");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TermKind;
    use crate::config::secrets::Secret;

    #[test]
    fn a_cart_service_has_an_address_and_a_token_is_not_shown_to_the_street() {
        let mut cart = CartService::default();
        assert_eq!(cart.contradictions(), []);
        cart.0.kind = TermKind::Http;
        assert!(cart.contradictions()[0].1.contains("cart.kind = \"http\""));
        cart.0.base_url = Some("http://carts.internal".into());
        assert_eq!(cart.contradictions(), []);
        cart.0.token = Some(Secret::guard("t".into()));
        assert!(cart.contradictions()[0].1.contains("cart.token travels with every"));
        cart.0.base_url = Some("https://carts.internal".into());
        assert_eq!(cart.contradictions(), []);
    }
}
