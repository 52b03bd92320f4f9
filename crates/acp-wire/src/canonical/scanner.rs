//! The pass over a body: proves the grammar and the bounds, and writes the canonical bytes.
//!
//! Arrays and objects under way are a list and not calls, so hostile nesting costs an entry and
//! never the stack.

use acp_core::limits::{JSON_DEPTH_MAX, JSON_VALUES_MAX};

use super::NotJson;
use super::cursor::Cursor;
use super::not_json::{Fault, Step, path};
use super::{number, text};

/// The canonical bytes of `body`, which is known to be UTF-8.
pub(super) fn canonical(body: &str) -> Result<Vec<u8>, NotJson> {
    let mut scanner = Scanner {
        cursor: Cursor::new(body.as_bytes()),
        canonical: Vec::with_capacity(2 * body.len()),
        open: Vec::with_capacity(JSON_DEPTH_MAX),
        members: Vec::new(),
        values: 0,
    };
    match scanner.document() {
        Ok(()) => Ok(scanner.canonical),
        Err(fault) => Err(fault.within(Some(path(scanner.steps())))),
    }
}

struct Scanner<'body> {
    cursor: Cursor<'body>,
    canonical: Vec<u8>,
    /// The arrays and objects around the cursor, the outermost first.
    open: Vec<Open>,
    /// The members so far of all open objects, those of the innermost last.
    members: Vec<Member>,
    values: usize,
}

/// An array or object that has begun.
struct Open {
    shape: Shape,
    /// Where its content begins in the canonical bytes.
    content: usize,
    /// Where its members begin in the list of members.
    members: usize,
}

enum Shape {
    Array { index: usize },
    Object,
}

/// A member of an open object. Its name is `name..value` of the canonical bytes, its value
/// `value..end`, which is empty until it has been read.
#[derive(Clone, Copy)]
struct Member {
    name: usize,
    value: usize,
    end: usize,
    /// Where its name stands in the body.
    offset: usize,
}

/// Where the pass stands: each state says what may come next.
enum State {
    /// Before a value.
    Value,
    /// Behind a value, which may be the whole document.
    Behind,
    /// Behind the document.
    Done,
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        let mut state = State::Value;
        loop {
            state = match state {
                State::Value => self.value()?,
                State::Behind => self.behind()?,
                State::Done => return Ok(()),
            };
        }
    }

    /// Reads a scalar or an empty array or object, or goes inside of one that is not empty.
    fn value(&mut self) -> Result<State, Fault> {
        self.cursor.skip_space();
        self.values += 1;
        if self.values > JSON_VALUES_MAX {
            return Err(self.cursor.fault(NotJson::TooManyValues));
        }
        match self.cursor.peek() {
            Some(b'{') => return self.begin(Shape::Object, b'{', b'}'),
            Some(b'[') => return self.begin(Shape::Array { index: 0 }, b'[', b']'),
            Some(b'"') => {
                self.cursor.next();
                text::append(&mut self.cursor, &mut self.canonical)?;
            }
            Some(b'-' | b'0'..=b'9') => number::append(&mut self.cursor, &mut self.canonical)?,
            Some(_) if self.cursor.eat(b"null") => self.canonical.push(b'n'),
            Some(_) if self.cursor.eat(b"true") => self.canonical.push(b't'),
            Some(_) if self.cursor.eat(b"false") => self.canonical.push(b'f'),
            None if self.open.is_empty() => return Err(self.cursor.fault(NotJson::Empty)),
            Some(_) | None => {
                return Err(self.cursor.fault(|at| NotJson::Syntax(at, "a value")));
            }
        }
        Ok(State::Behind)
    }

    /// Goes inside of the array or object under the cursor.
    fn begin(&mut self, shape: Shape, first: u8, last: u8) -> Result<State, Fault> {
        if self.open.len() == JSON_DEPTH_MAX {
            return Err(self.cursor.fault(NotJson::TooDeep));
        }
        self.cursor.next();
        self.canonical.push(first);
        self.cursor.skip_space();
        if self.cursor.eat(&[last]) {
            self.canonical.push(last);
            return Ok(State::Behind);
        }
        let is_object = matches!(shape, Shape::Object);
        let (content, members) = (self.canonical.len(), self.members.len());
        self.open.push(Open { shape, content, members });
        if is_object {
            self.name()?;
        }
        Ok(State::Value)
    }

    /// Reads the name of a member and the colon behind it.
    fn name(&mut self) -> Result<(), Fault> {
        self.cursor.skip_space();
        let (offset, name) = (self.cursor.offset(), self.canonical.len());
        if !self.cursor.eat(b"\"") {
            return Err(self.cursor.fault(|at| NotJson::Syntax(at, "a member name")));
        }
        text::append(&mut self.cursor, &mut self.canonical)?;
        let value = self.canonical.len();
        self.members.push(Member { name, value, end: value, offset });
        self.cursor.skip_space();
        if !self.cursor.eat(b":") {
            return Err(self.cursor.fault(|at| NotJson::Syntax(at, "a colon")));
        }
        Ok(())
    }

    /// Goes on to the next value around the one just read, or out of what contains it.
    fn behind(&mut self) -> Result<State, Fault> {
        self.cursor.skip_space();
        let Some(open) = self.open.last_mut() else {
            return match self.cursor.peek() {
                None => Ok(State::Done),
                Some(_) => Err(self.cursor.fault(|at| NotJson::Syntax(at, "the end of the body"))),
            };
        };
        match &mut open.shape {
            Shape::Array { index } => {
                if self.cursor.eat(b",") {
                    *index += 1;
                    return Ok(State::Value);
                }
                if !self.cursor.eat(b"]") {
                    return Err(self.cursor.fault(|at| NotJson::Syntax(at, "a comma or ]")));
                }
                self.canonical.push(b']');
            }
            Shape::Object => {
                if let Some(member) = self.members.last_mut() {
                    member.end = self.canonical.len();
                }
                if self.cursor.eat(b",") {
                    self.name()?;
                    return Ok(State::Value);
                }
                if !self.cursor.eat(b"}") {
                    return Err(self.cursor.fault(|at| NotJson::Syntax(at, "a comma or }")));
                }
                let (content, members) = (open.content, open.members);
                self.sort(content, members)?;
                self.canonical.push(b'}');
            }
        }
        self.open.pop();
        Ok(State::Behind)
    }

    /// Puts the members of the object that ends here in order and proves that no two of them have
    /// the same name.
    fn sort(&mut self, content: usize, first: usize) -> Result<(), Fault> {
        let canonical = &self.canonical;
        let members = self.members.get_mut(first..).unwrap_or_default();
        let rank = |member: &Member| (member.value - member.name, name(canonical, member));
        // The offset keeps namesakes in the order of the body, so the later one is refused.
        members.sort_unstable_by(|one, other| {
            rank(one).cmp(&rank(other)).then(one.offset.cmp(&other.offset))
        });
        let second = members
            .array_windows()
            .filter(|[one, other]| rank(one) == rank(other))
            .map(|[_, other]| *other)
            .min_by_key(|member| member.offset);
        if let Some(second) = second {
            // Unread again and last of all, it is where the path of the refusal leads to.
            self.members.push(Member { end: second.value, ..second });
            return Err(Fault::new(second.offset, NotJson::DuplicateMember));
        }
        let end = self.canonical.len();
        for member in members {
            self.canonical.extend_from_within(member.name..member.end);
        }
        self.canonical.drain(content..end);
        self.members.truncate(first);
        Ok(())
    }

    /// The way to the value under the cursor, or to the innermost around it.
    fn steps(&self) -> impl Iterator<Item = Step<'_>> {
        let inner = self.open.iter().skip(1).map(|open| open.members);
        let ends = inner.chain([self.members.len()]);
        self.open.iter().zip(ends).filter_map(|(open, end)| match open.shape {
            Shape::Array { index } => Some(Step::Element(index)),
            Shape::Object => {
                let member = self.members.get(open.members..end)?.last()?;
                let quoted = name(&self.canonical, member)?;
                let unread = member.end == member.value;
                let [b'"', name @ .., text::END] = quoted else { return None };
                unread.then_some(Step::Member(str::from_utf8(name).ok()?))
            }
        })
    }
}

/// The canonical bytes of the name of `member`.
fn name<'canonical>(canonical: &'canonical [u8], member: &Member) -> Option<&'canonical [u8]> {
    canonical.get(member.name..member.value)
}
