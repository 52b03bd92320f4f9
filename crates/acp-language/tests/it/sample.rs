//! Labelled sentences, as a ratchet: what was understood once is understood for ever.

use std::path::Path;

use serde_json::Value;

use crate::judge::judge;
use crate::shop::{beside, demo, store};

fn cases(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "says whether a missing sample is a failure")]
fn is_required() -> bool {
    std::env::var("ACP_REQUIRE_SPEC").is_ok_and(|value| value == "1")
}

#[test]
#[expect(clippy::print_stderr, reason = "says that it did not run")]
fn the_shared_sample_is_understood() {
    let folder = beside("../../../shared/intents-dev");
    if !folder.join("catalog.json").exists() {
        assert!(!is_required(), "{} is missing", folder.display());
        eprintln!("the shared sample is not there and was not read");
        return;
    }
    let verdict =
        judge(&store(&folder.join("catalog.json")), &cases(&folder.join("utterances.jsonl")));
    assert_eq!(verdict.wrong, Vec::<String>::new());
    assert_eq!(verdict.paid, Vec::<String>::new());
    let missed = verdict.missed.join("\n");
    assert!(
        verdict.exact * 100 >= verdict.turns * 97,
        "{} of {}\n{missed}",
        verdict.exact,
        verdict.turns
    );
}

#[test]
fn sentences_over_another_catalogue_are_understood() {
    let verdict = judge(
        &store(&beside("tests/data/harbour.json")),
        &cases(&beside("tests/data/harbour.jsonl")),
    );
    let missed = verdict.missed.join("\n");
    assert_eq!(
        verdict.wrong,
        Vec::<String>::new(),
        "{} of {}\n{missed}",
        verdict.exact,
        verdict.turns
    );
    assert_eq!(verdict.paid, Vec::<String>::new());
    assert_eq!(verdict.missed, Vec::<String>::new(), "{} of {}", verdict.exact, verdict.turns);
}

#[test]
fn other_ways_to_say_it_are_understood() {
    let harbour = store(&beside("tests/data/harbour.json"));
    for file in ["tests/data/harbour-more.jsonl", "tests/data/harbour-third.jsonl"] {
        let verdict = judge(&harbour, &cases(&beside(file)));
        let missed = verdict.missed.join("\n");
        let score = format!("{} of {}\n{missed}", verdict.exact, verdict.turns);
        assert_eq!(verdict.wrong, Vec::<String>::new(), "{score}");
        assert_eq!(verdict.paid, Vec::<String>::new());
        assert_eq!(verdict.missed, Vec::<String>::new(), "{score}");
    }
}

#[test]
fn the_demo_shop_is_understood() {
    let verdict = judge(&demo(), &cases(&beside("tests/data/demo.jsonl")));
    let missed = verdict.missed.join("\n");
    assert_eq!(
        verdict.wrong,
        Vec::<String>::new(),
        "{} of {}\n{missed}",
        verdict.exact,
        verdict.turns
    );
    assert_eq!(verdict.paid, Vec::<String>::new());
    assert_eq!(verdict.missed, Vec::<String>::new(), "{} of {}", verdict.exact, verdict.turns);
}
