//! Everything that can go wrong with a question to the server, by what may be done about it.

use acp_core::limits::UNAVAILABLE_RETRY_AFTER;
use acp_core::ports::Retry;
use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::store::StoreError;

/// A question without an answer one can use.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    /// It was never sent: the server is known to be away.
    #[error("the Redis server is away")]
    Away(#[source] Option<RedisError>),
    /// The server said that it cannot do it now, and has done nothing.
    #[error("the Redis server refuses for now")]
    Refused(#[source] RedisError),
    /// Nobody knows whether the server did it.
    #[error("the Redis server did not answer")]
    Unanswered(#[source] RedisError),
    /// The server did it, and it is not as safe yet as it must be.
    #[error("the Redis server has no replica or no disk yet to keep it")]
    NotDurable,
    /// The server does not understand us, or we do not understand it.
    #[error("the Redis server said something that makes no sense")]
    Nonsense(#[source] Option<RedisError>),
}

impl Failed {
    /// What an error of the client is to us.
    pub(super) fn of(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::Server(
                ServerErrorKind::BusyLoading
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::TryAgain
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
                | ServerErrorKind::NoPerm,
            ) => Self::Refused(error),
            ErrorKind::Server(_) | ErrorKind::UnexpectedReturnType | ErrorKind::Parse => {
                Self::Nonsense(Some(error))
            }
            ErrorKind::Extension => match error.code() {
                Some("OOM" | "MISCONF" | "NOREPLICAS" | "BUSY" | "NOAUTH") => Self::Refused(error),
                _ => Self::Nonsense(Some(error)),
            },
            _ => Self::Unanswered(error),
        }
    }

    /// Whether another server may have become the primary meanwhile: this one is a replica now, or
    /// it has none any more.
    pub(super) fn may_be_replaced(&self) -> bool {
        matches!(self, Self::Refused(error)
            if error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly)
                || error.code() == Some("NOREPLICAS"))
    }

    /// Whether the server does not know the script.
    pub(super) fn is_unknown_script(&self) -> bool {
        matches!(self, Self::Nonsense(Some(error))
            if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript))
    }

    /// For a question after which nothing can have happened.
    pub(super) fn unread(self, what: &'static str) -> StoreError {
        let retry = match self {
            Self::Away(_) | Self::Refused(_) | Self::Unanswered(_) | Self::NotDurable => {
                Retry::After(UNAVAILABLE_RETRY_AFTER)
            }
            Self::Nonsense(_) => Retry::Never,
        };
        StoreError { what, retry, cause: Some(Box::new(self)) }
    }

    /// For a write that may have happened.
    pub(super) fn unclear(self, what: &'static str) -> StoreError {
        StoreError { what, retry: Retry::AskFirst, cause: Some(Box::new(self)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str) -> Failed {
        Failed::of(redis::make_extension_error(code.to_owned(), None))
    }

    #[test]
    fn a_server_that_refuses_has_done_nothing() {
        for code in ["OOM", "MISCONF", "NOREPLICAS", "BUSY", "NOAUTH"] {
            let error = said(code).unread("commit");
            assert_eq!(error.retry, Retry::After(UNAVAILABLE_RETRY_AFTER), "{code}");
        }
        assert_eq!(said("WHATEVER").unread("commit").retry, Retry::Never);
    }

    #[test]
    fn a_write_without_an_answer_may_have_happened() {
        let lost = || RedisError::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(matches!(Failed::of(lost()), Failed::Unanswered(_)));
        assert_eq!(Failed::of(lost()).unclear("commit").retry, Retry::AskFirst);
        assert!(matches!(Failed::of(lost()).unread("read").retry, Retry::After(_)));
    }
}
