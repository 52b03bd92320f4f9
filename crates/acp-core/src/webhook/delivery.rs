use std::fmt;
use std::time::Duration;

use super::topic::Topic;
use crate::ids::{EndpointId, Random128};
use crate::limits::{WEBHOOK_ATTEMPTS_KEPT_MAX, WEBHOOK_REFUSALS_MAX};
use crate::run::{Lease, Standing, Trouble};
use crate::session::Owner;
use crate::time::Timestamp;

/// The news of one order or plan on their way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryId {
    /// The order or the plan.
    pub about: Topic,
    /// The endpoint.
    pub endpoint: EndpointId,
}

impl DeliveryId {
    /// Reads what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (about, endpoint) = text.split_once('/')?;
        Some(Self { about: Topic::parse(about)?, endpoint: EndpointId::parse(endpoint).ok()? })
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.about, self.endpoint)
    }
}

/// Why a delivery does not go on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeldBack {
    /// The endpoint is paused.
    Paused,
    /// It was tried for as long as it is tried.
    Expired,
    /// The endpoint refused it, again and again.
    Refused,
}

/// Whether there is something to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// No: everything is.
    Told,
    /// Yes, and somebody is at it, or will be.
    Due,
    /// Yes, and it waits for somebody to want it.
    Held(HeldBack),
}

/// Why nobody heard of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unheard {
    /// The name of the host stands for an address that is not public.
    NotPublic,
    /// There is no connection.
    Unreachable,
    /// There was no answer in time.
    TooSlow,
    /// The answer was no answer.
    Unreadable,
}

impl Unheard {
    /// It in a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotPublic => "not_public",
            Self::Unreachable => "unreachable",
            Self::TooSlow => "too_slow",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptEnd {
    /// It was answered with this status.
    Answered(u16),
    /// It was not answered.
    Unheard(Unheard),
}

impl AttemptEnd {
    /// Whether it was heard.
    pub const fn is_heard(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// Whether nobody is there any more, and wants to be left alone.
    pub const fn is_gone(self) -> bool {
        matches!(self, Self::Answered(410))
    }

    /// Whether the same will be answered in the same way, as far as anybody knows.
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Answered(400..=499))
            && !matches!(self, Self::Answered(408 | 425 | 429))
    }
}

/// One attempt to tell something: what was said is not kept, nor what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What was told.
    pub number: u64,
    /// The same in every attempt.
    pub event: Random128,
    /// How it ended.
    pub end: AttemptEnd,
    /// How long it took.
    pub took: Duration,
}

/// How far an endpoint was told of an order or a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What it is about.
    pub id: DeliveryId,
    /// Whose endpoint it is.
    pub owner: Owner,
    /// Who is at work on it; of one that rests, until when.
    pub standing: Standing,
    /// Whether there is something to be told.
    pub state: DeliveryState,
    /// What happened up to this number is told, or not wanted.
    pub told: u64,
    /// Up to this number it is known that something happened.
    pub known: u64,
    /// Since when what comes next is told in vain.
    pub failing_since: Option<Timestamp>,
    /// How often it was refused.
    pub refusals: u32,
    /// For how long it rested last.
    pub rested: Duration,
    /// The last attempts, the latest in front.
    pub attempts: Vec<Attempt>,
}

impl Delivery {
    /// One that nobody is at work on, about something of which so much need not be told.
    pub fn begun(id: DeliveryId, owner: Owner, told: u64, standing: Standing) -> Self {
        Self {
            id,
            owner,
            standing,
            state: DeliveryState::Told,
            told,
            known: told,
            failing_since: None,
            refusals: 0,
            rested: Duration::ZERO,
            attempts: Vec::new(),
        }
    }

    /// With news up to this number. One that is told everything, or was given up because it took
    /// too long, goes on; what the endpoint refused again and again is passed over, so that it
    /// hears of what came after it.
    #[must_use]
    pub fn with_news(mut self, known: u64, due: Lease) -> Self {
        let before = self.known;
        self.known = self.known.max(known);
        match self.state {
            DeliveryState::Told | DeliveryState::Held(HeldBack::Expired) => self.wanted_anew(due),
            DeliveryState::Held(HeldBack::Refused) if self.known > before => {
                self.told = self.told.max(before);
                self.wanted_anew(due)
            }
            DeliveryState::Due | DeliveryState::Held(HeldBack::Paused | HeldBack::Refused) => self,
        }
    }

    /// Tried anew, as if it had never been: somebody wants it, or something new is to be told.
    /// Whoever was at work on it before writes nothing any more.
    #[must_use]
    pub fn wanted_anew(self, due: Lease) -> Self {
        if self.told >= self.known {
            return Self { state: DeliveryState::Told, ..self };
        }
        let standing = Standing { lease: due, tries: 0, trouble: None, ..self.standing };
        Self { standing, state: DeliveryState::Due, ..self.afresh() }
    }

    /// After something was told, or is not to be told.
    #[must_use]
    pub fn after(self, number: u64, lease: Lease) -> Self {
        let standing = self.standing.at_work(lease);
        let known = self.known.max(number);
        Self { told: number, known, standing, ..self.afresh() }
    }

    /// With nothing more to be told, as far as is known.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { state: DeliveryState::Told, ..self.afresh() }
    }

    /// Kept back until somebody wants it.
    #[must_use]
    pub fn held(self, why: HeldBack) -> Self {
        Self { state: DeliveryState::Held(why), ..self }
    }

    /// After an attempt in vain: it rests, or is given up after `patience`.
    #[must_use]
    pub fn after_failure(
        mut self,
        end: AttemptEnd,
        now: Timestamp,
        rest: Duration,
        patience: Duration,
    ) -> Self {
        let since = *self.failing_since.get_or_insert(now);
        if end.is_gone() {
            return self.held(HeldBack::Paused);
        }
        if end.is_refusal() {
            self.refusals = self.refusals.saturating_add(1);
            if self.refusals >= WEBHOOK_REFUSALS_MAX {
                return self.held(HeldBack::Refused);
            }
        }
        if now.since(since) >= patience {
            return self.held(HeldBack::Expired);
        }
        self.rested = rest;
        self.resting(now.plus(rest), Trouble::Unreachable)
    }

    /// At rest until then.
    #[must_use]
    pub fn resting(mut self, until: Timestamp, trouble: Trouble) -> Self {
        self.standing.lease.until = until;
        self.standing.tries = self.standing.tries.saturating_add(1);
        self.standing.trouble = Some(trouble);
        self
    }

    /// With an attempt in its log, which remembers the last ones.
    #[must_use]
    pub fn noting(mut self, attempt: Attempt) -> Self {
        self.attempts.insert(0, attempt);
        self.attempts.truncate(WEBHOOK_ATTEMPTS_KEPT_MAX);
        self
    }

    fn afresh(self) -> Self {
        Self { failing_since: None, refusals: 0, rested: Duration::ZERO, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AgentId, OrderId, Partition, PlanId, TenantId};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_000_000);
    const DUE: Lease = Lease { until: NOW, epoch: 1 };
    const PATIENCE: Duration = Duration::from_hours(72);
    const REST: Duration = Duration::from_secs(5);

    fn delivery() -> Delivery {
        let partition = Partition::new(1).unwrap();
        let id = DeliveryId {
            about: OrderId::new(partition, Random128([1; 16])).into(),
            endpoint: EndpointId::new(Random128([2; 16])),
        };
        let owner = Owner { tenant: TenantId::new("shop"), agent: AgentId::new("agent") };
        Delivery::begun(id, owner, 0, Standing::begun(Random128([3; 16]), DUE))
    }

    #[test]
    fn the_name_of_a_delivery_is_read_back() {
        let id = delivery().id;
        assert_eq!(DeliveryId::parse(&id.to_string()), Some(id.clone()));
        assert_eq!(DeliveryId::parse(id.about.as_str()), None);
        assert_eq!(DeliveryId::parse(&format!("{}/x", id.about)), None);
        let plan = PlanId::new(id.about.partition(), Random128([4; 16]));
        let of_plan = DeliveryId { about: plan.into(), ..id };
        assert_eq!(DeliveryId::parse(&of_plan.to_string()), Some(of_plan));
    }

    #[test]
    fn news_make_a_delivery_due_until_everything_is_told() {
        let due = delivery().with_news(2, DUE);
        assert_eq!((due.state, due.told, due.known), (DeliveryState::Due, 0, 2));
        let one = due.after(1, DUE);
        assert_eq!((one.state, one.told), (DeliveryState::Due, 1));
        let all = one.after(2, DUE).ended();
        assert_eq!(all.state, DeliveryState::Told);
        assert_eq!(all.clone().with_news(2, DUE).state, DeliveryState::Told, "nothing is new");
        assert_eq!(all.with_news(3, DUE).state, DeliveryState::Due);
    }

    #[test]
    fn what_nobody_hears_rests_and_is_given_up_after_a_while() {
        let down = AttemptEnd::Unheard(Unheard::Unreachable);
        let failing = delivery().with_news(1, DUE).after_failure(down, NOW, REST, PATIENCE);
        assert_eq!(failing.state, DeliveryState::Due);
        assert_eq!(failing.standing.lease.until, NOW.plus(REST));
        let late = NOW.plus(PATIENCE);
        let given_up = failing.clone().after_failure(down, late, REST, PATIENCE);
        assert_eq!(given_up.state, DeliveryState::Held(HeldBack::Expired));
        let revived = given_up.with_news(2, DUE);
        assert_eq!((revived.state, revived.told), (DeliveryState::Due, 0), "nothing is left out");
        assert_eq!(revived.failing_since, None);
        assert_eq!(failing.after(1, DUE).failing_since, None);
    }

    #[test]
    fn what_is_refused_again_and_again_does_not_stand_in_the_way() {
        let no = AttemptEnd::Answered(400);
        let mut refused = delivery().with_news(1, DUE);
        for number in 1..=WEBHOOK_REFUSALS_MAX {
            assert_eq!(refused.state, DeliveryState::Due, "before refusal {number}");
            refused = refused.after_failure(no, NOW, REST, PATIENCE);
        }
        assert_eq!(refused.state, DeliveryState::Held(HeldBack::Refused));
        let replayed = refused.clone().wanted_anew(DUE);
        assert_eq!((replayed.state, replayed.told), (DeliveryState::Due, 0));
        assert_eq!(refused.clone().with_news(1, DUE).state, refused.state, "nothing is new");
        let next = refused.with_news(2, DUE);
        assert_eq!((next.state, next.told), (DeliveryState::Due, 1));
    }

    #[test]
    fn who_is_gone_is_left_alone_until_somebody_wants_it() {
        let gone = AttemptEnd::Answered(410);
        let held = delivery().with_news(1, DUE).after_failure(gone, NOW, REST, PATIENCE);
        assert_eq!(held.state, DeliveryState::Held(HeldBack::Paused));
        let more = held.with_news(2, DUE);
        assert_eq!(more.state, DeliveryState::Held(HeldBack::Paused));
        assert_eq!(more.wanted_anew(DUE).state, DeliveryState::Due);
    }

    #[test]
    fn patience_is_asked_for_without_a_refusal() {
        for (status, is_refusal) in
            [(200, false), (301, false), (400, true), (401, true), (408, false), (429, false)]
        {
            assert_eq!(AttemptEnd::Answered(status).is_refusal(), is_refusal, "{status}");
        }
        assert!(!AttemptEnd::Answered(503).is_refusal() && !AttemptEnd::Answered(302).is_heard());
    }

    #[test]
    fn the_log_of_a_delivery_is_short() {
        let mut delivery = delivery();
        for number in 0..100 {
            delivery = delivery.noting(Attempt {
                at: NOW,
                number,
                event: Random128([0; 16]),
                end: AttemptEnd::Answered(200),
                took: REST,
            });
        }
        assert_eq!(delivery.attempts.len(), WEBHOOK_ATTEMPTS_KEPT_MAX);
        assert_eq!(delivery.attempts[0].number, 99, "the latest in front");
    }
}
