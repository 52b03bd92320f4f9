//! Who writes product feeds, and which agents are told of all that is sold.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acp_core::catalog::FeedKey;
use acp_core::ids::TenantId;
use acp_core::ports::Products;
use zeroize::Zeroizing;

use crate::adapters::feed::{AgentFeeds, FeedOptions};
use crate::adapters::outward::NoRoots;
use crate::admin::MerchantCatalog;
use crate::app::{App, FeedPace, FeedPorts, FeedTarget, Feeds};
use crate::boot::tools::Tools;
use crate::config::{Config, FeedAgent};
use crate::http::FeedWords;
use crate::store::record::{Records, StoreCatalogs, StoreFeeds, StoreTenants};

/// Longest token that is read, in bytes.
const TOKEN_BYTES_MAX: u64 = 1_024;

/// An agent that cannot be told anything.
#[derive(Debug, thiserror::Error)]
pub enum BadFeed {
    #[error("the token of the feed {name} in {} cannot be read", path.display())]
    Token { name: String, path: PathBuf, source: io::Error },
    #[error("the token of the feed {name} in {} is none: it is empty, or not plain text", path.display())]
    NoToken { name: String, path: PathBuf },
    #[error("the agent that keeps the feed {name} cannot be told")]
    NoRoots { name: String, source: NoRoots },
}

/// The feeds of what is sold, whoever keeps it, told to the agents of the configuration.
pub(in crate::boot) fn feeds(
    app: &Arc<App>,
    (elsewhere, ours): (Option<&MerchantCatalog>, &Arc<StoreCatalogs>),
    records: &Records,
    config: &Config,
    tools: &Tools<'_>,
) -> Result<Arc<Feeds>, BadFeed> {
    let products: Arc<dyn Products> = match elsewhere {
        // Not what is remembered: who reads everything would have everything remembered.
        Some(merchant) => Arc::clone(&merchant.service) as _,
        None => Arc::clone(ours) as _,
    };
    let book = Arc::new(StoreFeeds::new(records.clone()));
    let tenants = Arc::new(StoreTenants::new(records.clone()));
    let ports = FeedPorts { products, writer: Arc::new(FeedWords), book, tenants };
    let feeds = Feeds::new(Arc::clone(app), ports);
    let shop = TenantId::new(config.shop.id.as_str());
    let targets = config.feed.agents.iter().map(|agent| target(agent, &shop, tools));
    let targets = targets.collect::<Result<_, _>>()?;
    let pace = FeedPace { every: config.feed.every(), batch: config.feed.batch_products };
    Ok(Arc::new(feeds.told_to(targets, pace)))
}

fn target(agent: &FeedAgent, shop: &TenantId, tools: &Tools<'_>) -> Result<FeedTarget, BadFeed> {
    let options = FeedOptions {
        name: agent.name.clone(),
        base_url: agent.base_url.clone(),
        token: token(agent)?,
        country: agent.country.clone(),
        peers: tools.peers.clone(),
    };
    let host = AgentFeeds::at(&options, Arc::clone(tools.entropy))
        .map_err(|source| BadFeed::NoRoots { name: agent.name.clone(), source })?;
    let tenant = agent.tenant.as_deref().map_or_else(|| shop.clone(), TenantId::new);
    Ok(FeedTarget {
        key: FeedKey { tenant, name: agent.name.as_str().into() },
        feed: agent.feed_id.as_deref().map(Into::into),
        host: Arc::new(host),
    })
}

fn token(agent: &FeedAgent) -> Result<Option<Zeroizing<String>>, BadFeed> {
    if let Some(token) = &agent.token {
        return Ok(Some(Zeroizing::new(token.expose().clone())));
    }
    let Some(path) = &agent.token_file else { return Ok(None) };
    let (name, at) = (|| agent.name.clone(), || path.clone());
    let text = read(path).map_err(|source| BadFeed::Token { name: name(), path: at(), source })?;
    let token = text.trim_ascii_end();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BadFeed::NoToken { name: name(), path: at() });
    }
    Ok(Some(Zeroizing::new(token.to_owned())))
}

fn read(path: &Path) -> io::Result<Zeroizing<String>> {
    use io::Read as _;
    let mut text = Zeroizing::new(String::new());
    fs::File::open(path)?.take(TOKEN_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}
