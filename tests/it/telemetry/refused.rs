//! What is refused before anybody looked at it is counted, and listed where it is known who asked.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Figures;
use super::metrics::{REQUESTS, counting};
use crate::support::{Revision, Running, ToolCaller};

/// An agent with a key of its own: what it asked for is listed by the name of the key.
fn agent(gateway: &Running) -> (String, String) {
    let create = ["keys", "create", "--scope", "agent", "--agent", "robo", "--json"];
    let token = gateway.command(&create).json()["token"].as_str().unwrap().to_owned();
    let key = token.split('_').nth(1).unwrap().to_owned();
    (token, key)
}

/// Sends a request, and says how it was answered.
async fn sent(
    gateway: &Running,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &[u8],
) -> u16 {
    let mut request = Request::builder().method(method).uri(path).header("host", "gateway");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Full::new(Bytes::copy_from_slice(body));
    let answer = gateway.client().await.send(request.body(body).unwrap()).await.unwrap();
    answer.status
}

/// The first line of the answer to some bytes.
async fn said_to(gateway: &Running, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    String::from_utf8(head.to_vec()).unwrap()
}

#[tokio::test]
async fn what_comes_to_no_handler_is_counted_where_it_was_meant_for() {
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    let (token, _) = agent(&gateway);
    let bearer = format!("Bearer {token}");
    let known = ("authorization", &*bearer);
    let (json, text) = (("content-type", "application/json"), ("content-type", "text/plain"));
    let version = ("api-version", "2026-04-17");
    let key = ("idempotency-key", "k");
    let accept = ("accept", "application/json, text/event-stream");
    let huge = vec![b' '; 300 * 1024];
    let sessions = "/checkout_sessions";
    for (way, headers, body, status) in [
        (("POST", sessions), vec![known, version, key, text], &b"{}"[..], 415),
        (("POST", sessions), vec![known, version, key, json], &huge[..], 413),
        (("PUT", sessions), vec![known, version, json], b"{}", 405),
        (("BREW", "/mcp"), vec![known, json], b"{}", 405),
        (("POST", "/mcp"), vec![known, text, accept], b"{}", 415),
        (("POST", "/mcp"), vec![known, json, accept], &huge, 413),
        (
            ("POST", "/mcp"),
            vec![known, json],
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
            406,
        ),
        (("POST", "/mcp"), vec![known, json, accept], b"{", 400),
        (("GET", "/nowhere"), vec![known], b"", 404),
    ] {
        assert_eq!(sent(&gateway, way, &headers, body).await, status, "{way:?}");
    }
    // A head that is not taken comes to no layer.
    let doubtful = b"POST /checkout_sessions HTTP/1.1\r\nhost: gateway\r\ncontent-length: 3\r\n\
        transfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(said_to(&gateway, doubtful).await, "HTTP/1.1 400");

    let figures = Figures::of(&gateway).await;
    for (method, route, status) in [
        ("POST", sessions, "415"),
        ("POST", sessions, "413"),
        ("other", sessions, "405"),
        ("other", "/mcp", "405"),
        ("POST", "/mcp", "415"),
        ("POST", "/mcp", "413"),
        ("POST", "/mcp", "406"),
        ("POST", "/mcp", "400"),
        ("GET", "unmatched", "404"),
        ("POST", "unmatched", "400"),
    ] {
        let labels = [("method", method), ("route", route), ("status", status)];
        assert_eq!(figures.count(REQUESTS, &labels), 1, "{labels:?} in {}", figures.text);
    }
}

#[tokio::test]
async fn what_an_agent_is_refused_stands_in_the_list_of_its_requests() {
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    let (token, key) = agent(&gateway);
    let bearer = format!("Bearer {token}");
    let known = ("authorization", &*bearer);
    let (json, text) = (("content-type", "application/json"), ("content-type", "text/plain"));
    let accept = ("accept", "application/json, text/event-stream");
    let (version, unread) = (("api-version", "2026-04-17"), ("idempotency-key", "k"));
    let huge = vec![b' '; 300 * 1024];
    for (path, headers, body, status) in [
        ("/checkout_sessions", vec![known, version, unread, text], &b"{}"[..], 415),
        ("/mcp", vec![known, text, accept], b"{}", 415),
        ("/mcp", vec![known, json, accept], &huge, 413),
        ("/mcp", vec![known, json, accept], b"[", 400),
        ("/mcp", vec![known, json, accept], b"7", 400),
        // Whoever it is, it is not this agent.
        ("/mcp", vec![json, accept], b"{", 401),
    ] {
        assert_eq!(sent(&gateway, ("POST", path), &headers, body).await, status, "{path}");
    }
    // What carries a call is not listed beside it.
    let client = gateway.client().await;
    let mut caller = ToolCaller::new(client, &token, Revision::Stateless);
    let looking = json!({"meta": {"api_version": "2026-04-17"}});
    caller.call("list_orders", &looking).await.result();
    caller.tools().await;
    let listed = gateway.command(&["keys", "requests", &key, "--json"]).json();
    let requests = listed["requests"].as_array().unwrap();
    let of = |path: &str| {
        let requests = requests.iter().filter(|it| it["path"] == path);
        requests.map(|it| it["status"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of("/mcp"), [415, 413, 400, 400], "{listed:#}");
    assert_eq!(of("/checkout_sessions"), [415], "{listed:#}");
    assert_eq!(of("/orders"), [200], "{listed:#}");
    assert_eq!(requests.len(), 6, "{listed:#}");
}
