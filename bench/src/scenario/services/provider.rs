//! Completing sessions with a provider that takes its time, against what it is asked for alone: how
//! much longer a buyer waits because there is a gateway.

use acp_core::ids::SessionId;
use acp_mocks::faults::Faults;
use acp_mocks::server::Mock as _;
use acp_mocks::stripe::{Settings, StripeMock};
use anyhow::Context as _;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use super::super::notes;
use crate::fill::{FILLERS, fill_at};
use crate::gateway::STRIPE_KEY;
use crate::load::{Arm, Until, Wire, Work, drive, drive_at, unused};
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::requests::{Asked, IDEMPOTENCY_KEY};
use crate::run::Plan;
use crate::scenario::complete::workers;
use crate::server::{Kind, Server};
use crate::stats::Spread;

/// How long the provider takes to answer: as in life, and, to see what the rest costs on a machine
/// that is awake, no time at all.
const ANSWER_MS: [u32; 2] = [200, 0];
/// How many buyers there are at once: one, as all would begin in the same moment and wait for each
/// other's turn at the processors.
const BUYERS: usize = 1;
/// How many sessions each of them completes in a round.
const EACH: u64 = 12;
/// By how much longer a buyer may wait.
const ADDED_MS: f64 = 2.0;

/// Asks the provider what a gateway asks it until a buyer has an answer.
struct Holds {
    keys: String,
    times: u64,
}

impl Holds {
    fn request(&self, path: &str, form: &'static str) -> anyhow::Result<Asked> {
        let key = format!("{}-{}-{}", self.keys, self.times, path.len());
        Ok(Request::post(path)
            .header("host", "stripe")
            .header(AUTHORIZATION, format!("Bearer {STRIPE_KEY}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(IDEMPOTENCY_KEY, key)
            .body(Full::new(Bytes::from_static(form.as_bytes())))?)
    }
}

impl Work for Holds {
    const STEPS: &'static [&'static str] = &["create", "confirm"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.times += 1;
        let form = "amount=4200&currency=usd&capture_method=manual&payment_method=pm_card_visa";
        let made = self.request("/v1/payment_intents", form)?;
        let made = wire.ask(0, made, StatusCode::OK).await?;
        let made: Value = serde_json::from_slice(made.body())?;
        let id = made.get("id").and_then(Value::as_str).context("a payment has an id")?;
        let path = format!("/v1/payment_intents/{id}/confirm");
        wire.ask(1, self.request(&path, "")?, StatusCode::OK).await?;
        Ok(())
    }
}

/// The times of the provider, and of a gateway that asks it.
struct Round {
    gateway: Arm,
    alone: Arm,
}

impl Round {
    fn added_ms(&self) -> f64 {
        p50(&self.gateway) - p50(&self.alone)
    }
}

/// What half of the buyers waited less than, in milliseconds, for all steps together.
fn p50(arm: &Arm) -> f64 {
    arm.latencies.iter().map(|step| step.p50_us).sum::<f64>() / 1e3
}

/// As many sessions as are completed, the rounds and the warm-ups together.
async fn fill(plan: &Plan, place: &Place) -> anyhow::Result<Vec<SessionId>> {
    let rounds = u64::from(plan.rounds) + 1;
    let wanted = u64::try_from(BUYERS * ANSWER_MS.len())? * EACH * rounds;
    fill_at(place, wanted.div_ceil(u64::try_from(FILLERS)?)).await
}

/// Measures a gateway whose store lies at `place`.
pub(crate) async fn measure(plan: &Plan, place: Place) -> anyhow::Result<Chapter> {
    let provider = StripeMock::start(Settings::default()).await?;
    let stripe = Some(format!("http://{}", provider.address()));
    let place = Place { stripe, ..place };
    let ids = fill(plan, &place).await?;
    let gateway = Server::at(Kind::Gateway, &place)?;
    let mut ours = workers(BUYERS, &gateway, &ids)?;
    let mut others: Vec<_> = (0..BUYERS).map(|_| Holds { keys: unused(), times: 0 }).collect();
    let (mut lines, mut raw) = (Vec::new(), Vec::new());
    for latency_ms in ANSWER_MS {
        provider.switches().set_faults(Faults { latency_ms, ..Faults::default() })?;
        let mut rounds = Vec::new();
        for number in 0..=plan.rounds {
            let (one, other);
            (one, ours) = drive(&gateway, Until::Done(EACH), ours).await?;
            (other, others) = drive_at(provider.address(), Until::Done(EACH), others).await?;
            if number > 0 {
                rounds.push(Round { gateway: one, alone: other });
            }
        }
        lines.push(line(latency_ms, &rounds));
        raw.extend(
            rounds.iter().map(
                |it| json!({"answer_ms": latency_ms, "gateway": it.gateway, "alone": it.alone}),
            ),
        );
    }
    gateway.stop()?;
    Ok(Chapter {
        name: "provider",
        lines,
        rounds: raw.into(),
        notes: notes([("buyers", BUYERS.into())]),
    })
}

fn line(answer_ms: u32, rounds: &[Round]) -> Line {
    let middle = |of: fn(&Round) -> &Arm| Spread::of(rounds.iter().map(|it| p50(of(it)))).median;
    let (with, alone) = (middle(|it| &it.gateway), middle(|it| &it.alone));
    let added = Spread::of(rounds.iter().map(Round::added_ms));
    Line {
        name: format!("POST complete, provider of {answer_ms} ms: may add / adds"),
        measured: format!(
            "gateway {} ms, provider alone {} ms, added {} ms",
            short(with),
            short(alone),
            short(added.median)
        ),
        value: Spread::of(rounds.iter().map(|it| ADDED_MS / it.added_ms())),
        goal: Some(1.0),
    }
}
