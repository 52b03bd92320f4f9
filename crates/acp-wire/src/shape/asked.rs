//! What clients of every version ask for in nearly the same words.

use std::collections::BTreeMap;

use acp_core::ids::{ItemId, OptionId};
use acp_core::limits::{
    ITEM_ID_CHARS_MAX, LINE_ITEMS_MAX, METADATA_ENTRIES_MAX, QUANTITY_MAX, SELECTION_ITEMS_MAX,
    SELECTIONS_MAX,
};
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session::{Metadata, MethodKind, Patch, Quantity, Selection, Wanted};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::address::mirrored;
use crate::problem::is_own_word;
use crate::scalar::{Field, Text, Whole, not_null};

/// A value that is impossible.
pub(crate) fn told_fault(path: impl Into<String>, text: impl Into<String>) -> Fault {
    Fault { kind: FaultKind::BadValue, path: path.into(), text: text.into() }
}

/// Something to buy, as far as any version says it.
#[derive(Debug)]
pub(crate) struct AskedItem<'a> {
    pub(crate) id: Text<'a, ITEM_ID_CHARS_MAX>,
    pub(crate) quantity: Option<Whole>,
}

/// What is wanted. `at` is the field it stands in.
pub(crate) fn basket(items: Vec<AskedItem<'_>>, at: &str) -> Result<Vec<Wanted>, Fault> {
    if items.is_empty() {
        return Err(told_fault(at, "At least one item is needed."));
    }
    if items.len() > LINE_ITEMS_MAX {
        return Err(told_fault(at, format!("At most {LINE_ITEMS_MAX} lines are possible.")));
    }
    let read_one = |(line, item): (usize, AskedItem<'_>)| {
        if item.id.0.is_empty() {
            return Err(told_fault(format!("{at}[{line}].id"), "The id is empty."));
        }
        let count = item.quantity.map_or(Some(1), |quantity| u32::try_from(quantity.0).ok());
        let quantity = count.and_then(Quantity::new).ok_or_else(|| {
            let text = format!("The quantity must be from 1 to {QUANTITY_MAX}.");
            told_fault(format!("{at}[{line}].quantity"), text)
        })?;
        Ok(Wanted { item: ItemId::new(item.id.0), quantity })
    };
    items.into_iter().enumerate().map(read_one).collect()
}

/// A JSON object that is kept as it is.
pub(crate) fn metadata(raw: &RawValue, at: &str) -> Result<Metadata, Fault> {
    let members = members(raw).ok_or_else(|| Fault {
        kind: FaultKind::WrongType,
        path: at.to_owned(),
        text: "Expected an object.".to_owned(),
    })?;
    if members.len() > METADATA_ENTRIES_MAX {
        return Err(told_fault(
            at,
            format!("At most {METADATA_ENTRIES_MAX} members are possible."),
        ));
    }
    Ok(Metadata(raw.get().into()))
}

fn members(raw: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// Refuses an object that has more than strings, numbers and booleans in it.
pub(crate) fn first_nested(raw: Option<&RawValue>, at: &str) -> Result<(), Fault> {
    let members = raw.and_then(members).unwrap_or_default();
    let is_nested = |value: &RawValue| value.get().starts_with(['{', '[', 'n']);
    match members.iter().find(|(_, value)| is_nested(value)) {
        None => Ok(()),
        // A name may be as long as a body; it is told where it is one.
        Some((name, _)) => Err(Fault {
            kind: FaultKind::WrongType,
            path: if is_own_word(name) { format!("{at}.{name}") } else { at.to_owned() },
            text: "Expected a string, a number or a boolean.".to_owned(),
        }),
    }
}

/// The strings in an object, to be looked at.
pub(crate) fn strings_in(raw: &RawValue) -> Vec<(String, String)> {
    let members = members(raw).unwrap_or_default().into_iter();
    members
        .filter_map(|(name, value)| Some((name, serde_json::from_str(value.get()).ok()?)))
        .collect()
}

/// A field of an update as a change of the core.
pub(crate) fn patch<T, U>(
    field: Field<T>,
    map: impl FnOnce(T) -> Result<U, Fault>,
) -> Result<Patch<U>, Fault> {
    match field {
        Field::Absent => Ok(Patch::Keep),
        Field::Null => Ok(Patch::Clear),
        Field::Value(value) => map(value).map(Patch::Set),
    }
}

mirrored!(
    /// A way of getting goods to the buyer.
    FulfillmentType = MethodKind { Shipping, Digital, Pickup, LocalDelivery }
);

/// The inner part of a selection, as versions with a member for each kind write it.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(crate) struct NestedSelection<'a> {
    option_id: Text<'a>,
    item_ids: Vec<Text<'a>>,
}

/// A fulfillment option chosen for some of the items, in either of the forms that are about. Both
/// are read in every version, because agents mix them up.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AskedSelection<'a> {
    #[serde(rename = "type")]
    kind: FulfillmentType,
    #[serde(default, deserialize_with = "not_null")]
    option_id: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    item_ids: Option<Vec<Text<'a>>>,
    #[serde(default, deserialize_with = "not_null")]
    shipping: Option<NestedSelection<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    digital: Option<NestedSelection<'a>>,
}

impl<'a> AskedSelection<'a> {
    fn into_parts(self, at: &str) -> Result<(Text<'a>, Vec<Text<'a>>), Fault> {
        let nested = match self.kind {
            FulfillmentType::Shipping => self.shipping,
            FulfillmentType::Digital => self.digital,
            FulfillmentType::Pickup | FulfillmentType::LocalDelivery => None,
        };
        if let Some(nested) = nested {
            return Ok((nested.option_id, nested.item_ids));
        }
        let missing = |field: &str| Fault {
            kind: FaultKind::Missing,
            path: format!("{at}.{field}"),
            text: "This field is required.".to_owned(),
        };
        let option_id = self.option_id.ok_or_else(|| missing("option_id"))?;
        Ok((option_id, self.item_ids.ok_or_else(|| missing("item_ids"))?))
    }
}

/// What was chosen.
pub(crate) fn selections(selected: Vec<AskedSelection<'_>>) -> Result<Vec<Selection>, Fault> {
    const AT: &str = "$.selected_fulfillment_options";
    if selected.len() > SELECTIONS_MAX {
        return Err(told_fault(AT, format!("At most {SELECTIONS_MAX} are possible.")));
    }
    let read_one = |(index, selection): (usize, AskedSelection<'_>)| {
        let (at, kind) = (format!("{AT}[{index}]"), selection.kind);
        let (option, items) = selection.into_parts(&at)?;
        if items.len() > SELECTION_ITEMS_MAX {
            let text = format!("At most {SELECTION_ITEMS_MAX} ids are possible.");
            return Err(told_fault(format!("{at}.item_ids"), text));
        }
        Ok(Selection {
            kind: Some(kind.into()),
            option: OptionId::new(option.0),
            items: items.into_iter().map(Text::boxed).collect(),
        })
    };
    selected.into_iter().enumerate().map(read_one).collect()
}
