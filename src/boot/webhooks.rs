//! Who tells agents of their orders.

use std::sync::Arc;

use super::BootError;
use crate::adapters::key_directory::SystemResolver;
use crate::adapters::webhook::{Carrier, CarrierOptions};
use crate::app::{App, Relay, WebhookPorts};
use crate::config::Webhooks;
use crate::store::record::{Records, StoreEndpoints, StoreOutbox};

/// The relay of a gateway.
pub(super) fn relay(
    config: &Webhooks,
    app: &Arc<App>,
    records: &Records,
) -> Result<Arc<Relay>, BootError> {
    let carrier = Carrier::new(CarrierOptions {
        ca_file: None,
        allows_local: config.local_http,
        resolver: Arc::new(SystemResolver),
    });
    let ports = WebhookPorts {
        endpoints: Arc::new(StoreEndpoints::new(records.clone())),
        outbox: Arc::new(StoreOutbox::new(records.clone())),
        courier: Arc::new(carrier.map_err(BootError::Webhooks)?),
    };
    Ok(Arc::new(Relay::new(Arc::clone(app), ports, config.give_up_after())))
}
