use acp_signature::Purpose;
use acp_signature::message::{Origin, Request};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Whether what is done at a path pays. Where the body alone says that it does, the path says
/// nothing.
pub fn pays(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.ends_with("/complete")
        || (path.starts_with("/plans/") && path.ends_with("/execute"))
        || takes_a_card(path)
}

/// Whether cards are handed over at a path: at the one the protocol names, and at the short one its
/// discovery names. Whoever has found out whose a card is hands it over as well.
pub fn takes_a_card(path: &str) -> bool {
    matches!(
        path,
        "/agentic_commerce/delegate_payment" | "/delegate_payment" | "/delegate_authentication"
    )
}

/// A request as it was received, before anybody read it.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The method.
    pub method: &'a Method,
    /// Path and query.
    pub target: &'a PathAndQuery,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// What a signature has to be good for.
    pub(super) fn purpose(&self) -> Purpose {
        if matches!(*self.method, Method::GET | Method::HEAD) {
            Purpose::Read
        } else if pays(self.target.path()) {
            Purpose::Pay
        } else {
            Purpose::Change
        }
    }

    /// Whether it does the same however often it is sent as it is.
    pub(super) fn can_be_repeated(&self) -> bool {
        self.purpose() == Purpose::Read || self.headers.contains_key(IDEMPOTENCY_KEY)
    }

    /// The same for a place it may have been meant for.
    pub(super) fn at<'b>(&self, origin: &'b Origin) -> Request<'b>
    where
        'a: 'b,
    {
        Request {
            method: self.method,
            origin,
            target: self.target,
            headers: self.headers,
            body: self.body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_pay_is_more_than_to_change_and_that_is_more_than_to_look() {
        let headers = HeaderMap::new();
        for (method, target, purpose) in [
            (Method::GET, "/checkout_sessions/cs_1", Purpose::Read),
            (Method::GET, "/checkout_sessions/complete", Purpose::Read),
            (Method::POST, "/checkout_sessions", Purpose::Change),
            (Method::POST, "/checkout_sessions/cs_1/complete", Purpose::Pay),
            (Method::POST, "/checkout_sessions/cs_1/complete/?a=b", Purpose::Pay),
            (Method::POST, "/plans/p_1/execute", Purpose::Pay),
            (Method::GET, "/plans/p_1/execute", Purpose::Read),
            (Method::POST, "/plans/p_1/cancel", Purpose::Change),
            (Method::PUT, "/carts/complete_1", Purpose::Change),
            (Method::DELETE, "/carts/1", Purpose::Change),
        ] {
            let target = target.parse().unwrap();
            let message =
                Message { method: &method, target: &target, headers: &headers, body: b"" };
            assert_eq!(message.purpose(), purpose, "{method} {target}");
        }
    }
}
