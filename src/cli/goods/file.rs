use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use acp_core::limits::CATALOG_FILE_BYTES_MAX;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::adapters::catalog::{RowFormat, lint as lint_rows};
use crate::admin::{Findings, Imported};
use crate::cli::answer::{CommandError, Said, Verdict, line};
use crate::cli::arguments::{OutputArgs, TenantArgs};
use crate::cli::desk::{Store, at_desk};
use crate::config::Loaded;

/// A catalogue file.
#[derive(Debug, Args)]
pub(in crate::cli) struct FileArgs {
    /// The file: JSON objects, one on each line, or CSV
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// How the rows are written [default: what the name of the file says]
    #[arg(long)]
    format: Option<Format>,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

/// What a check of a catalogue file found.
#[derive(Debug, Serialize)]
struct Linted {
    rows: u64,
    refused: u64,
    problems: Findings,
    warnings: Findings,
    hints: Findings,
}

impl FileArgs {
    fn format(&self) -> Result<Format, CommandError> {
        let guessed = RowFormat::guess(&self.path).map(|format| match format {
            RowFormat::JsonLines => Format::Jsonl,
            RowFormat::Csv => Format::Csv,
        });
        self.format
            .or(guessed)
            .ok_or_else(|| CommandError::UnknownFormat { path: self.path.clone() })
    }
}

/// Puts the items of a file on sale.
pub(in crate::cli) fn import(
    args: &FileArgs,
    tenant: &TenantArgs,
    loaded: &Loaded,
) -> Result<Said, CommandError> {
    let address = match args.format()? {
        Format::Jsonl => "/catalog/import?format=jsonl",
        Format::Csv => "/catalog/import?format=csv",
    };
    let address = format!("{address}{}", tenant.asked("&"));
    let file = read(&args.path)?;
    let answer =
        at_desk(loaded, Store::MayBeNew, async |desk| desk.post_long(&address, file).await)?;
    let imported: Imported = answer.read()?;
    let text = if args.output.json { answer.raw() } else { told(&imported) };
    Ok(Said { text, verdict: verdict(&imported.problems) })
}

/// Checks a file.
pub(in crate::cli) fn lint(args: &FileArgs) -> Result<Said, CommandError> {
    let format = match args.format()? {
        Format::Jsonl => RowFormat::JsonLines,
        Format::Csv => RowFormat::Csv,
    };
    let path = || args.path.clone();
    let file = File::open(&args.path)
        .map_err(|source| CommandError::Unreadable { path: path(), source })?;
    let report = lint_rows(BufReader::new(file), format)
        .map_err(|source| CommandError::BadCatalog { path: path(), source })?;
    let linted = Linted {
        rows: report.rows,
        refused: report.rows_refused,
        problems: (&report.problems).into(),
        warnings: (&report.warnings).into(),
        hints: (&report.hints).into(),
    };
    let said = if args.output.json {
        Said::json(&linted)?
    } else {
        let good = linted.rows.saturating_sub(linted.refused);
        Said::fine(format!("{report}{good} of {} rows are good.\n", linted.rows))
    };
    Ok(Said { verdict: verdict(&linted.problems), ..said })
}

fn verdict(problems: &Findings) -> Verdict {
    if problems.total == 0 { Verdict::Fine } else { Verdict::BadRows }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let unreadable = |source| CommandError::Unreadable { path: path.to_path_buf(), source };
    let bytes = path.metadata().map_err(unreadable)?.len();
    if bytes > u64::try_from(CATALOG_FILE_BYTES_MAX).unwrap_or(u64::MAX) {
        let most = CATALOG_FILE_BYTES_MAX;
        return Err(CommandError::TooLarge { path: path.to_path_buf(), bytes, most });
    }
    std::fs::read(path).map_err(unreadable)
}

fn told(imported: &Imported) -> String {
    let mut text = String::new();
    for (findings, label, kind) in
        [(&imported.problems, "", "problems"), (&imported.warnings, "warning: ", "warnings")]
    {
        for finding in &findings.shown {
            let field =
                finding.field.as_deref().map_or_else(String::new, |name| format!(", {name}"));
            let place = format_args!("{label}line {}{field}: {}", finding.line, finding.message);
            line(&mut text, place);
        }
        let shown = u64::try_from(findings.shown.len()).unwrap_or(u64::MAX);
        if findings.total > shown {
            line(
                &mut text,
                format_args!("and {} more {kind}", findings.total.saturating_sub(shown)),
            );
        }
    }
    let Imported { rows, imported: items, uncounted, refused, .. } = imported;
    line(
        &mut text,
        format_args!("{items} of {rows} rows are on sale now; {refused} were refused."),
    );
    if *uncounted > 0 {
        line(
            &mut text,
            format_args!(
                "{uncounted} of the items were counted before and never run out now, because \
                 their rows give no stock."
            ),
        );
    }
    text
}
