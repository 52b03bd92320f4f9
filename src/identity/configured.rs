use acp_core::ids::AgentId;
use acp_core::limits::{RACES_MAX, TOKEN_CHARS_MAX, TOKEN_CHARS_MIN};
use acp_core::ports::{PortError, Retry};
use acp_core::principal::{ApiKey, Habits, Maker, Scope};
use acp_core::signing::Signing;

use super::keyring::{Identity, demo, hash};

/// A key the configuration wants to be there.
#[derive(Clone, Debug)]
pub struct WantedKey {
    /// The agent it speaks for.
    pub agent: AgentId,
    /// What it allows.
    pub scope: Scope,
    /// What people call it.
    pub label: Box<str>,
    /// What its token is known by.
    pub hash: [u8; 32],
}

/// Why the keys of the configuration are not what it says.
#[derive(Debug, thiserror::Error)]
pub enum ConfiguredError {
    /// Two entries have the same token.
    #[error("two of the configured keys have the same token: give each its own")]
    Twice,
    /// Somebody was given this token by `keys create`.
    #[error(
        "the token of the configured key of {agent} is that of key {id}, which was made by hand: \
         give the configured one a token of its own, or take it out"
    )]
    Taken {
        /// Whose key the configured one is to be.
        agent: AgentId,
        /// The key that has the token.
        id: Box<str>,
    },
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Why a token is too easily guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakToken {
    /// It has too few or too many characters, or some that no header carries.
    #[error(
        "a token has {TOKEN_CHARS_MIN} to {TOKEN_CHARS_MAX} letters, digits and signs, without \
         spaces; `openssl rand -hex 32` makes one"
    )]
    Form,
    /// It is a word, a row or a repetition.
    #[error("this token could be guessed: make one of chance, such as with `openssl rand -hex 32`")]
    Guessable,
}

/// Fewest different characters of a token. Of 32 hexadecimal digits, chance has fewer less than once
/// in twenty million times.
const DIFFERENT_MIN: usize = 8;

/// What a token is known by, if it is one that cannot be guessed. Nobody can measure chance, but
/// what people type in a hurry is told from it: few characters, rows and repetitions.
///
/// # Errors
/// Refuses weak tokens.
pub fn strong_token(token: &str) -> Result<[u8; 32], WeakToken> {
    let bytes = token.as_bytes();
    let fits = (TOKEN_CHARS_MIN..=TOKEN_CHARS_MAX).contains(&bytes.len());
    if !fits || !bytes.iter().all(u8::is_ascii_graphic) {
        return Err(WeakToken::Form);
    }
    let mut different = bytes.to_vec();
    different.sort_unstable();
    different.dedup();
    let steps = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) <= 1));
    let is_row = steps.count() > bytes.len() / 2;
    let repeats = |period: usize| bytes.iter().zip(bytes.iter().skip(period)).all(|(a, b)| a == b);
    let is_repetition = (1..=bytes.len() / 2).any(repeats);
    let is_known = [demo::AGENT_KEY, demo::MERCHANT_KEY].iter().any(|key| token.contains(key));
    if different.len() < DIFFERENT_MIN || is_row || is_repetition || is_known {
        return Err(WeakToken::Guessable);
    }
    Ok(hash(token))
}

fn raced(what: &'static str) -> PortError {
    PortError { what, retry: Retry::Safe, cause: None }
}

/// The id of a configured key: the same wherever the same token is configured, so that gateways
/// that start at once make one key. It says nothing about the token.
fn id_of(token_hash: &[u8; 32]) -> Box<str> {
    let marked = format!("configured {}", hex_of(token_hash));
    hex_of(&hash(&marked)).chars().take(12).collect::<String>().into()
}

fn hex_of(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

impl Identity {
    /// Makes the keys the configuration wants, and ends those it wanted once and does not any more.
    /// Doing it again changes nothing. A key that somebody ended stays so, although it is wanted:
    /// who ends a token does not want it to be back after the next start. One that a configuration
    /// ended is good again as soon as another wants it, so that a gateway with an older list does
    /// no harm that lasts.
    ///
    /// # Errors
    /// The keys cannot be what the configuration says, or the store fails.
    pub async fn configure(&self, wanted: &[WantedKey]) -> Result<(), ConfiguredError> {
        let mut hashes: Vec<_> = wanted.iter().map(|key| key.hash).collect();
        hashes.sort_unstable();
        if hashes.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(ConfiguredError::Twice);
        }
        for key in wanted {
            self.make_sure_of(key).await?;
        }
        for key in self.list().await? {
            let is_wanted = wanted.iter().any(|wanted| wanted.hash == key.secret_hash);
            if key.made_by == Maker::Configuration && !is_wanted {
                self.end_unwanted(key).await?;
            }
        }
        Ok(self.refresh().await?)
    }

    async fn end_unwanted(&self, mut key: ApiKey) -> Result<(), ConfiguredError> {
        for _ in 0..RACES_MAX {
            if key.revoked_at.is_some() {
                return Ok(());
            }
            let (revoked_at, revoked_by) = (Some(self.clock.now()), Maker::Configuration);
            let after = ApiKey { revoked_at, revoked_by, ..key.clone() };
            if self.keys.replace(&key, &after, None).await? {
                tracing::info!(key = %key.id, agent = %key.agent, "a key was ended: it is not configured any more");
                return Ok(());
            }
            let Some(there) = self.list().await?.into_iter().find(|it| it.id == key.id) else {
                return Ok(());
            };
            key = there;
        }
        Err(raced("ending a configured key that others change too").into())
    }

    async fn make_sure_of(&self, wanted: &WantedKey) -> Result<(), ConfiguredError> {
        let WantedKey { agent, scope, label, hash } = wanted;
        for _ in 0..RACES_MAX {
            let keys = self.list().await?;
            let Some(there) = keys.into_iter().find(|key| key.secret_hash == *hash) else {
                let key = ApiKey {
                    id: id_of(hash),
                    secret_hash: *hash,
                    tenant: self.shop.clone(),
                    agent: agent.clone(),
                    scope: *scope,
                    label: label.clone(),
                    created_at: self.clock.now(),
                    expires_at: None,
                    revoked_at: None,
                    habits: Habits::default(),
                    signing: Signing::default(),
                    follows: None,
                    made_by: Maker::Configuration,
                    revoked_by: Maker::default(),
                };
                if self.keys.insert(&key).await? {
                    tracing::info!(key = %key.id, agent = %key.agent, "a configured key was made");
                    return Ok(());
                }
                continue;
            };
            // A release that knew nothing of configured keys may have written it meanwhile.
            if there.id != id_of(hash) {
                return Err(ConfiguredError::Taken { agent: agent.clone(), id: there.id });
            }
            if there.revoked_at.is_some() && there.revoked_by != Maker::Configuration {
                tracing::warn!(
                    key = %there.id,
                    agent = %there.agent,
                    "a configured key was ended before and stays so: configure another token"
                );
                return Ok(());
            }
            let mut after = there.clone();
            (after.agent, after.scope, after.label) = (agent.clone(), *scope, label.clone());
            after.made_by = Maker::Configuration;
            (after.revoked_at, after.revoked_by) = (None, Maker::default());
            if after == there || self.keys.replace(&there, &after, None).await? {
                return Ok(());
            }
        }
        Err(raced("making a configured key that others change too").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_chance_is_taken_and_what_people_type_is_not() {
        for token in [
            "5f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "acp_0a1b2c3d4e5f_9f86d081884c7d659a2feaa0c55ad015",
            "vR9!kQz2-Lm8xT_4pWc7@Hd3sJy6bNf1",
        ] {
            assert!(strong_token(token).is_ok(), "{token}");
        }
        assert_eq!(strong_token("5f1e2d3c4b5a69788796a5b4c3d2e1f0"), {
            Ok(hash("5f1e2d3c4b5a69788796a5b4c3d2e1f0"))
        });
        let long = "5f1e2d3c4b5a69788796a5b4c3d2e1f0".repeat(8);
        for (token, weak) in [
            ("", WeakToken::Form),
            ("5f1e2d3c4b5a69788796a5b4c3d2e1f", WeakToken::Form),
            ("5f1e2d3c4b5a6978 8796a5b4c3d2e1f0", WeakToken::Form),
            ("5f1e2d3c4b5a69788796a5b4c3d2e1fü", WeakToken::Form),
            (long.as_str(), WeakToken::Form),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", WeakToken::Guessable),
            ("0123456789abcdefghijklmnopqrstuvwxyz", WeakToken::Guessable),
            ("correcthorsecorrecthorsecorrecthorse", WeakToken::Guessable),
            ("changemechangemechangemechangeme", WeakToken::Guessable),
            ("1011011101011011010111011010110101", WeakToken::Guessable),
            ("acp_demo_agent.5f1e2d3c4b5a69788796", WeakToken::Guessable),
        ] {
            assert_eq!(strong_token(token), Err(weak), "{token}");
        }
    }
}
