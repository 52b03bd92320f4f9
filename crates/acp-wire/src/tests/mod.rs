//! The form sessions had until 16 January 2026, in all its versions: what a request comes to in
//! the core, and what a session of the core comes to in an answer.

mod answers;
mod authentications;
mod choices;
mod messages;
mod payments;
mod people;
mod requests;
mod requests_by_version;
mod session;
mod totals;
mod whole;
