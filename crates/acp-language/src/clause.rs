//! From pieces to clauses: one verb with what it is about.

use crate::lexicon::Mark;
use crate::scan::{Piece, What};

/// A verb, and the pieces it is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clause {
    pub verb: Option<Mark>,
    /// The verb is said not to be done.
    pub is_denied: bool,
    pub is_question: bool,
    pub pieces: Vec<Piece>,
}

impl Clause {
    fn has_goods(&self) -> bool {
        self.pieces.iter().any(|piece| {
            matches!(
                piece.what,
                What::Word(_)
                    | What::Number(_)
                    | What::Mark(
                        Mark::It
                            | Mark::Them
                            | Mark::One
                            | Mark::Both
                            | Mark::All
                            | Mark::Nth(_)
                            | Mark::Same
                            | Mark::Another
                            | Mark::Last
                            | Mark::Cheapest
                            | Mark::Dearest
                    )
            )
        })
    }

    fn is_empty(&self) -> bool {
        self.verb.is_none() && !self.has_goods()
    }

    fn is_whole(&self) -> bool {
        self.verb.is_some_and(is_whole)
    }

    /// Begins with what may be gone: the choice follows.
    fn begins_with_condition(&self) -> bool {
        let is_condition = |piece: &Piece| piece.what == What::Mark(Mark::IfNone);
        self.pieces.first().is_some_and(is_condition) && self.verb.is_none()
    }

    fn only_says_instead(&self) -> bool {
        let first = self.pieces.iter().find(|piece| !matches!(piece.what, What::Noise));
        first.is_some_and(|piece| piece.what == What::Mark(Mark::InsteadOf)) && self.verb.is_none()
    }
}

/// Marks that are a whole instruction by themselves.
fn is_whole(mark: Mark) -> bool {
    matches!(
        mark,
        Mark::Clear
            | Mark::View
            | Mark::Checkout
            | Mark::Status
            | Mark::CancelOrder
            | Mark::Yes
            | Mark::No
            | Mark::Again
            | Mark::Thanks
    )
}

fn is_verb(mark: Mark) -> bool {
    matches!(
        mark,
        Mark::Add
            | Mark::Buy
            | Mark::Put
            | Mark::Take
            | Mark::Remove
            | Mark::Make
            | Mark::Swap
            | Mark::Find
            | Mark::Price
            | Mark::Cancel
            | Mark::About
            | Mark::Raise
            | Mark::Lower
            | Mark::Just
            | Mark::What
            | Mark::Keep
    )
}

struct Splitter {
    out: Vec<Clause>,
    now: Clause,
}

impl Splitter {
    fn close(&mut self) {
        let mut clause = std::mem::take(&mut self.now);
        if clause.verb == Some(Mark::Some) {
            let leaves_open = |piece: &Piece| piece.what == What::Mark(Mark::Any);
            let is_wish = !clause.is_question && clause.pieces.iter().any(leaves_open);
            clause.verb = if is_wish { None } else { Some(Mark::Find) };
        }
        let is_done = clause.pieces.iter().any(|piece| matches!(piece.what, What::Done(_)));
        if !clause.is_empty()
            || is_done
            || clause.is_denied
            || clause.pieces.iter().any(|piece| {
                matches!(
                    piece.what,
                    What::Money(_)
                        | What::Mark(
                            Mark::Any | Mark::Other | Mark::Each | Mark::Both | Mark::More
                        )
                )
            })
        {
            self.out.push(clause);
        }
    }

    fn verb(&mut self, mark: Mark, piece: &Piece) {
        if matches!(self.now.verb, Some(Mark::Find | Mark::Price | Mark::What))
            && mark == Mark::Find
        {
            return;
        }
        if (self.now.only_says_instead() || self.now.begins_with_condition())
            && self.now.has_goods()
            && !is_whole(mark)
        {
            self.now.pieces.push(Piece { what: What::Comma, ..piece.clone() });
        } else if self.now.has_goods()
            || (self.now.verb.is_some() && is_whole(mark) != self.now.is_whole())
            || self.now.is_whole()
        {
            self.close();
        }
        let weaker = matches!(self.now.verb, Some(Mark::Remove | Mark::Swap)) && mark == Mark::Add;
        if !weaker {
            self.now.verb = Some(mark);
        }
    }
}

/// Splits at sentences, at `then`, and before each verb.
pub(crate) fn clauses(pieces: &[Piece]) -> Vec<Clause> {
    let mut splitter = Splitter { out: Vec::new(), now: Clause::default() };
    let mut before: Option<&What> = None;
    for piece in pieces {
        match &piece.what {
            What::Stop | What::Mark(Mark::Then) => splitter.close(),
            What::Question => {
                splitter.now.is_question = true;
                splitter.close();
            }
            What::Mark(Mark::Dont) => {
                splitter.close();
                splitter.now.is_denied = true;
            }
            What::Comma | What::Mark(Mark::And) if splitter.now.is_whole() => splitter.close(),
            What::Mark(Mark::Some) if splitter.now.is_empty() => splitter.verb(Mark::Some, piece),
            What::Word(_)
            | What::Number(_)
            | What::Article
            | What::Mark(Mark::It | Mark::One | Mark::Nth(_) | Mark::Cheapest)
                if matches!(splitter.now.verb, Some(Mark::Yes | Mark::No | Mark::Thanks)) =>
            {
                splitter.close();
                splitter.now.pieces.push(piece.clone());
            }
            What::Mark(mark) if is_whole(*mark) && !is_inside(*mark, before, &splitter.now) => {
                splitter.verb(*mark, piece);
            }
            What::Mark(mark) if is_verb(*mark) && !follows_fix(*mark, before) => {
                splitter.verb(*mark, piece);
            }
            What::Done(_) => {
                if splitter.now.has_goods() || splitter.now.is_whole() {
                    splitter.close();
                }
                splitter.out.push(Clause { pieces: vec![piece.clone()], ..Clause::default() });
            }
            _ => splitter.now.pieces.push(piece.clone()),
        }
        before = Some(&piece.what);
    }
    splitter.close();
    splitter.out
}

/// `no sugar` and `fine tea`: not answers but parts of what is wanted.
fn is_inside(mark: Mark, before: Option<&What>, now: &Clause) -> bool {
    let is_answer = matches!(mark, Mark::Yes | Mark::No | Mark::Thanks | Mark::Again);
    let is_free =
        matches!(before, None | Some(What::Comma | What::Stop | What::Mark(_) | What::Done(_)));
    let is_said_twice = mark == Mark::Again && (now.has_goods() || now.verb.is_some());
    is_said_twice || (is_answer && now.has_goods() && !is_free)
}

/// `sorry, make it three`: a correction says so itself.
fn follows_fix(mark: Mark, before: Option<&What>) -> bool {
    mark == Mark::Make && matches!(before, Some(What::Mark(Mark::Correct)))
}
