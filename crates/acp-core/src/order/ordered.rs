use std::sync::Arc;

use super::fulfillment::FulfillmentKind;
use crate::catalog::{ExchangeRule, Kind};
use crate::ids::{ItemId, LineId};
use crate::money::Money;
use crate::pricing::{LineTotals, Totals};
use crate::session::{
    Address, Contact, FulfillmentOption, Group, Metadata, Method, MethodKind, Owner, QuotedLine,
    Session, Window,
};

/// A line, as it was ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedLine {
    /// Its id, the same as in the session.
    pub id: LineId,
    /// The item.
    pub item: ItemId,
    /// The product the item is a variant of.
    pub product_id: Box<str>,
    /// What people call it.
    pub title: Box<str>,
    /// A picture of it.
    pub image: Option<Box<str>>,
    /// Whether it has to be carried.
    pub kind: Kind,
    /// How many.
    pub quantity: u32,
    /// The price of one.
    pub unit_price: Money,
    /// What all of them cost.
    pub totals: LineTotals,
}

impl OrderedLine {
    fn of(line: &QuotedLine) -> Self {
        Self {
            id: line.id.clone(),
            item: line.item.id.clone(),
            product_id: line.item.product_id.clone(),
            title: line.item.title.clone(),
            image: line.item.images.first().cloned(),
            kind: line.item.kind,
            quantity: line.quantity,
            unit_price: line.item.price,
            totals: line.totals,
        }
    }
}

/// How lines were to reach the buyer, as the buyer chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenDelivery {
    /// The way.
    pub kind: FulfillmentKind,
    /// What it is called.
    pub title: Arc<str>,
    /// Who carries it.
    pub carrier: Option<Arc<str>>,
    /// What goes by it.
    pub lines: Vec<LineId>,
    /// Where it goes, or where it is fetched.
    pub destination: Option<Address>,
    /// When it arrives.
    pub window: Option<Window>,
}

/// What was ordered, and what has to be known of it when the session is long forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Whose order it is. Anybody else is told that it does not exist.
    pub owner: Owner,
    /// The short number people use on the telephone.
    pub number: Box<str>,
    /// The lines.
    pub lines: Vec<OrderedLine>,
    /// What it cost.
    pub totals: Totals,
    /// At which rate that was shown in the buyer's currency.
    pub exchange: Option<ExchangeRule>,
    /// How it was to reach the buyer.
    pub deliveries: Vec<ChosenDelivery>,
    /// How the buyer is reached. Addresses stand with the deliveries.
    pub contact: Contact,
    /// What the buyer said about the order.
    pub notes: Option<Box<str>>,
    /// What the client attached to the session.
    pub metadata: Option<Metadata>,
    /// The language the client asked for in the body.
    pub locale: Option<Box<str>>,
}

impl Ordered {
    /// What is ordered by a session as it stands, under this number.
    pub fn of(session: &Session, number: &str) -> Self {
        let (basket, quote) = (&session.basket, &session.quote);
        let chosen = quote.methods.iter().flat_map(|method| {
            method.groups.iter().filter_map(|group| chosen_by(session, method, group))
        });
        Self {
            owner: session.owner.clone(),
            number: number.into(),
            lines: quote.lines.iter().map(OrderedLine::of).collect(),
            totals: quote.totals.clone(),
            exchange: quote.exchange,
            deliveries: chosen.collect(),
            contact: contact_of(session),
            notes: basket.order_notes.clone(),
            metadata: basket.metadata.clone(),
            locale: basket.locale.clone(),
        }
    }

    /// A line by its id.
    pub fn line(&self, id: &LineId) -> Option<&OrderedLine> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// How a line was to reach the buyer.
    pub fn delivery_of(&self, line: &LineId) -> Option<&ChosenDelivery> {
        self.deliveries.iter().find(|delivery| delivery.lines.contains(line))
    }

    /// From the earliest first to the latest last arrival of what is carried to the buyer.
    pub fn window(&self) -> Option<Window> {
        let carried = |delivery: &&ChosenDelivery| delivery.kind != FulfillmentKind::Digital;
        let windows =
            || self.deliveries.iter().filter(carried).filter_map(|delivery| delivery.window);
        Some(Window {
            earliest: windows().map(|window| window.earliest).min()?,
            latest: windows().map(|window| window.latest).max()?,
        })
    }
}

fn chosen_by(session: &Session, method: &Method, group: &Group) -> Option<ChosenDelivery> {
    let option = method.options.iter().find(|option| option.id == group.option)?;
    Some(ChosenDelivery {
        kind: method.kind.into(),
        title: Arc::clone(&option.title),
        carrier: option.carrier.clone(),
        lines: group.lines.clone(),
        destination: destination(session, method.kind, option, group).cloned(),
        window: option.window,
    })
}

fn destination<'a>(
    session: &'a Session,
    kind: MethodKind,
    option: &'a FulfillmentOption,
    group: &Group,
) -> Option<&'a Address> {
    match kind {
        MethodKind::Digital => None,
        MethodKind::Pickup => option.pickup.as_ref().map(|location| &location.address),
        MethodKind::Shipping | MethodKind::LocalDelivery => {
            let named = |name: &str| session.basket.groups.iter().find(|asked| *asked.id == *name);
            let own = group.destination.as_deref().and_then(named);
            let own = own.and_then(|asked| asked.contact.as_ref());
            own.or(session.basket.contact.as_deref())?.address.as_ref()
        }
    }
}

/// The buyer, and what the buyer does not say from who receives the goods.
fn contact_of(session: &Session) -> Contact {
    let receiver = session.basket.contact.as_deref().cloned().unwrap_or_default();
    let buyer = session.basket.buyer.as_ref().map(|buyer| Contact {
        name: buyer.full_name.clone().or_else(|| {
            let parts = [buyer.first_name.as_deref(), buyer.last_name.as_deref()];
            let parts: Vec<_> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(" ").into())
        }),
        phone_number: buyer.phone_number.clone(),
        email: Some(buyer.email.clone()),
        address: None,
    });
    Contact { address: None, ..buyer.unwrap_or_default().or(&receiver) }
}
