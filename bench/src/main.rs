//! Measures the gateway against floors: the same work with nothing around it. `README.md` says
//! what each number means.

mod cores;
mod cpu;
mod fill;
mod floor;
mod gateway;
mod goods;
mod load;
mod machine;
mod pace;
mod page;
mod place;
mod report;
mod requests;
mod run;
mod scenario;
mod server;
mod shape;
mod silent;
mod stats;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, ValueEnum as _};

use crate::place::Place;
use crate::run::Plan;
use crate::scenario::Scenario;

/// The gateway's own allocator, for the floors as well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the gateway against the floors it is judged by.
#[derive(Debug, Parser)]
#[command(name = "acp-bench", version)]
enum Cli {
    /// What a request costs on either store, and whole purchases: in less than ten minutes.
    Quick(Options),
    /// All scenarios, with more rounds.
    Long(Options),
    /// Writes a result into `docs/PERFORMANCE.md` and the picture beside it.
    Page {
        /// A file of `bench/results`.
        result: PathBuf,
    },
    /// The gateway that is measured; started by the other commands.
    #[command(hide = true)]
    ServeGateway(Place),
    /// A gateway whose completions all come to a standstill; started by the other commands.
    #[command(hide = true)]
    ServeStuck(Place),
    /// What it is measured against; started by the other commands.
    #[command(hide = true)]
    ServeFloor(Place),
}

#[derive(Debug, Args)]
struct Options {
    /// How often each arm is measured.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: Option<u32>,
    /// How long an arm is measured each time.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=20))]
    seconds: Option<u64>,
    /// How many connections ask at the same time.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=512))]
    connections: u16,
    /// Only these scenarios; nothing is saved then, unless that is asked for.
    #[arg(long, value_enum)]
    only: Vec<Scenario>,
    /// Saves what these scenarios came to beside what was measured of the same commit before.
    #[arg(long)]
    save: bool,
    /// Where the stores are made for the time of the run (default: beside the program).
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl Options {
    fn plan(self, kind: &'static str, all: &[Scenario], rounds: u32, seconds: u64) -> Plan {
        Plan {
            kind,
            is_kept: self.save || self.only.is_empty(),
            rounds: self.rounds.unwrap_or(rounds),
            seconds: self.seconds.unwrap_or(seconds),
            connections: self.connections.into(),
            scenarios: if self.only.is_empty() { all.to_vec() } else { self.only },
            dir: self.dir,
        }
    }
}

fn main() -> ExitCode {
    match start(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let said = writeln!(std::io::stderr().lock(), "acp-bench: {error:#}");
            // Whoever cannot be told sees the exit code.
            drop(said);
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match cli {
            Cli::Quick(options) => {
                unless_interrupted(options.plan("quick", &Scenario::QUICK, 15, 1)).await
            }
            Cli::Long(options) => {
                unless_interrupted(options.plan("long", Scenario::value_variants(), 40, 1)).await
            }
            Cli::Page { result } => page::write(&result),
            Cli::ServeGateway(place) => gateway::serve(&place).await,
            Cli::ServeStuck(place) => Box::pin(silent::serve(&place)).await,
            Cli::ServeFloor(place) => floor::serve(&place).await,
        }
    })
}

/// Runs a plan; whoever gets impatient leaves no server and no file behind.
async fn unless_interrupted(plan: Plan) -> anyhow::Result<()> {
    tokio::select! {
        outcome = run::run(plan) => outcome,
        interrupt = tokio::signal::ctrl_c() => {
            interrupt?;
            anyhow::bail!("interrupted")
        }
    }
}
