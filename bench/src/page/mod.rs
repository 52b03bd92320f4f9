//! A page of what was measured, for people: a table in `docs/PERFORMANCE.md`, and a picture beside it.

mod plot;
mod table;

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::machine::Machine;
use crate::report::Line;

/// Between these lines the page belongs to the bench.
const BEGIN: &str = "<!-- measured: written by `acp-bench page` -->";
const END: &str = "<!-- measured: end -->";

/// What a run has saved.
#[derive(Debug, Deserialize)]
struct Saved {
    machine: Machine,
    scenarios: Vec<Chapter>,
}

/// What a scenario came to.
#[derive(Debug, Deserialize)]
struct Chapter {
    lines: Vec<Line>,
    load: String,
    plan: Settings,
}

/// How it was measured.
#[derive(Debug, Deserialize)]
struct Settings {
    rounds: u32,
    seconds: u64,
}

/// Writes the table and the picture of a result into the documents of the repository.
///
/// # Errors
/// The result or the page cannot be read, or they cannot be written.
pub(crate) fn write(result: &Path) -> anyhow::Result<()> {
    let text = std::fs::read(result).with_context(|| format!("reading {}", result.display()))?;
    let saved: Saved = serde_json::from_slice(&text)?;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = docs.join("PERFORMANCE.md");
    let before = std::fs::read_to_string(&page)?;
    std::fs::write(&page, between(&before, &table::of(&saved))?)?;
    Ok(std::fs::write(docs.join("performance.svg"), plot::of(&saved))?)
}

/// The page with other words between the two lines.
fn between(page: &str, words: &str) -> anyhow::Result<String> {
    let (head, rest) = page.split_once(BEGIN).context("the page does not say where it begins")?;
    let (_, tail) = rest.split_once(END).context("the page does not say where it ends")?;
    ensure!(!tail.contains(BEGIN), "there are two places for what was measured");
    Ok(format!("{head}{BEGIN}\n\n{words}\n{END}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Spread;

    pub(super) fn saved() -> Saved {
        let line = |name: &str, median: f64, goal| Line {
            name: name.to_owned(),
            measured: "gateway <2> us | floor 1 us".to_owned(),
            value: Spread { median, low: median / 2.0, high: median * 2.0 },
            goal,
        };
        Saved {
            machine: Machine {
                cores: 2,
                processor: "a processor".to_owned(),
                commit: "abc".to_owned(),
                ..Machine::default()
            },
            scenarios: vec![Chapter {
                lines: vec![line("GET", 0.6, Some(0.6)), line("PUT", 1.0, None)],
                load: "1.00 2.00 3.00".to_owned(),
                plan: Settings { rounds: 15, seconds: 1 },
            }],
        }
    }

    #[test]
    fn only_what_is_between_the_lines_is_written_anew() {
        let page = format!("head\n{BEGIN}\nold\n{END}\ntail\n");
        let written = between(&page, "words\n").unwrap();
        assert_eq!(written, format!("head\n{BEGIN}\n\nwords\n\n{END}\ntail\n"));
        assert_eq!(between(&written, "words\n").unwrap(), written);
        assert!(between("a page", "words").is_err());
    }
}
