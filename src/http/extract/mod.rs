//! What a handler receives, already proven and translated: one job an extractor.

mod asked;
mod call;
mod decoded;
mod id;
mod plan;
mod reader;

pub(super) use asked::{EventsAsked, ItemsAsked, OrdersAsked, PlansAsked, SessionsAsked};
pub(super) use call::{Call, CallOfCarts, Heard, IDEMPOTENCY_KEY, MerchantCall};
pub(super) use decoded::{
    CancelingLines, Changing, Command, Counting, Decoded, Fulfilling, Judging, Moving, Refunding,
    Returning, Speaking, check_type, read_body,
};
pub(super) use id::{FulfillmentOf, Id};
pub(super) use plan::{Answering, Calling, Executing, ExecutingCall, Patience, Seen, SeenPlan};
pub(super) use reader::Reader;
