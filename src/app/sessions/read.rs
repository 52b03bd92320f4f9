use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::ports::Channel;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::session::Session;
use acp_core::time::Timestamp;

use crate::app::{App, Failure};
use crate::telemetry::{is_traced, tell};

/// The session as it is at this moment: one whose time is over has expired, whether or not
/// somebody has written that down yet.
pub(in crate::app) fn as_of(session: Session, now: Timestamp) -> Result<Session, Failure> {
    if !session.is_overdue(now) {
        return Ok(session);
    }
    let event = session.expire()?;
    Ok(session.after(event, now)?)
}

impl App {
    /// Says how a session stands. Mostly it has been said before, in the same words, and is only
    /// said again.
    ///
    /// # Errors
    /// Refuses sessions that do not exist or are somebody else's: the same answer.
    pub async fn read_session(
        &self,
        principal: &Principal,
        channel: &Channel,
        id: &SessionId,
    ) -> Result<Arc<[u8]>, Failure> {
        // It is one look, and asked for more than anything else: no span of its own stands around it.
        if is_traced() {
            tell(&[("session.id", id.as_str())]);
        }
        let now = self.ports.clock.now();
        let view = self.ports.checkouts.view(id).await?;
        let view =
            view.filter(|view| principal.owns(&view.owner)).ok_or(Refusal::SessionNotFound)?;
        let is_true = view.expires_at.is_none_or(|expires_at| expires_at > now);
        if is_true && view.channel == *channel {
            return Ok(view.body);
        }
        let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
        let (session, _) = seen.session.ok_or(Refusal::SessionNotFound)?;
        Ok(self.ports.answers.shown(channel, &as_of(session, now)?).body)
    }
}
