use std::sync::Arc;

use super::quote::Shelf;
use super::{Buyer, Contact};
use crate::catalog::Shop;
use crate::ids::{ItemId, OptionId};
use crate::limits::QUANTITY_MAX;
use crate::money::Currency;

use super::commands::{ChangeSession, OpenSession};
use super::fulfillment::MethodKind;

/// A change of one field: absent, `null` and a value are three different things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Leave it as it is.
    #[default]
    Keep,
    /// Make it this.
    Set(T),
    /// Empty it.
    Clear,
}

impl<T> Patch<T> {
    fn apply<U: From<T>>(self, field: &mut Option<U>) {
        match self {
            Self::Keep => {}
            Self::Set(value) => *field = Some(value.into()),
            Self::Clear => *field = None,
        }
    }
}

impl<T> Patch<Vec<T>> {
    fn apply_list(self, field: &mut Vec<T>) {
        match self {
            Self::Keep => {}
            Self::Set(values) => *field = values,
            Self::Clear => field.clear(),
        }
    }
}

/// How many of an item: at least one, at most [`QUANTITY_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(u32);

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(1);

    /// This many; `None` when it is none or too many.
    pub fn new(count: u32) -> Option<Self> {
        (1..=QUANTITY_MAX).contains(&count).then_some(Self(count))
    }

    /// The count.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// An item the client wants, and how many of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The catalogue's id.
    pub item: ItemId,
    /// How many.
    pub quantity: Quantity,
}

/// A fulfillment option the client chose for some of its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The kind the client believes the option has; whichever it has, where the client has no way
    /// to say it.
    pub kind: Option<MethodKind>,
    /// The option.
    pub option: OptionId,
    /// Ids of items or of lines; empty means all the option can carry.
    pub items: Vec<Box<str>>,
}

/// A JSON object the client attached, kept as text: we store it and give it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata(pub Box<str>);

/// Which interventions the agent can carry out, as it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interventions {
    /// It can run a 3-D Secure authentication.
    pub three_ds: bool,
    /// It can ask for a biometric confirmation.
    pub biometric: bool,
    /// It can have an address verified.
    pub address_verification: bool,
}

/// How much an agent leaves to the shop. The first version of the protocol has no way to ask for
/// some things; there the shop fills them in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The agent is asked for everything.
    #[default]
    AsksForAll,
    /// The shop chooses a delivery where the agent did not, and sells without knowing the buyer.
    FillsIn,
}

/// Items the client wants to go the same way to the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAsked {
    /// The client's name for it.
    pub id: Box<str>,
    /// Ids of items or of lines.
    pub items: Vec<Box<str>>,
    /// The way.
    pub kind: MethodKind,
    /// Who receives it, and where; as for the whole session, where it is not given.
    pub contact: Option<Contact>,
    /// Where it is fetched.
    pub location_id: Option<Box<str>>,
    /// What else to know about it.
    pub instructions: Option<Box<str>>,
}

/// Everything the client asked for so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// How much the agent leaves to the shop.
    pub profile: Profile,
    /// The currency of all amounts.
    pub currency: Currency,
    /// The currency the buyer is shown, where it is another one.
    pub presentment: Option<Currency>,
    /// The items wanted, in the client's order.
    pub wanted: Vec<Wanted>,
    /// Who buys.
    pub buyer: Option<Arc<Buyer>>,
    /// Who receives it, and where.
    pub contact: Option<Arc<Contact>>,
    /// Which items go where.
    pub groups: Vec<GroupAsked>,
    /// The options chosen; `None` when the client never chose.
    pub selections: Option<Vec<Selection>>,
    /// Whether the agent wants to hear of discounts.
    pub wants_discounts: bool,
    /// The codes the buyer has.
    pub codes: Vec<Box<str>>,
    /// A note for the order.
    pub order_notes: Option<Box<str>>,
    /// The language the client asked for in the body.
    pub locale: Option<Box<str>>,
    /// The buyer's time zone.
    pub timezone: Option<Box<str>>,
    /// A quote this session is for.
    pub quote_id: Option<Box<str>>,
    /// What the client wants to have back.
    pub metadata: Option<Metadata>,
    /// What the agent can do.
    pub interventions: Interventions,
}

impl Basket {
    /// The basket of a new session, at a shop and with what it has on the shelf.
    pub fn open(command: OpenSession, shelf: &Shelf, shop: &Shop) -> Self {
        let sold_in = shelf.iter().flatten().map(|stocked| stocked.item.price.currency());
        let (currency, presentment) = currencies(command.currency, sold_in, shop);
        Self {
            profile: command.profile,
            currency,
            presentment,
            wanted: command.wanted,
            buyer: command.buyer.map(Arc::new),
            contact: command.contact.map(Arc::new),
            groups: command.groups,
            selections: None,
            wants_discounts: command.wants_discounts,
            codes: command.codes,
            order_notes: command.order_notes,
            locale: command.locale,
            timezone: command.timezone,
            quote_id: command.quote_id,
            metadata: command.metadata,
            interventions: command.interventions,
        }
    }

    /// The basket after a change. New lines make old choices about them void where they name
    /// items that are gone; the quote looks at that.
    #[must_use]
    pub fn changed(mut self, change: ChangeSession) -> Self {
        self.profile = change.profile;
        if let Some(wanted) = change.wanted {
            self.wanted = wanted;
        }
        change.buyer.apply(&mut self.buyer);
        change.contact.apply(&mut self.contact);
        change.selections.apply(&mut self.selections);
        change.order_notes.apply(&mut self.order_notes);
        change.codes.apply_list(&mut self.codes);
        change.groups.apply_list(&mut self.groups);
        self
    }
}

/// The currency that is charged, and the one the buyer is shown where that is another: goods sold
/// in one currency only can be shown in every currency the shop knows a rate for.
pub(super) fn currencies(
    asked: Option<Currency>,
    mut sold_in: impl Iterator<Item = Currency>,
    shop: &Shop,
) -> (Currency, Option<Currency>) {
    let first = sold_in.next();
    let only = first.filter(|first| sold_in.all(|other| other == *first));
    match (asked, only) {
        (Some(asked), Some(only)) if asked != only && shop.exchange(only, asked).is_some() => {
            (only, Some(asked))
        }
        (Some(asked), _) => (asked, None),
        (None, only) => (only.unwrap_or(shop.currency), None),
    }
}
