//! What an import found, line by line, as much of it as a person reads.

use acp_core::limits::REPORT_FINDINGS_MAX;
use std::fmt;

use super::problem::{Hint, Problem, Warning};

/// How much of a field's name is kept.
const FIELD_CHARS_MAX: usize = 60;

/// Something found in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<P> {
    /// The line the row begins on, counted from 1.
    pub line: u64,
    /// The field it is about; `None` when it is about the row.
    pub field: Option<Box<str>>,
    /// What was found.
    pub problem: P,
}

impl<P> Finding<P> {
    /// A finding about a field. The name may be anything a file holds, so only a harmless
    /// beginning of it is kept.
    pub(super) fn about(line: u64, field: &str, problem: P) -> Self {
        let shown = field.chars().take(FIELD_CHARS_MAX);
        let field: String = shown.map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { line, field: Some(field.into()), problem }
    }
}

impl<P: fmt::Display> fmt::Display for Finding<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, field, problem } = self;
        match field {
            Some(field) => write!(f, "line {line}, {field}: {problem}"),
            None => write!(f, "line {line}: {problem}"),
        }
    }
}

/// The findings of one kind, in the order they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings<P> {
    shown: Vec<Finding<P>>,
    total: u64,
}

impl<P> Default for Findings<P> {
    fn default() -> Self {
        Self { shown: Vec::new(), total: 0 }
    }
}

impl<P> Findings<P> {
    /// The first hundred.
    pub fn shown(&self) -> &[Finding<P>] {
        &self.shown
    }

    /// How many there are, shown or not.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub(super) fn push(&mut self, finding: Finding<P>) {
        self.total = self.total.saturating_add(1);
        if self.shown.len() < REPORT_FINDINGS_MAX {
            self.shown.push(finding);
        }
    }

    pub(super) fn extend(&mut self, findings: Vec<Finding<P>>) {
        for finding in findings {
            self.push(finding);
        }
    }

    fn unshown(&self) -> u64 {
        self.total.saturating_sub(u64::try_from(self.shown.len()).unwrap_or(u64::MAX))
    }
}

impl<P: fmt::Display> Findings<P> {
    fn write_lines(&self, f: &mut fmt::Formatter<'_>, label: &str, kind: &str) -> fmt::Result {
        for finding in &self.shown {
            writeln!(f, "{label}{finding}")?;
        }
        match self.unshown() {
            0 => Ok(()),
            rest => writeln!(f, "and {rest} more {kind}"),
        }
    }
}

/// How the reading of a catalogue went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The rows that were read, good or bad.
    pub rows: u64,
    /// The rows that were refused. A row may have several problems.
    pub rows_refused: u64,
    /// Why rows were refused.
    pub problems: Findings<Problem>,
    /// What was mended in rows that were kept.
    pub warnings: Findings<Warning>,
    /// What the owner may want to look at; only a lint gives hints.
    pub hints: Findings<Hint>,
}

impl Report {
    pub(super) fn refuse_row(&mut self, problems: Vec<Finding<Problem>>) {
        self.rows_refused = self.rows_refused.saturating_add(1);
        self.problems.extend(problems);
    }
}

/// One line for each finding, problems first.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problems.write_lines(f, "", "problems")?;
        self.warnings.write_lines(f, "warning: ", "warnings")?;
        self.hints.write_lines(f, "hint: ", "hints")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(line: u64) -> Finding<Problem> {
        Finding { line, field: Some("price".into()), problem: Problem::NotWhole }
    }

    #[test]
    fn a_report_reads_as_one_line_for_each_finding() {
        let mut report = Report::default();
        report.refuse_row(vec![price(7)]);
        report.refuse_row(vec![Finding { line: 9, field: None, problem: Problem::NotAnObject }]);
        let field = Some("title".into());
        report.warnings.push(Finding { line: 3, field, problem: Warning::TagsTakenOut });
        report.hints.push(Finding { line: 2, field: Some("price".into()), problem: Hint::Free });
        assert_eq!(
            report.to_string(),
            "line 7, price: this is not a whole number\n\
             line 9: a row is one JSON object\n\
             warning: line 3, title: HTML tags were taken out\n\
             hint: line 2, price: the price is 0\n"
        );
        assert_eq!(report.rows_refused, 2);
    }

    #[test]
    fn a_report_shows_the_first_hundred_and_counts_the_rest() {
        let mut report = Report::default();
        (1..=100).for_each(|line| report.refuse_row(vec![price(line)]));
        assert_eq!(report.to_string().lines().count(), 100);
        (101..=123).for_each(|line| report.refuse_row(vec![price(line)]));
        assert_eq!(report.problems.shown().len(), 100);
        assert_eq!(report.problems.total(), 123);
        let text = report.to_string();
        assert_eq!(text.lines().count(), 101);
        assert_eq!(text.lines().last(), Some("and 23 more problems"));
    }
}
