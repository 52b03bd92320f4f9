//! What a merchant wants of an order. The same in every version: none has words of its own for it.

use acp_core::ids::{LineId, OrderId};
use acp_core::limits::LINE_ITEMS_MAX;
use acp_core::money::{Currency, Money};
use acp_core::order::{FulfillmentKind, OrderCommand, Progress, Tracking, Units};
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session::Quantity;
use serde::Deserialize;
use utoipa::ToSchema;

use super::order_event::fulfillment_id;
use super::told_fault;
use crate::read::{UnknownFields, read};
use crate::scalar::{Text, Whole, not_null};

/// A line, and how many of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct LineUnits<'a> {
    /// The id of the line.
    #[schema(value_type = String, max_length = 1000)]
    id: Text<'a>,
    /// How many of it.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    quantity: Whole,
}

/// How goods reach the buyer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentWord {
    /// Carried.
    Shipping,
    /// Fetched.
    Pickup,
    /// Over the wire.
    Digital,
}

impl From<FulfillmentWord> for FulfillmentKind {
    fn from(word: FulfillmentWord) -> Self {
        match word {
            FulfillmentWord::Shipping => Self::Shipping,
            FulfillmentWord::Pickup => Self::Pickup,
            FulfillmentWord::Digital => Self::Digital,
        }
    }
}

/// How far a fulfillment is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum ProgressWord {
    Pending,
    Processing,
    Shipped,
    InTransit,
    OutForDelivery,
    ReadyForPickup,
    Delivered,
    Failed,
    Canceled,
}

impl From<ProgressWord> for Progress {
    fn from(word: ProgressWord) -> Self {
        match word {
            ProgressWord::Pending => Self::Pending,
            ProgressWord::Processing => Self::Processing,
            ProgressWord::Shipped => Self::Shipped,
            ProgressWord::InTransit => Self::InTransit,
            ProgressWord::OutForDelivery => Self::OutForDelivery,
            ProgressWord::ReadyForPickup => Self::ReadyForPickup,
            ProgressWord::Delivered => Self::Delivered,
            ProgressWord::Failed => Self::Failed,
            ProgressWord::Canceled => Self::Canceled,
        }
    }
}

/// Sends some of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct FulfillmentCreateRequest<'a> {
    /// How it reaches the buyer.
    #[serde(rename = "type")]
    kind: FulfillmentWord,
    /// What is in it; everything that can go this way and is in no fulfillment yet, where it is
    /// left out.
    #[serde(default)]
    #[schema(max_items = 100)]
    line_items: Vec<LineUnits<'a>>,
    /// How far it is; `pending`, where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<ProgressWord>,
    /// Who carries it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    carrier: Option<Text<'a>>,
    /// The carrier's number for it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    tracking_number: Option<Text<'a>>,
    /// Where the carrier shows how far it is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, pattern = "^https?:", required = false)]
    tracking_url: Option<Text<'a>>,
    /// What else there is to say about it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    description: Option<Text<'a>>,
}

/// Tells how far a fulfillment is. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct FulfillmentUpdateRequest<'a> {
    /// How far it is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<ProgressWord>,
    /// Who carries it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    carrier: Option<Text<'a>>,
    /// The carrier's number for it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    tracking_number: Option<Text<'a>>,
    /// Where the carrier shows how far it is.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, pattern = "^https?:", required = false)]
    tracking_url: Option<Text<'a>>,
    /// What happened, in words.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    description: Option<Text<'a>>,
    /// Where it happened.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    location: Option<Text<'a>>,
}

/// Takes lines off an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct LinesRequest<'a> {
    /// Which, and how many of them. Of a cancellation: everything that is in no fulfillment yet,
    /// where it is left out.
    #[serde(default)]
    #[schema(max_items = 100)]
    line_items: Vec<LineUnits<'a>>,
    /// Why, in one word.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false, examples("out_of_stock"))]
    reason: Option<Text<'a>>,
}

/// Gives money back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct RefundRequest<'a> {
    /// How much, with the tax in it, in minor units; all that was taken and not given back yet,
    /// where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 1, required = false)]
    amount: Option<Whole>,
    /// The currency of the amount, as it was charged.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[a-z]{3}$", required = false)]
    currency: Option<Text<'a>>,
    /// What it is for.
    #[serde(default)]
    #[schema(max_items = 100)]
    line_items: Vec<LineUnits<'a>>,
    /// Why, in one word.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false, examples("damaged"))]
    reason: Option<Text<'a>>,
}

fn units(lines: Vec<LineUnits<'_>>) -> Result<Vec<Units>, Fault> {
    if lines.len() > LINE_ITEMS_MAX {
        let text = format!("At most {LINE_ITEMS_MAX} lines are possible.");
        return Err(told_fault("$.line_items", text));
    }
    let read_one = |(place, line): (usize, LineUnits<'_>)| {
        let count = u32::try_from(line.quantity.0).ok().and_then(Quantity::new);
        let quantity = count.ok_or_else(|| {
            told_fault(
                format!("$.line_items[{place}].quantity"),
                "The quantity must be a number of pieces, and one at least.",
            )
        })?;
        Ok(Units { line: LineId::new(line.id.0), quantity })
    };
    lines.into_iter().enumerate().map(read_one).collect()
}

fn boxed(text: Option<Text<'_>>) -> Option<Box<str>> {
    text.map(Text::boxed).filter(|text| !text.trim().is_empty())
}

fn tracking(
    carrier: Option<Text<'_>>,
    number: Option<Text<'_>>,
    url: Option<Text<'_>>,
) -> Result<Tracking, Fault> {
    let url = boxed(url);
    let is_link = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    if url.as_deref().is_some_and(|url| !is_link(url) || url.contains(char::is_whitespace)) {
        return Err(told_fault("$.tracking_url", "Expected an http or https address."));
    }
    Ok(Tracking { carrier: boxed(carrier), number: boxed(number), url })
}

/// Reads a request to send some of an order.
///
/// # Errors
/// The first fault.
pub fn read_fulfill(body: &[u8], unknown: UnknownFields) -> Result<OrderCommand, Fault> {
    let request: FulfillmentCreateRequest<'_> = read(body, unknown)?;
    Ok(OrderCommand::Fulfill {
        kind: request.kind.into(),
        lines: units(request.line_items)?,
        progress: request.status.map_or(Progress::Pending, Progress::from),
        tracking: tracking(request.carrier, request.tracking_number, request.tracking_url)?,
        description: boxed(request.description),
    })
}

/// How far a fulfillment is, whichever it is.
#[derive(Clone, Debug)]
pub struct FulfillmentNews {
    progress: Option<Progress>,
    tracking: Tracking,
    note: Option<Box<str>>,
    location: Option<Box<str>>,
}

impl FulfillmentNews {
    /// The same of the fulfillment with this number.
    pub fn of(self, fulfillment: u32) -> OrderCommand {
        let Self { progress, tracking, note, location } = self;
        OrderCommand::Move { fulfillment, progress, tracking, note, location }
    }
}

/// Reads how far a fulfillment of an order is.
///
/// # Errors
/// The first fault.
pub fn read_move(body: &[u8], unknown: UnknownFields) -> Result<FulfillmentNews, Fault> {
    let request: FulfillmentUpdateRequest<'_> = read(body, unknown)?;
    Ok(FulfillmentNews {
        progress: request.status.map(Progress::from),
        tracking: tracking(request.carrier, request.tracking_number, request.tracking_url)?,
        note: boxed(request.description),
        location: boxed(request.location),
    })
}

/// Reads which lines of an order are not sent.
///
/// # Errors
/// The first fault.
pub fn read_cancel_lines(body: &[u8], unknown: UnknownFields) -> Result<OrderCommand, Fault> {
    let request: LinesRequest<'_> = read(body, unknown)?;
    Ok(OrderCommand::Cancel { lines: units(request.line_items)?, reason: boxed(request.reason) })
}

/// Reads which lines of an order came back.
///
/// # Errors
/// The first fault.
pub fn read_return(body: &[u8], unknown: UnknownFields) -> Result<OrderCommand, Fault> {
    let request: LinesRequest<'_> = read(body, unknown)?;
    Ok(OrderCommand::Return { lines: units(request.line_items)?, reason: boxed(request.reason) })
}

/// Reads how much money goes back.
///
/// # Errors
/// The first fault.
pub fn read_refund(body: &[u8], unknown: UnknownFields) -> Result<OrderCommand, Fault> {
    let request: RefundRequest<'_> = read(body, unknown)?;
    let amount = match (request.amount, request.currency) {
        (None, _) => None,
        (Some(_), None) => {
            return Err(Fault {
                kind: FaultKind::Missing,
                path: "$.currency".to_owned(),
                text: "Say in which currency the amount is.".to_owned(),
            });
        }
        (Some(amount), Some(currency)) => {
            let currency = Currency::parse(&currency.0).map_err(|_no_code| {
                told_fault("$.currency", "Expected three letters that name a currency.")
            })?;
            let amount = Money::new(amount.0, currency).ok().filter(|amount| !amount.is_zero());
            let fault = || told_fault("$.amount", "Expected a sum of money in minor units.");
            Some(amount.ok_or_else(fault)?)
        }
    };
    let (lines, reason) = (units(request.line_items)?, boxed(request.reason));
    Ok(OrderCommand::Refund { amount, lines, reason })
}

/// Which fulfillment of an order an id names; `None` for one that was never told.
pub fn fulfillment_named(order: &OrderId, id: &str) -> Option<u32> {
    let number = id.rsplit('_').next()?.parse().ok()?;
    (fulfillment_id(order, number) == id).then_some(number)
}
