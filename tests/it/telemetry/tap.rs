use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};
use tokio::task::JoinHandle;

/// What was asked, and in which trace.
pub(super) type Heard = (String, Option<String>);

/// Somebody in front of a service, who writes down in which trace it was asked for what.
pub(super) struct Tap {
    pub(super) url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    /// Nothing is handed on while somebody holds it shut.
    gate: Arc<RwLock<()>>,
    task: JoinHandle<()>,
}

impl Tap {
    pub(super) async fn before(service: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::<Mutex<Vec<_>>>::default();
        let (notes, gate) = (heard.clone(), Arc::<RwLock<()>>::default());
        let open = gate.clone();
        let router = Router::new().fallback(move |request: Request| {
            let asked = format!("{} {}", request.method(), request.uri().path());
            let parent = request.headers().get("traceparent");
            let parent = parent.map(|it| it.to_str().unwrap().to_owned());
            notes.lock().unwrap().push((asked, parent));
            let (open, service) = (open.clone(), service.clone());
            async move {
                drop(open.read().await);
                handed_on(service, request).await
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, heard, gate, task }
    }

    /// Hands nothing on until this is dropped.
    pub(super) async fn shut(&self) -> OwnedRwLockWriteGuard<()> {
        self.gate.clone().write_owned().await
    }

    /// What it was asked, and in which trace.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

async fn handed_on(service: String, mut request: Request) -> Response {
    let path = request.uri().path_and_query().unwrap().as_str();
    *request.uri_mut() = format!("{service}{path}").parse().unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    match client.request(request).await {
        Ok(response) => response.map(|body| Body::new(body.map_err(axum::Error::new))),
        Err(_away) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}
