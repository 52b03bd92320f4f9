//! A caller of a mock that has the contract judge everything it is answered.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::client::{Answer, ask};
use crate::contract::Contract;

pub(crate) struct Shop {
    address: SocketAddr,
    contract: Contract,
}

/// The contract in this repository.
pub(crate) fn of_backends() -> Contract {
    Contract::written(include_str!("../../../openapi/backends.yaml"))
}

impl Shop {
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, contract: of_backends() }
    }

    /// Asks with more headers; none is no answer.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(path).header("host", "merchant");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = ask(self.address, request.body(Body::from(body)).unwrap()).await?;
        if !path.starts_with("/_mock/") {
            let judged = self.contract.judge(method, path, answer.status, &answer.body);
            assert_eq!(judged, Ok(()));
        }
        Some(answer)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], &Value::Null).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[], body).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, &[], body).await.unwrap()
    }
}
