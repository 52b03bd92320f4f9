//! What is said of a cart, and what is answered.

use acp_core::cart::Cart;
use acp_core::ids::{CartId, ItemId};
use acp_core::limits::{ITEM_ID_CHARS_MAX, LINE_ITEMS_MAX, MERCHANT_HOLD_MARGIN};
use acp_core::session::{Buyer, Quantity, Wanted};
use serde::{Deserialize, Serialize};

use crate::adapters::outward::moment;

const REVISION_CHARS_MAX: usize = 64;

/// A cart, as it is handed over to the service that keeps it.
#[derive(Debug, Serialize)]
pub(super) struct NewCart<'a> {
    cart: &'a str,
    agent: &'a str,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(flatten)]
    content: Content<'a>,
}

/// Everything in a cart, on top of the state it had.
#[derive(Debug, Serialize)]
pub(super) struct Replacement<'a> {
    pub(super) revision: &'a str,
    #[serde(flatten)]
    pub(super) content: Content<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Content<'a> {
    items: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer: Option<Person<'a>>,
    expires_at: String,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    item: &'a str,
    quantity: u32,
}

/// Who would buy, as far as a shop can make use of it.
#[derive(Debug, Serialize)]
struct Person<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    /// Only of buyers the shop knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<&'a str>,
}

/// The session that came of a cart.
#[derive(Debug, Serialize)]
pub(super) struct HandOver<'a> {
    pub(super) session: &'a str,
}

impl<'a> NewCart<'a> {
    pub(super) fn of(cart: &'a Cart) -> Self {
        Self {
            cart: cart.id.as_str(),
            agent: cart.owner.agent.as_str(),
            currency: cart.currency.to_string(),
            locale: cart.locale.as_deref(),
            content: Content::of(cart),
        }
    }
}

impl<'a> Content<'a> {
    pub(super) fn of(cart: &'a Cart) -> Self {
        let line = |wanted: &'a Wanted| Line {
            item: wanted.item.as_str(),
            quantity: wanted.quantity.get(),
        };
        Self {
            items: cart.wanted.iter().map(line).collect(),
            buyer: cart.buyer.as_ref().map(Person::of),
            expires_at: expiry(cart),
        }
    }
}

impl<'a> Person<'a> {
    fn of(buyer: &'a Buyer) -> Self {
        Self {
            email: &buyer.email,
            first_name: buyer.first_name.as_deref(),
            last_name: buyer.last_name.as_deref(),
            full_name: buyer.full_name.as_deref(),
            phone_number: buyer.phone_number.as_deref(),
            customer_id: buyer.customer_id.as_deref(),
        }
    }
}

/// Until when a cart has to be kept: a little longer than we ask for it.
pub(super) fn expiry(cart: &Cart) -> String {
    moment(cart.expires_at.plus(MERCHANT_HOLD_MARGIN))
}

/// A cart as the service keeps it.
#[derive(Debug, Deserialize)]
pub(super) struct CartTold {
    cart: String,
    revision: String,
    items: Vec<LineTold>,
}

#[derive(Debug, Deserialize)]
struct LineTold {
    item: String,
    quantity: u32,
}

/// What is believed of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// What the service calls this state of it.
    pub(super) revision: Box<str>,
    /// What is in it.
    pub(super) wanted: Vec<Wanted>,
}

impl CartTold {
    /// What it says, or what is wrong with it.
    pub(super) fn read(&self, asked: &CartId) -> Result<Kept, String> {
        if self.cart != asked.as_str() {
            return Err(format!("it is about cart {:?}", shown(&self.cart)));
        }
        let revision = self.revision.as_str();
        let is_plain = revision.chars().all(|c| c.is_ascii_graphic());
        if !is_plain || !(1..=REVISION_CHARS_MAX).contains(&revision.len()) {
            return Err(format!(
                "revision {:?} has not 1 to {REVISION_CHARS_MAX} visible ASCII characters",
                shown(revision)
            ));
        }
        if self.items.len() > LINE_ITEMS_MAX {
            return Err(format!("items are {}, and may be {LINE_ITEMS_MAX}", self.items.len()));
        }
        let wanted = self.items.iter().map(LineTold::read).collect::<Result<_, _>>()?;
        Ok(Kept { revision: revision.into(), wanted })
    }
}

impl LineTold {
    fn read(&self) -> Result<Wanted, String> {
        if !(1..=ITEM_ID_CHARS_MAX).contains(&self.item.chars().count()) {
            let item = shown(&self.item);
            return Err(format!("item {item:?} has not 1 to {ITEM_ID_CHARS_MAX} characters"));
        }
        let quantity = Quantity::new(self.quantity)
            .ok_or_else(|| format!("quantity {} cannot be", self.quantity))?;
        Ok(Wanted { item: ItemId::new(self.item.as_str()), quantity })
    }
}

/// So much of a stranger's text as a message shows.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Why something was not done.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    UnknownCart,
    Exists,
    Changed,
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{Partition, Random128};
    use serde_json::{Value, json};

    use super::*;

    fn cart() -> CartId {
        CartId::new(Partition::new(1).unwrap(), Random128([3; 16]))
    }

    fn read(changed: &Value) -> Result<Kept, String> {
        let mut told = json!({
            "cart": cart().as_str(), "revision": "7",
            "items": [{"item": "mug", "quantity": 2, "colour": "red"}], "more": [1.5],
        });
        for (member, value) in changed.as_object().unwrap() {
            told[member] = value.clone();
        }
        let told: CartTold = serde_json::from_value(told).map_err(|error| error.to_string())?;
        told.read(&cart())
    }

    #[test]
    fn a_cart_is_read_and_what_else_is_said_is_ignored() {
        let quantity = Quantity::new(2).unwrap();
        let wanted = vec![Wanted { item: ItemId::new("mug"), quantity }];
        assert_eq!(read(&json!({})), Ok(Kept { revision: "7".into(), wanted }));
        assert_eq!(read(&json!({"items": []})).unwrap().wanted, []);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let line = |item: &str, quantity: i64| json!({"item": item, "quantity": quantity});
        for (changed, said) in [
            (json!({"cart": "another"}), "another"),
            (json!({"revision": ""}), "revision \"\""),
            (json!({"revision": "a b"}), "revision \"a b\""),
            (json!({"revision": "x".repeat(65)}), "revision \"xx"),
            (json!({"revision": 7}), "expected a string"),
            (json!({"items": vec![line("mug", 1); 101]}), "items are 101"),
            (json!({"items": [line("", 1)]}), "item \"\""),
            (json!({"items": [line(&"ä".repeat(129), 1)]}), "item \"ä"),
            (json!({"items": [line("mug", 0)]}), "quantity 0"),
            (json!({"items": [line("mug", 10_001)]}), "quantity 10001"),
            (json!({"items": [line("mug", -1)]}), "invalid value"),
        ] {
            let wrong = read(&changed).unwrap_err();
            assert!(wrong.contains(said), "{changed}: {wrong}");
        }
    }
}
