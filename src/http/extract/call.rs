use std::sync::Arc;

use acp_core::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use acp_core::ports::Channel;
use acp_core::principal::{Principal, Role, Scope, Strangers, Tier};
use acp_wire::problem::{Code, Problem};
use acp_wire::read::UnknownFields;
use acp_wire::texts::Locale;
use acp_wire::version::Version;
use acp_wire::voice::Ear;
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, Method};

use super::Decoded;
use crate::app::Ask;
use crate::http::answers::channel_of;
use crate::http::layers::{AUTHENTICATIONS, Known};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::Unproven;

pub(in crate::http) const API_VERSION: HeaderName = HeaderName::from_static("api-version");
pub(in crate::http) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A call whose caller, version, language and idempotency key are settled.
#[derive(Debug)]
pub(in crate::http) struct Call {
    pub(in crate::http) principal: Arc<Principal>,
    version: Version,
    locale: Locale,
    key: Option<Box<str>>,
}

/// How the body of a call is to be read. Settled with the call, and left with the request for
/// whoever reads the body.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Heard {
    pub(in crate::http) version: Version,
    pub(in crate::http) ear: Ear,
}

/// Whether a call that carries it needs an idempotency key, whatever its version says: another
/// binding of the protocol may demand less of some calls, and more of others. Without it the version
/// decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRule {
    /// It does.
    Demanded,
    /// Without one it is done, and cannot be repeated safely.
    Free,
}

impl Call {
    /// How the caller is spoken to.
    pub(in crate::http) fn channel(&self) -> Channel {
        channel_of(self.version, self.locale, self.principal.habits)
    }

    /// The call together with what it asks for.
    pub(in crate::http) fn ask<C>(self, body: Decoded<C>) -> Ask<C> {
        Ask {
            channel: self.channel(),
            principal: self.principal,
            key: self.key,
            digests: body.digests,
            command: body.command,
        }
    }
}

/// Who asks, as the layer before the handler found out. Without that layer nobody does.
pub(super) fn caller(parts: &Parts) -> Result<Arc<Principal>, Rejection> {
    let Known(principal) = parts.extensions.get().ok_or(Unproven::Missing)?;
    Ok(Arc::clone(principal))
}

/// The version of this name, as the documents of what is called name it.
pub(in crate::http) fn version_named(text: &str, extensions: &Extensions) -> Option<Version> {
    let route = extensions.get::<MatchedPath>();
    let is_about_authentications =
        route.is_some_and(|route| route.as_str().starts_with(AUTHENTICATIONS));
    if is_about_authentications {
        Version::parse_of_authentications(text).ok()
    } else {
        Version::parse(text).ok()
    }
}

/// The version a request is written in.
pub(super) fn version_of(parts: &Parts, gateway: &Gateway) -> Result<Version, Rejection> {
    let mut values = parts.headers.get_all(API_VERSION).iter();
    let Some(header) = values.next() else {
        let message = "Send the API-Version header with one of the supported versions.";
        return Err(Problem::new(Code::MissingApiVersion, message).into());
    };
    let text = header.to_str().ok();
    let version = text.and_then(|text| version_named(text.trim(), &parts.extensions));
    let is_spoken = |version: &Version| {
        values.next().is_none() && (*version != Version::Unreleased || gateway.speaks_unreleased)
    };
    version.filter(is_spoken).ok_or_else(|| {
        let message = "This API-Version is not supported. Use one of the supported versions.";
        Problem::new(Code::UnsupportedApiVersion, message).into()
    })
}

/// The language a caller asks for.
pub(super) fn locale_of(headers: &HeaderMap) -> Locale {
    let mut headers = headers.get_all(ACCEPT_LANGUAGE).iter();
    let asked = headers.find_map(|header| Locale::negotiated(header.to_str().ok()?));
    asked.unwrap_or_default()
}

/// The idempotency key, bare or quoted as a structured field; both name the same key.
fn key_of(headers: &HeaderMap, is_demanded: bool) -> Result<Option<Box<str>>, Rejection> {
    let problem = |message: &str| Problem::new(Code::IdempotencyKeyRequired, message);
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(header) = values.next() else {
        if !is_demanded {
            return Ok(None);
        }
        let message = "Send an Idempotency-Key header: a new key for each new request.";
        return Err(problem(message).into());
    };
    if values.next().is_some() {
        return Err(problem("Send one Idempotency-Key header, not several.").into());
    }
    let text = header
        .to_str()
        .ok()
        .map(str::trim)
        .ok_or_else(|| problem("The Idempotency-Key must be printable ASCII."))?;
    let unquoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let key = unquoted.unwrap_or(text);
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARS_MAX {
        return Err(problem("The Idempotency-Key must have 1 to 255 characters.").into());
    }
    Ok(Some(key.into()))
}

/// Settles who calls, and how the body is to be read.
pub(super) fn settle(
    parts: &mut Parts,
    gateway: &Gateway,
    (scope, others): (Scope, &str),
    is_key_demanded: impl Fn(Version) -> bool,
) -> Result<Call, Rejection> {
    let principal = caller(parts)?;
    if principal.scope != scope {
        return Err(Problem::new(Code::Forbidden, others).into());
    }
    let version = version_of(parts, gateway)?;
    let is_demanded = match parts.extensions.get::<KeyRule>() {
        Some(rule) => *rule == KeyRule::Demanded,
        None => is_key_demanded(version),
    };
    let key = match parts.method {
        Method::POST => key_of(&parts.headers, is_demanded)?,
        // A replacement may be repeated without a key, too.
        Method::PUT => key_of(&parts.headers, false)?,
        _ => None,
    };
    let habits = principal.habits;
    let unknown = match habits.strangers {
        Strangers::AsConfigured => gateway.unknown_fields,
        Strangers::Ignore => UnknownFields::Ignore,
        Strangers::Refuse => UnknownFields::Refuse,
    };
    let ear = Ear { unknown, address_phone: habits.address_phone };
    parts.extensions.insert(Heard { version, ear });
    Ok(Call { principal, version, locale: locale_of(&parts.headers), key })
}

impl FromRequestParts<Arc<Gateway>> for Call {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        let others = match caller(parts)?.scope {
            Scope::Principal => "This key belongs to a principal. Use the key of an agent.",
            Scope::Agent | Scope::Merchant | Scope::Admin => {
                "This key belongs to a merchant. Use the key of an agent."
            }
        };
        settle(parts, gateway, (Scope::Agent, others), Version::demands_a_key)
    }
}

/// A call of the merchant about its shop and its orders. Whatever the version, one that changes
/// something carries a key: money may go back by it.
#[derive(Debug)]
pub(in crate::http) struct MerchantCall(pub(in crate::http) Call);

impl FromRequestParts<Arc<Gateway>> for MerchantCall {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        const OTHERS: &str = "This is for the merchant alone. Use the key of a merchant.";
        let call = settle(parts, gateway, (Scope::Merchant, OTHERS), |_| true)?;
        let wanted = role_for(parts);
        if !call.principal.may(wanted) {
            let message = format!("This takes the role {}, which is not given.", wanted.as_str());
            return Err(Problem::new(Code::Forbidden, message).into());
        }
        Ok(Self(call))
    }
}

/// What somebody has to be allowed for a call of the merchant: to look, to change goods, or else to
/// decide about orders.
fn role_for(parts: &Parts) -> Role {
    if [Method::GET, Method::HEAD].contains(&parts.method) {
        Role::ShopRead
    } else if parts.uri.path().starts_with("/catalog/") {
        Role::ShopWrite
    } else {
        Role::OrdersWrite
    }
}

/// A call about carts, in a version that knows them.
#[derive(Debug)]
pub(in crate::http) struct CallOfCarts(pub(in crate::http) Call);

impl FromRequestParts<Arc<Gateway>> for CallOfCarts {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        let call = Call::from_request_parts(parts, gateway).await?;
        if call.version.has_carts() {
            return Ok(Self(call));
        }
        let message = "This version of the protocol knows no carts. They came with 2026-04-17.";
        Err(Problem::new(Code::NotFound, message).into())
    }
}

fn proven(principal: &Principal, version: Version) -> Result<(), Rejection> {
    if !version.has_authentications() {
        let message = "This version of the protocol has nobody found out whose a card is. That came \
                       with 2026-04-17.";
        return Err(Problem::new(Code::NotFound, message).into());
    }
    if principal.tier != Tier::Signed {
        let message = "Sign the request: nobody else may ask whose a card is.";
        return Err(Problem::new(Code::MissingSignature, message).into());
    }
    Ok(())
}

/// A call about authentications, in a version that knows them, of an agent that has signed it.
#[derive(Debug)]
pub(in crate::http) struct CallOfAuthentications(pub(in crate::http) Call);

impl FromRequestParts<Arc<Gateway>> for CallOfAuthentications {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        let call = Call::from_request_parts(parts, gateway).await?;
        proven(&call.principal, call.version)?;
        Ok(Self(call))
    }
}
