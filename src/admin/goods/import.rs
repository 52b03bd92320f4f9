use std::fmt;

use acp_core::limits::{CATALOG_FILE_BYTES_MAX, CATALOG_ITEMS_MAX};
use acp_wire::problem::Code;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use bytes::Buf as _;
use serde::{Deserialize, Serialize};

use super::catalog::must_be_ours;
use super::shelves::put_on_sale;
use crate::adapters::catalog::{self, Import, Row, RowFormat};
use crate::admin::Admin;
use crate::admin::body::{Inquiry, whole};
use crate::admin::denial::{Denial, told_with_causes};
use crate::admin::tenants::meant;
use crate::store::record::StoreCatalog;

/// How the rows of an import are written.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::admin) struct ImportAsked {
    tenant: Option<String>,
    format: Format,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Jsonl,
    Csv,
}

/// What became of a catalogue file. Bad rows are told; all others are on sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// How many rows were read.
    pub rows: u64,
    /// How many items are on sale now as their rows say.
    pub imported: usize,
    /// How many of them were counted before and never run out now, because their rows give no
    /// stock.
    pub uncounted: usize,
    /// How many rows were refused; one may have several problems.
    pub refused: u64,
    /// Why.
    pub problems: Findings,
    /// What was mended in rows that were kept.
    pub warnings: Findings,
}

/// Findings of one kind: all of them are counted, the first are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    pub total: u64,
    pub shown: Vec<FindingShown>,
}

/// Something found in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingShown {
    /// The line the row begins on, counted from 1.
    pub line: u64,
    /// The field it is about; nothing when it is about the row.
    pub field: Option<String>,
    pub message: String,
}

impl<P: fmt::Display> From<&catalog::Findings<P>> for Findings {
    fn from(findings: &catalog::Findings<P>) -> Self {
        let shown = findings.shown().iter().map(|finding| FindingShown {
            line: finding.line,
            field: finding.field.as_deref().map(str::to_owned),
            message: finding.problem.to_string(),
        });
        Self { total: findings.total(), shown: shown.collect() }
    }
}

/// Puts the good rows of a catalogue on sale and tells about the others.
pub(in crate::admin) async fn import(
    State(admin): State<Admin>,
    Inquiry(ImportAsked { tenant, format }): Inquiry<ImportAsked>,
    body: Body,
) -> Result<Json<Imported>, Denial> {
    must_be_ours(&admin)?;
    let tenant = meant(&admin, tenant).await?;
    let catalog = admin.catalogs.of(&tenant).await?;
    let format = match format {
        Format::Jsonl => RowFormat::JsonLines,
        Format::Csv => RowFormat::Csv,
    };
    let file = whole(body, CATALOG_FILE_BYTES_MAX).await?;
    let read = move || catalog::import(file.aggregate().reader(), format);
    let read = tokio::task::spawn_blocking(read).await;
    let Import { rows, report } = match read {
        Ok(Ok(import)) => import,
        Ok(Err(error)) => return Err(Denial::new(Code::Invalid, told_with_causes(&error))),
        Err(error) => return Err(Denial::new(Code::InternalError, error.to_string())),
    };
    check_room(&catalog, &rows)?;
    let shelved = put_on_sale(&catalog, &admin.stock, &tenant, rows).await?;
    Ok(Json(Imported {
        rows: report.rows,
        imported: shelved.items,
        uncounted: shelved.uncounted,
        refused: report.rows_refused,
        problems: (&report.problems).into(),
        warnings: (&report.warnings).into(),
    }))
}

/// Refuses rows that would make the catalogue larger than the next start could load.
fn check_room(catalog: &StoreCatalog, rows: &[Row]) -> Result<(), Denial> {
    let is_new = |row: &&Row| catalog.get(&row.item.id).is_none();
    let added = rows.iter().filter(is_new).count();
    let held = catalog.len();
    if held.saturating_add(added) <= CATALOG_ITEMS_MAX {
        return Ok(());
    }
    let message = format!(
        "A catalogue has at most {CATALOG_ITEMS_MAX} items. It has {held}, and this file would \
         add {added}. Nothing was imported."
    );
    Err(Denial::new(Code::Invalid, message))
}
