//! Request bodies while they arrive: how slowly they may, and how much of all of them there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why a body is not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::http) enum BodyFault {
    #[error("the body comes too slowly")]
    TooSlow,
    #[error("too many bodies are being worked on")]
    NoRoom,
}

impl BodyFault {
    /// The fault an error came from, if it was one.
    pub(in crate::http) fn behind(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        let causes = std::iter::successors(Some(error), |error| error.source());
        causes.filter_map(|error| error.downcast_ref()).copied().next()
    }
}

/// Room for the bodies of all requests together. A body takes room as it arrives and not when it
/// is announced, so that announcing much keeps nobody else from being served.
#[derive(Debug)]
pub(in crate::http) struct Room {
    taken: AtomicUsize,
    most: usize,
}

/// What the body of one request takes of it, until nobody works on the request any more.
#[derive(Debug)]
pub(super) struct Share {
    room: Arc<Room>,
    taken: AtomicUsize,
}

impl Room {
    pub(in crate::http) const fn of(most: usize) -> Self {
        Self { taken: AtomicUsize::new(0), most }
    }

    pub(super) fn share(self: &Arc<Self>) -> Arc<Share> {
        Arc::new(Share { room: Arc::clone(self), taken: AtomicUsize::new(0) })
    }
}

impl Share {
    /// Takes room for so many bytes more, if there is any.
    pub(super) fn take(&self, bytes: usize) -> Result<(), BodyFault> {
        // What is taken is a number and guards nothing else, so no order is needed.
        let before = self.room.taken.fetch_add(bytes, Ordering::Relaxed);
        self.taken.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > self.room.most {
            return Err(BodyFault::NoRoom);
        }
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let taken = *self.taken.get_mut();
        self.room.taken.fetch_sub(taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_when_all_room_is_taken_has_none_until_somebody_leaves() {
        let room = Arc::new(Room::of(100));
        let (first, second) = (room.share(), room.share());
        assert_eq!(first.take(60), Ok(()));
        assert_eq!(second.take(40), Ok(()));
        assert_eq!(second.take(1), Err(BodyFault::NoRoom));
        drop(first);
        assert_eq!(second.take(50), Ok(()));
        drop(second);
        assert_eq!(room.share().take(100), Ok(()), "nothing is left behind");
    }

    #[test]
    fn a_fault_is_found_behind_what_was_made_of_it() {
        let error = axum::Error::new(axum::Error::new(BodyFault::TooSlow));
        assert_eq!(BodyFault::behind(&error), Some(BodyFault::TooSlow));
        assert_eq!(BodyFault::behind(&std::fmt::Error), None);
    }
}
