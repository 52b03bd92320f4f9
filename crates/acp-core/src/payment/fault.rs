use crate::ports::Retry;

/// What went wrong with a call to a provider, by what may be done about it: the one list that
/// decides whether to repeat, whom to answer what, and whether anything has to be undone.
///
/// Whether a payment was declined or needs the buyer is no fault: it is where the payment stands,
/// and a [`PaymentStatus`](super::PaymentStatus).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PaymentFault {
    /// The request never left: nothing happened.
    #[error("the payment provider could not be reached")]
    NotSent,
    /// The provider asks for patience: nothing happened.
    #[error("the payment provider is busy")]
    Throttled,
    /// The provider is still at work on the same key.
    #[error("the payment provider is still at work on this call")]
    InFlight,
    /// It may have happened. Ask before anything else.
    #[error("the payment provider did not answer")]
    Ambiguous,
    /// The provider fails, and says so again for the same key, whatever happened.
    #[error("the payment provider failed and remembers it")]
    StoredServerError,
    /// The hold has run out.
    #[error("the authorization has expired")]
    AuthorizationExpired,
    /// The provider takes no such amount: it is too small, too large or too fine.
    #[error("the payment provider takes no such amount")]
    Unpayable,
    /// Our request makes no sense to the provider.
    #[error("the payment provider refused the call as wrong")]
    CallerBug,
    /// Our credentials or the account are not in order.
    #[error("the payment provider does not accept this account")]
    Config,
}

impl PaymentFault {
    /// Every fault, for tests that break each call in each way.
    pub const ALL: [Self; 9] = [
        Self::NotSent,
        Self::Throttled,
        Self::InFlight,
        Self::Ambiguous,
        Self::StoredServerError,
        Self::AuthorizationExpired,
        Self::Unpayable,
        Self::CallerBug,
        Self::Config,
    ];

    /// What may be done about it.
    pub const fn retry(self) -> Retry {
        match self {
            Self::NotSent | Self::Throttled => Retry::Safe,
            Self::InFlight | Self::Ambiguous | Self::StoredServerError => Retry::AskFirst,
            Self::AuthorizationExpired | Self::Unpayable | Self::CallerBug | Self::Config => {
                Retry::Never
            }
        }
    }

    /// Whether money may have moved although the call failed.
    pub const fn may_have_happened(self) -> bool {
        matches!(self.retry(), Retry::AskFirst)
    }

    /// Whether no waiting will help: a person has to look at the account or at us.
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::CallerBug | Self::Config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_happened_is_never_simply_repeated() {
        for fault in PaymentFault::ALL {
            assert_eq!(fault.may_have_happened(), fault.retry() == Retry::AskFirst, "{fault}");
            assert!(!(fault.needs_person() && fault.may_have_happened()), "{fault}");
        }
    }
}
