//! The one thread that writes: it takes the commits that are waiting, writes them in one
//! transaction, and answers them once that is on the disk.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use acp_core::limits::{COMMIT_QUEUE_MAX, GROUP_COMMIT_PATIENCE_MAX, GROUP_COMMITS_MAX};
use acp_core::time::Timestamp;
use redb::{Database, Durability, WriteTransaction};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::prepared::Prepared;
use super::queue::{Done, Job, RunningWriter};
use super::tables::Tables;
use crate::store::remembered::Remembered;
use crate::store::store_time::StoreTime;
use crate::store::{Outcome, Version};

/// Ends the process, after saying why.
pub type OnFatal = Box<dyn Fn(&str) + Send + Sync>;

/// How long to look away while waiting for them.
const GLANCE: Duration = Duration::from_micros(20);

/// What the writer thread owns.
pub(super) struct Writer {
    database: Arc<Database>,
    time: Arc<StoreTime>,
    last_version: Version,
    remembered: Remembered,
    on_fatal: OnFatal,
}

impl Writer {
    pub(super) fn new(
        database: Arc<Database>,
        time: Arc<StoreTime>,
        last_version: Version,
        on_fatal: OnFatal,
    ) -> Self {
        Self { database, time, last_version, remembered: Remembered::default(), on_fatal }
    }

    pub(super) fn start(self) -> io::Result<RunningWriter> {
        let (queue, jobs) = mpsc::channel(COMMIT_QUEUE_MAX);
        let thread = thread::Builder::new().name("store-writer".into());
        let thread = thread.spawn(move || self.run(jobs))?;
        Ok(RunningWriter::new(queue, thread))
    }

    /// Works until the queue is closed and empty, or until a write fails. Jobs without an answer
    /// are dropped then, and with them their callers' hope for one.
    fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(GROUP_COMMITS_MAX);
        while queue.blocking_recv_many(&mut jobs, GROUP_COMMITS_MAX) > 0 {
            let_others_ask(&mut queue, &mut jobs);
            let started = Instant::now();
            let all_done = match self.write(&mut jobs) {
                Ok(all_done) => all_done,
                Err(error) => return self.die(&error.to_string()),
            };
            let (answered, took) = (all_done.len(), started.elapsed());
            all_done.into_iter().for_each(Done::answer);
            wait_for_company(&queue, answered, took);
        }
        if let Err(error) = self.note_time() {
            self.die(&error.to_string());
        }
    }

    /// Does all jobs in one transaction; what they did is on the disk when this returns.
    fn write(&mut self, jobs: &mut Vec<Job>) -> Result<Vec<Done>, redb::Error> {
        // Taken after the jobs: whoever saw a document expire before it asked must find it so.
        let now = self.time.now();
        let version_before = self.last_version;
        let transaction = self.begin()?;
        let mut tables = Tables::open(&transaction)?;
        let mut all_done = Vec::with_capacity(jobs.len());
        let mut swept_in_all = 0_usize;
        for job in jobs.drain(..) {
            all_done.push(match job {
                Job::Commit { mut commit, reply } => {
                    Done::Commit { outcome: self.commit(&mut tables, &mut commit, now)?, reply }
                }
                Job::Sweep { limit, reply } => {
                    let swept = tables.sweep(now, limit)?;
                    swept_in_all = swept_in_all.saturating_add(swept);
                    Done::Sweep { swept, reply }
                }
            });
        }
        if self.last_version == version_before && swept_in_all == 0 {
            // Whoever raced was overtaken by something that is on the disk already.
            drop(tables);
            transaction.abort()?;
            return Ok(all_done);
        }
        tables.meta().note_progress(self.last_version, now)?;
        drop(tables);
        transaction.commit()?;
        Ok(all_done)
    }

    fn commit(
        &mut self,
        tables: &mut Tables<'_>,
        prepared: &mut Prepared,
        now: Timestamp,
    ) -> Result<Outcome, redb::Error> {
        let id = prepared.commit.id;
        if let Some(outcome) = self.remembered.outcome_of(id) {
            return Ok(outcome.clone());
        }
        let outcome = if let Some(key) = tables.first_unmet(&prepared.commit, now)? {
            Outcome::Raced { key: key.clone() }
        } else {
            let version = Version(self.last_version.0.saturating_add(1));
            tables.write(prepared, version)?;
            self.last_version = version;
            Outcome::Applied(version)
        };
        self.remembered.remember(id, outcome.clone());
        Ok(outcome)
    }

    /// Keeps the time that was told since the last commit, for the next start.
    fn note_time(&self) -> Result<(), redb::Error> {
        let transaction = self.begin()?;
        let mut tables = Tables::open(&transaction)?;
        tables.meta().note_progress(self.last_version, self.time.now())?;
        drop(tables);
        Ok(transaction.commit()?)
    }

    fn begin(&self) -> Result<WriteTransaction, redb::Error> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        Ok(transaction)
    }

    fn die(&self, reason: &str) {
        (self.on_fatal)(&format!(
            "the embedded store could not write ({reason}); the gateway ends here, so that \
             nothing is acknowledged that may not be on the disk"
        ));
    }
}

/// Where all processors are busy, lets those go first who are about to ask, and takes what they asked
/// for as well: a group for each of them would cost twice as much. Where a processor is free, this
/// takes no time.
fn let_others_ask(queue: &mut mpsc::Receiver<Job>, jobs: &mut Vec<Job>) {
    thread::yield_now();
    while jobs.len() < GROUP_COMMITS_MAX
        && let Ok(job) = queue.try_recv()
    {
        jobs.push(job);
    }
}

/// Callers who were answered together tend to come back together, but not in the same instant.
/// Without this the first of them is written alone while the others queue behind its sync, and
/// every second group is a group of one. A caller who is alone never waits here.
fn wait_for_company(queue: &mpsc::Receiver<Job>, answered: usize, took: Duration) {
    let started = Instant::now();
    let patience = (took / 4).min(GROUP_COMMIT_PATIENCE_MAX);
    while answered > 1 && queue.len() < answered && started.elapsed() < patience {
        thread::sleep(GLANCE);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if thread::panicking() {
            self.die("its writer panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Mutex, MutexGuard};

    use acp_core::ids::{Partition, Random128};
    use acp_core::ports::Clock;
    use bytes::Bytes;
    use redb::backends::InMemoryBackend;
    use redb::{Builder, StorageBackend};
    use tokio::sync::oneshot;

    use super::super::queue::Unanswered;
    use super::*;
    use crate::store::{Commit, Demand, Expectation, Put};

    #[test]
    fn many_commits_share_one_sync_and_race_among_themselves() {
        let disk = Disk::default();
        let mut writer = disk.writer();
        let syncs_before = disk.syncs.load(Ordering::SeqCst);
        let (commits, mut answers): (Vec<_>, Vec<_>) =
            (0..GROUP_COMMITS_MAX).map(|number| create(number, number % 2)).unzip();

        let all_done = writer.write(&mut Vec::from_iter(commits)).unwrap();

        assert_eq!(disk.syncs.load(Ordering::SeqCst), syncs_before + 1);
        assert!(answers.iter_mut().all(|answer| answer.try_recv().is_err()), "not yet");
        all_done.into_iter().for_each(Done::answer);
        let outcomes: Vec<_> = answers.iter_mut().map(|it| it.try_recv().unwrap()).collect();
        assert_eq!(outcomes[0], Outcome::Applied(Version(1)));
        assert_eq!(outcomes[1], Outcome::Applied(Version(2)));
        for (number, outcome) in outcomes.into_iter().enumerate().skip(2) {
            let key = (number % 2).to_string().into();
            assert_eq!(outcome, Outcome::Raced { key });
        }
    }

    #[test]
    fn what_is_asked_meanwhile_goes_along_as_far_as_there_is_room() {
        let (asking, mut queue) = mpsc::channel(2 * GROUP_COMMITS_MAX);
        let mut jobs = vec![create(0, 0).0];
        let_others_ask(&mut queue, &mut jobs);
        assert_eq!(jobs.len(), 1, "nobody asked");
        for number in 0..GROUP_COMMITS_MAX {
            asking.try_send(create(number, number).0).unwrap();
        }

        let_others_ask(&mut queue, &mut jobs);

        assert_eq!((jobs.len(), queue.len()), (GROUP_COMMITS_MAX, 1));
    }

    #[test]
    fn a_group_that_changes_nothing_needs_no_sync() {
        let disk = Disk::default();
        let mut writer = disk.writer();
        let (first, _answer) = create(1, 0);
        drop(writer.write(&mut vec![first]).unwrap());
        let syncs_before = disk.syncs.load(Ordering::SeqCst);

        let (repeated, _answer) = create(1, 0);
        let (raced, _answer) = create(2, 0);
        let all_done = writer.write(&mut vec![repeated, raced]).unwrap();

        assert_eq!(all_done.len(), 2);
        assert_eq!(disk.syncs.load(Ordering::SeqCst), syncs_before);
    }

    #[tokio::test]
    async fn nothing_is_acknowledged_after_a_failed_sync() {
        let disk = Disk::default();
        let writer = disk.writer().start().unwrap();
        let ask = |number| {
            let commit = creating(number, number).into();
            writer.ask(|reply| Job::Commit { commit, reply })
        };
        assert_eq!(ask(1).await.unwrap(), Outcome::Applied(Version(1)));
        disk.is_broken.store(true, Ordering::SeqCst);

        let unanswered = ask(2).await.unwrap_err();
        assert!(matches!(unanswered, Unanswered::Unknown), "{unanswered}");
        writer.stopped().await;
        assert!(writer.is_stopped());
        let unanswered = ask(3).await.unwrap_err();
        assert!(matches!(unanswered, Unanswered::NotTaken), "{unanswered}");
        drop(writer);

        let last_words = disk.last_words();
        assert_eq!(last_words.len(), 1);
        assert!(last_words[0].contains("the disk is gone"), "{last_words:?}");
    }

    #[tokio::test]
    async fn a_panic_of_the_writer_ends_the_process_too() {
        let disk = Disk::default();
        let mut writer = disk.writer();
        writer.time = Arc::new(StoreTime::resuming_at(Timestamp::EPOCH, Arc::new(NoClock)));
        let writer = writer.start().unwrap();

        writer.ask(|reply| Job::Sweep { limit: 1, reply }).await.unwrap_err();
        drop(writer);

        assert_eq!(disk.last_words().len(), 1);
    }

    /// A disk in memory, which counts syncs and can break.
    #[derive(Clone, Debug, Default)]
    struct Disk {
        pages: Arc<InMemoryBackend>,
        syncs: Arc<AtomicUsize>,
        is_broken: Arc<AtomicBool>,
        last_words: Arc<Mutex<Vec<String>>>,
    }

    impl Disk {
        /// A writer on this disk that does not end the process, but writes down why it would.
        fn writer(&self) -> Writer {
            let database = Builder::new().create_with_backend(self.clone()).unwrap();
            let time = StoreTime::resuming_at(Timestamp::EPOCH, Arc::new(StoppedClock));
            let last_words = Arc::clone(&self.last_words);
            let on_fatal = move |reason: &str| last_words.lock().unwrap().push(reason.to_owned());
            Writer::new(Arc::new(database), Arc::new(time), Version(0), Box::new(on_fatal))
        }

        fn last_words(&self) -> MutexGuard<'_, Vec<String>> {
            self.last_words.lock().unwrap()
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            self.pages.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.pages.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.pages.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.syncs.fetch_add(1, Ordering::SeqCst);
            if self.is_broken.load(Ordering::SeqCst) {
                return Err(io::Error::other("the disk is gone"));
            }
            self.pages.sync_data()
        }

        fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
            self.pages.write(offset, bytes)
        }
    }

    struct StoppedClock;

    impl Clock for StoppedClock {
        fn now(&self) -> Timestamp {
            Timestamp::EPOCH
        }
    }

    struct NoClock;

    impl Clock for NoClock {
        fn now(&self) -> Timestamp {
            panic!("there is no clock");
        }
    }

    /// A job that creates the document named `key`, and where its answer will be.
    fn create(id: usize, key: usize) -> (Job, oneshot::Receiver<Outcome>) {
        let (reply, answer) = oneshot::channel();
        (Job::Commit { commit: creating(id, key).into(), reply }, answer)
    }

    fn creating(id: usize, key: usize) -> Commit {
        let id = Random128(u128::try_from(id).unwrap().to_be_bytes());
        let key: Box<str> = key.to_string().into();
        let mut commit = Commit::new(id, Partition::new(1).unwrap());
        commit.expectations.push(Expectation { key: key.clone(), demand: Demand::Absent });
        commit.puts.push(Put {
            key,
            value: Bytes::new(),
            fence: None,
            expires_at: None,
            is_listed: false,
        });
        commit
    }
}
