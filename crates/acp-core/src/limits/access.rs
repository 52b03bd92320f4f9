//! The bounds of who may call, which are part of [`limits`](crate::limits) and are named there.

use std::time::Duration;

/// How often it is noted which keys were used, and how fine the noted times are.
pub const KEYS_USED_PERIOD: Duration = Duration::from_mins(1);
/// Most keys whose use is noted in one commit.
pub const KEYS_NOTED_AT_ONCE_MAX: usize = 64;
/// How long a key that was replaced is still good, unless it is said.
pub const KEY_OVERLAP_DEFAULT: Duration = Duration::from_hours(24);
/// Longest time a key that was replaced may still be good.
pub const KEY_OVERLAP_MAX: Duration = Duration::from_hours(24 * 90);
/// Shortest token that may be configured, in characters.
pub const TOKEN_CHARS_MIN: usize = 32;
/// Longest token that may be configured, in characters.
pub const TOKEN_CHARS_MAX: usize = 255;
/// Longest JSON Web Token that is looked at, in bytes.
pub const JWT_BYTES_MAX: usize = 8 * 1024;
/// Longest subject of a JSON Web Token, in characters.
pub const JWT_SUBJECT_CHARS_MAX: usize = 128;
/// How often the keys of who vouches for people are read again.
pub const JWT_KEYS_REFRESH_PERIOD: Duration = Duration::from_mins(5);
/// Shortest time between two readings of those keys that unknown key ids give rise to.
pub const JWT_KEYS_ASKED_PERIOD: Duration = Duration::from_secs(30);
/// For how long those keys are believed while they cannot be read again.
pub const JWT_KEYS_KEPT: Duration = Duration::from_hours(24);
/// Most connections of operators over TCP at a time.
pub const ADMIN_CONNECTIONS_MAX: usize = 64;
/// How often it is noted what agents asked for.
pub const REQUESTS_SEEN_PERIOD: Duration = Duration::from_secs(5);
/// Most requests of an agent that are remembered.
pub const REQUESTS_SEEN_MAX: usize = 100;
/// Most agents whose requests are remembered between two times they are noted.
pub const REQUESTS_SEEN_AGENTS_MAX: usize = 1_000;
/// How long they are remembered after the last one.
pub const REQUESTS_SEEN_KEPT: Duration = Duration::from_hours(24 * 7);
/// Longest body of an error that is looked at for its code, in bytes.
pub const ERROR_BYTES_MAX: usize = 64 * 1024;
