//! What somebody might try who means no good, and what becomes of it.

mod limits;
