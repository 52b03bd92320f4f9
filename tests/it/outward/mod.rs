//! The program and the services of others it calls.

mod faring;
mod issuer_keys;
mod key_directory;
mod planner;
mod routes;
mod telling;
