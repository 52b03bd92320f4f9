//! Who asked for something, and by what that was proven.

use acp_core::principal::{MessageProof, Proof, Provenance, Role};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, mirror};

mirror! {
    StoredMessageProof of MessageProof {
        profile: Box<str>,
        key: Box<str>,
        algorithm: Box<str>,
    } or_absent {
        signer: Option<Box<str>>,
        thumbprint: Option<Box<str>>,
        tag: Option<Box<str>>,
    }
}

/// A proof.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredProof {
    Bearer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Box<str>>,
    },
    Jwt {
        issuer: Box<str>,
        subject: Box<str>,
        #[serde(default)]
        roles: Vec<Word>,
    },
    Signature {
        key: Box<str>,
        algorithm: Word,
    },
    Message(StoredMessageProof),
}

impl Mirror<Proof> for StoredProof {
    fn of(value: &Proof, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Proof::Bearer { key } => Self::Bearer { key: key.clone() },
            Proof::Jwt { issuer, subject, roles } => Self::Jwt {
                issuer: issuer.clone(),
                subject: subject.clone(),
                roles: roles.iter().copied().map(Word::of).collect(),
            },
            Proof::Signature { key, algorithm } => {
                Self::Signature { key: key.clone(), algorithm: Word::of(*algorithm) }
            }
            Proof::Message(proof) => Self::Message(Mirror::of(proof.as_ref(), within)?),
        })
    }

    fn back(self, within: Within) -> Result<Proof, Misfit> {
        Ok(match self {
            Self::Bearer { key } => Proof::Bearer { key },
            Self::Jwt { issuer, subject, roles } => {
                let roles: Vec<Role> = roles.back(within)?;
                Proof::Jwt { issuer, subject, roles }
            }
            Self::Signature { key, algorithm } => {
                Proof::Signature { key, algorithm: algorithm.back(within)? }
            }
            Self::Message(proof) => Proof::Message(Box::new(proof.back(within)?)),
        })
    }
}

mirror! {
    StoredProvenance of Provenance {
        agent: Box<str>,
    } or_absent {
        proofs: Vec<StoredProof>,
    }
}
