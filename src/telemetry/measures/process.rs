use std::fs;

use super::snapshot::{Metric, Row};

/// Linux counts in these whatever the machine, as far as programs are told.
const TICKS_PER_SECOND: f64 = 100.0;
const PAGE_BYTES: u64 = 4_096;

/// How this process fares, as the kernel tells it; what it does not tell is left out, and other
/// kernels tell nothing.
pub fn process() -> Vec<Metric> {
    let mut metrics = Vec::new();
    let mut gauge = |name, about, value: Option<f64>| {
        let rows = value.map(|value| Row::real([], value)).into_iter().collect();
        metrics.push(Metric::gauge(name, about, rows));
    };
    let stat = Stat::read();
    let of_stat = |number: fn(&Stat) -> f64| stat.as_ref().map(number);
    gauge(
        "process_resident_memory_bytes",
        "Memory of this process that is in memory",
        of_stat(|stat| stat.resident_bytes),
    );
    gauge(
        "process_virtual_memory_bytes",
        "Memory of this process in all",
        of_stat(|stat| stat.virtual_bytes),
    );
    gauge("process_threads", "Threads of this process", of_stat(|stat| stat.threads));
    gauge(
        "process_start_time_seconds",
        "When this process began, in seconds of Unix time",
        stat.as_ref().and_then(|stat| Some(booted_at()? + stat.started_after)),
    );
    gauge("process_open_fds", "Files and connections this process has open", open_files());
    gauge("process_max_fds", "How many of them it may have", files_max());
    let cpu = stat.map(|stat| Row::real([], stat.cpu_seconds)).into_iter().collect();
    metrics.push(Metric::counter(
        "process_cpu_seconds_total",
        "Time processors have spent on this process",
        cpu,
    ));
    metrics
}

/// The line of the kernel about this process.
struct Stat {
    cpu_seconds: f64,
    threads: f64,
    /// In seconds after the machine was booted.
    started_after: f64,
    virtual_bytes: f64,
    resident_bytes: f64,
}

impl Stat {
    fn read() -> Option<Self> {
        Self::of(&fs::read_to_string("/proc/self/stat").ok()?)
    }

    /// Its second field is a name in brackets, in which anything may stand.
    fn of(line: &str) -> Option<Self> {
        let (_, rest) = line.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        // Numbered from 1 in the manual, and what is left begins with the third.
        let field = |number: usize| -> Option<f64> {
            fields.get(number.checked_sub(3)?)?.trim().parse().ok()
        };
        let pages: u64 = fields.get(21)?.trim().parse().ok()?;
        let resident: u32 = u32::try_from(pages.saturating_mul(PAGE_BYTES) / 1_024).ok()?;
        Some(Self {
            cpu_seconds: (field(14)? + field(15)?) / TICKS_PER_SECOND,
            threads: field(20)?,
            started_after: field(22)? / TICKS_PER_SECOND,
            virtual_bytes: field(23)?,
            resident_bytes: f64::from(resident) * 1_024.0,
        })
    }
}

fn booted_at() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

fn open_files() -> Option<f64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    // The one that is open for looking is closed again.
    u32::try_from(open.saturating_sub(1)).ok().map(f64::from)
}

fn files_max() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_kernel_is_understood_whatever_the_name() {
        let line =
            "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 250 150 0 0 20 0 9 0 1000 8192 3 18446744 1";
        let stat = Stat::of(line).unwrap();
        let figures = [
            stat.cpu_seconds,
            stat.threads,
            stat.started_after,
            stat.virtual_bytes,
            stat.resident_bytes,
        ];
        assert_eq!(figures.map(|it| it.to_string()), ["4", "9", "10", "8192", "12288"]);
        assert!(Stat::of("7 (a) S 1").is_none());
    }
}
