//! What becomes of a checkout: orders, read by the agents that placed them and by the merchant, who
//! alone changes them.
//! What each version says of them stands in `openapi/operations.rs`.

use std::sync::Arc;

use acp_core::ids::OrderId;
use acp_core::ports::Operation;
use axum::extract::State;
use axum::response::Response;

use crate::http::extract::{
    CancelingLines, Decoded, EventsAsked, Fulfilling, FulfillmentOf, Id, MerchantCall, Moving,
    OrdersAsked, Reader, Refunding, Returning,
};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Shows orders, the last one first.
pub(in crate::http) async fn list(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    OrdersAsked(wanted): OrdersAsked,
) -> Result<Response, Rejection> {
    let channel = reader.channel();
    let body = gateway.app.list_orders(&reader.principal, &channel, &wanted).await?;
    Ok(shown(body))
}

/// Shows an order as it stands.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Id(id): Id<OrderId>,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_order(&reader.principal, &reader.channel(), &id).await?;
    Ok(shown(body))
}

/// Shows what happened to an order.
pub(in crate::http) async fn events(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Id(id): Id<OrderId>,
    EventsAsked { after, limit }: EventsAsked,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_order_events(&reader.principal, &id, after, limit).await?;
    Ok(shown(body))
}

/// Sends some of an order.
pub(in crate::http) async fn fulfill(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<OrderId>,
    body: Decoded<Fulfilling>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Fulfilling(command)| command);
    Ok(Reply(gateway.app.command_order(&id, Operation::Fulfill, ask).await?))
}

/// Tells how far a fulfillment is.
pub(in crate::http) async fn move_fulfillment(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    FulfillmentOf { order, number }: FulfillmentOf,
    body: Decoded<Moving>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Moving(news)| news.of(number)).about(number);
    Ok(Reply(gateway.app.command_order(&order, Operation::MoveFulfillment, ask).await?))
}

/// Takes lines off that are not sent.
pub(in crate::http) async fn cancel_lines(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<OrderId>,
    body: Decoded<CancelingLines>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|CancelingLines(command)| command);
    Ok(Reply(gateway.app.command_order(&id, Operation::CancelLines, ask).await?))
}

/// Takes lines off that came back.
pub(in crate::http) async fn take_back(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<OrderId>,
    body: Decoded<Returning>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Returning(command)| command);
    Ok(Reply(gateway.app.command_order(&id, Operation::ReturnLines, ask).await?))
}

/// Gives money back.
pub(in crate::http) async fn refund(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<OrderId>,
    body: Decoded<Refunding>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Refunding(command)| command);
    Ok(Reply(gateway.app.command_order(&id, Operation::Refund, ask).await?))
}
