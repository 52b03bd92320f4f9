//! What everything is called on the server.
//!
//! Nothing here may ever change for a store that exists; the test below holds the forms fast.

use std::fmt::{self, Display};

use acp_core::ids::{Partition, Random128};
use acp_core::limits::{PARTITIONS, STORE_LANES};

const PARTITIONS_OF_A_LANE: u16 = PARTITIONS / STORE_LANES;

/// Partitions that lie side by side on one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane(u16);

impl Lane {
    pub(super) const fn of(partition: Partition) -> Self {
        Self(partition.number() / PARTITIONS_OF_A_LANE)
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..STORE_LANES).map(Self)
    }

    pub(super) fn index(self) -> usize {
        self.0.into()
    }
}

/// Names keys of one store and one process.
#[derive(Debug)]
pub(super) struct Names {
    prefix: Box<str>,
    process: String,
}

impl Names {
    /// `process` tells this process from all others.
    pub(super) fn new(prefix: &str, process: Random128) -> Self {
        let process = u128::from_be_bytes(process.0);
        Self { prefix: prefix.into(), process: format!("{process:032x}") }
    }

    /// What a store is and will always be.
    pub(super) fn meta(&self) -> impl Display {
        fmt::from_fn(|to| write!(to, "{{{}}}:meta", self.prefix))
    }

    pub(super) fn document(&self, partition: Partition, key: &str) -> impl Display {
        fmt::from_fn(move |to| write!(to, "{}{key}", self.document_start(partition)))
    }

    /// The key of a document by its name on the server.
    pub(super) fn key_of<'a>(&self, partition: Partition, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(&self.document_start(partition).to_string())
    }

    pub(super) fn log(&self, partition: Partition, log: &str) -> impl Display {
        let (tag, number) = (self.tag(Lane::of(partition)), partition.number());
        fmt::from_fn(move |to| write!(to, "{tag}:l:{number:03x}:{log}"))
    }

    /// The names of the listed documents of a partition.
    pub(super) fn listing(&self, partition: Partition) -> impl Display {
        let (tag, number) = (self.tag(Lane::of(partition)), partition.number());
        fmt::from_fn(move |to| write!(to, "{tag}:i:{number:03x}"))
    }

    pub(super) fn queue(&self, lane: Lane, queue: &str) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:t:{queue}"))
    }

    /// The last version of a lane.
    pub(super) fn version(&self, lane: Lane) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:v"))
    }

    /// How commits of a span of time ended.
    pub(super) fn outcomes(&self, lane: Lane, span: i64) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:c:{span}"))
    }

    /// The last durable commit of this process in a lane. Nobody else writes there, so nobody can
    /// hide that it was lost.
    pub(super) fn marker(&self, lane: Lane) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:m:{}", self.process))
    }

    /// When all was well the last time, as this process says.
    pub(super) fn beat(&self, lane: Lane) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:b:{}", self.process))
    }

    /// Written before the replicas are waited for, so that there is something to wait for.
    pub(super) fn wait(&self, lane: Lane) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:w:{}", self.process))
    }

    /// What is drawn from a quota.
    pub(super) fn quota(&self, lane: Lane, quota: &str) -> impl Display {
        let tag = self.tag(lane);
        fmt::from_fn(move |to| write!(to, "{tag}:q:{quota}"))
    }

    fn document_start(&self, partition: Partition) -> impl Display {
        let (tag, number) = (self.tag(Lane::of(partition)), partition.number());
        fmt::from_fn(move |to| write!(to, "{tag}:d:{number:03x}:"))
    }

    fn tag(&self, lane: Lane) -> impl Display {
        fmt::from_fn(move |to| write!(to, "{{{}:{:02x}}}", self.prefix, lane.0))
    }
}

/// What a timer is called in its queue: it sorts by partition and id, as timers due at the same
/// time do.
pub(super) fn timer(partition: Partition, id: &str) -> impl Display {
    fmt::from_fn(move |to| write!(to, "{:03x}/{id}", partition.number()))
}

/// The partition and the id of a timer.
pub(super) fn timer_of(name: &str) -> Option<(Partition, &str)> {
    let (partition, id) = name.split_once('/')?;
    let number = u16::from_str_radix(partition, 16).ok()?;
    Some((Partition::new(number)?, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_server_never_change() {
        let names = Names::new("acp", Random128([0xab; 16]));
        let partition = Partition::new(0x0a3).unwrap();
        let lane = Lane::of(partition);
        assert_eq!(names.meta().to_string(), "{acp}:meta");
        assert_eq!(names.document(partition, "s/ä").to_string(), "{acp:0a}:d:0a3:s/ä");
        assert_eq!(names.key_of(partition, "{acp:0a}:d:0a3:s/ä"), Some("s/ä"));
        assert_eq!(names.log(partition, "h/1").to_string(), "{acp:0a}:l:0a3:h/1");
        assert_eq!(names.listing(partition).to_string(), "{acp:0a}:i:0a3");
        assert_eq!(names.queue(lane, "runs").to_string(), "{acp:0a}:t:runs");
        assert_eq!(names.version(lane).to_string(), "{acp:0a}:v");
        assert_eq!(names.outcomes(lane, 7).to_string(), "{acp:0a}:c:7");
        assert_eq!(names.marker(lane).to_string(), format!("{{acp:0a}}:m:{}", "ab".repeat(16)));
        assert_eq!(names.wait(lane).to_string(), format!("{{acp:0a}}:w:{}", "ab".repeat(16)));
        assert_eq!(names.quota(lane, "reads:demo:a").to_string(), "{acp:0a}:q:reads:demo:a");
        assert_eq!(timer(partition, "cs_1/x").to_string(), "0a3/cs_1/x");
    }

    #[test]
    fn a_timer_is_found_again_by_its_name() {
        let partition = Partition::new(PARTITIONS - 1).unwrap();
        assert_eq!(timer_of(&timer(partition, "a/b").to_string()), Some((partition, "a/b")));
        for name in ["", "0a3", "fff0/a", "x/a"] {
            assert_eq!(timer_of(name), None, "{name}");
        }
    }

    #[test]
    fn every_partition_has_a_lane() {
        let last = Lane::of(Partition::new(PARTITIONS - 1).unwrap());
        assert_eq!(Lane::all().last(), Some(last));
        assert_eq!(Lane::of(Partition::new(15).unwrap()), Lane::of(Partition::new(0).unwrap()));
        assert_ne!(Lane::of(Partition::new(16).unwrap()), Lane::of(Partition::new(0).unwrap()));
    }
}
