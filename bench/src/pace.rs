//! An open loop: requests at a steady rate, however long the answers take.
//!
//! How long an answer takes counts from when its request was to be sent. A server that stops for a
//! second delays all requests of that second, and a caller that waits for the first of them before
//! it sends the next would see one of these delays only (coordinated omission).

use std::thread;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::load::{Arm, Until, Wire, Work, drive};
use crate::server::Server;

/// How long after it is made a pace begins: callers have to connect before.
const AHEAD: Duration = Duration::from_millis(100);

/// Work that is done at every beat.
pub(crate) struct Paced<W> {
    beats: mpsc::Receiver<Instant>,
    work: W,
}

impl<W: Work> Work for Paced<W> {
    const STEPS: &'static [&'static str] = W::STEPS;

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let due = self.beats.recv().await.context("a caller has a beat for everything it does")?;
        wire.due_at(due);
        self.work.once(wire).await
    }
}

/// Does the work so many times a second, for so long, and gives the workers back. They take turns;
/// one that is busy when its turn comes is late, and that counts.
///
/// # Errors
/// Anything that is not as it should be, in any of them.
pub(crate) async fn drive_paced<W: Work>(
    server: &Server,
    per_second: f64,
    time: Duration,
    workers: Vec<W>,
) -> anyhow::Result<(Arm, Vec<W>)> {
    ensure!(per_second > 0.0 && !workers.is_empty(), "there is no pace without work");
    let each = each(per_second, time, workers.len())?;
    let room = usize::try_from(each)?;
    let (senders, beats): (Vec<_>, Vec<_>) = workers.iter().map(|_| mpsc::channel(room)).unzip();
    let paced = workers.into_iter().zip(beats).map(|(work, beats)| Paced { beats, work });
    let paced: Vec<_> = paced.collect();
    let start = Instant::now() + AHEAD;
    // A thread of its own: timers of the runtime are no finer than a millisecond.
    thread::spawn(move || beat(&senders, start, Duration::from_secs_f64(1.0 / per_second), each));
    let (mut arm, workers) = drive(server, Until::Done(each), paced).await?;
    // Nothing was asked before, while callers connected.
    arm.took(start.elapsed());
    Ok((arm, workers.into_iter().map(|paced| paced.work).collect()))
}

/// How often each of the callers has its turn; once at the least.
fn each(per_second: f64, time: Duration, callers: usize) -> anyhow::Result<u64> {
    let period = Duration::from_secs_f64(1.0 / per_second).max(Duration::from_nanos(1));
    let beats = time.as_nanos() / period.as_nanos();
    Ok(u64::try_from(beats / u128::try_from(callers)?)?.max(1))
}

/// Gives every caller its beats, each when it is due, and late rather than never.
fn beat(callers: &[mpsc::Sender<Instant>], start: Instant, period: Duration, each: u64) {
    let mut due = start;
    for _ in 0..each {
        for caller in callers {
            let early = due.saturating_duration_since(Instant::now());
            if !early.is_zero() {
                thread::sleep(early);
            }
            // There is room for all of them, so that only callers who are gone take none.
            if caller.try_send(due).is_err() {
                return;
            }
            due += period;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_due_one_period_after_the_other_whatever_callers_do() {
        let (one, mut ones) = mpsc::channel(2);
        let (other, mut others) = mpsc::channel(2);
        let (start, period) = (Instant::now(), Duration::from_millis(1));

        beat(&[one, other], start, period, 2);

        let due = [ones.try_recv(), others.try_recv(), ones.try_recv(), others.try_recv()];
        let wanted = [0, 1, 2, 3].map(|number| Ok(start + period * number));
        assert_eq!(due, wanted);
    }

    #[test]
    fn everybody_has_a_turn() {
        assert_eq!(each(1_000.0, Duration::from_secs(2), 32).unwrap(), 62);
        assert_eq!(each(1.0, Duration::from_secs(1), 32).unwrap(), 1);
    }
}
