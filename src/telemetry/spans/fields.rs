//! What is said of a span. It is kept as cheaply as it can be, because most spans are in no line and
//! no trace that is told: all texts stand in one, and nothing is made of them before somebody reads.

use std::fmt::{self, Write as _};

use opentelemetry::{Key, KeyValue, Value};
use tracing::field::{Field, Visit};
use tracing::span::Attributes;

use super::context::Place;

/// Fields that are told, and what a collector knows them by. None of them names a person, and none
/// holds what a caller wrote as it liked: a field somebody adds to a span, for the log or by mistake,
/// is told to no collector before somebody wants that.
const TOLD: [(&str, &str); 21] = [
    ("attempt", "acp.attempt"),
    ("agent", "acp.agent"),
    ("call", "acp.call"),
    ("call.path", "url.path"),
    ("cart.id", "acp.cart.id"),
    ("class", "acp.class"),
    ("method", "http.request.method"),
    ("missed", "acp.missed"),
    ("order.id", "acp.order.id"),
    ("outcome", "acp.outcome"),
    ("peer", "peer.service"),
    ("plan.id", "acp.plan.id"),
    ("route", "http.route"),
    ("run.attempt", "acp.run.attempt"),
    ("run.id", "acp.run.id"),
    ("run.kind", "acp.run.kind"),
    ("run.step", "acp.run.step"),
    ("session.id", "acp.session.id"),
    ("status", "http.response.status_code"),
    ("tenant", "acp.tenant"),
    ("tool", "acp.tool"),
];

/// As long as most texts are.
const TEXT_BYTES: usize = 48;
/// So many are said of a span after it has begun.
const SAID_LATER: usize = 2;
/// Most characters of a value that are told.
const CHARS_MAX: usize = 200;

/// What is known of a span by its fields.
#[derive(Debug, Default)]
pub(in crate::telemetry) struct Fields {
    text: String,
    said: Vec<Said>,
    /// The context of a caller.
    pub(super) caller: Option<Place>,
    pub(super) is_error: bool,
    pub(super) moves_money: bool,
    /// Whether the answer has been said: what comes after it is not the request any more.
    pub(super) is_answered: bool,
}

/// Something under the name of a field.
#[derive(Clone, Copy, Debug)]
struct Said {
    name: &'static str,
    raw: Raw,
    to: Whom,
}

/// Whom something is said to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    All,
    /// Nobody who reads the log.
    Collector,
}

/// What it is; texts by where they begin and end.
#[derive(Clone, Copy, Debug)]
enum Raw {
    Text(usize, usize),
    Shown(usize, usize),
    Number(i64),
    Is(bool),
}

/// What is said under the name of a field.
#[derive(Clone, Copy, Debug)]
pub(in crate::telemetry) enum Word<'a> {
    /// A text.
    Text(&'a str),
    /// Something that was shown as one.
    Shown(&'a str),
    Number(i64),
    Is(bool),
}

impl Fields {
    /// Of a span that has just begun.
    pub(super) fn of(attributes: &Attributes<'_>) -> Self {
        let count = attributes.fields().len();
        let mut fields = Self {
            text: String::with_capacity(count.saturating_mul(TEXT_BYTES)),
            said: Vec::with_capacity(count.saturating_add(SAID_LATER)),
            ..Self::default()
        };
        attributes.record(&mut fields);
        fields
    }

    /// Of a call that is over.
    pub(super) fn of_call(said: &[(&'static str, &str)]) -> Self {
        let is_error = said.contains(&("outcome", "failed"));
        let mut fields = Self { is_error, ..Self::default() };
        fields.tell_all(said);
        fields
    }

    /// It was answered like this.
    pub(super) fn answer(&mut self, status: u64) {
        self.end_with(status);
        self.say("status", Raw::Number(i64::try_from(status).unwrap_or(i64::MAX)), Whom::Collector);
    }

    fn end_with(&mut self, status: u64) {
        self.is_answered = true;
        self.is_error |= status >= 500;
    }

    /// Says more for those alone who are told of spans.
    pub(super) fn tell_all(&mut self, said: &[(&'static str, &str)]) {
        for (name, text) in said {
            let raw = self.text(text);
            self.say(name, raw, Whom::Collector);
        }
    }

    /// What is said under this name.
    pub(in crate::telemetry) fn get(&self, name: &str) -> Option<Word<'_>> {
        let said = self.said.iter().find(|said| said.name == name)?;
        Some(self.word(said.raw))
    }

    /// All that may be written to the log.
    pub(in crate::telemetry) fn all(&self) -> impl Iterator<Item = (&'static str, Word<'_>)> {
        let written = self.said.iter().filter(|said| said.to == Whom::All);
        written.map(|said| (said.name, self.word(said.raw)))
    }

    /// All that a collector is told.
    pub(super) fn told(&self) -> Vec<KeyValue> {
        let told = self.said.iter().filter_map(|said| {
            let (_, told) = TOLD.iter().find(|(name, _)| *name == said.name)?;
            Some(KeyValue::new(Key::from_static_str(told), self.word(said.raw)))
        });
        told.collect()
    }

    fn word(&self, raw: Raw) -> Word<'_> {
        let text = |from, to| self.text.get(from..to).unwrap_or_default();
        match raw {
            Raw::Text(from, to) => Word::Text(text(from, to)),
            Raw::Shown(from, to) => Word::Shown(text(from, to)),
            Raw::Number(number) => Word::Number(number),
            Raw::Is(is_so) => Word::Is(is_so),
        }
    }

    fn text(&mut self, text: &str) -> Raw {
        let from = self.text.len();
        self.text.push_str(text);
        Raw::Text(from, self.text.len())
    }

    /// What is said again is said to those it was said to before.
    fn say(&mut self, name: &'static str, raw: Raw, to: Whom) {
        match self.said.iter_mut().find(|said| said.name == name) {
            Some(said) => said.raw = raw,
            None => self.said.push(Said { name, raw, to }),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "traceparent" => self.caller = Place::read(value),
            "outcome" if value == "failed" => self.is_error = true,
            _ => {}
        }
        let raw = self.text(value);
        self.say(field.name(), raw, Whom::All);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            self.end_with(value);
        }
        let number = i64::try_from(value).unwrap_or(i64::MAX);
        self.say(field.name(), Raw::Number(number), Whom::All);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.say(field.name(), Raw::Number(value), Whom::All);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        match field.name() {
            "error" => self.is_error |= value,
            "money" => self.moves_money |= value,
            _ => {}
        }
        self.say(field.name(), Raw::Is(value), Whom::All);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "missed" {
            self.is_error = true;
        }
        let from = self.text.len();
        if write!(self.text, "{value:?}").is_err() {
            self.text.truncate(from);
        }
        let raw = Raw::Shown(from, self.text.len());
        self.say(field.name(), raw, Whom::All);
    }
}

impl<'a> Word<'a> {
    pub(in crate::telemetry) const fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Shown(text) => Some(text),
            Self::Number(_) | Self::Is(_) => None,
        }
    }
}

/// As it stands in a line for people.
impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Shown(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Is(is_so) => write!(f, "{is_so}"),
        }
    }
}

/// As it stands in a line for machines.
impl From<Word<'_>> for serde_json::Value {
    fn from(word: Word<'_>) -> Self {
        match word {
            Word::Text(text) | Word::Shown(text) => text.into(),
            Word::Number(number) => number.into(),
            Word::Is(is_so) => is_so.into(),
        }
    }
}

/// As a collector is told it.
impl From<Word<'_>> for Value {
    fn from(word: Word<'_>) -> Self {
        match word {
            Word::Text(text) | Word::Shown(text) => {
                let end = text.char_indices().nth(CHARS_MAX).map_or(text.len(), |(end, _)| end);
                text.get(..end).unwrap_or_default().to_owned().into()
            }
            Word::Number(number) => number.into(),
            Word::Is(is_so) => is_so.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_in_the_list_is_told_and_nothing_long() {
        let long = "é".repeat(CHARS_MAX + 1);
        let mut fields = Fields::of_call(&[("call", "read"), ("outcome", "ok")]);
        assert!(!fields.is_error);
        fields.tell_all(&[("outcome", "failed"), ("request.id", "req_1"), ("peer", &long)]);
        let told = fields.told();
        let told: Vec<_> = told.iter().map(|it| (it.key.as_str(), it.value.as_str())).collect();
        assert_eq!(told[..2], [("acp.call", "read".into()), ("acp.outcome", "failed".into())]);
        assert_eq!((told.len(), told[2].0, told[2].1.chars().count()), (3, "peer.service", 200));
        assert_eq!(fields.all().count(), 0, "it is for a collector");
        assert!(Fields::of_call(&[("outcome", "failed")]).is_error);
    }

    #[test]
    fn what_is_said_again_is_said_to_the_same() {
        let mut fields = Fields::default();
        fields.say("tool", Raw::Number(1), Whom::All);
        fields.tell_all(&[("tool", "search"), ("peer", "stripe")]);
        fields.say("peer", Raw::Number(2), Whom::All);
        let written: Vec<_> = fields.all().map(|(name, word)| format!("{name}={word}")).collect();
        assert_eq!(written, ["tool=\"search\""], "a peer is for a collector");
        assert_eq!(fields.told().len(), 2);
    }

    #[test]
    fn a_word_looks_like_what_it_is() {
        let shown = [Word::Text("a \"b\""), Word::Shown("GET"), Word::Number(-1), Word::Is(true)];
        assert_eq!(shown.map(|word| word.to_string()), ["\"a \\\"b\\\"\"", "GET", "-1", "true"]);
    }
}
