//! What a handler receives, already proven and translated: one job an extractor.

mod asked;
mod call;
mod decoded;
mod id;
mod reader;

pub(super) use asked::{EventsAsked, ItemsAsked, OrdersAsked, SessionsAsked};
pub(super) use call::{Call, CallOfCarts, IDEMPOTENCY_KEY, MerchantCall};
pub(super) use decoded::{
    CancelingLines, Changing, Counting, Decoded, Fulfilling, Judging, Moving, Refunding, Returning,
    Speaking, check_type, read_body,
};
pub(super) use id::{FulfillmentOf, Id};
pub(super) use reader::Reader;
