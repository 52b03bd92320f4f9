//! The order a session ended in.

use acp_core::session::{Session, Stage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::Saying;

/// The order a session ended in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Order<'a> {
    /// Names the order.
    id: &'a str,
    /// The session it came from.
    checkout_session_id: &'a str,
    /// Where the buyer can look at it.
    #[schema(format = "uri")]
    permalink_url: String,
}

impl<'a> Order<'a> {
    /// The order, once there is one.
    pub(crate) fn of(session: &'a Session, saying: &Saying<'_>) -> Option<Self> {
        match &session.stage {
            Stage::Completed(placed) => Some(Self {
                id: placed.id.as_str(),
                checkout_session_id: session.id.as_str(),
                permalink_url: saying.shop.order_link(placed.id.as_str()),
            }),
            Stage::Open(_)
            | Stage::AuthenticationRequired(_)
            | Stage::PendingApproval(_)
            | Stage::Completing(_)
            | Stage::Canceled
            | Stage::Expired => None,
        }
    }
}
