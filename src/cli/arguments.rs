use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::approvals::ApprovalsArgs;
use super::backup::BackupArgs;
use super::config::ConfigArgs;
use super::goods::{CatalogArgs, FeedArgs, StockArgs};
use super::inspect::InspectArgs;
use super::keys::KeysArgs;
use super::mandates::MandatesArgs;
use super::openapi::OpenapiArgs;
use super::plan::{PlanArgs, PlansArgs};
use super::privacy::{AuditArgs, EraseArgs, ExportArgs};
use super::runs::RunsArgs;
use super::serve::{HealthArgs, ServeArgs};
use super::tenants::TenantsArgs;
use super::webhooks::WebhooksArgs;
use super::wire::encoded;
use crate::config::Overrides;

const EXAMPLES: &str = "\
Examples:
  acp-gateway                                                serve on 127.0.0.1:8080
  acp-gateway keys create --scope agent --agent chatgpt      let an agent in
  acp-gateway catalog import shop.csv                        sell your own goods
  acp-gateway config > acp-gateway.toml                      start a configuration file

Without a command it serves. Commands may be used while the gateway runs.
Exit codes: 0 done, 1 failed, 2 not understood, 3 done except for bad rows of a catalogue,
4 a plan did not come to its end.";

/// Lets AI agents buy from a shop, safely: an Agentic Commerce Protocol gateway.
#[derive(Debug, Parser)]
#[command(name = "acp-gateway", version, after_help = EXAMPLES, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) serve: ServeArgs,
    #[command(flatten)]
    pub(super) place: Place,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Which gateway is meant.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which gateway")]
pub(super) struct Place {
    /// The configuration file [default: ./acp-gateway.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// What to log, such as `warn` or `info,acp_gateway=debug`
    #[arg(long, global = true, value_name = "FILTER")]
    log_level: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Serve(ServeArgs),
    Health(HealthArgs),
    Config(ConfigArgs),
    Openapi(OpenapiArgs),
    Plan(PlanArgs),
    Keys(KeysArgs),
    Tenants(TenantsArgs),
    Webhooks(WebhooksArgs),
    Catalog(CatalogArgs),
    Feed(FeedArgs),
    Backup(BackupArgs),
    Inspect(InspectArgs),
    Approvals(ApprovalsArgs),
    Mandates(MandatesArgs),
    Plans(PlansArgs),
    Stock(StockArgs),
    Runs(RunsArgs),
    Audit(AuditArgs),
    Export(ExportArgs),
    Erase(EraseArgs),
}

/// Whose goods are meant.
#[derive(Clone, Debug, Args)]
pub(super) struct TenantArgs {
    /// The tenant, as `tenants list` shows it [default: the shop]
    #[arg(long, value_name = "TENANT")]
    pub(super) tenant: Option<String>,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct OutputArgs {
    /// Print JSON, for machines
    #[arg(long)]
    pub(super) json: bool,
}

impl TenantArgs {
    /// The tenant as a part of what stands behind the question mark; nothing where it is the shop.
    pub(super) fn asked(&self, sign: &str) -> String {
        let named = |tenant| format!("{sign}tenant={}", encoded(tenant));
        self.tenant.as_deref().map(named).unwrap_or_default()
    }
}

impl Place {
    /// What the command line says above file and environment.
    pub(super) fn overrides(self, listen: Option<String>) -> Overrides {
        let Self { config, data_dir, log_level } = self;
        Overrides { config, listen, data_dir, log_level }
    }
}
