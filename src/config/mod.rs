//! Reads how this gateway is to run: one typed [`Config`], every value checked before a socket
//! opens.
//!
//! Values come in layers, each above the one before: built-in defaults, a TOML file, environment
//! variables, flags of the command line. [`load()`] stacks them, remembers where each value came
//! from and reports everything that is wrong at once. `docs/configuration.md` is the page for
//! whoever runs the gateway.
//!
//! This room knows std and its libraries and no other room: a currency here is three letters, and
//! only `boot` makes money of it. It is also the only room that reads the environment.

mod access;
mod checkout;
mod forms;
mod goods;
mod intents;
mod keys;
mod limits;
mod load;
mod payment;
mod reading;
mod schema;
mod secrets;
mod server;
mod services;
mod settings;
mod shop;
mod store;
mod telemetry;
mod vault;

pub use access::{Admin, CallerKeys, CallerScope, ConfiguredKey, ConfiguredToken, Jwt, Mcp};
pub use checkout::{Checkout, UnknownFields};
pub use forms::{CountryCode, CurrencyCode, Letters};
pub use goods::{Catalogue, CatalogueKind, Inventory, InventoryShape};
pub use intents::Intents;
pub use limits::Limits;
pub use load::{ConfigError, Environment, Fault, Loaded, Origin, Overrides, load};
pub use payment::{Capture, Payment, PaymentProvider, PaymentRoute, Stripe, ThreeDs};
pub use schema::schema;
pub use secrets::{Secret, Secrets};
pub use server::Server;
pub use services::{
    Addresses, Authentication, CartService, Feed, FeedAgent, MessageSignatures, NetworkAgent,
    OrderService, PartnerKey, Planner, PromotionService, ShippingService, SigningAgent,
    SigningPartner, TaxService, TermKind, TermService, UnlistedAgents, Webhooks,
};
pub use settings::Config;
pub use shop::fulfillment::{FulfillmentKind, FulfillmentOption, PickupPlace};
pub use shop::tax::{Rate, TaxRule};
pub use shop::{
    AppliesTo, Audience, Benefit, ConsentOption, Exchange, ExchangeRate, Moment, Promotion,
    PurchaseAccount, Shop, Spread, Wallet, WalletType,
};
pub use store::{Redis, RedisMode, Store, StoreKind};
pub use telemetry::{Carried, Log, LogFormat, Metrics, Otlp, OtlpMetrics, Sampled};
pub use vault::Vault;
