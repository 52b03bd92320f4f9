//! Which ways of getting goods to the buyer this form has words for.

use acp_core::session::{FulfillmentOption, Group, Method, MethodKind, Quote};
use serde::Serialize;
use utoipa::ToSchema;

/// What kind of option it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FulfillmentOptionType {
    /// A carrier brings it.
    Shipping,
    /// It is sent over the wire.
    Digital,
}

/// An option that can be chosen, and what it is called in this form.
pub(crate) struct Offer<'a> {
    pub(crate) kind: FulfillmentOptionType,
    pub(crate) option: &'a FulfillmentOption,
}

/// What this form calls a way of getting goods to the buyer. It has no word for fetching them,
/// and none for a shop's own courier. Where nobody else would bring it, though, he is called
/// shipping: he too brings things to an address, and a session that offers nothing for its goods
/// could never be completed.
fn said(quote: &Quote, kind: MethodKind) -> Option<FulfillmentOptionType> {
    match kind {
        MethodKind::Shipping => Some(FulfillmentOptionType::Shipping),
        MethodKind::Digital => Some(FulfillmentOptionType::Digital),
        MethodKind::Pickup => None,
        MethodKind::LocalDelivery => {
            let mut offered = quote.methods.iter().filter(|method| !method.options.is_empty());
            let is_there_shipping = offered.any(|method| match method.kind {
                MethodKind::Shipping => true,
                MethodKind::Digital | MethodKind::Pickup | MethodKind::LocalDelivery => false,
            });
            (!is_there_shipping).then_some(FulfillmentOptionType::Shipping)
        }
    }
}

fn sayable(quote: &Quote) -> impl Iterator<Item = (FulfillmentOptionType, &Method)> {
    quote.methods.iter().filter_map(|method| Some((said(quote, method.kind)?, method)))
}

/// Everything this form can offer of a quote.
pub(crate) fn offers(quote: &Quote) -> impl Iterator<Item = Offer<'_>> {
    sayable(quote)
        .flat_map(|(kind, method)| method.options.iter().map(move |option| Offer { kind, option }))
}

/// What was chosen of everything this form can offer.
pub(crate) fn choices(quote: &Quote) -> impl Iterator<Item = (FulfillmentOptionType, &Group)> {
    sayable(quote).flat_map(|(kind, method)| {
        let is_offered =
            |group: &&Group| method.options.iter().any(|option| option.id == group.option);
        method.groups.iter().filter(is_offered).map(move |group| (kind, group))
    })
}
