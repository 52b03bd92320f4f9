//! One call to the service that keeps carts: how it is written, and what its answer says.

use std::sync::Arc;

use acp_core::cart::Cart;
use acp_core::ids::{CartId, ItemId, SessionId};
use acp_core::ports::{Digests, Entropy};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;

use super::objects::{
    CartTold, Content, HandOver, Kept, NewCart, Reason, Refusal, Replacement, expiry,
};
use crate::adapters::outward::{
    Answered, Backend, BackendOptions, NoAnswer, NoRoots, Tries, Why, correlate, segment,
};

/// What it is called, here and in the configuration.
const NAME: &str = "cart";
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const WRITES_SOMETHING_ELSE: &str = "it keeps other items than it was told to";

/// Where carts are kept.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct CartDesk {
    backend: Backend,
    entropy: Arc<dyn Entropy>,
}

/// What a cart was told of.
pub(super) enum Said {
    /// It is there.
    Kept(Kept),
    /// There is no such cart.
    Gone,
    /// Somebody else has changed it, or opened it. Nothing was done.
    Changed,
}

/// One call about a cart.
struct Errand<'a, B> {
    cart: &'a CartId,
    method: Method,
    /// Below the cart, or none for a new one.
    path: Option<String>,
    body: Option<&'a B>,
    /// What makes its key: the same words, the same step.
    step: Option<String>,
    /// How it is called in a log.
    said: &'static str,
}

impl CartDesk {
    /// The service at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &BackendOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        let backend = Backend::at(NAME, options, Arc::clone(&entropy))?;
        Ok(Self { backend, entropy })
    }

    /// The cart, if it is there.
    pub(super) async fn read(&self, cart: &CartId) -> Result<Option<Kept>, NoAnswer> {
        let said = "GET /carts/{cart}";
        let path = Some(String::new());
        let errand = Errand::<()> { cart, method: Method::GET, path, body: None, step: None, said };
        match self.go(errand).await? {
            Said::Kept(kept) => Ok(Some(kept)),
            Said::Gone => Ok(None),
            Said::Changed => Err(unfit(said)),
        }
    }

    /// Hands a cart over. What a call with the same body left behind is that call's, and may be as
    /// somebody has changed it since.
    pub(super) async fn open(&self, cart: &Cart, call: Option<&Digests>) -> Result<Said, NoAnswer> {
        let said = "POST /carts";
        let step = call.map_or_else(|| self.once(), |digests| hex(&digests.canonical));
        let errand = Errand {
            cart: &cart.id,
            method: Method::POST,
            path: None,
            body: Some(&NewCart::of(cart)),
            step: Some(step),
            said,
        };
        match self.go(errand).await? {
            Said::Gone => Err(unfit(said)),
            answer => Ok(answer),
        }
    }

    /// Replaces everything in a cart that is as it was.
    pub(super) async fn put(&self, cart: &Cart, revision: &str) -> Result<Said, NoAnswer> {
        let said = "PUT /carts/{cart}/items";
        let errand = Errand {
            cart: &cart.id,
            method: Method::PUT,
            path: Some("/items".to_owned()),
            body: Some(&Replacement { revision, content: Content::of(cart) }),
            step: Some(self.once()),
            said,
        };
        as_written(self.go(errand).await?, cart, said)
    }

    /// Takes an item out of a cart that is as it was, which then is this one.
    pub(super) async fn remove(
        &self,
        cart: &Cart,
        item: &ItemId,
        revision: &str,
    ) -> Result<Said, NoAnswer> {
        let said = "DELETE /carts/{cart}/items/{item}";
        let (item, expires_at) = (segment(item.as_str()), segment(&expiry(cart)));
        let query = format!("revision={}&expires_at={expires_at}", segment(revision));
        let errand = Errand::<()> {
            cart: &cart.id,
            method: Method::DELETE,
            path: Some(format!("/items/{item}?{query}")),
            body: None,
            step: Some(self.once()),
            said,
        };
        as_written(self.go(errand).await?, cart, said)
    }

    /// Says that a session came of a cart.
    pub(super) async fn check_out(
        &self,
        cart: &CartId,
        session: &SessionId,
    ) -> Result<Said, NoAnswer> {
        let said = "POST /carts/{cart}/checkout";
        let errand = Errand {
            cart,
            method: Method::POST,
            path: Some("/checkout".to_owned()),
            body: Some(&HandOver { session: session.as_str() }),
            step: Some(session.as_str().to_owned()),
            said,
        };
        match self.go(errand).await? {
            Said::Changed => Err(unfit(said)),
            answer => Ok(answer),
        }
    }

    /// Gives a cart up, whatever is in it. One that is not there is given up.
    pub(super) async fn cancel(&self, cart: &CartId) -> Result<(), NoAnswer> {
        let said = "POST /carts/{cart}/cancel";
        let errand = Errand::<()> {
            cart,
            method: Method::POST,
            path: Some("/cancel".to_owned()),
            body: None,
            step: Some("cancel".to_owned()),
            said,
        };
        match self.go(errand).await? {
            Said::Kept(_) | Said::Gone => Ok(()),
            Said::Changed => Err(unfit(said)),
        }
    }

    /// A step that nobody takes a second time.
    fn once(&self) -> String {
        hex(&self.entropy.random128().0)
    }

    /// Every call may be repeated: the service knows it by its key, or it changes nothing anew.
    async fn go<B: Serialize + Sync>(&self, errand: Errand<'_, B>) -> Result<Said, NoAnswer> {
        let Errand { cart, method, path, body, step, said } = errand;
        let path = path.map_or_else(
            || "/carts".to_owned(),
            |rest| format!("/carts/{}{rest}", segment(cart.as_str())),
        );
        let mut call = self.backend.call(method, path, body);
        correlate(&mut call.headers, cart.as_str());
        if let Some(step) = step
            && let Ok(key) = HeaderValue::from_str(&format!("{cart}|{step}"))
        {
            call.headers.insert(IDEMPOTENCY_KEY, key);
        }
        match self.backend.wish::<CartTold, Refusal>(call, Tries::Several).await? {
            Answered::Done(told) => {
                told.read(cart).map(Said::Kept).map_err(|wrong| nonsense(said, &wrong))
            }
            Answered::Refused(Refusal { error: Reason::UnknownCart }) => Ok(Said::Gone),
            Answered::Refused(Refusal { error: Reason::Exists | Reason::Changed }) => {
                Ok(Said::Changed)
            }
        }
    }
}

/// A cart that was written is kept as it was written, or the buyer is told what is not true.
fn as_written(answer: Said, cart: &Cart, said: &str) -> Result<Said, NoAnswer> {
    match answer {
        Said::Kept(kept) if kept.wanted != cart.wanted => {
            Err(nonsense(said, WRITES_SOMETHING_ELSE))
        }
        answer => Ok(answer),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
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
