use std::io::Write;
use std::pin::pin;

use axum::BoxError;
use axum::body::HttpBody as Body;
use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::UnixStream;

use super::answer::CommandError;

/// The part of an error body that is for people.
#[derive(Deserialize)]
struct No {
    message: String,
}

/// Sends a request to a running gateway and waits for the whole answer.
pub(super) async fn exchange(
    stream: UnixStream,
    request: Request<axum::body::Body>,
) -> Result<Response<Bytes>, hyper::Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    };
    let (mut answer, mut connection) = (pin!(answer), pin!(connection));
    let mut is_open = true;
    loop {
        tokio::select! {
            answer = &mut answer => return answer,
            // The connection only moves while it is looked at. When it has ended, what it has
            // received is still there to be read.
            ended = &mut connection, if is_open => {
                ended?;
                is_open = false;
            }
        }
    }
}

/// Writes an answer down piece by piece, unless it is a no.
pub(super) async fn write_down<B>(
    answer: Response<B>,
    to: &mut (dyn Write + Send),
) -> Result<(), CommandError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let (head, mut body) = answer.into_parts();
    if !head.status.is_success() {
        let whole = body.collect().await.map_err(|error| CommandError::CutShort(cut(error)))?;
        return granted(Response::from_parts(head, whole.to_bytes())).map(drop);
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| CommandError::CutShort(cut(error)))?;
        if let Some(piece) = frame.data_ref() {
            to.write_all(piece).map_err(CommandError::Unprinted)?;
        }
    }
    Ok(())
}

fn cut(error: impl Into<BoxError>) -> axum::Error {
    axum::Error::new(error)
}

/// What was answered, unless it is a no.
pub(super) fn granted(answer: Response<Bytes>) -> Result<Bytes, CommandError> {
    let (head, body) = answer.into_parts();
    if head.status.is_success() {
        return Ok(body);
    }
    let no: No = serde_json::from_slice(&body).map_err(CommandError::Strange)?;
    Err(CommandError::Refused(no.message))
}

/// Text as one part of a path.
pub(super) fn encoded(part: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-~".contains(&byte);
    let encode = |byte| match byte {
        plain if is_plain(plain) => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    };
    part.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_path_cannot_leave_it() {
        assert_eq!(encoded("honey-350.g_~"), "honey-350.g_~");
        assert_eq!(encoded("../a b?c#d%"), "..%2Fa%20b%3Fc%23d%25");
        assert_eq!(encoded("é"), "%C3%A9");
    }
}
