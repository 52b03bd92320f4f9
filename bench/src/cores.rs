//! Processors of its own for a server. Where it shares them with its load and is asked more than it
//! can do, it is the load that is measured.

use std::process::Command;

use anyhow::{Context as _, bail, ensure};

/// The processors there are, one of them for servers.
#[derive(Debug)]
pub(crate) struct Apart {
    all: String,
    servers: String,
    load: String,
}

impl Apart {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let all = allowed()?;
        let each = numbers(&all)?;
        let Some((first, others @ [_, ..])) = each.split_first() else {
            bail!("there is one processor, {all}: the load needs another one than the gateway")
        };
        let load = others.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        Ok(Self { servers: first.to_string(), load, all })
    }

    /// Makes this process run where servers do: those that it starts now stay there.
    pub(crate) fn start_servers(&self) -> anyhow::Result<()> {
        run_on(&self.servers)
    }

    /// Makes this process leave the servers alone.
    pub(crate) fn leave_them(&self) -> anyhow::Result<()> {
        run_on(&self.load)
    }

    /// Makes all processors those of everybody again.
    ///
    /// # Errors
    /// What would be measured from now on had fewer than there are.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        run_on(&self.all)
    }
}

/// The processors this process may use, as the kernel lists them.
fn allowed() -> anyhow::Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    Ok(list.context("/proc/self/status has another form")?.trim().to_owned())
}

/// The numbers of a list such as `0-2,5`.
fn numbers(list: &str) -> anyhow::Result<Vec<u32>> {
    let mut each = Vec::new();
    for part in list.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        each.extend(from.parse::<u32>()?..=to.parse()?);
    }
    Ok(each)
}

/// Moves all threads of this process to these processors.
fn run_on(list: &str) -> anyhow::Result<()> {
    let own = std::process::id().to_string();
    let moved = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", list, &own])
        .output()
        .context("taskset does not start: it is part of util-linux")?;
    let said = String::from_utf8_lossy(&moved.stderr);
    ensure!(moved.status.success(), "taskset moves nothing to {list}: {said}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_processors_is_read() {
        assert_eq!(numbers("0").unwrap(), [0]);
        assert_eq!(numbers("0-2,5").unwrap(), [0, 1, 2, 5]);
        assert!(numbers("0-x").is_err());
    }
}
