use std::sync::Arc;

use super::basket::{Basket, GroupAsked, Wanted, currencies};
use super::commands::OpenSession;
use super::{Address, Buyer, Contact};
use crate::catalog::{CatalogItem, Shop};
use crate::ids::TenantId;
use crate::money::{Currency, Money};

/// Which currency is charged.
#[derive(Clone, Copy, Debug)]
enum Charged {
    /// That of an open session.
    Settled(Currency),
    /// What a client asks for, if it does: it depends on the goods.
    Asked(Option<Currency>),
    /// That of the goods.
    AsSold,
}

/// What a client wants, as far as the shop's terms depend on it: of a new session or a known one.
#[derive(Clone, Debug)]
pub struct Wishes<'a> {
    charged: Charged,
    /// The items wanted, in the client's order.
    pub wanted: &'a [Wanted],
    buyer: Option<&'a Buyer>,
    contact: Option<&'a Contact>,
    groups: &'a [GroupAsked],
    codes: &'a [Box<str>],
}

impl OpenSession {
    /// What it wants.
    pub fn wishes(&self) -> Wishes<'_> {
        Wishes {
            charged: Charged::Asked(self.currency),
            wanted: &self.wanted,
            buyer: self.buyer.as_ref(),
            contact: self.contact.as_ref(),
            groups: &self.groups,
            codes: &self.codes,
        }
    }
}

impl<'a> Wishes<'a> {
    /// These goods, in a cart of somebody: nobody knows where they go.
    pub const fn in_cart(wanted: &'a [Wanted], buyer: Option<&'a Buyer>) -> Self {
        let charged = Charged::AsSold;
        Self { charged, wanted, buyer, contact: None, groups: &[], codes: &[] }
    }
}

impl Basket {
    /// What is wanted.
    pub fn wishes(&self) -> Wishes<'_> {
        Wishes {
            charged: Charged::Settled(self.currency),
            wanted: &self.wanted,
            buyer: self.buyer.as_deref(),
            contact: self.contact.as_deref(),
            groups: &self.groups,
            codes: &self.codes,
        }
    }
}

impl<'a> Wishes<'a> {
    /// The same, of somebody else.
    pub(super) fn of(self, buyer: &'a Buyer) -> Self {
        Self { buyer: Some(buyer), ..self }
    }
}

/// A line whoever keeps a part of the shop's terms is asked about.
#[derive(Clone, Copy, Debug)]
pub struct LineAsked<'a> {
    /// What it is.
    pub item: &'a CatalogItem,
    /// How many.
    pub quantity: u32,
}

/// What whoever keeps a part of the shop's terms is told, so that it can say which rules hold.
#[derive(Clone, Debug)]
pub struct Inquiry<'a> {
    /// The shop that sells.
    pub tenant: &'a TenantId,
    /// The session, or the cart, it is about.
    pub about: &'a str,
    /// The currency that is charged.
    pub currency: Currency,
    /// What is wanted.
    pub lines: Vec<LineAsked<'a>>,
    /// What it is worth, before anything is taken off.
    pub goods: Money,
    /// Where things may go.
    pub addresses: Vec<&'a Address>,
    /// The codes the buyer has.
    pub codes: &'a [Box<str>],
    /// Who buys.
    pub buyer: Option<&'a Buyer>,
}

impl<'a> Inquiry<'a> {
    /// What there is to ask about wishes, once it is known what the items are. Nothing where they
    /// will be refused whatever the terms: items the shop does not have, currencies that do not
    /// agree, amounts above the cap.
    pub fn about(
        (tenant, about): (&'a TenantId, &'a str),
        wishes: &Wishes<'a>,
        items: &'a [Option<Arc<CatalogItem>>],
        shop: &Shop,
    ) -> Option<Self> {
        let items: Vec<&CatalogItem> =
            items.iter().map(Option::as_deref).collect::<Option<Vec<_>>>()?;
        let currency = match wishes.charged {
            Charged::Settled(currency) => currency,
            Charged::AsSold => items.first()?.price.currency(),
            Charged::Asked(asked) => {
                currencies(asked, items.iter().map(|item| item.price.currency()), shop).0
            }
        };
        let lines: Vec<_> = items
            .into_iter()
            .zip(wishes.wanted)
            .map(|(item, wanted)| LineAsked { item, quantity: wanted.quantity.get() })
            .collect();
        Self::of((tenant, about), wishes, lines, currency)
    }

    /// What there is to ask about wishes of which everything is known.
    pub(super) fn of(
        (tenant, about): (&'a TenantId, &'a str),
        wishes: &Wishes<'a>,
        lines: Vec<LineAsked<'a>>,
        currency: Currency,
    ) -> Option<Self> {
        let goods = lines.iter().try_fold(Money::zero(currency), |sum, line| {
            sum.plus(line.item.price.times(line.quantity)?)
        });
        let contacts = wishes.contact.into_iter();
        let contacts =
            contacts.chain(wishes.groups.iter().filter_map(|group| group.contact.as_ref()));
        Some(Self {
            tenant,
            about,
            currency,
            lines,
            goods: goods.ok()?,
            addresses: contacts.filter_map(|contact| contact.address.as_ref()).collect(),
            codes: wishes.codes,
            buyer: wishes.buyer,
        })
    }

    /// The buyer's id at the shop, where the shop knows this buyer.
    pub fn customer(&self) -> Option<&'a str> {
        self.buyer.and_then(Buyer::customer)
    }
}

impl Buyer {
    /// The id at the shop, where the shop knows this buyer.
    pub fn customer(&self) -> Option<&str> {
        self.customer_id.as_deref().filter(|_| self.is_signed_in())
    }
}
