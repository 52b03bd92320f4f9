use std::sync::Arc;

use acp_core::cart::{CancelCart, OpenCart, ReplaceCart};
use acp_core::catalog::ChangeItem;
use acp_core::dialogue::Understand;
use acp_core::limits::{BODY_BYTES_MAX, BODY_READ_TIMEOUT};
use acp_core::mandate::{ChangeMandate, GiveMandate};
use acp_core::order::OrderCommand;
use acp_core::ports::Digests;
use acp_core::refusal::{Broken, Fault};
use acp_core::session::{CancelSession, ChangeSession, CompleteSession, OpenSession};
use acp_core::stock::CountStock;
use acp_core::three_ds::{Authenticate, BeginAuthentication};
use acp_core::vault::Delegate;
use acp_core::webhook::{ChangeEndpoint, NewsKind, OpenEndpoint};
use acp_wire::canonical::{self, NotJson};
use acp_wire::delegation::authentication::{read_authenticate, read_begin};
use acp_wire::delegation::read_delegation;
use acp_wire::problem::{Code, Problem};
use acp_wire::shape::intent;
use acp_wire::shape::mandate;
use acp_wire::shape::order_command::{self, FulfillmentNews};
use acp_wire::shape::session_entry::{self, VerdictWord};
use acp_wire::shape::{shop, webhook_endpoint};
use acp_wire::version::Version;
use acp_wire::{unreleased, v2025_09_29, v2025_12_12, v2026_01_16, v2026_01_30, v2026_04_17};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use zeroize::Zeroize as _;

use super::call::Heard;
use crate::app::Failure;
use crate::http::layers::BodyFault;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

/// A body that is JSON, with its fingerprints and what it asks for. A body that asks for it in
/// the wrong way is a fault the use case answers, because that answer is kept like any other.
#[derive(Debug)]
pub(in crate::http) struct Decoded<C> {
    pub(in crate::http) digests: Digests,
    pub(in crate::http) command: Result<C, Fault>,
}

/// A command of the core and how each version writes it.
pub(in crate::http) trait Command: Sized + Send {
    /// Whether a body may be left out.
    const MAY_BE_EMPTY: bool = false;
    /// Whether there is something in a body that must not lie about in memory.
    const IS_SECRET: bool = false;

    /// Reads it from a body.
    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault>;
}

/// Every version's reader of a command.
macro_rules! read_by_version {
    ($($command:ty: $reader:ident $(, $may_be_empty:literal)?;)*) => {$(
        impl Command for $command {
            $(const MAY_BE_EMPTY: bool = $may_be_empty;)?

            fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
                match heard.version {
                    Version::V2025_09_29 => v2025_09_29::$reader(body, heard.ear),
                    Version::V2025_12_12 => v2025_12_12::$reader(body, heard.ear),
                    Version::V2026_01_16 => v2026_01_16::$reader(body, heard.ear),
                    Version::V2026_01_30 => v2026_01_30::$reader(body, heard.ear),
                    Version::V2026_04_17 => v2026_04_17::$reader(body, heard.ear),
                    Version::Unreleased => unreleased::$reader(body, heard.ear),
                }
            }
        }
    )*};
}
read_by_version! {
    OpenSession: read_create;
    ChangeSession: read_update;
    CompleteSession: read_complete;
    CancelSession: read_cancel, true;
}

/// What a merchant or a principal wants, by the route it is asked by: the same in every version.
macro_rules! read_alike {
    ($($(#[$doc:meta])* $name:ident($command:ty): $reader:path $(, $may_be_empty:literal)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::http) struct $name(pub(in crate::http) $command);

        impl Command for $name {
            $(const MAY_BE_EMPTY: bool = $may_be_empty;)?

            fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
                $reader(body, heard.ear.unknown).map(Self)
            }
        }
    )*};
}
read_alike! {
    /// To send some of it.
    Fulfilling(OrderCommand): order_command::read_fulfill;
    /// To tell how far a fulfillment is.
    Moving(FulfillmentNews): order_command::read_move;
    /// To take lines off that are not sent.
    CancelingLines(OrderCommand): order_command::read_cancel_lines;
    /// To take lines off that came back.
    Returning(OrderCommand): order_command::read_return;
    /// To give money back.
    Refunding(OrderCommand): order_command::read_refund;
    /// To have an item of the shop otherwise.
    Changing(ChangeItem): shop::read_item_change;
    /// To count the stock of an item.
    Counting(CountStock): shop::read_stock_count;
    /// To decide about a purchase order.
    Judging(VerdictWord): session_entry::read_verdict;
    /// To let agents spend.
    GivingMandate(GiveMandate): mandate::read_given;
    /// To let them spend otherwise.
    ChangingMandate(ChangeMandate): mandate::read_changed;
    /// To let them spend no more.
    RevokingMandate(()): mandate::read_revoked, true;
    /// To be told of orders.
    Listening(OpenEndpoint): webhook_endpoint::read_endpoint_create;
    /// To be told otherwise.
    EndpointUpdate(ChangeEndpoint): webhook_endpoint::read_endpoint_update;
    /// To see how an endpoint takes an event.
    EndpointTest(NewsKind): webhook_endpoint::read_endpoint_test;
}

/// To find out what a sentence means.
#[derive(Debug)]
pub(in crate::http) struct Speaking(pub(in crate::http) Understand);

impl Command for Speaking {
    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        intent::read_intent(body, heard.ear).map(Self)
    }
}

/// To take a card.
#[derive(Debug)]
pub(in crate::http) struct Delegating(pub(in crate::http) Delegate);

impl Command for Delegating {
    const IS_SECRET: bool = true;

    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        read_delegation(body, heard.ear.unknown, heard.version).map(Self)
    }
}

/// To have it found out whose a card is.
#[derive(Debug)]
pub(in crate::http) struct Beginning(pub(in crate::http) BeginAuthentication);

impl Command for Beginning {
    const IS_SECRET: bool = true;

    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        read_begin(body, heard.ear.unknown).map(Self)
    }
}

/// To have the issuer asked.
#[derive(Debug)]
pub(in crate::http) struct Authenticating(pub(in crate::http) Authenticate);

impl Command for Authenticating {
    const IS_SECRET: bool = true;

    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        read_authenticate(body, heard.ear.unknown).map(Self)
    }
}

/// The same for what came with carts. Nobody of an earlier version comes so far.
macro_rules! read_with_carts {
    ($($command:ty: $reader:ident $(, $may_be_empty:literal)?;)*) => {$(
        impl Command for $command {
            $(const MAY_BE_EMPTY: bool = $may_be_empty;)?

            fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
                match heard.version {
                    Version::V2025_09_29
                    | Version::V2025_12_12
                    | Version::V2026_01_16
                    | Version::V2026_01_30
                    | Version::V2026_04_17 => v2026_04_17::$reader(body, heard.ear),
                    Version::Unreleased => unreleased::$reader(body, heard.ear),
                }
            }
        }
    )*};
}
read_with_carts! {
    OpenCart: read_cart_create;
    ReplaceCart: read_cart_update;
    CancelCart: read_cart_cancel, true;
}

fn too_large() -> Rejection {
    let message = format!("The body is larger than {} KiB.", BODY_BYTES_MAX / 1024);
    Rejection::from(Problem::new(Code::PayloadTooLarge, message))
}

/// Reads a body, no longer and no larger than a body may be.
pub(in crate::http) async fn read_body(
    headers: &HeaderMap,
    body: Body,
) -> Result<Bytes, Rejection> {
    let declared =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    let collected = Limited::new(body, BODY_BYTES_MAX).collect();
    match tokio::time::timeout(BODY_READ_TIMEOUT, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(match BodyFault::behind(error.as_ref()) {
            Some(BodyFault::TooSlow) => too_slow(),
            Some(BodyFault::NoRoom) => {
                let message = "The service is busy. Send the same request again in a moment.";
                Problem::new(Code::ServiceUnavailable, message).into()
            }
            None => {
                Problem::new(Code::InvalidJson, "The body could not be read to its end.").into()
            }
        }),
        Err(_) => Err(too_slow()),
    }
}

fn too_slow() -> Rejection {
    Problem::new(Code::RequestTimeout, "The body took too long to arrive.").into()
}

/// Refuses a body that is not what every body is: JSON, and not encoded.
pub(in crate::http) fn check_type(headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection> {
    let unsupported = |message| Rejection::from(Problem::new(Code::UnsupportedMediaType, message));
    let is_encoded = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_encoded {
        return Err(unsupported("Send the body without a Content-Encoding."));
    }
    if body.is_empty() {
        return Ok(());
    }
    let essence = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    match essence {
        Some(essence) if essence.eq_ignore_ascii_case("application/json") => Ok(()),
        _ => Err(unsupported("Send the body as Content-Type: application/json.")),
    }
}

fn not_json(error: &NotJson) -> Rejection {
    let problem = Problem::new(Code::InvalidJson, format!("The body is not accepted: {error}."));
    Rejection::from(match &error.place().path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    })
}

impl<C: Command> FromRequest<Arc<Gateway>> for Decoded<C> {
    type Rejection = Rejection;

    async fn from_request(request: Request, _gateway: &Arc<Gateway>) -> Result<Self, Rejection> {
        let (parts, body) = request.into_parts();
        let heard = parts.extensions.get::<Heard>().copied();
        // A handler that reads a body takes the call first.
        let heard = heard.ok_or(Failure::Broken(Broken("a body belongs to a call")))?;
        let body = read_body(&parts.headers, body).await?;
        check_type(&parts.headers, &body)?;
        let decoded = decoded(&body, heard);
        if C::IS_SECRET {
            overwrite(body);
        }
        decoded
    }
}

fn decoded<C: Command>(body: &[u8], heard: Heard) -> Result<Decoded<C>, Rejection> {
    let canonical = if body.is_empty() && C::MAY_BE_EMPTY {
        canonical::digest_of_nothing()
    } else {
        canonical::digest(body)
            .map_err(|error| if C::IS_SECRET { secretly_not_json() } else { not_json(&error) })?
    };
    let digests = Digests { raw: canonical::raw_digest(body).0, canonical: canonical.0 };
    Ok(Decoded { digests, command: C::read(body, heard) })
}

/// What is wrong with a body may be said at a name in it, and that name may be what is secret.
fn secretly_not_json() -> Rejection {
    let message = "The body is not JSON, nests too deep, or names a member twice. Where is not said, \
                   because it may hold a card.";
    Problem::new(Code::InvalidJson, message).into()
}

/// Overwrites a body nobody else holds. What the connection has read it into is its own matter.
fn overwrite(body: Bytes) {
    if let Ok(mut body) = body.try_into_mut() {
        body.as_mut().zeroize();
    }
}
