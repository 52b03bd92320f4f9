use std::sync::Arc;

use acp_core::ids::AuthenticationId;
use acp_core::ports::{Authenticator, Begun, Entropy, NotBegun, PortError, Retry};
use acp_core::three_ds::{Authenticate, BeginAuthentication, Ending, Found, Standing};
use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::objects::{Asked, BegunTold, Reason, Refusal, StandingTold, Wanted};
use crate::adapters::outward::{
    Answered, Backend, BackendOptions, Call, NoAnswer, NoRoots, Tries, Why, segment,
};

/// What it is called, here and in the configuration.
const NAME: &str = "authentication";
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const BEGIN: &str = "POST /authentications";
const AUTHENTICATE: &str = "POST /authentications/{reference}/authenticate";
const LOOK: &str = "GET /authentications/{reference}";
/// Where one stands that the service knows no more.
const FORGOTTEN: Standing = Standing::Ended(Ending::Expired);

/// A service that finds it out.
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct RemoteAuthenticator {
    backend: Backend,
}

impl RemoteAuthenticator {
    /// The service at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &BackendOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        Ok(Self { backend: Backend::at(NAME, options, entropy)? })
    }

    /// Every call may be repeated: the service knows an authentication by its id or its reference.
    /// `None` where it knows it no more.
    async fn standing(&self, call: Call, said: &str) -> Result<Option<StandingTold>, NoAnswer> {
        match self.backend.wish::<StandingTold, Refusal>(call, Tries::Several).await? {
            Answered::Done(told) => Ok(Some(told)),
            Answered::Refused(Refusal { error: Reason::Unknown }) => Ok(None),
            Answered::Refused(Refusal { error: Reason::Card }) => Err(unfit(said)),
        }
    }
}

#[async_trait]
impl Authenticator for RemoteAuthenticator {
    async fn begin(
        &self,
        id: &AuthenticationId,
        wish: &BeginAuthentication,
    ) -> Result<Begun, NotBegun> {
        let body = Wanted::of(id, wish);
        let mut call = self.backend.call(Method::POST, "/authentications".to_owned(), Some(&body));
        if let Ok(key) = HeaderValue::from_str(id.as_str()) {
            call.headers.insert(IDEMPOTENCY_KEY, key);
        }
        let answer = self.backend.wish::<BegunTold, Refusal>(call, Tries::Several).await;
        match answer.map_err(PortError::from)? {
            Answered::Done(told) => {
                let nonsense = |wrong| PortError::from(nonsense(BEGIN, wrong));
                Ok(told.read().map_err(nonsense)?)
            }
            Answered::Refused(Refusal { error: Reason::Card }) => Err(NotBegun::Card),
            Answered::Refused(Refusal { error: Reason::Unknown }) => {
                Err(PortError::from(unfit(BEGIN)).into())
            }
        }
    }

    async fn authenticate(
        &self,
        reference: &str,
        wish: &Authenticate,
    ) -> Result<Standing, PortError> {
        let path = format!("/authentications/{}/authenticate", segment(reference));
        let call = self.backend.call(Method::POST, path, Some(&Asked::of(wish)));
        let Some(told) = self.standing(call, AUTHENTICATE).await? else { return Ok(FORGOTTEN) };
        Ok(told.asked().map_err(|wrong| nonsense(AUTHENTICATE, wrong))?)
    }

    async fn look(&self, reference: &str) -> Result<(Standing, Option<Found>), PortError> {
        let path = format!("/authentications/{}", segment(reference));
        let call = self.backend.call::<()>(Method::GET, path, None);
        let Some(told) = self.standing(call, LOOK).await? else { return Ok((FORGOTTEN, None)) };
        let standing = told.standing().map_err(|wrong| nonsense(LOOK, wrong))?;
        let found = told.found(&standing).map_err(|wrong| nonsense(LOOK, wrong))?;
        Ok((standing, found))
    }
}

/// A refusal that makes no sense for what was asked.
fn unfit(said: &str) -> NoAnswer {
    let advice = "the contract for backends knows no such refusal here".to_owned();
    let status = StatusCode::CONFLICT;
    NoAnswer { service: NAME, why: Why::Mistake { status, call: said.to_owned(), advice } }
}

/// An answer that makes no sense.
fn nonsense(said: &str, wrong: &str) -> NoAnswer {
    let advice = format!("that is not what the contract for backends says: {wrong}");
    let status = StatusCode::OK;
    NoAnswer { service: NAME, why: Why::Mistake { status, call: said.to_owned(), advice } }
}

/// Where nobody is configured, nobody is asked: no route leads here.
#[derive(Clone, Copy, Debug)]
pub struct NobodyFindsOut;

fn nobody() -> PortError {
    PortError {
        what: "asking whoever finds out who a shopper is",
        retry: Retry::Never,
        cause: None,
    }
}

#[async_trait]
impl Authenticator for NobodyFindsOut {
    async fn begin(
        &self,
        _: &AuthenticationId,
        _: &BeginAuthentication,
    ) -> Result<Begun, NotBegun> {
        Err(nobody().into())
    }

    async fn authenticate(&self, _: &str, _: &Authenticate) -> Result<Standing, PortError> {
        Err(nobody())
    }

    async fn look(&self, _: &str) -> Result<(Standing, Option<Found>), PortError> {
        Err(nobody())
    }
}
