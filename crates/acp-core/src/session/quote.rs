use std::sync::Arc;

use super::basket::{Basket, Profile};
use super::fulfillment::{Arrangement, Method, MethodKind, Parcel, arrange};
use super::notice::{Notice, NoticeCode, Resolution, Words};
use super::stage::Readiness;
use crate::catalog::{
    Authenticating, CatalogItem, ExchangeRule, Kind, Region, Shop, TaxTable, Terms,
};
use crate::ids::LineId;
use crate::money::{Currency, Money, MoneyError, Rate};
use crate::pricing::{
    Delivery, Discountable, Discounting, Discounts, LinePrice, LineTotals, Priced, Taken, Totals,
    TotalsError, discount, price,
};
use crate::refusal::Refusal;
use crate::stock::Availability;
use crate::time::Timestamp;

/// Below this many left, a buyer is warned.
const LOW_STOCK_BELOW: u32 = 4;

/// A catalogue item and how much of it there is.
#[derive(Clone, Debug)]
pub struct Stocked {
    /// The item.
    pub item: Arc<CatalogItem>,
    /// How much there is.
    pub available: Availability,
}

/// What the catalogue says to each line wanted, in the basket's order; `None` for unknown items.
pub type Shelf = Vec<Option<Stocked>>;

/// What whoever keeps them says to a basket: of goods and stock, and of the terms it is sold by.
#[derive(Clone, Debug, Default)]
pub struct Stores {
    /// To each line wanted, in the basket's order.
    pub shelf: Shelf,
    /// Taxes, deliveries and promotions.
    pub terms: Terms,
    /// To each of these promotions, in their order: how many orders can still redeem it.
    pub redemptions: Vec<Option<u32>>,
}

/// A line with what was true of its item when it was quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedLine {
    /// Its id, the same for the same item through all changes.
    pub id: LineId,
    /// The item, as it was.
    pub item: Arc<CatalogItem>,
    /// How many.
    pub quantity: u32,
    /// How many there were.
    pub available: Availability,
    /// What it costs.
    pub totals: LineTotals,
}

/// What the shop makes of a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The lines, priced.
    pub lines: Vec<QuotedLine>,
    /// How they can reach the buyer, and how they will.
    pub methods: Vec<Method>,
    /// What it costs.
    pub totals: Totals,
    /// What is taken off.
    pub discounts: Discounts,
    /// At which rate it is shown in the buyer's currency.
    pub exchange: Option<ExchangeRule>,
    /// What there is to say about it.
    pub notices: Vec<Notice>,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Quote {
    /// What the session still lacks, by the notices.
    pub fn readiness(&self) -> Readiness {
        let blocking: Vec<_> = self.notices.iter().filter(|notice| notice.is_blocking()).collect();
        let all_are = |code| blocking.iter().all(|notice| notice.code == code);
        if blocking.is_empty() {
            Readiness::Ready { total: self.totals.total() }
        } else if all_are(NoticeCode::Missing) {
            Readiness::Incomplete
        } else if all_are(NoticeCode::ApprovalRequired) {
            Readiness::Escalated
        } else {
            Readiness::Blocked
        }
    }

    /// The same quote now that it is known who buys, or does not matter.
    #[must_use]
    pub(super) fn without_asking_who_buys(mut self) -> Self {
        self.notices.retain(|notice| notice.path.as_deref() != Some(BUYER_PATH));
        self
    }
}

const BUYER_PATH: &str = "$.buyer";
const ADDRESS_PATH: &str = "$.fulfillment_details.address";
const SELECTION_PATH: &str = "$.selected_fulfillment_options";

/// Prices a basket.
///
/// # Errors
/// Refuses items the shop does not have or sells in another currency, amounts above the cap and,
/// by `fresh_selections`, choices the session does not offer. Old choices that no longer fit are
/// dropped instead; the session then says what is missing.
pub fn quote(
    basket: &Basket,
    stores: &Stores,
    shop: &Shop,
    has_fresh_selections: FreshSelections,
    now: Timestamp,
) -> Result<Quote, Refusal> {
    let shelved = on_the_shelf(basket, &stores.shelf)?;
    let goods = goods_value(basket.currency, &shelved).map_err(too_large)?;
    let parcel =
        |line: &Shelved| Parcel::new(line.id.clone(), line.item.id.clone(), line.item.kind, basket);
    let parcels: Vec<_> = shelved.iter().map(parcel).collect();
    let arrangement = arrange(&stores.terms.options, &parcels, basket, goods, now);
    if let (FreshSelections::Checked, Some(selection)) =
        (has_fresh_selections, arrangement.unfit.first())
    {
        return Err(Refusal::UnknownOption { selection: *selection });
    }
    let (discounts, taken) =
        discounted(basket, &shelved, &arrangement, stores, now).map_err(too_large)?;
    let (line_totals, totals) = priced(basket, &shelved, &arrangement, &stores.terms.taxes, &taken)
        .map_err(impossible_totals)?;
    let notices = notices(basket, &shelved, &arrangement, &discounts, &totals, shop);
    let lines = shelved
        .into_iter()
        .zip(line_totals)
        .map(|(line, totals)| QuotedLine {
            id: line.id,
            item: line.item,
            quantity: line.quantity,
            available: line.available,
            totals,
        })
        .collect();
    let exchange = basket.presentment.and_then(|to| shop.exchange(basket.currency, to)).copied();
    let methods = arrangement.methods;
    Ok(Quote { lines, methods, totals, discounts, exchange, notices, made_at: now })
}

fn discounted(
    basket: &Basket,
    shelved: &[Shelved],
    arrangement: &Arrangement,
    stores: &Stores,
    now: Timestamp,
) -> Result<(Discounts, Taken), MoneyError> {
    let line = |line: &'_ Shelved| line.item.price.times(line.quantity);
    let bases = shelved.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let lines: Vec<_> = shelved
        .iter()
        .zip(bases)
        .map(|(line, base)| Discountable {
            line: &line.id,
            item: &line.item,
            quantity: line.quantity,
            base,
        })
        .collect();
    let deliveries: Vec<_> = arrangement.deliveries.iter().map(|carried| carried.price).collect();
    discount(&Discounting {
        currency: basket.currency,
        promotions: &stores.terms.promotions,
        redemptions: &stores.redemptions,
        codes: &basket.codes,
        buyer: basket.buyer.as_deref(),
        lines: &lines,
        deliveries: &deliveries,
        now,
    })
}

/// Prices lines and deliveries, each by the tax of the place it goes to.
fn priced(
    basket: &Basket,
    shelved: &[Shelved],
    arrangement: &Arrangement,
    taxes: &TaxTable,
    taken: &Taken,
) -> Result<(Vec<LineTotals>, Totals), TotalsError> {
    let rate = |region: &Option<Region>, of: &dyn Fn(&Region) -> Rate| {
        region.as_ref().map_or(Rate::ZERO, of)
    };
    let lines: Vec<_> = shelved
        .iter()
        .zip(&arrangement.regions)
        .zip(&taken.lines)
        .map(|((line, region), discount)| LinePrice {
            unit: line.item.price,
            quantity: line.quantity,
            discount: *discount,
            tax_rate: rate(region, &|region| taxes.rate(region, line.item.tax_class)),
        })
        .collect();
    let fulfillment: Vec<_> = arrangement
        .deliveries
        .iter()
        .zip(&taken.deliveries)
        .map(|(carried, discount)| Delivery {
            price: carried.price,
            discount: *discount,
            tax_rate: rate(&carried.region, &|region| taxes.delivery_rate(region)),
        })
        .collect();
    price(&Priced {
        currency: basket.currency,
        lines: &lines,
        fulfillment: &fulfillment,
        order_discount: taken.order,
    })
}

/// Whether the selections in the basket came with this request and must fit, or are old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreshSelections {
    /// They came with this request.
    Checked,
    /// They are from before.
    Pruned,
}

const fn too_large(_: MoneyError) -> Refusal {
    Refusal::AmountTooLarge
}

const fn impossible_totals(_: TotalsError) -> Refusal {
    Refusal::AmountTooLarge
}

fn goods_value(currency: Currency, lines: &[Shelved]) -> Result<Money, MoneyError> {
    lines.iter().try_fold(Money::zero(currency), |sum, line| {
        sum.plus(line.item.price.times(line.quantity)?)
    })
}

/// A line that was found in the catalogue.
struct Shelved {
    id: LineId,
    item: Arc<CatalogItem>,
    quantity: u32,
    available: Availability,
}

fn on_the_shelf(basket: &Basket, shelf: &Shelf) -> Result<Vec<Shelved>, Refusal> {
    let mut lines: Vec<Shelved> = Vec::with_capacity(basket.wanted.len());
    for (line, wanted) in basket.wanted.iter().enumerate() {
        let stocked = shelf.get(line).and_then(Option::as_ref);
        let stocked = stocked.ok_or(Refusal::UnknownItem { line })?;
        let sold_in = stocked.item.price.currency();
        if sold_in != basket.currency {
            return Err(Refusal::OtherCurrency { line, sold_in });
        }
        let earlier = lines.iter().filter(|line| line.item.id == wanted.item).count();
        let id = match earlier {
            0 => format!("li_{}", wanted.item),
            // Never `li_{item}_2`: an item may be called that.
            count => format!("li{}_{}", count.saturating_add(1), wanted.item),
        };
        lines.push(Shelved {
            id: LineId::new(id),
            item: Arc::clone(&stocked.item),
            quantity: wanted.quantity.get(),
            available: stocked.available,
        });
    }
    Ok(lines)
}

fn notices(
    basket: &Basket,
    lines: &[Shelved],
    arrangement: &Arrangement,
    discounts: &Discounts,
    totals: &Totals,
    shop: &Shop,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        notices.extend(stock_notice(index, line, lines));
    }
    notices.extend(buyer_notice(basket));
    notices.extend(fulfillment_notice(basket, lines, arrangement));
    notices.extend(authentication_notice(basket, shop));
    if shop.review_above.is_some_and(|most| {
        most.currency() == basket.currency && totals.total().minor() > most.minor()
    }) {
        let (code, review) = (NoticeCode::ApprovalRequired, Resolution::BuyerReview);
        notices.push(Notice::error(code, "$.totals", review, Words::NeedsReview));
    }
    notices.extend(discounts.rejected.iter().map(|rejected| {
        let words = Words::CodeRefused { code: rejected.code.clone(), why: rejected.why };
        let path = format!("$.discounts.codes[{}]", rejected.place);
        Notice::warning(NoticeCode::CodeRefused(rejected.why), &path, words)
    }));
    notices
}

/// Somebody has to be known who buys, unless the agent has no way to say it.
fn buyer_notice(basket: &Basket) -> Option<Notice> {
    let has_email = basket.contact.as_ref().is_some_and(|contact| contact.email.is_some());
    let is_known = basket.buyer.is_some() || has_email || basket.profile == Profile::FillsIn;
    (!is_known).then(|| {
        Notice::error(NoticeCode::Missing, BUYER_PATH, Resolution::BuyerInput, Words::NoBuyer)
    })
}

/// What an agent that cannot authenticate has to know.
fn authentication_notice(basket: &Basket, shop: &Shop) -> Option<Notice> {
    const PATH: &str = "$.capabilities.interventions";
    if basket.interventions.three_ds {
        return None;
    }
    match shop.authenticating {
        Authenticating::Optional => None,
        // An agent that leaves things to the shop has never heard of authentication.
        Authenticating::Conditional if basket.profile == Profile::FillsIn => None,
        Authenticating::Conditional => Some(Notice {
            path: Some(PATH.into()),
            ..Notice::info(NoticeCode::General, Words::MayNeedToAuthenticate)
        }),
        Authenticating::Always => {
            let (code, input) = (NoticeCode::InterventionRequired, Resolution::BuyerReview);
            Some(Notice::error(code, PATH, input, Words::CannotAuthenticate))
        }
    }
}

fn stock_notice(index: usize, line: &Shelved, lines: &[Shelved]) -> Option<Notice> {
    let path = || format!("$.line_items[{index}]");
    let title = || line.item.title.clone();
    // Two lines of one item draw on the same shelf.
    let wanted = lines
        .iter()
        .filter(|other| other.item.id == line.item.id)
        .fold(0_u32, |sum, other| sum.saturating_add(other.quantity));
    let error = |code, words| Some(Notice::error(code, &path(), Resolution::BuyerInput, words));
    if let Some(most) = line.item.max_per_order.filter(|most| wanted > *most) {
        return error(NoticeCode::QuantityExceeded, Words::MostPerOrder { title: title(), most });
    }
    match line.available {
        Availability::Units(0) => {
            error(NoticeCode::OutOfStock, Words::OutOfStock { title: title() })
        }
        Availability::Units(left) if wanted > left => {
            error(NoticeCode::QuantityExceeded, Words::FewLeft { title: title(), left })
        }
        Availability::Units(left) if left < LOW_STOCK_BELOW => {
            let words = Words::FewLeft { title: title(), left };
            Some(Notice::warning(NoticeCode::LowStock, &path(), words))
        }
        Availability::Units(_) | Availability::Unlimited => None,
    }
}

fn fulfillment_notice(
    basket: &Basket,
    lines: &[Shelved],
    arrangement: &Arrangement,
) -> Option<Notice> {
    let is_waiting = |line: &Shelved| arrangement.uncovered.contains(&line.id);
    let waiting = lines.iter().find(|line| is_waiting(line))?;
    let kind = waiting.item.kind;
    let parcel = Parcel::new(waiting.id.clone(), waiting.item.id.clone(), kind, basket);
    let can_be_carried = |method: &Method| match method.kind {
        MethodKind::Digital => kind == Kind::Digital,
        MethodKind::Shipping | MethodKind::Pickup | MethodKind::LocalDelivery => {
            kind == Kind::Physical
        }
    };
    let error = |code, path, words| Notice::error(code, path, Resolution::BuyerInput, words);
    Some(if parcel.address.is_none() && kind == Kind::Physical {
        error(NoticeCode::Missing, ADDRESS_PATH, Words::NoAddress)
    } else if arrangement.methods.iter().any(can_be_carried) {
        error(NoticeCode::Missing, SELECTION_PATH, Words::NoSelection)
    } else {
        let title = waiting.item.title.clone();
        error(NoticeCode::RegionRestricted, ADDRESS_PATH, Words::NoDelivery { title })
    })
}
