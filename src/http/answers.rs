use std::sync::Arc;

use acp_core::catalog::Shop;
use acp_core::ports::{Answer, AnswerRenderer, Channel};
use acp_core::principal::{CompletedStatus, Habits};
use acp_core::refusal::Refusal;
use acp_core::session::Session;
use acp_wire::problem::Problem;
use acp_wire::texts::Locale;
use acp_wire::version::Version;
use acp_wire::voice::Voice;
use acp_wire::{unreleased, v2025_09_29, v2025_12_12, v2026_01_16, v2026_01_30, v2026_04_17};
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
        let voice = Voice {
            shop: &self.shop,
            locale: Locale::of_tag(&channel.locale).unwrap_or_default(),
            habits: channel.habits,
        };
        // A channel is made of a version we speak; one of a later release is said as the newest.
        let body = match Version::parse(&channel.version).unwrap_or(Version::NEWEST) {
            Version::V2025_09_29 => v2025_09_29::render(session, &voice),
            Version::V2025_12_12 => v2025_12_12::render(session, &voice),
            Version::V2026_01_16 => v2026_01_16::render(session, &voice),
            Version::V2026_01_30 => v2026_01_30::render(session, &voice),
            Version::V2026_04_17 => v2026_04_17::render(session, &voice),
            Version::Unreleased => unreleased::render(session, &voice),
        };
        Answer { status: status.as_u16(), body: body.into(), made: None }
    }
}

/// How a version is spoken to a caller.
pub(super) fn channel_of(version: Version, locale: Locale, habits: Habits) -> Channel {
    Channel { version: version.as_str().into(), locale: locale.as_str().into(), habits }
}

impl AnswerRenderer for WireAnswers {
    fn house_channel(&self) -> Channel {
        channel_of(Version::NEWEST, Locale::default(), Habits::default())
    }

    fn opened(&self, channel: &Channel, session: &Session) -> Answer {
        let answer = self.say(channel, StatusCode::CREATED, session);
        Answer { made: Some(session.id.clone()), ..answer }
    }

    fn completed(&self, channel: &Channel, session: &Session) -> Answer {
        let status = match channel.habits.completed_status {
            CompletedStatus::Ok => StatusCode::OK,
            CompletedStatus::Created => StatusCode::CREATED,
        };
        self.say(channel, status, session)
    }

    fn shown(&self, channel: &Channel, session: &Session) -> Answer {
        self.say(channel, StatusCode::OK, session)
    }

    fn refused(&self, channel: &Channel, refusal: &Refusal) -> Answer {
        let version = Version::parse(&channel.version).unwrap_or(Version::NEWEST);
        let problem = Problem::from(refusal).in_words_of(version);
        Answer { status: problem.code.status(), body: problem.body().into(), made: None }
    }
}
