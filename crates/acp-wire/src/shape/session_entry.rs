//! Sessions in brief, for whoever looks after the shop. The same in every version: none has words
//! of its own for it.

use acp_core::ids::{OrderId, SessionId};
use acp_core::ports::SessionPlace;
use acp_core::refusal::Fault;
use acp_core::session::{Session, Stage, StageKind};
use acp_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::read::{UnknownFields, read};
use crate::scalar::{Amount, DateTime};
use crate::voice::written;

/// An item of a session, and how many of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionEntryLine<'a> {
    /// The id of the item.
    item_id: &'a str,
    /// What a person calls it.
    title: &'a str,
    /// How many.
    #[schema(minimum = 1)]
    quantity: u32,
}

/// A checkout session in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionEntry<'a> {
    /// Its id.
    id: &'a str,
    /// The agent it belongs to.
    agent_id: &'a str,
    /// Where it stands, in the words of the newest version. More words may come.
    #[schema(examples("ready_for_payment"))]
    status: &'static str,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime,
    /// When its time is over. Left out once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    expires_at: Option<DateTime>,
    /// What it comes to, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    total: Amount,
    /// The currency of the total.
    #[schema(pattern = "^[a-z]{3}$")]
    currency: String,
    /// What is wanted.
    line_items: Vec<SessionEntryLine<'a>>,
    /// Who buys, by the shop's own id. Left out where nobody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    customer_id: Option<&'a str>,
    /// The number of the purchase order it waits with, or is bought by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    purchase_order_number: Option<&'a str>,
    /// The order it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order_id: Option<&'a str>,
}

/// A page of checkout sessions in brief.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionEntryList<'a> {
    /// The sessions, the one that was opened last in front.
    checkout_sessions: Vec<SessionEntry<'a>>,
    /// Where the next page begins; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// The sessions that wait for an approval of their purchase orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApprovalList<'a> {
    /// The sessions, the one that expires first in front.
    approvals: Vec<SessionEntry<'a>>,
}

/// What is said to a purchase order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictWord {
    /// It may be bought.
    Approved,
    /// It may not.
    Rejected,
}

/// Says something to the purchase order a session waits with.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApprovalRequest {
    /// What is said to it.
    verdict: VerdictWord,
}

/// Where a session stands, in the newest word for it.
pub const fn session_stage_word(stage: StageKind) -> &'static str {
    match stage {
        StageKind::Incomplete => "incomplete",
        StageKind::NotReady => "not_ready_for_payment",
        StageKind::RequiresEscalation => "requires_escalation",
        StageKind::Ready => "ready_for_payment",
        StageKind::AuthenticationRequired => "authentication_required",
        StageKind::PendingApproval => "pending_approval",
        StageKind::Completing => "complete_in_progress",
        StageKind::Completed => "completed",
        StageKind::Canceled => "canceled",
        StageKind::Expired => "expired",
    }
}

/// What a word means.
pub fn session_stage_named(word: &str) -> Option<StageKind> {
    StageKind::ALL.into_iter().find(|stage| session_stage_word(*stage) == word)
}

impl<'a> SessionEntry<'a> {
    fn of(session: &'a Session) -> Self {
        let stage = session.stage.kind();
        let buyer = session.basket.buyer.as_deref();
        let order = match &session.stage {
            Stage::Completed(placed) => Some(&placed.id),
            Stage::Open(_)
            | Stage::AuthenticationRequired(_)
            | Stage::PendingApproval(_)
            | Stage::Completing(_)
            | Stage::Canceled
            | Stage::Expired => None,
        };
        let total = session.quote.totals.total();
        let lines = session.quote.lines.iter().map(|line| SessionEntryLine {
            item_id: line.item.id.as_str(),
            title: &line.item.title,
            quantity: line.quantity,
        });
        Self {
            id: session.id.as_str(),
            agent_id: session.owner.agent.as_str(),
            status: session_stage_word(stage),
            created_at: DateTime(session.opened_at),
            updated_at: DateTime(session.changed_at),
            expires_at: (!stage.is_terminal()).then_some(DateTime(session.expires_at)),
            total: total.into(),
            currency: total.currency().lowercase(),
            line_items: lines.collect(),
            customer_id: buyer.and_then(|buyer| buyer.customer_id.as_deref()),
            purchase_order_number: session.stage.purchase_order().map(|order| &*order.number),
            order_id: order.map(OrderId::as_str),
        }
    }
}

/// The bytes of a session in brief.
pub fn render_session_entry(session: &Session) -> Vec<u8> {
    written(&SessionEntry::of(session))
}

/// The bytes of a page of sessions in brief.
pub fn render_session_entries(sessions: &[Session], next: Option<&SessionPlace>) -> Vec<u8> {
    let checkout_sessions = sessions.iter().map(SessionEntry::of).collect();
    written(&SessionEntryList { checkout_sessions, next_cursor: next.map(cursor_of) })
}

/// The bytes of the sessions that wait for an approval.
pub fn render_approvals(sessions: &[Session]) -> Vec<u8> {
    written(&ApprovalList { approvals: sessions.iter().map(SessionEntry::of).collect() })
}

/// Reads what is said to a purchase order.
///
/// # Errors
/// The first fault.
pub fn read_verdict(body: &[u8], unknown: UnknownFields) -> Result<VerdictWord, Fault> {
    read::<ApprovalRequest>(body, unknown).map(|request| request.verdict)
}

/// A place in a listing of sessions, as it is told. What it says is nobody's business.
fn cursor_of(place: &SessionPlace) -> String {
    format!("{:x}.{}", place.opened_at.unix_ms(), place.session)
}

/// The place a cursor stands for; `None` when it was never told.
pub fn read_session_cursor(text: &str) -> Option<SessionPlace> {
    let (opened_at, session) = text.split_once('.')?;
    let opened_at = Timestamp::from_unix_ms(i64::from_str_radix(opened_at, 16).ok()?);
    Some(SessionPlace { opened_at, session: SessionId::parse(session).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_a_word_of_its_own() {
        for stage in StageKind::ALL {
            assert_eq!(session_stage_named(session_stage_word(stage)), Some(stage));
        }
        assert_eq!(session_stage_named("in_progress"), None);
    }

    #[test]
    fn a_verdict_is_one_of_two_words() {
        let read = |body: &str| read_verdict(body.as_bytes(), UnknownFields::Refuse);
        assert_eq!(read(r#"{"verdict": "approved"}"#), Ok(VerdictWord::Approved));
        assert_eq!(read(r#"{"verdict": "rejected"}"#), Ok(VerdictWord::Rejected));
        for (body, path) in [
            ("{}", "$.verdict"),
            (r#"{"verdict": true}"#, "$.verdict"),
            (r#"{"verdict": "perhaps"}"#, "$.verdict"),
            (r#"{"verdict": "approved", "by": "me"}"#, "$.by"),
        ] {
            assert_eq!(read(body).unwrap_err().path, path, "{body}");
        }
    }

    #[test]
    fn a_cursor_says_where_a_page_ended() {
        let session = SessionId::parse("cs_0001_00000000000000000000000001").unwrap();
        let place = SessionPlace { opened_at: Timestamp::from_unix_ms(1_776_427_200_000), session };
        assert_eq!(read_session_cursor(&cursor_of(&place)), Some(place));
        for bad in ["", "1", "x.cs_0001_00000000000000000000000001", "1.ord_1"] {
            assert_eq!(read_session_cursor(bad), None, "{bad}");
        }
    }
}
