use std::collections::BTreeMap;

use super::basket::Selection;
use super::{Address, Contact};
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
    pub title: Box<str>,
    /// A sentence more about it.
    pub description: Option<Box<str>>,
    /// Who carries it.
    pub carrier: Option<Box<str>>,
    /// When it arrives.
    pub window: Option<Window>,
    /// Where it is fetched.
    pub pickup: Option<PickupLocation>,
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
pub(super) struct Parcel {
    pub(super) line: LineId,
    pub(super) item: ItemId,
    pub(super) kind: Kind,
}

/// What came of offers and choices.
pub(super) struct Arrangement {
    pub(super) methods: Vec<Method>,
    /// Choices that cannot be met, by their place in the request.
    pub(super) unfit: Vec<usize>,
    /// Lines nothing was chosen for.
    pub(super) uncovered: Vec<LineId>,
}

impl Arrangement {
    /// The options that were chosen, each once.
    pub(super) fn chosen(&self) -> impl Iterator<Item = &FulfillmentOption> {
        self.methods.iter().flat_map(|method| {
            method
                .groups
                .iter()
                .filter_map(|group| method.options.iter().find(|o| o.id == group.option))
        })
    }

    /// Where a line is taxed: where it is fetched, or where it is carried to.
    pub(super) fn region_of(&self, line: &LineId, contact: Option<&Contact>) -> Option<Region> {
        let is_carried_by = |method: &Method, option: &FulfillmentOption| {
            let mut groups = method.groups.iter().filter(|group| group.option == option.id);
            groups.any(|group| group.lines.contains(line))
        };
        let option = self
            .methods
            .iter()
            .find_map(|method| method.options.iter().find(|option| is_carried_by(method, option)));
        region_by(option, contact)
    }
}

/// The region an option carries to, or in which it hands over.
pub(super) fn region_by(
    option: Option<&FulfillmentOption>,
    contact: Option<&Contact>,
) -> Option<Region> {
    let pickup = option.and_then(|option| option.pickup.as_ref());
    let address = contact.and_then(|contact| contact.address.as_ref());
    pickup.map(|location| &location.address).or(address).map(Region::of)
}

fn offer(rule: &OptionRule, goods: Money, now: Timestamp) -> FulfillmentOption {
    let between =
        |(earliest, latest)| Window { earliest: now.plus(earliest), latest: now.plus(latest) };
    let (carrier, window, pickup) = match &rule.carriage {
        Carriage::Shipping { carrier, window } => (carrier.clone(), window.map(between), None),
        Carriage::Digital => (None, None, None),
        Carriage::Pickup(location) => (None, None, Some(location.clone())),
        Carriage::LocalDelivery { window, .. } => (None, Some(between(*window)), None),
    };
    FulfillmentOption {
        id: rule.id.clone(),
        title: rule.title.clone(),
        description: rule.description.clone(),
        carrier,
        window,
        pickup,
        price: rule.price_for(goods),
    }
}

/// What the shop offers for these parcels.
fn offers(
    rules: &[&OptionRule],
    parcels: &[Parcel],
    address: Option<&Address>,
    goods: Money,
    now: Timestamp,
) -> Vec<Method> {
    let mut by_kind: BTreeMap<MethodKind, Vec<FulfillmentOption>> = BTreeMap::new();
    for rule in rules {
        let kind = MethodKind::of(&rule.carriage);
        let has_parcels = parcels.iter().any(|parcel| parcel.kind == kind.carries());
        if has_parcels && rule.serves(address) {
            by_kind.entry(kind).or_default().push(offer(rule, goods, now));
        }
    }
    by_kind
        .into_iter()
        .map(|(kind, options)| Method { kind, options, groups: Vec::new() })
        .collect()
}

/// The parcels a selection names and its option can carry. Ids may be those of items or of
/// lines; an id that is in no line makes the selection unfit.
fn named<'a>(
    selection: &Selection,
    kind: MethodKind,
    parcels: &'a [Parcel],
) -> Option<Vec<&'a Parcel>> {
    let carried = || parcels.iter().filter(|parcel| parcel.kind == kind.carries());
    if selection.items.is_empty() {
        return Some(carried().collect());
    }
    let is_named =
        |parcel: &Parcel, id: &str| parcel.line.as_str() == id || parcel.item.as_str() == id;
    let is_known = |id: &str| parcels.iter().any(|parcel| is_named(parcel, id));
    if !selection.items.iter().all(|id| is_known(id)) {
        return None;
    }
    let wanted: Vec<_> =
        carried().filter(|parcel| selection.items.iter().any(|id| is_named(parcel, id))).collect();
    (!wanted.is_empty()).then_some(wanted)
}

fn join(methods: &mut [Method], kind: MethodKind, option: &OptionId, lines: Vec<LineId>) {
    if let Some(method) = methods.iter_mut().find(|method| method.kind == kind) {
        match method.groups.iter_mut().find(|group| group.option == *option) {
            Some(group) => group.lines.extend(lines),
            None => method.groups.push(Group { option: option.clone(), lines }),
        }
    }
}

/// What everything of `kind` that nobody chose for goes by, when there is no doubt: the one
/// option already chosen, or the only one there is. Where a shop delivers too, fetching is never
/// without doubt: that nothing else is offered may only mean that no address is known yet.
fn obvious(
    methods: &[Method],
    kind: Kind,
    rules: &[&OptionRule],
) -> Option<(MethodKind, OptionId)> {
    let has_delivery = rules.iter().any(|rule| MethodKind::of(&rule.carriage).needs_an_address());
    let fitting = || methods.iter().filter(|method| method.kind.carries() == kind);
    let chosen: Vec<_> = fitting()
        .flat_map(|method| method.groups.iter().map(|group| (method.kind, &group.option)))
        .collect();
    let offered: Vec<_> = fitting()
        .flat_map(|method| method.options.iter().map(|option| (method.kind, &option.id)))
        .collect();
    match (chosen.as_slice(), offered.as_slice()) {
        ([], [(MethodKind::Pickup, _)]) if has_delivery => None,
        ([only], _) | ([], [only]) => Some((only.0, only.1.clone())),
        _ => None,
    }
}

/// Offers what the rules allow and applies what the client chose.
pub(super) fn arrange(
    rules: &[OptionRule],
    parcels: &[Parcel],
    selections: &[Selection],
    address: Option<&Address>,
    goods: Money,
    now: Timestamp,
) -> Arrangement {
    let in_currency = |rule: &&OptionRule| rule.price.currency() == goods.currency();
    let rules: Vec<_> = rules.iter().filter(in_currency).collect();
    let mut methods = offers(&rules, parcels, address, goods, now);
    let mut unfit = Vec::new();
    let mut covered: Vec<LineId> = Vec::new();
    for (index, selection) in selections.iter().enumerate() {
        let kind = methods
            .iter()
            .find(|method| method.options.iter().any(|option| option.id == selection.option))
            .map(|method| method.kind)
            .filter(|kind| *kind == selection.kind);
        match kind.and_then(|kind| named(selection, kind, parcels).map(|named| (kind, named))) {
            Some((kind, named)) => {
                let lines: Vec<_> = named
                    .into_iter()
                    .map(|parcel| parcel.line.clone())
                    .filter(|line| !covered.contains(line))
                    .collect();
                covered.extend(lines.iter().cloned());
                if !lines.is_empty() {
                    join(&mut methods, kind, &selection.option, lines);
                }
            }
            None => unfit.push(index),
        }
    }
    let mut uncovered = Vec::new();
    for kind in [Kind::Physical, Kind::Digital] {
        let left: Vec<_> = parcels
            .iter()
            .filter(|parcel| parcel.kind == kind && !covered.contains(&parcel.line))
            .map(|parcel| parcel.line.clone())
            .collect();
        if left.is_empty() {
            continue;
        }
        match obvious(&methods, kind, &rules) {
            Some((method, option)) => join(&mut methods, method, &option, left),
            None => uncovered.extend(left),
        }
    }
    Arrangement { methods, unfit, uncovered }
}
