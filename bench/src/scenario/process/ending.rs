//! A gateway that is told to stop in the middle of its work: whether everybody is answered.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use acp_core::ids::SessionId;
use anyhow::{Context as _, ensure};
use http::StatusCode;
use http_body_util::BodyExt as _;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::super::notes;
use crate::load::unused;
use crate::report::{Chapter, Line, short};
use crate::requests::{Asked, Door, Pair, Version, keyed};
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::{Spread, number};

/// How long it works before it is told.
const WORKS: Duration = Duration::from_millis(500);

/// How the requests of callers ended.
#[derive(Clone, Copy, Debug, Default)]
struct Ended {
    answered: u64,
    /// They were sent, and the connection ended without an answer.
    lost: u64,
}

/// Changes a session again and again, until the connection is closed.
async fn ask(address: SocketAddr, request: Asked, keys: String) -> anyhow::Result<Ended> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, driver) = handshake(TokioIo::new(stream)).await?;
    let asking = async {
        let mut ended = Ended::default();
        while sender.ready().await.is_ok() {
            let request = keyed(&request, &format!("{keys}-{}", ended.answered))?;
            match sender.send_request(request).await {
                Ok(answer) => {
                    ensure!(answer.status() == StatusCode::OK, "answered {}", answer.status());
                    answer.into_body().collect().await.context("an answer was cut off")?;
                    ended.answered += 1;
                }
                // It was not sent: the connection was closed before.
                Err(error) if error.is_canceled() => break,
                Err(_) => {
                    ended.lost += 1;
                    break;
                }
            }
        }
        Ok(ended)
    };
    // How a connection ends is seen by whoever asks on it.
    let (ended, _) = tokio::join!(asking, driver);
    ended
}

pub(crate) async fn measure(
    plan: &Plan,
    data_dir: &Path,
    ids: &[SessionId],
) -> anyhow::Result<Chapter> {
    let (mut rounds, mut all) = (Vec::new(), Ended::default());
    for quantity in 0..plan.rounds {
        let server = Server::start(Kind::Gateway, data_dir)?;
        let door = Door::of(&server)?;
        let mut callers = JoinSet::new();
        for id in ids.iter().take(plan.connections) {
            let body = Pair::number(0).change(Version::Newest, 2 + quantity % 2);
            let request = door.post(&door.session(id), body)?;
            callers.spawn(ask(server.address, request, unused()));
        }
        sleep(WORKS).await;
        let told = Instant::now();
        tokio::task::spawn_blocking(move || server.stop()).await??;
        let took_ms = told.elapsed().as_secs_f64() * 1e3;
        let mut round = Ended::default();
        while let Some(ended) = callers.join_next().await {
            let Ended { answered, lost } = ended??;
            round = Ended { answered: round.answered + answered, lost: round.lost + lost };
        }
        all = Ended { answered: all.answered + round.answered, lost: all.lost + round.lost };
        rounds.push((round, took_ms));
    }
    let took = Spread::of(rounds.iter().map(|(_, took_ms)| *took_ms)).median;
    let part = |it: &Ended| number(it.answered) / number(it.answered + it.lost).max(1.0);
    Ok(Chapter {
        name: "ending",
        lines: vec![Line {
            name: "stopped at work: answered / asked".to_owned(),
            measured: format!(
                "{} answered, {} lost, ended within {} ms",
                all.answered,
                all.lost,
                short(took)
            ),
            // One lost is one too many, in whichever round.
            value: Spread::of([part(&all)]),
            goal: Some(1.0),
        }],
        rounds: rounds
            .iter()
            .map(|(it, ms)| json!({"answered": it.answered, "lost": it.lost, "took_ms": ms}))
            .collect(),
        notes: notes([("callers", plan.connections.into())]),
    })
}
