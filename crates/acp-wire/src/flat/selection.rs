//! Which option was chosen: by its id alone, or with a member for each kind of option.

use acp_core::ids::OptionId;
use acp_core::refusal::Fault;
use acp_core::session::{MethodKind, Selection, Session};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FulfillmentOptionType, choices};
use crate::scalar::Text;
use crate::shape::goods::carried;
use crate::shape::{AskedSelection, selections};

/// An option that was chosen by its id, for everything it can carry. Nothing says of which kind it
/// is.
pub(crate) fn chosen(option: Text<'_>) -> Vec<Selection> {
    vec![Selection { kind: None, option: OptionId::new(option.0), items: Vec::new() }]
}

/// What was chosen with a member for each kind of option. A courier may have been offered as
/// shipping, so that the id of an option called shipping says more than its kind.
pub(crate) fn chosen_by_kind(asked: Vec<AskedSelection<'_>>) -> Result<Vec<Selection>, Fault> {
    let mut chosen = selections(asked)?;
    for selection in &mut chosen {
        selection.kind = selection.kind.filter(|kind| *kind != MethodKind::Shipping);
    }
    Ok(chosen)
}

/// An option, and the items it is chosen for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SelectedOption<'a> {
    /// One of the `fulfillment_options`.
    #[schema(value_type = String, max_length = 1000)]
    option_id: &'a str,
    /// Ids of items, or of line items where one item stands on several lines.
    #[schema(value_type = Vec<Text<'a>>, max_items = 200)]
    item_ids: Vec<&'a str>,
}

/// A fulfillment option chosen for some of the items: in the member that is called like its type.
#[derive(Debug, Serialize, ToSchema)]
pub struct SelectedFulfillmentOption<'a> {
    /// The type of the option.
    #[serde(rename = "type")]
    kind: FulfillmentOptionType,
    /// The option, where it is for shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    shipping: Option<SelectedOption<'a>>,
    /// The option, where it is digital.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    digital: Option<SelectedOption<'a>>,
}

/// What was chosen, with a member for each kind of option.
pub(crate) fn selected(session: &Session) -> Vec<SelectedFulfillmentOption<'_>> {
    choices(&session.quote)
        .map(|(kind, group)| {
            let option = SelectedOption {
                option_id: group.option.as_str(),
                item_ids: carried(&session.quote, group),
            };
            let (shipping, digital) = match kind {
                FulfillmentOptionType::Shipping => (Some(option), None),
                FulfillmentOptionType::Digital => (None, Some(option)),
            };
            SelectedFulfillmentOption { kind, shipping, digital }
        })
        .collect()
}
