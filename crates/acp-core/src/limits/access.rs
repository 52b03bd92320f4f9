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
