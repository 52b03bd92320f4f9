//! What is taken off, as the discount extension says it.

use acp_core::catalog::{Benefit, CodeRefusal, Spread};
use acp_core::limits::CODES_MAX;
use acp_core::money::Rate;
use acp_core::pricing::{Allocated, AppliedDiscount as CoreApplied, RejectedCode};
use acp_core::refusal::Fault;
use acp_core::session::{Session, Words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{Amount, DateTime, Text};
use crate::shape::address::mirrored;
use crate::shape::told_fault;
use crate::texts::Locale;

/// The codes the buyer has. They replace those given before; an empty list forgets them.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct DiscountsRequest<'a> {
    /// Upper and lower case do not matter.
    #[serde(default)]
    #[schema(max_items = 20, examples(json!(["WELCOME10"])))]
    codes: Vec<Text<'a>>,
}

/// The codes of a request: those of the extension, or the ones of the older field.
pub(super) fn codes(
    discounts: Option<DiscountsRequest<'_>>,
    coupons: Option<Vec<Text<'_>>>,
) -> Result<Option<Vec<Box<str>>>, Fault> {
    let bounded = |codes: Vec<Text<'_>>, at: &str| {
        if codes.len() > CODES_MAX {
            return Err(told_fault(at, format!("At most {CODES_MAX} codes are possible.")));
        }
        Ok(codes.into_iter().map(Text::boxed).collect::<Vec<_>>())
    };
    let coupons = coupons.map(|coupons| bounded(coupons, "$.coupons")).transpose()?;
    let discounts = discounts.map(|discounts| bounded(discounts.codes, "$.discounts.codes"));
    Ok(discounts.transpose()?.or(coupons))
}

mirrored!(
    /// How a discount is spread: over every piece, or once over all of them by their value.
    DiscountMethod = Spread { Each, Across }
);

/// Why a code is not accepted.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiscountErrorCode {
    DiscountCodeExpired,
    DiscountCodeInvalid,
    DiscountCodeAlreadyApplied,
    DiscountCodeCombinationDisallowed,
    DiscountCodeMinimumNotMet,
    DiscountCodeUserNotLoggedIn,
    DiscountCodeUserIneligible,
    DiscountCodeUsageLimitReached,
}

impl From<CodeRefusal> for DiscountErrorCode {
    fn from(why: CodeRefusal) -> Self {
        match why {
            CodeRefusal::Expired => Self::DiscountCodeExpired,
            CodeRefusal::Invalid => Self::DiscountCodeInvalid,
            CodeRefusal::AlreadyApplied => Self::DiscountCodeAlreadyApplied,
            CodeRefusal::CombinationDisallowed => Self::DiscountCodeCombinationDisallowed,
            CodeRefusal::MinimumNotMet => Self::DiscountCodeMinimumNotMet,
            CodeRefusal::NotSignedIn => Self::DiscountCodeUserNotLoggedIn,
            CodeRefusal::Ineligible => Self::DiscountCodeUserIneligible,
            CodeRefusal::UsedUp => Self::DiscountCodeUsageLimitReached,
        }
    }
}

/// What a discount is worth: a percentage, or an amount of a currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct Coupon<'a> {
    /// Names it.
    id: &'a str,
    /// What people call it.
    name: &'a str,
    /// From 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    percent_off: Option<f64>,
    /// In minor units of `currency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount_off: Option<Amount>,
    /// ISO 4217, lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    currency: Option<String>,
    /// Always `once`: it takes something off this order.
    #[schema(pattern = "^once$", examples("once"))]
    duration: &'static str,
}

/// What a part of a discount was taken from.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscountAllocation {
    /// A line or a row of the totals, as a JSONPath.
    #[schema(examples("$.line_items[0]"))]
    path: String,
    /// How much.
    amount: Amount,
}

/// A discount that applies.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedDiscount<'a> {
    /// Names it.
    id: &'a str,
    /// The code that asked for it; not there where it applies by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<&'a str>,
    /// What it is worth.
    coupon: Coupon<'a>,
    /// How much it takes off here.
    amount: Amount,
    /// Whether it applies by itself.
    automatic: bool,
    /// Not before this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    start: Option<DateTime>,
    /// Not from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    end: Option<DateTime>,
    /// How it is spread over lines.
    method: DiscountMethod,
    /// 1 comes first; each works on what the ones before it have left.
    #[schema(minimum = 1)]
    priority: u32,
    /// From what it was taken; not there where it was taken from the order as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    allocations: Vec<DiscountAllocation>,
}

/// A code that was not accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedDiscount<'a> {
    /// The code.
    code: &'a str,
    /// Why.
    reason: DiscountErrorCode,
    /// A sentence for people.
    message: String,
}

/// What is taken off.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiscountsResponse<'a> {
    /// The codes that were given.
    codes: &'a [Box<str>],
    /// What applies, in the order in which it applies.
    applied: Vec<AppliedDiscount<'a>>,
    /// What does not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    rejected: Vec<RejectedDiscount<'a>>,
}

/// A share as a percentage. It is for reading only; amounts are never worked out from it.
fn percentage(rate: Rate) -> f64 {
    f64::from(rate.millionths()) / 10_000.0
}

fn applied<'a>(session: &Session, discount: &'a CoreApplied) -> AppliedDiscount<'a> {
    let (percent_off, amount_off) = match discount.benefit {
        Benefit::Percent(rate) => (Some(percentage(rate)), None),
        Benefit::Amount(amount) => (None, Some(amount)),
    };
    let path_of = |to: &Allocated| match to {
        Allocated::Delivery => "$.totals[?(@.type=='fulfillment')]".to_owned(),
        Allocated::Line(id) => {
            let place = session.quote.lines.iter().position(|line| line.id == *id);
            format!("$.line_items[{}]", place.unwrap_or_default())
        }
    };
    let allocations = discount.allocations.iter();
    AppliedDiscount {
        id: &discount.promotion,
        code: discount.code.as_deref(),
        coupon: Coupon {
            id: &discount.promotion,
            name: &discount.name,
            percent_off,
            amount_off: amount_off.map(Into::into),
            currency: amount_off.map(|amount| amount.currency().lowercase()),
            duration: "once",
        },
        amount: discount.amount.into(),
        automatic: discount.code.is_none(),
        start: discount.starts_at.map(DateTime),
        end: discount.ends_at.map(DateTime),
        method: discount.spread.into(),
        priority: discount.priority,
        allocations: allocations
            .map(|(to, amount)| DiscountAllocation { path: path_of(to), amount: (*amount).into() })
            .collect(),
    }
}

fn rejected(rejected: &RejectedCode, locale: Locale) -> RejectedDiscount<'_> {
    let words = Words::CodeRefused { code: rejected.code.clone(), why: rejected.why };
    RejectedDiscount {
        code: &rejected.code,
        reason: rejected.why.into(),
        message: locale.words(&words).into_owned(),
    }
}

impl<'a> DiscountsResponse<'a> {
    /// What there is to say about discounts, to an agent that asked or gave codes.
    pub(super) fn of(session: &'a Session, locale: Locale) -> Option<Self> {
        let basket = &session.basket;
        (basket.wants_discounts || !basket.codes.is_empty()).then(|| Self {
            codes: &basket.codes,
            applied: session
                .quote
                .discounts
                .applied
                .iter()
                .map(|discount| applied(session, discount))
                .collect(),
            rejected: session
                .quote
                .discounts
                .rejected
                .iter()
                .map(|one| rejected(one, locale))
                .collect(),
        })
    }
}
