use crate::act::Planner;
use crate::lexicon::Mark;
use crate::money::Bound;
use crate::scan::{Piece, What};

/// What the words of a sentence leave room for, as the rules found it: nobody else can add to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cues {
    /// They ask to pay.
    pub(crate) pays: bool,
    /// They say what to take where something cannot be had.
    pub(crate) has_fallback: bool,
    /// The amounts that may not be passed, in minor units.
    pub(crate) caps: Vec<Cap>,
    /// An amount is in a currency that is not the shop's.
    pub(crate) is_foreign: bool,
    /// The numbers that were spoken.
    pub(crate) numbers: Vec<u32>,
}

/// A limit that was spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cap {
    pub minor: i64,
    /// For all of it together.
    pub is_total: bool,
}

impl Cues {
    pub(crate) fn of(planner: &Planner<'_>, pieces: &[Piece]) -> Self {
        let mut cues = Self { pays: planner.wants_checkout, ..Self::default() };
        let is_for_all = pieces.iter().any(|piece| piece.what == What::Mark(Mark::Total));
        for piece in pieces {
            match &piece.what {
                What::Mark(Mark::IfNone | Mark::IfGone | Mark::Otherwise) => {
                    cues.has_fallback = true;
                }
                What::Number(number) => {
                    cues.numbers.extend(number.count);
                    cues.numbers.extend(number.singles());
                }
                What::Money(spoken) => match spoken.minor {
                    None => cues.is_foreign = true,
                    // An amount without a word for what it limits is held for a limit: that can
                    // only make a plan smaller.
                    Some(minor) if spoken.bound != Bound::AtLeast => {
                        let minor = minor.saturating_sub(i64::from(spoken.is_strict));
                        let is_total = spoken.is_total || is_for_all;
                        cues.caps.push(Cap { minor, is_total });
                    }
                    Some(_) => {}
                },
                _ => {}
            }
        }
        cues
    }

    /// The most that one item may cost.
    pub(crate) fn unit_cap(&self) -> Option<i64> {
        self.caps.iter().filter(|cap| !cap.is_total).map(|cap| cap.minor).min()
    }

    /// The most that all of it may cost.
    pub(crate) fn total_cap(&self) -> Option<i64> {
        self.caps.iter().filter(|cap| cap.is_total).map(|cap| cap.minor).min()
    }
}
