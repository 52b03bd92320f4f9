//! A language model that says what it was told to, over the API of chat completions that many
//! have taken from one. What is not in its script it answers with the plainest thing that fits.
//!
//! The official SDK for Python is its judge, in `tests/judges/openai`.

mod answer;
mod asked;
mod chunks;
mod mock;
mod refusal;
mod routes;
mod schema;
mod script;

pub use mock::{Exchange, LlmMock, Settings, SettingsError};
pub use script::{ScriptError, Scripted, ScriptedCall};
