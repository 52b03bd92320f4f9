//! Why a signature is not believed.

use crate::algorithm::Algorithm;

/// Why a signature is not believed. The texts are for whoever signed: they name what was received
/// and never a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no signature of the kind that is asked for.
    #[error("no signature {0}: sign the request and send Signature-Input and Signature")]
    NotSigned(&'static str),
    /// A field is not the structured field it has to be.
    #[error("{field} cannot be read: {why}")]
    Malformed {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Something is longer, or there are more of it, than anybody needs.
    #[error("{what} of a signature may be {max} at most")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much is accepted.
        max: usize,
    },
    /// A parameter of the signature is missing or of the wrong type.
    #[error("the signature has no usable {0} parameter")]
    Parameter(&'static str),
    /// A covered component is none that a request can have.
    #[error("{0} is no component of a request that can be signed here")]
    NoComponent(String),
    /// A component is covered twice.
    #[error("{0} is covered twice: cover it once")]
    Twice(String),
    /// A covered component has no single value in this request.
    #[error("{component} is covered, but {why}")]
    NoValue {
        /// The component.
        component: String,
        /// Why there is no value.
        why: &'static str,
    },
    /// Something that has to be covered is not.
    #[error("the signature does not cover {0}: sign it too")]
    Uncovered(String),
    /// The signature was made later than now.
    #[error("the signature was made in the future: set the clock of the signer")]
    FromTheFuture,
    /// The signature is no longer good.
    #[error("the signature has expired: sign the request again")]
    Expired,
    /// The signature would be good for too long.
    #[error("the signature would be good for longer than {0} seconds: let it expire earlier")]
    GoodForTooLong(u64),
    /// The algorithm is none this verifier knows.
    #[error("the algorithm {0:?} is not known here")]
    UnknownAlgorithm(String),
    /// The signature names another algorithm than its key is for.
    #[error("the signature says {stated}, but its key is for another algorithm")]
    AlgorithmContradicts {
        /// The algorithm the signature names.
        stated: Algorithm,
    },
    /// The algorithm is known, but nothing signed with it is accepted here.
    #[error("signatures with {0} are not accepted here: sign with another kind of key")]
    AlgorithmNotAccepted(Algorithm),
    /// Where the key is to be found is not said in a way that can be followed.
    #[error("Signature-Agent does not say where the key is: {0}")]
    NoSource(&'static str),
    /// The keys that were found are of another place than the signature names.
    #[error("the keys were found at another place than the one the signature names")]
    FoundElsewhere,
    /// The key is not among those that were found.
    #[error("the key {0:?} is not published where the signature says it is")]
    UnknownKey(String),
    /// The body is not the one that was signed.
    #[error("the body is not the one Content-Digest was made of")]
    DigestDiffers,
    /// The signature is not by this key over this request.
    #[error("the signature was not made with this key over this request")]
    NotByThisKey,
    /// The nonce was used before.
    #[error("the nonce of the signature was used before: sign again with a new one")]
    Spent,
}

/// What sort of refusal it is, for the one who has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Nothing was signed: the caller may be invited to sign.
    Unsigned,
    /// What was sent cannot be read.
    Malformed,
    /// It was signed well, perhaps, but not as it has to be.
    Insufficient,
    /// It is not proven who signed.
    Unproven,
    /// The same was sent before.
    Replayed,
}

impl Refused {
    /// What sort of refusal this is.
    pub fn sort(&self) -> Sort {
        match self {
            Self::NotSigned(_) => Sort::Unsigned,
            Self::Malformed { .. }
            | Self::TooMuch { .. }
            | Self::Parameter(_)
            | Self::NoComponent(_)
            | Self::Twice(_)
            | Self::NoValue { .. }
            | Self::UnknownAlgorithm(_)
            | Self::NoSource(_) => Sort::Malformed,
            Self::Uncovered(_)
            | Self::FromTheFuture
            | Self::Expired
            | Self::GoodForTooLong(_)
            | Self::AlgorithmNotAccepted(_) => Sort::Insufficient,
            Self::AlgorithmContradicts { .. }
            | Self::FoundElsewhere
            | Self::UnknownKey(_)
            | Self::DigestDiffers
            | Self::NotByThisKey => Sort::Unproven,
            Self::Spent => Sort::Replayed,
        }
    }
}
