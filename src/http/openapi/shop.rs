//! What whoever looks after the shop sees and changes of it; the same whichever version is spoken.

use acp_wire::shape::session_entry::{
    ApprovalList, ApprovalRequest, SessionEntry, SessionEntryList,
};
use acp_wire::shape::shop::{
    FeedProduct, FeedProductList, ShopItem, ShopItemList, ShopItemUpdateRequest, StockCountRequest,
};
use utoipa::OpenApi;

/// Shows what the shop sells, in the order of ids.
///
/// Items that are withdrawn are there, too. Where the catalogue is kept by a service of the
/// merchant's, it is listed there.
#[utoipa::path(
    get, path = "/catalog/items", tag = "shop", operation_id = "listItems",
    responses((status = 200, description = "A page of items.", body = ShopItemList)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn list_items() {}

/// Shows an item, with how much there is of it.
#[utoipa::path(
    get, path = "/catalog/items/{item_id}", tag = "shop", operation_id = "getItem",
    responses((status = 200, description = "The item.", body = ShopItem)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn read_item() {}

/// Changes an item.
///
/// Sessions that are open keep what they were told until they change. What is withdrawn is told
/// as such when a session changes, and is not sold again until it is put on sale.
#[utoipa::path(
    post, path = "/catalog/items/{item_id}", tag = "shop", operation_id = "updateItem",
    request_body = ShopItemUpdateRequest,
    responses((status = 200, description = "The item as it is now.", body = ShopItem)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn change_item() {}

/// Counts the stock of an item.
///
/// What is promised to a completion that is under way stays promised: it is in no count, and
/// cannot be taken away.
#[utoipa::path(
    post, path = "/catalog/items/{item_id}/stock", tag = "shop", operation_id = "countStock",
    request_body = StockCountRequest,
    responses((status = 200, description = "The item as it is now.", body = ShopItem)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn count_stock() {}

/// Finds sessions of every agent, the one that was opened last in front.
///
/// They are found until they are forgotten, some time after they have ended. Where `status` leaves
/// little of what was looked at, a page may hold less than `limit`, or nothing; go on as long as
/// there is a `next_cursor`.
#[utoipa::path(
    get, path = "/checkout_sessions", tag = "shop", operation_id = "listCheckoutSessions",
    responses((status = 200, description = "A page of sessions.", body = SessionEntryList)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn list_sessions() {}

/// Shows the sessions that wait for an approval of their purchase orders.
#[utoipa::path(
    get, path = "/approvals", tag = "shop", operation_id = "getApprovals",
    responses((
        status = 200, description = "All of them, the one that expires first in front.",
        body = ApprovalList,
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn list_approvals() {}

/// Approves the purchase order a session waits with, or does not.
///
/// What is approved is completed right afterwards, without its agent; where the goods are gone by
/// then the session says so. What is rejected can be paid for otherwise.
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}/approval", tag = "shop",
    operation_id = "decideApproval",
    request_body = ApprovalRequest,
    responses((status = 200, description = "The session as it is now.", body = SessionEntry)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn approve() {}

/// Writes all that is sold: the product feed, for the merchant and its agents.
///
/// It is written while it is read, and may be long. An answer that breaks off is not whole. As
/// `application/x-ndjson`, which is what is answered to whoever does not say, there is a product on
/// each line; in the table, a variant. The `id` of a variant is what a checkout calls an item.
#[utoipa::path(
    get, path = "/feed", tag = "shop", operation_id = "getFeed",
    responses((
        status = 200, description = "All products.",
        content(
            (FeedProductList = "application/json"),
            (FeedProduct = "application/x-ndjson"),
            (String = "text/csv"),
        ),
        headers(("Content-Disposition" = String, description = "What to call it as a file.")),
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn feed() {}

#[derive(OpenApi)]
#[openapi(
    paths(
        list_items, read_item, change_item, count_stock, list_sessions, list_approvals, approve,
        feed,
    ),
    tags((name = "shop", description = "What whoever looks after the shop sees and changes, with \
        the key of a merchant. The protocol has no such operations; these are the gateway's own.")),
)]
pub(super) struct Operations;
