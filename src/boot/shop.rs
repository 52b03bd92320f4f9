//! From the configured shop to the core's.

use acp_core::catalog::{
    Authenticating, HandlerKind, Page, PageKind, PaymentHandler, PurchaseAccount, SellerKind,
    SellerMethod, Shop,
};
use acp_core::ids::TenantId;
use acp_core::money::{Currency, Money, MoneyError};

use super::goods::offers::{consent, exchange};
use crate::config;

/// A shop that cannot be opened as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("the configured {what} cannot be used")]
pub struct BadShop {
    pub(super) what: String,
    pub(super) source: MoneyError,
}

/// The demo provider plays the part of the provider that every version of the protocol can name.
const DEMO_PSP: &str = "stripe";

fn card(config: &config::Shop) -> PaymentHandler {
    PaymentHandler {
        id: "card_tokenized".into(),
        display_name: "Credit or debit card".into(),
        psp: DEMO_PSP.into(),
        merchant_id: config.merchant_id.as_str().into(),
        kind: HandlerKind::Card {
            accepted_brands: ["visa", "mastercard", "amex"].map(Into::into).into(),
            is_live: false,
        },
    }
}

fn wallet(
    wallet: &config::Wallet,
    merchant_id: &str,
    currency: Currency,
) -> Result<PaymentHandler, BadShop> {
    let bad = |source| BadShop { what: format!("balance of wallet {:?}", wallet.id), source };
    let balance = wallet.balance.map(|minor| Money::new(minor, currency).map_err(bad));
    let method = SellerMethod {
        kind: match wallet.kind {
            config::WalletType::SavedCard => SellerKind::SavedCard,
            config::WalletType::GiftCard => SellerKind::GiftCard,
            config::WalletType::Points => SellerKind::Points,
            config::WalletType::StoreCredit => SellerKind::StoreCredit,
        },
        customer: wallet.customer_id.as_deref().map(Into::into),
        balance: balance.transpose()?,
        payment_method_id: wallet.payment_method_id.as_deref().map(Into::into),
    };
    Ok(PaymentHandler {
        id: wallet.id.as_str().into(),
        display_name: wallet.display_name.as_str().into(),
        psp: "seller_managed".into(),
        merchant_id: merchant_id.into(),
        kind: HandlerKind::Seller(method),
    })
}

fn account(
    account: &config::PurchaseAccount,
    currency: Currency,
) -> Result<PurchaseAccount, BadShop> {
    let what = || format!("approval_above of account {:?}", account.customer_id);
    let most = account.approval_above.map(|minor| {
        Money::new(minor, currency).map_err(|source| BadShop { what: what(), source })
    });
    Ok(PurchaseAccount {
        customer: account.customer_id.as_str().into(),
        approval_above: most.transpose()?,
    })
}

fn pages(config: &config::Shop) -> Vec<Page> {
    [
        (PageKind::TermsOfUse, &config.terms_of_use_url),
        (PageKind::PrivacyPolicy, &config.privacy_policy_url),
        (PageKind::ReturnPolicy, &config.return_policy_url),
        (PageKind::ShippingPolicy, &config.shipping_policy_url),
        (PageKind::ContactUs, &config.contact_url),
        (PageKind::AboutUs, &config.about_url),
        (PageKind::Faq, &config.faq_url),
        (PageKind::Support, &config.support_url),
    ]
    .into_iter()
    .filter_map(|(kind, url)| url.as_deref().map(|url| Page { kind, url: url.into() }))
    .collect()
}

fn handlers(config: &config::Shop, currency: Currency) -> Result<Vec<PaymentHandler>, BadShop> {
    let kept = config.wallet.iter().map(|kept| wallet(kept, &config.merchant_id, currency));
    std::iter::once(Ok(card(config))).chain(kept).collect()
}

const fn authenticating(three_ds: config::ThreeDs) -> Authenticating {
    match three_ds {
        config::ThreeDs::Optional => Authenticating::Optional,
        config::ThreeDs::Conditional => Authenticating::Conditional,
        config::ThreeDs::Always => Authenticating::Always,
    }
}

/// The shop of a configuration.
///
/// # Errors
/// A currency is not one of ISO 4217.
pub fn shop(config: &config::Shop, payment: &config::Payment) -> Result<Shop, BadShop> {
    let currency = Currency::parse(config.currency.as_str())
        .map_err(|source| BadShop { what: "shop.currency".to_owned(), source })?;
    let review_above = config.review_above.map(|minor| {
        let what = "shop.review_above".to_owned();
        Money::new(minor, currency).map_err(|source| BadShop { what, source })
    });
    let accounts = config.account.iter().map(|entry| account(entry, currency));
    Ok(Shop {
        tenant: TenantId::new(config.id.as_str()),
        name: config.name.as_str().into(),
        handlers: handlers(config, currency)?,
        authenticating: authenticating(payment.three_ds),
        purchase_accounts: accounts.collect::<Result<_, _>>()?,
        pages: pages(config),
        order_url: config.order_url.as_str().into(),
        continue_url: config.continue_url.as_deref().map(Into::into),
        support_email: config.support_email.as_deref().map(Into::into),
        currency,
        review_above: review_above.transpose()?,
        exchanges: config.exchange.iter().map(exchange).collect::<Result<_, _>>()?,
        consents: config.consent.iter().map(consent).collect(),
    })
}
