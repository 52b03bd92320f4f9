//! What looks through the logs of all tests can find something.

use std::path::Path;
use std::process::Command;

#[test]
fn every_secret_planted_in_a_log_is_found() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs/scan.py");
    let ended = Command::new("python3").arg(&script).arg("--self-test").output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{said}{}", String::from_utf8_lossy(&ended.stderr));
    let home = tempfile::TempDir::new().unwrap();
    let nothing = Command::new("python3").arg(&script).arg(home.path()).output().unwrap();
    assert!(!nothing.status.success(), "where nothing was logged, nothing can be said");
}
