//! What a layer hands a request on to.
//!
//! The layers in front of a handler are functions, each of which is given the one behind it. So all
//! of them together are one service: axum would copy the rest of the way once for each of them,
//! with every request.

use std::future::Future;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// The rest of the way.
pub(in crate::http) trait Onward: Send {
    /// Hands a request on.
    fn run(self, request: Request) -> impl Future<Output = Response> + Send;
}

impl Onward for Next {
    fn run(self, request: Request) -> impl Future<Output = Response> + Send {
        Self::run(self, request)
    }
}

/// A layer that is behind another.
pub(in crate::http) struct Then<F>(pub(in crate::http) F);

impl<F, A> Onward for Then<F>
where
    F: FnOnce(Request) -> A + Send,
    A: Future<Output = Response> + Send,
{
    fn run(self, request: Request) -> impl Future<Output = Response> + Send {
        self.0(request)
    }
}
