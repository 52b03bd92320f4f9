use std::sync::Arc;

use super::basket::Basket;
use super::fulfillment::{Arrangement, Method, MethodKind, Parcel, arrange, region_by};
use super::notice::{Notice, NoticeCode, NoticeKind, Resolution};
use super::stage::Readiness;
use crate::catalog::{CatalogItem, Kind, Region, Shop};
use crate::ids::LineId;
use crate::money::{Currency, Money, MoneyError, Rate};
use crate::pricing::{Delivery, LinePrice, LineTotals, Priced, Totals, TotalsError, price};
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
    /// What there is to say about it.
    pub notices: Vec<Notice>,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Quote {
    /// What the session still lacks, by the notices.
    pub fn readiness(&self) -> Readiness {
        let mut blocking = self.notices.iter().filter(|notice| notice.is_blocking()).peekable();
        if blocking.peek().is_none() {
            Readiness::Ready { total: self.totals.total() }
        } else if blocking.all(|notice| notice.code == NoticeCode::Missing) {
            Readiness::Incomplete
        } else {
            Readiness::Blocked
        }
    }

    /// The same quote now that a buyer is known.
    #[must_use]
    pub(super) fn with_buyer(mut self) -> Self {
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
    shelf: &Shelf,
    shop: &Shop,
    has_fresh_selections: FreshSelections,
    now: Timestamp,
) -> Result<Quote, Refusal> {
    let shelved = on_the_shelf(basket, shelf)?;
    let goods = goods_value(basket.currency, &shelved).map_err(too_large)?;
    let address = basket.contact.as_ref().and_then(|contact| contact.address.as_ref());
    let parcels: Vec<_> = shelved
        .iter()
        .map(|line| Parcel {
            line: line.id.clone(),
            item: line.item.id.clone(),
            kind: line.item.kind,
        })
        .collect();
    let selections = basket.selections.as_deref().unwrap_or_default();
    let arrangement = arrange(&shop.options, &parcels, selections, address, goods, now);
    if let (FreshSelections::Checked, Some(selection)) =
        (has_fresh_selections, arrangement.unfit.first())
    {
        return Err(Refusal::UnknownOption { selection: *selection });
    }
    let (line_totals, totals) = priced(basket, &shelved, &arrangement, shop)?;
    let notices = notices(basket, &shelved, &arrangement);
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
    Ok(Quote { lines, methods: arrangement.methods, totals, notices, made_at: now })
}

/// Prices lines and deliveries, each by the tax of the place it goes to.
fn priced(
    basket: &Basket,
    shelved: &[Shelved],
    arrangement: &Arrangement,
    shop: &Shop,
) -> Result<(Vec<LineTotals>, Totals), Refusal> {
    let contact = basket.contact.as_ref();
    let rate = |region: Option<Region>, of: &dyn Fn(&Region) -> Rate| {
        region.as_ref().map_or(Rate::ZERO, of)
    };
    let lines: Vec<_> = shelved
        .iter()
        .map(|line| LinePrice {
            unit: line.item.price,
            quantity: line.quantity,
            discount: Money::zero(basket.currency),
            tax_rate: rate(arrangement.region_of(&line.id, contact), &|region| {
                shop.taxes.rate(region, line.item.tax_class)
            }),
        })
        .collect();
    let fulfillment: Vec<_> = arrangement
        .chosen()
        .map(|option| Delivery {
            price: option.price,
            tax_rate: rate(region_by(Some(option), contact), &|region| {
                shop.taxes.delivery_rate(region)
            }),
        })
        .collect();
    price(&Priced {
        currency: basket.currency,
        lines: &lines,
        fulfillment: &fulfillment,
        order_discount: Money::zero(basket.currency),
    })
    .map_err(impossible_totals)
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

fn notices(basket: &Basket, lines: &[Shelved], arrangement: &Arrangement) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        notices.extend(stock_notice(index, line, lines));
    }
    let has_contact_email = basket.contact.as_ref().is_some_and(|contact| contact.email.is_some());
    if basket.buyer.is_none() && !has_contact_email {
        notices.push(Notice::error(
            NoticeCode::Missing,
            BUYER_PATH,
            Resolution::BuyerInput,
            "Tell us who buys: a buyer, or an e-mail address with the fulfillment details."
                .to_owned(),
        ));
    }
    notices.extend(fulfillment_notice(basket, lines, arrangement));
    notices
}

fn stock_notice(index: usize, line: &Shelved, lines: &[Shelved]) -> Option<Notice> {
    let path = format!("$.line_items[{index}]");
    let title = &line.item.title;
    // Two lines of one item draw on the same shelf.
    let wanted = lines
        .iter()
        .filter(|other| other.item.id == line.item.id)
        .fold(0_u32, |sum, other| sum.saturating_add(other.quantity));
    let error = |code, text| Some(Notice::error(code, &path, Resolution::BuyerInput, text));
    if let Some(most) = line.item.max_per_order.filter(|most| wanted > *most) {
        return error(
            NoticeCode::QuantityExceeded,
            format!("One order can hold at most {most} of {title}."),
        );
    }
    match line.available {
        Availability::Units(0) => {
            error(NoticeCode::OutOfStock, format!("{title} is out of stock."))
        }
        Availability::Units(left) if wanted > left => {
            error(NoticeCode::QuantityExceeded, format!("Only {left} of {title} are left."))
        }
        Availability::Units(left) if left < LOW_STOCK_BELOW => Some(Notice {
            kind: NoticeKind::Warning,
            code: NoticeCode::LowStock,
            path: Some(path.into()),
            resolution: None,
            text: format!("Only {left} of {title} are left.").into(),
        }),
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
    let has_address = basket.contact.as_ref().is_some_and(|contact| contact.address.is_some());
    let can_be_carried = |method: &Method| match method.kind {
        MethodKind::Digital => waiting.item.kind == Kind::Digital,
        MethodKind::Shipping | MethodKind::Pickup | MethodKind::LocalDelivery => {
            waiting.item.kind == Kind::Physical
        }
    };
    let missing = |path, text: &str| {
        Some(Notice::error(NoticeCode::Missing, path, Resolution::BuyerInput, text.to_owned()))
    };
    if !has_address && waiting.item.kind == Kind::Physical {
        missing(
            ADDRESS_PATH,
            "Tell us where to deliver, or choose to fetch it where that is offered.",
        )
    } else if arrangement.methods.iter().any(can_be_carried) {
        missing(SELECTION_PATH, "Choose one of the fulfillment options.")
    } else {
        Some(Notice::error(
            NoticeCode::RegionRestricted,
            ADDRESS_PATH,
            Resolution::BuyerInput,
            format!("We do not deliver {} to this address.", waiting.item.title),
        ))
    }
}
