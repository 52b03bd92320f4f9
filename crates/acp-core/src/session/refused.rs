//! Instruments that are of no use for a session any more: whoever issued them has said no for good.

use super::state::Session;
use crate::limits::REFUSED_INSTRUMENTS_MAX;

/// Something to pay with, as a session remembers it: a keyed digest that is good for this session
/// alone. Nobody can pay with it, nor find out without the key what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstrumentMark(pub [u8; 32]);

impl Session {
    /// Whether an instrument was declined for good, so that nobody is to be asked about it again:
    /// networks fine whoever does.
    pub fn refuses(&self, mark: InstrumentMark) -> bool {
        self.refused.contains(&mark)
    }

    /// Remembers that an instrument was declined for good. Where there are too many, the one that
    /// was remembered first is forgotten, and would be asked about again.
    pub(super) fn refuse_from_now_on(&mut self, mark: InstrumentMark) {
        if self.refuses(mark) {
            return;
        }
        if self.refused.len() >= REFUSED_INSTRUMENTS_MAX {
            self.refused.remove(0);
        }
        self.refused.push(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::SessionEvent;
    use super::super::tests::shop::{NOW, completing_with, opened, opening, shop};
    use super::*;

    fn mark(number: usize) -> InstrumentMark {
        InstrumentMark([u8::try_from(number).unwrap(); 32])
    }

    /// The session after one more payment that was declined.
    fn declined(session: &Session, refused: Option<InstrumentMark>) -> Session {
        let began = session.begin_completion(&completing_with(None), &shop(), NOW).unwrap();
        let paying = session.after(began, NOW).unwrap();
        paying.after(SessionEvent::PaymentDeclined { refused }, NOW).unwrap()
    }

    #[test]
    fn what_was_declined_for_good_is_remembered_and_what_was_not_is_not() {
        let session = opened(opening("1 ebook", "-"));
        let once = declined(&session, None);
        assert_eq!(once.refused, []);
        let twice = declined(&declined(&once, Some(mark(1))), Some(mark(1)));
        assert_eq!(twice.refused, [mark(1)]);
        assert!(twice.refuses(mark(1)) && !twice.refuses(mark(2)));
    }

    #[test]
    fn only_so_many_are_remembered() {
        let mut session = opened(opening("1 ebook", "-"));
        for number in 0..=REFUSED_INSTRUMENTS_MAX {
            session = declined(&session, Some(mark(number)));
        }
        assert_eq!(session.refused.len(), REFUSED_INSTRUMENTS_MAX);
        assert!(!session.refuses(mark(0)) && session.refuses(mark(REFUSED_INSTRUMENTS_MAX)));
    }
}
