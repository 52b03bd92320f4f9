use std::error::Error;
use std::fmt::Display;

use acp_core::run::{Standing, Trouble};
use async_trait::async_trait;

/// What a step led to.
#[derive(Debug)]
pub(crate) enum Progress<Word, Failure> {
    /// To the next one.
    On,
    /// To the next one, and whoever waits can be told already.
    Told(Word),
    /// Nowhere yet. Somebody looks again in a while.
    Rest(Trouble),
    /// To a place where it waits for somebody; that is written down.
    Parked,
    /// To the end.
    Over(Option<Result<Word, Failure>>),
}

/// A kind of durable run.
#[async_trait]
pub(crate) trait Work: Send + Sync + 'static {
    /// What kind of work it is, for whoever reads figures.
    const KIND: &'static str;
    /// What names a run.
    type Id: Clone + Display + Send + Sync + 'static;
    /// A run at work: its journal as it was last written, and what saves looking again.
    type Hand: Send + 'static;
    /// What whoever waits is told.
    type Word: Send + 'static;
    /// Why a step could not be taken.
    type Failure: Error + Send + Sync + 'static;

    /// The name of a run.
    fn id(&self, hand: &Self::Hand) -> Self::Id;

    /// How a run stands.
    fn standing(&self, hand: &Self::Hand) -> Standing;

    /// What the run is at, for the log.
    fn step_name(&self, hand: &Self::Hand) -> &'static str;

    /// How a person can look at a run that needs one.
    fn hint(&self, hand: &Self::Hand) -> String;

    /// How a run that begins or is taken over now would stand: with a fresh owner and lease.
    async fn taken(&self, standing: Standing) -> Result<Standing, Self::Failure>;

    /// Whether somebody who is alive may be at work on a run.
    async fn is_held(&self, standing: &Standing) -> Result<bool, Self::Failure>;

    /// The journal of a run; `None` when it is over.
    async fn load(&self, id: &Self::Id) -> Result<Option<Self::Hand>, Self::Failure>;

    /// Takes a run over, if it still stands as it did when it was loaded.
    async fn take(
        &self,
        hand: Self::Hand,
        standing: Standing,
    ) -> Result<Option<Self::Hand>, Self::Failure>;

    /// Takes the step the run is at. On success `hand` is what was written down.
    async fn step(
        &self,
        hand: &mut Self::Hand,
    ) -> Result<Progress<Self::Word, Self::Failure>, Self::Failure>;

    /// Writes down that the run rests, and says what whoever waits is told meanwhile.
    async fn rest(
        &self,
        hand: &mut Self::Hand,
        trouble: Trouble,
    ) -> Result<Self::Word, Self::Failure>;

    /// What a failed step means for the run; `None` when nothing may be written any more, because
    /// the run was overtaken or nobody knows what the last write came to.
    fn trouble(&self, failure: &Self::Failure) -> Option<Trouble>;
}
