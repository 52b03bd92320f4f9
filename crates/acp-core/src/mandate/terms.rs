use super::denied::Denied;
use super::purchase::{Bought, Purchase};
use super::window::Window;
use crate::ids::{AgentId, ItemId, MandateId, TenantId};
use crate::money::{Currency, Money};
use crate::time::Timestamp;

/// What a person lets agents spend at a merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Its name.
    pub id: MandateId,
    /// How often it was changed.
    pub version: u32,
    /// The merchant it is spent at.
    pub tenant: TenantId,
    /// Who gave it.
    pub principal: Box<str>,
    /// Who may use it.
    pub agents: Vec<AgentId>,
    /// In which currency. Nothing is ever converted.
    pub currency: Currency,
    /// What one order may cost.
    pub per_order: Money,
    /// What one unit may cost.
    pub per_unit: Option<Money>,
    /// What may be spent in a window.
    pub budget: Budget,
    /// Above this, a person has to say yes to the plan.
    pub approval_above: Option<Money>,
    /// What it may be spent on.
    pub restriction: Restriction,
    /// From when on it is good.
    pub valid_from: Timestamp,
    /// From then on it is not any more.
    pub valid_until: Timestamp,
    /// Whether it was taken back.
    pub standing: Standing,
    /// Whether it came with the approval of one plan: it is good for that alone, and is neither
    /// listed nor kept for long.
    pub is_for_one_plan: bool,
}

/// What may be spent in a window, and in how many orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How much.
    pub limit: Money,
    /// In how many orders.
    pub orders: Option<u32>,
    /// In what time.
    pub window: Window,
    /// By the calendar of which place, as the time zone database calls it.
    pub time_zone: Box<str>,
}

/// What may be bought where. A list with nothing on it restricts nothing; what is denied is denied
/// also where it is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restriction {
    /// Nothing but these.
    pub items: Vec<ItemId>,
    /// Nothing but what is in one of these, or listed by itself.
    pub categories: Vec<Box<str>>,
    /// Sent nowhere but there.
    pub countries: Vec<Box<str>>,
    /// None of these.
    pub denied_items: Vec<ItemId>,
    /// Nothing that is in one of these.
    pub denied_categories: Vec<Box<str>>,
    /// Whether gift cards and the like may be bought.
    pub stored_value: bool,
}

/// Whether a mandate is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is.
    Active,
    /// Its principal has taken it back.
    Revoked,
}

/// What of a mandate never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fixed {
    /// Every change follows the one before.
    #[error("the mandate was changed by somebody else meanwhile")]
    Version,
    /// Which it is, and whose.
    #[error("a mandate stays that of its principal")]
    Principal,
    /// Its currency.
    #[error("the currency of a mandate stays; give another mandate")]
    Currency,
    /// Its window.
    #[error("the window of a mandate stays; give another mandate")]
    Window,
    /// That it was taken back.
    #[error("the mandate was revoked; give another one")]
    Revoked,
}

impl Mandate {
    /// Whether it is for such a purchase, whatever was bought before.
    ///
    /// # Errors
    /// Says the first thing it is not for.
    pub fn judge(&self, purchase: &Purchase, now: Timestamp) -> Result<(), Denied> {
        self.is_in_force(now)?;
        if self.tenant != purchase.merchant {
            return Err(Denied::AnotherMerchant);
        }
        if !self.agents.contains(&purchase.agent) {
            return Err(Denied::AnotherAgent);
        }
        if purchase.total.currency() != self.currency {
            return Err(Denied::Currency);
        }
        self.restriction.judge(purchase)?;
        for line in &purchase.lines {
            self.judge_price(line)?;
        }
        if purchase.total.minor() > self.per_order.minor() {
            return Err(Denied::Order(self.per_order));
        }
        Ok(())
    }

    /// Whether it is good at this moment.
    ///
    /// # Errors
    /// Says why it is not.
    pub fn is_in_force(&self, now: Timestamp) -> Result<(), Denied> {
        match self.standing {
            Standing::Revoked => Err(Denied::Revoked),
            Standing::Active if now < self.valid_from => Err(Denied::TooEarly),
            Standing::Active if now >= self.valid_until => Err(Denied::Expired),
            Standing::Active => Ok(()),
        }
    }

    /// Whether it may be changed into `next`. What is added up in its ledger is added up by window
    /// and currency, so those stay.
    ///
    /// # Errors
    /// Says what must not change.
    pub fn may_become(&self, next: &Self) -> Result<(), Fixed> {
        if next.version != self.version.saturating_add(1) {
            return Err(Fixed::Version);
        }
        let is_same = next.id == self.id && next.tenant == self.tenant;
        if !is_same || next.principal != self.principal {
            return Err(Fixed::Principal);
        }
        if next.currency != self.currency {
            return Err(Fixed::Currency);
        }
        let (is, will) = (&self.budget, &next.budget);
        if is.window != will.window || is.time_zone != will.time_zone {
            return Err(Fixed::Window);
        }
        match (self.standing, next.standing) {
            (Standing::Revoked, Standing::Active) => Err(Fixed::Revoked),
            (Standing::Revoked, Standing::Revoked) | (Standing::Active, _) => Ok(()),
        }
    }

    /// Whether a person has to say yes to an order of this price.
    pub fn asks_first(&self, total: Money) -> bool {
        self.approval_above.is_some_and(|most| total.minor() > most.minor())
    }

    fn judge_price(&self, line: &Bought) -> Result<(), Denied> {
        match self.per_unit {
            Some(at_most) if line.unit_price.minor() > at_most.minor() => {
                Err(Denied::UnitPrice { item: line.item.clone(), at_most })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Restriction {
    fn judge(&self, purchase: &Purchase) -> Result<(), Denied> {
        for line in &purchase.lines {
            if line.is_stored_value && !self.stored_value {
                return Err(Denied::StoredValue(line.item.clone()));
            }
            if !self.allows(line) {
                return Err(Denied::Item(line.item.clone()));
            }
        }
        match &purchase.country {
            Some(country) if !self.countries.is_empty() && !self.countries.contains(country) => {
                Err(Denied::Country(country.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn allows(&self, line: &Bought) -> bool {
        let is_in = |categories: &[Box<str>]| {
            line.categories.iter().any(|category| categories.contains(category))
        };
        if self.denied_items.contains(&line.item) || is_in(&self.denied_categories) {
            return false;
        }
        let is_open = self.items.is_empty() && self.categories.is_empty();
        is_open || self.items.contains(&line.item) || is_in(&self.categories)
    }
}
