//! What operators did, kept in any store.

use acp_core::limits::{PAGE_ROWS_MAX, RACES_MAX, TRAIL_ACTS_MAX, TRAIL_KEPT};
use acp_core::ports::{PortError, Retry};
use acp_core::time::Timestamp;

use super::names;
use super::records::Records;
use super::stored::{Act, from_bytes, to_bytes};
use crate::store::{Demand, Expectation, Outcome, Put, Version};

/// The trail of what operators did.
///
/// An act is written down before it is done and gets its end afterwards, so that also one leaves a
/// line over which the process died. It has a bound by number and one by age.
#[derive(Clone, Debug)]
pub struct StoreTrail {
    records: Records,
    acts_max: u64,
}

/// An act that is about to be done.
#[derive(Clone, Copy, Debug)]
pub struct ActBegun<'a> {
    /// Who does it.
    pub actor: &'a str,
    /// What it is.
    pub what: &'a str,
    /// What it is done to, where that is known before.
    pub subject: Option<&'a str>,
}

impl StoreTrail {
    /// The trail among these records.
    pub const fn new(records: Records) -> Self {
        Self { records, acts_max: TRAIL_ACTS_MAX }
    }

    /// The same with room for fewer acts.
    #[must_use]
    pub fn keeping(self, acts_max: u64) -> Self {
        Self { acts_max, ..self }
    }

    /// Writes down that an act begins. What cannot be written down must not be done.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn begin(&self, begun: ActBegun<'_>) -> Result<Act, PortError> {
        self.begun(begun, None).await
    }

    /// Begins a further act, to name what else the same was done to.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn go_on(&self, act: &Act) -> Result<Act, PortError> {
        let begun = ActBegun { actor: &act.actor, what: &act.what, subject: None };
        self.begun(begun, act.continues.or(Some(act.number))).await
    }

    async fn begun(&self, begun: ActBegun<'_>, continues: Option<u64>) -> Result<Act, PortError> {
        for _ in 0..RACES_MAX {
            let last = self.last().await?;
            let number = last.as_ref().map_or(0, |(act, _)| act.number).saturating_add(1);
            let act = Act {
                number,
                at: self.records.clock.now(),
                actor: begun.actor.into(),
                what: begun.what.into(),
                subject: begun.subject.map(Into::into),
                status: None,
                continues,
            };
            let mut commit = self.records.draft(names::trail_partition());
            let demand = last.map_or(Demand::Absent, |(_, version)| Demand::At(version));
            commit.expectations.push(Expectation { key: names::last_act(), demand });
            // The number must never be given twice, so that the last act outlives the others.
            commit.puts.push(put(names::last_act(), &act, None)?);
            let until = self.records.store.now().await?.plus(TRAIL_KEPT);
            commit.puts.push(put(names::act(number), &act, Some(until))?);
            if let Some(oldest) = number.checked_sub(self.acts_max) {
                commit.deletes.push(names::act(oldest));
            }
            if let Outcome::Applied(_) = self.records.store.commit(commit).await? {
                return Ok(act);
            }
        }
        Err(busy())
    }

    /// Writes down how an act ended, or, while it goes on, what it is done to where that was not
    /// known before.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn end(&self, act: &Act) -> Result<(), PortError> {
        let partition = names::trail_partition();
        let name = names::act(act.number);
        let mut commit = self.records.draft(partition);
        let until = self.records.store.now().await?.plus(TRAIL_KEPT);
        commit.puts.push(put(name, act, Some(until))?);
        // Nobody else writes to this act. One that made room for others meanwhile comes back for a
        // moment no longer than its time.
        match self.records.store.commit(commit).await? {
            Outcome::Applied(_) | Outcome::Raced { .. } => Ok(()),
        }
    }

    /// Acts that came before one with this number, the last one first; a page at most.
    ///
    /// # Errors
    /// Fails when the store does, and when a record is damaged.
    pub async fn before(&self, number: Option<u64>) -> Result<Vec<Act>, PortError> {
        let next = match self.last().await? {
            Some((act, _)) => act.number.saturating_add(1),
            None => return Ok(Vec::new()),
        };
        let end = number.map_or(next, |number| number.min(next));
        let page = u64::try_from(PAGE_ROWS_MAX).unwrap_or(u64::MAX);
        let numbers = end.saturating_sub(page).max(1)..end;
        let wanted: Vec<_> = numbers.rev().map(names::act).collect();
        let found = self.records.store.read(names::trail_partition(), &wanted).await?;
        found.into_iter().flatten().map(|found| Ok(from_bytes(&found.value)?)).collect()
    }

    async fn last(&self) -> Result<Option<(Act, Version)>, PortError> {
        self.records.read(names::trail_partition(), names::last_act()).await
    }
}

fn put(key: crate::store::Key, act: &Act, until: Option<Timestamp>) -> Result<Put, PortError> {
    Ok(Put { key, value: to_bytes(act)?, fence: None, expires_at: until, is_listed: false })
}

fn busy() -> PortError {
    let what = "writing down an act while many others are";
    PortError { what, retry: Retry::Safe, cause: None }
}
