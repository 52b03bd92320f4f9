use super::asked::Authenticate;
use crate::ids::AuthenticationId;
use crate::refusal::{Fault, FaultKind};
use crate::session::Owner;
use crate::time::Timestamp;

/// What the agent has to let the browser of the shopper do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Let the issuer look at it.
    Fingerprint {
        /// Where.
        url: Box<str>,
        /// By which name.
        transaction: Box<str>,
    },
    /// Let the issuer ask the shopper.
    Challenge {
        /// Where.
        url: Box<str>,
        /// By which name there.
        acs_transaction: Box<str>,
        /// By which name at the provider.
        transaction: Box<str>,
        /// In which version of the protocol.
        version: Box<str>,
    },
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The card knows nothing of it.
    NotSupported,
    /// It is the shopper.
    Authenticated,
    /// The issuer takes it that it was tried.
    Attempted,
    /// It is not the shopper, as far as the issuer knows.
    NotAuthenticated,
    /// The issuer wants no payment.
    Rejected,
    /// It could not be found out.
    Unavailable,
    /// The shopper did not want to be asked.
    ChallengeAbandoned,
    /// Nobody came back in time.
    Expired,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Self; 8] = [
        Self::NotSupported,
        Self::Authenticated,
        Self::Attempted,
        Self::NotAuthenticated,
        Self::Rejected,
        Self::Unavailable,
        Self::ChallengeAbandoned,
        Self::Expired,
    ];

    /// Its name, in every place that has one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSupported => "not_supported",
            Self::Authenticated => "authenticated",
            Self::Attempted => "attempted",
            Self::NotAuthenticated => "not_authenticated",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::ChallengeAbandoned => "challenge_abandoned",
            Self::Expired => "expired",
        }
    }

    /// Whether a result with this status of the networks is one of it.
    pub fn is_shown_by(self, status: &str) -> bool {
        match self {
            Self::Authenticated => status == "Y",
            Self::Attempted => status == "A",
            Self::NotAuthenticated => status == "N",
            Self::Rejected => status == "R",
            Self::Unavailable => status == "U",
            Self::ChallengeAbandoned => !matches!(status, "Y" | "A"),
            Self::NotSupported | Self::Expired => false,
        }
    }

    /// The ending of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == name)
    }
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The browser has to do something first.
    ActionRequired(Action),
    /// The issuer can be asked.
    Pending,
    /// It is over.
    Ended(Ending),
}

/// How far that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The issuer was not asked yet.
    Begun,
    /// It wants to ask the shopper.
    Challenging,
    /// It is over.
    Over,
}

impl Standing {
    /// How far that is.
    pub const fn step(&self) -> Step {
        match self {
            Self::Pending | Self::ActionRequired(Action::Fingerprint { .. }) => Step::Begun,
            Self::ActionRequired(Action::Challenge { .. }) => Step::Challenging,
            Self::Ended(_) => Step::Over,
        }
    }
}

/// What the provider found out, in the words of the networks. It goes to whoever asks and is kept
/// nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// `Y`, `N`, `A`, and so on.
    pub status: Box<str>,
    /// At the network.
    pub transaction: Box<str>,
    /// At the provider.
    pub server_transaction: Box<str>,
    /// The version of the protocol.
    pub version: Box<str>,
    /// How sure the network is.
    pub eci: Option<Box<str>>,
    /// The proof.
    pub cryptogram: Option<Box<str>>,
    /// The proof, as the issuer made it.
    pub value: Option<Box<str>>,
    /// Why.
    pub reason: Option<Box<str>>,
    /// What the shopper is to be told.
    pub cardholder_info: Option<Box<str>>,
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Found").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What is known of finding out whether a shopper is who a card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// Which one it is.
    pub id: AuthenticationId,
    /// Who asked.
    pub owner: Owner,
    /// What the provider calls it.
    pub reference: Box<str>,
    /// Whether the provider knows the browser.
    pub has_browser: bool,
    /// Whether the provider knows where the browser is to say how a challenge ended.
    pub has_notification_url: bool,
    /// Where it stands.
    pub standing: Standing,
    /// From then on nobody waits for an end.
    pub expires_at: Timestamp,
}

impl Authentication {
    /// Where it stands at this time, by what is known here. Once the shopper is asked, only the
    /// provider knows whether that came to an end in time.
    pub fn standing_at(&self, now: Timestamp) -> Standing {
        if self.standing.step() == Step::Begun && self.expires_at <= now {
            return Standing::Ended(Ending::Expired);
        }
        self.standing.clone()
    }

    /// The same, as the provider says at this time that it is; `None` where that is nothing new.
    /// What it knows no end of when its time is over has expired.
    pub fn heard(&self, said: Standing, now: Timestamp) -> Option<Self> {
        let is_late = self.expires_at <= now && said.step() != Step::Over;
        self.moved(if is_late { Standing::Ended(Ending::Expired) } else { said })
    }

    /// Whether everything is known by which the issuer is asked.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn check(&self, wish: &Authenticate) -> Result<(), Fault> {
        let missing = |path: &str, text: &str| {
            Err(Fault { kind: FaultKind::Missing, path: path.to_owned(), text: text.to_owned() })
        };
        if !self.has_browser && wish.browser.is_none() {
            let text = "The browser is told in one of the two calls, and was not yet.";
            return missing("$.channel", text);
        }
        if !self.has_notification_url && wish.notification_url.is_none() {
            let text = "Where the browser comes back to is told in one of the two calls, and was \
                        not yet.";
            return missing("$.challenge_notification_url", text);
        }
        Ok(())
    }

    /// The same, as the provider says it is by now; `None` where that is nothing new. What is over
    /// stays as it was, and nothing goes back to where it was before.
    pub fn moved(&self, to: Standing) -> Option<Self> {
        let goes_on = to.step() > self.standing.step();
        goes_on.then(|| Self { standing: to, ..self.clone() })
    }
}
