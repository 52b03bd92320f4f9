use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use super::answer::{CommandError, Said, Verdict};
use super::arguments::{Cli, Command};
use super::goods::{run_catalog, run_feed, run_stock};
use super::privacy::{run_audit, run_erase, run_export};
use super::{
    approvals, backup, config, inspect, keys, mandates, openapi, plan, runs, serve, tenants,
    webhooks,
};
use crate::config::{Environment, Loaded, Overrides};

const FAILED: u8 = 1;
const NOT_UNDERSTOOD: u8 = 2;
const BAD_ROWS: u8 = 3;
const NOT_DONE: u8 = 4;

/// Does what the arguments of this process say.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => {
            // Help and version come this way too. Nobody may be there to read them.
            drop(answer.print());
            let is_wrong = answer.use_stderr();
            return if is_wrong { ExitCode::from(NOT_UNDERSTOOD) } else { ExitCode::SUCCESS };
        }
    };
    match carry_out(cli).and_then(|said| print(&said)) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::BadRows) => ExitCode::from(BAD_ROWS),
        Ok(Verdict::NotDone) => ExitCode::from(NOT_DONE),
        Err(error) => {
            drop(io::stderr().lock().write_all(error.page().as_bytes()));
            ExitCode::from(FAILED)
        }
    }
}

fn carry_out(cli: Cli) -> Result<Said, CommandError> {
    let Cli { serve, place, command } = cli;
    let loaded = |listen: Option<String>| load(&place.overrides(listen.or(serve.listen)));
    match command {
        None => serve::serve(loaded(None)?),
        Some(Command::Serve(args)) => serve::serve(loaded(args.listen)?),
        Some(Command::Health(args)) => serve::ask(&args, &loaded(None)?),
        Some(Command::Config(args)) => config::show(&loaded(args.listen)?),
        Some(Command::Openapi(args)) => openapi::write(args),
        Some(Command::Plan(args)) => {
            let key = Environment::of_process().agent_key();
            plan::run(&args, &loaded(None)?, key)
        }
        Some(Command::Keys(args)) => keys::run(args, &loaded(None)?),
        Some(Command::Tenants(args)) => tenants::run(&args, &loaded(None)?),
        Some(Command::Webhooks(args)) => webhooks::run(&args, &loaded(None)?),
        // Looking at a file needs no gateway and no configuration.
        Some(Command::Catalog(args)) => run_catalog(args, || loaded(None)),
        Some(Command::Feed(args)) => run_feed(&args, &loaded(None)?),
        Some(Command::Backup(args)) => backup::run(args, &loaded(None)?),
        Some(Command::Inspect(args)) => inspect::run(&args, &loaded(None)?),
        Some(Command::Approvals(args)) => approvals::run(&args, &loaded(None)?),
        Some(Command::Mandates(args)) => mandates::run(&args, &loaded(None)?),
        Some(Command::Plans(args)) => plan::run_plans(&args, &loaded(None)?),
        Some(Command::Stock(args)) => run_stock(&args, &loaded(None)?),
        Some(Command::Runs(args)) => runs::run(&args, &loaded(None)?),
        Some(Command::Audit(args)) => run_audit(&args, &loaded(None)?),
        Some(Command::Export(args)) => run_export(args, &loaded(None)?),
        Some(Command::Erase(args)) => run_erase(args, &loaded(None)?),
    }
}

fn load(overrides: &Overrides) -> Result<Loaded, CommandError> {
    Ok(crate::config::load(overrides, &Environment::of_process())?)
}

pub(super) fn print(said: &Said) -> Result<Verdict, CommandError> {
    let mut out = io::stdout().lock();
    match out.write_all(said.text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(said.verdict),
        // Whoever reads has read enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(said.verdict),
        Err(error) => Err(CommandError::Unprinted(error)),
    }
}
