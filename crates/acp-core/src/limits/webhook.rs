//! The bounds of telling agents of their orders. They are among the [limits](crate::limits).

use std::time::Duration;

/// Most endpoints of an agent.
pub const ENDPOINTS_MAX: usize = 8;
/// Longest address of an endpoint, in characters.
pub const ENDPOINT_URL_CHARS_MAX: usize = 1_024;
/// Shortest secret of an endpoint, in characters.
pub const ENDPOINT_SECRET_CHARS_MIN: usize = 24;
/// Longest secret of an endpoint, in characters.
pub const ENDPOINT_SECRET_CHARS_MAX: usize = 255;
/// How long it may take to tell an endpoint something, from the name of its host to the last byte.
pub const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of an answer that are read; what is in it is nobody's business.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How long it may take to connect to an endpoint, or to find its host.
pub const WEBHOOK_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Shortest rest of a delivery that failed.
pub const WEBHOOK_REST_MIN: Duration = Duration::from_secs(5);
/// Longest rest of a delivery that failed.
pub const WEBHOOK_REST_MAX: Duration = Duration::from_hours(6);
/// How long a delivery waits that came too many at a time.
pub const WEBHOOK_CROWD_REST: Duration = Duration::from_secs(2);
/// How often an endpoint may refuse something before it is not told again.
pub const WEBHOOK_REFUSALS_MAX: u32 = 5;
/// Most attempts a delivery remembers.
pub const WEBHOOK_ATTEMPTS_KEPT_MAX: usize = 8;
/// Most deliveries at a time.
pub const DELIVERIES_AT_ONCE_MAX: usize = 256;
/// Most deliveries to one endpoint at a time.
pub const DELIVERIES_TO_ONE_MAX: usize = 16;
/// Most deliveries to all endpoints of one agent at a time.
pub const DELIVERIES_TO_AGENT_MAX: usize = 32;
/// For how long deliveries that are taken up may have to wait for their turn: an endpoint gets as
/// many as it is told in this time.
pub const DELIVERY_WAIT: Duration = Duration::from_secs(1);
/// Most deliveries to one endpoint that are taken up, however fast it listens.
pub const DELIVERIES_WAITING_MAX: usize = 512;
/// Most deliveries a process has taken up.
pub const DELIVERIES_TAKEN_UP_MAX: usize = 4_096;
/// Most addresses an agent has looked at in a minute, by opening an endpoint or trying one.
pub const ADDRESS_LOOKS_PER_MINUTE: u32 = 20;
/// Most names whose addresses are asked for at a time. A name that nobody answers for keeps its
/// place until the system gives it up.
pub const NAME_LOOKUPS_MAX: usize = 16;
/// Most failures of an endpoint in a row until it is told one thing at a time.
pub const DELIVERY_FAILURES_MAX: u32 = 3;
/// Most endpoints of which a process remembers how they fare.
pub const ENDPOINTS_WATCHED_MAX: usize = 1_024;
/// Most deliveries of an endpoint that are shown.
pub const DELIVERIES_SHOWN_MAX: usize = 50;
/// Most deliveries that are put back by one word.
pub const DELIVERIES_REPLAYED_MAX: usize = 10_000;
