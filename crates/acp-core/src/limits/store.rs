//! Bounds of stores.

use std::time::Duration;

/// Most memory the embedded store keeps pages of its file in, in bytes.
pub const STORE_CACHE_BYTES: usize = 256 * 1024 * 1024;
/// Number of lanes a store on a server gathers its partitions in; fixed for the life of the store.
pub const STORE_LANES: u16 = 256;
/// How long connecting to a store server may take, its handshake included.
pub const STORE_CONNECT_TIMEOUT: Duration = Duration::from_millis(800);
/// How long a store server may take to answer.
pub const STORE_ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// Most questions to a store server that wait for an answer on one connection.
pub const STORE_QUESTIONS_MAX: usize = 4_096;
/// How long a commit without an answer is repeated before its caller is told that nobody knows.
pub const STORE_COMMIT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a commit without an answer rests before it is repeated.
pub const STORE_COMMIT_REST: Duration = Duration::from_millis(25);
/// How long a store server remembers how a commit ended, at the least.
pub const STORE_OUTCOME_KEPT: Duration = Duration::from_mins(3);
/// How long one question for the replicas of a store server waits for them.
pub const STORE_REPLICAS_WAIT: Duration = Duration::from_millis(250);
/// For how long what was read on a store server may be on no replica yet: longer than a server
/// that has lost its replicas takes writes.
pub const STORE_UNSAFE_MAX: Duration = Duration::from_mins(1);
/// Most durable commits that are confirmed by one question.
pub const STORE_CONFIRMED_MAX: usize = 512;
/// How often a store server is asked for its time and for what it was told last.
pub const STORE_BEAT_PERIOD: Duration = Duration::from_secs(1);
/// Over how many of these times the lanes of a store on many servers are marked, so that each of
/// them is in some seconds and none of them at once.
pub const STORE_BEAT_TURNS: usize = 16;
/// How long a store server keeps what this process told it last.
pub const STORE_MARKER_KEPT: Duration = Duration::from_hours(24);
/// For how long it is looked whether a store server still has what this process told it.
pub const STORE_MARKER_TRUSTED: Duration = Duration::from_hours(12);
/// How long a store server keeps a document beyond its end. Whether it has ended is decided by its
/// head; this only keeps servers with different clocks from forgetting it too early.
pub const STORE_EXPIRY_GRACE: Duration = Duration::from_mins(1);
/// Most due timers one lane is asked for, before it is known to have the oldest.
pub const STORE_LANE_TIMERS: usize = 16;
/// For how long it is remembered what was written of a session, where the store is another machine.
pub const RECALLED_FOR: Duration = Duration::from_mins(5);
/// Most memory that takes, in bytes.
pub const RECALLED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Of how many calls about a session it is remembered that they were answered.
pub const RECALLED_ANSWERS_MAX: usize = 4;
