//! The rules of this repository that a machine can check: walls, sizes, leftovers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each room of `src/` and the rooms it may name with `crate::…`.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("adapters", &["breaker", "seeded", "telemetry"]),
    ("admin", &["adapters", "app", "identity", "store"]),
    ("app", &["runs", "seeded", "telemetry"]),
    (
        "boot",
        &[
            "adapters",
            "admin",
            "app",
            "config",
            "http",
            "identity",
            "jobs",
            "mcp",
            "metering",
            "store",
            "telemetry",
        ],
    ),
    ("breaker", &[]),
    ("cli", &["admin", "adapters", "boot", "config", "http", "telemetry"]),
    ("config", &[]),
    ("http", &["app", "identity", "metering", "telemetry"]),
    ("identity", &[]),
    ("jobs", &["app"]),
    ("mcp", &["http", "telemetry"]),
    ("metering", &["breaker", "telemetry"]),
    ("runs", &["telemetry"]),
    ("seeded", &[]),
    ("store", &["breaker", "seeded", "telemetry"]),
    ("telemetry", &[]),
];

/// Libraries a room must not learn about.
const MUST_NOT_KNOW: &[(&str, &[&str])] = &[
    ("adapters", &["axum", "redb", "redis"]),
    ("app", &["acp_wire", "axum", "redb", "redis", "hyper"]),
    ("config", &["acp_core", "acp_wire", "axum", "redb"]),
    ("http", &["redb", "redis"]),
    ("identity", &["axum", "redb", "redis"]),
    ("jobs", &["acp_wire", "axum", "redb", "redis"]),
    ("metering", &["acp_wire", "axum", "redb", "redis"]),
    ("runs", &["acp_wire", "axum", "redb", "redis"]),
    ("store", &["acp_wire", "axum"]),
    ("telemetry", &["acp_core", "acp_wire", "axum", "redb", "redis"]),
];

/// What the libraries of this workspace may stand on.
const MEMBERS_MAY_USE: &[(&str, &[&str])] = &[
    ("crates/acp-core", &["async-trait", "thiserror"]),
    ("crates/acp-language", &["acp-core", "strsim", "unicode-normalization"]),
    (
        "crates/acp-signature",
        &[
            "acp-core",
            "async-trait",
            "base64",
            "http",
            "ring",
            "serde",
            "serde_json",
            "sfv",
            "thiserror",
        ],
    ),
    (
        "crates/acp-wire",
        &[
            "acp-core",
            "serde",
            "serde_ignored",
            "serde_json",
            "serde_path_to_error",
            "sha2",
            "thiserror",
            "time",
            "utoipa",
        ],
    ),
    (
        "mocks",
        &[
            "acp-core",
            "async-trait",
            "axum",
            "bytes",
            "clap",
            "form_urlencoded",
            "hmac",
            "http-body-util",
            "hyper",
            "hyper-util",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "time",
            "tokio",
        ],
    ),
];

const LINES_MAX: usize = 400;
const ENTRIES_MAX: usize = 20;
const TESTS_PER_1000_LINES_MIN: usize = 12;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(below: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

/// The text of a file up to its unit tests.
fn code_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned()
}

fn is_test_file(path: &Path) -> bool {
    let path = shown(path);
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The room of a file below `src/`.
fn room_of(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Every word that follows `crate::` in a text.
fn rooms_named_in(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let parts: Vec<_> = text.split("crate::").collect();
    parts
        .windows(2)
        .filter(|pair| !pair[0].ends_with(is_word))
        .map(|pair| pair[1].chars().take_while(|c| is_word(*c)).collect())
        .collect()
}

#[test]
fn no_room_names_a_room_it_may_not_know() {
    let walls: BTreeMap<_, _> = MAY_NAME.iter().copied().collect();
    let mut broken = Vec::new();
    for path in rust_files("src") {
        let room = room_of(&path);
        if room == "lib" || room == "main" || is_test_file(&path) {
            continue;
        }
        let may_name = walls.get(room.as_str()).unwrap_or_else(|| panic!("{room} is in no wall"));
        for named in rooms_named_in(&code_of(&path)) {
            if named != room && walls.contains_key(named.as_str()) && !may_name.contains(&&*named) {
                broken.push(format!("{} names crate::{named}", shown(&path)));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn no_room_knows_a_library_it_must_not_know() {
    let mut broken = Vec::new();
    for (room, libraries) in MUST_NOT_KNOW {
        for path in rust_files("src").into_iter().filter(|path| room_of(path) == *room) {
            let code = code_of(&path);
            for library in *libraries {
                if code.contains(&format!("{library}::"))
                    || code.contains(&format!("use {library};"))
                {
                    broken.push(format!("{} knows {library}", shown(&path)));
                }
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn the_members_stand_on_little() {
    for (member, allowed) in MEMBERS_MAY_USE {
        let manifest = std::fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        let section = manifest.split("[dependencies]\n").nth(1).unwrap();
        let section = section.split("\n[").next().unwrap();
        for line in section.lines().filter(|line| !line.trim().is_empty()) {
            let name = line.split(['.', ' ', '=']).next().unwrap();
            assert!(allowed.contains(&name), "{member} stands on {name}");
        }
    }
}

#[test]
fn no_file_is_too_long_and_no_folder_too_full() {
    let mut broken = Vec::new();
    for below in ["src", "crates", "mocks", "bench", "tests"] {
        for path in rust_files(below) {
            let lines = code_of(&path).lines().count();
            if lines > LINES_MAX && !is_test_file(&path) {
                broken.push(format!("{} has {lines} lines", shown(&path)));
            }
            let folder = path.parent().unwrap();
            let entries = std::fs::read_dir(folder).unwrap().count();
            if entries > ENTRIES_MAX {
                broken.push(format!("{} has {entries} entries", shown(folder)));
            }
        }
    }
    broken.dedup();
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn there_are_enough_tests() {
    let (mut lines, mut tests) = (0, 0);
    for below in ["src", "crates", "mocks", "tests"] {
        for path in rust_files(below) {
            let text = std::fs::read_to_string(&path).unwrap();
            if !is_test_file(&path) {
                lines += code_of(&path).lines().count();
            }
            tests += text.matches("#[test]").count() + text.matches("#[tokio::test").count();
        }
    }
    assert!(tests * 1_000 >= lines * TESTS_PER_1000_LINES_MIN, "{tests} tests for {lines} lines");
}

#[test]
fn nothing_is_left_unfinished() {
    // In pieces, so that this file does not find itself.
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["#[ig", "nore"].concat()];
    let mut broken = Vec::new();
    for below in ["src", "crates", "mocks", "bench", "tests"] {
        for path in rust_files(below) {
            let text = std::fs::read_to_string(&path).unwrap();
            for word in words.iter().filter(|word| text.contains(word.as_str())) {
                broken.push(format!("{} says {word}", shown(&path)));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}
