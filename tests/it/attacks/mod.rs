//! What somebody may try who means us no good, by the rows of the table in `docs/SECURITY.md`: each
//! is answered as that table says, and nothing has happened. Rows that are shown by tests of
//! another subject stand there with the names of those tests.

mod floods;
mod framing;
mod fuzz;
pub(crate) mod issuer;
mod keys;
mod limits;
mod logs;
mod mandates;
pub(crate) mod message_signer;
mod messages;
pub(crate) mod provenance;
mod raw;
pub(crate) mod secrecy;
mod signatures;
pub(crate) mod signer;
mod slow;
mod table;
mod tokens;
