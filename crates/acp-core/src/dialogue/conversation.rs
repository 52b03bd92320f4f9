use crate::ids::{CartId, ConversationId, IntentId, ItemId, MandateId, OrderId, PlanId, SessionId};
use crate::limits::{
    CODES_MAX, CONVERSATION_LIFE, CONVERSATION_ORDERS_MAX, CONVERSATION_TURNS_KEPT,
    PLAN_RESULTS_MAX, SALIENCE_MAX,
};
use crate::plan::{Count, IssueKind, Operation as PlanOperation, Slot};
use crate::ports::{AnswerKey, Deed, Operation, Subject, Turn as Told};
use crate::session::{Owner, Wanted};
use crate::time::Timestamp;

/// What an answer to an open question does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Puts it into the cart.
    Add,
    /// Takes it out.
    Remove(Option<Count>),
    /// Sets how many there are.
    Set(Count),
    /// Puts it in the place of this.
    Replace(ItemId),
}

/// A question that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What was missing.
    pub slot: Slot,
    /// What happens with the answer.
    pub purpose: Purpose,
    /// How many were asked for.
    pub quantity: Count,
    /// Whether somebody said how many.
    pub is_counted: bool,
    /// What there is to choose from.
    pub candidates: Vec<ItemId>,
}

/// What is kept of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What it came to.
    pub intent: IntentId,
    /// When it was said.
    pub at: Timestamp,
    /// The words of what it wants done.
    pub operations: Vec<Box<str>>,
    /// The words of what stood in the way.
    pub issues: Vec<Box<str>>,
    /// The caller's key, under which the answer is kept, too.
    pub key: Option<Box<str>>,
    /// Whether the conversation began with it.
    pub is_first: bool,
    /// The sentence, where the shop keeps them, without what tells who somebody is.
    pub text: Option<Box<str>>,
    /// What was done to which goods: what a model may hear of it.
    pub deeds: Vec<Deed>,
    /// What was asked back.
    pub asked: Option<Slot>,
}

impl Turn {
    /// What a model is told of it, which is none of its words.
    pub fn told(&self) -> Told {
        let issues = self.issues.iter().filter_map(|name| IssueKind::named(name));
        Told { deeds: self.deeds.clone(), asked: self.asked, issues: issues.collect() }
    }
}

/// A conversation, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whose it is.
    pub owner: Owner,
    /// The cart that is spoken of.
    pub cart: Option<CartId>,
    /// The checkout session that is spoken of; it goes before the cart.
    pub session: Option<SessionId>,
    /// The mandate things are bought by.
    pub mandate: Option<MandateId>,
    /// The plan under way.
    pub plan: Option<PlanId>,
    /// What would be in the cart, where neither cart nor session was ever named: what the
    /// sentences so far come to.
    pub basket: Vec<Wanted>,
    /// What was said once for the checkout to come: codes, where it goes, and how it gets there.
    pub wishes: Vec<PlanOperation>,
    /// The shopper's orders, oldest first.
    pub orders: Vec<OrderId>,
    /// Items that were spoken of, latest first.
    pub salience: Vec<ItemId>,
    /// How many of them were spoken of in the last sentence.
    pub latest: u32,
    /// What the last search found, in the order it was shown.
    pub results: Vec<ItemId>,
    /// A question that waits.
    pub open: Option<Open>,
    /// How many sentences there were.
    pub turns: u32,
    /// The last ones, oldest first.
    pub last: Vec<Turn>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When something was said last.
    pub changed_at: Timestamp,
    /// When it is forgotten, unless something is said before.
    pub expires_at: Timestamp,
}

impl Conversation {
    /// A conversation in which nothing was said yet.
    pub fn begin(id: ConversationId, owner: Owner, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            cart: None,
            session: None,
            mandate: None,
            plan: None,
            basket: Vec::new(),
            wishes: Vec::new(),
            orders: Vec::new(),
            salience: Vec::new(),
            latest: 0,
            results: Vec::new(),
            open: None,
            turns: 0,
            last: Vec::new(),
            opened_at: now,
            changed_at: now,
            expires_at: now.plus(CONVERSATION_LIFE),
        }
    }

    /// Takes note of what is said for the checkout to come. What was said of the same before is
    /// not meant any more.
    pub fn note_wish(&mut self, wish: &PlanOperation) {
        let is_same_kind = |known: &PlanOperation| match (known, wish) {
            (
                PlanOperation::ApplyDiscount { code: known, .. },
                PlanOperation::ApplyDiscount { code, .. }
                | PlanOperation::RemoveDiscount { code: Some(code) },
            ) => known == code,
            (PlanOperation::ApplyDiscount { .. }, PlanOperation::RemoveDiscount { code: None })
            | (PlanOperation::SetAddress(_), PlanOperation::SetAddress(_))
            | (PlanOperation::SetDelivery(_), PlanOperation::SetDelivery(_)) => true,
            _ => false,
        };
        self.wishes.retain(|known| !is_same_kind(known));
        let is_kept = matches!(
            wish,
            PlanOperation::ApplyDiscount { .. }
                | PlanOperation::SetAddress(_)
                | PlanOperation::SetDelivery(_)
        );
        if is_kept && self.wishes.len() < CODES_MAX {
            self.wishes.push(wish.clone());
        }
    }

    /// What was spoken of is ordered: the next sentence begins anew.
    pub fn begin_anew(&mut self) {
        (self.session, self.cart, self.plan) = (None, None, None);
        self.basket.clear();
        self.wishes.clear();
    }

    /// Whether its time is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Takes note of an order of the shopper's. Of too many the oldest are not spoken of any more.
    pub fn note_order(&mut self, order: OrderId) {
        self.orders.retain(|known| *known != order);
        self.orders.push(order);
        let beyond = self.orders.len().saturating_sub(CONVERSATION_ORDERS_MAX);
        self.orders.drain(..beyond);
    }

    /// Takes note of a sentence. It has its whole time anew.
    pub fn note(&mut self, turn: Turn) {
        self.changed_at = turn.at;
        self.expires_at = turn.at.plus(CONVERSATION_LIFE);
        self.turns = self.turns.saturating_add(1);
        self.last.push(turn);
        let beyond = self.last.len().saturating_sub(CONVERSATION_TURNS_KEPT);
        self.last.drain(..beyond);
        self.salience.truncate(SALIENCE_MAX);
        self.results.truncate(PLAN_RESULTS_MAX);
    }

    /// Under which keys answers of it are kept: what has to go when it is erased.
    pub fn keys(&self) -> Vec<AnswerKey> {
        let key = |turn: &Turn| {
            let about = (!turn.is_first).then(|| Subject::Conversation(self.id.clone()));
            let (owner, operation) = (self.owner.clone(), Operation::Understand);
            Some(AnswerKey { owner, operation, about, key: turn.key.clone()? })
        };
        self.last.iter().filter_map(key).collect()
    }
}
