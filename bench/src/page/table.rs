//! What was measured, as a table.

use super::{Chapter, Saved};
use crate::machine::Machine;
use crate::report::{Line, short};
use crate::stats::Spread;

/// Everything that was measured, with what it was measured on.
pub(super) fn of(saved: &Saved) -> String {
    let Machine { cores, processor, kernel, rustc, commit, is_changed, .. } = &saved.machine;
    let changed = if *is_changed { " with changes" } else { "" };
    let mut text = format!(
        "{cores} cores ({processor}), Linux {kernel}, {rustc}, commit `{commit}`{changed}.\n\n\
         | Number | Measured | Median | Low to high | Goal | | Rounds | Load |\n\
         |---|---|---|---|---|---|---|---|\n"
    );
    for chapter in &saved.scenarios {
        for line in &chapter.lines {
            text.push_str(&row(chapter, line));
        }
    }
    text
}

fn row(Chapter { load, plan, .. }: &Chapter, line: &Line) -> String {
    let Spread { median, low, high } = line.value;
    let goal = line.goal.map(|goal| format!(">= {}", short(goal))).unwrap_or_default();
    let lately = load.split(' ').next().unwrap_or_default();
    format!(
        "| {} | {} | {} | {} to {} | {goal} | {} | {} of {} s | {lately} |\n",
        cell(&line.name),
        cell(&line.measured),
        short(median),
        short(low),
        short(high),
        line.verdict(),
        plan.rounds,
        plan.seconds
    )
}

/// Text that is one cell whatever is in it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::super::tests::saved;
    use super::*;

    #[test]
    fn a_row_says_what_was_measured_and_whether_it_is_enough() {
        let table = of(&saved());
        assert!(table.starts_with("2 cores (a processor), Linux "), "{table}");
        let row = r"| GET | gateway <2> us \| floor 1 us | 0.60 | 0.30 to 1.20 | >= 0.60 | met | 15 of 1 s | 1.00 |";
        assert!(table.contains(row), "{table}");
        assert!(table.contains("| PUT | "), "{table}");
    }
}
