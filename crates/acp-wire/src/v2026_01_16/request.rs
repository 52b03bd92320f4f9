//! How a client pays, and its mapping to a command of the core.

use acp_core::refusal::Fault;
use acp_core::session as core;
use acp_core::session::Profile;
use serde::Deserialize;
use utoipa::ToSchema;

use super::authentication::AuthenticationResult;
use crate::flat::buyer::Buyer;
use crate::flat::completing;
use crate::flat::payment_data::PaymentData;
use crate::read::read;
use crate::scalar::not_null;
use crate::shape::attribution::AffiliateAttribution;
use crate::voice::Ear;

/// Pays for a session and turns it into an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CheckoutSessionCompleteRequest<'a> {
    /// How the session is paid for.
    payment_data: PaymentData<'a>,
    /// Who buys, if that was not said before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// What came of the authentication, if the session asked for one.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    authentication_result: Option<AuthenticationResult<'a>>,
    /// Who claims to have brought the buyer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    affiliate_attribution: Option<AffiliateAttribution<'a>>,
}

/// Reads a request to complete a session.
///
/// # Errors
/// The first fault.
pub fn read_complete(body: &[u8], ear: Ear) -> Result<core::CompleteSession, Fault> {
    let request: CheckoutSessionCompleteRequest<'_> = read(body, ear.unknown)?;
    let (result, claim) = (request.authentication_result, request.affiliate_attribution);
    Ok(core::CompleteSession {
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        authentication: result.map(AuthenticationResult::into_core).transpose()?,
        attribution: claim.map(AffiliateAttribution::into_core).transpose()?,
        ..completing(Profile::AsksForAll, request.payment_data.into_core(ear)?)
    })
}
