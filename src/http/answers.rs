use std::sync::Arc;

use acp_core::catalog::Shop;
use acp_core::ports::{Answer, AnswerRenderer, Channel};
use acp_core::refusal::Refusal;
use acp_core::session::Session;
use acp_wire::problem::Problem;
use acp_wire::v2026_04_17;
use acp_wire::version::Version;
use axum::http::StatusCode;

/// Speaks the protocol's versions to agents.
#[derive(Debug)]
pub struct WireAnswers {
    shop: Arc<Shop>,
}

impl WireAnswers {
    /// The answers of a shop.
    pub const fn new(shop: Arc<Shop>) -> Self {
        Self { shop }
    }

    fn say(&self, channel: &Channel, status: StatusCode, session: &Session) -> Answer {
        // A channel is made of a version we speak; one of a later release is said as the newest.
        let body = match Version::parse(&channel.version).unwrap_or(Version::NEWEST) {
            Version::V2026_04_17 => v2026_04_17::render(session, &self.shop),
        };
        Answer { status: status.as_u16(), body: body.into(), made: None }
    }
}

/// How a version is spoken; English is the only language so far.
pub(super) fn channel_of(version: Version) -> Channel {
    Channel { version: version.as_str().into(), locale: "en".into() }
}

impl AnswerRenderer for WireAnswers {
    fn house_channel(&self) -> Channel {
        channel_of(Version::NEWEST)
    }

    fn opened(&self, channel: &Channel, session: &Session) -> Answer {
        let answer = self.say(channel, StatusCode::CREATED, session);
        Answer { made: Some(session.id.clone()), ..answer }
    }

    fn shown(&self, channel: &Channel, session: &Session) -> Answer {
        self.say(channel, StatusCode::OK, session)
    }

    fn refused(&self, _channel: &Channel, refusal: &Refusal) -> Answer {
        let problem = Problem::from(refusal);
        Answer { status: problem.code.status(), body: problem.body().into(), made: None }
    }
}
