//! The gateway as it is delivered, with a key of its own and enough of everything to sell.

use std::net::{Ipv4Addr, SocketAddr};

use acp_core::ids::{AgentId, ItemId};
use acp_core::principal::{Habits, Scope};
use acp_gateway::boot::{World, run, start_telemetry};
use acp_gateway::config::{
    CatalogueKind, Config, Environment, Overrides, PaymentProvider, Secret, StoreKind, load,
};
use acp_gateway::identity::NewKey;
use anyhow::{Context as _, ensure};
use tokio::runtime::Handle;

use crate::goods::goods;
use crate::place::{OF_OPEN_TELEMETRY, Place};
use crate::requests::GOODS;
use crate::server::{Ready, announce, stop_with_parent};

/// How many units of each item a gateway starts with; more than any run sells.
const STOCK: u32 = 1_000_000;
/// What a catalogue signs with that tells a gateway of changes.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_bench";

/// The account at Stripe that takes the money.
pub(crate) const STRIPE_KEY: &str = "sk_test_bench";

/// What an agent asks as fast as it can, and so often that nobody is kept from it.
const QUOTAS: [&str; 5] = ["reads", "creates", "changes", "completes", "intents"];

/// What the gateway is configured with: the defaults, but for the places, for quotas nobody can use
/// up, and for what a scenario says beside that.
pub(crate) fn config(place: &Place) -> anyhow::Result<Config> {
    let mut environment = Environment::default().in_directory(&place.data_dir);
    for quota in QUOTAS {
        let most = [("per_minute", "6000000"), ("burst", "1000000")];
        for (what, most) in most {
            environment = environment.with(variable(&format!("limits.{quota}_{what}")), most);
        }
    }
    for setting in &place.set {
        let (key, value) = setting.split_once('=').context("a setting is KEY=VALUE")?;
        let name = if key.starts_with(OF_OPEN_TELEMETRY) { key.to_owned() } else { variable(key) };
        environment = environment.with(name, value);
    }
    let mut config = load(&Overrides::default(), &environment)?.config;
    config.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    config.store.data_dir.clone_from(&place.data_dir);
    if let Some(url) = &place.redis {
        config.store.kind = StoreKind::Redis;
        config.redis.urls = vec![url.clone()];
    }
    if let Some(url) = &place.catalogue {
        config.catalogue.kind = CatalogueKind::Http;
        config.catalogue.base_url = Some(url.clone());
        config.catalogue.webhook_secret = Some(Secret::guard(WEBHOOK_SECRET.to_owned()));
        config.catalogue.entries_max = place.remembered.unwrap_or_default();
        if place.remembered.is_none() {
            config.catalogue.fresh_seconds = 0;
        }
    }
    if let Some(url) = &place.stripe {
        config.payment.provider = PaymentProvider::Stripe;
        config.stripe.base_url.clone_from(url);
        config.stripe.secret_key = Some(Secret::guard(STRIPE_KEY.to_owned()));
    }
    Ok(config)
}

/// The environment variable of a key such as `log.level`.
fn variable(key: &str) -> String {
    format!("ACP_GATEWAY__{}", key.to_uppercase().replace('.', "__"))
}

/// Serves until the parent wants it to end.
pub(crate) async fn serve(place: &Place) -> anyhow::Result<()> {
    let config = config(place)?;
    let _telling = start_telemetry(&config, &Handle::current())?;
    let world = World::open(config).await?;
    let token = key_of(&world, "bench").await?;
    let neighbour = key_of(&world, "neighbour").await?;
    for item in GOODS {
        let (tenant, item) = (&world.shop.tenant, ItemId::new(item));
        let is_counted = world.stock.get(tenant, &item).await?.is_some_and(|it| it.reserved() > 0);
        // What was begun before goes on with what was counted then.
        if !is_counted {
            world.stock.set(tenant, &item, Some(STOCK)).await?;
        }
    }
    if let Some(count) = place.goods {
        world.catalogs.of(&world.shop.tenant).await?.put(goods(count)?).await?;
    }
    stop_with_parent(world.stopping.clone());
    let mut announced = Ok(());
    run(world, |_, address| announced = announce(&Ready { address, token, neighbour })).await?;
    announced
}

/// A key of an agent.
pub(crate) async fn key_of(world: &World, agent: &str) -> anyhow::Result<String> {
    let new = NewKey {
        tenant: None,
        agent: AgentId::new(agent),
        scope: Scope::Agent,
        label: "bench".into(),
        expires_at: None,
        habits: Habits::default(),
    };
    let (_, token) = world.identity.create(new).await?;
    Ok(token.as_str().to_owned())
}

/// Counts what was sold, in the books of a gateway that has ended.
///
/// # Errors
/// Something is still promised, or more or less is there than should be.
pub(crate) async fn sold(place: &Place) -> anyhow::Result<u64> {
    let world = World::open(config(place)?).await?;
    let mut sold = 0;
    for item in GOODS {
        let ledger = world.stock.get(&world.shop.tenant, &ItemId::new(item)).await?;
        let ledger = ledger.unwrap_or_default();
        ensure!(ledger.reserved() == 0, "{} units of {item} are still held", ledger.reserved());
        sold += ledger.sold;
    }
    Ok(sold)
}
