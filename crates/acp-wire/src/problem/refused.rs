//! Every way the business says no, in words for the caller.

use acp_core::refusal::Refusal;
use acp_core::session::StageKind;

use super::{Code, Problem};

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Faulty(fault) => fault.into(),
            Refusal::SessionNotFound => {
                Self::new(Code::SessionNotFound, "There is no checkout session with this id.")
            }
            Refusal::OrderNotFound => {
                Self::new(Code::OrderNotFound, "There is no order with this id.")
            }
            Refusal::UnknownItem { line } => {
                Self::new(Code::InvalidItemId, "There is no item with this id.")
                    .at(format!("$.line_items[{line}].id"))
            }
            Refusal::OtherCurrency { line, sold_in } => Self::new(
                Code::CurrencyMismatch,
                format!(
                    "The item in $.line_items[{line}] is sold in {}. Open a session in that currency.",
                    sold_in.lowercase()
                ),
            )
            .at("$.currency"),
            Refusal::UnknownOption { selection } => Self::new(
                Code::InvalidFulfillmentOption,
                "The session does not offer this fulfillment option for these items. \
                 Choose one from fulfillment_options.",
            )
            .at(format!("$.selected_fulfillment_options[{selection}]")),
            Refusal::AmountTooLarge => Self::new(
                Code::AmountTooLarge,
                "The total is above the largest amount this shop can charge at once.",
            )
            .at("$.line_items"),
            Refusal::UnknownHandler
            | Refusal::NoPurchaseAccount
            | Refusal::FulfillmentChanged
            | Refusal::SessionNotReady
            | Refusal::Requires3ds => at_the_till(refusal),
            Refusal::NoApprovalPending => Self::new(
                Code::NotFound,
                "This session does not wait for an approval.",
            ),
            Refusal::CompletionRunning => Self::new(
                Code::CompletionInProgress,
                "A completion of this session is running. Get the session to see how it ends.",
            ),
            Refusal::SessionTerminal(stage) => Self::new(
                Code::SessionTerminal,
                format!("The session {}. Open a new one.", ending(*stage)),
            ),
            Refusal::NotCancelable(stage) => Self::new(
                Code::NotCancelable,
                format!("The session {} and cannot be canceled.", ending(*stage)),
            ),
        }
    }
}

/// Why a session is not paid for.
fn at_the_till(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::UnknownHandler => Problem::new(
            Code::InvalidPaymentHandler,
            "The session does not offer this payment handler. \
             Use one from capabilities.payment.handlers.",
        )
        .at("$.payment_data.handler_id"),
        Refusal::NoPurchaseAccount => Problem::new(
            Code::PurchaseOrderNotAllowed,
            "Only businesses that have an account with this shop can pay by purchase order, \
             and the buyer has to be signed in. Use a handler and an instrument.",
        )
        .at("$.payment_data.purchase_order_number"),
        Refusal::FulfillmentChanged => Problem::new(
            Code::FulfillmentChanged,
            "The new delivery changes the session. Get it, look at it, and complete it again.",
        )
        .at("$.fulfillment_details"),
        Refusal::SessionNotReady => Problem::new(
            Code::SessionNotReady,
            "The session is not ready for payment. Get it, and look at its status and messages.",
        ),
        Refusal::Requires3ds => Problem::new(
            Code::Requires3ds,
            "The payment has to be authenticated. Send the authentication_result along, or update \
             the session to pay otherwise.",
        )
        .at("$.authentication_result"),
        _ => Problem::new(Code::SessionNotReady, refusal.to_string()),
    }
}

const fn ending(stage: StageKind) -> &'static str {
    match stage {
        StageKind::Completed => "is completed",
        StageKind::Canceled => "is canceled already",
        StageKind::Expired => "has expired",
        StageKind::Incomplete
        | StageKind::NotReady
        | StageKind::RequiresEscalation
        | StageKind::Ready
        | StageKind::AuthenticationRequired
        | StageKind::PendingApproval
        | StageKind::Completing => "is not in a state for this",
    }
}
