use acp_core::limits::RETURN_URL_CHARS_MAX;
use acp_core::money::{Currency, Money};
use acp_core::refusal::Fault;
use acp_core::three_ds::{
    Acquirer, Authenticate, BeginAuthentication, Browser, CardAsked, Fingerprinted, FlowWish,
    Screen, Shopper,
};
use acp_core::vault::BillingAddress;

use super::asked::{
    AuthenticatedMethod, AuthenticationAcquirer, AuthenticationAmount, AuthenticationBrowser,
    AuthenticationCard, AuthenticationChannel, AuthenticationFlow, ChallengeWord, ChannelWord,
    DelegateAuthenticationAuthenticateRequest, DelegateAuthenticationCreateRequest,
    FingerprintWord, FlowWord, ShopperDetails,
};
use crate::delegation::asked::CardBillingAddress;
use crate::delegation::reading::{billing, country, expiry, in_our_words, number, secret};
use crate::read::{UnknownFields, read};
use crate::scalar::{Text, Whole};
use crate::shape::told_fault;

/// The most pixels of a screen, and bits of a color.
const SCREEN_MAX: i64 = 99_999;
/// A clock is at most so many minutes from UTC.
const UTC_OFFSET_MAX: i64 = 24 * 60;

/// Reads what begins an authentication.
///
/// # Errors
/// The first fault, without anything that was sent.
pub fn read_begin(body: &[u8], unknown: UnknownFields) -> Result<BeginAuthentication, Fault> {
    let request =
        read::<DelegateAuthenticationCreateRequest<'_>>(body, unknown).map_err(in_our_words)?;
    Ok(BeginAuthentication {
        merchant: request.merchant_id.boxed(),
        card: card(&request.payment_method)?,
        amount: amount(&request.amount)?,
        acquirer: request.acquirer_details.map(acquirer).transpose()?,
        browser: request.channel.map(browser).transpose()?,
        session: request.checkout_session_id.map(Text::boxed),
        wish: request.flow_preference.as_ref().map(flow),
        notification_url: request.challenge_notification_url.map(url).transpose()?,
        shopper: request.shopper_details.as_ref().map(shopper).transpose()?,
    })
}

/// Reads what has the issuer asked.
///
/// # Errors
/// The first fault, without anything that was sent.
pub fn read_authenticate(body: &[u8], unknown: UnknownFields) -> Result<Authenticate, Fault> {
    let request = read::<DelegateAuthenticationAuthenticateRequest<'_>>(body, unknown)
        .map_err(in_our_words)?;
    Ok(Authenticate {
        fingerprint: match request.fingerprint_completion {
            FingerprintWord::Y => Fingerprinted::Done,
            FingerprintWord::N => Fingerprinted::TimedOut,
            FingerprintWord::U => Fingerprinted::Unavailable,
        },
        browser: request.channel.map(browser).transpose()?,
        notification_url: request.challenge_notification_url.map(url).transpose()?,
        shopper: request.shopper_details.as_ref().map(shopper).transpose()?,
    })
}

fn card(asked: &AuthenticationCard<'_>) -> Result<CardAsked, Fault> {
    let AuthenticatedMethod::Card = asked.kind;
    Ok(CardAsked {
        number: number(&asked.number)?,
        expiry: expiry(Some(&asked.exp_month), Some(&asked.exp_year))?,
        name: secret(&asked.name),
    })
}

fn amount(asked: &AuthenticationAmount<'_>) -> Result<Money, Fault> {
    let is_large = asked.currency.0.bytes().all(|byte| byte.is_ascii_uppercase());
    let currency = Currency::parse(&asked.currency.0.to_ascii_lowercase()).ok();
    let currency = currency.filter(|_| is_large).ok_or_else(|| {
        told_fault("$.amount.currency", "Use three capital letters of ISO 4217, such as EUR.")
    })?;
    let amount = Money::new(asked.value.0, currency).ok().filter(|amount| !amount.is_zero());
    amount.ok_or_else(|| told_fault("$.amount.value", "Tell an amount above 0."))
}

fn acquirer(asked: AuthenticationAcquirer<'_>) -> Result<Acquirer, Fault> {
    let path = "$.acquirer_details.acquirer_country";
    Ok(Acquirer {
        country: country(&asked.acquirer_country, path)?.into(),
        bin: asked.acquirer_bin.boxed(),
        merchant_id: asked.acquirer_merchant_id.boxed(),
        merchant_name: asked.merchant_name.boxed(),
        requestor_id: asked.requestor_id.map(Text::boxed),
    })
}

fn browser(channel: AuthenticationChannel<'_>) -> Result<Browser, Fault> {
    let ChannelWord::Browser = channel.kind;
    let asked = channel.browser;
    let screen = if asked.javascript_enabled { Some(screen(&asked)?) } else { None };
    Ok(Browser {
        accept: asked.accept_header.boxed(),
        address: asked.ip_address.boxed(),
        language: asked.language.boxed(),
        user_agent: asked.user_agent.boxed(),
        screen,
    })
}

fn screen(asked: &AuthenticationBrowser<'_>) -> Result<Screen, Fault> {
    let place = |part: &str| format!("$.channel.browser.{part}");
    let missing =
        |part: &str| told_fault(place(part), "A browser that runs scripts tells this, too.");
    let number = |part: &str, value: Option<&Whole>| {
        let value = value.ok_or_else(|| missing(part))?.0;
        let within = u32::try_from(value).ok().filter(|_| value <= SCREEN_MAX);
        within.ok_or_else(|| told_fault(place(part), "This is below zero, or too large."))
    };
    let offset = asked.timezone_offset.as_ref().ok_or_else(|| missing("timezone_offset"))?.0;
    let offset = i32::try_from(offset).ok().filter(|_| offset.abs() <= UTC_OFFSET_MAX);
    Ok(Screen {
        color_depth: number("color_depth", asked.color_depth.as_ref())?,
        has_java: asked.java_enabled.ok_or_else(|| missing("java_enabled"))?,
        height: number("screen_height", asked.screen_height.as_ref())?,
        width: number("screen_width", asked.screen_width.as_ref())?,
        utc_offset: offset
            .ok_or_else(|| told_fault(place("timezone_offset"), "Tell minutes of one day."))?,
    })
}

fn flow(asked: &AuthenticationFlow) -> FlowWish {
    match asked.kind {
        FlowWord::Frictionless => FlowWish::Frictionless,
        FlowWord::Challenge => FlowWish::Challenge {
            is_mandated: asked
                .challenge
                .as_ref()
                .and_then(|challenge| challenge.kind)
                .map(|kind| kind == ChallengeWord::Mandated),
        },
    }
}

fn url(text: Text<'_, RETURN_URL_CHARS_MAX>) -> Result<Box<str>, Fault> {
    let host = text.0.strip_prefix("https://").unwrap_or_default();
    let is_plain = text.0.bytes().all(|byte| byte.is_ascii_graphic());
    if is_plain && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') {
        return Ok(text.boxed());
    }
    Err(told_fault("$.challenge_notification_url", "Tell an address that begins with https://."))
}

fn shopper(asked: &ShopperDetails<'_>) -> Result<Shopper, Fault> {
    Ok(Shopper {
        name: asked.name.as_ref().map(secret),
        email: asked.email.as_ref().map(secret),
        phone: asked.phone_number.as_ref().map(secret),
        address: asked.address.as_ref().map(address).transpose()?,
    })
}

fn address(asked: &CardBillingAddress<'_>) -> Result<BillingAddress, Fault> {
    billing(asked, "$.shopper_details.address.country")
}
