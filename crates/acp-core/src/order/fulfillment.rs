use crate::ids::LineId;
use crate::session::{MethodKind, Quantity};
use crate::time::Timestamp;

/// How goods reach the buyer, once they are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum FulfillmentKind {
    Shipping,
    Pickup,
    Digital,
}

impl FulfillmentKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Shipping, Self::Pickup, Self::Digital];
}

/// The protocol has no word for a courier of the shop's own after the order is placed.
impl From<MethodKind> for FulfillmentKind {
    fn from(kind: MethodKind) -> Self {
        match kind {
            MethodKind::Shipping | MethodKind::LocalDelivery => Self::Shipping,
            MethodKind::Pickup => Self::Pickup,
            MethodKind::Digital => Self::Digital,
        }
    }
}

/// How far a fulfillment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum Progress {
    Pending,
    Processing,
    Shipped,
    InTransit,
    OutForDelivery,
    ReadyForPickup,
    Delivered,
    Failed,
    Canceled,
}

/// What can still be done about a fulfillment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Waiting,
    InPreparation,
    Prepared,
    OnItsWay,
    Over,
}

impl Progress {
    /// Every word for it.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Processing,
        Self::Shipped,
        Self::InTransit,
        Self::OutForDelivery,
        Self::ReadyForPickup,
        Self::Delivered,
        Self::Failed,
        Self::Canceled,
    ];

    const fn phase(self) -> Phase {
        match self {
            Self::Pending => Phase::Waiting,
            Self::Processing => Phase::InPreparation,
            Self::ReadyForPickup => Phase::Prepared,
            Self::Shipped | Self::InTransit | Self::OutForDelivery => Phase::OnItsWay,
            Self::Delivered | Self::Failed | Self::Canceled => Phase::Over,
        }
    }

    /// Whether a fulfillment of this kind can ever be so far.
    pub const fn suits(self, kind: FulfillmentKind) -> bool {
        match self {
            Self::Pending | Self::Processing | Self::Delivered | Self::Failed | Self::Canceled => {
                true
            }
            Self::Shipped | Self::InTransit | Self::OutForDelivery => {
                matches!(kind, FulfillmentKind::Shipping)
            }
            Self::ReadyForPickup => matches!(kind, FulfillmentKind::Pickup),
        }
    }

    /// Whether the seller has let the goods out of its hands, for the buyer.
    pub const fn is_dispatched(self) -> bool {
        match self {
            Self::Shipped | Self::InTransit | Self::OutForDelivery | Self::Delivered => true,
            Self::Pending
            | Self::Processing
            | Self::ReadyForPickup
            | Self::Failed
            | Self::Canceled => false,
        }
    }

    /// Whether what was in it can be sent another way: this one came to nothing.
    pub const fn is_void(self) -> bool {
        matches!(self, Self::Failed | Self::Canceled)
    }

    /// Whether nothing more comes of it.
    pub fn is_over(self) -> bool {
        self.phase() == Phase::Over
    }

    /// Whether it can get from here to there: never back, never on from an end, and what is on its
    /// way can fail but not be called off.
    pub fn may_become(self, next: Self) -> bool {
        let (phase, next_phase) = (self.phase(), next.phase());
        if phase == Phase::Over {
            return self == next;
        }
        let is_called_off = next == Self::Canceled;
        next_phase >= phase && !(is_called_off && phase == Phase::OnItsWay)
    }
}

/// So many of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// The line.
    pub line: LineId,
    /// How many of it.
    pub quantity: Quantity,
}

/// How a buyer can follow goods that are carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracking {
    /// Who carries them.
    pub carrier: Option<Box<str>>,
    /// The carrier's number for them.
    pub number: Option<Box<str>>,
    /// Where the carrier shows how far they are.
    pub url: Option<Box<str>>,
}

impl Tracking {
    /// This, with what it does not say from before.
    #[must_use]
    pub fn or(self, before: &Self) -> Self {
        Self {
            carrier: self.carrier.or_else(|| before.carrier.clone()),
            number: self.number.or_else(|| before.number.clone()),
            url: self.url.or_else(|| before.url.clone()),
        }
    }
}

/// The fact that some of an order is about to be fulfilled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFulfillment {
    /// Which of the order it is, from 1.
    pub number: u32,
    /// How it reaches the buyer.
    pub kind: FulfillmentKind,
    /// What is in it.
    pub lines: Vec<Units>,
    /// How far it is.
    pub progress: Progress,
    /// How it can be followed.
    pub tracking: Tracking,
    /// What else there is to say about it.
    pub description: Option<Box<str>>,
}

/// The fact that a fulfillment got further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfillmentMove {
    /// Which of the order it is.
    pub number: u32,
    /// How far it is now.
    pub progress: Progress,
    /// How it can be followed, where that is news.
    pub tracking: Tracking,
    /// What happened, in words.
    pub note: Option<Box<str>>,
    /// Where it happened.
    pub location: Option<Box<str>>,
}

/// Something that happened to a fulfillment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfillmentStep {
    /// When.
    pub at: Timestamp,
    /// How far it was then.
    pub progress: Progress,
    /// What happened, in words.
    pub note: Option<Box<str>>,
    /// Where it happened.
    pub location: Option<Box<str>>,
}

/// Some of an order, on its way to the buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fulfillment {
    /// Which of the order it is, from 1.
    pub number: u32,
    /// How it reaches the buyer.
    pub kind: FulfillmentKind,
    /// What is in it.
    pub lines: Vec<Units>,
    /// How far it is.
    pub progress: Progress,
    /// How it can be followed.
    pub tracking: Tracking,
    /// What else there is to say about it.
    pub description: Option<Box<str>>,
    /// What happened to it, oldest first. It only grows.
    pub steps: Vec<FulfillmentStep>,
    /// How often something was told of it, in a step or without one.
    pub moves: usize,
}

impl Fulfillment {
    pub(super) fn new(made: &NewFulfillment, at: Timestamp) -> Self {
        let first = FulfillmentStep { at, progress: made.progress, note: None, location: None };
        // That it waits is not an event.
        let has_begun = made.progress != Progress::Pending;
        Self {
            number: made.number,
            kind: made.kind,
            lines: made.lines.clone(),
            progress: made.progress,
            tracking: made.tracking.clone(),
            description: made.description.clone(),
            steps: has_begun.then_some(first).into_iter().collect(),
            moves: 1,
        }
    }

    pub(super) fn moved(&mut self, to: &FulfillmentMove, at: Timestamp) {
        self.moves = self.moves.saturating_add(1);
        let FulfillmentMove { progress, note, location, .. } = to;
        // One that waits has news only in words: nothing goes back to waiting.
        if *progress != self.progress || note.is_some() || location.is_some() {
            let (note, location) = (note.clone(), location.clone());
            self.steps.push(FulfillmentStep { at, progress: *progress, note, location });
        }
        self.progress = *progress;
        self.tracking = to.tracking.clone().or(&self.tracking);
    }

    /// How many of a line are in it.
    pub fn units_of(&self, line: &LineId) -> u32 {
        let own = self.lines.iter().filter(|units| units.line == *line);
        own.fold(0, |sum, units| sum.saturating_add(units.quantity.get()))
    }
}
