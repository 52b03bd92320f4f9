use acp_core::ports::PortError;
use acp_signature::{NoKeys, Refused, Sort};

/// Why a message signature proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unbelieved {
    /// It is not as it has to be, or not by the one it names.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Whoever signed is not one of those who are believed here.
    #[error(
        "signatures of {0:?} are not believed here: whoever runs the gateway has to be asked first"
    )]
    Unlisted(String),
    /// It was signed by another agent than the one whose key was shown.
    #[error("the signature is another agent's than the key in Authorization")]
    OtherAgent,
    /// It was used before, and the request is none that may be repeated.
    #[error(
        "this signature was used before: sign the request again, or send an Idempotency-Key that \
         the signature covers, so that it can be repeated as it is"
    )]
    Used,
    /// The keys of whoever signed are not there.
    #[error(transparent)]
    NoKeys(#[from] NoKeys),
    /// Whether it was used before is not known.
    #[error("whether the signature was used before is not known")]
    Unknown(#[from] PortError),
}

/// What sort of reason it is, for whoever answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There has to be one.
    Missing,
    /// It is wrong.
    Wrong,
    /// It is of another time.
    OtherTime,
    /// It was used before.
    Used,
    /// That cannot be said now, and is not the caller's fault.
    NotNow,
}

impl Unbelieved {
    /// What sort of reason it is.
    pub fn why(&self) -> Why {
        match self {
            Self::Refused(
                Refused::FromTheFuture | Refused::Expired | Refused::GoodForTooLong(_),
            ) => Why::OtherTime,
            Self::Refused(refused) => match refused.sort() {
                Sort::Unsigned => Why::Missing,
                Sort::Replayed => Why::Used,
                Sort::Malformed | Sort::Insufficient | Sort::Unproven => Why::Wrong,
            },
            Self::Unlisted(_) | Self::OtherAgent | Self::NoKeys(NoKeys::Useless { .. }) => {
                Why::Wrong
            }
            Self::Used => Why::Used,
            Self::NoKeys(NoKeys::Away { .. }) | Self::Unknown(_) => Why::NotNow,
        }
    }

    /// Whether the same signature may still be right for another name of ours.
    pub(super) fn may_be_meant_for_another_name(&self) -> bool {
        matches!(self, Self::Refused(Refused::NotByThisKey))
    }

    /// Whether nothing of the kind was sent that was looked for.
    pub(super) fn is_about_nothing(&self) -> bool {
        matches!(self, Self::Refused(Refused::NotSigned(_)))
    }
}
