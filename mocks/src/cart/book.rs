use std::collections::BTreeMap;

use acp_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::movement::{Movement, Way};
use super::refusal::Refusal;

/// A cart, as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cart {
    /// Its id, which the gateway gave it.
    pub cart: String,
    /// Which state of it this is.
    pub revision: String,
    /// Whose it is.
    pub agent: String,
    /// What its goods are sold in.
    pub currency: String,
    /// The language it was asked for in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// What is in it.
    pub items: Vec<Line>,
    /// Who would buy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyer: Option<Value>,
    /// The first session that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Until when it is kept.
    pub expires_at: String,
}

/// An item, and how many of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The id of the item.
    pub item: String,
    /// How many.
    pub quantity: u32,
}

/// Everything in a cart, and for how long.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) items: Vec<Line>,
    pub(super) buyer: Option<Value>,
    pub(super) expires_at: String,
    pub(super) until: Timestamp,
}

/// A cart that is opened.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) cart: String,
    pub(super) agent: String,
    pub(super) currency: String,
    pub(super) locale: Option<String>,
    pub(super) content: Content,
}

/// When a call comes, and as which step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) now: Timestamp,
    pub(super) key: Option<&'a str>,
}

/// A cart as it is kept.
#[derive(Clone, Debug)]
struct Kept {
    cart: Cart,
    until: Timestamp,
    number: u64,
    /// The key of the last change: a call that comes again with it has been carried out.
    last_key: Option<String>,
}

/// All carts that are there, and what ever happened to one.
#[derive(Debug, Default)]
pub(super) struct Book {
    carts: BTreeMap<String, Kept>,
    movements: Vec<Movement>,
}

impl Kept {
    fn is_repeated(&self, call: &Call<'_>) -> bool {
        call.key.is_some() && self.last_key.as_deref() == call.key
    }

    fn turn(&mut self, call: &Call<'_>) {
        self.number += 1;
        self.cart.revision = self.number.to_string();
        self.last_key = call.key.map(str::to_owned);
    }

    fn fill(&mut self, content: Content) {
        let Content { items, buyer, expires_at, until } = content;
        (self.cart.items, self.cart.buyer) = (items, buyer);
        (self.cart.expires_at, self.until) = (expires_at, until);
    }
}

impl Book {
    pub(super) fn movements(&self) -> &[Movement] {
        &self.movements
    }

    pub(super) fn carts(&self) -> Vec<Cart> {
        self.carts.values().map(|kept| kept.cart.clone()).collect()
    }

    pub(super) fn read(&self, cart: &str) -> Result<Cart, Refusal> {
        self.carts.get(cart).map(|kept| kept.cart.clone()).ok_or(Refusal::UnknownCart)
    }

    pub(super) fn open(&mut self, call: &Call<'_>, opening: Opening) -> Result<Cart, Refusal> {
        if let Some(kept) = self.carts.get(&opening.cart) {
            return if kept.is_repeated(call) {
                Ok(kept.cart.clone())
            } else {
                Err(Refusal::Exists)
            };
        }
        let Opening { cart, agent, currency, locale, content } = opening;
        let opened = Cart {
            cart: cart.clone(),
            revision: String::new(),
            agent,
            currency,
            locale,
            items: Vec::new(),
            buyer: None,
            session: None,
            expires_at: String::new(),
        };
        let mut kept = Kept { cart: opened, until: content.until, number: 0, last_key: None };
        kept.fill(content);
        kept.turn(call);
        let shown = kept.cart.clone();
        self.carts.insert(cart.clone(), kept);
        self.write(call, Way::Open, &cart, None, None);
        Ok(shown)
    }

    pub(super) fn put(
        &mut self,
        call: &Call<'_>,
        cart: &str,
        revision: &str,
        content: Content,
    ) -> Result<Cart, Refusal> {
        let (kept, is_repeated) = self.at(call, cart, revision)?;
        if !is_repeated {
            kept.fill(content);
            kept.turn(call);
            self.write(call, Way::Put, cart, None, None);
        }
        self.read(cart)
    }

    pub(super) fn remove(
        &mut self,
        call: &Call<'_>,
        cart: &str,
        revision: &str,
        (item, expires_at, until): (&str, String, Timestamp),
    ) -> Result<Cart, Refusal> {
        let (kept, is_repeated) = self.at(call, cart, revision)?;
        if !is_repeated {
            kept.cart.items.retain(|line| line.item != item);
            (kept.cart.expires_at, kept.until) = (expires_at, until);
            kept.turn(call);
            self.write(call, Way::Remove, cart, Some(item), None);
        }
        self.read(cart)
    }

    pub(super) fn check_out(
        &mut self,
        call: &Call<'_>,
        cart: &str,
        session: &str,
    ) -> Result<Cart, Refusal> {
        let kept = self.carts.get_mut(cart).ok_or(Refusal::UnknownCart)?;
        if kept.cart.session.is_none() {
            kept.cart.session = Some(session.to_owned());
            kept.turn(call);
            self.write(call, Way::CheckOut, cart, None, Some(session));
        }
        self.read(cart)
    }

    pub(super) fn cancel(&mut self, call: &Call<'_>, cart: &str) -> Result<Cart, Refusal> {
        let kept = self.carts.remove(cart).ok_or(Refusal::UnknownCart)?;
        self.write(call, Way::Cancel, cart, None, None);
        Ok(kept.cart)
    }

    /// The shop itself puts these into a cart.
    pub(super) fn change(
        &mut self,
        now: Timestamp,
        cart: &str,
        items: Vec<Line>,
    ) -> Result<Cart, Refusal> {
        let call = Call { now, key: None };
        let kept = self.carts.get_mut(cart).ok_or(Refusal::UnknownCart)?;
        kept.cart.items = items;
        kept.turn(&call);
        self.write(&call, Way::Change, cart, None, None);
        self.read(cart)
    }

    /// Forgets the carts whose time is over.
    pub(super) fn catch_up(&mut self, now: Timestamp) {
        let over: Vec<_> = self
            .carts
            .iter()
            .filter(|(_, kept)| kept.until <= now)
            .map(|(cart, _)| cart.clone())
            .collect();
        for cart in over {
            self.carts.remove(&cart);
            self.write(&Call { now, key: None }, Way::RunOut, &cart, None, None);
        }
    }

    /// A cart in this state, or one this very call has changed before.
    fn at(
        &mut self,
        call: &Call<'_>,
        cart: &str,
        revision: &str,
    ) -> Result<(&mut Kept, bool), Refusal> {
        let kept = self.carts.get_mut(cart).ok_or(Refusal::UnknownCart)?;
        let is_repeated = kept.is_repeated(call);
        if !is_repeated && kept.cart.revision != revision {
            return Err(Refusal::Changed);
        }
        Ok((kept, is_repeated))
    }

    fn write(
        &mut self,
        call: &Call<'_>,
        way: Way,
        cart: &str,
        item: Option<&str>,
        session: Option<&str>,
    ) {
        self.movements.push(Movement {
            at_ms: call.now.unix_ms(),
            way,
            cart: cart.to_owned(),
            item: item.map(str::to_owned),
            session: session.map(str::to_owned),
            idempotency_key: call.key.map(str::to_owned),
        });
    }
}
