//! Tests of what is believed and what is not.

mod components;
mod digests;
mod keys;
mod pinned;
mod properties;
mod rfc9421;
mod sources;
mod support;
mod trusted_agents;
mod web_bot_auth;
