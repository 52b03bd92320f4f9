//! Orders after they were placed: read, changed by their merchant, handed to who takes them.

mod commands;
mod handing_over;
mod listed;
mod races;
