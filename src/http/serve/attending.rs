use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;

use acp_core::limits::{
    HANDSHAKE_TIMEOUT, HANDSHAKES_SHARE, HEADER_READ_TIMEOUT, HEADERS_MAX, STREAMS_LEAVE_PERIOD,
    STREAMS_LOOK_PERIOD,
};
use axum::Router;
use axum::http::header::HOST;
use axum::http::{HeaderValue, Request, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::server::Acceptor;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{interval, timeout};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::certificates::Certificates;
use super::listener::left;
use super::protocol::{self, Spoken, first_words};
use super::requests::Requests;
use super::streams::{State, Streams};
use super::turns::in_turn;
use super::wire::Wire;
use crate::http::layers::{Peer, turned_away};

/// Attends to connections, each from its first byte to its last.
pub(super) struct Attendant {
    router: Router,
    certificates: Option<Arc<Certificates>>,
    handshakes: Arc<Semaphore>,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    stopping: CancellationToken,
}

impl Attendant {
    pub(super) fn new(
        router: Router,
        certificates: Option<Arc<Certificates>>,
        stopping: CancellationToken,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            router,
            certificates,
            handshakes: Arc::new(Semaphore::new((cores / HANDSHAKES_SHARE).max(1))),
            http1: protocol::http1(),
            http2: protocol::http2(),
            stopping,
        }
    }

    /// Serves a connection to its end. What only some connections need is on the heap, so that it
    /// takes no room in the others.
    pub(super) async fn attend(&self, stream: TcpStream, peer: SocketAddr) {
        match &self.certificates {
            None => self.serve(stream, peer).await,
            Some(certificates) => {
                let shaken = Box::pin(self.shake_hands(stream, certificates)).await;
                if let Some(stream) = shaken {
                    Box::pin(self.serve(stream, peer)).await;
                }
            }
        }
    }

    async fn shake_hands(
        &self,
        stream: TcpStream,
        certificates: &Certificates,
    ) -> Option<Box<TlsStream<TcpStream>>> {
        let shaken = timeout(HANDSHAKE_TIMEOUT, self.shaken(stream, certificates));
        let shaken = tokio::select! {
            biased;
            () = left(&self.stopping) => return None,
            shaken = shaken => shaken.ok()?,
        };
        shaken
            .inspect_err(|error| {
                let error = error as &dyn std::error::Error;
                tracing::debug!(error, "a handshake failed");
            })
            .ok()
            .map(Box::new)
    }

    /// What a client says is waited for without a turn: whoever says nothing, or stops half way,
    /// keeps nobody else. Whatever it says is worked on in turn, also when it is made to say it
    /// again in another way.
    async fn shaken(
        &self,
        stream: TcpStream,
        certificates: &Certificates,
    ) -> io::Result<TlsStream<TcpStream>> {
        let heard = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let answered = async { heard.into_stream(certificates.current()).await };
        in_turn(&self.handshakes, answered).await
    }

    async fn serve<S>(&self, mut stream: S, peer: SocketAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        // Its own, so that connections do not wait for each other's lock.
        let stopping = &self.stopping.child_token();
        let first = tokio::select! {
            biased;
            () = left(stopping) => return,
            first = timeout(HEADER_READ_TIMEOUT, first_words(&mut stream)) => first,
        };
        let outcome = match first {
            Ok(Ok(Some((Spoken::Http1, early)))) => {
                let (router, http1) = (&self.router, &self.http1);
                Requests { router, http1, peer, stopping }.serve(stream, early).await
            }
            Ok(Ok(Some((Spoken::Http2, early)))) => {
                Box::pin(self.serve_streams(stream, early, peer, stopping)).await
            }
            // It said nothing, or nothing whole.
            Ok(Ok(None) | Err(_)) | Err(_) => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended");
        }
    }

    async fn serve_streams<S>(
        &self,
        stream: S,
        early: Bytes,
        peer: SocketAddr,
        stopping: &CancellationToken,
    ) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let streams = Streams::new();
        let service = service_fn(|mut request: Request<Incoming>| {
            let (ticket, router) = (streams.enter(), self.router.clone());
            as_of_http1(&mut request);
            request.extensions_mut().insert(Peer(peer));
            async move {
                let response = answered(router, request).await;
                Ok::<_, Infallible>(response.map(|body| ticket.answered(body)))
            }
        });
        let wire = TokioIo::new(Wire::of_frames(stream, early));
        let mut connection = pin!(self.http2.serve_connection(wire, service));
        let mut looks = interval(STREAMS_LOOK_PERIOD);
        let mut is_leaving = false;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => return ended.map_err(io::Error::other),
                () = stopping.cancelled(), if !is_leaving => {
                    is_leaving = true;
                }
                _ = looks.tick() => match streams.state() {
                    State::Stalled => return Ok(()),
                    // Who was told to leave and does not answer.
                    _ if is_leaving && streams.is_empty() => return Ok(()),
                    State::Idle if !is_leaving => is_leaving = true,
                    State::Busy | State::Idle => continue,
                },
            }
            // It has just been decided.
            connection.as_mut().graceful_shutdown();
            looks = interval(STREAMS_LEAVE_PERIOD);
            looks.reset();
        }
    }
}

pub(super) async fn answered(router: Router, request: Request<Incoming>) -> Response {
    if request.headers().len() > HEADERS_MAX {
        return refused(&request, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The answer to a head that is not taken.
pub(super) fn refused(request: &Request<Incoming>, status: StatusCode) -> Response {
    turned_away(request.method(), status);
    status.into_response()
}

/// Writes a request of HTTP/2 as HTTP/1.1 would say it, so that nobody behind has to know both: the
/// authority is the `Host`, and the target is a path.
fn as_of_http1(request: &mut Request<Incoming>) {
    let Some(path) = request.uri().path_and_query().cloned() else { return };
    let authority = request.uri().authority();
    let host = authority.and_then(|it| HeaderValue::from_str(it.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = Uri::from(path);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acp_core::limits::{IDLE_FRAMES_MAX, STREAM_ANSWER_TIMEOUT};
    use axum::routing::{get, post};
    use http_body_util::{BodyExt as _, Empty};
    use hyper::client::conn::http2 as client;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio::time::{Instant, sleep};
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::http::serve::listener::FAREWELL;
    use crate::http::serve::protocol::PREFACE;

    const LARGE: usize = 1024 * 1024;
    const GET: &[u8] = b"GET /small HTTP/1.1\r\nhost: h\r\n\r\n";

    /// A server, and the other end of a connection to it.
    struct Served {
        stream: DuplexStream,
        tasks: TaskTracker,
        stopping: CancellationToken,
    }

    /// A word now and then.
    async fn told() -> axum::body::Body {
        let words = futures_util::stream::unfold(0, async |said| {
            sleep(Duration::from_secs(10)).await;
            (said < 10).then_some((Ok::<_, Infallible>("word"), said + 1))
        });
        axum::body::Body::from_stream(words)
    }

    const PIECES: usize = 90;
    const PIECE: usize = 16 * 1024;

    /// Much that is all there.
    fn long() -> axum::body::Body {
        let pieces = (0..PIECES).map(|_| Ok::<_, Infallible>(vec![b'x'; PIECE]));
        axum::body::Body::from_stream(futures_util::stream::iter(pieces))
    }

    fn served() -> Served {
        let router = Router::new()
            .route("/small", get(async || "small"))
            .route("/slow", get(async || sleep(Duration::from_secs(20)).await))
            .route("/large", get(async || "x".repeat(LARGE)))
            .route("/told", get(told))
            .route("/long", get(async || long()))
            .route(
                "/host",
                post(async |request: Request<axum::body::Body>| {
                    format!("{:?} {}", request.headers()[HOST], request.uri())
                }),
            );
        let stopping = CancellationToken::new();
        let attendant = Attendant::new(router, None, stopping.clone());
        let (ours, stream) = tokio::io::duplex(16 * 1024);
        let tasks = TaskTracker::new();
        tasks.spawn(async move {
            attendant.serve(ours, "192.0.2.1:1".parse().unwrap()).await;
        });
        tasks.close();
        Served { stream, tasks, stopping }
    }

    /// How long the server holds a connection on which nothing more is done.
    async fn held(tasks: &TaskTracker) -> Duration {
        let before = Instant::now();
        tasks.wait().await;
        before.elapsed()
    }

    async fn read_until(stream: &mut DuplexStream, end: &[u8]) -> Vec<u8> {
        let mut read = Vec::new();
        while !read.ends_with(end) {
            read.push(stream.read_u8().await.unwrap());
        }
        read
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_or_half_a_head_is_not_waited_for() {
        for said in ["", "P", "PRI * HTTP/2.0\r\n", "GET / HTTP/1.1\r\nhost: h\r\n"] {
            let mut served = served();
            served.stream.write_all(said.as_bytes()).await.unwrap();
            assert_eq!(held(&served.tasks).await.as_secs(), 5, "{said:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_drips_ends_like_one_that_does_not_come() {
        let mut served = served();
        let before = Instant::now();
        for byte in b"GET / HTTP/1.1\r\nx: ".iter().chain(std::iter::repeat_n(&b'x', 600)) {
            if served.stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
        served.tasks.wait().await;
        assert!(before.elapsed() < Duration::from_secs(20), "{:?}", before.elapsed());
    }

    /// Asks, and gives the answer.
    async fn ask(served: &mut Served) -> String {
        served.stream.write_all(GET).await.unwrap();
        String::from_utf8(read_until(&mut served.stream, b"small").await).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_be_idle_for_a_while_and_then_ask_again() {
        let mut served = served();
        for idle in [59, 0, 1, 2, 10, 59, 59] {
            ask(&mut served).await;
            sleep(Duration::from_secs(idle)).await;
        }
        assert!((1..=2).contains(&held(&served.tasks).await.as_secs()), "and then it ends");
        assert!(served.stream.read_u8().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_at_rest_ends_soon_when_somebody_stops_or_leaves() {
        let mut stopped = served();
        ask(&mut stopped).await;
        sleep(Duration::from_secs(10)).await;
        stopped.stopping.cancel();
        assert_eq!(held(&stopped.tasks).await, FAREWELL);
        let mut left = served();
        ask(&mut left).await;
        sleep(Duration::from_secs(10)).await;
        drop(left.stream);
        assert!(held(&left.tasks).await.is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_after_a_rest_is_watched_like_everybody() {
        let doubtful = "POST /host HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\
                        transfer-encoding: chunked\r\n\r\n0\r\n\r\n";
        for (said, is_answered, seconds) in
            [("G", false, 5), ("\r\n", false, 5), (doubtful, true, 0)]
        {
            let mut served = served();
            ask(&mut served).await;
            sleep(Duration::from_secs(10)).await;
            served.stream.write_all(said.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            let (held, read) =
                tokio::join!(held(&served.tasks), served.stream.read_to_end(&mut answer));
            assert_eq!((read.unwrap() > 0, held.as_secs()), (is_answered, seconds), "{said:?}");
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"), "{said:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_beginning_of_a_request_behind_another_is_kept_and_waited_for_no_longer() {
        let (begun, rest) = GET.split_at(GET.len() / 2);
        let mut served = served();
        for _ in 0..3 {
            served.stream.write_all(&[GET, begun].concat()).await.unwrap();
            read_until(&mut served.stream, b"small").await;
            sleep(Duration::from_secs(4)).await;
            served.stream.write_all(rest).await.unwrap();
            read_until(&mut served.stream, b"small").await;
        }
        served.stream.write_all(&[GET, begun].concat()).await.unwrap();
        read_until(&mut served.stream, b"small").await;
        let held = held(&served.tasks).await.as_secs();
        assert!((5..=7).contains(&held), "{held}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_takes_its_time_is_no_rest() {
        let mut served = served();
        for path in ["/told", "/slow"] {
            let request = format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n");
            served.stream.write_all(request.as_bytes()).await.unwrap();
            let end = if path == "/told" { "\r\n0\r\n\r\n" } else { "\r\n\r\n" };
            let mut answer = Vec::new();
            while !answer.ends_with(end.as_bytes()) {
                answer.push(served.stream.read_u8().await.unwrap());
            }
            assert!(!String::from_utf8_lossy(&answer).contains("connection: close"), "{path}");
            sleep(Duration::from_secs(10)).await;
            ask(&mut served).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_wants_the_connection_to_end_is_not_kept_however_slowly_he_reads() {
        for (path, takes) in [("/small", 5), ("/large", 5), ("/told", 110)] {
            let mut served = served();
            let before = Instant::now();
            let request = format!("GET {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
            served.stream.write_all(request.as_bytes()).await.unwrap();
            sleep(Duration::from_secs(5)).await;
            served.stream.read_to_end(&mut Vec::new()).await.unwrap();
            served.tasks.wait().await;
            assert_eq!(before.elapsed().as_secs(), takes, "{path}");
        }
    }

    #[tokio::test]
    async fn a_connection_at_rest_takes_little_room() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let peer = stream.local_addr().unwrap();
        let attendant = Attendant::new(Router::new(), None, CancellationToken::new());
        let size = size_of_val(&attendant.attend(stream, peer));
        assert!(size < 1_024, "{size}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_a_gateway_that_stops_is_answered_and_sent_to_another() {
        let mut served = served();
        served.stream.write_all(GET).await.unwrap();
        let first = read_until(&mut served.stream, b"small").await;
        assert!(!String::from_utf8_lossy(&first).contains("connection: close"));
        served.stopping.cancel();
        served.stream.write_all(GET).await.unwrap();
        let last = read_until(&mut served.stream, b"small").await;
        assert!(String::from_utf8_lossy(&last).contains("connection: close"));
        assert!(held(&served.tasks).await.is_zero(), "and then the connection is over");
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_just_come_when_a_gateway_stops_is_answered_too() {
        let mut served = served();
        sleep(Duration::from_millis(1)).await;
        served.stopping.cancel();
        sleep(Duration::from_millis(1)).await;
        served.stream.write_all(GET).await.unwrap();
        let answer = read_until(&mut served.stream, b"small").await;
        assert!(String::from_utf8_lossy(&answer).contains("connection: close"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_takes_ends_the_connection() {
        let mut served = served();
        served.stream.write_all(b"GET /large HTTP/1.1\r\nhost: h\r\n\r\n").await.unwrap();
        let held = held(&served.tasks).await.as_secs();
        assert!((10..60).contains(&held), "{held}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_taken_slowly_is_taken_to_its_end() {
        let mut served = served();
        let request = b"GET /large HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        served.stream.write_all(request).await.unwrap();
        let (mut read, mut piece) = (0, vec![0; 16 * 1024]);
        loop {
            sleep(Duration::from_secs(2)).await;
            match served.stream.read(&mut piece).await.unwrap() {
                0 => break,
                more => read += more,
            }
        }
        assert!(read > LARGE, "{read}");
    }

    type Asking = client::SendRequest<Empty<Bytes>>;

    async fn asking(stream: DuplexStream, window: u32) -> (Asking, TaskTracker) {
        let mut builder = client::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(window);
        let (asking, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
        let tasks = TaskTracker::new();
        tasks.spawn(connection);
        (asking, tasks)
    }

    fn request(method: &str, path: &str) -> Request<Empty<Bytes>> {
        let uri = format!("http://shop.example{path}");
        Request::builder().method(method).uri(uri).body(Empty::new()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn http_2_is_spoken_to_whoever_begins_with_it() {
        let Served { stream, tasks, .. } = served();
        let (mut asking, _connection) = asking(stream, 65_535).await;
        let response = asking.send_request(request("POST", "/host?a=b")).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "\"shop.example\" /host?a=b", "as HTTP/1.1 would say it");
        let held = held(&tasks).await.as_secs();
        assert!((60..=75).contains(&held), "and nobody stays for ever: {held}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_stays_shut_ends_the_connection() {
        let Served { stream, tasks, .. } = served();
        let (mut asking, _connection) = asking(stream, 10).await;
        let stuck = asking.send_request(request("GET", "/large")).await.unwrap();
        // Others on the same connection hide nothing.
        let ended = async {
            while let Ok(response) = asking.send_request(request("GET", "/small")).await {
                drop(response.into_body().collect().await);
                sleep(Duration::from_secs(1)).await;
            }
        };
        let before = Instant::now();
        tokio::join!(ended, tasks.wait());
        let most = STREAM_ANSWER_TIMEOUT + Duration::from_secs(10);
        assert!(
            (STREAM_ANSWER_TIMEOUT..most).contains(&before.elapsed()),
            "{:?}",
            before.elapsed()
        );
        drop(stuck);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_in_time_is_waited_for_as_long_as_it_takes() {
        let Served { stream, .. } = served();
        let (mut asking, _connection) = asking(stream, 65_535).await;
        let told = asking.send_request(request("GET", "/told")).await.unwrap();
        let before = Instant::now();
        let told = told.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(told, "word".repeat(10));
        assert!(before.elapsed() > STREAM_ANSWER_TIMEOUT * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_taken_piece_by_piece_is_taken_to_its_end() {
        let Served { stream, .. } = served();
        let (mut asking, _connection) = asking(stream, u32::try_from(PIECE).unwrap()).await;
        let mut long = asking.send_request(request("GET", "/long")).await.unwrap().into_body();
        let (before, mut read) = (Instant::now(), 0);
        while let Some(frame) = long.frame().await {
            read += frame.unwrap().into_data().map_or(0, |data| data.len());
            sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(read, PIECES * PIECE);
        assert!(before.elapsed() > STREAM_ANSWER_TIMEOUT * 2, "{:?}", before.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_finishes_streams_and_takes_no_new_ones() {
        let Served { stream, tasks, stopping } = served();
        let (mut asking, connection) = asking(stream, 65_535).await;
        let slow = connection.spawn(asking.send_request(request("GET", "/slow")));
        sleep(Duration::from_secs(1)).await;
        stopping.cancel();
        sleep(Duration::from_secs(1)).await;
        assert!(asking.send_request(request("GET", "/small")).await.is_err());
        assert_eq!(slow.await.unwrap().unwrap().status(), 200);
        tasks.wait().await;
    }

    /// What is left of a connection on which these bytes are said again and again.
    async fn flooded(bytes: &[u8], most: u32) -> bool {
        let Served { stream, tasks, .. } = served();
        let (mut answers, mut stream) = tokio::io::split(stream);
        let heard = TaskTracker::new().spawn(async move {
            let mut heard = Vec::new();
            answers.read_to_end(&mut heard).await.map(|_| heard.len()).unwrap_or_default()
        });
        stream.write_all(PREFACE).await.unwrap();
        stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
        for _ in 0..most {
            if stream.write_all(bytes).await.is_err() {
                break;
            }
        }
        let is_over = timeout(Duration::from_secs(3), tasks.wait()).await.is_ok();
        heard.abort();
        is_over
    }

    #[tokio::test(start_paused = true)]
    async fn floods_of_frames_end_the_connection() {
        let ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        assert!(!flooded(&ping, 100).await, "some are fine");
        assert!(flooded(&ping, IDLE_FRAMES_MAX + 100).await, "pings");
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        assert!(flooded(&settings, IDLE_FRAMES_MAX + 100).await, "settings");
        let priority = [0, 0, 5, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        assert!(flooded(&priority, IDLE_FRAMES_MAX + 100).await, "priorities");
    }
}
