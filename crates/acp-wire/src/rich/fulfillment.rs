//! What goes where, and by which option.

use acp_core::limits::{GROUPS_MAX, SELECTION_ITEMS_MAX};
use acp_core::refusal::Fault;
use acp_core::session::{GroupAsked, Session};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{Text, not_null};
use crate::shape::address::{FulfillmentDetails, optional, text};
use crate::shape::goods::carried;
use crate::shape::{FulfillmentType, told_fault};
use crate::voice::{Ear, Saying};

/// A fulfillment option chosen for some of the items.
#[derive(Debug, Serialize, ToSchema)]
pub struct SelectedFulfillmentOption<'a> {
    /// The type of the option.
    #[serde(rename = "type")]
    kind: FulfillmentType,
    /// One of the `fulfillment_options`.
    #[schema(value_type = String, max_length = 1000)]
    option_id: &'a str,
    /// Ids of items, or of line items where one item stands on several lines.
    #[schema(value_type = Vec<Text<'a>>, max_items = 200)]
    item_ids: Vec<&'a str>,
}

/// What was chosen.
pub(super) fn selected(session: &Session) -> Vec<SelectedFulfillmentOption<'_>> {
    let groups = session
        .quote
        .methods
        .iter()
        .flat_map(|method| method.groups.iter().map(move |group| (method.kind, group)));
    groups
        .map(|(kind, group)| SelectedFulfillmentOption {
            kind: kind.into(),
            option_id: group.option.as_str(),
            item_ids: carried(&session.quote, group),
        })
        .collect()
}

/// Items that go the same way to the same place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct FulfillmentGroup<'a> {
    /// The client's name for the group.
    #[schema(value_type = String, max_length = 1000)]
    id: Text<'a>,
    /// Ids of items, or of line items.
    #[schema(max_items = 200)]
    item_ids: Vec<Text<'a>>,
    /// The way.
    destination_type: FulfillmentType,
    /// Who receives them, and where; as for the whole session, where it is left out.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// Where they are fetched.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    location_id: Option<Text<'a>>,
    /// What else to know.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    instructions: Option<Text<'a>>,
}

impl<'a> FulfillmentGroup<'a> {
    pub(super) fn of(group: &'a GroupAsked, saying: &Saying<'_>) -> Self {
        Self {
            id: text(&group.id),
            item_ids: group.items.iter().map(|id| text(id)).collect(),
            destination_type: group.kind.into(),
            fulfillment_details: group
                .contact
                .as_ref()
                .map(|contact| FulfillmentDetails::of(contact, saying)),
            location_id: optional(group.location_id.as_deref()),
            instructions: optional(group.instructions.as_deref()),
        }
    }
}

/// The groups of a request.
pub(super) fn groups(asked: Vec<FulfillmentGroup<'_>>, ear: Ear) -> Result<Vec<GroupAsked>, Fault> {
    const AT: &str = "$.fulfillment_groups";
    if asked.len() > GROUPS_MAX {
        return Err(told_fault(AT, format!("At most {GROUPS_MAX} groups are possible.")));
    }
    let read_one = |(place, group): (usize, FulfillmentGroup<'_>)| {
        let at = format!("{AT}[{place}]");
        if group.item_ids.len() > SELECTION_ITEMS_MAX {
            let text = format!("At most {SELECTION_ITEMS_MAX} ids are possible.");
            return Err(told_fault(format!("{at}.item_ids"), text));
        }
        let inside = format!("{at}.fulfillment_details");
        let contact = group.fulfillment_details.map(|details| details.into_core(&inside, ear));
        Ok(GroupAsked {
            id: group.id.boxed(),
            items: group.item_ids.into_iter().map(Text::boxed).collect(),
            kind: group.destination_type.into(),
            contact: contact.transpose()?,
            location_id: group.location_id.map(Text::boxed),
            instructions: group.instructions.map(Text::boxed),
        })
    };
    asked.into_iter().enumerate().map(read_one).collect()
}
