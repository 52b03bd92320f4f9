//! Runs that do not get on: they are counted, and touched by nobody.

use std::sync::Arc;

use acp_core::limits::{RUN_OVERDUE_AFTER, STUCK_RUNS_LOOKED_AT_MAX, STUCK_RUNS_READ_AT_ONCE};
use acp_core::ports::{PortError, Retry};
use acp_core::time::Timestamp;
use futures_util::future::join_all;

use crate::app::orders::Errands;
use crate::app::plans::PlanRuns;
use crate::app::{App, Failure};
use crate::runs::Work;

/// How many runs of a kind do not get on, by why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StuckRuns {
    /// What kind of work it is.
    pub kind: &'static str,
    /// They do not end before a person has done something.
    pub needs_person: u64,
    /// Their lease or rest is over, and nobody has taken them up for far too long.
    pub overdue: u64,
    /// Nobody can read their journal.
    pub unreadable: u64,
}

impl App {
    /// How many runs of each kind do not get on, among those that are looked at next. What agents are
    /// told is none of them: it is given up after days, and counted as that.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn stuck_runs(self: &Arc<Self>) -> Result<[StuckRuns; 3], Failure> {
        let (checkouts, plans) = (&self.ports.checkouts, &self.ports.plans);
        let now = checkouts.now().await?;
        let (plan_runs, errands) = (PlanRuns(Arc::clone(self)), Errands(Arc::clone(self)));
        Ok([
            stuck(self.as_ref(), checkouts.unfinished().await?, now).await?,
            stuck(&plan_runs, plans.unfinished().await?, now).await?,
            stuck(&errands, checkouts.unfinished_errands().await?, now).await?,
        ])
    }
}

/// Looks at those of a kind that are due next. To load one of these kinds changes nothing.
async fn stuck<W: Work<Failure = Failure>>(
    work: &W,
    mut ids: Vec<W::Id>,
    now: Timestamp,
) -> Result<StuckRuns, Failure> {
    ids.truncate(STUCK_RUNS_LOOKED_AT_MAX);
    let mut stuck = StuckRuns { kind: W::KIND, needs_person: 0, overdue: 0, unreadable: 0 };
    for some in ids.chunks(STUCK_RUNS_READ_AT_ONCE) {
        for found in join_all(some.iter().map(|id| work.load(id))).await {
            let standing = match found {
                Ok(Some(hand)) => work.standing(&hand),
                Ok(None) => continue,
                Err(failure) if is_for_good(&failure) => {
                    stuck.unreadable = stuck.unreadable.saturating_add(1);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if standing.is_alarming() {
                stuck.needs_person = stuck.needs_person.saturating_add(1);
            } else if standing.lease.until.plus(RUN_OVERDUE_AFTER) < now {
                stuck.overdue = stuck.overdue.saturating_add(1);
            }
        }
    }
    Ok(stuck)
}

/// Whether it fails again in the same way whenever it is asked: no store that is away does.
const fn is_for_good(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Unavailable(PortError { retry: Retry::Never, .. }) | Failure::Broken(_)
    )
}

#[cfg(test)]
mod tests {
    use acp_core::ids::Random128;
    use acp_core::limits::RUN_TRIES_BEFORE_ALARM;
    use acp_core::refusal::Broken;
    use acp_core::run::{Lease, Standing, Trouble};
    use async_trait::async_trait;

    use super::*;
    use crate::runs::Progress;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_000_000_000);

    /// Runs of which it is only known how they stand, or that they cannot be read.
    struct Standings(Vec<Result<Option<Standing>, Retry>>);

    #[async_trait]
    impl Work for Standings {
        const KIND: &'static str = "completion";

        type Id = usize;
        type Hand = Standing;
        type Word = ();
        type Failure = Failure;

        fn id(&self, _: &Standing) -> usize {
            0
        }

        fn standing(&self, standing: &Standing) -> Standing {
            *standing
        }

        fn step_name(&self, _: &Standing) -> &'static str {
            "capturing"
        }

        fn hint(&self, _: &Standing) -> String {
            String::new()
        }

        async fn taken(&self, standing: Standing) -> Result<Standing, Failure> {
            Ok(standing)
        }

        async fn is_held(&self, _: &Standing) -> Result<bool, Failure> {
            Ok(false)
        }

        async fn load(&self, id: &usize) -> Result<Option<Standing>, Failure> {
            let unread = |retry| PortError { what: "reading a run", retry, cause: None }.into();
            self.0[*id].map_err(unread)
        }

        async fn take(&self, _: Standing, _: Standing) -> Result<Option<Standing>, Failure> {
            Err(Broken("nobody takes it").into())
        }

        async fn step(&self, _: &mut Standing) -> Result<Progress<(), Failure>, Failure> {
            Err(Broken("nobody takes a step").into())
        }

        async fn rest(&self, _: &mut Standing, _: Trouble) -> Result<(), Failure> {
            Err(Broken("it does not rest").into())
        }

        fn trouble(&self, _: &Failure) -> Option<Trouble> {
            None
        }
    }

    fn due(until: Timestamp) -> Standing {
        Standing::begun(Random128([1; 16]), Lease { until, epoch: 1 })
    }

    async fn counted(runs: Vec<Result<Option<Standing>, Retry>>) -> Result<StuckRuns, Failure> {
        let ids = (0..runs.len()).collect();
        stuck(&Standings(runs), ids, NOW).await
    }

    #[tokio::test]
    async fn each_is_counted_by_why_and_those_that_get_on_are_not() {
        let just = NOW.minus(RUN_OVERDUE_AFTER);
        let tired = Standing { tries: RUN_TRIES_BEFORE_ALARM, ..due(NOW) };
        let hopeless = due(NOW).resting(NOW, Trouble::NotAccepted);
        let late = due(just.minus(std::time::Duration::from_millis(1)));
        let runs = [due(NOW), due(just), tired, hopeless, late].map(|it| Ok(Some(it)));
        let runs = runs.into_iter().chain([Ok(None), Err(Retry::Never)]).collect();
        let expected = StuckRuns { kind: "completion", needs_person: 2, overdue: 1, unreadable: 1 };
        assert_eq!(counted(runs).await.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_store_that_is_away_says_nothing_of_them() {
        assert!(counted(vec![Ok(None), Err(Retry::Safe)]).await.is_err());
    }

    #[tokio::test]
    async fn only_so_many_are_looked_at() {
        let late = due(NOW.minus(RUN_OVERDUE_AFTER * 2));
        let runs = vec![Ok(Some(late)); STUCK_RUNS_LOOKED_AT_MAX + 50];
        assert_eq!(counted(runs).await.unwrap().overdue, STUCK_RUNS_LOOKED_AT_MAX as u64);
    }
}
