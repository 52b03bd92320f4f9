//! What an agent wants, in no version, and the bodies that say so in each of them.

use serde_json::{Map, Value, json};

use super::version::Version;
use crate::support::{are_backends_remote, token_at_stripe};

/// What everybody buys: there are 140 of them, at 7.99 USD and free of tax in California.
pub(super) const HONEY: &str = "honey-wildflower-350g";
/// Something at 24.00 USD that is taxed in California.
pub(super) const TEE: &str = "tee-harbour-navy-m";
/// Something to download.
pub(super) const EBOOK: &str = "ebook-lamplighter-of-sull";
/// Something of which nothing is left.
pub(super) const SOLD_OUT: &str = "butter-cultured-250g";

/// One way of delivery and what it delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) kind: String,
    pub(super) option: String,
    pub(super) items: Vec<String>,
}

/// What a session shall be like. What is not said here is not sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    pub(super) items: Option<Vec<(String, u32)>>,
    pub(super) buyer: Option<Value>,
    pub(super) details: Option<Value>,
    pub(super) choices: Option<Vec<Choice>>,
    /// Of the versions that know them.
    pub(super) currency: Option<String>,
    pub(super) capabilities: Option<Value>,
    /// Members that are the same in every version in which they are sent.
    pub(super) more: Map<String, Value>,
}

impl Choice {
    pub(super) fn of(kind: &str, option: &str, items: &[&str]) -> Self {
        let items = items.iter().map(|&item| item.to_owned()).collect();
        Self { kind: kind.to_owned(), option: option.to_owned(), items }
    }

    fn body(&self, version: Version) -> Value {
        let (kind, option, items) = (&self.kind, &self.option, &self.items);
        if version.has_capabilities() {
            return json!({"type": kind, "option_id": option, "item_ids": items});
        }
        json!({"type": kind, kind: {"option_id": option, "item_ids": items}})
    }
}

impl Wish {
    /// Nothing but these things.
    pub(super) fn items(items: &[(&str, u32)]) -> Self {
        let items = items.iter().map(|&(item, count)| (item.to_owned(), count)).collect();
        Self { items: Some(items), ..Self::default() }
    }

    /// Two jars of honey for Ada in San Francisco. All that is missing is a way of delivery.
    pub(super) fn basket() -> Self {
        Self::items(&[(HONEY, 2)]).buyer(ada()).details(in_san_francisco())
    }

    /// A basket with goods that are taxed.
    pub(super) fn taxed() -> Self {
        Self { items: Self::items(&[(HONEY, 2), (TEE, 3)]).items, ..Self::basket() }
    }

    pub(super) fn buyer(self, buyer: Value) -> Self {
        Self { buyer: Some(buyer), ..self }
    }

    pub(super) fn details(self, details: Value) -> Self {
        Self { details: Some(details), ..self }
    }

    pub(super) fn in_currency(self, currency: &str) -> Self {
        Self { currency: Some(currency.to_owned()), ..self }
    }

    pub(super) fn capabilities(self, capabilities: Value) -> Self {
        Self { capabilities: Some(capabilities), ..self }
    }

    /// Says one thing more, where the version knows it.
    pub(super) fn and(mut self, member: &str, value: Value) -> Self {
        self.more.insert(member.to_owned(), value);
        self
    }

    /// Says nothing but this.
    pub(super) fn only(member: &str, value: Value) -> Self {
        Self::default().and(member, value)
    }

    /// Discounts for these codes.
    pub(super) fn codes(codes: &[&str]) -> Self {
        Self::only("discounts", json!({"codes": codes}))
    }

    /// A change that chooses nothing but this.
    pub(super) fn choosing(choices: &[Choice]) -> Self {
        Self { choices: Some(choices.to_vec()), ..Self::default() }
    }

    /// A change that sends everything in this basket by an option for parcels.
    pub(super) fn by(&self, option: &str) -> Self {
        let items: Vec<_> = self.items.iter().flatten().map(|(item, _)| item.as_str()).collect();
        Self::choosing(&[Choice::of("shipping", option, &items)])
    }

    pub(super) fn by_standard_shipping(&self) -> Self {
        self.by("standard")
    }

    /// The body that opens a session.
    pub(super) fn create_body(&self, version: Version) -> Value {
        let mut body = self.update_body(version);
        if version.has_capabilities() {
            body["currency"] = json!(self.currency.as_deref().unwrap_or("usd"));
            let able = json!({"interventions": {"supported": ["3ds"]}});
            body["capabilities"] = self.capabilities.clone().unwrap_or(able);
        }
        body
    }

    /// The body that changes a session.
    pub(super) fn update_body(&self, version: Version) -> Value {
        let mut body = self.more.clone();
        let mut put = |member: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(member.to_owned(), value);
            }
        };
        let items = self.items.as_ref().map(|items| {
            let item = |(id, count): &(String, u32)| json!({"id": id, "quantity": count});
            items.iter().map(item).collect()
        });
        put(if version.has_capabilities() { "line_items" } else { "items" }, items);
        put("buyer", self.buyer.clone());
        if version == Version::V2025_09_29 {
            // This version knows where the goods go, and nothing about who takes them.
            let address = self.details.as_ref().and_then(|details| details.get("address"));
            put("fulfillment_address", address.cloned());
            let option = self.choices.as_ref().and_then(|choices| choices.first());
            put("fulfillment_option_id", option.map(|choice| json!(choice.option)));
        } else {
            put("fulfillment_details", self.details.clone());
            let choices = self.choices.as_ref();
            let body =
                |choices: &Vec<Choice>| choices.iter().map(|one| one.body(version)).collect();
            put("selected_fulfillment_options", choices.map(body));
        }
        body.into()
    }
}

/// What a payment is made with.
#[derive(Clone, Debug)]
pub(super) struct Payment {
    token: String,
    outcome: Option<String>,
    /// Of the versions that know handlers.
    handler: String,
    instrument: String,
    credential: String,
    more: Map<String, Value>,
}

impl Payment {
    /// With a token for a card, by what the demo provider calls it.
    pub(super) fn with(token: &str) -> Self {
        let token = if are_backends_remote() { token_at_stripe(token) } else { token };
        Self {
            token: token.to_owned(),
            outcome: None,
            handler: "card_tokenized".to_owned(),
            instrument: "card".to_owned(),
            credential: "spt".to_owned(),
            more: Map::new(),
        }
    }

    /// With something else than a card.
    pub(super) fn over(self, handler: &str, instrument: &str) -> Self {
        Self { handler: handler.to_owned(), instrument: instrument.to_owned(), ..self }
    }

    /// With another kind of proof than a token made for this purpose.
    pub(super) fn credential(self, kind: &str) -> Self {
        Self { credential: kind.to_owned(), ..self }
    }

    /// After the buyer was asked to authenticate, with this outcome.
    pub(super) fn authenticated_as(self, outcome: &str) -> Self {
        Self { outcome: Some(outcome.to_owned()), ..self }
    }

    /// Says one thing more, where the version knows it.
    pub(super) fn and(mut self, member: &str, value: Value) -> Self {
        self.more.insert(member.to_owned(), value);
        self
    }

    /// The body that completes a session.
    pub(super) fn body(&self, version: Version) -> Value {
        let mut body = Value::Object(self.more.clone());
        body["payment_data"] = if version.has_capabilities() {
            let credential = json!({"type": self.credential, "token": self.token});
            let instrument = json!({"type": self.instrument, "credential": credential});
            json!({"handler_id": self.handler, "instrument": instrument})
        } else {
            json!({"token": self.token, "provider": "stripe"})
        };
        if let Some(outcome) = &self.outcome {
            body["authentication_result"] = json!({"outcome": outcome});
            // Who did not succeed has no proof to show.
            if ["authenticated", "attempt_acknowledged", "informational"]
                .contains(&outcome.as_str())
            {
                body["authentication_result"]["outcome_details"] = json!({
                    "three_ds_cryptogram": "AAECAwQFBgcICQoLDA0ODxAREhM=",
                    "electronic_commerce_indicator": "05",
                    "transaction_id": "ds-transaction-1",
                    "version": "2.2.0",
                });
            }
        }
        body
    }
}

/// A buyer every version understands.
pub(super) fn ada() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com",
        "phone_number": "14155550100",
    })
}

/// The same with an account in the shop.
pub(super) fn customer(id: &str) -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com",
        "customer_id": id, "authentication_status": "authenticated",
    })
}

pub(super) fn address() -> Value {
    json!({
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco", "state": "CA",
        "country": "US", "postal_code": "94105",
    })
}

/// Where the goods go, and who takes them.
pub(super) fn in_san_francisco() -> Value {
    json!({
        "name": "Ada Byron", "phone_number": "14155550100", "email": "ada@example.com",
        "address": address(),
    })
}
