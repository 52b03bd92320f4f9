//! What promotions and codes take off.
//!
//! They apply one after the other, by priority, each to what the ones before it have left. What is
//! taken off lines is allocated to them to the last minor unit; what is taken off the order as a
//! whole, or off delivery, stands beside the lines.

use super::shares::shares;
use crate::catalog::{Benefit, CatalogItem, CodeRefusal, Promotion, Reach, Spread};
use crate::ids::LineId;
use crate::money::{Currency, Money, MoneyError};
use crate::session::Buyer;
use crate::time::Timestamp;

/// Where a part of a discount went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allocated {
    /// To a line.
    Line(LineId),
    /// To delivery.
    Delivery,
}

/// A promotion that applies, with what it takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedDiscount {
    /// The promotion's id.
    pub promotion: Box<str>,
    /// What a buyer reads.
    pub name: Box<str>,
    /// The code as the buyer has it; none where it applies by itself.
    pub code: Option<Box<str>>,
    /// What it takes off.
    pub benefit: Benefit,
    /// How it is spread over lines.
    pub spread: Spread,
    /// Its place among those that apply together.
    pub priority: u32,
    /// Not before this.
    pub starts_at: Option<Timestamp>,
    /// Not from then on.
    pub ends_at: Option<Timestamp>,
    /// How much it takes off.
    pub amount: Money,
    /// From which lines, or from delivery; from the order as a whole where it names none.
    pub allocations: Vec<(Allocated, Money)>,
    /// Whether an order has to redeem it, because there are only so many.
    pub is_limited: bool,
}

/// A code that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedCode {
    /// The code as the buyer has it.
    pub code: Box<str>,
    /// Where it stands in the list.
    pub place: u32,
    /// Why.
    pub why: CodeRefusal,
}

/// What is taken off a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discounts {
    /// What applies, in the order in which it applies.
    pub applied: Vec<AppliedDiscount>,
    /// What does not.
    pub rejected: Vec<RejectedCode>,
}

/// A line, as far as discounts are concerned.
#[derive(Clone, Debug)]
pub struct Discountable<'a> {
    /// Its id.
    pub line: &'a LineId,
    /// Its item.
    pub item: &'a CatalogItem,
    /// How many.
    pub quantity: u32,
    /// What they cost.
    pub base: Money,
}

/// Everything discounts depend on.
#[derive(Clone, Debug)]
pub struct Discounting<'a> {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The shop's promotions.
    pub promotions: &'a [Promotion],
    /// How many orders each of them can still be redeemed by, where that is counted.
    pub redemptions: &'a [Option<u32>],
    /// The codes the buyer has.
    pub codes: &'a [Box<str>],
    /// Who buys.
    pub buyer: Option<&'a Buyer>,
    /// The lines.
    pub lines: &'a [Discountable<'a>],
    /// What the chosen deliveries cost.
    pub deliveries: &'a [Money],
    /// The time.
    pub now: Timestamp,
}

/// What is left to take something off from. What is taken off the order as a whole lowers every
/// line in proportion here, so that whatever comes after works on the lowered base.
struct Left {
    lines: Vec<Money>,
    deliveries: Vec<Money>,
}

/// What was taken off, part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// From each line.
    pub lines: Vec<Money>,
    /// From each delivery.
    pub deliveries: Vec<Money>,
    /// From the order as a whole.
    pub order: Money,
}

/// A promotion that is to apply, and the code that asked for it.
struct Candidate<'a> {
    promotion: &'a Promotion,
    code: Option<&'a str>,
}

/// Takes off what there is to take off.
///
/// # Errors
/// Refuses amounts above the cap.
pub fn discount(input: &Discounting<'_>) -> Result<(Discounts, Taken), MoneyError> {
    let goods = Money::sum(input.currency, input.lines.iter().map(|line| line.base))?;
    let (candidates, rejected) = candidates(input, goods);
    let zero = Money::zero(input.currency);
    let mut left = Left {
        lines: input.lines.iter().map(|line| line.base).collect(),
        deliveries: input.deliveries.to_vec(),
    };
    let mut taken = Taken {
        lines: vec![zero; input.lines.len()],
        deliveries: vec![zero; input.deliveries.len()],
        order: zero,
    };
    let mut applied = Vec::new();
    for candidate in candidates {
        let (amount, allocations) = apply(candidate.promotion, input, &mut left, &mut taken)?;
        if !amount.is_zero() || candidate.code.is_some() {
            applied.push(applied_discount(&candidate, amount, allocations));
        }
    }
    Ok((Discounts { applied, rejected }, taken))
}

/// What is to apply, the first to apply first, and which codes are not accepted.
fn candidates<'a>(
    input: &Discounting<'a>,
    goods: Money,
) -> (Vec<Candidate<'a>>, Vec<RejectedCode>) {
    let mut accepted: Vec<Candidate<'a>> = Vec::new();
    let mut rejected = Vec::new();
    for (place, code) in (0..).zip(input.codes) {
        match accept(input, goods, code, &accepted) {
            Ok(promotion) => accepted.push(Candidate { promotion, code: Some(code) }),
            Err(why) => rejected.push(RejectedCode { code: code.clone(), place, why }),
        }
    }
    let by_itself = input.promotions.iter().enumerate().filter(|(place, promotion)| {
        promotion.code.is_none()
            && promotion.check(input.buyer, goods, input.now).is_ok()
            && has_redemptions(input, *place)
    });
    // Who asks for something comes before what the shop gives by itself.
    let mut has_place_for_one = accepted.is_empty();
    for (_, promotion) in by_itself {
        if !promotion.is_exclusive || std::mem::take(&mut has_place_for_one) {
            accepted.push(Candidate { promotion, code: None });
        }
    }
    accepted.sort_by_key(|candidate| candidate.promotion.priority);
    (accepted, rejected)
}

fn has_redemptions(input: &Discounting<'_>, place: usize) -> bool {
    input.redemptions.get(place).copied().flatten().is_none_or(|left| left > 0)
}

fn accept<'a>(
    input: &Discounting<'a>,
    goods: Money,
    code: &str,
    accepted: &[Candidate<'a>],
) -> Result<&'a Promotion, CodeRefusal> {
    let mut all = input.promotions.iter().enumerate();
    let (place, promotion) =
        all.find(|(_, promotion)| promotion.is_asked_by(code)).ok_or(CodeRefusal::Invalid)?;
    if accepted.iter().any(|candidate| candidate.promotion.id == promotion.id) {
        return Err(CodeRefusal::AlreadyApplied);
    }
    promotion.check(input.buyer, goods, input.now)?;
    let reaches_goods = matches!(promotion.reach, Reach::Goods { .. });
    if reaches_goods && !input.lines.iter().any(|line| promotion.reach.covers(line.item)) {
        return Err(CodeRefusal::Invalid);
    }
    if !has_redemptions(input, place) {
        return Err(CodeRefusal::UsedUp);
    }
    let is_crowded = promotion.is_exclusive && !accepted.is_empty();
    if is_crowded || accepted.iter().any(|candidate| candidate.promotion.is_exclusive) {
        return Err(CodeRefusal::CombinationDisallowed);
    }
    Ok(promotion)
}

type Allocations = Vec<(Allocated, Money)>;

fn apply(
    promotion: &Promotion,
    input: &Discounting<'_>,
    left: &mut Left,
    taken: &mut Taken,
) -> Result<(Money, Allocations), MoneyError> {
    let sum = |parts: &[Money]| Money::sum(input.currency, parts.iter().copied());
    match &promotion.reach {
        Reach::Order => {
            let parts = across(promotion.benefit, &left.lines)?;
            take(&mut left.lines, &parts)?;
            let amount = sum(&parts)?;
            taken.order = taken.order.plus(amount)?;
            Ok((amount, Vec::new()))
        }
        Reach::Delivery => {
            let parts = across(promotion.benefit, &left.deliveries)?;
            take(&mut left.deliveries, &parts)?;
            give(&mut taken.deliveries, &parts)?;
            let amount = sum(&parts)?;
            Ok((amount, vec![(Allocated::Delivery, amount)]))
        }
        Reach::Goods { .. } => {
            let parts = from_lines(promotion, input, &left.lines)?;
            take(&mut left.lines, &parts)?;
            give(&mut taken.lines, &parts)?;
            let lines = input.lines.iter().map(|line| Allocated::Line(line.line.clone()));
            Ok((sum(&parts)?, lines.zip(parts).collect()))
        }
    }
}

fn applied_discount(
    candidate: &Candidate<'_>,
    amount: Money,
    allocations: Allocations,
) -> AppliedDiscount {
    let promotion = candidate.promotion;
    AppliedDiscount {
        promotion: promotion.id.clone(),
        name: promotion.name.clone(),
        code: candidate.code.map(Into::into),
        benefit: promotion.benefit,
        spread: promotion.spread,
        priority: promotion.priority,
        starts_at: promotion.starts_at,
        ends_at: promotion.ends_at,
        amount,
        allocations: allocations.into_iter().filter(|(_, amount)| !amount.is_zero()).collect(),
        is_limited: promotion.redemptions_max.is_some(),
    }
}

/// What a promotion takes from each line; nothing from those it does not reach.
fn from_lines(
    promotion: &Promotion,
    input: &Discounting<'_>,
    left: &[Money],
) -> Result<Vec<Money>, MoneyError> {
    let lines = input.lines.iter().zip(left).map(|(line, left)| {
        let is_reached = promotion.reach.covers(line.item);
        (line.quantity, if is_reached { *left } else { Money::zero(input.currency) })
    });
    match promotion.spread {
        Spread::Across => {
            across(promotion.benefit, &lines.map(|(_, left)| left).collect::<Vec<_>>())
        }
        Spread::Each => lines
            .map(|(quantity, left)| match promotion.benefit {
                Benefit::Percent(rate) => left.share(rate),
                // Where this is above the cap, it is above what is left as well.
                Benefit::Amount(amount) => match amount.times(quantity) {
                    Ok(amount) => amount.at_most(left),
                    Err(MoneyError::TooLarge) => Ok(left),
                    Err(error) => Err(error),
                },
            })
            .collect(),
    }
}

/// What a benefit takes off an amount.
fn off(benefit: Benefit, from: Money) -> Result<Money, MoneyError> {
    match benefit {
        Benefit::Percent(rate) => from.share(rate),
        Benefit::Amount(amount) => amount.at_most(from),
    }
}

/// Once over all of them, in proportion.
fn across(benefit: Benefit, amounts: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let Some(first) = amounts.first() else {
        return Ok(Vec::new());
    };
    let all = Money::sum(first.currency(), amounts.iter().copied())?;
    shares(off(benefit, all)?, amounts)
}

fn take(left: &mut [Money], parts: &[Money]) -> Result<(), MoneyError> {
    for (left, part) in left.iter_mut().zip(parts) {
        *left = left.minus(*part)?;
    }
    Ok(())
}

fn give(taken: &mut [Money], parts: &[Money]) -> Result<(), MoneyError> {
    for (taken, part) in taken.iter_mut().zip(parts) {
        *taken = taken.plus(*part)?;
    }
    Ok(())
}
