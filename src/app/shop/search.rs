use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::limits::{ORDERS_LOOKED_AT_MAX, ORDERS_PAGE_DEFAULT};
use acp_core::ports::{OpenedBefore, Retry, SessionPlace};
use acp_core::principal::Principal;
use acp_core::session::{Session, StageKind};
use acp_core::time::Timestamp;
use futures_util::future::try_join_all;

use crate::app::sessions::read::as_of;
use crate::app::{App, Failure};

/// Which sessions somebody wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionsWanted {
    /// Those that stand here.
    pub stage: Option<StageKind>,
    /// Those that were opened after then.
    pub after: Option<Timestamp>,
    /// Those that were opened before then.
    pub before: Option<Timestamp>,
    /// Those that stand before this one, which was looked at last.
    pub from: Option<SessionPlace>,
    /// How many at the most.
    pub limit: usize,
}

impl SessionsWanted {
    /// Where the listing begins.
    fn beginning(&self) -> Option<OpenedBefore> {
        match (self.from.clone(), self.before) {
            (Some(place), Some(before)) if before <= place.opened_at => {
                Some(OpenedBefore::Moment(before))
            }
            (Some(place), _) => Some(OpenedBefore::Session(place)),
            (None, before) => before.map(OpenedBefore::Moment),
        }
    }
}

impl App {
    /// Shows sessions of every agent of a tenant, the one that was opened last in front, until they are
    /// forgotten. Where a filter leaves little of what was looked at, a page holds less than it
    /// could, and the next one goes on from there.
    ///
    /// # Errors
    /// The store cannot be asked.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn search_sessions(
        &self,
        principal: &Principal,
        wanted: &SessionsWanted,
    ) -> Result<Arc<[u8]>, Failure> {
        let (mut found, mut next) = (Vec::new(), None);
        let mut before = wanted.beginning();
        let mut looked_at = 0_usize;
        while looked_at < ORDERS_LOOKED_AT_MAX && found.len() < wanted.limit {
            // A filter lets few of them through, so that there is no sense in looking at few.
            let missing = wanted.limit.saturating_sub(found.len()).max(ORDERS_PAGE_DEFAULT);
            let room = missing.min(ORDERS_LOOKED_AT_MAX.saturating_sub(looked_at));
            // One more than there is room for says whether there is more.
            let ahead = room.saturating_add(1);
            let opened = self.ports.checkouts.opened(&principal.tenant, before.as_ref(), ahead);
            let mut places = opened.await?;
            places.retain(|place| wanted.after.is_none_or(|after| place.opened_at > after));
            let has_more = places.len() > room;
            places.truncate(room);
            let count = places.len();
            let sessions =
                try_join_all(places.iter().map(|place| self.session_listed(&place.session)))
                    .await?;
            next = None;
            for (number, (place, session)) in (1_usize..).zip(places.into_iter().zip(sessions)) {
                before = Some(OpenedBefore::Session(place.clone()));
                found.extend(session.filter(|session| {
                    principal.sees(&session.owner)
                        && wanted.stage.is_none_or(|stage| session.stage.kind() == stage)
                }));
                next = (has_more || number < count).then_some(place);
                if found.len() >= wanted.limit {
                    break;
                }
            }
            if next.is_none() {
                break;
            }
            looked_at = looked_at.saturating_add(count);
        }
        Ok(self.ports.answers.session_entries(&found, next.as_ref()))
    }

    /// A session of a list, as it is now. One that cannot be read any more is left out, and hides
    /// no others.
    pub(in crate::app) async fn session_listed(
        &self,
        id: &SessionId,
    ) -> Result<Option<Session>, Failure> {
        match self.ports.checkouts.look(id.partition(), Some(id), None).await {
            Ok(seen) => {
                let now = self.ports.clock.now();
                seen.session.map(|(session, _)| as_of(session, now)).transpose()
            }
            Err(error) if error.retry == Retry::Never => {
                tracing::error!(
                    session.id = %id,
                    error = &error as &dyn std::error::Error,
                    "session {id} cannot be read, and is left out of a list"
                );
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
