//! The pages about errors: one for each code, and what they say is true.

use std::collections::BTreeSet;
use std::path::Path;

use acp_wire::problem::Code;

use super::{Document, Operation, examples, indented, refused};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors"))
}

fn page(code: Code) -> String {
    let path = folder().join(format!("{}.md", code.as_str()));
    std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()))
}

/// What stands in a row of the table at the beginning of a page.
fn row<'a>(page: &'a str, name: &str) -> &'a str {
    let start = format!("| {name} | ");
    let row = page.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap();
    row.trim_end_matches(" |")
}

/// What stands in a block of code.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn every_code_has_a_page_and_every_page_has_a_code() {
    let pages: BTreeSet<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let codes = Code::ALL.iter().map(|code| format!("{}.md", code.as_str())).collect();
    assert_eq!(pages, codes);
}

#[test]
fn every_page_says_its_own_code_and_status() {
    for code in Code::ALL {
        let (page, word, status) = (page(code), code.as_str(), code.status().to_string());
        assert_eq!(page.lines().next().unwrap(), format!("# `{word}`"));
        assert!(row(&page, "Status").starts_with(&status), "{word}: {}", row(&page, "Status"));
        let answer = block(&page, "http").lines().next().unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{word}: {answer}");
        for heading in ["## Cause", "## What to do", "## Example"] {
            assert!(page.contains(heading), "{word} has no {heading:?}");
        }
    }
}

#[test]
fn every_page_shows_the_answer_as_it_is_sent() {
    let refused = refused();
    for code in Code::ALL {
        let page = page(code);
        let sent = indented(refused[code.as_str()].get());
        assert_eq!(block(&page, "json"), sent, "{}", code.as_str());
        let kind: serde_json::Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(row(&page, "Type"), format!("`{}`", kind["type"].as_str().unwrap()));
    }
}

#[test]
fn every_page_names_the_operations_that_answer_so() {
    let document = Document::made();
    for code in Code::ALL {
        let page = page(code);
        let named: BTreeSet<_> = row(&page, "Answered by").split('`').skip(1).step_by(2).collect();
        let operations = document.operations();
        let answering = operations.iter().filter(|operation| {
            let answers = operation.responses().into_iter();
            let mut shown =
                answers.flat_map(|(_, one)| examples(&one["content"]["application/json"]));
            shown.any(|(name, _)| name == code.as_str())
        });
        assert_eq!(named, answering.map(Operation::id).collect(), "{}", code.as_str());
    }
}

/// What an agent does; merchants and principals meet other codes.
const OF_AGENTS: [&str; 9] = [
    "createCheckoutSession",
    "updateCheckoutSession",
    "completeCheckoutSession",
    "cancelCheckoutSession",
    "createCart",
    "createIntent",
    "createPlan",
    "answerPlan",
    "executePlan",
];

#[test]
fn the_guide_for_agents_says_what_to_do_about_every_code_they_meet() {
    let guide = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/AGENTS.md"));
    let linked = guide.split("(errors/").skip(1).filter_map(|rest| rest.split(".md)").next());
    let linked: BTreeSet<_> = linked.filter(|word| !word.starts_with(')')).collect();
    let met = Code::ALL.into_iter().filter(|code| {
        let page = page(*code);
        OF_AGENTS.iter().any(|id| row(&page, "Answered by").contains(&format!("`{id}`")))
    });
    for code in met {
        assert!(linked.contains(code.as_str()), "docs/AGENTS.md says nothing of {}", code.as_str());
    }
    for word in linked {
        assert!(Code::ALL.iter().any(|code| code.as_str() == word), "{word} is no code");
    }
}
