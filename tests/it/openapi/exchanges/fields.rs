//! What examples of requests show.

use acp_core::principal::AddressPhone;
use acp_wire::delegation::authentication::{read_authenticate, read_begin};
use acp_wire::delegation::read_delegation;
use acp_wire::read::UnknownFields;
use acp_wire::shape::{
    intent, mandate, order_command as orders, plan, session_entry, shop, webhook_endpoint as hooks,
};
use acp_wire::v2026_04_17 as wire;
use acp_wire::version::Version;
use acp_wire::voice::Ear;
use serde_json::Value;

use super::super::reading::{self, Document};

const STRICT: Ear = Ear { unknown: UnknownFields::Refuse, address_phone: AddressPhone::Elsewhere };

/// Every field an example of a request shows is one that is used or said to be unused.
#[test]
fn no_example_of_a_request_has_a_field_nobody_reads() {
    let document = Document::made();
    let each = |operation: &str, read: fn(&[u8]) -> bool| {
        let request = document.operation(operation).request().unwrap();
        for (name, example) in reading::examples(request) {
            assert!(read(Value::to_string(example).as_bytes()), "{operation} {name}");
        }
    };
    each("createCart", |body| wire::read_cart_create(body, STRICT).is_ok());
    each("updateCart", |body| wire::read_cart_update(body, STRICT).is_ok());
    each("createCheckoutSession", |body| wire::read_create(body, STRICT).is_ok());
    each("updateCheckoutSession", |body| wire::read_update(body, STRICT).is_ok());
    each("completeCheckoutSession", |body| wire::read_complete(body, STRICT).is_ok());
    each("cancelCheckoutSession", |body| wire::read_cancel(body, STRICT).is_ok());
    each("createFulfillment", |body| orders::read_fulfill(body, STRICT.unknown).is_ok());
    each("updateFulfillment", |body| orders::read_move(body, STRICT.unknown).is_ok());
    each("cancelLines", |body| orders::read_cancel_lines(body, STRICT.unknown).is_ok());
    each("returnLines", |body| orders::read_return(body, STRICT.unknown).is_ok());
    each("updateItem", |body| shop::read_item_change(body, STRICT.unknown).is_ok());
    each("countStock", |body| shop::read_stock_count(body, STRICT.unknown).is_ok());
    each("decideApproval", |body| session_entry::read_verdict(body, STRICT.unknown).is_ok());
    each("createMandate", |body| mandate::read_given(body, STRICT.unknown).is_ok());
    each("updateMandate", |body| mandate::read_changed(body, STRICT.unknown).is_ok());
    each("revokeMandate", |body| mandate::read_revoked(body, STRICT.unknown).is_ok());
    each("createWebhookEndpoint", |body| hooks::read_endpoint_create(body, STRICT.unknown).is_ok());
    each("updateWebhookEndpoint", |body| hooks::read_endpoint_update(body, STRICT.unknown).is_ok());
    each("testWebhookEndpoint", |body| hooks::read_endpoint_test(body, STRICT.unknown).is_ok());
    each("createIntent", |body| intent::read_intent(body, STRICT).is_ok());
    each("createPlan", |body| plan::read_plan(body, STRICT).is_ok());
    each("answerPlan", |body| plan::read_plan_answer(body, STRICT).is_ok());
    each("executePlan", |body| wire::read_complete(body, STRICT).is_ok());
    for operation in ["approvePlan", "rejectPlan", "cancelPlan"] {
        each(operation, |body| plan::read_plan_nothing(body).is_ok());
    }
    each("delegatePayment", |body| read_delegation(body, STRICT.unknown, Version::NEWEST).is_ok());
    each("createAuthenticationSession", |body| read_begin(body, STRICT.unknown).is_ok());
    each("authenticateSession", |body| read_authenticate(body, STRICT.unknown).is_ok());
    each("createRefund", |body| orders::read_refund(body, STRICT.unknown).is_ok());
}
