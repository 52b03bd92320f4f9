//! Who moves the money, and when.

use std::sync::Arc;

use acp_core::ports::{Clock, Entropy, PaymentNews, PaymentProvider};
use zeroize::Zeroizing;

use super::BootError;
use crate::adapters::outward::Peers;
use crate::adapters::payment::{Acquirer, DemoPayments, StripeNews, StripeOptions, StripePayments};
use crate::adapters::signed::Signed;
use crate::app::{Capture, Paying};
use crate::config::{self, Config, StoreKind};

/// The configured provider.
pub(super) fn provider(
    config: &Config,
    peers: &Peers,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Result<Arc<dyn PaymentProvider>, BootError> {
    let (clock, entropy) = (Arc::clone(clock), Arc::clone(entropy));
    Ok(match config.payment.provider {
        config::PaymentProvider::Demo => Arc::new(demo(config, clock)?),
        config::PaymentProvider::Stripe => Arc::new(
            StripePayments::new(&stripe(&config.stripe, peers), clock, entropy)
                .map_err(BootError::Payments)?,
        ),
    })
}

/// What the configured provider tells unasked, where it can prove that it does.
pub(super) fn news(config: &Config, clock: Arc<dyn Clock>) -> Option<Arc<dyn PaymentNews>> {
    if config.payment.provider != config::PaymentProvider::Stripe {
        return None;
    }
    let secret = Zeroizing::new(config.stripe.webhook_secret.as_ref()?.expose().clone());
    Some(Arc::new(StripeNews::proven_by(Signed::with(secret, clock))))
}

/// The demo provider, with books wherever there is a place for them.
fn demo(config: &Config, clock: Arc<dyn Clock>) -> Result<DemoPayments, BootError> {
    let configured = &config.payment.demo_books;
    let path = match (configured.as_os_str().is_empty(), config.store.kind) {
        (true, StoreKind::Memory) => return Ok(DemoPayments::default()),
        (true, _) => config.store.data_dir.join("demo-payments.jsonl"),
        (false, _) => configured.clone(),
    };
    DemoPayments::keeping_books(&path, clock)
        .map_err(|source| BootError::DemoBooks { path, source })
}

fn stripe(config: &config::Stripe, peers: &Peers) -> StripeOptions {
    let secret = config.secret_key.as_ref().map(|key| key.expose().clone());
    StripeOptions {
        base_url: config.base_url.clone(),
        // The configuration demands one.
        secret_key: Zeroizing::new(secret.unwrap_or_default()),
        api_version: config.api_version.clone(),
        acquirer: acquirer(config),
        calls_at_once: config.calls_at_once,
        peers: peers.clone(),
    }
}

/// What agents need to authenticate buyers, which is all configured or not at all.
fn acquirer(config: &config::Stripe) -> Option<Acquirer> {
    Some(Acquirer {
        bin: config.acquirer_bin.as_deref()?.into(),
        country: config.acquirer_country?.as_str().into(),
        merchant_id: config.acquirer_merchant_id.as_deref()?.into(),
        merchant_name: config.merchant_name.as_deref()?.into(),
    })
}

pub(super) fn paying(config: &config::Payment) -> Paying {
    Paying {
        capture: match config.capture {
            config::Capture::AtOnce => Capture::AtOnce,
            config::Capture::OnShipment => Capture::OnShipment,
            config::Capture::Later => Capture::Later,
        },
        authorization_life: config.authorization_life(),
        capture_window: config.capture_window(),
    }
}
