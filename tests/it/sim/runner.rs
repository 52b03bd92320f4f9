//! Plays many schedules on all cores, and says what came of them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::world::{Played, Schedule, play};

/// After so many bad schedules a suite gives up.
const FAILURES_MAX: usize = 5;
/// The last lines of a history that are shown.
const LINES_SHOWN: usize = 250;

/// What a suite came to.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) played: u64,
    pub(super) fired: usize,
    pub(super) orders: usize,
    pub(super) undone: usize,
    took: Duration,
    failures: Vec<(u64, String)>,
}

impl Summary {
    fn add(&mut self, number: u64, schedule: &Schedule, played: &Played) {
        self.played += 1;
        self.fired += played.fired;
        self.orders += played.orders;
        self.undone += played.undone;
        if !played.violations.is_empty() {
            self.failures.push((number, told(schedule, played)));
        }
    }

    pub(super) fn violations(&self) -> usize {
        self.failures.len()
    }

    /// Says how it went, and fails where a rule was broken.
    pub(super) fn must_be_clean(mut self, suite: &str) -> Self {
        let line = format!(
            "{suite}: {} schedules in {} s, {} faults struck, {} orders, {} completions undone, \
             {} bad\n",
            self.played,
            self.took.as_secs(),
            self.fired,
            self.orders,
            self.undone,
            self.failures.len()
        );
        say(&line);
        self.failures.sort();
        assert!(self.failures.is_empty(), "{}", shown(&self.failures));
        self
    }
}

/// For whoever runs it by hand.
pub(super) fn say(line: &str) {
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

fn shown(failures: &[(u64, String)]) -> String {
    let mut shown = String::new();
    for (_, failure) in failures.iter().skip(1) {
        writeln!(shown, "{}", failure.lines().take(6).collect::<Vec<_>>().join("\n")).unwrap();
    }
    writeln!(shown, "{}", failures[0].1).unwrap();
    shown
}

/// What is wrong with a world, how to see it again, and how it came to it.
pub(super) fn told(schedule: &Schedule, played: &Played) -> String {
    let mut told = format!(
        "\nACP_SIM_SEED={} cargo test --test it sim::suites::replay -- --nocapture\n",
        schedule.name
    );
    writeln!(told, "  {}", schedule.about).unwrap();
    for violation in &played.violations {
        writeln!(told, "  {violation}").unwrap();
    }
    let skipped = played.history.len().saturating_sub(LINES_SHOWN);
    if skipped > 0 {
        writeln!(told, "  … {skipped} lines before").unwrap();
    }
    for line in &played.history[skipped..] {
        writeln!(told, "  {line}").unwrap();
    }
    told
}

/// Plays the schedules of all numbers below `count`.
pub(super) fn run(count: u64, schedule: impl Fn(u64) -> Schedule + Sync) -> Summary {
    let (next, began) = (AtomicU64::new(0), Instant::now());
    let summary = Mutex::new(Summary::default());
    let next_number = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let is_bad = summary.lock().unwrap().violations() >= FAILURES_MAX;
        (number < count && !is_bad).then_some(number)
    };
    let work = || {
        while let Some(number) = next_number() {
            let schedule = schedule(number);
            let played = play(&schedule);
            summary.lock().unwrap().add(number, &schedule, &played);
        }
    };
    on_all_cores(work);
    Summary { took: began.elapsed(), ..summary.into_inner().unwrap() }
}

/// How many do something at once.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

fn on_all_cores(work: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        for _ in 0..cores() {
            scope.spawn(&work);
        }
    });
}

/// What comes of each, in their order.
pub(super) fn each<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    on_all_cores(|| {
        while let Some((at, one)) = all.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed))
        {
            let came = work(one);
            done.lock().unwrap().push((at, came));
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, came)| came).collect()
}
