//! How a version is spoken and heard: the language of an answer, and what versions disagree on.

use acp_core::cart::Cart;
use acp_core::catalog::Shop;
use acp_core::order::Ordered;
use acp_core::principal::{AddressPhone, Habits};
use acp_core::session::Session;
use serde::Serialize;

use crate::read::UnknownFields;
use crate::texts::Locale;
use crate::version::Version;

/// How an answer is to be said.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    /// The shop that speaks.
    pub shop: &'a Shop,
    /// The language the caller asked for.
    pub locale: Locale,
    /// What the caller wants otherwise than the version says.
    pub habits: Habits,
}

/// How a request is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Ear {
    /// What is done with unknown fields.
    pub unknown: UnknownFields,
    /// Whether addresses carry a telephone number.
    pub address_phone: AddressPhone,
}

/// What some versions know and others do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Addresses name a company.
    Company,
    /// Messages say who can do something about them.
    Resolution,
    /// Handlers say what people call them, and in which order.
    HandlerDisplay,
    /// An order tells of its lines and totals.
    WholeOrder,
    /// The buyer can say something about the order.
    OrderNotes,
    /// The buyer can agree to be written to.
    MarketingConsents,
    /// A demand for authentication says which browser it is for.
    Browser,
    /// Where things go can be said with the payment.
    DeliveryWithPayment,
}

/// A version, as far as it differs from its neighbours in a word.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Its name in sessions; none where it has no date yet.
    pub(crate) date: Option<Version>,
    /// What it knows.
    pub(crate) knows: &'static [Feature],
}

impl Dialect {
    pub(crate) fn knows(&self, feature: Feature) -> bool {
        self.knows.contains(&feature)
    }
}

/// A voice that speaks one version about one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saying<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) locale: Locale,
    pub(crate) habits: Habits,
    pub(crate) dialect: &'static Dialect,
}

impl<'a> Saying<'a> {
    /// The language of the session's own body wins over that of the caller.
    pub(crate) fn about(session: &Session, voice: &Voice<'a>, dialect: &'static Dialect) -> Self {
        let asked = session.basket.locale.as_deref().and_then(Locale::of_tag);
        let locale = asked.unwrap_or(voice.locale);
        Self { shop: voice.shop, locale, habits: voice.habits, dialect }
    }

    /// The same about a cart.
    pub(crate) fn of_cart(cart: &Cart, voice: &Voice<'a>, dialect: &'static Dialect) -> Self {
        let asked = cart.locale.as_deref().and_then(Locale::of_tag);
        let locale = asked.unwrap_or(voice.locale);
        Self { shop: voice.shop, locale, habits: voice.habits, dialect }
    }

    /// The same about an order.
    pub(crate) fn of_order(
        ordered: &Ordered,
        voice: &Voice<'a>,
        dialect: &'static Dialect,
    ) -> Self {
        let asked = ordered.locale.as_deref().and_then(Locale::of_tag);
        let locale = asked.unwrap_or(voice.locale);
        Self { shop: voice.shop, locale, habits: voice.habits, dialect }
    }

    pub(crate) fn knows(&self, feature: Feature) -> bool {
        self.dialect.knows(feature)
    }
}

/// The bytes of a session as it is said.
pub(crate) fn written(session: &impl Serialize) -> Vec<u8> {
    let mut body = Vec::with_capacity(8_192);
    // Writing plain data into memory cannot fail.
    serde_json::to_writer(&mut body, session).unwrap_or_default();
    body
}
