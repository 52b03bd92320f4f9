use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Request, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why something was not delivered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreachable {
    #[error("not the URL of a plain http server")]
    Url,
    #[error("not a request")]
    Request(#[from] axum::http::Error),
    #[error("no connection")]
    Connection(#[from] std::io::Error),
    #[error("no answer")]
    Exchange(#[from] hyper::Error),
    #[error("no answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
}

/// Posts JSON over a connection of its own, and tells the status of the answer.
pub(crate) async fn post_json(
    url: &Uri,
    headers: &[(&'static str, String)],
    body: Bytes,
) -> Result<u16, Unreachable> {
    tokio::time::timeout(PATIENCE, posted(url, headers, body)).await?
}

async fn posted(
    url: &Uri,
    headers: &[(&'static str, String)],
    body: Bytes,
) -> Result<u16, Unreachable> {
    let (Some("http"), Some(authority)) = (url.scheme_str(), url.authority()) else {
        return Err(Unreachable::Url);
    };
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path)
        .header(HOST, authority.as_str())
        .header(CONTENT_TYPE, "application/json; charset=utf-8");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Body::new(Full::new(body)))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        // The rest is read, so that the receiver sees a decent client.
        drop(response.into_body().collect().await);
        Ok::<_, hyper::Error>(status)
    };
    let (mut answer, mut connection) = (pin!(answer), pin!(connection));
    let mut is_open = true;
    loop {
        tokio::select! {
            answer = &mut answer => return Ok(answer?),
            ended = &mut connection, if is_open => {
                ended?;
                is_open = false;
            }
        }
    }
}
