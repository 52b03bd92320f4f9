//! Keys that the sections about services of the merchant's have in common.

use super::address::{BASE_URL_OR_NONE, SECRET};
use crate::config::keys::Key;

pub(in crate::config) const WHERE: Key = Key::text(
    "base_url",
    BASE_URL_OR_NONE,
    "Where the service is. With a token, `http://` is only taken for this machine.",
);
pub(in crate::config) const TOKEN: Key = Key::secret(
    "token",
    SECRET,
    "What the gateway shows the service, as a bearer token; 1 to 255 characters.",
);
pub(in crate::config) const CONNECT_TIMEOUT_MS: Key = Key::whole(
    "connect_timeout_ms",
    10,
    10_000,
    "How long a connection to the service may take; 10 to 10000.",
);
pub(in crate::config) const TIMEOUT_MS: Key =
    Key::whole("timeout_ms", 10, 10_000, "How long one call may take; 10 to 10000.");
pub(in crate::config) const CALLS: Key = Key::whole(
    "calls_at_once",
    1,
    1_000,
    "How many calls to the service are under way at the same time, at most; 1 to 1000. One more is \
     refused at once.",
);
