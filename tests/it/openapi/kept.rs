//! Files that are made by the code and kept in the repository.

use std::path::Path;

/// Fails when a file is not what the code makes of it; with `UPDATE=1`, writes it anew.
pub(crate) fn check(path: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept == made {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let differs = |(kept, made): &(&str, &str)| kept != made;
    let line = kept.lines().zip(made.lines()).take_while(|lines| !differs(lines)).count();
    panic!(
        "{} is not what the code makes of it; run `UPDATE=1 cargo test`\nfrom line {}:\n  kept {:?}\n  made {:?}",
        path.display(),
        line + 1,
        kept.lines().nth(line),
        made.lines().nth(line),
    );
}
