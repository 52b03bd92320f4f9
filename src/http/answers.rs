use std::sync::Arc;

use acp_core::cart::Cart;
use acp_core::catalog::{CatalogItem, Shop};
use acp_core::dialogue::{Conversation, Goods, Intent};
use acp_core::ids::{AuthenticationId, ConversationId, ItemId, MandateId, OrderId};
use acp_core::mandate::{Ledger, Left, Mandate, PlanDigest};
use acp_core::order::{Order, OrderEvent, Recorded};
use acp_core::plan::Plan;
use acp_core::ports::{
    Answer, AnswerRenderer, Channel, OrderPlace, PlanPlace, SessionPlace, Subject,
};
use acp_core::principal::{CompletedStatus, Habits};
use acp_core::refusal::{Fault, Refusal};
use acp_core::session::{CompleteSession, Session};
use acp_core::stock::ItemStock;
use acp_core::three_ds::{Authentication, Standing};
use acp_core::vault::VaultToken;
use acp_core::webhook::{NewsKind, PlanNews};
use acp_wire::delegation::authentication::render_authentication;
use acp_wire::delegation::render_delegation;
use acp_wire::problem::Problem;
use acp_wire::read::UnknownFields;
use acp_wire::shape::intent::{render_conversation, render_erased, render_intent, render_products};
use acp_wire::shape::mandate::{render_ledger, render_mandate, render_mandates};
use acp_wire::shape::order_event::{cursor_of, render_events};
use acp_wire::shape::order_news::{news_of_whole_order, render_flat_news};
use acp_wire::shape::plan::{digest_of, render_plan, render_plan_news, render_plans};
use acp_wire::shape::session_entry::{
    render_approvals, render_session_entries, render_session_entry,
};
use acp_wire::shape::shop::{render_item, render_items};
use acp_wire::texts::Locale;
use acp_wire::version::Version;
use acp_wire::voice::{Ear, Voice};
use acp_wire::{unreleased, v2025_09_29, v2025_12_12, v2026_01_16, v2026_01_30, v2026_04_17};
use axum::http::StatusCode;

use super::extract::{Command as _, Heard};

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

    fn voice(&self, channel: &Channel) -> Voice<'_> {
        let locale = Locale::of_tag(&channel.locale).unwrap_or_default();
        Voice { shop: &self.shop, locale, habits: channel.habits }
    }

    fn say(&self, channel: &Channel, status: StatusCode, session: &Session) -> Answer {
        let voice = self.voice(channel);
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

impl WireAnswers {
    /// A cart. Nobody asks for one in a version before the first that knows them.
    fn say_cart(&self, channel: &Channel, status: StatusCode, cart: &Cart) -> Answer {
        let voice = self.voice(channel);
        let body = match Version::parse(&channel.version).unwrap_or(Version::NEWEST) {
            Version::V2025_09_29
            | Version::V2025_12_12
            | Version::V2026_01_16
            | Version::V2026_01_30
            | Version::V2026_04_17 => v2026_04_17::render_cart(cart, &voice),
            Version::Unreleased => unreleased::render_cart(cart, &voice),
        };
        Answer { status: status.as_u16(), body: body.into(), made: None }
    }
}

/// A plan, which every version says alike.
fn say_plan(status: StatusCode, plan: &Plan) -> Answer {
    Answer { status: status.as_u16(), body: render_plan(plan).into(), made: None }
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
        Answer { made: Some(Subject::Session(session.id.clone())), ..answer }
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

    fn cart_opened(&self, channel: &Channel, cart: &Cart) -> Answer {
        let answer = self.say_cart(channel, StatusCode::CREATED, cart);
        Answer { made: Some(Subject::Cart(cart.id.clone())), ..answer }
    }

    fn cart(&self, channel: &Channel, cart: &Cart) -> Answer {
        self.say_cart(channel, StatusCode::OK, cart)
    }

    fn order(&self, channel: &Channel, order: &Order) -> Arc<[u8]> {
        let voice = self.voice(channel);
        let body = match Version::parse(&channel.version).unwrap_or(Version::NEWEST) {
            Version::V2025_09_29 => v2025_09_29::render_order(order, &voice),
            Version::V2025_12_12 => v2025_12_12::render_order(order, &voice),
            Version::V2026_01_16 => v2026_01_16::render_order(order, &voice),
            Version::V2026_01_30 => v2026_01_30::render_order(order, &voice),
            Version::V2026_04_17 => v2026_04_17::render_order(order, &voice),
            Version::Unreleased => unreleased::render_order(order, &voice),
        };
        body.into()
    }

    fn order_news(&self, channel: &Channel, kind: NewsKind, order: &Order) -> Arc<[u8]> {
        match Version::parse(&channel.version).unwrap_or(Version::NEWEST) {
            Version::V2025_09_29
            | Version::V2025_12_12
            | Version::V2026_01_16
            | Version::V2026_01_30 => render_flat_news(order, kind, &self.voice(channel)).into(),
            Version::V2026_04_17 | Version::Unreleased => {
                news_of_whole_order(&self.order(channel, order), kind).into()
            }
        }
    }

    fn plan_news(&self, news: &PlanNews) -> Arc<[u8]> {
        render_plan_news(news).into()
    }

    fn changed_order(&self, channel: &Channel, order: &Order) -> Answer {
        Answer { status: StatusCode::OK.as_u16(), body: self.order(channel, order), made: None }
    }

    fn orders(&self, channel: &Channel, orders: &[Order], next: Option<&OrderPlace>) -> Arc<[u8]> {
        let (voice, next) = (self.voice(channel), next.map(cursor_of));
        let next = next.as_deref();
        let body = match Version::parse(&channel.version).unwrap_or(Version::NEWEST) {
            Version::V2025_09_29 => v2025_09_29::render_orders(orders, next, &voice),
            Version::V2025_12_12 => v2025_12_12::render_orders(orders, next, &voice),
            Version::V2026_01_16 => v2026_01_16::render_orders(orders, next, &voice),
            Version::V2026_01_30 => v2026_01_30::render_orders(orders, next, &voice),
            Version::V2026_04_17 => v2026_04_17::render_orders(orders, next, &voice),
            Version::Unreleased => unreleased::render_orders(orders, next, &voice),
        };
        body.into()
    }

    fn order_events(
        &self,
        order: &OrderId,
        after: u64,
        events: &[Recorded<OrderEvent>],
        has_more: bool,
    ) -> Arc<[u8]> {
        render_events(order, after, events, has_more).into()
    }

    fn session_entry(&self, session: &Session) -> Answer {
        let body = render_session_entry(session).into();
        Answer { status: StatusCode::OK.as_u16(), body, made: None }
    }

    fn session_entries(&self, sessions: &[Session], next: Option<&SessionPlace>) -> Arc<[u8]> {
        render_session_entries(sessions, next).into()
    }

    fn approvals(&self, sessions: &[Session]) -> Arc<[u8]> {
        render_approvals(sessions).into()
    }

    fn item(&self, item: &CatalogItem, stock: Option<&ItemStock>) -> Answer {
        let body = render_item(item, stock.copied()).into();
        Answer { status: StatusCode::OK.as_u16(), body, made: None }
    }

    fn items(
        &self,
        items: &[(Arc<CatalogItem>, Option<ItemStock>)],
        next: Option<&ItemId>,
    ) -> Arc<[u8]> {
        render_items(items, next).into()
    }

    fn products(&self, found: &[Goods]) -> Arc<[u8]> {
        render_products(found).into()
    }

    fn intent(&self, intent: &Intent) -> Answer {
        let made = Some(Subject::Conversation(intent.conversation.clone()));
        let body = render_intent(intent).into();
        Answer { status: StatusCode::CREATED.as_u16(), body, made }
    }

    fn conversation(&self, conversation: &Conversation) -> Arc<[u8]> {
        render_conversation(conversation).into()
    }

    fn conversation_erased(&self, conversation: &ConversationId) -> Arc<[u8]> {
        render_erased(conversation).into()
    }

    fn plan_made(&self, plan: &Plan) -> Answer {
        let made = Some(Subject::Plan(plan.id.clone()));
        Answer { made, ..say_plan(StatusCode::CREATED, plan) }
    }

    fn plan_begun(&self, plan: &Plan) -> Answer {
        let made = Some(Subject::Plan(plan.id.clone()));
        Answer { made, ..say_plan(StatusCode::ACCEPTED, plan) }
    }

    fn plan(&self, plan: &Plan) -> Answer {
        say_plan(StatusCode::OK, plan)
    }

    fn plans(&self, plans: &[Plan], next: Option<&PlanPlace>) -> Arc<[u8]> {
        render_plans(plans, next).into()
    }

    fn read_completion(&self, channel: &Channel, body: &[u8]) -> Result<CompleteSession, Fault> {
        let version = Version::parse(&channel.version).unwrap_or(Version::NEWEST);
        let address_phone = channel.habits.address_phone;
        let ear = Ear { unknown: UnknownFields::Ignore, address_phone };
        CompleteSession::read(body, Heard { version, ear })
    }

    fn plan_digest(&self, plan: &Plan) -> PlanDigest {
        digest_of(plan)
    }

    fn mandate_given(&self, mandate: &Mandate) -> Answer {
        let made = Some(Subject::Mandate(mandate.id.clone()));
        Answer { status: StatusCode::CREATED.as_u16(), made, ..self.mandate(mandate) }
    }

    fn mandate(&self, mandate: &Mandate) -> Answer {
        let body = render_mandate(mandate).into();
        Answer { status: StatusCode::OK.as_u16(), body, made: None }
    }

    fn mandates(&self, mandates: &[Mandate], next: Option<&MandateId>) -> Arc<[u8]> {
        render_mandates(mandates, next).into()
    }

    fn mandate_ledger(&self, mandate: &Mandate, ledger: &Ledger, left: &Left) -> Arc<[u8]> {
        render_ledger(mandate, ledger, left).into()
    }

    fn delegated(
        &self,
        token: &VaultToken,
        metadata: &[(Box<str>, Box<str>)],
        key: Option<&str>,
    ) -> Answer {
        let made = Some(Subject::VaultToken(token.id.clone()));
        let body = render_delegation(token, metadata, key).into();
        Answer { status: StatusCode::CREATED.as_u16(), body, made }
    }

    fn authentication_begun(&self, authentication: &Authentication) -> Answer {
        let id = &authentication.id;
        let body = render_authentication(id, &authentication.standing).into();
        let made = Some(Subject::Authentication(id.clone()));
        Answer { status: StatusCode::CREATED.as_u16(), body, made }
    }

    fn authenticated(&self, id: &AuthenticationId, standing: &Standing) -> Answer {
        let body = render_authentication(id, standing).into();
        Answer { status: StatusCode::OK.as_u16(), body, made: None }
    }

    fn refused(&self, channel: &Channel, refusal: &Refusal) -> Answer {
        let version = Version::parse(&channel.version).unwrap_or(Version::NEWEST);
        let problem = Problem::from(refusal).in_words_of(version);
        Answer { status: problem.status(), body: problem.body().into(), made: None }
    }
}
