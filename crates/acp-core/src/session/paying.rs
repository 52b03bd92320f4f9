//! What a shop takes as payment for a session.

use super::Buyer;
use super::tender::{HandlerChoice, Instrument, PurchaseOrder, Tender};
use crate::catalog::{HandlerKind, PaymentHandler, Shop};
use crate::money::Money;
use crate::refusal::{Fault, FaultKind, Refusal};

/// Whether a tender may be used as it is; `false` when somebody has to approve it first.
pub(super) fn accept(
    tender: &Tender,
    buyer: Option<&Buyer>,
    total: Money,
    shop: &Shop,
) -> Result<bool, Refusal> {
    match tender {
        Tender::Instrument(instrument) => accept_instrument(instrument, buyer, total, shop),
        Tender::PurchaseOrder(order) => accept_promise(order, buyer, total, shop),
    }
}

fn accept_instrument(
    instrument: &Instrument,
    buyer: Option<&Buyer>,
    total: Money,
    shop: &Shop,
) -> Result<bool, Refusal> {
    let is_meant = |handler: &&PaymentHandler| match &instrument.handler {
        HandlerChoice::Named(id) => handler.id == *id,
        HandlerChoice::CardAt(provider) => {
            matches!(handler.kind, HandlerKind::Card { .. }) && handler.psp == *provider
        }
    };
    let mut open = shop.handlers_for(buyer, total);
    let handler = open.find(is_meant).ok_or(Refusal::UnknownHandler)?;
    let id = &handler.id;
    let (path, text) = if !handler.takes(&instrument.kind) {
        ("type", format!("The handler {id} does not take this type of instrument."))
    } else if *instrument.credential != *PaymentHandler::CREDENTIAL {
        let text = format!(
            "The handler {id} does not take this type of credential. Get a token of type {} from \
             its payment provider.",
            PaymentHandler::CREDENTIAL
        );
        ("credential.type", text)
    } else {
        return Ok(true);
    };
    let path = format!("$.payment_data.instrument.{path}");
    Err(Refusal::Faulty(Fault { kind: FaultKind::BadValue, path, text }))
}

/// Only businesses the shop has an account for can promise to pay.
fn accept_promise(
    order: &PurchaseOrder,
    buyer: Option<&Buyer>,
    total: Money,
    shop: &Shop,
) -> Result<bool, Refusal> {
    let account = shop.purchase_account(buyer).ok_or(Refusal::NoPurchaseAccount)?;
    let is_for_people = account
        .approval_above
        .is_none_or(|most| most.currency() != total.currency() || total.minor() > most.minor());
    Ok(!order.wants_approval && !is_for_people)
}
