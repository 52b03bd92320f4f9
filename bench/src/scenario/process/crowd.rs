//! How much memory open connections take on which nobody asks any more.

use std::path::Path;
use std::time::Duration;

use acp_core::ids::SessionId;
use anyhow::{Context as _, ensure};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::super::notes;
use crate::place::Place;
use crate::report::{Chapter, Line};
use crate::requests::{Door, Version};
use crate::server::{Kind, Server};
use crate::stats::{Spread, number};

/// How many there are.
const CONNECTIONS: u32 = 10_000;
/// How long nobody asks before they are counted.
const REST: Duration = Duration::from_secs(5);
/// How much they may take, in MiB.
const MEMORY_MIB: f64 = 120.0;
/// The beginning of an answer.
const OK: &[u8; 12] = b"HTTP/1.1 200";

/// Asks once, and stays.
async fn guest(server: &Server, path: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(server.address).await?;
    let (host, token, version) = (server.address, &server.token, Version::Newest.name());
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\
         api-version: {version}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = [0; OK.len()];
    stream.read_exact(&mut answer).await?;
    ensure!(&answer == OK, "answered {:?}", String::from_utf8_lossy(&answer));
    Ok(stream)
}

pub(crate) async fn measure(data_dir: &Path, ids: &[SessionId]) -> anyhow::Result<Chapter> {
    let room = ["server.connections_max=20000", "server.connections_per_address_max=20000"];
    let server = Server::at(Kind::Gateway, &Place::from(data_dir).with(&room))?;
    let path = Door::of(&server)?.session(ids.first().context("there is a session")?);
    let mut guests = vec![guest(&server, &path).await?];
    let before = server.memory()?;
    for _ in 1..CONNECTIONS {
        let opened = guest(&server, &path).await;
        let said = || format!("after {} connections: are so many files allowed?", guests.len());
        guests.push(opened.with_context(said)?);
    }
    let asking = server.memory()?;
    sleep(REST).await;
    let full = server.memory()?;
    drop(guests);
    server.stop()?;
    let grown = number(full.saturating_sub(before)).max(1.0);
    Ok(Chapter {
        name: "crowd",
        lines: vec![Line {
            name: format!("memory of {CONNECTIONS} connections: {MEMORY_MIB} MiB / MiB"),
            measured: format!(
                "{before} MiB with one, {asking} MiB just after all asked, {full} MiB soon after"
            ),
            value: Spread::of([MEMORY_MIB / grown]),
            goal: Some(1.0),
        }],
        rounds: json!([{"before_mib": before, "asking_mib": asking, "full_mib": full}]),
        notes: notes([("connections", CONNECTIONS.into())]),
    })
}
