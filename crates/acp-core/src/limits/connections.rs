//! The bounds of connections: how slow, how many and how idle they may be. Part of [`crate::limits`],
//! where they are named from.

use std::time::Duration;

/// How long a connection is kept without a request.
pub const IDLE_TIMEOUT: Duration = Duration::from_mins(1);
/// How often a connection of HTTP/1.1 is looked at: one on which nothing was asked since the last
/// time keeps no buffers.
pub const REST_LOOK_PERIOD: Duration = Duration::from_millis(100);
/// How rarely, while one request takes long.
pub const REST_LOOK_PERIOD_MAX: Duration = Duration::from_secs(5);
/// Fewest bytes a second at which a body has to come and an answer has to be taken, on average.
pub const BYTES_PER_SECOND_MIN: u64 = 1_024;
/// How much longer than that a body may take.
pub const BODY_GRACE: Duration = Duration::from_secs(4);
/// How much longer than that an answer may wait to be taken.
pub const ANSWER_GRACE: Duration = Duration::from_secs(10);
/// Most bytes of all request bodies that are being read or worked on.
pub const BODIES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How many connections one address may have, where nothing else is configured.
pub const CONNECTIONS_PER_ADDRESS_DEFAULT: usize = 1_000;
/// How long a handshake of TLS may take, waiting for its turn included.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// One of so many cores computes handshakes of TLS, and never fewer than one do: requests have the
/// others.
pub const HANDSHAKES_SHARE: usize = 2;
/// How often it is looked whether there is another certificate.
pub const CERTIFICATE_LOOK_PERIOD: Duration = Duration::from_secs(2);
/// Largest file with a certificate or a key that is read, in bytes.
pub const CERTIFICATE_BYTES_MAX: u64 = 256 * 1024;
/// How long before it expires a certificate is warned about.
pub const CERTIFICATE_EXPIRY_WARNING: Duration = Duration::from_hours(24 * 7);
/// Most streams of one connection of HTTP/2 at the same time.
pub const STREAMS_MAX: u32 = 100;
/// Most bytes a stream of HTTP/2 sends before we have read some.
pub const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// Most bytes all streams of a connection send before we have read some.
pub const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Most bytes of answers a connection of HTTP/2 keeps for each stream until they are taken.
pub const STREAM_SEND_BYTES_MAX: usize = 64 * 1024;
/// Most streams that are reset before anybody has looked at them.
pub const UNSEEN_RESETS_MAX: usize = 20;
/// How long a piece of an answer on a stream may take to be taken.
pub const STREAM_ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How often streams are looked at for that.
pub const STREAMS_LOOK_PERIOD: Duration = Duration::from_secs(5);
/// How long a connection without a stream may take to leave once it is told to.
pub const STREAMS_LEAVE_PERIOD: Duration = Duration::from_secs(1);
/// The time for which frames of HTTP/2 are counted that ask for nothing.
pub const FRAMES_WINDOW: Duration = Duration::from_secs(10);
/// Most of them in that time, without any request.
pub const IDLE_FRAMES_MAX: u32 = 1_000;
/// How many more there may be for each request.
pub const IDLE_FRAMES_PER_REQUEST: u32 = 10;
/// Most streams that are reset in that time, beside every second one.
pub const RESETS_MAX: u32 = 100;
/// A frame with less data than this asks for nothing, unless it is the last one.
pub const DATA_FRAME_BYTES_MIN: usize = 64;
/// Most bodies that are read at once of callers who sign and show no key. Together they take an
/// eighth of the room there is for all bodies.
pub const BODIES_OF_STRANGERS_MAX: usize = 32;
/// How often it is said again what is wrong with a certificate.
pub const CERTIFICATE_WARNED_PERIOD: Duration = Duration::from_hours(24);
