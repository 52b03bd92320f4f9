use acp_core::ids::{CartId, MandateId, SessionId};
use acp_core::plan::{Basis, Mode, PlanWish, Planner};
use acp_core::refusal::Fault;
use acp_core::session::{Buyer as CoreBuyer, Contact};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::read::{UnknownFields, read};
use crate::rich::buyer::Buyer;
use crate::scalar::{Text, not_null};
use crate::shape::action::{Action, ActionLimits, read_draft};
use crate::shape::address::FulfillmentDetails;
use crate::shape::told_fault;
use crate::voice::Ear;

/// How much a plan may do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanModeWord {
    /// Nothing: it is only looked at.
    Preview,
    /// Everything but paying, which a person says yes to.
    Assisted,
    /// Everything its mandate covers.
    Autopilot,
}

impl From<PlanModeWord> for Mode {
    fn from(word: PlanModeWord) -> Self {
        match word {
            PlanModeWord::Preview => Self::Preview,
            PlanModeWord::Assisted => Self::Assisted,
            PlanModeWord::Autopilot => Self::Autopilot,
        }
    }
}

/// Asks for a plan: what is to be done, and for whom. It has no field for a price or a payment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct PlanCreateRequest<'a> {
    /// What is to be done, in this order.
    #[schema(min_items = 1, max_items = 32)]
    actions: Vec<Action<'a>>,
    /// The most it may cost, by the words of the shopper.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    constraints: Option<ActionLimits<'a>>,
    /// The cart it is done to; a new one, where neither this nor `session_id` is named.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    cart_id: Option<Text<'a>>,
    /// The checkout session it is done to.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    session_id: Option<Text<'a>>,
    /// The mandate it is paid under. Without one, a person has to approve whatever costs money.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    mandate_id: Option<Text<'a>>,
    /// How much it may do by itself: `autopilot` where a mandate is named, else `assisted`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    mode: Option<PlanModeWord>,
    /// A name of yours for the conversation it came of.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    conversation_id: Option<Text<'a>>,
    /// Who buys.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// Who receives it, and where.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
}

const DETAILS: &str = "$.fulfillment_details";

/// Reads a request for a plan.
///
/// # Errors
/// The first fault, with its place.
pub fn read_plan(body: &[u8], ear: Ear) -> Result<PlanWish, Fault> {
    let request: PlanCreateRequest<'_> = read(body, ear.unknown)?;
    let mandate = request.mandate_id.map(|id| named(&id, "mandate_id", MandateId::parse));
    let mandate = mandate.transpose()?;
    let mode = request.mode.map(Mode::from);
    let by_mandate = if mandate.is_some() { Mode::Autopilot } else { Mode::Assisted };
    let basis = match (request.cart_id, request.session_id) {
        (None, None) => Basis::Nothing,
        (Some(cart), None) => Basis::Cart(named(&cart, "cart_id", CartId::parse)?),
        (None, Some(id)) => Basis::Session(named(&id, "session_id", SessionId::parse)?),
        (Some(_), Some(_)) => {
            return Err(told_fault("$.session_id", "Name a cart or a session, not both."));
        }
    };
    if request.actions.is_empty() {
        return Err(told_fault("$.actions", "Name at least one action."));
    }
    Ok(PlanWish {
        draft: read_draft(request.actions, request.constraints)?,
        basis,
        mode: mode.unwrap_or(by_mandate),
        mandate,
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: request
            .fulfillment_details
            .map(|details| details.into_core(DETAILS, ear))
            .transpose()?,
        conversation: request.conversation_id.map(Text::boxed),
        planner: Planner::Client,
    })
}

fn named<T, E>(
    text: &Text<'_>,
    field: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, Fault> {
    parse(&text.0).map_err(|_not_an_id| told_fault(format!("$.{field}"), "This is no id of ours."))
}

/// Says what a plan asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct PlanAnswerRequest<'a> {
    /// Who buys.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// Who receives it, and where.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
}

/// Reads who buys, and who receives it.
///
/// # Errors
/// The first fault, with its place.
pub fn read_plan_answer(
    body: &[u8],
    ear: Ear,
) -> Result<(Option<CoreBuyer>, Option<Contact>), Fault> {
    let request: PlanAnswerRequest<'_> = read(body, ear.unknown)?;
    let details = request.fulfillment_details;
    Ok((
        request.buyer.map(Buyer::into_core).transpose()?,
        details.map(|details| details.into_core(DETAILS, ear)).transpose()?,
    ))
}

/// Decides about a plan. There is nothing to say about it: the headers name which.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PlanCancelRequest {}

/// Reads a request that says nothing: any object, or nothing at all.
///
/// # Errors
/// Refuses what is no object.
pub fn read_plan_nothing(body: &[u8]) -> Result<(), Fault> {
    if !body.is_empty() {
        let PlanCancelRequest {} = read(body, UnknownFields::Ignore)?;
    }
    Ok(())
}
