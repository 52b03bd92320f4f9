//! Whose signatures are believed, and by which rules.

mod pinned;
mod trusted_agents;
mod web_bot_auth;

use http::HeaderMap;
use http::header::HeaderName;

pub use pinned::{Pinned, PinnedKey};
pub use trusted_agents::TrustedAgents;
pub use web_bot_auth::WebBotAuth;

use crate::refused::Refused;
use crate::signed::Signed;

/// What has to be covered by a signature that moves something, where the request has it: a call
/// with another key for its repetition is another call.
fn decisive_fields() -> Vec<HeaderName> {
    vec![HeaderName::from_static("idempotency-key")]
}

/// Every signature that is meant for a profile and passes; the first refusal where none does.
fn passing<T>(
    headers: &HeaderMap,
    of_what: &'static str,
    is_meant: impl Fn(&Signed) -> bool,
    examine: impl Fn(&Signed) -> Result<T, Refused>,
) -> Result<Vec<T>, Refused> {
    let mut passing = Vec::new();
    let mut refusal = None;
    for signed in Signed::all(headers)?.iter().filter(|signed| is_meant(signed)) {
        match examine(signed) {
            Ok(passed) => passing.push(passed),
            Err(refused) => refusal = refusal.or(Some(refused)),
        }
    }
    if passing.is_empty() {
        return Err(refusal.unwrap_or(Refused::NotSigned(of_what)));
    }
    Ok(passing)
}
