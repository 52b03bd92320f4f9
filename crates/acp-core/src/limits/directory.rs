//! The bounds of fetching keys that others publish. They are among the [limits](crate::limits).

use std::time::Duration;

/// How long keys that were fetched are good for.
pub const KEY_SET_LIFE: Duration = Duration::from_mins(10);
/// How long nobody asks again where there were no keys.
pub const KEY_SET_FAILURE_LIFE: Duration = Duration::from_secs(30);
/// Most places whose keys are remembered.
pub const KEY_PLACES_MAX: usize = 256;
/// How long it may take to fetch keys, from the name of the host to the last byte.
pub const KEY_FETCH_TIMEOUT: Duration = Duration::from_secs(3);
/// How often keys are fetched in a minute, from all hosts together.
pub const KEY_FETCHES_PER_MINUTE: u32 = 60;
/// How often keys are fetched in a minute from one host.
pub const KEY_FETCHES_PER_HOST: u32 = 6;
/// Most addresses of one host that are looked at.
pub const KEY_HOST_ADDRESSES_MAX: usize = 16;
/// Most names a gateway is reached under.
pub const ORIGINS_MAX: usize = 8;
