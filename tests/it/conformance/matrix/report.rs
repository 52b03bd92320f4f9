//! The matrix of all rows: run at once, printed, and written to `docs/CONFORMANCE.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use super::registry::{Level, Proof, Row, SECTIONS, rows};
use crate::conformance::version::Version;

/// The variable that has the matrix run and written.
const WANTED: &str = "ACP_TEST_MATRIX";
/// How many checks run at one time.
const AT_ONCE: usize = 2;
const PASS: &str = "pass";
const FAIL: &str = "FAIL";

/// What became of the rows that have a check, by id.
type Results = BTreeMap<String, &'static str>;

fn document() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/CONFORMANCE.md")
}

fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// What the last column of a row says.
fn result(row: &Row, results: &Results) -> String {
    match row.proof {
        Proof::Check(_) => results.get(&row.id()).copied().unwrap_or(FAIL).to_owned(),
        Proof::WaitsFor(feature) => format!("waits for {feature}"),
    }
}

/// A row of a table.
fn line(row: &Row, results: &Results) -> String {
    let (id, level) = (row.id(), row.level.letter());
    let result = result(row, results);
    format!("| {id} | {level} | {} | {} | {result} |", row.source, row.requirement)
}

/// Runs every check, one failure at a time, and says what became of it.
async fn run() -> Results {
    // What fails is said in the matrix; its own words are for whoever runs the test of the row.
    std::panic::set_hook(Box::new(|_| {}));
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut running = Vec::new();
    for row in rows() {
        if let Proof::Check(check) = row.proof {
            let places = places.clone();
            let checking = tokio::spawn(async move {
                let _place = places.acquire_owned().await.unwrap();
                tokio::spawn(check()).await.is_ok()
            });
            running.push((row, checking));
        }
    }
    let mut results = Results::new();
    for (row, checking) in running {
        let result = if checking.await.unwrap() { PASS } else { FAIL };
        results.insert(row.id(), result);
    }
    drop(std::panic::take_hook());
    results
}

fn counted(results: &Results) -> String {
    let waiting = rows().filter(|row| matches!(row.proof, Proof::WaitsFor(_))).count();
    let of = |wanted| results.values().filter(|result| **result == wanted).count();
    let (passed, failed) = (of(PASS), of(FAIL));
    let mut counts = "| | M | S | R | all |\n|---|---|---|---|---|\n".to_owned();
    for (title, wanted) in [(PASS, Some(PASS)), (FAIL, Some(FAIL)), ("waits", None)] {
        let has = |row: &&Row| match wanted {
            Some(wanted) => results.get(&row.id()) == Some(&wanted),
            None => matches!(row.proof, Proof::WaitsFor(_)),
        };
        let at = |level| rows().filter(has).filter(|row| row.level == level).count();
        let (must, should) = (at(Level::Must), at(Level::Should));
        let recommended = at(Level::Recommended);
        let all = rows().filter(has).count();
        writeln!(counts, "| {title} | {must} | {should} | {recommended} | {all} |").unwrap();
    }
    assert_eq!(passed + failed + waiting, rows().count());
    counts
}

/// The whole document.
fn written(results: &Results) -> String {
    let versions: Vec<_> = Version::RELEASED.iter().map(|version| version.name()).collect();
    let mut text = format!(
        "# Conformance\n\n\
         Made by `make conformance`; do not edit it by hand.\n\n\
         What the Agentic Commerce Protocol asks of the server of a shop, in our words, and \
         whether the gateway does it. A check asks the running gateway over HTTP, in every version \
         it concerns of {}, and holds every answer against the JSON Schema of its version. The id \
         of a row is the name of its test.\n\n\
         Levels: M is demanded, S is demanded unless there is a good reason, R is only \
         described.\n\n{}",
        versions.join(", "),
        counted(results)
    );
    for section in SECTIONS {
        let heading = "| Row | Level | Where it is said | What is required | Result |";
        write!(text, "\n## {}\n\n{heading}\n|---|---|---|---|---|\n", section.title).unwrap();
        for row in section.rows {
            writeln!(text, "{}", line(row, results)).unwrap();
        }
    }
    text
}

/// The same text whatever became of the checks.
fn without_results(text: &str) -> String {
    let is_count =
        |line: &&str| [PASS, FAIL].iter().any(|one| line.starts_with(&format!("| {one} ")));
    let lines = text.lines().filter(|line| !is_count(line));
    let lines = lines.map(|line| line.replace(&format!("| {FAIL} |"), &format!("| {PASS} |")));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_lists_every_row() {
    if std::env::var_os(WANTED).is_some() {
        let results = run().await;
        for section in SECTIONS {
            say(&format!("\n{}", section.title));
            for row in section.rows {
                let (id, level, result) = (row.id(), row.level.letter(), result(row, &results));
                say(&format!("  {id}  {level}  {result:<32}  {}", row.requirement));
            }
        }
        say(&format!("\n{}", counted(&results)));
        if Version::tried() == Version::RELEASED {
            std::fs::write(document(), written(&results)).unwrap();
        }
        let failed: Vec<_> = results.iter().filter(|(_, result)| **result == FAIL).collect();
        assert!(failed.is_empty(), "these rows fail: {failed:?}");
    }
    let checked = rows().filter(|row| matches!(row.proof, Proof::Check(_)));
    let all_passed = checked.map(|row| (row.id(), PASS)).collect();
    let kept = std::fs::read_to_string(document()).unwrap_or_default();
    let differs = |(kept, made): &(&str, &str)| kept != made;
    let (kept, made) = (without_results(&kept), without_results(&written(&all_passed)));
    let (mut kept_lines, mut made_lines) = (kept.lines(), made.lines());
    let difference = kept_lines.by_ref().zip(made_lines.by_ref()).find(differs);
    assert_eq!(difference, None, "docs/CONFORMANCE.md is stale; run `make conformance`");
    assert_eq!(kept, made, "docs/CONFORMANCE.md is stale; run `make conformance`");
}
