use super::field::Field;
use super::found::Found;
use super::plain_text::plain;
use super::reading::{Reading, Row};
use super::values;
use crate::adapters::catalog::problem::{Problem, Warning};
use crate::adapters::catalog::report::Finding;

/// The fields of one row, taken out one by one, and all that was noticed on the way.
pub(super) struct Fields {
    line: u64,
    found: Vec<(&'static str, Found)>,
    problems: Vec<Finding<Problem>>,
    warnings: Vec<Finding<Warning>>,
}

impl Fields {
    pub(super) fn new(line: u64, given: Vec<(String, Found)>) -> Self {
        let mut fields =
            Self { line, found: Vec::new(), problems: Vec::new(), warnings: Vec::new() };
        for (name, found) in given {
            match Field::named(&name).map(|field| field.name) {
                None => fields.refuse(&name, Problem::UnknownField),
                Some(name) if fields.found.iter().any(|(known, _)| *known == name) => {
                    fields.refuse(name, Problem::Twice);
                }
                Some(name) => fields.found.push((name, found)),
            }
        }
        fields
    }

    /// The row made of the fields, unless there was a problem.
    pub(super) fn finish(self, row: Option<Row>) -> Result<Reading, Vec<Finding<Problem>>> {
        match row {
            Some(row) if self.problems.is_empty() => Ok(Reading { row, warnings: self.warnings }),
            _ => Err(self.problems),
        }
    }

    /// A field that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Found) -> Result<T, Problem>,
    ) -> Option<T> {
        let found = self.take(name)?;
        self.settle(name, read(found))
    }

    /// A field every row needs.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(Found) -> Result<T, Problem>,
    ) -> Option<T> {
        let found = self.take(name).ok_or(Problem::Missing);
        self.settle(name, found.and_then(read))
    }

    /// The merchant's words, which may be left out; empty ones are.
    pub(super) fn text(&mut self, name: &'static str, chars_max: usize) -> Option<Box<str>> {
        let raw = self.optional(name, values::text)?;
        let text = self.plain(name, &raw, chars_max);
        self.settle(name, text).filter(|text| !text.is_empty())
    }

    /// The merchant's words, where every row needs them.
    pub(super) fn required_text(
        &mut self,
        name: &'static str,
        chars_max: usize,
    ) -> Option<Box<str>> {
        let problems_before = self.problems.len();
        let text = self.text(name, chars_max);
        if text.is_none() && self.problems.len() == problems_before {
            self.refuse(name, Problem::Missing);
        }
        text
    }

    /// A list of the merchant's words.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
        entries_max: usize,
        chars_max: usize,
    ) -> Vec<Box<str>> {
        let raw = self.optional(name, |found| values::texts(found, entries_max));
        let raw = raw.unwrap_or_default();
        let texts = raw.iter().map(|raw| self.entry(name, raw, chars_max)).collect();
        self.settle(name, texts).unwrap_or_default()
    }

    /// The merchant's words by name, each name once.
    pub(super) fn pairs(
        &mut self,
        name: &'static str,
        entries_max: usize,
        chars_max: usize,
    ) -> Vec<(Box<str>, Box<str>)> {
        let raw = self.optional(name, |found| values::pairs(found, entries_max));
        let raw = raw.unwrap_or_default();
        let mut pairs: Vec<(Box<str>, Box<str>)> = Vec::new();
        for (key, value) in &raw {
            let pair = self
                .entry(name, key, chars_max)
                .and_then(|key| Ok((key, self.entry(name, value, chars_max)?)));
            let Some(pair) = self.settle(name, pair) else { break };
            if pairs.iter().any(|(known, _)| *known == pair.0) {
                self.refuse(name, Problem::Twice);
                break;
            }
            pairs.push(pair);
        }
        pairs
    }

    fn take(&mut self, name: &'static str) -> Option<Found> {
        let at = self.found.iter().position(|(known, _)| *known == name)?;
        let (_, found) = self.found.swap_remove(at);
        Some(found).filter(|found| *found != Found::Nothing)
    }

    fn entry(
        &mut self,
        name: &'static str,
        raw: &str,
        chars_max: usize,
    ) -> Result<Box<str>, Problem> {
        let text = self.plain(name, raw, chars_max)?;
        if text.is_empty() { Err(Problem::EmptyEntry) } else { Ok(text) }
    }

    fn plain(
        &mut self,
        name: &'static str,
        raw: &str,
        chars_max: usize,
    ) -> Result<Box<str>, Problem> {
        let plain = plain(raw);
        if plain.had_tags {
            self.warn_once(Finding::about(self.line, name, Warning::TagsTakenOut));
        }
        if plain.text.chars().count() > chars_max {
            return Err(Problem::TooLong { max: chars_max });
        }
        Ok(plain.text.into())
    }

    fn warn_once(&mut self, warning: Finding<Warning>) {
        if self.warnings.last() != Some(&warning) {
            self.warnings.push(warning);
        }
    }

    fn settle<T>(&mut self, name: &str, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.refuse(name, problem)).ok()
    }

    fn refuse(&mut self, name: &str, problem: Problem) {
        self.problems.push(Finding::about(self.line, name, problem));
    }
}
