//! An API key: never its secret, only the hash of it. What its holder signs with is there as well;
//! a secret of that kind is needed again, so it is sealed.

use acp_core::money::Currency;
use acp_core::principal::{ApiKey, Maker};
use acp_core::signing::{Signing, SigningKey};

use crate::store::record::stored::answer::StoredHabits;
use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Optional, Within, Word, mirror};
use crate::store::record::stored::scalars::{Blob, Moment, Sealed};

mirror! {
    StoredSigningKey of SigningKey {
        id: Box<str>,
        algorithm: Word,
        profile: Word,
        form: Word,
        material: Sealed,
        created_at: Moment,
    } or_absent {
        not_before: Option<Moment>,
        not_after: Option<Moment>,
    }
}

mirror! {
    StoredSigning of Signing {
        policy: Word,
    } or_absent {
        keys: Vec<StoredSigningKey>,
    }
}

/// Most callers sign nothing. What was written before anybody could does not say so, and means it.
impl Mirror<Signing> for Option<StoredSigning> {
    fn of(value: &Signing, within: Within) -> Result<Self, Misfit> {
        (*value != Signing::default()).then(|| StoredSigning::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<Signing, Misfit> {
        self.map_or_else(|| Ok(Signing::default()), |stored| stored.back(within))
    }
}

impl Optional<Signing> for Option<StoredSigning> {}

mirror! {
    StoredApiKey of ApiKey {
        id: Box<str>,
        secret_hash: Blob,
        tenant: Box<str>,
        agent: Box<str>,
        scope: Word,
        label: Box<str>,
        created_at: Moment,
    } or_absent {
        expires_at: Option<Moment>,
        revoked_at: Option<Moment>,
        habits: Option<StoredHabits>,
        signing: Option<StoredSigning>,
        follows: Option<Box<str>>,
        made_by: Option<Word>,
        revoked_by: Option<Word>,
    }
}

/// Most keys are made, and ended, by somebody who asks for that.
impl Mirror<Maker> for Option<Word> {
    fn of(value: &Maker, _: Within) -> Result<Self, Misfit> {
        Ok((*value != Maker::default()).then(|| Word::of(*value)))
    }

    fn back(self, within: Within) -> Result<Maker, Misfit> {
        self.map_or(Ok(Maker::default()), |word| word.back(within))
    }
}

impl Optional<Maker> for Option<Word> {}

impl Document for ApiKey {
    type Shape = StoredApiKey;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
