use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

use super::client::Client;
use super::command::{Ended, Program, code_within, text_of};

/// How long a gateway may take to listen, and to end, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A gateway that runs in a process of its own, on a free port of this machine. Dropping it kills
/// the process.
///
pub(crate) struct Running {
    child: Child,
    directory: PathBuf,
    address: SocketAddr,
    banner: Receiver<String>,
    first_line: String,
    log: File,
}

impl Running {
    /// Starts a gateway on a data directory and waits until it listens.
    pub(crate) fn start(directory: &Path) -> Self {
        Self::start_as(directory, Program::on(directory))
    }

    /// Starts a gateway that was prepared otherwise, on the data directory it was given.
    pub(crate) fn start_as(directory: &Path, program: Program) -> Self {
        let mut log = tempfile::tempfile().unwrap();
        let program = program.with(&["--listen", "127.0.0.1:0"]);
        let mut child = program.start(Stdio::piped(), log.try_clone().unwrap());
        let banner = lines_of(child.stdout.take().unwrap());
        let Some((first_line, address)) = announced(&banner) else {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the gateway never listened; it said: {}", text_of(&mut log));
        };
        let directory = directory.to_path_buf();
        Self { child, directory, address, banner, first_line, log }
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
        Client::connect_to_socket(&self.directory.join("admin.sock")).await.unwrap()
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
    pub(crate) fn log(&mut self) -> String {
        text_of(&mut self.log)
    }

    /// Asks it to end, as `kill` does, and does not wait.
    pub(crate) fn terminate(&self) {
        let line = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(mut self) -> Ended {
        let Some(code) = code_within(&mut self.child, PATIENCE) else {
            panic!("the gateway never ends; it said: {}", self.log());
        };
        let lines = [self.first_line.clone()].into_iter().chain(self.banner.iter());
        let stdout = lines.map(|line| line + "\n").collect();
        Ended { code, stdout, stderr: self.log() }
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

/// The lines of a stream as they come. A thread reads them, so that nobody has to wait for one
/// that never comes, and the gateway never waits for a reader.
fn lines_of(stdout: ChildStdout) -> Receiver<String> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines();
        for line in lines.map_while(Result::ok) {
            drop(tell.send(line));
        }
    });
    told
}

/// The line that says where the gateway listens, and where that is.
fn announced(banner: &Receiver<String>) -> Option<(String, SocketAddr)> {
    let line = banner.recv_timeout(PATIENCE).ok()?;
    let (_, url) = line.split_once(" at http://")?;
    let address = url.trim().parse().ok()?;
    Some((line, address))
}
