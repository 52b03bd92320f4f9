//! Items that are being asked for, so that others who want them wait for the same answer.

use std::collections::HashMap;
use std::sync::Arc;

use acp_core::ids::ItemId;
use acp_core::ports::PortError;
use tokio::sync::watch;

use super::shelf::Told;

/// What a call brought home, for all who wait for it.
pub(super) type Landed = Result<Arc<HashMap<ItemId, Told>>, Arc<PortError>>;

/// Where a call lands. One whose caller has gone never does.
pub(super) type Landing = watch::Receiver<Option<Landed>>;

/// Which call it is. None is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// A call that is about to be made.
#[derive(Debug)]
pub(super) struct Departure {
    pub(super) ticket: Ticket,
    pub(super) ids: Vec<ItemId>,
    pub(super) landing: watch::Sender<Option<Landed>>,
}

#[derive(Debug, Default)]
pub(super) struct Flights {
    by_item: HashMap<ItemId, (Ticket, Landing)>,
    count: u64,
}

impl Flights {
    /// Where a call lands that asks for the item.
    pub(super) fn landing(&self, id: &ItemId) -> Option<Landing> {
        self.by_item.get(id).map(|(_, landing)| landing.clone())
    }

    /// Begins a call for some items. Nobody else asks for them.
    pub(super) fn depart(&mut self, ids: Vec<ItemId>) -> Departure {
        self.count = self.count.wrapping_add(1);
        let ticket = Ticket(self.count);
        let (sender, landing) = watch::channel(None);
        for id in &ids {
            self.by_item.insert(id.clone(), (ticket, landing.clone()));
        }
        Departure { ticket, ids, landing: sender }
    }

    /// Ends a call as far as this item goes. Says whether it still was the one: what has changed
    /// since it began is asked for by another.
    pub(super) fn end(&mut self, id: &ItemId, ticket: Ticket) -> bool {
        let is_current = self.by_item.get(id).is_some_and(|(current, _)| *current == ticket);
        if is_current {
            self.by_item.remove(id);
        }
        is_current
    }

    /// Whoever asks from now on does not wait for a call that began before.
    pub(super) fn forget(&mut self, id: &ItemId) {
        self.by_item.remove(id);
    }

    pub(super) fn forget_all(&mut self) {
        self.by_item.clear();
    }
}
