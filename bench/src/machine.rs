//! What the numbers were measured on.

use std::path::Path;
use std::process::Command;

use acp_core::ports::Clock as _;
use acp_gateway::adapters::system::SystemClock;
use serde::{Deserialize, Serialize};

/// Where and when a run took place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    /// The commit that was checked out.
    pub(crate) commit: String,
    /// Whether files differed from that commit.
    pub(crate) is_changed: bool,
    pub(crate) began_at_unix_ms: i64,
    pub(crate) load_before: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let git = |arguments: &[&str]| output(Command::new("git").arg("-C").arg(source), arguments);
        Self {
            cores: std::thread::available_parallelism().map_or(0, Into::into),
            processor: processor(),
            kernel: file("/proc/sys/kernel/osrelease"),
            rustc: output(&mut Command::new("rustc"), &["--version"]),
            commit: git(&["rev-parse", "--short", "HEAD"]),
            is_changed: !git(&["status", "--porcelain", "--untracked-files=no"]).is_empty(),
            began_at_unix_ms: SystemClock::default().now().unix_ms(),
            load_before: load(),
        }
    }
}

/// How busy the machine is: above the number of cores, no number is worth much.
pub(crate) fn load() -> String {
    file("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn processor() -> String {
    let text = file("/proc/cpuinfo");
    let line = text.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split_once(": ")).map_or("", |(_, name)| name).to_owned()
}

/// The text of a file, or nothing where there is none: a fact that is missing is not worth a run.
fn file(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

fn output(command: &mut Command, arguments: &[&str]) -> String {
    let output = command.args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}
