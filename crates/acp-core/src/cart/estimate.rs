//! What goods would cost, before anybody knows where they go.

use std::sync::Arc;

use crate::catalog::Terms;
use crate::money::Currency;
use crate::refusal::Refusal;
use crate::session::{
    Basket, Buyer, FreshSelections, Interventions, NoticeCode, Profile, Quote, Setting, Shelf,
    Stores, Wanted, quote,
};

/// The one currency all goods are sold in. A cart names none; where nothing is in it any more, it
/// keeps the one it had.
///
/// # Errors
/// Refuses goods of several currencies, and those the shop does not sell.
fn currency_of(shelf: &Shelf, had: Option<Currency>) -> Result<Currency, Refusal> {
    let mut only: Option<Currency> = None;
    for (line, stocked) in shelf.iter().enumerate() {
        let stocked = stocked.as_ref().ok_or(Refusal::UnknownItem { line })?;
        let sold_in = stocked.item.price.currency();
        if *only.get_or_insert(sold_in) != sold_in {
            return Err(Refusal::CurrencyUnclear { line });
        }
    }
    only.or(had).ok_or(Refusal::UnknownItem { line: 0 })
}

/// Whether a notice is about the goods. All others ask for what only a session needs.
const fn is_about_goods(code: NoticeCode) -> bool {
    match code {
        NoticeCode::OutOfStock | NoticeCode::LowStock | NoticeCode::QuantityExceeded => true,
        NoticeCode::General
        | NoticeCode::Missing
        | NoticeCode::Invalid
        | NoticeCode::RegionRestricted
        | NoticeCode::PaymentDeclined
        | NoticeCode::Requires3ds
        | NoticeCode::Expired
        | NoticeCode::InterventionRequired
        | NoticeCode::ApprovalRequired
        | NoticeCode::CodeRefused(_) => false,
    }
}

/// What a session with these goods would cost, as long as it has no address: no delivery, no tax.
/// A cart that was there before and has nothing in it any more costs nothing, in the currency it
/// had.
///
/// # Errors
/// Refuses items the shop does not have, goods of several currencies, and amounts above the cap.
pub(super) fn estimate(
    wanted: &[Wanted],
    buyer: Option<&Buyer>,
    stores: &Stores,
    setting: &Setting<'_>,
    had: Option<Currency>,
) -> Result<Quote, Refusal> {
    let basket = Basket {
        profile: Profile::AsksForAll,
        currency: currency_of(&stores.shelf, had)?,
        presentment: None,
        wanted: wanted.to_vec(),
        buyer: buyer.cloned().map(Arc::new),
        contact: None,
        groups: Vec::new(),
        selections: None,
        wants_discounts: false,
        codes: Vec::new(),
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions::default(),
    };
    let terms = Terms { options: [].into(), ..stores.terms.clone() };
    let stores = Stores { terms, ..stores.clone() };
    let (pruned, now) = (FreshSelections::Pruned, setting.now);
    let mut quote = quote(&basket, &stores, setting.shop, pruned, now)?;
    quote.notices.retain(|notice| is_about_goods(notice.code));
    Ok(quote)
}
