//! What a handler receives, already proven and translated: one job an extractor.

mod asked;
mod call;
mod decoded;
mod id;
mod principal;
mod reader;

pub(super) use asked::{EventsAsked, ItemsAsked, MandatesAsked, OrdersAsked, SessionsAsked};
pub(super) use call::{Call, CallOfCarts, IDEMPOTENCY_KEY, MerchantCall};
pub(super) use decoded::{
    CancelingLines, Changing, ChangingMandate, Counting, Decoded, Fulfilling, GivingMandate,
    Judging, Moving, Refunding, Returning, RevokingMandate, check_type, read_body,
};
pub(super) use id::{FulfillmentOf, Id};
pub(super) use principal::{PrincipalCall, SeenVersion};
pub(super) use reader::Reader;
