//! How much CPU a process has used, all its threads together, and how much memory.

use std::time::Duration;

use anyhow::Context as _;

/// The kernel counts these in hundredths of a second, whatever its own clock is.
const TICK: Duration = Duration::from_millis(10);
/// Where user and system time stand behind the name of the program: fields 14 and 15 of
/// `/proc/<pid>/stat`.
const USER_AND_SYSTEM: std::ops::Range<usize> = 11..13;

/// User and system time a process has used since it began.
pub(crate) fn spent(process: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))
        .with_context(|| format!("process {process} is gone"))?;
    // The name stands in parentheses and may contain anything.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/<pid>/stat has another form")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let times = fields.get(USER_AND_SYSTEM).context("/proc/<pid>/stat is too short")?;
    let ticks = times.iter().try_fold(0_u32, |sum, ticks| {
        ticks.parse::<u32>().map(|ticks| sum.saturating_add(ticks))
    })?;
    Ok(TICK.saturating_mul(ticks))
}

/// How much memory of its own a process has now, in MiB: not the pages of files it has mapped.
pub(crate) fn memory_mib(process: u32) -> anyhow::Result<u64> {
    status_mib(process, "RssAnon:")
}

/// How much memory of a process there is now, in MiB, with the pages of its program.
pub(crate) fn resident_mib(process: u32) -> anyhow::Result<u64> {
    status_mib(process, "VmRSS:")
}

fn status_mib(process: u32, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .with_context(|| format!("process {process} is gone"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kib.context("/proc/<pid>/status has another form")?.trim().parse::<u64>()? / 1_024)
}
