//! Bounds of product feeds.

use std::time::Duration;

/// How many items are read at a time where all of them are.
pub const FEED_PAGE_ITEMS: usize = 200;
/// Most items of one product. A feed tells of a product in one piece.
pub const PRODUCT_ITEMS_MAX: usize = 2_048;
/// Most products that are read of one catalogue in one go.
pub const FEED_PRODUCTS_MAX: usize = super::CATALOG_ITEMS_MAX;
/// Most feeds that are written at the same time.
pub const FEEDS_AT_ONCE_MAX: usize = 8;
/// Most of them of one tenant.
pub const FEEDS_OF_TENANT_MAX: usize = 2;
/// Most feeds that are written for whoever looks after the gateway, beside those of callers.
pub const FEEDS_OF_OPERATORS_MAX: usize = 2;
/// How long a reader may leave a piece of a feed untaken before it loses its place to who waits.
pub const FEED_PIECE_PATIENCE: Duration = Duration::from_secs(10);
/// As many units, or fewer, are called limited.
pub const STOCK_LIMITED_UNITS: u32 = 5;
/// Most bytes of products an agent is sent in one piece, unless one product alone has more.
pub const FEED_BATCH_BYTES_MAX: usize = 1024 * 1024;
/// How long whoever tells an agent of products has the feed for itself, unless it says so again.
pub const FEED_LEASE: Duration = Duration::from_mins(2);
/// How long an agent may take to answer a piece.
pub const FEED_CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// How often it is looked whether an agent is to be told of products.
pub const FEED_LOOK_PERIOD: Duration = Duration::from_secs(1);
/// How long a feed rests after a failure, at the least.
pub const FEED_REST_MIN: Duration = Duration::from_secs(1);
/// How long a feed rests after a failure, at most.
pub const FEED_REST_MAX: Duration = Duration::from_hours(1);
/// How long a feed rests, at most, whose tenant is not served, before that is looked at again.
pub const FEED_TENANT_REST_MAX: Duration = Duration::from_mins(1);
/// How long after it was to be looked at again a feed is forgotten that nobody looked at. Whoever
/// keeps one looks at it once a day at least.
pub const FEED_LEFT_AFTER: Duration = Duration::from_hours(24 * 7);
/// How often it is looked whether there are such.
pub const FEED_FORGET_PERIOD: Duration = Duration::from_secs(5);
/// Most pages of products of a feed that are forgotten in one go.
pub const FEED_FORGET_PAGES_MAX: usize = 64;
/// How much of what an agent says about a failure is kept, in characters.
pub const FEED_TROUBLE_CHARS_MAX: usize = 500;
