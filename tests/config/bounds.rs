//! Every key has values that fit and values that do not.

use acp_gateway::config::Config;
use serde_json::json;

use super::{both_accept, complaint, load_file, objections};

/// A key, what must hold around it, values that fit and values that do not.
type Bound = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

pub(super) const BOUNDS: &[Bound] = &[
    (
        "server.listen",
        "",
        &["'0.0.0.0:0'", "'[::1]:8080'"],
        &["''", "'8080'", "'host:80'", "'127.0.0.1'", "'127.0.0.1:65536'", "8080"],
    ),
    (
        "server.public_url",
        "",
        &["'http://localhost:8080'", "'https://buy.example/shop/'", "''"],
        &["'buy.example'", "'ftp://a'", "'https://'", "'https://a?b'", "'https://u:p@a'", "true"],
    ),
    ("server.docs", "", &["true", "false"], &["'true'", "0", "[]"]),
    ("server.request_timeout_ms", "", &["1000", "120_000"], &["999", "120001", "-1", "1e3", "'5'"]),
    ("server.drain_timeout_ms", "", &["0", "600000"], &["-1", "600001", "9223372036854775807"]),
    ("server.connections_max", "", &["1", "1000000"], &["0", "1000001", "true"]),
    ("server.connections_per_address_max", "", &["1", "1000000"], &["0", "1000001", "'9'"]),
    ("server.in_flight_max", "", &["1", "100_000"], &["0", "100001", "'9'"]),
    ("server.proxy_hops", "", &["0", "10"], &["-1", "11", "true"]),
    (
        "server.tls_certificate",
        "server.tls_key = 'k'",
        &["'/etc/tls/chain.pem'"],
        &["'/a\tb'", "1"],
    ),
    ("server.tls_key", "server.tls_certificate = 'c'", &["'/etc/tls/key.pem'"], &["'/a\tb'", "1"]),
    (
        "metrics.listen",
        "",
        &["'127.0.0.1:9464'", "'0.0.0.0:0'", "'[::]:9464'", "''"],
        &["'9464'", "'host:80'", "'127.0.0.1'", "'127.0.0.1:65536'", "9464"],
    ),
    ("limits.enabled", "", &["true", "false"], &["'true'", "0"]),
    ("limits.reads_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.reads_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.creates_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.creates_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.changes_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.changes_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.completes_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.completes_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.delegations_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.delegations_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("vault.enabled", "", &["true", "false"], &["'yes'", "1"]),
    ("vault.longest_allowance_hours", "", &["1", "8760"], &["0", "8761", "'1'"]),
    (
        "authentication.base_url",
        "authentication.allowed_addresses = ['127.0.0.1']",
        &["'https://3ds.example/v1'", "'http://127.0.0.1:12119/'", "''"],
        &["'3ds.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("authentication.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("authentication.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("authentication.timeout_ms", "", &["10", "30000"], &["9", "30001"]),
    ("authentication.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "authentication.allowed_addresses",
        "",
        &["[]", "['127.0.0.1', '203.0.113.0/24', '2001:db8::/32']"],
        &["'127.0.0.1'", "['shop.example']", "['127.0.0.1/x']", "[1]", "['']"],
    ),
    ("limits.intents_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.intents_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.merchant_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.merchant_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("limits.signed_factor", "", &["1", "100"], &["0", "101", "1.5"]),
    ("limits.failed_authentications_per_minute", "", &["1", "6_000_000"], &["0", "6000001", "'5'"]),
    ("limits.failed_authentications_burst", "", &["1", "1_000_000"], &["0", "1000001", "1.5"]),
    ("admin.socket", "", &["'/run/acp.sock'", "''"], &["'/a\tb'", "1"]),
    (
        "admin.listen",
        "",
        &["'127.0.0.1:8081'", "'127.1.2.3:0'", "'[::1]:8081'", "''"],
        &["'0.0.0.0:8081'", "'10.0.0.1:80'", "'[::]:80'", "'localhost:80'", "'127.0.0.1'", "8081"],
    ),
    (
        "keys.configured",
        "",
        &[
            "[]",
            "[{ scope = 'agent', agent = 'a', label = 'A', token = \
             '5f1e2d3c4b5a69788796a5b4c3d2e1f0' }]",
            "[{ scope = 'merchant', token_file = '/run/secrets/token' }]",
            "[{ scope = 'admin', token_sha256 = \
             '5F1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0' }]",
        ],
        &[
            "[{ scope = 'king', token_file = 'x' }]",
            "[{ scope = 'agent', agent = 'two words', token_file = 'x' }]",
            "[{ scope = 'agent', agent = 'a', label = '', token_file = 'x' }]",
            "[{ scope = 'agent', agent = 'a', token = 'short' }]",
            "[{ scope = 'agent', agent = 'a', token = '5f1e2d3c4b5a6978 8796a5b4c3d2e1f0' }]",
            "[{ scope = 'agent', agent = 'a', token_sha256 = '5f1e' }]",
            "[{ scope = 'agent', agent = 'a', token_file = '' }]",
            "[{ scope = 'agent', agent = 'a', tokens = 'x' }]",
            "true",
        ],
    ),
    (
        "jwt.issuer",
        "jwt.audience = 'a'\njwt.jwks_file = 'k'",
        &["'https://login.example'", "''"],
        &["'a b'", "1"],
    ),
    ("jwt.audience", "jwt.issuer = 'i'\njwt.jwks_file = 'k'", &["'gateway'"], &["'a b'", "1"]),
    ("jwt.jwks_file", "", &["'/etc/keys.json'", "''"], &["'/a\tb'", "1"]),
    (
        "jwt.jwks_url",
        "jwt.issuer = 'i'\njwt.audience = 'a'",
        &["'https://login.example/keys?p=1'", "'http://127.0.0.1:1/keys'", "'https://a.example'"],
        &["'login.example'", "'ftp://a'", "'https://u:p@a'", "'https://a/#b'", "1"],
    ),
    ("jwt.roles_claim", "", &["'roles'", "'https://a/roles'"], &["''", "'a b'", "1"]),
    ("jwt.tenant_claim", "", &["'shop'", "''"], &["'a b'", "1"]),
    ("jwt.skew_seconds", "", &["0", "300"], &["-1", "301", "'1m'"]),
    ("store.kind", "", &["'embedded'", "'memory'", "'redis'"], &["'mongo'", "''", "'Memory'", "1"]),
    (
        "redis.mode",
        "redis.sentinel_primary = 'mymaster'",
        &["'standalone'", "'sentinel'", "'cluster'"],
        &["'replica'", "''", "1"],
    ),
    (
        "redis.urls",
        "",
        &[
            "['redis://127.0.0.1:6379']",
            "['redis://a.example', 'redis://[::1]:1/']",
            "['rediss://a.example:6380']",
        ],
        &["[]", "'redis://a'", "['a:6379']", "['redis://u:p@a']", "['redis://a/0']"],
    ),
    ("redis.sentinel_primary", "", &["'mymaster'", "''"], &["' a'", "1"]),
    ("redis.username", "", &["'gateway'", "''"], &["\"a\\nb\"", "[]"]),
    ("redis.password", "", &["'secret'", "' s p a c e '"], &["''", "1", "['a']"]),
    ("redis.database", "", &["0", "255"], &["-1", "256"]),
    ("redis.prefix", "", &["'acp'", "'shop-1_b'"], &["''", "'a:b'", "'{a}'", "1"]),
    ("redis.replicas", "", &["0", "5"], &["-1", "6"]),
    ("redis.fsync", "", &["true", "false"], &["'always'"]),
    ("redis.durable_connections", "", &["1", "16"], &["0", "17"]),
    ("store.data_dir", "", &["'.'", "'/var/lib/acp'"], &["''", "[]"]),
    (
        "secrets.master_key",
        "",
        &[
            "'5f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0'",
            "'Xx4tPEtaaXiHlqW0w9Lh8A8eLTxLWml4h5altMPS4fA='",
        ],
        &["''", "'********'", "'5f1e'", "1", "[1]", "{ a = 1 }"],
    ),
    (
        "secrets.former_master_key",
        "",
        &[
            "'5f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0'",
            "'Xx4tPEtaaXiHlqW0w9Lh8A8eLTxLWml4h5altMPS4fA='",
        ],
        &["''", "'********'", "'5f1e'", "1", "[1]", "{ a = 1 }"],
    ),
    ("checkout.session_life_minutes", "", &["1", "43200"], &["0", "43201"]),
    (
        "checkout.session_kept_days",
        "checkout.idempotency_retention_hours = 24",
        &["1", "3650"],
        &["0", "3651"],
    ),
    (
        "checkout.idempotency_retention_hours",
        "checkout.session_kept_days = 365",
        &["24", "8760"],
        &["23", "8761"],
    ),
    ("checkout.unknown_fields", "", &["'ignore'", "'refuse'"], &["'warn'", "true"]),
    ("shop.id", "", &["'a'", "'shop-1_b'"], &["''", "'Shop'", "'a b'", "'ä'", "1"]),
    ("shop.name", "", &["'A'", "'Ünïcode 日本'"], &["''", "' A'", "'A '", "\"a\\nb\"", "1"]),
    ("shop.currency", "", &["'EUR'", "'eur'"], &["''", "'EURO'", "'E1R'", "'€'"]),
    ("shop.catalog_demo", "", &["true", "false"], &["'no'"]),
    (
        "shop.terms_of_use_url",
        "",
        &["'https://a.example/t'", "'https://[::1]:65535?a#b'", "''"],
        &["'http://a.example'", "'/t'", "'https://a..b'", "'https://a:65536'", "'https://a/{b}'"],
    ),
    ("shop.privacy_policy_url", "", &["'https://a.example/p'", "''"], &["'http://a.example'"]),
    ("shop.return_policy_url", "", &["'https://a.example/r'", "''"], &["'http://a.example'"]),
    (
        "shop.order_url",
        "",
        &[
            "'http://localhost:1/{id}'",
            "'https://a.example/o?id={id}&{id}'",
            "'https://{id}.a:8{id}'",
        ],
        &["''", "'https://a.example/orders'", "'https://a.example/{id}/{x}'", "'{id}'"],
    ),
    ("shop.merchant_id", "", &["'acct_1.A-b'"], &["''", "'a b'", "'ä'"]),
    ("shop.support_email", "", &["'a@b'", "''"], &["'a'", "'@b'", "'a@'", "'a@b@c'", "'a b@c'"]),
    ("shop.shipping_policy_url", "", &["'https://a.example/s'", "''"], &["'http://a'", "'a'"]),
    ("shop.contact_url", "", &["'https://a.example/c'", "''"], &["'mailto:a@b'", "7"]),
    ("shop.about_url", "", &["'https://a.example'", "''"], &["'a.example'", "true"]),
    ("shop.faq_url", "", &["'https://a.example/faq#1'", "''"], &["'https://'", "'https://a b'"]),
    ("shop.support_url", "", &["'https://a.example/help'", "''"], &["'ftp://a'", "[]"]),
    (
        "shop.continue_url",
        "",
        &["'https://a.example/c/{id}'", "'https://a.example/c?s={id}'", "''"],
        &["'https://a.example/c'", "'http://a.example/{id}'", "'{id}'"],
    ),
    ("shop.review_above", "", &["0", "99999999"], &["-1", "100000000", "'1'"]),
    ("shop.tax", "", &["[]"], &["'US'", "{}", "[1]"]),
    ("shop.fulfillment", "", &["[]"], &["'x'", "[[]]"]),
    (
        "shop.promotion",
        "",
        &[
            "[]",
            "[{ id = 'a', name = 'A', percent_off = '0.1', applies_to = 'order' }]",
            "[{ id = 'a', name = 'A', code = 'A', amount_off = 5, currency = 'usd', \
              applies_to = 'goods', items = ['x'], spread = 'each', priority = 1, \
              min_goods = 9, starts_at = '2026-01-01T00:00:00Z', exclusive = true, \
              audience = 'customers', customers = ['c'], redemptions_max = 3 }]",
        ],
        &["'x'", "[1]", "[{ id = 'a', name = 'A', applies_to = 'everything' }]"],
    ),
    (
        "shop.exchange",
        "",
        &["[]", "[{ from = 'usd', to = 'EUR', rate = '0.92', since = '2026-01-01T00:00:00Z' }]"],
        &["'x'", "[{ from = 'usd', to = 'EUR', rate = 0.92 }]"],
    ),
    (
        "shop.consent",
        "",
        &["[{ channel = 'email', text = 'News', privacy_policy_url = 'https://a.example/p' }]"],
        &["[{ channel = 'email', text = '' }]", "'email'"],
    ),
    (
        "shop.account",
        "",
        &["[{ customer_id = 'acme' }]", "[{ customer_id = 'acme', approval_above = 0 }]"],
        &["[{ customer_id = '' }]", "[{ customer_id = 'acme', approval_above = -1 }]"],
    ),
    (
        "shop.wallet",
        "",
        &["[{ id = 'p', type = 'points', display_name = 'P', customer_id = 'c', balance = 1 }]"],
        &["[{ id = 'p', type = 'gold', display_name = 'P' }]", "[{ id = 'P' }]"],
    ),
    (
        "payment.provider",
        "stripe.secret_key = 'sk_test'",
        &["'demo'", "'stripe'"],
        &["'adyen'", "''"],
    ),
    ("stripe.secret_key", "", &["'sk_test_1'"], &["''", "'s k'", "1", "['a']"]),
    ("stripe.webhook_secret", "", &["'whsec_1'"], &["''", "'s k'", "1", "['a']"]),
    (
        "stripe.base_url",
        "",
        &["'https://api.stripe.com'", "'http://127.0.0.1:12111/'", "'https://proxy.example/pay'"],
        &["''", "'api.stripe.com'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("stripe.api_version", "", &["'2026-04-22.preview'"], &["''", "'a b'", "1"]),
    ("stripe.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    ("stripe.acquirer_bin", "", &["'455555'", "''"], &["'45a'", "'123456789012'", "455555"]),
    ("stripe.acquirer_country", "", &["'US'", "'de'", "''"], &["'USA'", "1"]),
    ("stripe.acquirer_merchant_id", "", &["'m-1'", "''"], &["' m'", "1"]),
    ("stripe.merchant_name", "", &["'Harbour & Pine'", "''"], &["'a '", "1"]),
    (
        "inventory.shape",
        "inventory.base_url = 'http://127.0.0.1:12112'",
        &["'embedded'", "'reservations'", "'adjustments'"],
        &["'http'", "''", "true"],
    ),
    (
        "inventory.base_url",
        "",
        &["'https://stock.example/v1'", "'http://127.0.0.1:12112/'", "''"],
        &["'stock.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("inventory.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("inventory.bulk", "", &["true", "false"], &["'yes'", "1"]),
    ("inventory.repeatable", "", &["true", "false"], &["'yes'", "1"]),
    ("inventory.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("inventory.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("inventory.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "catalogue.kind",
        "catalogue.base_url = 'http://127.0.0.1:12113'",
        &["'embedded'", "'http'"],
        &["'file'", "''", "true"],
    ),
    (
        "catalogue.base_url",
        "",
        &["'https://goods.example/v1'", "'http://127.0.0.1:12113/'", "''"],
        &["'goods.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("catalogue.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    (
        "catalogue.webhook_secret",
        "catalogue.kind = 'http'\ncatalogue.base_url = 'http://127.0.0.1:12113'",
        &["'whsec_1'"],
        &["''", "'s k'", "1", "['a']"],
    ),
    ("catalogue.fresh_seconds", "", &["0", "86400"], &["-1", "86401", "'1m'"]),
    ("catalogue.stale_seconds", "", &["0", "604800"], &["-1", "604801"]),
    ("catalogue.entries_max", "", &["0", "1000000"], &["-1", "1000001"]),
    ("catalogue.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("catalogue.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("catalogue.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "tax.kind",
        "tax.base_url = 'http://127.0.0.1:12114'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "tax.base_url",
        "",
        &["'https://terms.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'terms.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("tax.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("tax.fresh_seconds", "", &["0", "86400"], &["-1", "86401", "'1m'"]),
    ("tax.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("tax.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("tax.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "shipping.kind",
        "shipping.base_url = 'http://127.0.0.1:12114'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "shipping.base_url",
        "",
        &["'https://terms.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'terms.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("shipping.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("shipping.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("shipping.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("shipping.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "promotions.kind",
        "promotions.base_url = 'http://127.0.0.1:12114'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "promotions.base_url",
        "",
        &["'https://terms.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'terms.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("promotions.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("promotions.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("promotions.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("promotions.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "cart.kind",
        "cart.base_url = 'http://127.0.0.1:12117'",
        &["'embedded'", "'http'"],
        &["'table'", "''", "true"],
    ),
    (
        "cart.base_url",
        "",
        &["'https://carts.example/v1'", "'http://127.0.0.1:12117/'", "''"],
        &["'carts.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("cart.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("cart.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("cart.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("cart.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "orders.base_url",
        "",
        &["'https://orders.example/v1'", "'http://127.0.0.1:12114/'", "''"],
        &["'orders.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    ("orders.token", "", &["'t_1'"], &["''", "'s k'", "1", "['a']"]),
    ("orders.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("orders.timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("webhooks.give_up_after_hours", "", &["1", "720"], &["0", "721"]),
    ("webhooks.local_http", "", &["true", "false"], &["'yes'", "1"]),
    ("orders.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    (
        "planner.base_url",
        "planner.model = 'm'",
        &["'https://model.example/v1'", "'http://127.0.0.1:12118/v1/'", "''"],
        &["'model.example'", "'https://a?b'", "'https://u:p@a'", "'ftp://a'", "1"],
    ),
    (
        "planner.model",
        "",
        &["'gpt-4.1-mini'", "'org/model:4b'", "''"],
        &["'a model'", "1", "['m']"],
    ),
    ("planner.api_key", "", &["'sk_1'"], &["''", "'s k'", "1", "['a']"]),
    ("planner.connect_timeout_ms", "", &["10", "10000"], &["9", "10001"]),
    ("planner.timeout_ms", "", &["10", "60000"], &["9", "60001"]),
    ("planner.calls_at_once", "", &["1", "1000"], &["0", "1001"]),
    ("planner.tokens_max", "", &["50", "10000"], &["49", "10001"]),
    ("planner.seed", "", &["0", "2147483647"], &["-1", "2147483648"]),
    ("planner.calls_per_minute", "", &["1", "10000"], &["0", "10001"]),
    ("planner.tokens_per_day", "", &["1", "1000000000000"], &["0", "1000000000001"]),
    ("payment.demo_books", "", &["''", "'books.jsonl'", "'/var/a b'"], &["5", r#""a\u0007""#]),
    ("payment.capture", "", &["'at_once'", "'on_shipment'", "'later'"], &["'never'", "true"]),
    ("payment.authorization_minutes", "", &["1", "1440"], &["0", "1441"]),
    ("payment.capture_window_hours", "", &["1", "720"], &["0", "721"]),
    (
        "payment.routes",
        "payment.provider = 'stripe'\nstripe.secret_key = 'sk_1'",
        &[
            "[]",
            "[{ name = 'eu', provider = 'stripe', secret_key = 'sk_1', webhook_secret = 'whsec_1', \
             retired = true, base_url = 'https://api.example', currencies = ['EUR'], amount_min = 0, \
             amount_max = 99999999 }]",
        ],
        &[
            "[{ name = 'E U', provider = 'demo' }]",
            "[{ name = 'eu', provider = 'adyen' }]",
            "[{ name = 'eu', provider = 'demo', currencies = ['EURO'] }]",
            "[{ name = 'eu', provider = 'demo', currencies = ['EUR'], amount_min = -1 }]",
            "[{ name = 'eu', provider = 'stripe', secret_key = 's k' }]",
            "'demo'",
        ],
    ),
    (
        "message_signatures.origins",
        "",
        &["[]", "['https://buy.example', 'http://127.0.0.1:8080', 'https://buy.example:8443']"],
        &["['buy.example']", "['https://buy.example/shop']", "'https://buy.example'", "[1]"],
    ),
    (
        "message_signatures.unlisted_agents",
        "message_signatures.origins = ['https://buy.example']",
        &["'refuse'", "'accept'"],
        &["'welcome'", "true"],
    ),
    (
        "message_signatures.agents",
        "message_signatures.origins = ['https://buy.example']",
        &["[]", "[{ url = 'https://agent.example', agent = 'robo' }]"],
        &[
            "[{ url = 'http://agent.example', agent = 'robo' }]",
            "[{ url = 'https://agent.example:8443', agent = 'robo' }]",
            "[{ url = 'https://agent.example', agent = 'ro bo' }]",
            "'https://agent.example'",
        ],
    ),
    (
        "message_signatures.partners",
        "message_signatures.origins = ['https://buy.example']",
        &[
            "[]",
            r#"[{ keyid = 'p', jwk = '{"kty":"OKP"}', agent = 'robo' }]"#,
            "[{ keyid = 'p', key_file = '/etc/partner.pem', agent = 'robo' }]",
        ],
        &[
            "[{ keyid = 'p', jwk = 'secret', agent = 'robo' }]",
            "[{ keyid = 'p q', jwk = '{}', agent = 'robo' }]",
            "[{ keyid = 'p', jwk = 1, agent = 'robo' }]",
            "[{ keyid = 'p', key_file = '', agent = 'robo' }]",
        ],
    ),
    (
        "message_signatures.networks",
        "message_signatures.origins = ['https://buy.example']",
        &["[]", "[{ registry = 'https://net.example/keys', keyid = 'k', agent = 'robo' }]"],
        &["[{ registry = 'net.example', keyid = 'k', agent = 'robo' }]"],
    ),
    ("message_signatures.ca_file", "", &["'/etc/keys.pem'", "''"], &["1", "['a']"]),
    (
        "message_signatures.fixed_addresses",
        "",
        &["[]", "['keys.partner.example=10.0.0.5:443', 'a.example=[::1]:8443']"],
        &["['keys.partner.example']", "['a=b:1']", "['a.example=10.0.0.5']", "'a=1.1.1.1:1'"],
    ),
    ("feed.every_seconds", "", &["1", "86400"], &["0", "86401", "'5'"]),
    ("feed.batch_products", "", &["1", "1000"], &["0", "1001"]),
    (
        "feed.agents",
        "",
        &[
            "[]",
            "[{ name = 'a', base_url = 'https://agent.example/acp' }]",
            "[{ name = 'a', base_url = 'http://127.0.0.1:1', token = 't', country = 'US', \
             feed_id = 'feed_1', tenant = 'b' }]",
            "[{ name = 'a', base_url = 'https://agent.example', token_file = '/run/token' }]",
        ],
        &[
            "[{ name = 'a b', base_url = 'https://agent.example' }]",
            "[{ name = 'a', base_url = 'agent.example' }]",
            "[{ name = 'a', base_url = 'https://agent.example', token = 't k' }]",
            "[{ name = 'a', base_url = 'https://agent.example', token_file = '' }]",
            "[{ name = 'a', base_url = 'https://agent.example', country = 'usa' }]",
            "[{ name = 'a', base_url = 'https://agent.example', feed_id = 'a b' }]",
            "[{ name = 'a', base_url = 'https://agent.example', tenant = 'a b' }]",
        ],
    ),
    ("payment.three_ds", "", &["'optional'", "'conditional'", "'always'"], &["'never'", "true"]),
    ("checkout.unreleased", "", &["true", "false"], &["'yes'", "1"]),
    ("mcp.enabled", "", &["true", "false"], &["'yes'", "1"]),
    (
        "mcp.allowed_hosts",
        "",
        &["[]", "['buy.example', '127.0.0.1:8080', '[::1]']"],
        &["['https://a']", "['a/b']", "['a:b']", "['']", "'a'", "[1]"],
    ),
    (
        "mcp.allowed_origins",
        "",
        &["[]", "['https://chat.example', 'http://localhost:3000']"],
        &["['chat.example']", "['https://a/']", "['https://a:*']", "['ftp://a']", "['null']"],
    ),
    ("intents.keep_text", "", &["true", "false"], &["'yes'", "1"]),
    ("log.format", "", &["'readable'", "'json'"], &["'xml'"]),
    ("log.level", "", &["'info'", "'info,acp_gateway=debug'"], &["''", "7"]),
];

#[test]
fn every_key_has_its_bounds() {
    for (key, around, good, bad) in BOUNDS {
        for value in *good {
            let loaded = load_file(&format!("{around}\n{key} = {value}"));
            assert!(loaded.is_ok(), "{key} = {value}: {}", loaded.unwrap_err());
        }
        let line = format!("line {}): ", around.lines().count().max(1) + 1);
        for value in *bad {
            let text = complaint(&format!("{around}\n{key} = {value}"));
            assert!(text.starts_with(key), "{key} = {value}: {text}");
            assert!(text.contains("(file acp-gateway.toml, "), "{key} = {value}: {text}");
            assert!(text.contains(&line), "{key} = {value}: {text}");
            assert!(text.contains("expected"), "{key} = {value}: {text}");
        }
    }
}

#[test]
fn texts_end_somewhere() {
    let cases = [
        ("shop.id", 64, ""),
        ("shop.name", 100, ""),
        ("shop.merchant_id", 128, ""),
        ("shop.support_email", 254, "a@"),
        ("shop.terms_of_use_url", 2_000, "https://"),
        ("log.level", 500, ""),
        ("admin.socket", 107, ""),
        // The path of the admin socket ends sooner than that of the directory.
        ("store.data_dir", 107 - "/admin.sock".len(), ""),
    ];
    for (key, length, prefix) in cases {
        let text = |length| format!("{prefix}{}", "a".repeat(length - prefix.len()));
        assert!(both_accept(&format!("{key} = '{}'", text(length))), "{key}");
        let too_long = format!("{key} = '{}'", text(length + 1));
        let complaint = complaint(&too_long);
        // The path of the admin socket is none of the schema's business.
        assert_eq!(objections(&too_long).is_empty(), key == "store.data_dir", "{key}");
        assert!(complaint.starts_with(key) && complaint.len() < 400, "{complaint}");
    }
}

/// The configuration and the rest of the house each have a number of their own.
#[test]
fn services_are_asked_by_as_many_at_once_as_everybody_believes() {
    let config = json!(Config::default());
    let said: Vec<_> = config
        .as_object()
        .unwrap()
        .values()
        .filter_map(|section| section.get("calls_at_once"))
        .collect();
    assert_eq!(said, [acp_core::limits::PEER_CALLS_DEFAULT; 10], "{config:#}");
}
