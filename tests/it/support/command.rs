use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a command may take on a slow machine.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);
/// How often somebody who waits looks.
const LOOK_PERIOD: Duration = Duration::from_millis(5);

/// The program with its arguments, about to be started on a data directory.
///
/// It inherits none of our configuration: no file, no variables.
pub(crate) struct Program {
    command: Command,
}

/// What is left of a program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; nothing when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    /// The program, with `directory` as its data directory.
    pub(crate) fn on(directory: &Path) -> Self {
        Self::alone().and("--data-dir").and(directory.to_str().unwrap())
    }

    /// The program, without a data directory of ours.
    pub(crate) fn alone() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acp-gateway"));
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("ACP_GATEWAY")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        Self { command }
    }

    /// The same with one more argument.
    pub(crate) fn and(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// The same with more arguments.
    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// The same with a configuration variable, such as `SERVER__DOCS`.
    pub(crate) fn setting(mut self, key: &str, value: &str) -> Self {
        self.command.env(format!("ACP_GATEWAY__{key}"), value);
        self
    }

    /// The same in another working directory.
    pub(crate) fn working_in(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        let (mut child, mut stdout, mut stderr) = {
            let (stdout, stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
            (self.start(stdout.try_clone().unwrap(), stderr.try_clone().unwrap()), stdout, stderr)
        };
        let Some(code) = code_within(&mut child, COMMAND_TIMEOUT) else {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the command never ends; it said: {}", text_of(&mut stderr));
        };
        Ended { code, stdout: text_of(&mut stdout), stderr: text_of(&mut stderr) }
    }

    /// Starts it, with its output going somewhere.
    pub(super) fn start(mut self, stdout: impl Into<Stdio>, stderr: File) -> Child {
        self.command.stdout(stdout).stderr(stderr).spawn().unwrap()
    }
}

impl Ended {
    /// What it printed, when all went well.
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.stdout
    }

    /// The same as JSON.
    pub(crate) fn json(self) -> Value {
        let printed = self.fine();
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    }

    /// What it complained about, when it failed: with this code, and without printing anything.
    pub(crate) fn complaint(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert_eq!(self.stdout, "", "who fails has nothing to say to a pipe: {self:#?}");
        self.stderr
    }
}

/// The exit code of a process that ends within a time: `Some(None)` when a signal ended it.
pub(super) fn code_within(child: &mut Child, limit: Duration) -> Option<Option<i32>> {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.code());
        }
        std::thread::sleep(LOOK_PERIOD);
    }
    None
}

/// Everything that was written to a file.
pub(super) fn text_of(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
