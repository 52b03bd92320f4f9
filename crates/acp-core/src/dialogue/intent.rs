use std::sync::Arc;

use crate::catalog::CatalogItem;
use crate::ids::{CartId, ConversationId, IntentId, ItemId, MandateId, OrderId, SessionId};
use crate::plan::{Count, Issue, IssueKind, Mode, Plan, PlanDraft, Planner, Question};
use crate::session::{Buyer, Contact};
use crate::stock::Availability;
use crate::time::Timestamp;

/// One of the things a question offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Which.
    pub item: ItemId,
    /// How many; as many as were asked for, where nobody says.
    pub quantity: Option<Count>,
}

/// Asks what a sentence means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understand {
    /// The sentence; empty where something is chosen instead.
    pub text: Box<str>,
    /// What is chosen of what a question offered, in the place of a sentence.
    pub choice: Option<Chosen>,
    /// Who is to understand it: the rules alone, or a model as well; where nobody says, a model is
    /// asked where the rules do not get far.
    pub planner: Option<Planner>,
    /// The conversation it belongs to; a new one where there is none.
    pub conversation: Option<ConversationId>,
    /// The cart that is spoken of.
    pub cart: Option<CartId>,
    /// The checkout session that is spoken of.
    pub session: Option<SessionId>,
    /// The mandate things are bought by.
    pub mandate: Option<MandateId>,
    /// Orders of the shopper's, oldest first: an agent buys for many, and only it knows whose is
    /// which.
    pub orders: Vec<OrderId>,
    /// How much of it is done without asking; as far as a mandate goes, where it is not said.
    pub mode: Option<Mode>,
    /// Who buys.
    pub buyer: Option<Buyer>,
    /// Who receives it, and where.
    pub contact: Option<Contact>,
    /// Whether the plan that comes of it is begun at once, where nobody has to be asked.
    pub is_executed: bool,
    /// What pays then, as it came.
    pub payment: Option<Arc<[u8]>>,
}

/// The language a sentence is in, as far as that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The one that is read.
    English,
    /// Any other.
    Other,
}

/// A stretch of a sentence that was read for goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Where it begins, in bytes of the text.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The words of the catalogue in it, in the spelling they are compared in.
    pub matched: Vec<String>,
    /// The words nothing is called by.
    pub unmatched: Vec<String>,
}

/// Goods that are spoken of, as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goods {
    /// What they are.
    pub item: Arc<CatalogItem>,
    /// How many there are, as far as anybody looked.
    pub available: Availability,
}

/// Where it stands with a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There is something to do, and nothing in the way of it.
    Ready,
    /// Somebody has to say something first. What is clear is planned all the same.
    NeedsInput,
    /// It asks for what words cannot give.
    Refused,
    /// There is nothing to do.
    NothingToDo,
}

/// How sure it is that this is what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sureness {
    /// Every word was read, and nothing is open.
    High,
    /// Something is open, or some words were passed over.
    Medium,
    /// It was not understood.
    Low,
}

/// What a sentence comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its id.
    pub id: IntentId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// When it was said.
    pub at: Timestamp,
    /// Until when its questions can be answered.
    pub expires_at: Timestamp,
    /// The language it is in.
    pub language: Language,
    /// What was read for goods. Places are in characters.
    pub spoken: Vec<Spoken>,
    /// What to do. What waits for an answer is not in it.
    pub draft: PlanDraft,
    /// What has to be asked first, the most valuable first.
    pub questions: Vec<Question>,
    /// What could not be planned.
    pub issues: Vec<Issue>,
    /// The share of words that were understood, in percent.
    pub coverage: u32,
    /// The goods all of it speaks of.
    pub goods: Vec<Goods>,
    /// The plan that came of it, or the one it is about.
    pub plan: Option<Plan>,
    /// Who understood it.
    pub planner: Planner,
}

impl Intent {
    /// Where it stands.
    pub fn status(&self) -> Status {
        let has = |kind: IssueKind| self.issues.iter().any(|issue| issue.kind == kind);
        if has(IssueKind::Refused) {
            Status::Refused
        } else if !self.issues.is_empty() || !self.questions.is_empty() {
            Status::NeedsInput
        } else if self.draft.is_empty() {
            Status::NothingToDo
        } else {
            Status::Ready
        }
    }

    /// How sure it is that this is what was meant.
    pub fn sureness(&self) -> Sureness {
        let is_lost = |issue: &Issue| {
            matches!(
                issue.kind,
                IssueKind::NotUnderstood | IssueKind::LanguageUnsupported | IssueKind::Refused
            )
        };
        if self.issues.iter().any(is_lost) {
            Sureness::Low
        } else if self.questions.is_empty() && self.issues.is_empty() && self.coverage >= 100 {
            Sureness::High
        } else {
            Sureness::Medium
        }
    }
}
