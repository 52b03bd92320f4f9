//! What a clause is about: each thing with how many, which, and what else was said of it.

use crate::index::Index;
use crate::lexicon::Mark;
use crate::link::{number_word, satisfying};
use crate::merge::merged;
use crate::money::{Bound, Spoken};
use crate::number::{By, Number};
use crate::scan::{Piece, What, Word};

/// How a mention hangs on the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Joint {
    #[default]
    Plain,
    And,
    Or,
    /// Only if the one before cannot be had.
    Fallback,
    /// In place of what was said before.
    Correct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Best {
    Cheapest,
    Dearest,
}

/// Something said to be known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    It,
    Them,
    Same,
    Both,
    All,
    Other,
    Nth(u8),
    Last,
}

#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each was said or was not")]
pub(crate) struct Mention {
    pub joint: Joint,
    pub words: Vec<Word>,
    pub negated: Vec<Word>,
    pub number: Option<Number>,
    pub has_article: bool,
    pub is_one: bool,
    pub is_more: bool,
    pub is_less: bool,
    pub is_each: bool,
    pub is_any: bool,
    pub is_instead: bool,
    /// On a condition that was not understood.
    pub is_unclear: bool,
    pub reference: Option<Reference>,
    pub best: Option<Best>,
    pub cap: Option<Spoken>,
    pub total: Option<Spoken>,
    pub fallbacks: Vec<Mention>,
    pub others: Vec<Mention>,
    pub start: usize,
    pub end: usize,
}

impl Mention {
    /// Whether it names or points at something.
    pub(crate) fn is_about(&self) -> bool {
        !self.words.is_empty() || self.reference.is_some() || self.is_one || self.best.is_some()
    }

    fn is_nothing(&self) -> bool {
        !self.is_about()
            && self.negated.is_empty()
            && self.number.is_none()
            && !self.is_any
            && !self.is_more
            && !self.has_article
            && self.cap.is_none()
            && self.total.is_none()
            && !self.is_each
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Goods,
    Not,
    /// What it is for: read if it helps.
    Purpose,
    /// About the shopper.
    Aside,
    Condition,
}

#[expect(clippy::struct_excessive_bools, reason = "each is about the words read last")]
struct Reader<'a> {
    index: &'a Index,
    out: Vec<Mention>,
    now: Mention,
    next: Joint,
    mode: Mode,
    is_size: bool,
    is_sized: bool,
    is_total: bool,
    /// In a condition that nothing has explained yet.
    is_unclear: bool,
    /// A number came behind the words already.
    is_counted: bool,
    /// What is read now is what may be gone, and the choice comes behind it.
    is_lead: bool,
}

/// Reads the mentions of some pieces.
pub(crate) fn mentions(index: &Index, pieces: &[Piece]) -> Vec<Mention> {
    let mut reader = Reader {
        index,
        out: Vec::new(),
        now: Mention::default(),
        next: Joint::Plain,
        mode: Mode::Goods,
        is_size: false,
        is_sized: false,
        is_total: false,
        is_unclear: false,
        is_counted: false,
        is_lead: false,
    };
    for (place, piece) in pieces.iter().enumerate() {
        let rest = pieces.get(place.saturating_add(1)..).unwrap_or_default();
        reader.take(piece, rest);
    }
    reader.close(Joint::Plain);
    let is_total = reader.is_total;
    let mut out = merged(index, reader.out);
    if is_total {
        for mention in &mut out {
            if let Some(cap) = mention.cap.take() {
                mention.total = Some(cap);
            }
        }
    }
    out
}

impl Reader<'_> {
    fn close(&mut self, next: Joint) {
        let mut now = std::mem::take(&mut self.now);
        if std::mem::take(&mut self.is_unclear)
            && let Some(last) = self.out.last_mut()
        {
            last.is_unclear = true;
        }
        now.words.retain(|word| !word.terms.is_empty() || !(word.is_empty || word.is_package));
        if matches!(now.reference, Some(Reference::It | Reference::Them)) && !now.words.is_empty() {
            now.reference = None;
        }
        if !now.is_nothing() {
            self.out.push(now);
        } else if now.joint == Joint::Correct && next == Joint::Plain {
            self.next = Joint::Correct;
            self.now.joint = Joint::Correct;
            self.mode = Mode::Goods;
            return;
        }
        self.now.joint = next;
        self.next = next;
        self.mode = Mode::Goods;
        self.is_size = false;
        self.is_counted = false;
    }

    fn take(&mut self, piece: &Piece, rest: &[Piece]) {
        if self.mode == Mode::Condition {
            if matches!(piece.what, What::Money(_)) {
                // `if it is under ten dollars` is a limit.
                self.now.joint = Joint::Plain;
                self.mode = Mode::Goods;
                self.is_unclear = false;
            } else if !ends_condition(&piece.what) {
                return;
            }
        }
        if self.now.end == 0 {
            self.now.start = piece.start;
        }
        self.now.end = piece.end;
        match &piece.what {
            What::Comma | What::Mark(Mark::And) => self.joint(piece),
            What::Article if self.mode == Mode::Aside => {}
            What::Article => {
                if !self.now.words.is_empty() && !self.is_size && self.mode != Mode::Purpose {
                    self.close(Joint::And);
                }
                self.now.has_article = true;
            }
            What::Number(number) => self.number(*number, rest),
            What::Money(spoken) => self.money(*spoken),
            What::Word(word) => self.word(word.clone()),
            What::Mark(mark) => self.mark(*mark),
            What::Stop | What::Question | What::Done(_) | What::Noise => {}
        }
        let keeps = matches!(
            piece.what,
            What::Mark(Mark::In | Mark::With | Mark::Of | Mark::Filler)
                | What::Article
                | What::Noise
        );
        self.is_sized = piece.what == What::Mark(Mark::Size) || (self.is_sized && keeps);
        self.is_size = match piece.what {
            What::Mark(Mark::In | Mark::Size | Mark::With | Mark::Of) => true,
            _ => self.is_size && keeps,
        };
    }

    fn joint(&mut self, piece: &Piece) {
        let next = match (&piece.what, self.mode, self.next) {
            (_, Mode::Condition, Joint::Fallback) => Joint::Fallback,
            (What::Comma, ..) => Joint::Plain,
            _ => Joint::And,
        };
        if matches!(self.now.joint, Joint::Fallback | Joint::Or) && self.now.is_nothing() {
            self.mode = Mode::Goods;
            return;
        }
        if self.is_lead {
            self.is_lead = false;
            self.close(Joint::Fallback);
            return;
        }
        self.close(next);
    }

    fn number(&mut self, number: Number, rest: &[Piece]) {
        if matches!(self.mode, Mode::Aside | Mode::Purpose) {
            return;
        }
        let follows =
            rest.iter().find(|piece| !matches!(piece.what, What::Noise | What::Mark(Mark::Filler)));
        let before_word = follows.is_some_and(|piece| match &piece.what {
            What::Word(word) => !word.is_measure,
            What::Mark(Mark::Of | Mark::More) => true,
            _ => false,
        });
        let is_size = number.by == By::One && ((self.is_size && !before_word) || self.is_sized);
        if is_size && let Some(word) = self.size(number) {
            self.now.words.push(word);
            return;
        }
        if self.now.words.is_empty() {
            self.now.number = Some(number);
        } else if number.is_marked || !before_word {
            let word = self.size(number).filter(|_| !number.is_marked);
            let fits = word.filter(|word| {
                let mut words = self.now.words.clone();
                words.push(word.clone());
                !satisfying(self.index, &words, None).is_empty()
            });
            if let Some(word) = fits {
                self.now.words.push(word);
            } else {
                self.now.number = Some(number);
                self.is_counted = true;
            }
        } else {
            self.close(Joint::And);
            self.now.number = Some(number);
        }
    }

    /// A number that is a size of something in the catalogue.
    fn size(&self, number: Number) -> Option<Word> {
        number_word(self.index, &number.count?.to_string())
    }

    fn money(&mut self, spoken: Spoken) {
        match spoken.bound {
            Bound::AtMost if spoken.is_total => self.now.total = Some(spoken),
            Bound::AtMost => self.now.cap = Some(spoken),
            Bound::Plain if self.is_total => self.now.total = Some(spoken),
            Bound::Plain | Bound::AtLeast => self.now.cap = self.now.cap.or(Some(spoken)),
        }
        if self.mode == Mode::Purpose {
            self.mode = Mode::Goods;
        }
    }

    fn word(&mut self, word: Word) {
        match self.mode {
            Mode::Goods => {
                if self.is_counted && !word.is_package && !word.is_empty {
                    self.close(Joint::And);
                }
                self.now.words.push(word);
            }
            Mode::Not => self.now.negated.push(word),
            Mode::Purpose => self.now.words.push(Word { is_empty: true, ..word }),
            Mode::Aside | Mode::Condition => {}
        }
    }

    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Or | Mark::It | Mark::Them if self.mode == Mode::Not => {}
            Mark::Or => self.close(Joint::Or),
            Mark::Otherwise => self.close(Joint::Fallback),
            Mark::Correct => self.close(Joint::Correct),
            Mark::IfNone if self.out.is_empty() && self.now.is_nothing() => self.is_lead = true,
            Mark::If | Mark::IfNone => {
                self.condition();
                self.is_unclear = mark == Mark::If;
            }
            Mark::IfGone => {
                self.is_unclear = false;
                self.gone();
            }
            Mark::Not => self.mode = Mode::Not,
            Mark::Aside => self.mode = Mode::Aside,
            Mark::For if self.now.words.is_empty() => self.mode = Mode::Aside,
            Mark::For => self.mode = Mode::Purpose,
            Mark::It => self.now.reference = self.now.reference.or(Some(Reference::It)),
            Mark::Them => self.now.reference = self.now.reference.or(Some(Reference::Them)),
            Mark::One => self.now.is_one = true,
            Mark::Same => self.now.reference = Some(Reference::Same),
            Mark::Both => self.now.reference = Some(Reference::Both),
            Mark::All => self.now.reference = self.now.reference.or(Some(Reference::All)),
            Mark::Other => self.now.reference = Some(Reference::Other),
            Mark::Nth(place) => self.now.reference = Some(Reference::Nth(place)),
            Mark::Last => self.now.reference = Some(Reference::Last),
            Mark::Any | Mark::Some => self.now.is_any = true,
            Mark::Each => self.now.is_each = true,
            Mark::Another | Mark::More => {
                if mark == Mark::Another && !self.now.words.is_empty() {
                    self.close(Joint::And);
                }
                self.now.is_more = true;
            }
            Mark::Less => self.now.is_less = true,
            Mark::Cheapest => self.now.best = Some(Best::Cheapest),
            Mark::Dearest => self.now.best = Some(Best::Dearest),
            Mark::Total => self.is_total = true,
            Mark::Instead => self.now.is_instead = true,
            _ => {}
        }
    }

    fn condition(&mut self) {
        if self.now.joint == Joint::Or && self.now.is_about() {
            self.now.joint = Joint::Fallback;
            self.close(Joint::And);
        } else {
            self.close(Joint::Fallback);
        }
        self.mode = Mode::Condition;
    }

    fn gone(&mut self) {
        if self.mode == Mode::Condition {
            self.mode = Mode::Goods;
        } else if matches!(self.now.joint, Joint::Or | Joint::Fallback) && self.now.is_about() {
            self.now.joint = Joint::Fallback;
            self.close(Joint::And);
        } else {
            self.close(Joint::Fallback);
        }
    }
}

fn ends_condition(what: &What) -> bool {
    matches!(
        what,
        What::Comma | What::Done(_) | What::Mark(Mark::IfGone | Mark::Otherwise | Mark::Then)
    )
}
