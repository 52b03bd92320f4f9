//! What came out: a table for people, and everything behind it as JSON.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::machine::{Machine, load};
use crate::run::Plan;
use crate::stats::Spread;

/// One number that is judged, or only shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// What was measured, in words: both sides of a ratio.
    pub(crate) measured: String,
    pub(crate) value: Spread,
    /// The least the value should be.
    pub(crate) goal: Option<f64>,
}

impl Line {
    pub(crate) fn verdict(&self) -> &'static str {
        match self.goal {
            Some(goal) if self.value.median >= goal => "met",
            Some(_) => "not met",
            None => "",
        }
    }
}

/// What a scenario came to.
#[derive(Debug, Serialize)]
pub(crate) struct Chapter {
    pub(crate) name: &'static str,
    pub(crate) lines: Vec<Line>,
    /// Every round as it was measured.
    pub(crate) rounds: Value,
    /// What else is worth knowing.
    pub(crate) notes: Map<String, Value>,
}

impl Chapter {
    /// The same under another name, with a word about where it was measured.
    pub(crate) fn called(mut self, name: &'static str, place: &str) -> Self {
        self.name = name;
        for line in &mut self.lines {
            line.name = format!("{} {place}", line.name);
        }
        self
    }
}

/// A chapter, and when it was written.
#[derive(Debug, Serialize)]
struct Written {
    #[serde(flatten)]
    chapter: Chapter,
    /// The commit that was checked out, as a file may hold chapters of several.
    commit: String,
    /// How busy the machine was afterwards.
    load: String,
    plan: Value,
}

/// The whole run.
#[derive(Debug)]
pub(crate) struct Report {
    machine: Machine,
    plan: Value,
    chapters: Vec<Written>,
}

impl Report {
    pub(crate) fn begin(plan: &Plan) -> Self {
        Self { machine: Machine::here(), plan: plan.facts(), chapters: Vec::new() }
    }

    pub(crate) fn add(&mut self, chapter: Chapter) {
        let (commit, plan) = (self.machine.commit.clone(), self.plan.clone());
        self.chapters.push(Written { chapter, commit, load: load(), plan });
    }

    pub(crate) fn add_all(&mut self, chapters: impl IntoIterator<Item = Chapter>) {
        chapters.into_iter().for_each(|chapter| self.add(chapter));
    }

    /// Writes everything to a file named after the commit. What was measured of the same commit
    /// before and not this time stays in it.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn save(&self) -> anyhow::Result<PathBuf> {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
        std::fs::create_dir_all(&directory)?;
        let path = directory.join(format!("{}.json", self.machine.commit));
        let before: Value = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(_) => Value::Null,
        };
        let whole = json!({
            "machine": self.machine,
            "load_after": load(),
            "scenarios": together(before.get("scenarios"), &json!(self.chapters)),
        });
        let text = format!("{}\n", serde_json::to_string_pretty(&whole)?);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// The numbers a reader in a hurry wants.
    pub(crate) fn table(&self) -> String {
        let Machine { cores, processor, kernel, rustc, commit, .. } = &self.machine;
        let changed = if self.machine.is_changed { " with changes" } else { "" };
        let mut rows = vec![["", "measured", "median", "low..high", "goal", ""].map(String::from)];
        for line in self.chapters.iter().flat_map(|written| &written.chapter.lines) {
            let Spread { median, low, high } = line.value;
            rows.push([
                line.name.clone(),
                line.measured.clone(),
                short(median),
                format!("{}..{}", short(low), short(high)),
                line.goal.map(|goal| format!(">= {goal:.2}")).unwrap_or_default(),
                line.verdict().to_owned(),
            ]);
        }
        let facts = format!(
            "{cores} cores ({processor}), Linux {kernel}, {rustc}\ncommit {commit}{changed}, load \
             {} before and {} after\n",
            self.machine.load_before,
            load()
        );
        format!("\n{facts}\n{}", aligned(&rows))
    }
}

/// The chapters of both; of two with the same name the later one.
fn together(before: Option<&Value>, now: &Value) -> Vec<Value> {
    let all = |chapters: &Value| chapters.as_array().cloned().unwrap_or_default();
    let (mut chapters, now) = (before.map(all).unwrap_or_default(), all(now));
    let name = |chapter: &Value| chapter.get("name").cloned();
    chapters.retain(|old| now.iter().all(|chapter| name(chapter) != name(old)));
    chapters.extend(now);
    chapters
}

/// Three digits that count.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn aligned(rows: &[[String; 6]]) -> String {
    let mut widths = [0; 6];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  "));
        text.push_str(cells.collect::<String>().trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_by_the_median() {
        let value = Spread { median: 0.6, low: 0.5, high: 0.7 };
        let line = |goal| Line { name: String::new(), measured: String::new(), value, goal };
        assert_eq!(line(Some(0.6)).verdict(), "met");
        assert_eq!(line(Some(0.61)).verdict(), "not met");
        assert_eq!(line(None).verdict(), "");
    }

    #[test]
    fn what_was_measured_before_stays_unless_it_is_measured_anew() {
        let before = json!([{"name": "read", "at": 1}, {"name": "flow", "at": 1}]);
        let now = json!([{"name": "flow", "at": 2}]);
        let both = [json!({"name": "read", "at": 1}), json!({"name": "flow", "at": 2})];
        assert_eq!(together(Some(&before), &now), both);
        assert_eq!(together(None, &now), [json!({"name": "flow", "at": 2})]);
    }

    #[test]
    fn columns_are_aligned() {
        let row = |cell: &str| [cell, "b", "", "", "", ""].map(String::from);
        assert_eq!(aligned(&[row("a"), row("long")]), "a     b\nlong  b\n");
    }
}
