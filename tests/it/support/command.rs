use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a command may take on a slow machine.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
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

fn concerns_a_gateway(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy();
    name.starts_with("ACP_GATEWAY") || name.starts_with("OTEL_")
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
        for name in inherited.filter(|name| concerns_a_gateway(name)) {
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

    /// The same with a variable that is not only ours.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same on a machine that trusts only this certificate.
    pub(crate) fn trusting(mut self, certificate: &Path) -> Self {
        self.command.env("SSL_CERT_FILE", certificate).env_remove("SSL_CERT_DIR");
        self
    }

    /// The same, dying at a failpoint, such as `run:after:3`.
    #[cfg(feature = "failpoints")]
    pub(crate) fn dying_at(mut self, failpoint: &str) -> Self {
        self.command.env("ACP_FAILPOINT", failpoint);
        self
    }

    /// The same in another working directory.
    pub(crate) fn working_in(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        let (stdout, stderr) = (tempfile::tempfile().unwrap(), log_file());
        let mut child = self.start(&stdout, &stderr);
        let Some(status) = status_within(&mut child, COMMAND_TIMEOUT) else {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the command never ends; it said: {}", text_of(&stderr));
        };
        Ended { code: status.code(), stdout: text_of(&stdout), stderr: text_of(&stderr) }
    }

    /// The same, telling in its log whatever it can, where logs are looked through afterwards. Who
    /// chose otherwise already is not asked.
    pub(super) fn saying_much(mut self) -> Self {
        let chose = |argument: &OsStr| argument.to_string_lossy().contains("log");
        let is_free = !self.command.get_args().any(chose)
            && !self.command.get_envs().any(|(name, _)| name == "ACP_GATEWAY__LOG__LEVEL");
        if is_free && kept_logs().is_some() {
            self.command.env("ACP_GATEWAY__LOG__LEVEL", "debug,acp_gateway=trace");
        }
        self
    }

    /// Starts it, with its output going to files.
    pub(super) fn start(mut self, stdout: &File, stderr: &File) -> Child {
        self.command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
        self.command.spawn().unwrap()
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

/// Where the logs of all tests are kept, when somebody wants to look through them afterwards:
/// `make test` does (`tests/logs/scan.py`).
fn kept_logs() -> Option<OsString> {
    std::env::var_os("ACP_TEST_LOGS").filter(|directory| !directory.is_empty())
}

/// A new file for a log.
pub(super) fn log_file() -> File {
    let Some(directory) = kept_logs() else { return tempfile::tempfile().unwrap() };
    fs::create_dir_all(&directory).unwrap();
    let mut builder = tempfile::Builder::new();
    let named = builder.prefix("gateway-").suffix(".log").tempfile_in(directory).unwrap();
    named.keep().unwrap().0
}

/// How a process ends that ends within a time.
pub(super) fn status_within(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    until(limit, || child.try_wait().unwrap())
}

/// What somebody who looks again and again sees within a time.
pub(super) fn until<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let seen = look();
        if seen.is_some() || Instant::now() > deadline {
            return seen;
        }
        std::thread::sleep(LOOK_PERIOD);
    }
}

/// Everything that was written to a file so far. Whoever writes shares its position, so that is
/// left alone.
pub(super) fn text_of(file: &File) -> String {
    let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
    let read = file.read_at(&mut bytes, 0).unwrap();
    bytes.truncate(read);
    String::from_utf8_lossy(&bytes).into_owned()
}
