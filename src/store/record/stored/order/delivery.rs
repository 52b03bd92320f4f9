//! How far an endpoint was told of an order.

use std::time::Duration;

use acp_core::money::Currency;
use acp_core::webhook::{Attempt, AttemptEnd, Delivery, DeliveryId, DeliveryState, HeldBack};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, Words, mirror};
use crate::store::record::stored::party::StoredOwner;
use crate::store::record::stored::run::StoredStanding;
use crate::store::record::stored::scalars::{Blob, Moment};

/// A state in one word.
impl Words for DeliveryState {
    const LIST: &'static str = "state of a delivery";
    #[cfg(test)]
    const ALL: &'static [Self] = &[
        Self::Told,
        Self::Due,
        Self::Held(HeldBack::Paused),
        Self::Held(HeldBack::Expired),
        Self::Held(HeldBack::Refused),
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Due => "due",
            Self::Held(HeldBack::Paused) => "paused",
            Self::Held(HeldBack::Expired) => "expired",
            Self::Held(HeldBack::Refused) => "refused",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        match word {
            "told" => Some(Self::Told),
            "due" => Some(Self::Due),
            "paused" => Some(Self::Held(HeldBack::Paused)),
            "expired" => Some(Self::Held(HeldBack::Expired)),
            "refused" => Some(Self::Held(HeldBack::Refused)),
            _ => None,
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredAttemptEnd {
    Answered(u16),
    Unheard(Word),
}

impl Mirror<AttemptEnd> for StoredAttemptEnd {
    fn of(value: &AttemptEnd, _: Within) -> Result<Self, Misfit> {
        Ok(match value {
            AttemptEnd::Answered(status) => Self::Answered(*status),
            AttemptEnd::Unheard(why) => Self::Unheard(Word::of(*why)),
        })
    }

    fn back(self, within: Within) -> Result<AttemptEnd, Misfit> {
        Ok(match self {
            Self::Answered(status) => AttemptEnd::Answered(status),
            Self::Unheard(why) => AttemptEnd::Unheard(why.back(within)?),
        })
    }
}

/// A span of time, in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::store::record) struct Span(u64);

impl Mirror<Duration> for Span {
    fn of(value: &Duration, _: Within) -> Result<Self, Misfit> {
        Ok(Self(u64::try_from(value.as_millis()).unwrap_or(u64::MAX)))
    }

    fn back(self, _: Within) -> Result<Duration, Misfit> {
        Ok(Duration::from_millis(self.0))
    }
}

impl Mirror<DeliveryId> for Box<str> {
    fn of(value: &DeliveryId, _: Within) -> Result<Self, Misfit> {
        Ok(value.to_string().into())
    }

    fn back(self, _: Within) -> Result<DeliveryId, Misfit> {
        DeliveryId::parse(&self).ok_or(Misfit::OutOfRange("the name of a delivery"))
    }
}

mirror! {
    StoredAttempt of Attempt {
        at: Moment,
        number: u64,
        event: Blob,
        end: StoredAttemptEnd,
        took: Span,
    }
}

mirror! {
    StoredDelivery of Delivery {
        id: Box<str>,
        owner: StoredOwner,
        standing: StoredStanding,
        state: Word,
        told: u64,
        known: u64,
        rested: Span,
    } or_absent {
        failing_since: Option<Moment>,
        refusals: u32,
        attempts: Vec<StoredAttempt>,
    }
}

impl Document for Delivery {
    type Shape = StoredDelivery;

    fn currency(&self) -> Option<Currency> {
        None
    }

    fn size(&self) -> usize {
        512
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_states_are_read_back() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::of_word(state.word()), Some(*state));
        }
        assert_eq!(DeliveryState::of_word("lost"), None);
    }
}
