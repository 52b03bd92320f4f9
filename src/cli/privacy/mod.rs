//! What is kept about people: who did what here, and what is known of a buyer.

mod audit;
mod buyers;

pub(super) use audit::{AuditArgs, run_audit};
pub(super) use buyers::{EraseArgs, ExportArgs, run_erase, run_export};
