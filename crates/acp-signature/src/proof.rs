//! What is known of who signed, once it is proven.

use acp_core::time::Timestamp;

use crate::algorithm::Algorithm;
use crate::component::Component;
use crate::key::Thumbprint;
use crate::refused::Refused;
use crate::source::KeySource;

/// By which rules a signature was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Keys of partners that are written down here.
    Pinned,
    /// Web Bot Auth: agents that publish their keys.
    WebBotAuth,
    /// The Trusted Agent Protocol: agents a payment network knows.
    TrustedAgents,
}

impl Profile {
    /// A word for logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pinned => "static",
            Self::WebBotAuth => "wba",
            Self::TrustedAgents => "tap",
        }
    }
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// An agent that publishes its keys, or whose keys a registry publishes. The place is who it
    /// is; the key is only how it was proven.
    Published {
        /// The place.
        source: KeySource,
        /// The name the signature has for the key.
        keyid: String,
        /// The key.
        thumbprint: Thumbprint,
    },
    /// A partner whose key is written down here.
    Pinned {
        /// The name it is written down under.
        keyid: String,
        /// The key, unless it is a secret.
        thumbprint: Option<Thumbprint>,
    },
}

/// A signature that is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub(crate) profile: Profile,
    pub(crate) identity: Identity,
    pub(crate) algorithm: Algorithm,
    pub(crate) label: String,
    pub(crate) tag: Option<String>,
    pub(crate) covered: Vec<Component>,
    pub(crate) nonce: Option<String>,
    pub(crate) signed: [u8; 32],
    pub(crate) expires: Timestamp,
}

impl Proof {
    /// By which rules it was looked at.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Who signed.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What it was signed with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Under which label the signature was sent.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What the signature is for, where it says so.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// What it covers; nothing else of the request is proven.
    pub fn covered(&self) -> &[Component] {
        &self.covered
    }

    /// The nonce, where there is one. That it was not used before is known only of a proof that
    /// came out of [`Verdict::Once`].
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// The SHA-256 of what was signed. Two signatures over the same are one and the same use: of
    /// some kinds everybody can make another one out of the first.
    pub fn signed(&self) -> &[u8; 32] {
        &self.signed
    }

    /// Until when the signature is good, by the clock of the signer.
    pub fn expires(&self) -> Timestamp {
        self.expires
    }
}

/// What became of a signature that was made with the key.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is proven.
    Proven(Proof),
    /// It is good for one time, and somebody who remembers has to say that this is the first.
    Once(Unspent),
}

/// A signature that is good for one time.
#[derive(Clone, Debug)]
pub struct Unspent {
    pub(crate) proof: Proof,
    pub(crate) spending: Spending,
}

/// What has to be remembered of a signature that is good for one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// The key whose nonce it is: two agents may use the same one.
    pub thumbprint: Thumbprint,
    /// The nonce.
    pub nonce: String,
    /// Until when it has to be remembered. After that the signature is no good anyway.
    pub until: Timestamp,
}

/// What became of a nonce that was to be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It is remembered since now.
    FirstTime,
    /// It was remembered already.
    Before,
}

impl Unspent {
    /// What has to be remembered, in one step with finding out whether it was.
    pub fn spending(&self) -> &Spending {
        &self.spending
    }

    /// The proof, if this was the first time. Whoever could not find out has none.
    ///
    /// # Errors
    /// Refuses a nonce that was used before.
    pub fn spent(self, spent: Spent) -> Result<Proof, Refused> {
        match spent {
            Spent::FirstTime => Ok(self.proof),
            Spent::Before => Err(Refused::Spent),
        }
    }
}
