//! The table in `docs/SECURITY.md` names tests that are there.

use std::path::{Path, PathBuf};

const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SECURITY.md"));

/// All Rust code there is.
fn code() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> =
        ["src", "tests", "crates", "mocks"].map(|name| root.join(name)).into();
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

/// The cells of each row of the table.
fn rows() -> Vec<Vec<&'static str>> {
    let rows = TEXT.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    rows.filter(|cells| cells.get(1).is_some_and(|cell| cell.parse::<u32>().is_ok())).collect()
}

#[test]
fn every_row_names_tests_that_are_there_or_what_it_waits_for() {
    let (code, rows) = (code(), rows());
    let numbers: Vec<u32> = rows.iter().map(|cells| cells[1].parse().unwrap()).collect();
    assert_eq!(numbers, (1..=66).collect::<Vec<_>>());
    for cells in &rows {
        let names: Vec<_> = cells[4].split('`').skip(1).step_by(2).collect();
        let is_elsewhere = cells[4].contains("waits for") || cells[4].contains("proxy");
        assert!(is_elsewhere || !names.is_empty(), "row {} says nothing", cells[1]);
        for name in names.iter().filter(|name| !name.contains([' ', '.'])) {
            let is_there = ["(", "<"].iter().any(|end| code.contains(&format!("fn {name}{end}")));
            // Rules of a contract and checks of the matrix are functions, too.
            assert!(is_there, "row {}: there is no test {name}", cells[1]);
        }
    }
}
