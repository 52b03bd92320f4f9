//! Every way the business says no, in words for the caller.

use acp_core::limits::{MANDATES_MAX, UTTERANCE_CHARS_MAX};
use acp_core::mandate::Denied;
use acp_core::order::OrderRefusal;
use acp_core::plan::PlanRefusal;
use acp_core::refusal::{KeptElsewhere, Refusal};
use acp_core::session::StageKind;
use acp_core::stock::CountRefusal;
use acp_core::vault::NotDelegated;

use super::{Code, Problem};
use crate::shape::order_event::progress_word;

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
            Refusal::EndpointNotFound => {
                Self::new(Code::NotFound, "There is no webhook endpoint with this id.")
            }
            Refusal::OrderUnderWay => Self::new(
                Code::OrderInProgress,
                "The order is still being completed. Ask again in a moment.",
            ),
            Refusal::OrderNotChanged(refusal) => order_not_changed(refusal),
            Refusal::PlanNotFound => Self::new(
                Code::PlanNotFound,
                "There is no plan with this id. Plans that have ended are kept for a day.",
            ),
            Refusal::PlanNot(refusal) => plan_not(refusal),
            Refusal::CartNotFound | Refusal::NothingAvailable | Refusal::CurrencyUnclear { .. } => {
                about_a_cart(refusal)
            }
            Refusal::ConversationNotFound | Refusal::TextEmpty | Refusal::TextTooLong => {
                about_a_text(refusal)
            }
            Refusal::ItemNotFound
            | Refusal::NotCounted(_)
            | Refusal::KeptElsewhere(_)
            | Refusal::NoApprovalPending => about_the_shop(refusal),
            Refusal::MandateNotFound
            | Refusal::MandateChanged(_)
            | Refusal::MandateRevoked
            | Refusal::TooManyMandates => about_a_mandate(refusal),
            Refusal::AuthenticationNotFound => {
                Self::new(Code::NotFound, "There is no such authentication session.")
            }
            Refusal::NotDelegated(NotDelegated::Malformed(fault)) => {
                Self::from(fault).about_a_card()
            }
            Refusal::NotDelegated(NotDelegated::Unfit(fault)) => {
                Self::new(Code::InvalidCard, fault.text.clone()).at(fault.path.clone())
            }
            Refusal::UnknownItem { .. }
            | Refusal::OtherCurrency { .. }
            | Refusal::UnknownOption { .. }
            | Refusal::AmountTooLarge => about_a_basket(refusal),
            Refusal::UnknownHandler
            | Refusal::NoPurchaseAccount
            | Refusal::FulfillmentChanged
            | Refusal::SessionNotReady
            | Refusal::Requires3ds => at_the_till(refusal),
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

/// What is wrong with what is wanted.
fn about_a_basket(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::UnknownItem { line } => {
            Problem::new(Code::InvalidItemId, "There is no item with this id.")
                .at(format!("$.line_items[{line}].id"))
        }
        Refusal::OtherCurrency { line, sold_in } => Problem::new(
            Code::CurrencyMismatch,
            format!(
                "The item in $.line_items[{line}] is sold in {}. Open a session in that currency.",
                sold_in.lowercase()
            ),
        )
        .at("$.currency"),
        Refusal::UnknownOption { selection } => Problem::new(
            Code::InvalidFulfillmentOption,
            "The session does not offer this fulfillment option for these items. \
             Choose one from fulfillment_options.",
        )
        .at(format!("$.selected_fulfillment_options[{selection}]")),
        _ => Problem::new(
            Code::AmountTooLarge,
            "The total is above the largest amount this shop can charge at once.",
        )
        .at("$.line_items"),
    }
}

/// Why a plan is not treated like that.
fn plan_not(refusal: &PlanRefusal) -> Problem {
    let (code, text) = match refusal {
        PlanRefusal::Changed => (
            Code::PlanChanged,
            "The plan is another one by now. Look at it again, and decide anew.",
        ),
        PlanRefusal::Running => {
            (Code::PlanRunning, "The plan is under way. Get it to see how it ends.")
        }
        PlanRefusal::NeedsInput => {
            (Code::NeedsInput, "The plan has open questions or issues. Answer them first.")
        }
        PlanRefusal::NoPayment => {
            (Code::NeedsInput, "The plan pays for something. Send `payment_data` with it.")
        }
        PlanRefusal::MoreThanPayment => {
            let text = "A plan is begun with what pays alone. Who buys, where it goes and notes \
                        are part of the plan, and a purchase order pays for none.";
            return Problem::new(Code::Invalid, text).at("$");
        }
        PlanRefusal::NoSuchQuestion => (Code::NeedsInput, "The plan does not ask for this."),
        PlanRefusal::NeedsApproval => (
            Code::ApprovalRequired,
            "A person has to approve the plan first, with a credential of her own.",
        ),
        PlanRefusal::NeedsNoApproval => {
            (Code::PlanChanged, "The plan needs no approval as it stands.")
        }
        PlanRefusal::OnlyPreview => {
            (Code::PlanOver, "The plan is a preview. Make one in another mode to have it done.")
        }
        PlanRefusal::TooLate => (
            Code::TooLate,
            "The order is placed. The plan cannot be called off any more; the order can be.",
        ),
        PlanRefusal::NoMandate => (
            Code::MandateScopeMismatch,
            "There is no such mandate, or it was not given to this agent.",
        ),
        PlanRefusal::Over(status) => {
            let text = format!("The plan has ended: it is {}. Make a new one.", status.name());
            return Problem::new(Code::PlanOver, text);
        }
        PlanRefusal::Denied(denied) => {
            let code = match denied {
                Denied::Expired | Denied::TooEarly | Denied::Revoked => Code::MandateExpired,
                _ => Code::MandateScopeMismatch,
            };
            return Problem::new(code, format!("The mandate does not allow it: {denied}."));
        }
    };
    Problem::new(code, text)
}

/// Why a mandate is not given or changed.
fn about_a_mandate(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::MandateChanged(version) => Problem::new(
            Code::MandateChanged,
            format!(
                "The mandate was changed since you looked at it: it is version {version} now. Get \
                 it, and decide again."
            ),
        ),
        Refusal::MandateRevoked => Problem::new(
            Code::MandateRevoked,
            "The mandate was revoked, which is for ever. Give another one.",
        ),
        Refusal::TooManyMandates => Problem::new(
            Code::Invalid,
            format!("You have given {MANDATES_MAX} mandates, and there is no room for more."),
        ),
        _ => Problem::new(Code::NotFound, "There is no mandate with this id."),
    }
}

/// Why an order is not changed.
fn order_not_changed(refusal: &OrderRefusal) -> Problem {
    let mut sentence = match refusal {
        OrderRefusal::NoWay { from, to } => format!(
            "a fulfillment that is {} cannot become {}.",
            progress_word(*from),
            progress_word(*to)
        ),
        OrderRefusal::Unsuited(progress) => {
            format!("a fulfillment of this kind is never {}.", progress_word(*progress))
        }
        refusal => format!("{refusal}."),
    };
    if let Some(first) = sentence.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    match refusal {
        OrderRefusal::NoLines
        | OrderRefusal::UnknownLine(_)
        | OrderRefusal::LineTwice(_)
        | OrderRefusal::WrongWay(_) => Problem::new(Code::Invalid, sentence).at("$.line_items"),
        OrderRefusal::Unsuited(_) => Problem::new(Code::Invalid, sentence).at("$.status"),
        OrderRefusal::UnknownFulfillment | OrderRefusal::UnknownAdjustment => {
            Problem::new(Code::NotFound, sentence)
        }
        OrderRefusal::TooMany { .. } => {
            Problem::new(Code::QuantityExceeded, sentence).at("$.line_items")
        }
        OrderRefusal::NothingToRefund | OrderRefusal::RefundTooLarge { .. } => {
            Problem::new(Code::RefundExceedsPayment, sentence).at("$.amount")
        }
        OrderRefusal::Canceled
        | OrderRefusal::NotTracked
        | OrderRefusal::NoWay { .. }
        | OrderRefusal::Settled
        | OrderRefusal::TooMuch => Problem::new(Code::OrderConflict, sentence),
    }
}

/// Why there is no cart.
fn about_a_cart(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NothingAvailable => Problem::new(
            Code::OutOfStock,
            "Nothing of this can be had at the moment, so no cart was opened.",
        )
        .at("$.line_items"),
        Refusal::CurrencyUnclear { line } => Problem::new(
            Code::CurrencyUnresolvable,
            "These items are sold in several currencies. Open a cart for each of them.",
        )
        .at(format!("$.line_items[{line}]")),
        _ => Problem::new(
            Code::NotFound,
            "There is no cart with this id. It may have been canceled, or its time is over.",
        ),
    }
}

/// Why a text is not read.
fn about_a_text(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::TextEmpty => {
            Problem::new(Code::TextEmpty, "The text says nothing. Send what the shopper said.")
                .at("$.text")
        }
        Refusal::TextTooLong => {
            let text = format!("The text has more than {UTTERANCE_CHARS_MAX} characters.");
            Problem::new(Code::TextTooLong, text).at("$.text")
        }
        _ => Problem::new(
            Code::NotFound,
            "There is no conversation with this id. It may have been erased, or its time is over.",
        ),
    }
}

/// Why whoever looks after the shop is refused.
fn about_the_shop(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::NotCounted(CountRefusal::TooFew { free }) => Problem::new(
            Code::QuantityExceeded,
            format!("Only {free} are free, and what is promised stays promised."),
        )
        .at("$.adjust"),
        Refusal::NotCounted(CountRefusal::Uncounted) => Problem::new(
            Code::Invalid,
            "Nobody counts this item, so there is nothing to add to. Say how many are free.",
        )
        .at("$.adjust"),
        Refusal::NotCounted(CountRefusal::TooMany) => {
            Problem::new(Code::Invalid, "No item has so many.").at("$.adjust")
        }
        Refusal::KeptElsewhere(KeptElsewhere::Catalogue) => Problem::new(
            Code::Invalid,
            "The catalogue is kept by the merchant's own service (catalogue.kind is \"http\"): \
             it is listed and changed there.",
        ),
        Refusal::KeptElsewhere(KeptElsewhere::Vocabulary) => Problem::new(
            Code::Invalid,
            "The catalogue is kept by the merchant's own service (catalogue.kind is \"http\"), so \
             that no text can be read for goods here. Use carts and checkout sessions with the ids \
             of items.",
        ),
        Refusal::KeptElsewhere(KeptElsewhere::Stock) => Problem::new(
            Code::Invalid,
            "The stock is kept by the merchant's own inventory (inventory.shape): \
             it is counted there.",
        ),
        Refusal::NoApprovalPending => {
            Problem::new(Code::NotFound, "This session does not wait for an approval.")
        }
        _ => Problem::new(Code::NotFound, "There is no item with this id."),
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
