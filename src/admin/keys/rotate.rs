use std::fmt;
use std::time::Duration;

use acp_core::limits::{KEY_OVERLAP_DEFAULT, KEY_OVERLAP_MAX};
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::made::KeyShown;
use crate::admin::Admin;
use crate::admin::body::{Asked, Named};
use crate::admin::denial::Denial;
use crate::identity::{Rotated, RotationError};

/// How a key is to be replaced.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RotationAsked {
    /// For how many seconds the old key is still good; a day, unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
    /// When the new key ends; when the old one was to end, unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
}

/// A key that takes the place of another, with its token, which is never shown again.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyRotated {
    pub token: String,
    #[serde(flatten)]
    pub key: KeyShown,
    /// The old key, which ends.
    pub replaced: KeyShown,
}

impl fmt::Debug for KeyRotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("KeyRotated");
        shown.field("key", &self.key).field("replaced", &self.replaced).finish_non_exhaustive()
    }
}

impl From<RotationError> for Denial {
    fn from(error: RotationError) -> Self {
        let mut sentence = format!("{error}.");
        if let Some(first) = sentence.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        match error {
            RotationError::NoKey => Self::new(Code::NotFound, sentence),
            RotationError::NeverGood => Self::invalid("$.expires_at", sentence),
            RotationError::Ended | RotationError::Configured => Self::new(Code::Invalid, sentence),
            RotationError::Sealed => Self::new(Code::InternalError, sentence),
            RotationError::Port(error) => error.into(),
        }
    }
}

/// Makes a key that takes the place of another.
pub(in crate::admin) async fn rotate(
    State(admin): State<Admin>,
    Named(id): Named,
    Asked(asked): Asked<RotationAsked>,
) -> Result<(StatusCode, Json<KeyRotated>), Denial> {
    let overlap = asked.overlap_seconds.map_or(KEY_OVERLAP_DEFAULT, Duration::from_secs);
    if overlap > KEY_OVERLAP_MAX {
        let days = KEY_OVERLAP_MAX.as_secs() / 86_400;
        let message = format!("An old key is good for at most {days} days beside the new one.");
        return Err(Denial::invalid("$.overlap_seconds", message));
    }
    let expires_at = asked.expires_at.map(|DateTime(end)| end);
    let Rotated { before, next, token } = admin.identity.rotate(&id, overlap, expires_at).await?;
    let now = admin.clock.now();
    let replaced =
        KeyShown { followed_by: Some(next.id.to_string()), ..KeyShown::of(&before, now) };
    let key = KeyShown::of(&next, now);
    Ok((StatusCode::CREATED, Json(KeyRotated { token, key, replaced })))
}
