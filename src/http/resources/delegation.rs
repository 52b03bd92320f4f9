//! Cards that are handed over. What is said of it stands in `openapi/delegation.rs`.

use std::sync::Arc;

use axum::extract::State;

use crate::http::extract::{Call, Decoded, Delegating};
use crate::http::problem::Rejection;
use crate::http::reply::Reply;
use crate::http::router::Gateway;

/// Takes a card, and answers with what pays in its place.
///
/// Every refusal speaks the few words this part of the protocol has.
pub(in crate::http) async fn delegate(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    body: Result<Decoded<Delegating>, Rejection>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body.map_err(Rejection::about_a_card)?).map(|Delegating(card)| card);
    let said = gateway.app.delegate_payment(ask).await;
    said.map(Reply).map_err(|failure| Rejection::from(failure).about_a_card())
}
