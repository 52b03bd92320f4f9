//! What is taxed, how things reach the buyer, and what is taken off: as the configuration says it,
//! or as services of the merchant's do, over HTTP, as `openapi/backends.yaml` describes it.
//!
//! A service is asked for rules and never for sums. What it says is checked as strictly as what
//! stands in the configuration: an answer that makes no sense is no answer, and nothing is guessed.

mod asked;
mod configured;
mod counted;
mod reading;
mod remote;
mod remote_rates;
mod told_options;
mod told_promotions;
mod told_rates;

pub use configured::ConfiguredTerms;
pub use counted::CountedPromotions;
pub use remote::{RemoteOptions, RemotePromotions};
pub use remote_rates::RemoteRates;
