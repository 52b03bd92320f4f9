//! What a basket holds before a plan, and whether the goods for it can be had.

use std::sync::Arc;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::money::Money;
use acp_core::plan::{
    Alternative, Basis, Issue, IssueKind, Line, Outline, OutlinedLine, PlannedLine,
};
use acp_core::refusal::Refusal;
use acp_core::session::{Buyer, Contact, Owner, Session, Stage, Wanted};
use acp_core::stock::Availability;

use crate::app::{App, Failure};

/// What a plan begins with.
#[derive(Clone, Debug, Default)]
pub(super) struct Ground {
    pub(super) lines: Vec<Line>,
    pub(super) codes: Vec<Box<str>>,
    pub(super) buyer: Option<Buyer>,
    pub(super) contact: Option<Contact>,
    /// The checkout, where it begins with one.
    pub(super) session: Option<Session>,
}

fn lines_of(wanted: &[Wanted]) -> Vec<Line> {
    let line = |it: &Wanted| Line { item: it.item.clone(), quantity: it.quantity.get() };
    wanted.iter().map(line).collect()
}

/// An item as it is sold, and how many of it there are.
struct OnShelf {
    item: Arc<CatalogItem>,
    available: Availability,
}

impl OnShelf {
    fn left(&self) -> u32 {
        let most = self.item.max_per_order.unwrap_or(u32::MAX);
        match self.available {
            Availability::Unlimited => most,
            Availability::Units(units) => units.min(most),
        }
    }
}

impl App {
    /// What somebody's plan begins with.
    pub(super) async fn ground(&self, owner: &Owner, basis: &Basis) -> Result<Ground, Failure> {
        let now = self.ports.clock.now();
        match basis {
            Basis::Nothing => Ok(Ground::default()),
            Basis::Cart(id) => {
                let seen = self.ports.carts.look(id.partition(), Some(id), None).await?;
                let theirs =
                    seen.cart.filter(|(cart, _)| cart.owner == *owner && !cart.is_overdue(now));
                let (cart, _) = theirs.ok_or(Refusal::CartNotFound)?;
                let lines = lines_of(&cart.wanted);
                Ok(Ground { lines, buyer: cart.buyer, ..Ground::default() })
            }
            Basis::Session(id) => {
                let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
                let theirs = seen.session.filter(|(session, _)| session.owner == *owner);
                let (session, _) = theirs.ok_or(Refusal::SessionNotFound)?;
                if session.is_overdue(now) || !matches!(session.stage, Stage::Open(_)) {
                    return Err(Refusal::SessionTerminal(session.stage.kind()).into());
                }
                let basket = &session.basket;
                Ok(Ground {
                    lines: lines_of(&basket.wanted),
                    codes: basket.codes.clone(),
                    buyer: basket.buyer.as_deref().cloned(),
                    contact: basket.contact.as_deref().cloned(),
                    session: Some(session),
                })
            }
        }
    }

    /// The lines of an outline with their prices, each with what can be had: what the shopper named
    /// in its place, where it is gone.
    pub(super) async fn planned_lines(
        &self,
        tenant: &TenantId,
        outline: &Outline,
    ) -> Result<Result<Vec<PlannedLine>, Vec<Issue>>, Failure> {
        let (mut planned, mut issues) = (Vec::new(), Vec::new());
        for outlined in &outline.lines {
            match self.planned_line(tenant, outlined, outline).await? {
                Ok(line) => planned.push(line),
                Err(issue) => issues.push(issue),
            }
        }
        Ok(if issues.is_empty() { Ok(planned) } else { Err(issues) })
    }

    async fn planned_line(
        &self,
        tenant: &TenantId,
        outlined: &OutlinedLine,
        outline: &Outline,
    ) -> Result<Result<PlannedLine, Issue>, Failure> {
        let wanted = &outlined.line;
        let candidates: Vec<&ItemId> =
            std::iter::once(&wanted.item).chain(&outlined.fallbacks).collect();
        let found = self.ports.catalog.find(tenant, &candidates).await?;
        let available = self.ports.stock.available(tenant, &candidates).await?;
        let mut on_shelf = found
            .into_iter()
            .zip(available)
            .map(|(item, available)| item.map(|item| OnShelf { item, available }));
        let Some(Some(first)) = on_shelf.next() else {
            return Ok(Err(about(IssueKind::NotFound, &wanted.item, "The shop does not sell it.")));
        };
        // What is in the basket already stays there until it is paid for, whatever is left of it.
        let is_no_news = outlined.had >= wanted.quantity && !outline.pays;
        if first.left() >= wanted.quantity || is_no_news {
            return Ok(within_cap(&first.item, wanted, outline.unit_price_max)
                .map(|()| planned(&first.item, wanted, None, outlined.fallbacks.clone())));
        }
        let others: Vec<OnShelf> = on_shelf.flatten().collect();
        let fits = |other: &OnShelf| {
            other.left() >= wanted.quantity
                && within_cap(&other.item, wanted, outline.unit_price_max).is_ok()
        };
        if let Some(place) = others.iter().position(fits)
            && let Some(other) = others.get(place)
        {
            let behind = outlined.fallbacks.iter().skip(place.saturating_add(1)).cloned();
            return Ok(Ok(planned(
                &other.item,
                wanted,
                Some(wanted.item.clone()),
                behind.collect(),
            )));
        }
        Ok(Err(unavailable(&first, wanted, &others)))
    }
}

fn planned(
    item: &CatalogItem,
    wanted: &Line,
    instead_of: Option<ItemId>,
    fallbacks: Vec<ItemId>,
) -> PlannedLine {
    PlannedLine {
        line: Line { item: item.id.clone(), quantity: wanted.quantity },
        title: item.title.clone(),
        unit_price: item.price,
        instead_of,
        fallbacks,
    }
}

fn about(kind: IssueKind, item: &ItemId, message: &str) -> Issue {
    Issue { items: vec![item.clone()], ..Issue::new(kind, format!("{item}: {message}")) }
}

/// Whether one of an item costs no more than the shopper said.
fn within_cap(item: &CatalogItem, wanted: &Line, most: Option<Money>) -> Result<(), Issue> {
    let Some(most) = most else { return Ok(()) };
    if most.currency() != item.price.currency() {
        let message = format!(
            "The limit is in {}, and this is sold in {}.",
            most.currency(),
            item.price.currency()
        );
        return Err(about(IssueKind::Clarify, &wanted.item, &message));
    }
    if item.price.minor() > most.minor() {
        let message = format!("One costs {}, and {most} is the limit.", item.price);
        return Err(about(IssueKind::OverBudget, &wanted.item, &message));
    }
    Ok(())
}

fn unavailable(first: &OnShelf, wanted: &Line, others: &[OnShelf]) -> Issue {
    let left = first.left();
    let message = match left {
        0 => "It is sold out.".to_owned(),
        left => format!("Only {left} can be had, and {} are wanted.", wanted.quantity),
    };
    let alternative = |other: &OnShelf| Alternative {
        item: other.item.id.clone(),
        reasons: vec!["named by the shopper".into()],
    };
    Issue {
        available: Some(left),
        alternatives: others.iter().filter(|other| other.left() > 0).map(alternative).collect(),
        ..about(IssueKind::Unavailable, &wanted.item, &message)
    }
}
