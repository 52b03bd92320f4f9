//! Cards that are handed over; the same in every version but for signs of risk.

use acp_wire::delegation::{DelegatePaymentRequest, DelegatePaymentResponse};
use utoipa::OpenApi;

/// Hands a card over, for one payment within an allowance.
///
/// The answer names a token that completes the one session it is for, by `payment_data` with the
/// session's payment handler. It pays once, no more than it allows, at this merchant, in this
/// currency, and before its time is over. The number and the security code go to the payment
/// provider, and are kept nowhere here.
///
/// There is nothing at this address unless the merchant takes cards (`vault.enabled`). It is found
/// at `/delegate_payment`, too.
#[utoipa::path(
    post, path = "/agentic_commerce/delegate_payment", tag = "payment",
    operation_id = "delegatePayment",
    request_body = DelegatePaymentRequest,
    responses((
        status = 201, description = "What pays in the place of the card.",
        body = DelegatePaymentResponse,
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn delegate() {}

#[derive(OpenApi)]
#[openapi(
    paths(delegate),
    tags((name = "payment", description = "Cards, where the merchant takes them.")),
)]
pub(super) struct Operations;
