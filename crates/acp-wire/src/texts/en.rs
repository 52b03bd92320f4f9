use std::borrow::Cow;

use acp_core::catalog::CodeRefusal;
use acp_core::pricing::TotalKind;
use acp_core::session::Words;

pub(super) const fn total(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::ItemsBaseAmount => "Items",
        TotalKind::ItemsDiscount => "Item discounts",
        TotalKind::Subtotal => "Subtotal",
        TotalKind::Discount => "Discount",
        TotalKind::Fulfillment => "Delivery",
        TotalKind::Tax => "Tax",
        TotalKind::Fee => "Fees",
        TotalKind::GiftWrap => "Gift wrap",
        TotalKind::Tip => "Tip",
        TotalKind::StoreCredit => "Store credit",
        TotalKind::Total => "Total",
        TotalKind::AmountRefunded => "Refunded",
    }
}

pub(super) const NEEDS_AUTHENTICATION: &str =
    "The payment has to be authenticated by 3-D Secure, which this agent has no way to do.";

pub(super) fn words(words: &Words) -> Cow<'static, str> {
    let plain = match words {
        Words::AsWritten(text) => return text.to_string().into(),
        Words::OutOfStock { title } => return format!("{title} is out of stock.").into(),
        Words::FewLeft { title, left } => {
            return format!("Only {left} of {title} are left.").into();
        }
        Words::MostPerOrder { title, most } => {
            return format!("One order can hold at most {most} of {title}.").into();
        }
        Words::NoDelivery { title } => {
            return format!("We do not deliver {title} to this address.").into();
        }
        Words::CodeRefused { code, why } => return refused(code, *why).into(),
        Words::NoBuyer => {
            "Tell us who buys: a buyer, or an e-mail address with the fulfillment details."
        }
        Words::NoAddress => {
            "Tell us where to deliver, or choose to fetch it where that is offered."
        }
        Words::NoSelection => "Choose one of the fulfillment options.",
        Words::Declined => "The payment was declined. Try another way to pay.",
        Words::Expired => "This checkout session has expired. Open a new one.",
        Words::CannotAuthenticate => {
            "This shop has every payment authenticated by 3-D Secure, which this agent cannot do."
        }
        Words::MayNeedToAuthenticate => {
            "The bank may ask for 3-D Secure, which this agent cannot do. The payment may fail then."
        }
        Words::NeedsReview => "The shop has to look at this order first.",
        Words::NotApproved => "The purchase order was not approved.",
        Words::NotPlaced => {
            "The order could not be placed as it was agreed on. Look at the session, and complete \
             it again."
        }
    };
    Cow::Borrowed(plain)
}

fn refused(code: &str, why: CodeRefusal) -> String {
    match why {
        CodeRefusal::Expired => format!("The code {code} has expired."),
        CodeRefusal::Invalid => format!("The code {code} does not apply here."),
        CodeRefusal::AlreadyApplied => format!("The code {code} is applied already."),
        CodeRefusal::CombinationDisallowed => {
            format!("The code {code} cannot be combined with another one.")
        }
        CodeRefusal::MinimumNotMet => format!("The code {code} needs a larger order."),
        CodeRefusal::NotSignedIn => format!("Sign in to use the code {code}."),
        CodeRefusal::Ineligible => format!("The code {code} is for other customers."),
        CodeRefusal::UsedUp => format!("The code {code} was used up."),
    }
}
