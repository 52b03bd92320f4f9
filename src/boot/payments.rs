//! Who moves the money, and when.

use std::path::Path;
use std::sync::Arc;

use acp_core::ids::TenantId;
use acp_core::money::Currency;
use acp_core::payment::Route;
use acp_core::ports::{CardKeeper, Clock, PaymentNews, PaymentProvider};
use zeroize::Zeroizing;

use super::BootError;
use super::shop::BadShop;
use super::tools::Tools;
use crate::adapters::outward::{Peers, Watched};
use crate::adapters::payment::{
    Account, Acquirer, DemoCards, DemoPayments, RoutedPayments, StripeNews, StripeOptions,
    StripePayments, Taken,
};
use crate::adapters::signed::Signed;
use crate::app::{Capture, Paying, Strays};
use crate::config::{self, Config, StoreKind};

/// A provider, whoever is called for it, and who takes cards there.
type Asked = (Arc<dyn PaymentProvider>, Option<Arc<Watched>>, Arc<dyn CardKeeper>);

/// The configured provider, behind the accounts that are asked before it, and who takes cards there.
pub(super) fn provider(
    config: &Config,
    tools: &Tools<'_>,
) -> Result<(Arc<RoutedPayments>, Arc<dyn CardKeeper>), BootError> {
    let named = config.payment.routes.iter().map(|route| account(config, route, tools));
    let (provider, watched, cards) = match config.payment.provider {
        config::PaymentProvider::Demo => {
            let books = &config.payment.demo_books;
            asked_demo(demo(config, books, "demo-payments.jsonl", tools)?)
        }
        config::PaymentProvider::Stripe => asked_stripe(&stripe(config, tools.peers), tools)?,
    };
    let unnamed = Account::unnamed(provider, watched);
    let clock = Arc::clone(tools.clock);
    let routed = RoutedPayments::at(named.collect::<Result<_, _>>()?, unnamed, clock);
    Ok((Arc::new(routed), cards))
}

/// One of the accounts beside the usual one.
fn account(
    config: &Config,
    route: &config::PaymentRoute,
    tools: &Tools<'_>,
) -> Result<Account, BootError> {
    let (provider, watched, _) = match route.provider {
        config::PaymentProvider::Demo => {
            let file = format!("demo-payments-{}.jsonl", route.name);
            asked_demo(demo(config, Path::new(""), &file, tools)?)
        }
        config::PaymentProvider::Stripe => {
            let secret = route.secret_key.as_ref().map(|key| key.expose().clone());
            let options = StripeOptions {
                base_url: route.base_url.clone().unwrap_or_else(|| config.stripe.base_url.clone()),
                // The configuration demands one.
                secret_key: Zeroizing::new(secret.unwrap_or_default()),
                route: Some(Route(route.name.as_str().into())),
                ..stripe(config, tools.peers)
            };
            asked_stripe(&options, tools)?
        }
    };
    let name = Route(route.name.as_str().into());
    Ok(Account::named(name, taken(route)?, provider, watched))
}

fn taken(route: &config::PaymentRoute) -> Result<Taken, BadShop> {
    let read = |code: &config::CurrencyCode| {
        let what = format!("payment route {:?}", route.name);
        Currency::parse(code.as_str()).map_err(|source| BadShop { what, source })
    };
    Ok(Taken {
        currencies: route.currencies.iter().map(read).collect::<Result<_, _>>()?,
        amount_min: route.amount_min,
        amount_max: route.amount_max,
        is_nothing: route.retired,
    })
}

fn asked_demo(demo: DemoPayments) -> Asked {
    (Arc::new(demo), None, Arc::new(DemoCards))
}

fn asked_stripe(options: &StripeOptions, tools: &Tools<'_>) -> Result<Asked, BootError> {
    let (clock, entropy) = (Arc::clone(tools.clock), Arc::clone(tools.entropy));
    let stripe = StripePayments::new(options, clock, entropy).map_err(BootError::Payments)?;
    let (watched, stripe) = (Arc::clone(stripe.watched()), Arc::new(stripe));
    Ok((Arc::<StripePayments>::clone(&stripe), Some(watched), stripe))
}

/// What the configured accounts tell unasked, where they can prove that they do.
pub(super) fn news(config: &Config, clock: &Arc<dyn Clock>) -> Option<Arc<dyn PaymentNews>> {
    let usual = config.stripe.webhook_secret.as_ref();
    let usual = usual.filter(|_| config.payment.provider == config::PaymentProvider::Stripe);
    let named = config.payment.routes.iter().filter(|route| route.is_at_stripe());
    let secrets = usual.into_iter().chain(named.filter_map(|it| it.webhook_secret.as_ref()));
    let signed: Vec<_> = secrets
        .map(|secret| Signed::with(Zeroizing::new(secret.expose().clone()), Arc::clone(clock)))
        .collect();
    if signed.is_empty() { None } else { Some(Arc::new(StripeNews::proven_by(signed))) }
}

/// The demo provider, with books wherever there is a place for them.
fn demo(
    config: &Config,
    configured: &Path,
    file: &str,
    tools: &Tools<'_>,
) -> Result<DemoPayments, BootError> {
    let path = match (configured.as_os_str().is_empty(), config.store.kind) {
        (true, StoreKind::Memory) => return Ok(DemoPayments::default()),
        (true, _) => config.store.data_dir.join(file),
        (false, _) => configured.to_path_buf(),
    };
    DemoPayments::keeping_books(&path, Arc::clone(tools.clock))
        .map_err(|source| BootError::DemoBooks { path, source })
}

fn stripe(config: &Config, peers: &Peers) -> StripeOptions {
    let shop = TenantId::new(config.shop.id.as_str());
    let config = &config.stripe;
    let secret = config.secret_key.as_ref().map(|key| key.expose().clone());
    StripeOptions {
        base_url: config.base_url.clone(),
        // The configuration demands one.
        secret_key: Zeroizing::new(secret.unwrap_or_default()),
        api_version: config.api_version.clone(),
        acquirer: acquirer(config),
        shop,
        route: None,
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
        strays: match &*config.routes {
            [] => Strays::Told,
            [..] => Strays::GivenBackWhilePayable,
        },
    }
}
