use super::terms::{Budget, Fixed, Mandate, Restriction, Standing};
use super::window::Window;
use crate::ids::{AgentId, ItemId, MandateId, TenantId};
use crate::limits::MANDATE_LIFE_MAX;
use crate::money::{Currency, Money};
use crate::refusal::{Fault, FaultKind, Refusal};
use crate::session::Patch;
use crate::time::Timestamp;

/// What a principal lets agents spend, as it says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiveMandate {
    /// Who may use it.
    pub agents: Vec<AgentId>,
    /// What one order may cost; every amount is in its currency.
    pub per_order: Money,
    /// What one unit may cost.
    pub per_unit: Option<Money>,
    /// What may be spent in a window.
    pub budget: Budget,
    /// Above this, a person has to say yes to the plan.
    pub approval_above: Option<Money>,
    /// What it may be spent on.
    pub restriction: Restriction,
    /// From when on it is good; from now on, where nobody says.
    pub valid_from: Option<Timestamp>,
    /// From then on it is not any more.
    pub valid_until: Timestamp,
}

/// Which mandate it becomes, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its name.
    pub id: MandateId,
    /// The merchant it is spent at.
    pub tenant: TenantId,
    /// Who gives it.
    pub principal: Box<str>,
}

/// What its principal wants otherwise about a mandate. Amounts are in the currency of the mandate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeMandate {
    /// The currency the amounts are meant in, where it is said.
    pub currency: Option<Currency>,
    /// Who may use it.
    pub agents: Option<Vec<AgentId>>,
    /// What one order may cost.
    pub per_order: Option<i64>,
    /// What one unit may cost.
    pub per_unit: Patch<i64>,
    /// What may be spent in a window.
    pub limit: Option<i64>,
    /// In how many orders.
    pub orders: Patch<u32>,
    /// The window it is meant in, where it is said.
    pub window: Option<Window>,
    /// The place it is meant at, where it is said.
    pub time_zone: Option<Box<str>>,
    /// Above this, a person has to say yes to the plan.
    pub approval_above: Patch<i64>,
    /// What may be bought.
    pub allow: Option<Allow>,
    /// What may not be bought.
    pub deny: Option<Deny>,
    /// Where it may be sent to.
    pub countries: Option<Vec<Box<str>>>,
    /// From then on it is good no more.
    pub valid_until: Option<Timestamp>,
}

/// What may be bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Nothing but these.
    pub items: Vec<ItemId>,
    /// Nothing but what is in one of these, or listed by itself.
    pub categories: Vec<Box<str>>,
    /// Whether gift cards and the like may be bought.
    pub stored_value: bool,
}

/// What may not be bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deny {
    /// None of these.
    pub items: Vec<ItemId>,
    /// Nothing that is in one of these.
    pub categories: Vec<Box<str>>,
}

impl Mandate {
    /// The mandate somebody gives.
    ///
    /// # Errors
    /// Refuses times that are over, the wrong way round, or too far away.
    pub fn given(given: Given, wish: GiveMandate, now: Timestamp) -> Result<Self, Fault> {
        let valid_from = wish.valid_from.unwrap_or(now);
        ends_in_time(valid_from, wish.valid_until, now)?;
        Ok(Self {
            id: given.id,
            version: 1,
            tenant: given.tenant,
            principal: given.principal,
            agents: wish.agents,
            currency: wish.per_order.currency(),
            per_order: wish.per_order,
            per_unit: wish.per_unit,
            budget: wish.budget,
            approval_above: wish.approval_above,
            restriction: wish.restriction,
            valid_from,
            valid_until: wish.valid_until,
            standing: Standing::Active,
            is_for_one_plan: false,
        })
    }

    /// The same mandate as its principal wants it, if it still is what was looked at.
    ///
    /// # Errors
    /// Refuses what never changes, amounts that are none, and changes of a mandate that was changed
    /// by somebody else or taken back.
    pub fn changed(&self, seen: u32, wish: ChangeMandate, now: Timestamp) -> Result<Self, Refusal> {
        if seen != self.version {
            return Err(Refusal::MandateChanged(self.version));
        }
        if self.standing == Standing::Revoked {
            return Err(Refusal::MandateRevoked);
        }
        let next = self.with(wish).map_err(Refusal::Faulty)?;
        if next.valid_until != self.valid_until {
            ends_in_time(next.valid_from, next.valid_until, now).map_err(Refusal::Faulty)?;
        }
        match self.may_become(&next) {
            Ok(()) => Ok(next),
            Err(fixed) => Err(refused(fixed, self.version)),
        }
    }

    /// The same mandate, taken back: nothing is spent of it any more. Whoever takes back what was
    /// taken back changes nothing.
    #[must_use]
    pub fn revoked(&self) -> Self {
        match self.standing {
            Standing::Revoked => self.clone(),
            Standing::Active => Self {
                version: self.version.saturating_add(1),
                standing: Standing::Revoked,
                ..self.clone()
            },
        }
    }

    fn with(&self, wish: ChangeMandate) -> Result<Self, Fault> {
        let currency = wish.currency.unwrap_or(self.currency);
        let money = |path, minor: i64| {
            Money::new(minor, self.currency).map_err(|error| fault(path, format!("{error}.")))
        };
        let patched = |path, patch, before: Option<Money>| match patch {
            Patch::Keep => Ok(before),
            Patch::Clear => Ok(None),
            Patch::Set(minor) => money(path, minor).map(Some),
        };
        let set = |path, minor: Option<i64>, before: Money| {
            minor.map_or(Ok(before), |minor| money(path, minor))
        };
        let budget = Budget {
            limit: set("$.budget.limit", wish.limit, self.budget.limit)?,
            orders: match wish.orders {
                Patch::Keep => self.budget.orders,
                Patch::Clear => None,
                Patch::Set(orders) => Some(orders),
            },
            window: wish.window.unwrap_or(self.budget.window),
            time_zone: wish.time_zone.unwrap_or_else(|| self.budget.time_zone.clone()),
        };
        let mut restriction = self.restriction.clone();
        if let Some(Allow { items, categories, stored_value }) = wish.allow {
            restriction = Restriction { items, categories, stored_value, ..restriction };
        }
        if let Some(Deny { items, categories }) = wish.deny {
            restriction =
                Restriction { denied_items: items, denied_categories: categories, ..restriction };
        }
        restriction.countries = wish.countries.unwrap_or(restriction.countries);
        Ok(Self {
            version: self.version.saturating_add(1),
            agents: wish.agents.unwrap_or_else(|| self.agents.clone()),
            currency,
            per_order: set("$.max_per_order", wish.per_order, self.per_order)?,
            per_unit: patched("$.max_unit_price", wish.per_unit, self.per_unit)?,
            budget,
            approval_above: patched("$.approval_above", wish.approval_above, self.approval_above)?,
            restriction,
            valid_until: wish.valid_until.unwrap_or(self.valid_until),
            ..self.clone()
        })
    }
}

fn fault(path: &str, text: impl Into<String>) -> Fault {
    Fault { kind: FaultKind::BadValue, path: path.to_owned(), text: text.into() }
}

/// Whether the time of a mandate is one: it begins before it ends, and it ends neither before now
/// nor too far away.
fn ends_in_time(from: Timestamp, until: Timestamp, now: Timestamp) -> Result<(), Fault> {
    if until <= from {
        return Err(fault("$.valid_until", "It must be after valid_from."));
    }
    if until <= now {
        return Err(fault("$.valid_until", "This time is over. To end a mandate, revoke it."));
    }
    if until > now.plus(MANDATE_LIFE_MAX) {
        return Err(fault("$.valid_until", "It must be at most two years from now."));
    }
    Ok(())
}

fn refused(fixed: Fixed, version: u32) -> Refusal {
    let path = match fixed {
        Fixed::Version => return Refusal::MandateChanged(version),
        Fixed::Revoked => return Refusal::MandateRevoked,
        Fixed::Principal => "$",
        Fixed::Currency => "$.currency",
        Fixed::Window => "$.budget",
    };
    let mut text = format!("{fixed}.");
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    Refusal::Faulty(fault(path, text))
}
