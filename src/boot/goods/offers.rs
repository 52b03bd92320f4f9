//! From the configured promotions, currencies and consents to the core's.

use acp_core::catalog::{Audience, Benefit, ConsentOption, ExchangeRule, Promotion, Reach, Spread};
use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};
use acp_core::time::Timestamp;

use super::terms::rate;
use crate::boot::shop::BadShop;
use crate::config;

fn currency(code: config::CurrencyCode, of: &str) -> Result<Currency, BadShop> {
    Currency::parse(code.as_str()).map_err(|source| BadShop { what: of.to_owned(), source })
}

const fn moment(moment: &config::Moment) -> Timestamp {
    Timestamp::from_unix_ms(moment.unix_ms())
}

fn boxed(texts: &[String]) -> Vec<Box<str>> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn reach(promotion: &config::Promotion) -> Reach {
    match promotion.applies_to {
        config::AppliesTo::Order => Reach::Order,
        config::AppliesTo::Delivery => Reach::Delivery,
        config::AppliesTo::Goods => Reach::Goods {
            items: promotion.items.iter().map(|id| ItemId::new(id.as_str())).collect(),
            categories: boxed(&promotion.categories),
        },
    }
}

pub(in crate::boot) fn promotion(promotion: &config::Promotion) -> Result<Promotion, BadShop> {
    let what = format!("promotion {:?}", promotion.id);
    let own = promotion.currency.map(|code| currency(code, &what)).transpose()?;
    let money = |minor| {
        // The configuration demands a currency wherever there are amounts.
        let currency = own.ok_or(acp_core::money::MoneyError::UnknownCurrency);
        currency
            .and_then(|currency| Money::new(minor, currency))
            .map_err(|source| BadShop { what: what.clone(), source })
    };
    Ok(Promotion {
        id: promotion.id.as_str().into(),
        name: promotion.name.as_str().into(),
        code: promotion.code.as_deref().map(Into::into),
        benefit: match promotion.benefit {
            config::Benefit::Percent(share) => Benefit::Percent(rate(share)),
            config::Benefit::Amount(minor) => Benefit::Amount(money(minor)?),
        },
        reach: reach(promotion),
        spread: match promotion.spread {
            config::Spread::Each => Spread::Each,
            config::Spread::Across => Spread::Across,
        },
        priority: promotion.priority,
        min_goods: promotion.min_goods.map(money).transpose()?,
        starts_at: promotion.starts_at.as_ref().map(moment),
        ends_at: promotion.ends_at.as_ref().map(moment),
        is_exclusive: promotion.exclusive,
        audience: match promotion.audience {
            config::Audience::Everybody => Audience::Everybody,
            config::Audience::SignedIn => Audience::SignedIn,
            config::Audience::Customers => Audience::Customers(boxed(&promotion.customers)),
        },
        redemptions_max: promotion.redemptions_max,
    })
}

pub(in crate::boot) fn exchange(exchange: &config::Exchange) -> Result<ExchangeRule, BadShop> {
    Ok(ExchangeRule {
        from: currency(exchange.from, "shop.exchange")?,
        to: currency(exchange.to, "shop.exchange")?,
        millionths: exchange.rate.millionths(),
        since: exchange.since.as_ref().map(moment),
    })
}

pub(in crate::boot) fn consent(consent: &config::ConsentOption) -> ConsentOption {
    ConsentOption {
        channel: consent.channel.as_str().into(),
        text: consent.text.as_str().into(),
        privacy_policy_url: consent.privacy_policy_url.as_str().into(),
    }
}
