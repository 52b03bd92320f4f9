//! What whoever looks after the shop sees and changes of it, with the key of a merchant.
//! What is said of it stands in `openapi/shop.rs`.

use std::sync::Arc;

use acp_core::ids::{ItemId, SessionId};
use acp_wire::shape::session_entry::VerdictWord;
use axum::extract::State;
use axum::response::Response;

use crate::app::Verdict;
use crate::http::extract::{
    Changing, Counting, Decoded, Id, ItemsAsked, Judging, MerchantCall, SessionsAsked,
};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Shows what the shop sells.
pub(in crate::http) async fn list_items(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    ItemsAsked(wanted): ItemsAsked,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.list_items(&call.principal.tenant, &wanted).await?))
}

/// Shows an item.
pub(in crate::http) async fn read_item(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<ItemId>,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.read_item(&call.principal.tenant, &id).await?))
}

/// Changes an item.
pub(in crate::http) async fn change_item(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<ItemId>,
    body: Decoded<Changing>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Changing(command)| command);
    Ok(Reply(gateway.app.change_item(&id, ask).await?))
}

/// Counts the stock of an item.
pub(in crate::http) async fn count_stock(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<ItemId>,
    body: Decoded<Counting>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Counting(command)| command);
    Ok(Reply(gateway.app.count_stock(&id, ask).await?))
}

/// Finds sessions, whichever agent they belong to.
pub(in crate::http) async fn list_sessions(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    SessionsAsked(wanted): SessionsAsked,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.search_sessions(&call.principal, &wanted).await?))
}

/// Shows what waits for an approval.
pub(in crate::http) async fn list_approvals(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.list_approvals(&call.principal).await?))
}

/// Decides about the purchase order a session waits with.
pub(in crate::http) async fn approve(
    State(gateway): State<Arc<Gateway>>,
    MerchantCall(call): MerchantCall,
    Id(id): Id<SessionId>,
    body: Decoded<Judging>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Judging(word)| match word {
        VerdictWord::Approved => Verdict::Approved,
        VerdictWord::Rejected => Verdict::Rejected,
    });
    Ok(Reply(gateway.app.approve_session(&id, ask).await?))
}
