//! What the demo provider knows of its payments.

use std::collections::{BTreeMap, VecDeque};

use acp_core::ids::{PaymentId, SessionId};
use acp_core::limits::DEMO_PAYMENTS_MAX;
use acp_core::money::Money;
use acp_core::payment::{Decline, ListedPayment, Payment, PaymentStatus, ProviderKey};
use acp_core::time::Timestamp;

use super::books::Line;
use super::demo::challenge;
use super::reference::Reference;

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) reference: Reference,
    pub(super) status: PaymentStatus,
    /// Whom it is for, and the key it was made with; not known of a payment that was forgotten.
    pub(super) session: Option<SessionId>,
    pub(super) key: Option<ProviderKey>,
    pub(super) made_at: Timestamp,
    /// By which money went back the last time.
    pub(super) refund_key: Option<ProviderKey>,
}

impl Entry {
    /// A payment nothing is known of but its id.
    pub(super) const fn forgotten(reference: Reference, now: Timestamp) -> Self {
        Self {
            reference,
            status: PaymentStatus::Created,
            session: None,
            key: None,
            made_at: now,
            refund_key: None,
        }
    }
}

/// The newest payments, by the digest of the key that made them.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    payments: BTreeMap<u128, Entry>,
    oldest_first: VecDeque<u128>,
    /// The keys of the newest refunds.
    refunds: VecDeque<ProviderKey>,
}

impl Ledger {
    pub(super) fn entry(&self, of: &Reference) -> Option<&Entry> {
        self.payments.get(&of.digest)
    }

    pub(super) fn was_refunded_by(&self, key: &ProviderKey) -> bool {
        self.refunds.contains(key)
    }

    /// Writes down where a payment stands now. The oldest one is forgotten when there are too
    /// many.
    pub(super) fn enter(&mut self, mut entry: Entry) {
        if let Some(known) = self.entry(&entry.reference) {
            entry.made_at = known.made_at;
        }
        if let Some(key) = entry.refund_key.as_ref().filter(|key| !self.refunds.contains(key)) {
            self.refunds.push_back(key.clone());
            if self.refunds.len() > DEMO_PAYMENTS_MAX {
                self.refunds.pop_front();
            }
        }
        let digest = entry.reference.digest;
        if self.payments.insert(digest, entry).is_none() {
            self.oldest_first.push_back(digest);
        }
        if self.oldest_first.len() > DEMO_PAYMENTS_MAX {
            let forgotten = self.oldest_first.pop_front();
            forgotten.and_then(|digest| self.payments.remove(&digest));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> (usize, usize) {
        (self.payments.len(), self.oldest_first.len())
    }

    /// The payments that were made since, oldest first.
    pub(super) fn made_since(&self, since: Timestamp) -> Vec<ListedPayment> {
        let made = self.oldest_first.iter().filter_map(|digest| self.payments.get(digest));
        let since = made.filter(|entry| entry.made_at >= since);
        let listed = since.filter_map(|entry| {
            Some(ListedPayment {
                payment: Payment { id: entry.reference.id(), status: entry.status.clone() },
                session: entry.session.clone()?,
                key: entry.key.clone()?,
                made_at: entry.made_at,
            })
        });
        listed.collect()
    }
}

/// A payment as a line of the books.
pub(super) fn line_of(entry: &Entry, now: Timestamp) -> Line {
    let taken = match &entry.status {
        PaymentStatus::Captured { amount, .. } => Some(*amount),
        _ => None,
    };
    let amount = taken.unwrap_or(entry.reference.amount);
    let (state, refunded) = match &entry.status {
        PaymentStatus::Created => ("created", None),
        PaymentStatus::Pending => ("pending", None),
        PaymentStatus::ActionRequired(_) => ("action_required", None),
        PaymentStatus::Authorized { .. } => ("authorized", None),
        PaymentStatus::Captured { refunded, .. } => ("captured", Some(*refunded)),
        PaymentStatus::Canceled => ("canceled", None),
        PaymentStatus::Declined(Decline::Soft) => ("declined_soft", None),
        PaymentStatus::Declined(Decline::Hard) => ("declined_hard", None),
    };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Line {
        at: now.unix_ms(),
        payment: entry.reference.id().to_string(),
        session: text(entry.session.as_ref().map(SessionId::as_str)),
        key: text(entry.key.as_ref().map(|key| &*key.0)),
        amount: amount.minor(),
        currency: amount.currency().lowercase(),
        state: state.to_owned(),
        refunded: refunded.map_or(0, |refunded: Money| refunded.minor()),
        refund_key: entry.refund_key.as_ref().map(|key| key.0.to_string()),
    }
}

/// The payment of a line; `None` for a line nobody here wrote.
pub(super) fn entry_of(line: &Line) -> Option<Entry> {
    let reference = Reference::parse(&PaymentId::new(line.payment.as_str()))?;
    let amount = reference.amount;
    let status = match line.state.as_str() {
        "created" => PaymentStatus::Created,
        "pending" => PaymentStatus::Pending,
        "action_required" => PaymentStatus::ActionRequired(challenge()),
        "authorized" => PaymentStatus::Authorized { amount },
        "captured" => {
            let taken = Money::new(line.amount, amount.currency()).ok()?;
            let refunded = Money::new(line.refunded, amount.currency()).ok()?;
            PaymentStatus::Captured { amount: taken, refunded }
        }
        "canceled" => PaymentStatus::Canceled,
        "declined_soft" => PaymentStatus::Declined(Decline::Soft),
        "declined_hard" => PaymentStatus::Declined(Decline::Hard),
        _ => return None,
    };
    Some(Entry {
        reference,
        status,
        session: SessionId::parse(&line.session).ok(),
        key: (!line.key.is_empty()).then(|| ProviderKey(line.key.as_str().into())),
        made_at: Timestamp::from_unix_ms(line.at),
        refund_key: line.refund_key.as_deref().map(|key| ProviderKey(key.into())),
    })
}
