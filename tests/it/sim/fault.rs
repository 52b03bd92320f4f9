//! What can go wrong with a call, and which call it goes wrong with.

use std::time::Duration;

use tokio::time::Instant;

use super::dice::Dice;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The store, to write.
    Commit,
    /// The store, to read.
    Read,
    /// The payment provider.
    Provider,
    /// The inventory of the merchant's.
    Inventory,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The gateway dies before the call takes effect.
    CrashBefore,
    /// The gateway dies after the call took effect, before it hears of it.
    CrashAfter,
    /// The call never arrives, and nobody knows.
    RequestLost,
    /// The call takes effect, and nobody knows.
    ResponseLost,
    /// Nobody hears of the call any more, and then it takes effect.
    Late(Duration),
    /// The call is answered, and later it arrives once more.
    Duplicate(Duration),
    /// The call takes effect after longer than any lease, and then it is answered.
    SlowRequest(Duration),
    /// The call takes effect, and is answered after longer than any lease.
    SlowAnswer(Duration),
    /// The call cannot be sent, and everybody knows.
    Unreached,
    /// The provider asks for patience.
    Throttled,
    /// The provider is still at work on an earlier call.
    InFlight,
    /// The one who calls stands still for longer than any lease, and then goes on.
    Pause(Duration),
    /// Every gateway dies after the call took effect, and none starts for so long.
    Gone(Duration),
}

/// The kinds of faults a call is broken with one after the other.
pub(super) const KINDS: [&str; 8] = [
    "crash before",
    "crash after",
    "request lost",
    "response lost",
    "late",
    "duplicate",
    "slow request",
    "slow answer",
];

impl Fault {
    /// The fault of this kind, with spans the dice say.
    pub(super) fn of_kind(kind: usize, dice: &mut Dice) -> Self {
        // While the same run is at work, or long after.
        let late = if dice.chance(50) { dice.ms(1, 60) } else { dice.ms(1, 45_000) };
        let past_the_lease = dice.ms(30_500, 48_000);
        match kind {
            0 => Self::CrashBefore,
            1 => Self::CrashAfter,
            2 => Self::RequestLost,
            3 => Self::ResponseLost,
            4 => Self::Late(late),
            5 => Self::Duplicate(late),
            6 => Self::SlowRequest(past_the_lease),
            _ => Self::SlowAnswer(past_the_lease),
        }
    }

    /// How much longer everything may take because of it.
    pub(super) const fn delay(self) -> Duration {
        match self {
            Self::Gone(span) => span,
            _ => Duration::ZERO,
        }
    }

    /// Any fault at all.
    pub(super) fn any(dice: &mut Dice) -> Self {
        match dice.below(14) {
            8 => Self::Unreached,
            9 => Self::Throttled,
            10 => Self::InFlight,
            11 => Self::Pause(dice.ms(30_500, 65_000)),
            12 => Self::CrashAfter,
            13 => Self::ResponseLost,
            kind => Self::of_kind(kind, dice),
        }
    }

    /// The fault as it comes about at a place: what only reads has nothing to repeat, and only a
    /// provider asks for patience.
    pub(super) const fn at(self, place: Place) -> Self {
        match (place, self) {
            (Place::Read, Self::CrashAfter | Self::Gone(_)) => Self::CrashBefore,
            (Place::Read, Self::ResponseLost | Self::Late(_) | Self::Duplicate(_)) => {
                Self::RequestLost
            }
            (Place::Read | Place::Commit, Self::Throttled | Self::InFlight) => Self::Unreached,
            (_, fault) => fault,
        }
    }

    /// Whether it is worth trying beside the others at a place.
    pub(super) fn belongs_to(kind: usize, place: Place) -> bool {
        place != Place::Read
            || matches!(KINDS[kind], "crash before" | "request lost" | "slow answer")
    }
}

/// What goes wrong when.
#[derive(Debug, Default)]
pub(super) struct Faults {
    planned: Vec<(usize, Fault)>,
    /// How many calls were counted; none before the first completion begins.
    crossed: Option<usize>,
    /// The calls that were counted.
    pub(super) crossed_names: Vec<(Place, String)>,
    pub(super) fired: usize,
    pub(super) are_over: bool,
    store_away_until: Option<Instant>,
    provider_away_until: Option<Instant>,
}

impl Faults {
    /// Each fault with the number of the call it strikes.
    pub(super) fn planned(planned: Vec<(usize, Fault)>) -> Self {
        Self { planned, ..Self::default() }
    }

    /// Begins to count.
    pub(super) fn arm(&mut self) {
        self.crossed.get_or_insert(0);
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn stop(&mut self) {
        self.are_over = true;
        self.planned.clear();
        self.store_away_until = None;
        self.provider_away_until = None;
    }

    /// The number of a call, once they are counted, and what goes wrong with it.
    pub(super) fn next(&mut self, place: Place, name: &str) -> (Option<usize>, Option<Fault>) {
        let Some(number) = self.crossed.filter(|_| !self.are_over) else {
            return (None, None);
        };
        self.crossed_names.push((place, name.to_owned()));
        self.crossed = Some(number + 1);
        let struck = self.planned.iter().position(|(at, _)| *at == number);
        let fault = struck.map(|index| self.planned.swap_remove(index).1.at(place));
        self.fired += usize::from(fault.is_some());
        (Some(number), fault)
    }

    pub(super) fn store_goes_away(&mut self, span: Duration) {
        self.store_away_until = Some(Instant::now() + span);
    }

    pub(super) fn provider_goes_away(&mut self, span: Duration) {
        self.provider_away_until = Some(Instant::now() + span);
    }

    /// Whether who is called cannot be reached at all.
    pub(super) fn is_away(&self, place: Place) -> bool {
        let until = match place {
            Place::Commit | Place::Read => self.store_away_until,
            Place::Provider => self.provider_away_until,
            Place::Inventory => None,
        };
        until.is_some_and(|until| Instant::now() < until)
    }
}
