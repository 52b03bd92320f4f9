use acp_core::ids::{
    AuthenticationId, CartId, ConversationId, EndpointId, ItemId, MandateId, OrderId, PlanId,
    SessionId,
};
use acp_core::limits::ITEM_ID_CHARS_MAX;
use acp_core::refusal::Refusal;
use acp_wire::problem::{Code, Problem};
use acp_wire::shape::order_command::fulfillment_named;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::http::problem::Rejection;

/// The id in the path. Text that was never an id names nothing: the same 404 as an unknown one.
#[derive(Debug)]
pub(in crate::http) struct Id<T>(pub(in crate::http) T);

/// What stands in the path, by its reader.
async fn named<T, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    unknown: Refusal,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Id<T>, Rejection> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok();
    let found = params.as_ref().and_then(|params| read(params.iter().next()?.1));
    found.map(Id).ok_or_else(|| Problem::from(&unknown).into())
}

impl<S: Send + Sync> FromRequestParts<S> for Id<SessionId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::SessionNotFound, |id| SessionId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<CartId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::CartNotFound, |id| CartId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<ConversationId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let unknown = Refusal::ConversationNotFound;
        named(parts, state, unknown, |id| ConversationId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<PlanId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::PlanNotFound, |id| PlanId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<AuthenticationId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let unknown = Refusal::AuthenticationNotFound;
        named(parts, state, unknown, |id| AuthenticationId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<OrderId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::OrderNotFound, |id| OrderId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<MandateId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::MandateNotFound, |id| MandateId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<EndpointId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::EndpointNotFound, |id| EndpointId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<ItemId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let is_an_id = |id: &str| (1..=ITEM_ID_CHARS_MAX).contains(&id.len());
        let item = |id: &str| is_an_id(id).then(|| ItemId::new(id));
        named(parts, state, Refusal::ItemNotFound, item).await
    }
}

/// The order and the fulfillment of it in the path.
#[derive(Debug)]
pub(in crate::http) struct FulfillmentOf {
    pub(in crate::http) order: OrderId,
    pub(in crate::http) number: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for FulfillmentOf {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let Id(order) = Id::<OrderId>::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let named = params.as_ref().and_then(|params| params.iter().nth(1));
        let number = named.and_then(|(_, id)| fulfillment_named(&order, id));
        let number = number
            .ok_or_else(|| Problem::new(Code::NotFound, "The order has no such fulfillment."))?;
        Ok(Self { order, number })
    }
}
