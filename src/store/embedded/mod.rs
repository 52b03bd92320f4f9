//! The durable store of a gateway that runs alone: one file, no server.
//!
//! Commits queue for one writer thread, which writes as many as are waiting in one transaction
//! and answers them after its sync, so that many commits share the one thing that is slow. Longer
//! documents are packed before they queue: a commit then writes fewer pages. Reads take snapshots of
//! their own and wait for nobody. This room knows bytes, versions, time and the disk; it must not
//! learn what the bytes mean.

mod backup;
mod directory;
mod meta;
mod open;
mod prepared;
mod queue;
mod reads;
mod record;
mod store;
mod tables;
mod writer;

pub use backup::BackupError;
pub use directory::make as make_directory;
pub use open::OpenError;
pub use store::Embedded;
pub use writer::OnFatal;
