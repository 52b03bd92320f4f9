use super::draft::PlanDraft;
use super::issue::Issue;
use super::outline::Line;
use super::question::Question;
use super::standing::{PlanStatus, StopReason};
use super::step::{Step, StepKind, StepStatus};
use super::timeline::{Moment, MomentKind};
use crate::ids::{CartId, ItemId, MandateId, OrderId, PlanId, SessionId};
use crate::limits::{PLAN_KEPT, PLAN_MOMENTS_MAX};
use crate::mandate::{Approval, PlanDigest};
use crate::money::{Currency, Money};
use crate::ports::Channel;
use crate::pricing::TotalRow;
use crate::principal::{Principal, Provenance, Scope, Tier};
use crate::run::Standing;
use crate::session::{Buyer, Contact, Owner, Selection, Session};
use crate::time::Timestamp;

/// How much a plan may do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing: it is only looked at.
    Preview,
    /// Everything but paying, which a person says yes to.
    Assisted,
    /// Everything a mandate covers.
    Autopilot,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Preview, Self::Assisted, Self::Autopilot];

    /// The word it goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Assisted => "assisted",
            Self::Autopilot => "autopilot",
        }
    }
}

/// Who made a plan of what was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Planner {
    /// The parser of this program.
    Rules,
    /// A language model.
    Model,
    /// Whoever asked: the actions came as data.
    Client,
}

impl Planner {
    /// The word it goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Model => "llm",
            Self::Client => "client",
        }
    }
}

/// What a plan begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// An empty basket.
    #[default]
    Nothing,
    /// What is in a cart.
    Cart(CartId),
    /// What is in a checkout that is open.
    Session(SessionId),
}

/// What somebody wants done. It says what and for whom, and nothing about what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanWish {
    /// What to do.
    pub draft: PlanDraft,
    /// To what.
    pub basis: Basis,
    /// How much of it without asking.
    pub mode: Mode,
    /// The mandate it is paid under.
    pub mandate: Option<MandateId>,
    /// Who buys.
    pub buyer: Option<Buyer>,
    /// Who receives it, and where.
    pub contact: Option<Contact>,
    /// The conversation it came of.
    pub conversation: Option<Box<str>>,
    /// Who made a plan of it.
    pub planner: Planner,
}

/// A line of the basket, as the plan will have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedLine {
    /// What, and how many.
    pub line: Line,
    /// What it is called.
    pub title: Box<str>,
    /// What one costs.
    pub unit_price: Money,
    /// What the shopper wanted first, where that is gone.
    pub instead_of: Option<ItemId>,
    /// What to take where it is gone as well.
    pub fallbacks: Vec<ItemId>,
}

/// What a wish comes to: the part of a plan that an approval is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanTerms {
    /// What the basket held.
    pub before: Vec<Line>,
    /// What it will hold.
    pub lines: Vec<PlannedLine>,
    /// The codes that are used.
    pub codes: Vec<Box<str>>,
    /// How it gets there.
    pub selections: Vec<Selection>,
    /// Who buys.
    pub buyer: Option<Buyer>,
    /// Where it goes.
    pub contact: Option<Contact>,
    /// What it costs, row by row, where that could be worked out.
    pub rows: Vec<TotalRow>,
    /// What it costs in all.
    pub total: Option<Money>,
    /// The most it may cost, by the words of the shopper.
    pub total_max: Option<Money>,
    /// The version of the mandate that was looked at.
    pub mandate_version: Option<u32>,
    /// Whether it is paid for.
    pub pays: bool,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// What stands in the way.
    pub issues: Vec<Issue>,
    /// What has to be said first.
    pub questions: Vec<Question>,
}

/// What a plan has made so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The cart it works on.
    pub cart: Option<CartId>,
    /// The checkout.
    pub session: Option<SessionId>,
    /// The order.
    pub order: Option<OrderId>,
}

/// What the run of a plan is at: the last thing written down before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// About to put the lines into the cart.
    ApplyingCart,
    /// About to open the checkout, or to change the one that is there.
    OpeningSession,
    /// About to choose the delivery and to look at the price once more.
    SelectingDelivery,
    /// About to take the money from the mandate and to have the checkout paid for.
    Paying,
    /// The order is placed; about to see that it stays.
    Settling,
    /// About to give everything back and to plan anew.
    Replanning(StopReason),
    /// About to give everything back.
    TurningBack(StopReason),
}

/// The journal of a plan under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRun {
    /// Whose it is, and how it fares.
    pub standing: Standing,
    /// Where it is.
    pub at: At,
    /// Until when it must have begun to pay.
    pub deadline: Timestamp,
    /// What pays, sealed; empty where nothing is paid for, and once it is not needed.
    pub sealed_request: Vec<u8>,
    /// How often it was planned anew.
    pub replans: u32,
    /// Whether somebody wants it to stop.
    pub is_canceled: bool,
}

/// A plan: what is wanted, what that comes to, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// How often its terms were worked out.
    pub version: u32,
    /// Whose it is.
    pub owner: Owner,
    /// Who asked for it, and how that was proven.
    pub provenance: Provenance,
    /// How it is spoken of to whoever keeps sessions and carts.
    pub channel: Channel,
    /// What is wanted.
    pub wish: PlanWish,
    /// What that comes to.
    pub terms: PlanTerms,
    /// What names wish and terms together.
    pub digest: PlanDigest,
    /// Where it stands.
    pub status: PlanStatus,
    /// Why it stopped, where it did.
    pub reason: Option<StopReason>,
    /// The yes of a person.
    pub approval: Option<Approval>,
    /// The mandate that was given for this plan alone, where it named none.
    pub own_mandate: Option<MandateId>,
    /// What it has made.
    pub made: Made,
    /// Its run, while it is under way.
    pub run: Option<PlanRun>,
    /// What happened, oldest first.
    pub timeline: Vec<Moment>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// From then on it is no good, or is forgotten.
    pub expires_at: Timestamp,
}

impl Plan {
    /// The caller who asked for it, as whom everything is done. What it may do was looked at when
    /// it asked.
    pub fn principal(&self) -> Principal {
        Principal {
            tenant: self.owner.tenant.clone(),
            agent: self.owner.agent.clone(),
            proofs: self.provenance.proofs.clone(),
            tier: Tier::Token,
            scope: Scope::Agent,
            habits: self.channel.habits,
        }
    }

    /// The key under which a step is asked for. It is the same however often the step is tried,
    /// and another one for other terms.
    pub fn key_of(&self, step: StepKind) -> Box<str> {
        format!("{}/{}/{}", self.id, self.version, step.name()).into()
    }

    /// The mandate it is paid under: the one it names, or its own.
    pub fn mandate(&self) -> Option<&MandateId> {
        self.wish.mandate.as_ref().or(self.own_mandate.as_ref())
    }

    /// Whether it has a step of this kind.
    pub fn has(&self, kind: StepKind) -> bool {
        self.terms.steps.iter().any(|step| step.kind == kind)
    }

    /// In which currency it pays.
    pub fn currency(&self) -> Option<Currency> {
        self.terms.total.map(Money::currency)
    }

    /// Writes down that something happened; what is too long ago is left out.
    pub fn note(
        &mut self,
        at: Timestamp,
        kind: MomentKind,
        step: Option<StepKind>,
        say: impl Into<Box<str>>,
    ) {
        let seq = self.last_seq().saturating_add(1);
        self.timeline.push(Moment { seq, at, kind, step, say: say.into() });
        let surplus = self.timeline.len().saturating_sub(PLAN_MOMENTS_MAX);
        self.timeline.drain(..surplus);
        self.changed_at = at;
    }

    /// The number of the last thing that happened.
    pub fn last_seq(&self) -> u32 {
        self.timeline.last().map_or(0, |last| last.seq)
    }

    /// Takes up what somebody else wrote down meanwhile: what happened after the moment with this
    /// number comes behind that.
    pub fn come_after(&mut self, written: &[Moment], known: u32) {
        let ours = self.timeline.iter().filter(|moment| moment.seq > known).cloned();
        let ours: Vec<Moment> = ours.collect();
        let changed_at = self.changed_at;
        self.timeline = written.to_vec();
        for Moment { at, kind, step, say, .. } in ours {
            self.note(at, kind, step, say);
        }
        self.changed_at = changed_at;
    }

    /// Says how far a step is; one the plan does not have is none.
    pub fn mark(&mut self, kind: StepKind, status: StepStatus) {
        for step in self.terms.steps.iter_mut().filter(|step| step.kind == kind) {
            step.status = status;
        }
    }

    /// What is at work is not any more, and what was done is taken back.
    pub fn mark_taken_back(&mut self) {
        for step in &mut self.terms.steps {
            step.status = match step.status {
                StepStatus::Succeeded if step.kind.compensation().is_some() => {
                    StepStatus::Compensated
                }
                StepStatus::Running => StepStatus::Failed,
                StepStatus::Pending => StepStatus::Skipped,
                other @ (StepStatus::Succeeded
                | StepStatus::Failed
                | StepStatus::Compensated
                | StepStatus::Skipped) => other,
            };
        }
    }

    /// Whether a checkout is what somebody has looked at: the goods, who gets them, and no more to
    /// pay; just as much, where a person said yes to that.
    pub fn is_as_planned(&self, session: &Session, total: Money) -> bool {
        let (terms, basket) = (&self.terms, &session.basket);
        let lines = terms.lines.iter().map(|it| (&it.line.item, it.line.quantity));
        let wanted = basket.wanted.iter().map(|it| (&it.item, it.quantity.get()));
        let is_dearer = terms.total.is_none_or(|planned| {
            planned.currency() != total.currency() || total.minor() > planned.minor()
        });
        let is_approved = self.approval.as_ref().is_none_or(|approval| approval.total == total);
        let is_chosen = terms.selections.is_empty()
            || basket.selections.as_deref() == Some(&terms.selections[..]);
        lines.eq(wanted)
            && basket.codes == terms.codes
            && basket.buyer.as_deref() == terms.buyer.as_ref()
            && basket.contact.as_deref() == terms.contact.as_ref()
            && is_chosen
            && is_approved
            && !is_dearer
    }

    /// Ends it as it should.
    pub fn complete(&mut self, say: impl Into<Box<str>>, at: Timestamp) {
        self.end(PlanStatus::Completed, at);
        self.note(at, MomentKind::Completed, None, say);
    }

    /// Ends it because of this.
    pub fn stop(&mut self, reason: StopReason, at: Timestamp) {
        self.end(reason.ends_in(), at);
        self.reason = Some(reason);
        let kind = match self.status {
            PlanStatus::Blocked => MomentKind::Blocked,
            PlanStatus::Canceled => MomentKind::Canceled,
            PlanStatus::NeedsInput
            | PlanStatus::NeedsApproval
            | PlanStatus::Ready
            | PlanStatus::Running
            | PlanStatus::Completed
            | PlanStatus::Failed
            | PlanStatus::Expired => MomentKind::Failed,
        };
        self.note(at, kind, None, reason.say());
    }

    /// Ends it because nobody began it in time.
    pub fn expire(&mut self, at: Timestamp) {
        self.end(PlanStatus::Expired, at);
        self.note(at, MomentKind::Expired, None, "Nobody began it in time.");
    }

    /// A plan that is over has no run, is kept for a while, and forgets whom it was for: nobody has
    /// to know that any more.
    fn end(&mut self, status: PlanStatus, at: Timestamp) {
        self.status = status;
        self.run = None;
        self.expires_at = at.plus(PLAN_KEPT);
        (self.wish.buyer, self.wish.contact) = (None, None);
        (self.terms.buyer, self.terms.contact) = (None, None);
        self.wish.draft = self.wish.draft.without_addresses();
    }

    /// Whether it is good no more although nobody has written that down yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.expires_at <= now && self.run.is_none() && !self.status.is_over()
    }
}
