//! What a client wants to buy, and what it can do.

use acp_core::limits::ITEM_ID_CHARS_MAX;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use acp_core::session::Wanted;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::scalar::{Text, Whole, not_null};
use crate::shape::{AskedItem, basket};

/// What a line of a session names, as some clients send it back.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct ItemOfLine<'a> {
    id: Text<'a, ITEM_ID_CHARS_MAX>,
}

/// An item to buy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Item<'a> {
    /// The id of the item in the shop's catalogue.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 128,
        examples("mug-stoneware-slate"))]
    id: Option<Text<'a, ITEM_ID_CHARS_MAX>>,
    /// The item, where a line of a session is sent back as it is.
    #[serde(default, rename = "item", deserialize_with = "not_null")]
    #[schema(ignore)]
    shown: Option<ItemOfLine<'a>>,
    /// How many; one, if it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = u32, minimum = 1, maximum = 10000, default = 1, required = false)]
    quantity: Option<Whole>,
    /// Not used: names come from the shop's catalogue.
    #[serde(default, rename = "name", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _name: Option<Text<'a>>,
    /// Not used: prices come from the shop's catalogue.
    #[serde(default, rename = "unit_amount", deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    _unit_amount: Option<Whole>,
}

pub(super) fn wanted(items: Vec<Item<'_>>) -> Result<Vec<Wanted>, Fault> {
    const AT: &str = "$.line_items";
    let asked = items.into_iter().enumerate().map(|(line, item)| {
        let inner = item.shown.map(|item| item.id);
        let id = inner.or(item.id).ok_or_else(|| Fault {
            kind: FaultKind::Missing,
            path: format!("{AT}[{line}].id"),
            text: "This field is required.".to_owned(),
        })?;
        Ok(AskedItem { id, quantity: item.quantity })
    });
    basket(asked.collect::<Result<_, _>>()?, AT)
}

/// What the agent can do about interventions. Values that are not known are passed over.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AgentInterventions<'a> {
    /// Of `3ds`, `biometric`, `address_verification`.
    #[serde(default)]
    #[schema(examples(json!(["3ds"])))]
    supported: Vec<Text<'a>>,
    /// How the agent shows interventions; it is not used.
    #[serde(default, rename = "display_context", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _display_context: Option<Text<'a>>,
    /// How the agent handles redirects; it is not used.
    #[serde(default, rename = "redirect_context", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _redirect_context: Option<Text<'a>>,
    /// How many redirects the agent follows; it is not used.
    #[serde(default, rename = "max_redirects", deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    _max_redirects: Option<Whole>,
    /// How deep interactions may nest; it is not used.
    #[serde(default, rename = "max_interaction_depth", deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    _max_interaction_depth: Option<Whole>,
}

/// What the agent can do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AgentCapabilities<'a> {
    /// What it can do when a payment needs the buyer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    interventions: Option<AgentInterventions<'a>>,
    /// What it knows beyond the protocol's core, by name. Names that are not known are passed
    /// over.
    #[serde(default, borrow)]
    #[schema(value_type = Vec<String>, required = false)]
    extensions: Vec<&'a RawValue>,
}

impl AgentCapabilities<'_> {
    pub(super) fn interventions(&self) -> core::Interventions {
        let supports = |name: &str| {
            let supported = self.interventions.iter().flat_map(|declared| &declared.supported);
            supported.into_iter().any(|text| text.0 == name)
        };
        core::Interventions {
            three_ds: supports("3ds"),
            biometric: supports("biometric"),
            address_verification: supports("address_verification"),
        }
    }

    /// Whether the agent knows the discount extension, in the one version there is.
    pub(super) fn wants_discounts(&self) -> bool {
        #[derive(Deserialize)]
        struct Declared {
            name: String,
        }
        let name_of = |raw: &&RawValue| {
            let declared = serde_json::from_str::<Declared>(raw.get()).map(|known| known.name);
            serde_json::from_str::<String>(raw.get()).or(declared).unwrap_or_default()
        };
        let mut names = self.extensions.iter().map(name_of);
        names.any(|name| matches!(name.as_str(), "discount" | "discount@2026-01-27"))
    }
}
