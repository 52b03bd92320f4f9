//! The program and the services of others it calls.

mod faring;
mod key_directory;
mod routes;
