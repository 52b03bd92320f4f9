use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;

use super::client::Client;
use super::command::{Ended, Program, log_file, status_within, text_of, until};

/// How long a gateway may take to listen, and to end, on a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long everything may take to come to an end, once the faults have ended.
const QUIET_WITHIN: Duration = Duration::from_mins(1);
const LOOK_PERIOD: Duration = Duration::from_millis(20);
#[cfg(feature = "failpoints")]
const STANDS_STILL_WITHIN: Duration = Duration::from_secs(20);

/// A gateway that runs in a process of its own, on a free port of this machine. Dropping it kills
/// the process.
pub(crate) struct Running {
    child: Child,
    directory: PathBuf,
    address: SocketAddr,
    banner: File,
    log: File,
}

impl Running {
    /// Starts a gateway on a data directory and waits until it listens.
    pub(crate) fn start(directory: &Path) -> Self {
        Self::start_as(directory, Program::on(directory))
    }

    /// Starts a gateway that was prepared otherwise, on the data directory it was given.
    pub(crate) fn start_as(directory: &Path, program: Program) -> Self {
        let (banner, log) = (tempfile::tempfile().unwrap(), log_file());
        let mut child =
            program.saying_much().with(&["--listen", "127.0.0.1:0"]).start(&banner, &log);
        let listens = || {
            let has_ended = child.try_wait().unwrap().is_some();
            announced(&text_of(&banner)).map(Ok).or(has_ended.then_some(Err("ended")))
        };
        let Some(Ok(address)) = until(PATIENCE, listens) else {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the gateway never listened; it said: {}", text_of(&log));
        };
        Self { child, directory: directory.to_path_buf(), address, banner, log }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection of somebody who uses the demo key.
    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await.unwrap()
    }

    /// A connection of the operator.
    pub(crate) async fn operator(&self) -> Client {
        self.try_operator().await.unwrap()
    }

    /// The same; `None` when nobody listens any more.
    pub(crate) async fn try_operator(&self) -> Option<Client> {
        Client::connect_to_socket(&self.directory.join("admin.sock")).await
    }

    /// Waits until no completion is under way; gives how many there still are when it never is.
    pub(crate) async fn until_quiet(&self) -> usize {
        let mut operator = self.operator().await;
        let mut left = 0;
        let looks = QUIET_WITHIN.as_millis() / LOOK_PERIOD.as_millis();
        for _ in 0..looks {
            let listed = operator.get("/runs").await.unwrap();
            left = listed.json()["runs"].as_array().map_or(usize::MAX, Vec::len);
            if left == 0 {
                break;
            }
            tokio::time::sleep(LOOK_PERIOD).await;
        }
        left
    }

    /// A command about this gateway, such as `keys list`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Ended {
        Program::on(&self.directory).with(arguments).run()
    }

    /// Everything that belongs to a session or an order.
    pub(crate) fn inspect(&self, id: &str) -> Value {
        self.command(&["inspect", id, "--json"]).json()
    }

    /// Everything it has logged so far.
    pub(crate) fn log(&self) -> String {
        text_of(&self.log)
    }

    /// Asks it to end, as `kill` does, and does not wait.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Tells it to look at its files again.
    pub(crate) fn hang_up(&self) {
        self.signal("HUP");
    }

    /// Stops it in its tracks, like a machine that is put to sleep. It stands still when this is
    /// over: what a thread was asking the kernel for is done by then.
    #[cfg(feature = "failpoints")]
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
        let looks = STANDS_STILL_WITHIN.as_millis() / LOOK_PERIOD.as_millis();
        let stands_still = (0..looks).any(|_| {
            std::thread::sleep(LOOK_PERIOD);
            self.stands_still()
        });
        assert!(stands_still, "the gateway goes on although it was stopped");
    }

    #[cfg(feature = "failpoints")]
    fn stands_still(&self) -> bool {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        tasks.map(|task| fs::read_to_string(task.unwrap().path().join("stat"))).all(|stat| {
            // A thread that has ended meanwhile is as still as can be.
            stat.is_ok_and(|stat| stat.rsplit(')').next().unwrap().starts_with(" T"))
        })
    }

    /// Lets it go on where it was, as if no time had passed.
    #[cfg(feature = "failpoints")]
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    }

    /// Whether it dies by itself, as a process does that is killed.
    #[cfg(feature = "failpoints")]
    pub(crate) fn dies_within(&mut self, limit: Duration) -> bool {
        use std::os::unix::process::ExitStatusExt as _;
        let status = status_within(&mut self.child, limit);
        status.is_some_and(|status| status.signal() == Some(9))
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(mut self) -> Ended {
        let Some(status) = status_within(&mut self.child, PATIENCE) else {
            panic!("the gateway never ends; it said: {}", self.log());
        };
        Ended { code: status.code(), stdout: text_of(&self.banner), stderr: self.log() }
    }

    /// Ends it as an operator does: everything under way finishes first.
    pub(crate) fn stop(self) -> Ended {
        self.terminate();
        let ended = self.wait();
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        ended
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is just as well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where a gateway says that it listens, once it has said so to the end.
fn announced(banner: &str) -> Option<SocketAddr> {
    let (line, _) = banner.split_once('\n')?;
    let (_, url) = line.split_once(" at http")?;
    url.trim_start_matches('s').trim_start_matches("://").parse().ok()
}
