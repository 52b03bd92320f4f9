use std::sync::Arc;

use super::checkouts::{OrderPlace, SessionPlace};
use super::plans::PlanPlace;
use crate::cart::Cart;
use crate::catalog::CatalogItem;
use crate::dialogue::{Conversation, Goods, Intent};
use crate::ids::{
    AuthenticationId, CartId, ConversationId, ItemId, MandateId, OrderId, PlanId, SessionId,
    VaultTokenId,
};
use crate::mandate::{Ledger, Left, Mandate, PlanDigest};
use crate::order::{Order, OrderEvent, Recorded};
use crate::plan::Plan;
use crate::principal::Habits;
use crate::refusal::{Fault, Refusal};
use crate::session::{CompleteSession, Session};
use crate::stock::ItemStock;
use crate::three_ds::{Authentication, Standing};
use crate::vault::VaultToken;
use crate::webhook::{NewsKind, PlanNews};

/// How a caller is spoken to: the protocol's version and the language. Opaque to the core, which
/// only journals it, so that an answer can be rendered when nobody is waiting for it any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The version, as the protocol writes it.
    pub version: Box<str>,
    /// The language.
    pub locale: Box<str>,
    /// What this caller wants otherwise than the version says.
    pub habits: Habits,
}

/// What a call is about, or what it made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A checkout session.
    Session(SessionId),
    /// A cart.
    Cart(CartId),
    /// A conversation.
    Conversation(ConversationId),
    /// A plan.
    Plan(PlanId),
    /// A mandate.
    Mandate(MandateId),
    /// What pays in the place of a card.
    VaultToken(VaultTokenId),
    /// The finding out of whether a shopper is who a card says.
    Authentication(AuthenticationId),
}

impl Subject {
    /// Its id, as it is sent.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Session(id) => id.as_str(),
            Self::Cart(id) => id.as_str(),
            Self::Conversation(id) => id.as_str(),
            Self::Plan(id) => id.as_str(),
            Self::Mandate(id) => id.as_str(),
            Self::VaultToken(id) => id.as_str(),
            Self::Authentication(id) => id.as_str(),
        }
    }
}

/// An answer as it is sent: opaque to the core, and stored byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The protocol's number for how it went.
    pub status: u16,
    /// What is said.
    pub body: Arc<[u8]>,
    /// What was made by the call, if anything was.
    pub made: Option<Subject>,
}

/// Turns sessions and refusals into answers. Fulfilled by the rim; called inside commits, because
/// an answer is part of what is committed.
pub trait AnswerRenderer: Send + Sync {
    /// How we speak when nobody has asked: when time changes a session.
    fn house_channel(&self) -> Channel;
    /// The answer to opening this session.
    fn opened(&self, channel: &Channel, session: &Session) -> Answer;
    /// The answer to completing this session.
    fn completed(&self, channel: &Channel, session: &Session) -> Answer;
    /// The answer to looking at, changing or canceling this session.
    fn shown(&self, channel: &Channel, session: &Session) -> Answer;
    /// The answer to opening this cart.
    fn cart_opened(&self, channel: &Channel, cart: &Cart) -> Answer;
    /// The answer to looking at, replacing or canceling this cart.
    fn cart(&self, channel: &Channel, cart: &Cart) -> Answer;
    /// An order as it stands.
    fn order(&self, channel: &Channel, order: &Order) -> Arc<[u8]>;
    /// The answer to changing this order.
    fn changed_order(&self, channel: &Channel, order: &Order) -> Answer;
    /// A page of orders, and the one it ends with where there are more.
    fn orders(&self, channel: &Channel, orders: &[Order], next: Option<&OrderPlace>) -> Arc<[u8]>;
    /// What an agent is told unasked of an order as it was when this had happened. Versions before
    /// the first that tells whole orders have a form of their own for it.
    fn order_news(&self, channel: &Channel, kind: NewsKind, order: &Order) -> Arc<[u8]>;
    /// What an agent is told unasked of a plan, the same in every version.
    fn plan_news(&self, news: &PlanNews) -> Arc<[u8]>;
    /// What happened to an order after the fact with this number.
    fn order_events(
        &self,
        order: &OrderId,
        after: u64,
        events: &[Recorded<OrderEvent>],
        has_more: bool,
    ) -> Arc<[u8]>;
    /// The answer to whoever decides about this session for the shop.
    fn session_entry(&self, session: &Session) -> Answer;
    /// A page of sessions, and the one it ends with where there are more.
    fn session_entries(&self, sessions: &[Session], next: Option<&SessionPlace>) -> Arc<[u8]>;
    /// The sessions that wait for an approval.
    fn approvals(&self, sessions: &[Session]) -> Arc<[u8]>;
    /// The answer to looking at or changing this item of the shop, or its stock. The stock is left
    /// out where nobody can tell it now.
    fn item(&self, item: &CatalogItem, stock: Option<&ItemStock>) -> Answer;
    /// A page of items of the shop, and the one it ends with where there are more.
    fn items(
        &self,
        items: &[(Arc<CatalogItem>, Option<ItemStock>)],
        next: Option<&ItemId>,
    ) -> Arc<[u8]>;
    /// What an agent finds in the shop.
    fn products(&self, found: &[Goods]) -> Arc<[u8]>;
    /// The answer to a sentence.
    fn intent(&self, intent: &Intent) -> Answer;
    /// What is remembered of a conversation.
    fn conversation(&self, conversation: &Conversation) -> Arc<[u8]>;
    /// The answer to erasing a conversation.
    fn conversation_erased(&self, conversation: &ConversationId) -> Arc<[u8]>;
    /// The answer to having made this plan.
    fn plan_made(&self, plan: &Plan) -> Answer;
    /// The answer to having begun this plan, which goes on by itself.
    fn plan_begun(&self, plan: &Plan) -> Answer;
    /// The answer to looking at this plan, or to deciding about it.
    fn plan(&self, plan: &Plan) -> Answer;
    /// A page of plans, and the one it ends with where there are more.
    fn plans(&self, plans: &[Plan], next: Option<&PlanPlace>) -> Arc<[u8]>;
    /// Reads once more what a checkout is to be completed with, as it came.
    ///
    /// # Errors
    /// The body is none.
    fn read_completion(&self, channel: &Channel, body: &[u8]) -> Result<CompleteSession, Fault>;
    /// What names what a plan wants and comes to, so that another one has another name.
    fn plan_digest(&self, plan: &Plan) -> PlanDigest;
    /// The answer to giving this mandate.
    fn mandate_given(&self, mandate: &Mandate) -> Answer;
    /// The answer to looking at, changing or revoking this mandate.
    fn mandate(&self, mandate: &Mandate) -> Answer;
    /// A page of mandates, and the one it ends with where there are more.
    fn mandates(&self, mandates: &[Mandate], next: Option<&MandateId>) -> Arc<[u8]>;
    /// What was taken from this mandate, and what is left of it.
    fn mandate_ledger(&self, mandate: &Mandate, ledger: &Ledger, left: &Left) -> Arc<[u8]>;
    /// The answer to whoever handed a card over: what pays in its place, with what was sent along
    /// and the key it was sent with.
    fn delegated(
        &self,
        token: &VaultToken,
        metadata: &[(Box<str>, Box<str>)],
        key: Option<&str>,
    ) -> Answer;
    /// The answer to whoever has an authentication begun.
    fn authentication_begun(&self, authentication: &Authentication) -> Answer;
    /// The answer to whoever has the issuer asked.
    fn authenticated(&self, id: &AuthenticationId, standing: &Standing) -> Answer;
    /// The answer that says no.
    fn refused(&self, channel: &Channel, refusal: &Refusal) -> Answer;
}
