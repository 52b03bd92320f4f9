//! What a handler receives, already proven and translated: one job an extractor.

mod asked;
mod call;
mod decoded;
mod id;
mod plan;
mod principal;
mod reader;

pub(super) use asked::{
    EventsAsked, FeedAsked, HeardAlready, ItemsAsked, MandatesAsked, OrdersAsked, PlansAsked,
    ProductsAsked, SessionsAsked,
};
pub use call::KeyRule;
pub(super) use call::{
    API_VERSION, Call, CallOfAuthentications, CallOfCarts, Heard, IDEMPOTENCY_KEY, MerchantCall,
    version_named,
};
pub(super) use decoded::{
    Authenticating, Beginning, CancelingLines, Changing, ChangingMandate, Command, Counting,
    Decoded, Delegating, EndpointTest, EndpointUpdate, Fulfilling, GivingMandate, Judging,
    Listening, Moving, Refunding, Returning, RevokingMandate, Speaking, check_type, read_body,
};
pub(super) use id::{FulfillmentOf, Id};
pub(super) use plan::{
    Answering, Calling, Executing, ExecutingCall, Patience, PlanReader, Seen, SeenPlan,
};
pub(super) use principal::{PrincipalCall, SeenVersion};
pub(super) use reader::Reader;
