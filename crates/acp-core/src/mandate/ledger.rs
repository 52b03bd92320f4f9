use super::approval::{Approval, PlanDigest};
use super::denied::Denied;
use super::permit::SpendPermit;
use super::purchase::Purchase;
use super::terms::Mandate;
use super::window::{Span, Window};
use crate::ids::SessionId;
use crate::limits::{LEDGER_ENTRIES_MAX, LEDGER_ENTRY_KEPT};
use crate::money::Money;
use crate::time::Timestamp;

/// What was taken from a mandate, newest last.
///
/// It is changed in one step with whoever else uses the mandate, and it never lets go of anything
/// by itself: what is held stays held until somebody who asked the payment provider says what
/// became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Entry>,
    folded: Folded,
}

/// What was taken once, under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Box<str>,
    /// The plan it is for.
    pub plan: PlanDigest,
    /// The session that is paid for.
    pub session: SessionId,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
    /// Until when it can be spent.
    pub expires_at: Timestamp,
    /// The approval that was used up with it.
    pub approval: Option<Box<str>>,
    /// What became of it.
    pub spending: Spending,
}

/// What became of what was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// It is held.
    Held,
    /// It is spent, and this much of it came back.
    Committed {
        /// In minor units.
        refunded: i64,
    },
    /// It was given back before it was spent. The key takes nothing any more.
    Released,
}

/// Entries nobody asks about any more, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// How much they spent, in minor units.
    pub spent: i64,
    /// In how many orders.
    pub orders: u32,
}

/// Nothing is known of a key, or what is said of it cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Nothing was taken under it, or so long ago that it is forgotten.
    #[error("nothing was reserved under this key")]
    Key,
    /// It was given back before.
    #[error("what was reserved under this key was released")]
    Released,
    /// It was spent: that is refunded, not released.
    #[error("what was reserved under this key was spent")]
    Committed,
    /// It is not spent.
    #[error("what was reserved under this key is not spent")]
    Held,
    /// More would come back than was spent.
    #[error("more would come back than was spent")]
    TooMuch,
}

impl Ledger {
    /// The ledger of what was kept of one.
    pub const fn from_parts(entries: Vec<Entry>, folded: Folded) -> Self {
        Self { entries, folded }
    }

    /// What was taken, newest last.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What was taken so long ago that it is only a sum.
    pub const fn folded(&self) -> Folded {
        self.folded
    }

    /// Takes what a purchase costs from the mandate, and gives leave to have it authorized. Under a
    /// key that took it before, it is the same leave again.
    ///
    /// `span` is the window of the budget that it is now.
    ///
    /// # Errors
    /// Refuses what the mandate is not for, or not any more.
    pub(super) fn reserve(
        &mut self,
        mandate: &Mandate,
        wish: Wish<'_>,
        span: Span,
    ) -> Result<SpendPermit, Denied> {
        if let Some(entry) = self.entries.iter().find(|entry| *entry.key == *wish.key) {
            return wish.again(mandate, entry);
        }
        mandate.judge(wish.purchase, wish.now)?;
        let approval = self.approval(mandate, &wish)?;
        self.judge_budget(mandate, wish.purchase.total, span)?;
        self.fold(mandate.budget.window, span, wish.now);
        if self.entries.len() >= LEDGER_ENTRIES_MAX {
            return Err(Denied::Full);
        }
        let entry = Entry {
            key: wish.key.into(),
            plan: wish.plan,
            session: wish.session.clone(),
            amount: wish.purchase.total,
            at: wish.now,
            expires_at: wish.expires_at,
            approval,
            spending: Spending::Held,
        };
        let permit = entry.permit(mandate);
        self.entries.push(entry);
        Ok(permit)
    }

    /// Notes that what is held under a key was spent.
    ///
    /// # Errors
    /// Refuses keys that hold nothing.
    pub(super) fn commit(&mut self, key: &str) -> Result<(), Unknown> {
        let entry = self.entry(key)?;
        match entry.spending {
            Spending::Held => entry.spending = Spending::Committed { refunded: 0 },
            Spending::Committed { .. } => {}
            Spending::Released => return Err(Unknown::Released),
        }
        Ok(())
    }

    /// Gives back what is held under a key; it can be taken under another one.
    ///
    /// # Errors
    /// Refuses keys that hold nothing.
    pub(super) fn release(&mut self, key: &str) -> Result<(), Unknown> {
        let entry = self.entry(key)?;
        match entry.spending {
            Spending::Held | Spending::Released => entry.spending = Spending::Released,
            Spending::Committed { .. } => return Err(Unknown::Committed),
        }
        Ok(())
    }

    /// Gives back what is held under a key; where nothing is, it takes nothing any more: whoever was
    /// overtaken may be about to. So it is in a ledger that is full, which has room again later.
    ///
    /// # Errors
    /// Refuses keys that have spent something.
    pub(super) fn close(
        &mut self,
        key: &str,
        (plan, session): (PlanDigest, &SessionId),
        nothing: Money,
        now: Timestamp,
    ) -> Result<(), Unknown> {
        match self.release(key) {
            Err(Unknown::Key) => {
                self.entries.push(Entry {
                    key: key.into(),
                    plan,
                    session: session.clone(),
                    amount: nothing,
                    at: now,
                    expires_at: now,
                    approval: None,
                    spending: Spending::Released,
                });
                Ok(())
            }
            released => released,
        }
    }

    /// Notes how much of what was spent under a key has come back by now, in all.
    ///
    /// # Errors
    /// Refuses keys that have spent nothing, and more than they have.
    pub(super) fn refund(&mut self, key: &str, in_all: Money) -> Result<(), Unknown> {
        let entry = self.entry(key)?;
        if in_all.currency() != entry.amount.currency() || in_all.minor() > entry.amount.minor() {
            return Err(Unknown::TooMuch);
        }
        match &mut entry.spending {
            // What is told late must not take back what is known already.
            Spending::Committed { refunded } => *refunded = in_all.minor().max(*refunded),
            Spending::Held => return Err(Unknown::Held),
            Spending::Released => return Err(Unknown::Released),
        }
        Ok(())
    }

    /// What is held and can be spent no more: the payment provider has to be asked what became of
    /// it.
    pub fn overdue(&self, now: Timestamp) -> impl Iterator<Item = &Entry> {
        let is_held = |entry: &&Entry| entry.spending == Spending::Held;
        self.entries.iter().filter(is_held).filter(move |entry| now >= entry.expires_at)
    }

    /// What is held and spent in a window, in minor units, and in how many orders.
    ///
    /// # Errors
    /// The sum cannot be counted.
    pub fn used(&self, window: Window, span: Span) -> Result<Folded, Denied> {
        let mut used = match window {
            Window::Total => self.folded,
            Window::Day | Window::Week | Window::Month => Folded::default(),
        };
        let is_within = |entry: &&Entry| window == Window::Total || span.counts(entry.at);
        for entry in self.entries.iter().filter(is_within) {
            used.add(entry).ok_or(Denied::Uncountable)?;
        }
        Ok(used)
    }

    fn entry(&mut self, key: &str) -> Result<&mut Entry, Unknown> {
        self.entries.iter_mut().find(|entry| *entry.key == *key).ok_or(Unknown::Key)
    }

    /// The name of the approval that is used up, where one is needed.
    fn approval(&self, mandate: &Mandate, wish: &Wish<'_>) -> Result<Option<Box<str>>, Denied> {
        let total = wish.purchase.total;
        let Some(approval) = wish.approval else {
            return if mandate.asks_first(total) { Err(Denied::NeedsApproval) } else { Ok(None) };
        };
        if !approval.is_for(wish.plan, total, wish.now) {
            return Err(Denied::AnotherApproval);
        }
        let is_this = |entry: &Entry| entry.approval.as_deref() == Some(&*approval.id);
        if self.entries.iter().any(is_this) {
            return Err(Denied::ApprovalUsed);
        }
        Ok(Some(approval.id.clone()))
    }

    /// Whether a purchase of this price would still fit into the budget.
    ///
    /// # Errors
    /// Says what is left.
    pub fn judge_budget(&self, mandate: &Mandate, total: Money, span: Span) -> Result<(), Denied> {
        let budget = &mandate.budget;
        let used = self.used(budget.window, span)?;
        let left = budget.limit.minor().saturating_sub(used.spent).max(0);
        if total.minor() > left {
            let left = Money::new(left, mandate.currency).map_err(|_cause| Denied::Uncountable)?;
            return Err(Denied::Budget(left));
        }
        match budget.orders {
            Some(most) if used.orders >= most => Err(Denied::Orders),
            Some(_) | None => Ok(()),
        }
    }

    /// Adds up what has ended so long ago that nobody repeats it, and is not looked at one by one.
    fn fold(&mut self, window: Window, span: Span, now: Timestamp) {
        let repeated_since = now.minus(LEDGER_ENTRY_KEPT);
        let kept_since = match window {
            Window::Total => repeated_since,
            Window::Day | Window::Week | Window::Month => repeated_since.min(span.from),
        };
        let mut folded = self.folded;
        self.entries.retain(|entry| {
            let is_over = entry.spending != Spending::Held && entry.at < kept_since;
            // What cannot be added up is kept.
            !(is_over && folded.add(entry).is_some())
        });
        self.folded = folded;
    }
}

/// What is wanted from a mandate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    /// The key it is wanted under.
    pub(super) key: &'a str,
    /// The plan it is wanted for.
    pub(super) plan: PlanDigest,
    /// The session that is paid for.
    pub(super) session: &'a SessionId,
    /// What is bought.
    pub(super) purchase: &'a Purchase,
    /// The yes of a person, where there is one.
    pub(super) approval: Option<&'a Approval>,
    /// The time.
    pub(super) now: Timestamp,
    /// From then on it cannot be spent.
    pub(super) expires_at: Timestamp,
}

impl Wish<'_> {
    /// What a key gets that took something before.
    fn again(&self, mandate: &Mandate, entry: &Entry) -> Result<SpendPermit, Denied> {
        let is_same = entry.plan == self.plan
            && entry.session == *self.session
            && entry.amount == self.purchase.total;
        match entry.spending {
            _ if !is_same => Err(Denied::KeyUsed),
            Spending::Released => Err(Denied::Released),
            // What was reserved before the mandate was revoked is not spent any more.
            Spending::Held => mandate.is_in_force(self.now).map(|()| entry.permit(mandate)),
            Spending::Committed { .. } => Ok(entry.permit(mandate)),
        }
    }
}

impl Entry {
    fn permit(&self, mandate: &Mandate) -> SpendPermit {
        SpendPermit::new(
            (mandate.id.clone(), self.key.clone()),
            self.plan,
            self.session.clone(),
            self.amount,
            self.expires_at,
        )
    }

    /// What of it is gone from the mandate, in minor units.
    fn gone(&self) -> i64 {
        match self.spending {
            Spending::Held => self.amount.minor(),
            Spending::Committed { refunded } => self.amount.minor().saturating_sub(refunded),
            Spending::Released => 0,
        }
    }

    /// Whether it is an order: one of which all came back is none.
    fn is_order(&self) -> bool {
        match self.spending {
            Spending::Held => true,
            Spending::Committed { refunded } => refunded == 0 || refunded < self.amount.minor(),
            Spending::Released => false,
        }
    }
}

impl Folded {
    /// Counts an entry in; nothing has changed where that is not possible.
    fn add(&mut self, entry: &Entry) -> Option<()> {
        let spent = self.spent.checked_add(entry.gone())?;
        let orders = self.orders.checked_add(u32::from(entry.is_order()))?;
        *self = Self { spent, orders };
        Some(())
    }
}
