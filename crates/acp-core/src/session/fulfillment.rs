use std::collections::BTreeMap;
use std::sync::Arc;

use super::Address;
use super::basket::{Basket, GroupAsked, Profile, Selection};
use crate::catalog::{Carriage, Kind, OptionRule, PickupLocation, Region};
use crate::ids::{ItemId, LineId, OptionId};
use crate::money::Money;
use crate::time::Timestamp;

/// A way of getting goods to the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum MethodKind {
    Shipping,
    Digital,
    Pickup,
    LocalDelivery,
}

impl MethodKind {
    const fn of(carriage: &Carriage) -> Self {
        match carriage {
            Carriage::Shipping { .. } => Self::Shipping,
            Carriage::Digital => Self::Digital,
            Carriage::Pickup(_) => Self::Pickup,
            Carriage::LocalDelivery { .. } => Self::LocalDelivery,
        }
    }

    const fn carries(self) -> Kind {
        match self {
            Self::Digital => Kind::Digital,
            Self::Shipping | Self::Pickup | Self::LocalDelivery => Kind::Physical,
        }
    }

    const fn needs_an_address(self) -> bool {
        match self {
            Self::Shipping | Self::LocalDelivery => true,
            Self::Digital | Self::Pickup => false,
        }
    }
}

/// When something arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Not before this.
    pub earliest: Timestamp,
    /// Not after this.
    pub latest: Timestamp,
}

/// An option a session offers, priced for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfillmentOption {
    /// Its id.
    pub id: OptionId,
    /// What it is called.
    pub title: Arc<str>,
    /// A sentence more about it.
    pub description: Option<Arc<str>>,
    /// Who carries it.
    pub carrier: Option<Arc<str>>,
    /// When it arrives.
    pub window: Option<Window>,
    /// Where it is fetched.
    pub pickup: Option<Arc<PickupLocation>>,
    /// What it costs.
    pub price: Money,
}

/// Lines that go together, by one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The option chosen for them.
    pub option: OptionId,
    /// The lines.
    pub lines: Vec<LineId>,
    /// The client's name for the place they go to, where it named several.
    pub destination: Option<Box<str>>,
}

/// One way of getting goods to the buyer: what it offers and what goes by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The way.
    pub kind: MethodKind,
    /// What can be chosen.
    pub options: Vec<FulfillmentOption>,
    /// What was chosen.
    pub groups: Vec<Group>,
}

/// A line as far as carrying it is concerned.
pub(super) struct Parcel<'a> {
    pub(super) line: LineId,
    pub(super) item: ItemId,
    pub(super) kind: Kind,
    /// The group the client put it in.
    pub(super) group: Option<&'a GroupAsked>,
    /// Where it goes.
    pub(super) address: Option<&'a Address>,
}

impl<'a> Parcel<'a> {
    /// A line as a parcel, by what the client said about where things go.
    pub(super) fn new(line: LineId, item: ItemId, kind: Kind, basket: &'a Basket) -> Self {
        let is_named = |id: &str| line.as_str() == id || item.as_str() == id;
        let group = basket.groups.iter().find(|group| group.items.iter().any(|id| is_named(id)));
        let own = group.and_then(|group| group.contact.as_ref());
        let contact = own.or(basket.contact.as_deref());
        let address = contact.and_then(|contact| contact.address.as_ref());
        Self { line, item, kind, group, address }
    }

    fn is_named(&self, id: &str) -> bool {
        self.line.as_str() == id || self.item.as_str() == id
    }

    fn destination(&self) -> Option<&'a str> {
        self.group.map(|group| group.id.as_ref())
    }

    fn goes_by(&self, kind: MethodKind) -> bool {
        self.kind == kind.carries() && self.group.is_none_or(|group| group.kind == kind)
    }

    fn can_take(&self, rule: &OptionRule) -> bool {
        self.goes_by(MethodKind::of(&rule.carriage)) && rule.serves(self.address)
    }
}

/// A chosen option with what matters for its price.
pub(super) struct Carried {
    pub(super) price: Money,
    pub(super) region: Option<Region>,
}

/// What came of offers and choices.
pub(super) struct Arrangement {
    pub(super) methods: Vec<Method>,
    /// Choices that cannot be met, by their place in the request.
    pub(super) unfit: Vec<usize>,
    /// Lines nothing was chosen for.
    pub(super) uncovered: Vec<LineId>,
    /// Where each parcel is taxed: where it is fetched, or where it is carried to.
    pub(super) regions: Vec<Option<Region>>,
    /// What was chosen, once for each place it goes to.
    pub(super) deliveries: Vec<Carried>,
}

/// The region an option carries to, or in which it hands over.
fn region_by(option: Option<&FulfillmentOption>, address: Option<&Address>) -> Option<Region> {
    let pickup = option.and_then(|option| option.pickup.as_ref());
    pickup.map(|location| &location.address).or(address).map(Region::of)
}

fn offer(rule: &OptionRule, goods: Money, now: Timestamp) -> FulfillmentOption {
    let between =
        |(earliest, latest)| Window { earliest: now.plus(earliest), latest: now.plus(latest) };
    let (carrier, window, pickup) = match &rule.carriage {
        Carriage::Shipping { carrier, window } => (carrier.clone(), window.map(between), None),
        Carriage::Digital => (None, None, None),
        Carriage::Pickup(location) => (None, None, Some(Arc::clone(location))),
        Carriage::LocalDelivery { window, .. } => (None, Some(between(*window)), None),
    };
    FulfillmentOption {
        id: rule.id.clone(),
        title: Arc::clone(&rule.title),
        description: rule.description.clone(),
        carrier,
        window,
        pickup,
        price: rule.price_for(goods),
    }
}

/// The rules of the basket's currency, and what they have to carry.
struct Desk<'a> {
    rules: Vec<&'a OptionRule>,
    parcels: &'a [Parcel<'a>],
    profile: Profile,
}

impl<'a> Desk<'a> {
    /// What the shop offers for these parcels.
    fn offers(&self, goods: Money, now: Timestamp) -> Vec<Method> {
        let mut by_kind: BTreeMap<MethodKind, Vec<FulfillmentOption>> = BTreeMap::new();
        for rule in &self.rules {
            if self.parcels.iter().any(|parcel| parcel.can_take(rule)) {
                let kind = MethodKind::of(&rule.carriage);
                by_kind.entry(kind).or_default().push(offer(rule, goods, now));
            }
        }
        let methods = by_kind.into_iter();
        methods.map(|(kind, options)| Method { kind, options, groups: Vec::new() }).collect()
    }

    /// The parcels a selection names and its option can carry; `None` when it names no line, or
    /// none the option can carry. Ids may be those of items or of lines.
    fn named(&self, selection: &Selection) -> Option<(MethodKind, Vec<&'a Parcel<'a>>)> {
        let kind_of = |rule: &OptionRule| MethodKind::of(&rule.carriage);
        let rule = self.rules.iter().find(|rule| {
            rule.id == selection.option && selection.kind.is_none_or(|kind| kind == kind_of(rule))
        })?;
        let carried: Vec<_> = self.parcels.iter().filter(|parcel| parcel.can_take(rule)).collect();
        if carried.is_empty() {
            return None;
        }
        if selection.items.is_empty() {
            return Some((kind_of(rule), carried));
        }
        let is_known = |id: &str| self.parcels.iter().any(|parcel| parcel.is_named(id));
        if !selection.items.iter().all(|id| is_known(id)) {
            return None;
        }
        let is_wanted = |parcel: &&Parcel<'_>| selection.items.iter().any(|id| parcel.is_named(id));
        let wanted: Vec<_> = carried.into_iter().filter(is_wanted).collect();
        (!wanted.is_empty()).then(|| (kind_of(rule), wanted))
    }

    /// What a parcel that nobody chose for goes by, when there is no doubt: the one option already
    /// chosen, or the only one there is. Where a shop delivers too, fetching is never without
    /// doubt: that nothing else is offered may only mean that no address is known yet. Where the
    /// agent leaves it to the shop, the first way to the buyer's door is the one.
    fn obvious(&self, methods: &[Method], parcel: &Parcel<'_>) -> Option<(MethodKind, OptionId)> {
        let takes: Vec<_> = self.rules.iter().filter(|rule| parcel.can_take(rule)).collect();
        let of = |rule: &OptionRule| (MethodKind::of(&rule.carriage), rule.id.clone());
        let is_chosen = |rule: &&&&OptionRule| {
            let mut groups = methods.iter().flat_map(|method| {
                method.groups.iter().map(move |group| (method.kind, &group.option))
            });
            groups.any(|(kind, option)| (kind, option) == (of(rule).0, &rule.id))
        };
        let chosen: Vec<_> = takes.iter().filter(is_chosen).collect();
        let has_delivery =
            self.rules.iter().any(|rule| MethodKind::of(&rule.carriage).needs_an_address());
        match (chosen.as_slice(), takes.as_slice()) {
            ([], [only]) if of(only).0 == MethodKind::Pickup && has_delivery => None,
            ([only], _) => Some(of(only)),
            ([], [only]) => Some(of(only)),
            ([], several) if self.profile == Profile::FillsIn => {
                let mut to_the_door = several.iter().map(|rule| of(rule));
                to_the_door.find(|(kind, _)| *kind != MethodKind::Pickup)
            }
            _ => None,
        }
    }
}

fn join(methods: &mut [Method], kind: MethodKind, option: &OptionId, parcel: &Parcel<'_>) {
    let Some(method) = methods.iter_mut().find(|method| method.kind == kind) else {
        return;
    };
    let destination = parcel.destination();
    let is_same =
        |group: &&mut Group| group.option == *option && group.destination.as_deref() == destination;
    match method.groups.iter_mut().find(is_same) {
        Some(group) => group.lines.push(parcel.line.clone()),
        None => method.groups.push(Group {
            option: option.clone(),
            lines: vec![parcel.line.clone()],
            destination: destination.map(Into::into),
        }),
    }
}

/// Offers what the rules allow and applies what the client chose.
pub(super) fn arrange(
    rules: &[OptionRule],
    parcels: &[Parcel<'_>],
    basket: &Basket,
    goods: Money,
    now: Timestamp,
) -> Arrangement {
    let in_currency = |rule: &&OptionRule| rule.price.currency() == goods.currency();
    let rules = rules.iter().filter(in_currency).collect();
    let desk = Desk { rules, parcels, profile: basket.profile };
    let mut methods = desk.offers(goods, now);
    let mut unfit = Vec::new();
    let mut covered: Vec<&LineId> = Vec::new();
    for (index, selection) in basket.selections.iter().flatten().enumerate() {
        let Some((kind, named)) = desk.named(selection) else {
            unfit.push(index);
            continue;
        };
        for parcel in named {
            if !covered.contains(&&parcel.line) {
                covered.push(&parcel.line);
                join(&mut methods, kind, &selection.option, parcel);
            }
        }
    }
    let mut uncovered = Vec::new();
    let left = parcels.iter().filter(|parcel| !covered.contains(&&parcel.line));
    let chosen: Vec<_> = left.map(|parcel| (parcel, desk.obvious(&methods, parcel))).collect();
    for (parcel, choice) in chosen {
        match choice {
            Some((kind, option)) => join(&mut methods, kind, &option, parcel),
            None => uncovered.push(parcel.line.clone()),
        }
    }
    let regions =
        parcels.iter().map(|parcel| region_by(option_of(&methods, &parcel.line), parcel.address));
    Arrangement {
        regions: regions.collect(),
        deliveries: deliveries(&methods, parcels),
        methods,
        unfit,
        uncovered,
    }
}

/// The option a line goes by.
fn option_of<'a>(methods: &'a [Method], line: &LineId) -> Option<&'a FulfillmentOption> {
    methods.iter().find_map(|method| {
        let group = method.groups.iter().find(|group| group.lines.contains(line))?;
        method.options.iter().find(|option| option.id == group.option)
    })
}

fn deliveries(methods: &[Method], parcels: &[Parcel<'_>]) -> Vec<Carried> {
    let groups = methods.iter().flat_map(|method| {
        method.groups.iter().filter_map(|group| {
            let option = method.options.iter().find(|option| option.id == group.option)?;
            Some((group, option))
        })
    });
    groups
        .map(|(group, option)| {
            let mut carried = parcels.iter().filter(|parcel| group.lines.contains(&parcel.line));
            let address = carried.find_map(|parcel| parcel.address);
            Carried { price: option.price, region: region_by(Some(option), address) }
        })
        .collect()
}
