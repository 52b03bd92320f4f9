//! What a look at the servers says about how safe a store on them is.

use redis::{Cmd, Value};

use super::durable::Waiting;
use super::failed::Failed;
use super::line::Line;
use super::open::OpenError;
use super::options::{Options, Servers};

/// The oldest version that has what the script needs.
const MAJOR_MIN: u32 = 7;
/// The first version that can wait for disks.
const WAITAOF_SINCE: (u32, u32) = (7, 2);

/// Something about the servers that can lose what was acknowledged. It says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error("Redis keeps nothing on a disk: set `appendonly yes`")]
    NothingOnDisk,
    #[error(
        "Redis throws data away when its memory is full (maxmemory-policy {policy}): set \
         `maxmemory-policy noeviction`"
    )]
    Evicts { policy: String },
    #[error(
        "Redis takes writes when no replica gets them: set `min-replicas-to-write 1` and \
         `min-replicas-max-lag 10`, or redis.replicas = 0"
    )]
    WritesAlone,
    #[error("Redis has {found} of the {wanted} replicas that redis.replicas counts on: start them")]
    FewReplicas { found: u8, wanted: u8 },
    #[error(
        "Redis before 7.2 cannot be asked whether a commit is on the disk, as redis.fsync wants: \
         set `appendfsync always`, or redis.fsync = false"
    )]
    NoDiskToAsk,
    #[error(
        "Redis does not say when it writes to the disk, because CONFIG is forbidden, and before \
         7.2 it cannot be asked: see that `appendfsync always` is set, or set redis.fsync = false"
    )]
    DiskUnknown,
}

/// What was found.
pub(super) struct Survey {
    pub(super) findings: Vec<Finding>,
    pub(super) waiting: Option<Waiting>,
}

/// Looks at every primary.
pub(super) async fn of(line: &Line, options: &Options) -> Result<Survey, OpenError> {
    let unasked = |failed| OpenError::unreachable(options, failed);
    let mut findings = Vec::new();
    let mut can_ask_disks = true;
    for said in line.ask_everybody(&redis::cmd("INFO")).await.map_err(unasked)? {
        let server = Server(text_of(said));
        server.must_do(options)?;
        let mut found = Vec::new();
        server.look(options, &mut found);
        // The servers of a cluster often share their faults.
        found.retain(|finding| !findings.contains(finding));
        findings.append(&mut found);
        can_ask_disks &= server.version() >= WAITAOF_SINCE;
    }
    if matches!(options.servers, Servers::Cluster { .. }) {
        let mut question = redis::cmd("CLUSTER");
        question.arg("INFO");
        let said = Server(text_of(line.ask_anybody(&question).await.map_err(unasked)?));
        if said.word("cluster_state") != Some("ok") {
            return Err(OpenError::ClusterDown);
        }
    }
    if options.fsync && !can_ask_disks {
        findings.extend(look_at_disks(line).await.map_err(unasked)?);
    }
    let waiting = match (options.fsync && can_ask_disks, options.replicas) {
        (true, replicas) => Some(Waiting::Disks(replicas)),
        (false, 0) => None,
        (false, replicas) => Some(Waiting::Replicas(replicas)),
    };
    Ok(Survey { findings, waiting })
}

/// Whether every server writes to its disk before it answers.
async fn look_at_disks(line: &Line) -> Result<Option<Finding>, Failed> {
    let mut question: Cmd = redis::cmd("CONFIG");
    question.arg("GET").arg("appendfsync");
    let answers = match line.ask_everybody(&question).await {
        Ok(answers) => answers,
        Err(Failed::Nonsense(_) | Failed::Refused(_)) => return Ok(Some(Finding::DiskUnknown)),
        Err(failed) => return Err(failed),
    };
    let is_always = |said: &Value| match said {
        Value::Array(pair) => pair.last() == Some(&Value::BulkString(b"always".to_vec())),
        Value::Map(pairs) => {
            pairs.iter().all(|(_, set)| *set == Value::BulkString(b"always".to_vec()))
        }
        _ => false,
    };
    Ok((!answers.iter().all(is_always)).then_some(Finding::NoDiskToAsk))
}

/// What a server says about itself, line by line.
struct Server(String);

impl Server {
    fn word(&self, name: &str) -> Option<&str> {
        let said = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(said.trim())
    }

    fn version(&self) -> (u32, u32) {
        let mut parts = self.word("redis_version").unwrap_or_default().split('.');
        let mut part = || parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
        (part(), part())
    }

    /// What nobody can work with, not even for trying things out.
    fn must_do(&self, options: &Options) -> Result<(), OpenError> {
        if self.version().0 < MAJOR_MIN {
            let found = self.word("redis_version").unwrap_or("unknown").to_owned();
            return Err(OpenError::TooOld { found });
        }
        if self.word("loading") == Some("1") {
            return Err(OpenError::Loading);
        }
        if self.word("role") == Some("slave") {
            return Err(OpenError::Replica { servers: options.servers.to_string() });
        }
        let is_cluster = matches!(options.servers, Servers::Cluster { .. });
        if self.word("redis_mode") == Some("cluster") && !is_cluster {
            return Err(OpenError::IsCluster { servers: options.servers.to_string() });
        }
        Ok(())
    }

    fn look(&self, options: &Options, findings: &mut Vec<Finding>) {
        if self.word("aof_enabled") != Some("1") {
            findings.push(Finding::NothingOnDisk);
        }
        match self.word("maxmemory_policy") {
            Some("noeviction") => {}
            policy => {
                let policy = policy.unwrap_or("unknown").to_owned();
                findings.push(Finding::Evicts { policy });
            }
        }
        if options.replicas == 0 {
            return;
        }
        // Said only by a server that refuses to write alone.
        if self.word("min_slaves_good_slaves").is_none() {
            findings.push(Finding::WritesAlone);
        }
        let found = self.word("connected_slaves").and_then(|count| count.parse().ok());
        let (found, wanted) = (found.unwrap_or_default(), options.replicas);
        if found < wanted {
            findings.push(Finding::FewReplicas { found, wanted });
        }
    }
}

fn text_of(said: Value) -> String {
    match said {
        Value::BulkString(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => text,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::ServerTime;
    use super::*;

    const GOOD: &str = "# Server\r\nredis_version:7.2.4\r\nredis_mode:standalone\r\nloading:0\r\n\
                        aof_enabled:1\r\nmaxmemory_policy:noeviction\r\nrole:master\r\n\
                        connected_slaves:1\r\nmin_slaves_good_slaves:1\r\n";

    fn options(replicas: u8) -> Options {
        Options {
            servers: Servers::Standalone { url: "redis://127.0.0.1".into() },
            username: None,
            password: None,
            database: 0,
            prefix: "acp".into(),
            replicas,
            fsync: false,
            durable_connections: 1,
            time: ServerTime::own(),
        }
    }

    fn found(said: &str, replicas: u8) -> Vec<Finding> {
        let mut findings = Vec::new();
        Server(said.to_owned()).look(&options(replicas), &mut findings);
        findings
    }

    #[test]
    fn a_server_that_keeps_what_it_is_told_is_fine() {
        assert_eq!(found(GOOD, 1), []);
        assert_eq!(Server(GOOD.to_owned()).version(), (7, 2));
        assert!(Server(GOOD.to_owned()).must_do(&options(1)).is_ok());
    }

    #[test]
    fn everything_that_loses_data_is_found() {
        let policy = GOOD.replace("noeviction", "allkeys-lru");
        for (said, finding) in [
            (GOOD.replace("aof_enabled:1", "aof_enabled:0"), Finding::NothingOnDisk),
            (policy, Finding::Evicts { policy: "allkeys-lru".into() }),
            (GOOD.replace("min_slaves_good_slaves:1\r\n", ""), Finding::WritesAlone),
            (
                GOOD.replace("connected_slaves:1", "connected_slaves:0"),
                Finding::FewReplicas { found: 0, wanted: 1 },
            ),
        ] {
            assert_eq!(found(&said, 1), [finding]);
        }
        assert_eq!(found(&GOOD.replace("min_slaves_good_slaves:1\r\n", ""), 0), []);
    }

    #[test]
    fn a_server_that_cannot_work_is_refused() {
        for (fine, bad) in [
            ("redis_version:7.2.4", "redis_version:6.2.14"),
            ("loading:0", "loading:1"),
            ("role:master", "role:slave"),
            ("redis_mode:standalone", "redis_mode:cluster"),
        ] {
            let server = Server(GOOD.replace(fine, bad));
            assert!(server.must_do(&options(0)).is_err(), "{bad}");
        }
    }
}
