//! The feed as it is read over connections.

use std::collections::BTreeSet;
use std::time::Duration;

use acp_core::limits::{FEEDS_OF_OPERATORS_MAX, FEEDS_OF_TENANT_MAX};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use super::schema;
use crate::support::{Response, Running};

const PATIENCE: Duration = Duration::from_secs(20);

async fn read(gateway: &Running, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request =
        Request::get(path).header("host", "gateway").header("api-version", "2026-04-17");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::<Bytes>::default()).unwrap();
    gateway.client().await.send(request).await.unwrap()
}

const AGENT: (&str, &str) = ("authorization", "Bearer acp_demo_agent");
const MERCHANT: (&str, &str) = ("authorization", "Bearer acp_demo_merchant");
const PRINCIPAL: (&str, &str) = ("authorization", "Bearer acp_demo_principal");

fn kind(response: &Response) -> &str {
    response.headers["content-type"].to_str().unwrap()
}

/// The products of a feed with one on each line.
fn lines(response: &Response) -> Vec<Value> {
    response.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn variants(products: &[Value]) -> Vec<&Value> {
    products.iter().flat_map(|product| product["variants"].as_array().unwrap()).collect()
}

/// The rows of a table.
fn rows(table: &Response) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(&table.body[..]);
    assert_eq!(reader.headers().unwrap().get(2), Some("variant_id"));
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_has_every_product_in_every_form() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let listed = gateway.command(&["catalog", "list", "--limit", "1000", "--json"]).json();
    let listed: BTreeSet<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert!(listed.len() > 100, "more than a handful, so that there are pages or not");

    let by_line = read(&gateway, "/feed", &[AGENT]).await;
    assert_eq!((by_line.status, kind(&by_line)), (200, "application/x-ndjson"));
    let products = lines(&by_line);
    schema::check_all("Product", &products);
    let ids: Vec<_> = variants(&products).iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().copied().collect::<BTreeSet<_>>(), listed);
    assert_eq!(ids.len(), listed.len(), "each once");
    assert!(products.len() < ids.len(), "some have several variants");

    let whole = read(&gateway, "/feed?format=json", &[MERCHANT]).await;
    assert_eq!((whole.status, kind(&whole)), (200, "application/json"));
    schema::check("ProductsResponse", &whole.json());
    assert_eq!(whole.json()["products"], json!(products));

    let table = read(&gateway, "/feed", &[AGENT, ("accept", "text/html, text/csv;q=0.5")]).await;
    assert_eq!((table.status, kind(&table)), (200, "text/csv; charset=utf-8"));
    let rows = rows(&table);
    for (row, variant) in rows.iter().zip(variants(&products)) {
        assert_eq!(row[2], variant["id"].as_str().unwrap());
        assert_eq!(row[5], variant["price"]["amount"].to_string());
        assert_eq!(row[6], variant["price"]["currency"].as_str().unwrap());
        assert_eq!(row[8], variant["availability"]["status"].as_str().unwrap());
    }
    assert_eq!(rows.len(), ids.len());
    let unknown = read(&gateway, "/feed?format=xml", &[AGENT]).await;
    assert_eq!((unknown.status, unknown.json()["param"].clone()), (400, json!("format")));
    let everything = read(&gateway, "/feed", &[AGENT, ("accept", "application/xml")]).await;
    assert_eq!(kind(&everything), "application/x-ndjson");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_is_for_those_of_the_shop_alone() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    for (headers, status) in
        [(vec![], 401), (vec![PRINCIPAL], 403), (vec![AGENT], 200), (vec![MERCHANT], 200)]
    {
        assert_eq!(read(&gateway, "/feed", &headers).await.status, status, "{headers:?}");
    }
}

/// Goods with so much to say about them that no socket takes all of it.
fn long_goods() -> String {
    let words = "A long story. ".repeat(320);
    let row = |number: u32| {
        json!({
            "id": format!("item-{number}"), "title": format!("Item {number}"), "kind": "physical",
            "price": 100, "currency": "USD", "tax_class": "standard", "description": words,
        })
    };
    (0..6_000).map(|number| row(number).to_string() + "\n").collect()
}

/// Asks for the feed and reads how the answer begins.
async fn begun(gateway: &Running) -> (TcpStream, String) {
    begun_over(TcpStream::connect(gateway.address()).await.unwrap()).await
}

async fn begun_over<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> (S, String) {
    let request = "GET /feed HTTP/1.1\r\nhost: gateway\r\napi-version: 2026-04-17\r\n\
        authorization: Bearer acp_demo_agent\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 15];
    stream.read_exact(&mut head).await.unwrap();
    (stream, String::from_utf8(head.to_vec()).unwrap())
}

/// A shop with so much to tell, at work.
fn telling_much(home: &TempDir) -> Running {
    let gateway = Running::start(home.path());
    let file = home.path().join("long.jsonl");
    std::fs::write(&file, long_goods()).unwrap();
    gateway.command(&["catalog", "import", file.to_str().unwrap()]).fine();
    gateway
}

/// Whoever does not read holds a seat and no more; whoever hangs up gives it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_waits_for_its_reader_and_ends_with_it() {
    let home = TempDir::new().unwrap();
    let gateway = telling_much(&home);

    let mut readers = Vec::new();
    for _ in 0..FEEDS_OF_TENANT_MAX {
        let (stream, head) = begun(&gateway).await;
        assert_eq!(head, "HTTP/1.1 200 OK");
        readers.push(stream);
    }
    let crowded = read(&gateway, "/feed", &[AGENT]).await;
    assert_eq!(
        (crowded.status, &*crowded.json()["code"].to_string()),
        (503, "\"service_unavailable\"")
    );
    assert!(crowded.headers.contains_key("retry-after"));

    drop(readers);
    let until = tokio::time::Instant::now() + PATIENCE;
    let whole = loop {
        let answer = read(&gateway, "/feed", &[AGENT]).await;
        if answer.status == 200 {
            break answer;
        }
        assert!(tokio::time::Instant::now() < until, "the seats are never free again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(lines(&whole).len() > 6_000);
}

/// Whether what is left of an answer ends as a whole one does.
async fn is_whole(mut stream: impl AsyncRead + Unpin) -> bool {
    const END: &[u8] = b"\r\n0\r\n\r\n";
    let (mut last, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await.unwrap() {
            Ok(0) | Err(_) => return false,
            Ok(more) => last.extend_from_slice(&piece[..more]),
        }
        if last.ends_with(END) {
            return true;
        }
        last.drain(..last.len().saturating_sub(END.len()));
    }
}

/// Asks again and again; whether it was refused at first, and is answered at last.
async fn is_let_in_at_last(mut ask: impl AsyncFnMut() -> Response) -> bool {
    assert_eq!(ask().await.status, 503, "all places are taken");
    let until = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < until {
        if ask().await.status == 200 {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    false
}

/// Nobody keeps others from the feed by reading slowly, or not at all: neither callers, whose
/// connections are watched, nor whoever looks after the gateway, whose are not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_nothing_makes_room_for_who_waits() {
    let home = TempDir::new().unwrap();
    let gateway = telling_much(&home);
    let socket = home.path().join("admin.sock");
    let mut stopped = Vec::new();
    for _ in 0..FEEDS_OF_OPERATORS_MAX {
        let stream = UnixStream::connect(&socket).await.unwrap();
        let (stream, head) = begun_over(stream).await;
        assert_eq!(head, "HTTP/1.1 200 OK");
        stopped.push(stream);
    }
    // Callers have places of their own. These take enough for their connections to be kept.
    let mut trickling = Vec::new();
    for _ in 0..FEEDS_OF_TENANT_MAX {
        let (mut stream, head) = begun(&gateway).await;
        assert_eq!(head, "HTTP/1.1 200 OK");
        trickling.push(tokio::spawn(async move {
            let mut piece = vec![0; 4 * 1024];
            while stream.read(&mut piece).await.is_ok_and(|more| more > 0) {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }));
    }
    let callers = is_let_in_at_last(async || read(&gateway, "/feed", &[AGENT]).await);
    let operators =
        is_let_in_at_last(async || gateway.operator().await.get("/feed").await.unwrap());
    let (callers, operators) = tokio::join!(callers, operators);
    assert!(callers && operators, "callers: {callers}, operators: {operators}");
    for reader in trickling {
        reader.abort();
    }
    // Who has lost its place is told by an answer that ends too early, and nobody else is.
    let mut whole = 0;
    for stream in stopped {
        whole += usize::from(is_whole(stream).await);
    }
    assert_eq!(whole, FEEDS_OF_OPERATORS_MAX - 1);
    assert!(gateway.log().contains("took nothing for a while"), "{}", gateway.log());
}
