//! The configuration as a whole, and what must hold between its sections.

use std::path::PathBuf;

use serde::Serialize;

use super::access::SOCKET_PATH_BYTES_MAX;
use super::keys::Outline;
use super::services;
use super::{
    Admin, Authentication, CallerKeys, CartService, Catalogue, Checkout, Feed, Intents, Inventory,
    Jwt, Limits, Log, Mcp, MessageSignatures, Metrics, OrderService, Otlp, Payment,
    PaymentProvider, Planner, PromotionService, Redis, Secrets, Server, ShippingService, Shop,
    Store, StoreKind, Stripe, TaxService, Vault, Webhooks,
};

/// How this gateway is to run. A configuration that came out of [`super::load()`] is checked; the
/// default one is what a gateway without file, variables and flags runs with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Config {
    pub server: Server,
    pub admin: Admin,
    pub store: Store,
    pub redis: Redis,
    pub secrets: Secrets,
    pub keys: CallerKeys,
    pub jwt: Jwt,
    pub mcp: Mcp,
    pub limits: Limits,
    pub checkout: Checkout,
    pub intents: Intents,
    pub shop: Shop,
    pub payment: Payment,
    pub stripe: Stripe,
    pub vault: Vault,
    pub authentication: Authentication,
    pub inventory: Inventory,
    pub catalogue: Catalogue,
    pub tax: TaxService,
    pub shipping: ShippingService,
    pub promotions: PromotionService,
    pub cart: CartService,
    pub orders: OrderService,
    pub planner: Planner,
    pub webhooks: Webhooks,
    pub feed: Feed,
    pub message_signatures: MessageSignatures,
    pub metrics: Metrics,
    pub log: Log,
    /// What a collector is told. It is no section: the variables of others say it.
    #[serde(skip)]
    pub otlp: Otlp,
}

/// Every section with its keys, in the order of [`Config`].
pub(super) const SECTIONS: [Outline; 29] = [
    Outline::of::<Server>(),
    Outline::of::<Admin>(),
    Outline::of::<Store>(),
    Outline::of::<Redis>(),
    Outline::of::<Secrets>(),
    Outline::of::<CallerKeys>(),
    Outline::of::<Jwt>(),
    Outline::of::<Mcp>(),
    Outline::of::<Limits>(),
    Outline::of::<Checkout>(),
    Outline::of::<Intents>(),
    Outline::of::<Shop>(),
    Outline::of::<Payment>(),
    Outline::of::<Stripe>(),
    Outline::of::<Vault>(),
    Outline::of::<Authentication>(),
    Outline::of::<Inventory>(),
    Outline::of::<Catalogue>(),
    Outline::of::<TaxService>(),
    Outline::of::<ShippingService>(),
    Outline::of::<PromotionService>(),
    Outline::of::<CartService>(),
    Outline::of::<OrderService>(),
    Outline::of::<Planner>(),
    Outline::of::<Webhooks>(),
    Outline::of::<Feed>(),
    Outline::of::<MessageSignatures>(),
    Outline::of::<Metrics>(),
    Outline::of::<Log>(),
];

impl Config {
    /// Where the admin listener is bound and the command line tools look for it.
    pub fn admin_socket(&self) -> PathBuf {
        let in_data_dir = || self.store.data_dir.join("admin.sock");
        self.admin.socket.clone().unwrap_or_else(in_data_dir)
    }

    /// Values that are fine alone but not together: the keys one can change, and what is wrong.
    pub(super) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let mut found: Vec<(&'static [_], _)> = Vec::new();
        // DESIGN 6.14: a session outlives the answers recorded for it, so that it can still
        // refuse a second completion when the key is new again.
        if self.checkout.session_kept() < self.checkout.idempotency_retention() {
            let what = format!(
                "checkout.session_kept_days is {} and checkout.idempotency_retention_hours is \
                 {}; expected sessions to be kept at least as long as their answers",
                self.checkout.session_kept_days, self.checkout.idempotency_retention_hours
            );
            let keys = &["checkout.session_kept_days", "checkout.idempotency_retention_hours"];
            found.push((keys, what));
        }
        found.extend(self.server.contradictions());
        if self.store.kind == StoreKind::Redis {
            found.extend(self.redis.contradictions());
        }
        if self.payment.provider == PaymentProvider::Stripe {
            found.extend(self.stripe.contradictions());
        }
        found.extend(self.jwt.contradictions());
        found.extend(self.payment.contradictions());
        found.extend(self.authentication.contradictions());
        found.extend(self.inventory.contradictions());
        found.extend(self.catalogue.contradictions());
        found.extend(self.tax.service().contradictions(&services::TAX, self.shop.taxes_written()));
        let options = self.shop.options_written();
        found.extend(self.shipping.0.contradictions(&services::SHIPPING, options));
        let promotions = self.shop.promotions_written();
        found.extend(self.promotions.0.contradictions(&services::PROMOTIONS, promotions));
        found.extend(self.cart.contradictions());
        found.extend(self.orders.contradictions());
        found.extend(self.planner.contradictions());
        found.extend(self.feed.contradictions());
        found.extend(self.message_signatures.contradictions());
        let socket_bytes = self.admin_socket().as_os_str().len();
        if socket_bytes > SOCKET_PATH_BYTES_MAX {
            let what = format!(
                "admin.sock in this directory is a path of {socket_bytes} bytes; expected at most \
                 {SOCKET_PATH_BYTES_MAX} for a Unix socket, so shorten it or set admin.socket"
            );
            found.push((&["store.data_dir"], what));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use toml::{Table, Value};

    use super::super::keys::{Item, Key, Kind};
    use super::super::{Letters, Secret};
    use super::*;

    /// A configuration in which every key is given.
    fn full() -> Config {
        let mut config = Config::default();
        config.server.public_url = Some("https://buy.example".into());
        config.server.tls_certificate = Some("/etc/tls/chain.pem".into());
        config.server.tls_key = Some("/etc/tls/key.pem".into());
        config.admin.socket = Some("/run/admin.sock".into());
        config.admin.listen = Some(std::net::SocketAddr::from(([127, 0, 0, 1], 8081)));
        config.jwt.issuer = Some("https://login.shop.example".into());
        config.jwt.audience = Some("gateway".into());
        config.jwt.jwks_file = Some("keys.json".into());
        config.jwt.jwks_url = Some("https://login.shop.example/keys".into());
        config.jwt.tenant_claim = Some("shop".into());
        config.redis.sentinel_primary = Some("mymaster".into());
        config.redis.username = Some("gateway".into());
        config.redis.password = Some(Secret::guard("secret".into()));
        config.stripe.secret_key = Some(Secret::guard("sk_test".into()));
        config.stripe.webhook_secret = Some(Secret::guard("whsec".into()));
        config.stripe.acquirer_bin = Some("455555".into());
        config.stripe.acquirer_country = Letters::parse("US");
        config.stripe.acquirer_merchant_id = Some("m-1".into());
        config.stripe.merchant_name = Some("Shop".into());
        config.inventory.base_url = Some("https://inventory.shop.example".into());
        config.inventory.token = Some(Secret::guard("token".into()));
        config.catalogue.base_url = Some("https://goods.shop.example".into());
        config.catalogue.token = Some(Secret::guard("token".into()));
        config.catalogue.webhook_secret = Some(Secret::guard("whsec".into()));
        config.tax.base_url = Some("https://tax.shop.example".into());
        config.tax.token = Some(Secret::guard("token".into()));
        for service in [&mut config.shipping.0, &mut config.promotions.0, &mut config.cart.0] {
            service.base_url = Some("https://service.shop.example".into());
            service.token = Some(Secret::guard("token".into()));
        }
        config.orders.base_url = Some("https://orders.shop.example".into());
        config.orders.token = Some(Secret::guard("token".into()));
        config.planner.base_url = Some("https://model.example/v1".into());
        config.planner.model = Some("m".into());
        config.planner.api_key = Some(Secret::guard("key".into()));
        config.authentication.base_url = Some("https://3ds.shop.example".into());
        config.authentication.token = Some(Secret::guard("token".into()));
        config.metrics.listen = Some(std::net::SocketAddr::from(([127, 0, 0, 1], 9464)));
        config.message_signatures.ca_file = Some("/etc/keys.pem".into());
        config.secrets.master_key = Some(Secret::guard([7; 32]));
        config.secrets.former_master_key = Some(Secret::guard([8; 32]));
        config.shop.support_email = Some("help@shop.example".into());
        config.shop.currency = Letters(*b"EUR");
        let page = |name: &str| Some(format!("https://shop.example/{name}"));
        config.shop.shipping_policy_url = page("shipping");
        config.shop.contact_url = page("contact");
        config.shop.about_url = page("about");
        config.shop.faq_url = page("faq");
        config.shop.support_url = page("support");
        config.shop.continue_url = page("checkout/{id}");
        config.shop.review_above = Some(1);
        config
    }

    #[test]
    fn the_list_of_keys_is_the_list_of_fields() {
        let table = Table::try_from(full()).unwrap();
        let sections: Vec<_> = table.keys().map(String::as_str).collect();
        let mut listed: Vec<_> = SECTIONS.iter().map(|section| section.name).collect();
        listed.sort_unstable();
        assert_eq!(sections, listed);
        for Outline { name: section, keys, .. } in SECTIONS {
            let fields: Vec<_> = table[section].as_table().unwrap().keys().collect();
            let mut listed: Vec<_> = keys.iter().map(|key| key.name).collect();
            listed.sort_unstable();
            assert_eq!(fields, listed, "section {section}");
        }
    }

    #[test]
    fn the_page_for_operators_says_of_every_key_what_the_schema_says() {
        let page = include_str!("../../docs/configuration.md");
        let defaults = Table::try_from(Config::default()).unwrap();
        for Outline { name, about, keys } in SECTIONS {
            let heading = format!("\n## `[{name}]`\n\n{about}");
            assert!(page.contains(&heading), "the page lacks: {heading}");
            for key in keys {
                let default = match defaults[name].get(key.name) {
                    Some(Value::Array(_)) => "see below".to_owned(),
                    Some(value) => format!("`{value}`"),
                    None => "not set".to_owned(),
                };
                assert_row(page, key, &default);
                if let Kind::List(list) = key.kind {
                    assert_entries(page, list.item);
                }
            }
        }
    }

    fn assert_entries(page: &str, item: Item) {
        let entries = match item {
            Item::Text(_) => return,
            Item::Entry(entry) => from_ref(entry),
            Item::EntryByType(entries) => entries,
        };
        for entry in entries {
            let heading = format!("# `{}`\n\n{}", entry.heading, entry.about);
            assert!(page.contains(&heading), "the page lacks: {heading}");
            for key in entry.keys.iter().copied().flatten() {
                let default = match (key.is_required, key.kind, key.name) {
                    (true, ..) => "required",
                    (_, Kind::Flag, _) => "`false`",
                    (.., "countries") => "everywhere",
                    (_, Kind::List(_), _) => "none",
                    (.., "reduced") => "same as `standard`",
                    (.., "spread") => "`\"across\"`",
                    (.., "priority") => "`100`",
                    (.., "audience") => "`\"everybody\"`",
                    _ => "not set",
                };
                assert_row(page, key, default);
            }
        }
    }

    fn assert_row(page: &str, key: &Key, default: &str) {
        let row = format!("\n| `{}` | {default} | {} |\n", key.name, key.about);
        assert!(page.contains(&row), "the page lacks: {row}");
        if let Kind::Whole { min, max } = key.kind {
            assert!(key.about.contains(&format!("{min} to {max}")), "{row}");
        }
    }
}
