use std::sync::Arc;

use acp_core::limits::RUN_TRIES_BEFORE_ALARM;
use acp_core::run::Trouble;
use futures_util::future::join_all;
use tokio::sync::{Semaphore, oneshot};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::seen;
use super::work::{Progress, Work};

/// Where whoever began a run waits for its word.
pub(crate) type Teller<Word, Failure> = oneshot::Sender<Result<Word, Failure>>;

/// Tells somebody. One who went away will ask again; the journal knows the answer.
pub(crate) fn say<Word, Failure>(tell: Teller<Word, Failure>, word: Result<Word, Failure>) {
    if tell.send(word).is_err() {
        tracing::debug!("nobody waits for a word any more");
    }
}

/// Somebody who may wait, and is told once.
struct Waiting<Word, Failure>(Option<Teller<Word, Failure>>);

impl<Word, Failure> Waiting<Word, Failure> {
    fn tell(&mut self, word: Result<Word, Failure>) {
        if let Some(tell) = self.0.take() {
            say(tell, word);
        }
    }
}

/// Drives a run until it ends, rests, waits for somebody or is taken over, and tells whoever
/// waits.
pub(crate) async fn drive<W: Work>(
    work: &W,
    hand: W::Hand,
    waiting: Option<Teller<W::Word, W::Failure>>,
) {
    let span = seen::span(work, &hand);
    driven(work, hand, waiting).instrument(span).await;
}

async fn driven<W: Work>(
    work: &W,
    mut hand: W::Hand,
    waiting: Option<Teller<W::Word, W::Failure>>,
) {
    let mut waiting = Waiting(waiting);
    let drive = seen::Drive::<W>::begun();
    loop {
        match seen::step(work, &mut hand).await {
            Ok(Progress::On) => {}
            Ok(Progress::Told(said)) => waiting.tell(Ok(said)),
            Ok(Progress::Rest(trouble)) => {
                drive.ended("rested");
                let said = rest(work, &mut hand, trouble).await;
                return waiting.tell(said);
            }
            Ok(Progress::Parked) => return drive.ended("parked"),
            Ok(Progress::Over(None)) => return drive.ended("over"),
            Ok(Progress::Over(Some(said))) => {
                drive.ended("over");
                return waiting.tell(said);
            }
            Err(failure) => {
                drive.ended("failed");
                let run = work.id(&hand);
                tracing::warn!(
                    run.id = %run,
                    run.step = work.step_name(&hand),
                    error = &failure as &dyn std::error::Error,
                    "run {run} stopped; it will be taken up again"
                );
                if let Some(trouble) = work.trouble(&failure)
                    && let Err(failure) = rest(work, &mut hand, trouble).await
                {
                    log(&run, &failure);
                }
                return waiting.tell(Err(failure));
            }
        }
    }
}

async fn rest<W: Work>(
    work: &W,
    hand: &mut W::Hand,
    trouble: Trouble,
) -> Result<W::Word, W::Failure> {
    let was_alarming = work.standing(hand).is_alarming();
    let said = work.rest(hand, trouble).await?;
    seen::rested::<W>(trouble);
    let standing = work.standing(hand);
    if standing.is_alarming() && !(was_alarming && standing.tries > RUN_TRIES_BEFORE_ALARM) {
        let run = work.id(hand);
        seen::alarmed::<W>(trouble);
        tracing::error!(
            run.id = %run,
            run.step = work.step_name(hand),
            run.tries = standing.tries,
            run.trouble = ?trouble,
            "run {run} does not get on by itself; {}",
            work.hint(hand)
        );
    }
    Ok(said)
}

/// Takes a run over that nobody is at work on any more; `None` when it is over, or held, or
/// somebody else was faster.
///
/// # Errors
/// The journal cannot be read or written.
pub(crate) async fn take_over<W: Work>(
    work: &W,
    id: &W::Id,
) -> Result<Option<W::Hand>, W::Failure> {
    let Some(hand) = work.load(id).await? else {
        return Ok(None);
    };
    let standing = work.standing(&hand);
    if work.is_held(&standing).await? {
        return Ok(None);
    }
    let taken = work.taken(standing).await?;
    let hand = work.take(hand, taken).await?;
    if hand.is_some() {
        seen::taken_over::<W>();
    }
    Ok(hand)
}

/// Takes a run over like [`take_over`]. What cannot be read or written is said, and looked at again.
pub(crate) async fn try_take_over<W: Work>(work: &W, id: &W::Id) -> Option<W::Hand> {
    take_over(work, id).await.unwrap_or_else(|failure| {
        log(id, &failure);
        None
    })
}

/// Drives a run that was taken over a while ago, unless its lease is over: somebody else may be at
/// work on it.
pub(crate) async fn drive_held<W: Work>(work: &W, hand: W::Hand) {
    match work.is_held(&work.standing(&hand)).await {
        Ok(true) => drive(work, hand, None).await,
        Ok(false) => {}
        Err(failure) => log(&work.id(&hand), &failure),
    }
}

/// Goes on with those runs nobody is at work on any more, so many at a time; says how many.
///
/// They are taken over side by side: each takes a commit, and what waits for the store together is
/// written together.
pub(crate) async fn resume<W: Work>(
    work: &Arc<W>,
    tasks: &TaskTracker,
    turns: &Arc<Semaphore>,
    ids: Vec<W::Id>,
) -> usize {
    let take_up = |id: W::Id| async move {
        let Ok(turn) = Arc::clone(turns).acquire_owned().await else {
            return false;
        };
        let Some(hand) = try_take_over(work.as_ref(), &id).await else {
            return false;
        };
        let work = Arc::clone(work);
        tasks.spawn(async move {
            drive(work.as_ref(), hand, None).await;
            drop(turn);
        });
        true
    };
    join_all(ids.into_iter().map(take_up)).await.into_iter().filter(|is_taken| *is_taken).count()
}

fn log(run: &impl std::fmt::Display, failure: &(impl std::error::Error + 'static)) {
    tracing::warn!(
        run.id = %run,
        error = failure as &dyn std::error::Error,
        "run {run} could not be written; it will be looked at again"
    );
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use acp_core::ids::Random128;
    use acp_core::refusal::Broken;
    use acp_core::run::{Lease, Standing};
    use acp_core::time::Timestamp;
    use async_trait::async_trait;

    use super::*;

    /// A run of one step, of which it is only known whether it is held.
    struct OneStep {
        is_held: Result<bool, Broken>,
        steps: AtomicU32,
    }

    #[async_trait]
    impl Work for OneStep {
        const KIND: &'static str = "delivery";

        type Id = u8;
        type Hand = Standing;
        type Word = ();
        type Failure = Broken;

        fn id(&self, _: &Standing) -> u8 {
            0
        }

        fn standing(&self, standing: &Standing) -> Standing {
            *standing
        }

        fn step_name(&self, _: &Standing) -> &'static str {
            "telling"
        }

        fn hint(&self, _: &Standing) -> String {
            String::new()
        }

        async fn taken(&self, standing: Standing) -> Result<Standing, Broken> {
            Ok(standing)
        }

        async fn is_held(&self, _: &Standing) -> Result<bool, Broken> {
            self.is_held.clone()
        }

        async fn load(&self, _: &u8) -> Result<Option<Standing>, Broken> {
            Err(Broken("nobody loads it"))
        }

        async fn take(&self, _: Standing, _: Standing) -> Result<Option<Standing>, Broken> {
            Err(Broken("nobody takes it"))
        }

        async fn step(&self, _: &mut Standing) -> Result<Progress<(), Broken>, Broken> {
            self.steps.fetch_add(1, Ordering::Relaxed);
            Ok(Progress::Over(None))
        }

        async fn rest(&self, _: &mut Standing, _: Trouble) -> Result<(), Broken> {
            Err(Broken("it does not rest"))
        }

        fn trouble(&self, _: &Broken) -> Option<Trouble> {
            None
        }
    }

    #[tokio::test]
    async fn a_run_is_only_driven_while_nobody_else_can_be_at_work_on_it() {
        for (is_held, steps) in [(Ok(true), 1), (Ok(false), 0), (Err(Broken("unreadable")), 0)] {
            let work = OneStep { is_held: is_held.clone(), steps: AtomicU32::new(0) };
            let lease = Lease { until: Timestamp::EPOCH, epoch: 1 };
            drive_held(&work, Standing::begun(Random128([1; 16]), lease)).await;
            assert_eq!(work.steps.into_inner(), steps, "{is_held:?}");
        }
    }
}
