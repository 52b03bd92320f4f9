//! The completion of a checkout as a durable run: what its steps do, forward and back.
//!
//! | step | what is done | written down with its result |
//! |---|---|---|
//! | `reserving` | stock is promised, a payment made | the payment's id |
//! | `authorizing` | the payment is confirmed by id | order, answer, outbox |
//! | `capturing` | the money is taken | the capture |
//! | `delivering` | promises become sales | the end |
//! | `awaiting_capture` | it waits for whoever ships | |
//! | `undoing` | payment and stock are given back | the answer |
//! | `failing_forward` | the same for an order that exists | the order's end |
//!
//! What has to be given back is known before anything is asked for: the stock from the first
//! write on, the payment from the write before it is confirmed. An unconfirmed payment holds no
//! money, so that one whose making was not heard of may be left behind.

mod backward;
mod forward;
mod holding;
mod instrument;
mod journal;
mod provider;
mod reading;
mod routing;
mod sealed_request;
mod tender;
mod work;

pub(super) use forward::trouble_of;
pub(super) use provider::step_end;
pub(super) use sealed_request::seal_request;
pub(super) use work::Hand;

use acp_core::ids::OrderId;
use acp_core::run::Run;

use super::{Failure, Said};
use crate::runs;

/// Where the caller of a completion waits for its answer.
pub(super) type Teller = runs::Teller<Said, Failure>;

/// What a step led to.
type Progress = runs::Progress<Said, Failure>;

/// The short number people use on the telephone: the end of the order's id.
fn number_of(order: &OrderId) -> Box<str> {
    const DIGITS: usize = 8;
    let text = order.as_str();
    let skipped = text.chars().count().saturating_sub(DIGITS);
    text.chars().skip(skipped).map(|c| c.to_ascii_uppercase()).collect()
}

/// The name of the operation by which money goes back for a run, so that it goes back once.
fn refund_key(run: &Run) -> acp_core::payment::ProviderKey {
    acp_core::payment::ProviderKey(format!("{}|refund|{}", run.session, run.attempt).into())
}
