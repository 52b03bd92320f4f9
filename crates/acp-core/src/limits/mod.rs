//! Every bound of the gateway, in one place.

mod access;
mod connections;
mod directory;
mod feed;
mod mandate;
mod plan;
mod store;
mod telemetry;
mod vault;
mod webhook;

use std::time::Duration;

pub use access::*;
pub use connections::*;
pub use directory::*;
pub use feed::*;
pub use mandate::*;
pub use plan::*;
pub use store::*;
pub use telemetry::*;
pub use vault::*;
pub use webhook::*;

/// Largest request body that is read, in bytes.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Deepest nesting of arrays and objects in a request body.
pub const JSON_DEPTH_MAX: usize = 32;
/// Most values (members, elements and scalars) in a request body.
pub const JSON_VALUES_MAX: usize = 20_000;
/// Most characters in one number of a request body.
pub const JSON_NUMBER_CHARS_MAX: usize = 128;
/// Longest request target (path and query), in bytes.
pub const URI_BYTES_MAX: usize = 2_048;
/// Most bytes of all request headers together.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Most request headers.
pub const HEADERS_MAX: usize = 64;
/// Longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// Most goods that are found by one search.
pub const FOUND_MAX: usize = 20;
/// How many goods are found where nobody says how many.
pub const FOUND_DEFAULT: usize = 10;
/// Most messages in a batch of calls of tools.
pub const TOOL_MESSAGES_MAX: usize = 16;
/// Longest request id that is echoed, in characters.
pub const REQUEST_ID_CHARS_MAX: usize = 255;

/// How far a caller's clock may be from ours when it signs a request.
pub const SIGNATURE_SKEW: Duration = Duration::from_mins(5);
/// How long it is known what a signature was used for: twice that, because it may be made with a
/// clock that is ahead, and some time for the clocks of gateways that share a store.
pub const SIGNATURE_USE_KEPT: Duration = Duration::from_mins(12);
/// Longest header with a signature, in bytes.
pub const SIGNATURE_BYTES_MAX: usize = 256;
/// Most signing keys of one key that are good at the same time: the old one and the next.
pub const SIGNING_KEYS_MAX: usize = 2;
/// Most signing keys of one key that are listed, with those that have ended.
pub const SIGNING_KEYS_KEPT_MAX: usize = 8;

/// Most lines in one session.
pub const LINE_ITEMS_MAX: usize = 100;
/// Largest quantity of one line.
pub const QUANTITY_MAX: u32 = 10_000;
/// Largest amount of money in any field, in minor units.
pub const AMOUNT_MINOR_MAX: i64 = 99_999_999;
/// Most fulfillment selections in one update.
pub const SELECTIONS_MAX: usize = 20;
/// Most item ids inside one selection.
pub const SELECTION_ITEMS_MAX: usize = 200;
/// Most discount codes in one session.
pub const CODES_MAX: usize = 20;
/// Most fulfillment groups in one session.
pub const GROUPS_MAX: usize = 20;
/// Most words about being written to in one request.
pub const CONSENTS_MAX: usize = 20;
/// Longest free text the protocol does not bound itself, in characters.
pub const TEXT_CHARS_MAX: usize = 1_000;
/// Longest order note, in characters.
pub const ORDER_NOTES_CHARS_MAX: usize = 5_000;
/// Longest summary in an intent trace, in characters.
pub const TRACE_SUMMARY_CHARS_MAX: usize = 500;
/// Most members in a metadata object.
pub const METADATA_ENTRIES_MAX: usize = 50;
/// Longest catalogue item id, in characters.
pub const ITEM_ID_CHARS_MAX: usize = 128;
/// Most tenants of one store.
pub const TENANTS_MAX: usize = 100;
/// Longest name of an agent, in characters.
pub const AGENT_ID_CHARS_MAX: usize = 64;
/// Longest label of a key, in characters.
pub const KEY_LABEL_CHARS_MAX: usize = 100;
/// Longest payment token, in characters.
pub const PAYMENT_TOKEN_CHARS_MAX: usize = 1_024;
/// Most instruments a session remembers that were declined for good.
pub const REFUSED_INSTRUMENTS_MAX: usize = 16;

/// Most fulfillments of one order.
pub const ORDER_FULFILLMENTS_MAX: usize = 200;
/// Most adjustments of one order that somebody asks for.
pub const ORDER_ADJUSTMENTS_MAX: usize = 200;
/// Most that happens to one fulfillment before its end.
pub const FULFILLMENT_STEPS_MAX: usize = 100;
/// Longest id a merchant's own system may give an order, in characters.
pub const MERCHANT_ORDER_ID_CHARS_MAX: usize = 255;
/// Orders on one page of a listing, unless it is said.
pub const ORDERS_PAGE_DEFAULT: usize = 20;
/// Most orders on one page of a listing.
pub const ORDERS_PAGE_MAX: usize = 100;
/// Most orders that are looked at for one page: those that do not fit its filter count too.
pub const ORDERS_LOOKED_AT_MAX: usize = 200;

/// Number of partitions; fixed for the life of every store.
pub const PARTITIONS: u16 = 4_096;
/// How often a use case decides again after losing a race.
pub const RACES_MAX: u32 = 8;
/// Most commits that share one sync of the embedded store.
pub const GROUP_COMMITS_MAX: usize = 512;
/// Most commits that wait for the embedded store's writer before callers are made to wait.
pub const COMMIT_QUEUE_MAX: usize = 4_096;
/// How many finished commits a store remembers, to answer a repeated one.
pub const REMEMBERED_COMMITS_MAX: usize = 8_192;
/// Most changes of one stock ledger that share a commit.
pub const STOCK_CHANGES_MAX: usize = 1_024;
/// Most stock ledgers of one partition that are remembered as they were last seen.
pub const KNOWN_LEDGERS_MAX: usize = 64;
/// How old what is told of the stock of an item may be, where the store is another machine. What
/// is promised is always asked for.
pub const STOCK_STALENESS_MAX: Duration = Duration::from_secs(1);
/// Most memory a backup keeps pages of its copy in, in bytes.
pub const BACKUP_CACHE_BYTES: usize = 32 * 1024 * 1024;
/// How long the embedded store's writer waits for callers it has just answered, so that their
/// next commits share a sync.
pub const GROUP_COMMIT_PATIENCE_MAX: Duration = Duration::from_millis(1);
/// How long one sentinel may take to say who the primary is.
pub const SENTINEL_TIMEOUT: Duration = Duration::from_millis(250);
/// How often a server that is away is tried.
pub const PROBE_PERIOD: Duration = Duration::from_secs(1);
/// When an order is old enough that nobody has to ask whether it may still get lost: much later
/// than that, because clocks of two machines differ.
pub const ORDER_SETTLED_AFTER: Duration = Duration::from_mins(10);
/// How many payments the demo provider remembers.
pub const DEMO_PAYMENTS_MAX: usize = 10_000;
/// Largest books of the demo provider that are gone on with at a start, in bytes.
pub const DEMO_BOOKS_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest session, as it is said, in bytes. With its order and as it is stored it is less than
/// eight times as large, so that what could be begun can also be finished.
pub const SESSION_BYTES_MAX: usize = 512 * 1024;
/// Largest value of one stored document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 8 * SESSION_BYTES_MAX;
/// Most due timers taken in one look.
pub const DUE_TIMERS_MAX: usize = 256;
/// How many timers of a queue are listed for a person before the rest is left out.
pub const TIMERS_LISTED_MAX: usize = 8_192;
/// Most expired documents removed in one sweep.
pub const SWEPT_DOCUMENTS_MAX: usize = 1_024;
/// Most acts of operators that are kept. The oldest make room.
pub const TRAIL_ACTS_MAX: u64 = 100_000;
/// How long an act of an operator is kept.
pub const TRAIL_KEPT: Duration = Duration::from_hours(24 * 400);
/// Most rows of one page of a listing.
pub const PAGE_ROWS_MAX: usize = 500;
/// Most pages without a row that are turned over one after the other.
pub const EMPTY_PAGES_MAX: usize = 10;
/// Most bytes of one row of an imported catalogue.
pub const CATALOG_ROW_BYTES_MAX: usize = 64 * 1024;
/// Largest catalogue file that is imported in one piece, in bytes.
pub const CATALOG_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most items whose stock an import sets at the same time.
pub const IMPORT_ITEMS_AT_ONCE_MAX: usize = 256;
/// Longest title of an imported item, in characters.
pub const ITEM_TITLE_CHARS_MAX: usize = 300;
/// Longest description of an imported item, in characters.
pub const ITEM_DESCRIPTION_CHARS_MAX: usize = 5_000;
/// Longest name of a brand, category, seller, option or option value, in characters.
pub const ITEM_NAME_CHARS_MAX: usize = 200;
/// Longest stock keeping code, in characters.
pub const ITEM_SKU_CHARS_MAX: usize = 128;
/// Longest tag of an item, in characters.
pub const ITEM_TAG_CHARS_MAX: usize = 100;
/// Longest link to a picture, in bytes.
pub const ITEM_LINK_BYTES_MAX: usize = URI_BYTES_MAX;
/// Most options of one item.
pub const ITEM_OPTIONS_MAX: usize = 10;
/// Most tags of one item.
pub const ITEM_TAGS_MAX: usize = 20;
/// Most disclosures of one item.
pub const ITEM_DISCLOSURES_MAX: usize = 10;
/// Longest disclosure of an item, in characters.
pub const ITEM_DISCLOSURE_CHARS_MAX: usize = 2_000;
/// Most pictures of one item.
pub const ITEM_IMAGES_MAX: usize = 10;
/// Most findings of one kind that a report about a catalogue shows; it counts the rest.
pub const REPORT_FINDINGS_MAX: usize = 100;
/// Most items in a catalogue kept in memory.
pub const CATALOG_ITEMS_MAX: usize = 1_000_000;

/// How long the answer to a completed call is kept for its key, unless configured.
pub const RETENTION_DEFAULT: Duration = Duration::from_hours(48);
/// How long a session lives after its last change, unless configured.
pub const SESSION_LIFE_DEFAULT: Duration = Duration::from_hours(24);
/// How long a cart lives after its last change, unless configured.
pub const CART_LIFE_DEFAULT: Duration = Duration::from_hours(24 * 7);
/// How long the answer to a new session waits until the cart it came of is marked. The marking goes
/// on after that: whoever keeps the cart takes his time at nobody's expense.
pub const CART_MARK_WAIT: Duration = Duration::from_secs(1);
/// How long a finished or abandoned session can be read at the least.
pub const SESSION_KEPT_MIN: Duration = Duration::from_hours(24);
/// How long a completion owns its session before another worker may take over.
pub const COMPLETION_LEASE: Duration = Duration::from_secs(30);
/// How long a lease must last at the least to be kept for the next step. Most completions end
/// within their first.
pub const COMPLETION_LEASE_FRESH: Duration = Duration::from_secs(25);
/// How long a run rests after its first try in vain; twice as long after each further one.
pub const RUN_REST_MIN: Duration = Duration::from_secs(1);
/// How long a run rests at the most, before it is looked at again.
pub const RUN_REST_MAX: Duration = Duration::from_secs(15);
/// How long an order that cannot be handed over to the merchant rests at the most, and a refund that
/// the provider has taken on. Nobody waits for it, and many may rest at once.
pub const HAND_OVER_REST_MAX: Duration = Duration::from_mins(5);
/// How often a step is tried in vain before somebody is told that it does not end by itself.
pub const RUN_TRIES_BEFORE_ALARM: u32 = 10;
/// How many tries a step counts at the most that others have taken on and not done yet: few enough
/// that the first bad look afterwards alarms nobody.
pub const AWAITED_TRIES_MAX: u32 = 5;
/// How long the calls of one step may take in all: well within the lease.
pub const RUN_STEP_TIMEOUT: Duration = Duration::from_secs(20);
/// Most errands for orders that are taken up and at work at the same time: no more than a service is
/// asked at once where nothing else is configured. Where less is, some are turned away, and rest.
pub const ERRANDS_AT_ONCE_MAX: usize = PEER_CALLS_DEFAULT;
/// Most runs that are taken up at the same time, from others or from an earlier life.
pub const RUNS_AT_ONCE_MAX: usize = 2_048;
/// How much further back than a loss of the store payments are compared with orders: clocks of
/// two machines differ.
pub const RECONCILED_MARGIN: Duration = Duration::from_mins(10);
/// How far back payments are compared with orders, unless it is said.
pub const RECONCILED_SPAN_DEFAULT: Duration = Duration::from_hours(24);
/// How long an authorization may take, and be held, before there is an order; unless configured.
pub const AUTHORIZATION_LIFE_DEFAULT: Duration = Duration::from_hours(1);
/// How long a hold is kept for an order whose money is taken later; unless configured.
pub const CAPTURE_WINDOW_DEFAULT: Duration = Duration::from_hours(24 * 6);
/// How often a call to a provider that was not reached is repeated at once.
pub const PROVIDER_TRIES_MAX: u32 = 3;
/// How often the keys are read again, because another process may have changed them.
pub const KEYS_REFRESH_PERIOD: Duration = Duration::from_secs(5);
/// How often it is asked whether another process has changed the catalogue.
pub const CATALOG_REFRESH_PERIOD: Duration = Duration::from_secs(5);
/// How often expired documents are removed.
pub const SWEEP_PERIOD: Duration = Duration::from_secs(1);
/// How often the background jobs look for work.
pub const JOB_PERIOD: Duration = Duration::from_millis(250);
/// How long one call to a payment provider may take.
pub const PAYMENT_CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// How long one call to Stripe may take: less than a call of the port, which may be two of them.
pub const STRIPE_CALL_TIMEOUT: Duration = Duration::from_secs(9);
/// How far a provider's clock may be from ours when it signs a message.
pub const WEBHOOK_TOLERANCE: Duration = Duration::from_mins(5);
/// How often a provider's message waits for whoever is at work on its payment, until it has to be
/// sent again.
pub const NEWS_LOOKS_MAX: u32 = 25;
/// How long it waits each time.
pub const NEWS_LOOK_PERIOD: Duration = Duration::from_millis(200);
/// How long it may take to reach a service of somebody else.
pub const PEER_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How many calls to one service run at the same time, where nothing else is configured.
pub const PEER_CALLS_DEFAULT: usize = 64;
/// How long a connection to it is kept without a call.
pub const PEER_IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// How often in a row it may fail before it is left alone for a while.
pub const PEER_FAILURES_MAX: u32 = 5;
/// Longest that a service is left alone because it wants to be.
pub const PEER_REST_MAX: Duration = Duration::from_secs(30);
/// How long no new payments are made at an account that did not take our credentials.
pub const REFUSED_ROUTE_REST: Duration = Duration::from_mins(1);
/// How often it is looked whether an account that is left alone is back.
pub const ROUTES_LOOK_PERIOD: Duration = Duration::from_secs(1);
/// How often a call that may be repeated is, where there is no answer.
pub const PEER_REPEATS_MAX: u32 = 2;
/// Most repetitions that calls which needed none save up.
pub const PEER_REPEATS_SAVED_MAX: u32 = 20;
/// Half of the longest pause before the first repetition; twice as long before each further one.
pub const PEER_PAUSE_MIN: Duration = Duration::from_millis(25);
/// The longest pause. A service that asks for a longer one is not asked again.
pub const PEER_PAUSE_MAX: Duration = Duration::from_secs(1);
/// Largest answer of it that is read, in bytes.
pub const PEER_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a provider may take to list the payments that were made since a moment.
pub const PAYMENTS_LISTED_WITHIN: Duration = Duration::from_mins(10);
/// Most lines of a purchase whose stock is asked for at the same time.
pub const HOLDS_AT_ONCE_MAX: usize = 8;
/// How long stock stays held for a completion that has not finished.
pub const STOCK_HOLD: Duration = Duration::from_mins(15);
/// How much longer a merchant's inventory keeps a promise than we do before we ask about it.
pub const MERCHANT_HOLD_MARGIN: Duration = Duration::from_mins(15);
/// Most items a merchant's inventory is asked for in one call.
pub const INVENTORY_ITEMS_MAX: usize = 1_000;
/// Most items a merchant's catalogue is asked for in one call.
pub const CATALOGUE_LOOKUP_MAX: usize = 1_000;
/// How long it is believed at the most that a merchant's catalogue does not sell an item.
pub const NOT_SOLD_BELIEVED_MAX: Duration = Duration::from_secs(10);
/// Most places a merchant's tax service is asked for in one call.
pub const TAX_PLACES_MAX: usize = 100;
/// Most places whose rates are remembered.
pub const RATES_REMEMBERED_MAX: usize = 10_000;
/// Most options a merchant's shipping service may answer with.
pub const TOLD_OPTIONS_MAX: usize = 500;
/// Most promotions a merchant's promotion service may answer with.
pub const TOLD_PROMOTIONS_MAX: usize = 1_000;
/// Most items, categories or customers one of them may name.
pub const TOLD_TARGETS_MAX: usize = 1_000;
/// Most countries an option may be for.
pub const TOLD_COUNTRIES_MAX: usize = 300;
/// Most postal codes, or beginnings of them, an option may be for.
pub const TOLD_PREFIXES_MAX: usize = 1_000;
/// Most ledgers of promotions that are known to be there.
pub const KNOWN_PROMOTIONS_MAX: usize = 1_000;
/// How long it is known how a reservation of stock ended; a late call about it is answered by it.
/// Longer than a hold can be kept for an order, so that a sale can be taken back.
pub const RESERVATION_KEPT: Duration = Duration::from_hours(24 * 31);
/// How long reading a request body may take.
pub const BODY_READ_TIMEOUT: Duration = Duration::from_secs(10);
/// How long reading request headers may take, from their first byte on, and how long a new
/// connection may say nothing.
pub const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a request may take in all.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(25);
/// What a caller is told to wait when its key or session is busy.
pub const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);
/// What a caller is told to wait when the store is away or full.
pub const UNAVAILABLE_RETRY_AFTER: Duration = Duration::from_secs(2);
/// How long a command waits for the answer of a running gateway.
pub const ADMIN_CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a command waits for an import or a backup.
pub const ADMIN_LONG_CALL_TIMEOUT: Duration = Duration::from_hours(1);
/// How long a command waits for a gateway that is just starting or for another command.
pub const ADMIN_REACH_TIMEOUT: Duration = Duration::from_secs(3);
/// Longest answer to the question how a gateway is, in bytes.
pub const HEALTH_ANSWER_BYTES_MAX: usize = 65_536;
/// How long tasks that do not listen may hold up the end of the process.
pub const RUNTIME_END_TIMEOUT: Duration = Duration::from_secs(2);

/// Most signatures on one request that are looked at.
pub const SIGNATURES_MAX: usize = 4;
/// Most components one signature may cover.
pub const SIGNED_COMPONENTS_MAX: usize = 32;
/// Most parameters of one signature, or of one component it covers.
pub const SIGNATURE_PARAMETERS_MAX: usize = 16;
/// Longest `Signature-Input`, `Signature` or `Signature-Agent`, in bytes.
pub const SIGNATURE_FIELD_BYTES_MAX: usize = 8 * 1024;
/// Most bytes a signature is made over.
pub const SIGNATURE_BASE_BYTES_MAX: usize = 32 * 1024;
/// Longest label, key id, nonce or tag of a signature, in characters.
pub const SIGNATURE_TEXT_CHARS_MAX: usize = 256;
/// How far the clocks of signers may be off, in either direction.
pub const MESSAGE_SIGNATURE_SKEW: Duration = Duration::from_mins(1);
/// Longest time from making to expiry of a signature by an agent that has a key directory.
pub const AGENT_SIGNATURE_WINDOW_MAX: Duration = Duration::from_hours(24);
/// Longest time from making to expiry of a signature of the Trusted Agent Protocol.
pub const TRUSTED_AGENT_WINDOW_MAX: Duration = Duration::from_mins(8);
/// How long a signature with a pinned key is good for.
pub const PINNED_SIGNATURE_WINDOW_MAX: Duration = Duration::from_mins(5);
/// Largest set of public keys that is read, in bytes.
pub const KEY_SET_BYTES_MAX: usize = 64 * 1024;
/// Most keys in a set of public keys.
pub const KEY_SET_KEYS_MAX: usize = 50;
/// Smallest modulus of an RSA key, in bytes.
pub const RSA_MODULUS_BYTES_MIN: usize = 256;
/// Largest modulus of an RSA key, in bytes.
pub const RSA_MODULUS_BYTES_MAX: usize = 512;
/// Shortest secret that is shared with a partner for signing, in bytes.
pub const PINNED_SECRET_BYTES_MIN: usize = 24;
/// Most keys that are pinned for partners without a key directory.
pub const PINNED_KEYS_MAX: usize = 100;
/// Longest file with the key of a partner, in bytes.
pub const PINNED_KEY_BYTES_MAX: usize = 8 * 1024;
/// Most callers whose supplies of calls are held at the same time.
pub const METERED_CALLERS_MAX: usize = 10_000;
/// Most quotas one process remembers by itself.
pub const QUOTAS_REMEMBERED_MAX: usize = 65_536;
/// Most addresses whose failures to say who they are are remembered.
pub const STRANGERS_REMEMBERED_MAX: usize = 16_384;
/// Most calls that are drawn from a quota at once.
pub const SUPPLY_MAX: u32 = 1_000;
/// How long a supply of calls may be used. It is never larger than what comes back in this time, so
/// what nobody uses is there again when it may not be used any more.
pub const SUPPLY_LIFE: Duration = Duration::from_secs(1);
/// How long a gateway lets a quota rest at the least that had nothing to give, where a whole quota
/// takes much longer than that.
pub const QUOTA_REST: Duration = Duration::from_millis(100);
/// How long the store may take to count a call before the gateway counts that one alone.
pub const QUOTA_TIMEOUT: Duration = Duration::from_millis(250);
/// How long the store may say nothing at all to such questions before nobody asks it any more.
pub const QUOTA_SILENCE: Duration = Duration::from_millis(750);
/// Most proxies that may stand in front of a gateway.
pub const PROXY_HOPS_MAX: usize = 10;
