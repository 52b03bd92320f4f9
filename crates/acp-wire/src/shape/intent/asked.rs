use acp_core::dialogue::{Chosen, Understand};
use acp_core::ids::{CartId, ConversationId, ItemId, MandateId, NotAnId, OrderId, SessionId};
use acp_core::limits::{
    BODY_BYTES_MAX, CONVERSATION_ORDERS_MAX, ITEM_ID_CHARS_MAX, PLAN_COUNT_MAX,
};
use acp_core::plan::{Count, Planner};
use acp_core::refusal::{Fault, FaultKind};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::read::read;
use crate::rich::buyer::Buyer;
use crate::scalar::{Text, not_null};
use crate::shape::address::FulfillmentDetails;
use crate::shape::plan::PlanModeWord;
use crate::shape::told_fault;
use crate::voice::Ear;

/// Asks what a sentence means.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct IntentRequest<'a> {
    /// What the shopper says, in English. It is there, or `choice` is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 1, max_length = 2000, required = false,
        examples("add two jars of honey and check out"))]
    text: Option<Text<'a, BODY_BYTES_MAX>>,
    /// What the shopper picks of what the question that waits has offered, in the place of `text`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    choice: Option<IntentChoice<'a>>,
    /// Who is to understand it: `rules` alone, or `llm` as well, where the shop has a language model.
    /// Left out, a model is asked where the rules do not get far.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    planner: Option<IntentPlannerWord>,
    /// The conversation it belongs to. Left out, it begins a new one.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, required = false)]
    conversation_id: Option<Text<'a>>,
    /// The cart that is spoken of. It is remembered by the conversation.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, required = false)]
    cart_id: Option<Text<'a>>,
    /// The checkout session that is spoken of, which goes before the cart. It is remembered by the
    /// conversation.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, required = false)]
    session_id: Option<Text<'a>>,
    /// The mandate things are bought by. It is remembered by the conversation.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, required = false)]
    mandate_id: Option<Text<'a>>,
    /// Orders of this shopper's, oldest first. No other is spoken of, but for one that is named by
    /// its id. They are remembered by the conversation.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>, max_items = 20, required = false)]
    order_ids: Option<Vec<Text<'a>>>,
    /// How much the plan may do by itself: `autopilot` where a mandate is spoken of, else
    /// `assisted`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    mode: Option<PlanModeWord>,
    /// Who buys.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// Who receives it, and where.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// Whether the plan that comes of it is begun at once: `if_allowed` where nobody has to be
    /// asked, or `never`, which is meant where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    execute: Option<ExecuteWord>,
    /// What pays then: an object as the body of `executePlan`.
    #[serde(default, borrow, deserialize_with = "not_null")]
    #[schema(value_type = Object, required = false)]
    payment: Option<&'a RawValue>,
}

/// One of the things a question offered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct IntentChoice<'a> {
    /// The candidate that is meant.
    #[schema(value_type = String, examples("honey-acacia-350g"))]
    item_id: Text<'a, ITEM_ID_CHARS_MAX>,
    /// How many of it: as many as were asked for, where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, minimum = 1, maximum = 999)]
    quantity: Option<u32>,
}

/// Who is to understand a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntentPlannerWord {
    /// The rules alone.
    Rules,
    /// A language model, too.
    Llm,
}

/// Whether a plan is begun at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecuteWord {
    /// It is not.
    Never,
    /// It is, where nobody has to be asked.
    IfAllowed,
}

fn id<T>(
    field: &str,
    text: Option<Text<'_>>,
    parse: fn(&str) -> Result<T, NotAnId>,
) -> Result<Option<T>, Fault> {
    let parsed = text.map(|text| parse(&text.0)).transpose();
    parsed.map_err(|error| told_fault(format!("$.{field}"), sentence(error)))
}

fn chosen(choice: IntentChoice<'_>) -> Result<Chosen, Fault> {
    let count = |number| {
        let text = format!("A quantity is a number from 1 to {PLAN_COUNT_MAX}.");
        Count::new(number).ok_or_else(|| told_fault("$.choice.quantity", text))
    };
    let quantity = choice.quantity.map(count).transpose()?;
    Ok(Chosen { item: ItemId::new(choice.item_id.boxed()), quantity })
}

/// What is said, or what is picked in its place.
fn said_or_chosen(
    text: Option<Text<'_, BODY_BYTES_MAX>>,
    choice: Option<IntentChoice<'_>>,
) -> Result<(Box<str>, Option<Chosen>), Fault> {
    match (text, choice) {
        (Some(text), None) => Ok((text.boxed(), None)),
        (None, Some(choice)) => Ok(("".into(), Some(chosen(choice)?))),
        (Some(_), Some(_)) => Err(told_fault("$.choice", "Send `text` or `choice`, not both.")),
        (None, None) => {
            let text = "Say what the shopper said in `text`, or what was picked in `choice`.";
            Err(Fault {
                kind: FaultKind::Missing,
                path: "$.text".to_owned(),
                text: text.to_owned(),
            })
        }
    }
}

fn sentence(error: NotAnId) -> String {
    let NotAnId = error;
    "This is no id of such a thing.".to_owned()
}

/// Reads a sentence and what it belongs to. Whether it can be read at all is not asked here.
///
/// # Errors
/// The first fault.
pub fn read_intent(body: &[u8], ear: Ear) -> Result<Understand, Fault> {
    const DETAILS: &str = "$.fulfillment_details";
    let request: IntentRequest<'_> = read(body, ear.unknown)?;
    let orders = request.order_ids.unwrap_or_default();
    if orders.len() > CONVERSATION_ORDERS_MAX {
        let text = format!("At most {CONVERSATION_ORDERS_MAX} orders are remembered.");
        return Err(told_fault("$.order_ids", text));
    }
    let order = |(place, text): (usize, &Text<'_>)| {
        let path = || format!("$.order_ids[{place}]");
        OrderId::parse(&text.0).map_err(|error| told_fault(path(), sentence(error)))
    };
    let (text, choice) = said_or_chosen(request.text, request.choice)?;
    Ok(Understand {
        text,
        choice,
        planner: request.planner.map(|word| match word {
            IntentPlannerWord::Rules => Planner::Rules,
            IntentPlannerWord::Llm => Planner::Model,
        }),
        conversation: id("conversation_id", request.conversation_id, ConversationId::parse)?,
        cart: id("cart_id", request.cart_id, CartId::parse)?,
        session: id("session_id", request.session_id, SessionId::parse)?,
        mandate: id("mandate_id", request.mandate_id, MandateId::parse)?,
        orders: orders.iter().enumerate().map(order).collect::<Result<_, _>>()?,
        mode: request.mode.map(Into::into),
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: request
            .fulfillment_details
            .map(|details| details.into_core(DETAILS, ear))
            .transpose()?,
        is_executed: request.execute == Some(ExecuteWord::IfAllowed),
        payment: request.payment.map(|payment| payment.get().as_bytes().into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::UnknownFields;

    const STRICT: Ear = Ear {
        unknown: UnknownFields::Refuse,
        address_phone: acp_core::principal::AddressPhone::Elsewhere,
    };

    #[test]
    fn faults_of_a_sentence_are_told_with_their_place() {
        for (body, path) in [
            ("{}", "$.text"),
            (r#"{"text": null}"#, "$.text"),
            (r#"{"text": ["a"]}"#, "$.text"),
            (r#"{"text": "a\u0000"}"#, "$.text"),
            (r#"{"text": "a", "conversation_id": "cart_1"}"#, "$.conversation_id"),
            (r#"{"text": "a", "cart_id": ""}"#, "$.cart_id"),
            (r#"{"text": "a", "session_id": 7}"#, "$.session_id"),
            (r#"{"text": "a", "mandate_id": "x"}"#, "$.mandate_id"),
            (r#"{"text": "a", "order_ids": ["x"]}"#, "$.order_ids[0]"),
            (r#"{"text": "a", "price": 1}"#, "$.price"),
            (r#"{"text": "a", "choice": {"item_id": "b"}}"#, "$.choice"),
            (r#"{"choice": {}}"#, "$.choice.item_id"),
            (r#"{"choice": {"item_id": "b", "quantity": 0}}"#, "$.choice.quantity"),
            (r#"{"choice": {"item_id": "b", "quantity": 1000}}"#, "$.choice.quantity"),
            (r#"{"text": "a", "planner": "oracle"}"#, "$.planner"),
        ] {
            let fault = read_intent(body.as_bytes(), STRICT).unwrap_err();
            assert_eq!(fault.path, path, "{body}: {}", fault.text);
        }
    }

    #[test]
    fn a_sentence_is_read_as_it_is() {
        let read = |body: &str| read_intent(body.as_bytes(), STRICT).unwrap();
        assert_eq!(&*read(r#"{"text": "  "}"#).text, "  ");
        let cart = "cart_0001_00000000000000000000000001";
        let body = format!(r#"{{"text": "add it", "cart_id": "{cart}"}}"#);
        assert_eq!(read(&body).cart, CartId::parse(cart).ok());
        let picked = read(r#"{"choice": {"item_id": "b", "quantity": 2}, "planner": "llm"}"#);
        assert_eq!((&*picked.text, picked.planner), ("", Some(Planner::Model)));
        let two = Chosen { item: ItemId::new("b"), quantity: Count::new(2) };
        assert_eq!(picked.choice, Some(two));
    }
}
