//! Who finds out whether a shopper is who a card says.

use std::sync::Arc;

use acp_core::ports::Authenticator;
use zeroize::Zeroizing;

use super::BootError;
use super::tools::Tools;
use crate::adapters::outward::BackendOptions;
use crate::adapters::three_ds::{NobodyFindsOut, RemoteAuthenticator};
use crate::config::Authentication;
use crate::http::Listed;

/// The service that is configured; else nobody, and no route leads there.
pub(super) fn authenticator(
    config: &Authentication,
    tools: &Tools<'_>,
) -> Result<Arc<dyn Authenticator>, BootError> {
    let Some(base_url) = config.base_url.clone() else { return Ok(Arc::new(NobodyFindsOut)) };
    let options = BackendOptions {
        base_url,
        token: config.token.as_ref().map(|token| Zeroizing::new(token.expose().clone())),
        connect: config.connect_timeout(),
        whole: config.timeout(),
        calls_at_once: config.calls_at_once,
        peers: tools.peers.clone(),
    };
    let remote = RemoteAuthenticator::at(&options, Arc::clone(tools.entropy));
    Ok(Arc::new(remote.map_err(BootError::Authentication)?))
}

/// From where it may be asked for; nobody may where nobody finds it out.
pub(super) fn listed(config: &Authentication) -> Option<Listed> {
    config.base_url.as_ref()?;
    let addresses = config.allowed_addresses.clone();
    Some(Arc::new(move |address| addresses.iter().any(|some| some.contain(address))))
}
